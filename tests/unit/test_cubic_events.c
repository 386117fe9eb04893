// SPDX-License-Identifier: GPL-2.0
/* weir_cubic at congestion events: losses, timeouts, ECN, and what was none. */
#include "cubic_under_test.h"
#include "traced_states.h"

static void loss_takes_three_tenths(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);

	assert_int_equal(tp->snd_cwnd, 700);
	assert_int_equal(epoch(sk)->cwnd_prior, 1000);
	assert_int_equal(epoch(sk)->w_max >> CUBIC_W_MAX_FRAC, 1000);
	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 490);
	shim_recover(sk, RTT_US);
	assert_in_range(tp->snd_cwnd, 490, 491);
	shim_close(sk);
}

static void fraction_survives_reductions(void **state)
{
	struct sock *sk = after_loss(1001, RTT_US);
	int i;

	/* 700.7, 490.49, 343.343, 240.3401, 168.23807 */
	for (i = 0; i < 4; i++)
		shim_reduce(sk);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 168);
	assert_in_range((u64)priv(sk)->cwnd_frac * 1000000 >> CUBIC_FRAC, 238060, 238080);
	shim_close(sk);
}

/* Section 4.7. */
static void fast_convergence_releases_bandwidth(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);

	/* 700 is below W_max: (1 + 0.7) / 2 of it. */
	shim_reduce(sk);
	assert_int_equal(epoch(sk)->w_max >> CUBIC_W_MAX_FRAC, 595);
	assert_int_equal(epoch(sk)->cwnd_prior, 700);
	shim_close(sk);

	assert_int_equal(shim_param_set("fast_convergence", "0"), 0);
	sk = after_loss(1000, RTT_US);
	shim_reduce(sk);
	assert_int_equal(epoch(sk)->w_max >> CUBIC_W_MAX_FRAC, 700);
	shim_close(sk);
}

/* Section 4.8: after a timeout K is 0 and W_max is where avoidance begins. */
static void timeout_begins_at_a_plateau(void **state)
{
	struct sock *sk = after_loss(100, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	assert_int_equal(tp->snd_ssthresh, 49);
	while (tcp_in_slow_start(tp))
		shim_round(sk, RTT_US, 1);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(epoch(sk)->k, 0);
	assert_in_range(epoch(sk)->w_max >> CUBIC_W_MAX_FRAC, 49, 50);
	assert_in_range(tp->snd_cwnd, 49, 51);
	assert_int_equal(epoch(sk)->cwnd_prior, 70);
	shim_close(sk);
}

/* Section 4.10: as after the first slow start that HyStart++ ended. */
static void hystart_exit_begins_at_a_plateau(void **state)
{
	struct sock *sk = shim_connect("weir_cubic");
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd;
	int i;

	shim_xmit(sk);
	for (i = 0; i < 3; i++)
		shim_round(sk, RTT_US, 1);
	while (weir_in_initial_slow_start(tp))
		shim_round(sk, RTT_US + 50 * MS, 1);
	cwnd = tp->snd_ssthresh;
	assert_int_equal(epoch(sk)->cwnd_prior, cwnd);
	assert_int_equal(epoch(sk)->k, 0);
	shim_ack(sk, 1, RTT_US);
	assert_in_range(epoch(sk)->w_max >> CUBIC_W_MAX_FRAC, cwnd, cwnd + 2);
	/* W_est is at cwnd_prior already: alpha is 1, a packet per window. */
	cwnd = tp->snd_cwnd;
	shim_round(sk, RTT_US, 1);
	shim_round(sk, RTT_US, 1);
	assert_in_range(tp->snd_cwnd, cwnd + 1, cwnd + 3);
	shim_close(sk);
}

/* Section 4.9.2: everything as if nothing had happened, time included. */
static void undo_restores_the_curve(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic_epoch before;
	u32 cwnd;
	int i;

	for (i = 0; i < 10; i++)
		shim_round(sk, RTT_US, 1);
	before = *epoch(sk);
	cwnd = tp->snd_cwnd;

	shim_lose(sk, 1);
	assert_false(epoch(sk)->begun);
	assert_int_equal(epoch(sk)->cwnd_prior, cwnd);
	shim_advance_us(30 * MS);
	shim_ack(sk, 20, RTT_US);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, cwnd);
	assert_int_equal(tp->snd_ssthresh, max(700U, cwnd / 2 + cwnd / 4));
	assert_memory_equal(epoch(sk), &before, sizeof(before));
	shim_ack(sk, cwnd / 16, RTT_US);
	assert_int_equal(epoch(sk)->t_us,
			 before.t_us + (u32)(shim_now_ns / 1000 - before.stamp_us));

	/* And of a timeout, but for the time in which nothing was sent. */
	before = *epoch(sk);
	cwnd = tp->snd_cwnd;
	shim_rto(sk);
	assert_int_equal(epoch(sk)->w_max, 0);
	shim_advance_us(10 * USEC_PER_SEC);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, cwnd);
	before.stamp_us = tp->tcp_mstamp;
	assert_memory_equal(epoch(sk), &before, sizeof(before));
	shim_close(sk);
}

/* The kernel enters Loss for packets that are too large, too: that is no timeout. */
static void smaller_path_mtu_keeps_the_curve(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	struct cubic_epoch before;
	int i;

	for (i = 0; i < 10; i++)
		shim_round(sk, RTT_US, 1);
	before = *epoch(sk);
	shim_mtu(sk, 1);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Loss);
	assert_memory_equal(epoch(sk), &before, sizeof(before));
	shim_close(sk);
}

/* A timeout in recovery asks for no ssthresh, and is one all the same. */
static void timeout_in_recovery_is_a_timeout(void **state)
{
	struct sock *sk = after_loss(100, RTT_US);

	shim_lose(sk, 1);
	assert_int_not_equal(epoch(sk)->w_max, 0);
	shim_rto(sk);
	assert_int_equal(epoch(sk)->w_max, 0);
	shim_close(sk);
}

/* Long after, when cwnd is past it again, the present state is the better one. */
static void late_undo_keeps_the_present(void **state)
{
	struct sock *sk = after_loss(100, 10 * MS);
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic_epoch before;

	while (tp->snd_cwnd < 110)
		shim_round(sk, 10 * MS, 1);
	before = *epoch(sk);
	tp->prior_cwnd = 100;
	assert_int_equal(cubic_undo_cwnd(sk), tp->snd_cwnd);
	assert_memory_equal(epoch(sk), &before, sizeof(before));
	shim_close(sk);
}

/* Section 4.6: two packets after loss, down to one under persistent ECN-Echo. */
static void ecn_reduces_to_one_packet(void **state)
{
	struct sock *sk = after_loss(8, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 end;
	int i;

	tp->ecn_flags = TCP_ECN_OK;
	shim_trace_on = true;
	for (i = 0; i < 6; i++) {
		shim_ece(sk, 1, RTT_US);
		shim_recover(sk, RTT_US);
		shim_advance_us(RTT_US);
	}
	assert_int_equal(tp->snd_ssthresh, 2);
	assert_in_range(tp->snd_cwnd, 1, 2);
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(tp->snd_ssthresh, 2);
	end = tp->high_seq;
	while (!after(tp->snd_una, end))
		shim_ece(sk, 1, RTT_US);
	assert_int_equal(shim_last_weir_state.new_state, CUBIC_SLOW_START);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_ECN);
	shim_close(sk);

	sk = after_loss(8, RTT_US);
	for (i = 0; i < 6; i++)
		shim_reduce(sk);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 2);
	shim_close(sk);
}

/* The kernel answers one as it answers ECN-Echo. */
static void a_full_queue_of_this_host_leaves_two_packets(void **state)
{
	struct sock *sk = after_loss(3, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);

	assert_int_equal(tp->snd_cwnd, 2);
	tp->ecn_flags = 0;
	tcp_enter_cwr(sk);
	shim_ack(sk, 1, RTT_US);
	shim_recover(sk, RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_int_equal(tp->snd_cwnd, 2);
	shim_close(sk);
}

/* The kernel answers three things in TCP_CA_CWR: only marks are ECN. */
static void traces_what_led_to_cwr(void **state)
{
	struct sock *sk = traced_slow_start("weir_cubic", RTT_US);

	shim_ece(sk, 1, RTT_US);
	changed(CUBIC_SLOW_START, CUBIC_RENO_FRIENDLY, WEIR_WHY_ECN);
	shim_close(sk);

	sk = traced_slow_start("weir_cubic", RTT_US);
	tcp_enter_cwr(sk);
	changed(CUBIC_SLOW_START, CUBIC_RENO_FRIENDLY, WEIR_WHY_LOSS);
	shim_close(sk);

	sk = traced_slow_start("weir_cubic", RTT_US);
	shim_tlp_repair(sk);
	changed(CUBIC_SLOW_START, CUBIC_RENO_FRIENDLY, WEIR_WHY_LOSS);
	shim_close(sk);
}

/* Long after recovery, when the kernel's state does not change any more. */
static void traces_a_late_undo(void **state)
{
	struct sock *sk = traced_slow_start("weir_cubic", RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_lose(sk, 1);
	shim_recover(sk, RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	shim_count_weir_state = 0;
	tcp_snd_cwnd_set(tp, cubic_undo_cwnd(sk));
	tp->snd_ssthresh = tp->prior_ssthresh;
	shim_ack(sk, 1, RTT_US);
	assert_int_equal(shim_count_weir_state, 1);
	assert_int_equal(shim_last_weir_state.new_state, CUBIC_SLOW_START);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_UNDO);
	shim_close(sk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(loss_takes_three_tenths),
		test(fraction_survives_reductions),
		test(fast_convergence_releases_bandwidth),
		test(timeout_begins_at_a_plateau),
		test(hystart_exit_begins_at_a_plateau),
		test(undo_restores_the_curve),
		test(smaller_path_mtu_keeps_the_curve),
		test(timeout_in_recovery_is_a_timeout),
		test(late_undo_keeps_the_present),
		test(ecn_reduces_to_one_packet),
		test(a_full_queue_of_this_host_leaves_two_packets),
		test(traces_what_led_to_cwr),
		test(traces_a_late_undo),
	};

	return cmocka_run_group_tests_name("cubic_events", tests, NULL, NULL);
}
