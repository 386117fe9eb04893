// SPDX-License-Identifier: GPL-2.0
/* weir_vegas: alpha to beta packets in the queue, by round-trip times alone. */
#include "tcp_weir_vegas.c"
#include "test.h"
#include "traced_states.h"

#define BASE_US	40000

static struct vegas *vegas_of(struct sock *sk)
{
	return inet_csk_ca(sk);
}

/* In congestion avoidance with a window of @cwnd and a base RTT of BASE_US. */
static struct sock *avoiding(u32 cwnd)
{
	struct sock *sk = shim_connect("weir_vegas");
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_cwnd = cwnd;
	tp->snd_ssthresh = cwnd;
	vegas_of(sk)->base_rtt_us = BASE_US;
	shim_xmit(sk);

	return sk;
}

/* @rtt_us for long enough that the window no longer changes. */
static u32 settle(struct sock *sk, u32 rtt_us)
{
	int i;

	for (i = 0; i < 200; i++)
		shim_round(sk, rtt_us, 2);

	return tcp_sk(sk)->snd_cwnd;
}

/* Double, hold, an ACK or two to judge by, double... */
static void doubles_every_other_round(void **state)
{
	struct sock *sk = shim_connect("weir_vegas");
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = 10;
	int i;

	shim_xmit(sk);
	for (i = 0; i < 5; i++) {
		shim_round(sk, BASE_US, 2);
		cwnd = 2 * cwnd;
		assert_in_range(tp->snd_cwnd, cwnd * 9 / 10, cwnd);
		shim_round(sk, BASE_US, 2);
		assert_in_range(tp->snd_cwnd, cwnd * 9 / 10, cwnd);
		assert_int_equal(vegas_of(sk)->phase, VEGAS_HOLD);
	}
	shim_close(sk);
}

/* Slow start with a window of 20, held for a round trip, about to be judged. */
static struct sock *judging(void)
{
	struct sock *sk = shim_connect("weir_vegas");
	struct vegas *vegas = vegas_of(sk);

	tcp_sk(sk)->snd_cwnd = 20;
	shim_xmit(sk);
	vegas->base_rtt_us = BASE_US;
	vegas->phase = VEGAS_JUDGE;
	vegas_start_round(sk);

	return sk;
}

/* diff = 20 * 2 / 42 = 0.95: not above gamma = 1 */
static void doubles_on_below_gamma(void **state)
{
	struct sock *sk = judging();
	struct tcp_sock *tp = tcp_sk(sk);

	shim_ack(sk, 2, BASE_US + 9000);
	shim_ack(sk, 2, BASE_US + 3000);
	assert_int_equal(vegas_of(sk)->phase, VEGAS_JUDGE);
	assert_int_equal(tp->snd_cwnd, 20);
	shim_ack(sk, 1, BASE_US + 2000);
	assert_int_equal(vegas_of(sk)->phase, VEGAS_DOUBLE);
	assert_int_equal(tp->snd_cwnd, 21);
	shim_close(sk);
}

/* diff = 20 * 3 / 43 = 1.4: the window is 20 * 40 / 43 + 2 = 18 + 2 */
static void leaves_slow_start_above_gamma(void **state)
{
	struct sock *sk = judging();
	struct tcp_sock *tp = tcp_sk(sk);

	shim_trace_on = true;
	shim_round(sk, BASE_US + 3000, 2);
	assert_true(weir_in_initial_slow_start(tp));
	assert_int_equal(vegas_of(sk)->phase, VEGAS_JUDGE);
	shim_ack(sk, 2, BASE_US + 3000);
	assert_int_equal(tp->snd_cwnd, 20);
	assert_int_equal(tp->snd_ssthresh, 20);
	assert_int_equal(shim_last_weir_state.old_state, VEGAS_JUDGE);
	assert_int_equal(shim_last_weir_state.new_state, VEGAS_AVOID);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_DELAY);
	shim_trace_on = false;
	shim_close(sk);
}

static void leaves_slow_start_at_the_window_measured(void **state)
{
	struct sock *sk = judging();

	shim_round(sk, 60000, 2);
	shim_ack(sk, 2, 60000);
	/* 20 * 40 / 60 + alpha = 13 + 2 */
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 15);
	assert_false(tcp_in_slow_start(tcp_sk(sk)));
	shim_close(sk);
}

/* What doubling queues for itself is not the path's doing. */
static void does_not_judge_packets_sent_in_doubling(void **state)
{
	struct sock *sk = shim_connect("weir_vegas");
	struct tcp_sock *tp = tcp_sk(sk);

	shim_xmit(sk);
	while (tp->snd_cwnd < 1000) {
		assert_true(weir_in_initial_slow_start(tp));
		shim_round(sk, vegas_of(sk)->phase == VEGAS_DOUBLE ? 2 * BASE_US : BASE_US, 2);
	}
	shim_close(sk);
}

/*
 * RTT 50 ms over a base of 40 ms: diff is a fifth of the window. It rests where
 * diff is from alpha = 2 to beta = 4: windows 10 to 20.
 */
static void rests_between_alpha_and_beta(void **state)
{
	static const u32 start[] = { 4, 9, 10, 15, 20, 21, 60 };
	static const u32 end[] = { 10, 10, 10, 15, 20, 20, 20 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(start); i++) {
		struct sock *sk = avoiding(start[i]);

		assert_int_equal(settle(sk, 50000), end[i]);
		assert_false(tcp_in_slow_start(tcp_sk(sk)));
		shim_close(sk);
	}
}

static void moves_one_packet_per_round(void **state)
{
	struct sock *sk = avoiding(30);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 before;
	int i;

	shim_round(sk, BASE_US, 2);
	for (i = 0; i < 10; i++) {
		before = tp->snd_cwnd;
		shim_round(sk, BASE_US, 2);
		assert_int_equal(tp->snd_cwnd, before + 1);
	}
	shim_round(sk, 2 * BASE_US, 2);
	for (i = 0; i < 10; i++) {
		before = tp->snd_cwnd;
		shim_round(sk, 2 * BASE_US, 2);
		assert_int_equal(tp->snd_cwnd, before - 1);
	}
	shim_close(sk);
}

static void never_below_two(void **state)
{
	struct sock *sk = avoiding(20);

	assert_int_equal(shim_param_set("alpha", "1"), 0);
	assert_int_equal(shim_param_set("beta", "1"), 0);
	assert_int_equal(settle(sk, 400000), WEIR_MIN_CWND);
	assert_int_equal(shim_param_set("alpha", "2"), 0);
	assert_int_equal(shim_param_set("beta", "4"), 0);
	shim_close(sk);
}

/* Alpha above beta is taken as alpha = beta. */
static void survives_alpha_above_beta(void **state)
{
	struct sock *sk = avoiding(50);

	assert_int_equal(shim_param_set("alpha", "6"), 0);
	/* a fifth of 30 is 6 */
	assert_int_equal(settle(sk, 50000), 30);
	assert_int_equal(shim_param_set("alpha", "2"), 0);
	shim_close(sk);
}

static void waits_for_a_clean_sample(void **state)
{
	struct sock *sk = avoiding(20);
	struct tcp_sock *tp = tcp_sk(sk);
	struct vegas *vegas = vegas_of(sk);

	shim_round(sk, 50000, 2);
	assert_int_equal(tp->snd_cwnd, 20);
	vegas->round_end = tp->snd_una;
	vegas_forget_samples(vegas);

	/* Single packets 40 ms late, as a delayed-ACK timer makes them */
	shim_ack(sk, 1, 90000);
	shim_ack(sk, 1, 90000);
	assert_int_equal(tp->snd_cwnd, 20);
	assert_int_equal(vegas->samples, 2);
	/* The third cannot have waited too: 20 * 7 / 47 = 3 */
	shim_ack(sk, 1, 47000);
	assert_int_equal(tp->snd_cwnd, 20);
	assert_int_equal(vegas->rtt_us, 47000);

	/* Two packets in one ACK are clean at once: 20 * 50 / 90 = 11 */
	vegas->round_end = tp->snd_una;
	vegas_forget_samples(vegas);
	shim_ack(sk, 2, 90000);
	assert_int_equal(tp->snd_cwnd, 19);
	shim_close(sk);
}

static void ignores_retransmitted_samples(void **state)
{
	struct sock *sk = avoiding(20);
	struct vegas *vegas = vegas_of(sk);

	shim_ack(sk, 2, -1);
	shim_ack(sk, 2, 0);
	assert_int_equal(vegas->samples, 0);
	assert_int_equal(vegas->base_rtt_us, BASE_US);
	shim_close(sk);
}

static void changes_nothing_if_the_application_is_the_limit(void **state)
{
	struct sock *sk = avoiding(20);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_round(sk, 50000, 2);
	sk->shim_limit_ignored = true;
	tp->is_cwnd_limited = 0;
	tp->max_packets_out = 5;
	assert_int_equal(settle(sk, BASE_US), 20);
	assert_int_equal(settle(sk, 400000), 20);
	shim_close(sk);
}

static void halves_on_loss_and_measures_anew(void **state)
{
	struct sock *sk = avoiding(20);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_round(sk, 50000, 2);
	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 10);
	assert_int_equal(vegas_of(sk)->samples, 0);
	shim_recover(sk, 50000);
	assert_int_equal(tp->snd_cwnd, 10);
	/* diff = 10 / 5 = 2 */
	assert_int_equal(settle(sk, 50000), 10);
	shim_close(sk);
}

static void comes_back_after_timeout(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_round(sk, BASE_US, 2);
	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	assert_in_range(tp->snd_ssthresh, 20, 21);
	assert_int_equal(settle(sk, 50000), 20);
	shim_close(sk);
}

static void undo_restores_the_window(void **state)
{
	struct sock *sk = avoiding(20);

	shim_round(sk, 50000, 2);
	shim_lose(sk, 1);
	shim_undo(sk);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 20);
	shim_close(sk);
}

/* A packet arrives after the one behind it: Disorder, and Open again. */
static void reorder(struct sock *sk, long rtt_us)
{
	const struct shim_ack gap = { .sack_skip = 1, .sacked = 1, .rtt_us = rtt_us };

	shim_ack_event(sk, &gap);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Disorder);
	shim_ack(sk, 2, rtt_us);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
}

/* Ten times in each round trip, which takes ten of these at the start. */
static void reordering_does_not_stop_avoidance(void **state)
{
	struct sock *sk = avoiding(20);
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	for (i = 0; i < 200; i++)
		reorder(sk, BASE_US);
	/* 20 + 21 ... + 34 is 405 packets: fifteen round trips */
	assert_in_range(tp->snd_cwnd, 33, 36);
	assert_int_equal(settle(sk, 50000), 20);
	for (i = 0; i < 200; i++)
		reorder(sk, 100000);
	/* Half of the window is queued: fifteen packets less */
	assert_in_range(tp->snd_cwnd, 4, 9);
	shim_close(sk);
}

/* Double, hold, judge, as without: nothing is lost. */
static void reordering_does_not_stop_judging(void **state)
{
	struct sock *sk = judging();
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	for (i = 0; i < 10; i++)
		reorder(sk, 60000);
	assert_int_equal(vegas_of(sk)->phase, VEGAS_JUDGE);
	assert_int_equal(tp->snd_cwnd, 20);
	reorder(sk, 60000);
	/* 20 * 40 / 60 + alpha = 13 + 2 */
	assert_int_equal(tp->snd_ssthresh, 15);
	shim_close(sk);
}

static void every_timeout_begins_with_doubling(void **state)
{
	struct sock *sk = judging();
	struct vegas *vegas = vegas_of(sk);

	shim_rto(sk);
	assert_int_equal(vegas->phase, VEGAS_DOUBLE);
	vegas->phase = VEGAS_HOLD;
	shim_rto(sk);
	assert_int_equal(vegas->phase, VEGAS_DOUBLE);
	assert_int_equal(vegas->samples, 0);
	shim_close(sk);
}

/* Slow start goes on with the window that was: hold it, then judge. */
static void holds_after_undo(void **state)
{
	struct sock *sk = judging();
	struct tcp_sock *tp = tcp_sk(sk);
	struct vegas *vegas = vegas_of(sk);

	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 10);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 20);
	assert_true(weir_in_initial_slow_start(tp));
	assert_int_equal(vegas->phase, VEGAS_HOLD);
	shim_round(sk, 60001, 2);
	assert_int_equal(vegas->phase, VEGAS_JUDGE);
	assert_int_equal(tp->snd_cwnd, 20);
	shim_round(sk, 60001, 2);
	assert_int_equal(tp->snd_ssthresh, 15);
	shim_close(sk);

	/* A timeout that was none */
	sk = judging();
	shim_rto(sk);
	shim_undo(sk);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 20);
	assert_int_equal(vegas_of(sk)->phase, VEGAS_HOLD);
	shim_close(sk);
}

static void forgets_base_after_long_idle_only(void **state)
{
	struct sock *sk = avoiding(20);
	struct vegas *vegas = vegas_of(sk);

	shim_round(sk, 50000, 2);
	shim_app_limit(sk, 0);
	shim_round(sk, 50000, 2);
	assert_int_equal(tcp_sk(sk)->packets_out, 0);

	/* The RTO is 200 ms and more. */
	shim_idle(sk, 50000);
	shim_app_limit(sk, 20);
	shim_xmit(sk);
	assert_int_equal(vegas->base_rtt_us, BASE_US);
	shim_round(sk, 50000, 2);
	shim_round(sk, 50000, 2);

	shim_idle(sk, 10 * USEC_PER_SEC);
	shim_app_limit(sk, SHIM_UNLIMITED);
	shim_xmit(sk);
	assert_int_equal(vegas->base_rtt_us, 0);
	shim_ack(sk, 2, 70000);
	assert_int_equal(vegas->base_rtt_us, 70000);
	shim_close(sk);
}

static void takes_over_a_running_connection(void **state)
{
	struct sock *sk = shim_connect("weir_vegas");
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	shim_xmit(sk);
	for (i = 0; i < 4; i++)
		shim_round(sk, 30000, 2);
	tp->snd_ssthresh = tp->snd_cwnd;
	shim_switch(sk, "weir_vegas");
	assert_int_equal(vegas_of(sk)->base_rtt_us, 30000);
	/* a quarter of the window is queued: 8 to 16 */
	assert_int_equal(settle(sk, 40000), 16);
	shim_close(sk);
}

static void handshake_gives_the_first_base(void **state)
{
	struct sock *sk = shim_socket("weir_vegas");

	minmax_reset(&tcp_sk(sk)->rtt_min, tcp_jiffies32, 25000);
	shim_establish(sk);
	assert_int_equal(vegas_of(sk)->base_rtt_us, 25000);
	shim_close(sk);
}

static void informs_ss(void **state)
{
	struct sock *sk = shim_connect("weir_vegas");
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	union tcp_cc_info info;
	int attr = 0;

	assert_int_equal(ops->get_info(sk, 0, &attr, &info), 0);
	assert_int_equal(ops->get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info),
			 sizeof(struct tcpvegas_info));
	assert_int_equal(attr, INET_DIAG_VEGASINFO);
	assert_int_equal(info.vegas.tcpv_rtt, 0x7fffffff);
	assert_int_equal(info.vegas.tcpv_minrtt, 0x7fffffff);

	shim_xmit(sk);
	shim_ack(sk, 1, 20000);
	shim_ack(sk, 1, 30000);
	ops->get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info);
	assert_int_equal(info.vegas.tcpv_enabled, 1);
	assert_int_equal(info.vegas.tcpv_rttcnt, vegas_of(sk)->samples);
	assert_int_equal(info.vegas.tcpv_rtt, 20000);
	assert_int_equal(info.vegas.tcpv_minrtt, 30000);
	shim_close(sk);
}

static void traces_the_queue(void **state)
{
	struct sock *sk = avoiding(20);

	shim_trace_on = true;
	shim_round(sk, 50000, 2);
	/* 20 packets per 50 ms; 16 fit the path; 4 are queued */
	assert_true(shim_last_weir_ack.bw == 400ULL * SHIM_MSS);
	assert_true(shim_last_weir_ack.target == 16 + 2);
	assert_true(shim_last_weir_ack.aux == 4000);
	assert_int_equal(shim_last_weir_ack.state, VEGAS_AVOID);
	assert_int_equal(shim_last_weir_ack.rtt_us, 50000);
	shim_trace_on = false;
	shim_close(sk);
}

static void survives_extremes(void **state)
{
	static const long rtts[] = { 1, 0x7fffffff, 1, 40000, -1, 0, 0x7fffffff };
	struct sock *sk = avoiding(1);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i;

	shim_trace_on = true;
	for (i = 0; i < 500; i++)
		shim_ack(sk, 1, rtts[i % ARRAY_SIZE(rtts)]);
	tp->snd_cwnd = 1U << 30;
	tp->snd_ssthresh = 1U << 30;
	vegas_of(sk)->rtt_us = 0x7fffffff;
	vegas_avoid(sk);
	assert_int_equal(tp->snd_cwnd, (1U << 30) - 1);
	vegas_leave_slow_start(sk);
	assert_in_range(tp->snd_cwnd, WEIR_MIN_CWND, 1U << 30);
	shim_trace_on = false;
	shim_close(sk);
}

static void obeys_the_clamp(void **state)
{
	struct sock *sk = avoiding(20);

	tcp_sk(sk)->snd_cwnd_clamp = 24;
	assert_int_equal(settle(sk, BASE_US), 24);
	shim_close(sk);
}

/* The phases of slow start, and what the kernel does to it */
static void reports_states(void **state)
{
	struct sock *sk = judging();
	struct tcp_sock *tp = tcp_sk(sk);

	tp->ecn_flags = TCP_ECN_OK;
	shim_trace_on = true;
	shim_count_weir_state = 0;
	shim_ack(sk, 2, BASE_US);
	changed(VEGAS_JUDGE, VEGAS_DOUBLE, WEIR_WHY_ACK);
	while (!shim_count_weir_state)
		shim_ack(sk, 2, BASE_US);
	changed(VEGAS_DOUBLE, VEGAS_HOLD, WEIR_WHY_ACK);
	shim_lose(sk, 1);
	changed(VEGAS_HOLD, VEGAS_AVOID, WEIR_WHY_LOSS);
	shim_undo(sk);
	changed(VEGAS_AVOID, VEGAS_HOLD, WEIR_WHY_UNDO);
	shim_ece(sk, 1, BASE_US);
	changed(VEGAS_HOLD, VEGAS_AVOID, WEIR_WHY_ECN);
	shim_recover(sk, BASE_US);
	assert_int_equal(shim_count_weir_state, 0);
	shim_rto(sk);
	changed(VEGAS_AVOID, VEGAS_DOUBLE, WEIR_WHY_RTO);
	shim_trace_on = false;
	shim_close(sk);
}

/* All is taken for lost when its first packet leaves again: that is not idle. */
static void timeout_is_no_idle_time(void **state)
{
	struct sock *sk = avoiding(20);

	shim_round(sk, 50000, 2);
	shim_advance_us(30 * USEC_PER_SEC);
	shim_rto(sk);
	assert_int_equal(vegas_of(sk)->base_rtt_us, BASE_US);
	shim_rto(sk);
	assert_int_equal(vegas_of(sk)->base_rtt_us, BASE_US);
	shim_close(sk);
}

/* In whole milliseconds, which is up to one too small */
static void rtt_of_timestamps_is_no_base(void **state)
{
	struct sock *sk = avoiding(20);
	struct vegas *vegas = vegas_of(sk);
	u32 cwnd;

	shim_round(sk, 39000, 2);
	shim_round(sk, 39000, 2);
	assert_int_equal(vegas->base_rtt_us, 39000);
	vegas->base_rtt_us = BASE_US;
	vegas_forget_samples(vegas);
	tcp_sk(sk)->total_retrans = 1;
	cwnd = tcp_sk(sk)->snd_cwnd;
	shim_round(sk, 39000, 2);
	shim_round(sk, 39000, 2);
	assert_int_equal(vegas->base_rtt_us, BASE_US);
	/* It tells that there is no queue, though. */
	assert_int_equal(vegas->rtt_us, BASE_US);
	assert_true(tcp_sk(sk)->snd_cwnd > cwnd);
	shim_round(sk, 39999, 2);
	shim_round(sk, 39999, 2);
	assert_int_equal(vegas->base_rtt_us, 39999);
	/* Nothing else is known after idle: the round says nothing. */
	vegas->base_rtt_us = 0;
	vegas_forget_samples(vegas);
	cwnd = tcp_sk(sk)->snd_cwnd;
	shim_round(sk, 39000, 2);
	shim_round(sk, 39000, 2);
	assert_int_equal(vegas->base_rtt_us, 0);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, cwnd);
	/* Nor is it one for a connection that is taken over. */
	tcp_sk(sk)->rtt_min.s[0].v = 39000;
	shim_switch(sk, "weir_vegas");
	assert_int_equal(vegas->base_rtt_us, 0);
	shim_close(sk);
}

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_vegas");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_every_other_round),
		cmocka_unit_test(doubles_on_below_gamma),
		cmocka_unit_test(leaves_slow_start_above_gamma),
		cmocka_unit_test(leaves_slow_start_at_the_window_measured),
		cmocka_unit_test(does_not_judge_packets_sent_in_doubling),
		cmocka_unit_test(rests_between_alpha_and_beta),
		cmocka_unit_test(moves_one_packet_per_round),
		cmocka_unit_test(never_below_two),
		cmocka_unit_test(survives_alpha_above_beta),
		cmocka_unit_test(waits_for_a_clean_sample),
		cmocka_unit_test(ignores_retransmitted_samples),
		cmocka_unit_test(changes_nothing_if_the_application_is_the_limit),
		cmocka_unit_test(halves_on_loss_and_measures_anew),
		cmocka_unit_test(comes_back_after_timeout),
		cmocka_unit_test(undo_restores_the_window),
		cmocka_unit_test(reordering_does_not_stop_avoidance),
		cmocka_unit_test(reordering_does_not_stop_judging),
		cmocka_unit_test(every_timeout_begins_with_doubling),
		cmocka_unit_test(holds_after_undo),
		cmocka_unit_test(forgets_base_after_long_idle_only),
		cmocka_unit_test(takes_over_a_running_connection),
		cmocka_unit_test(handshake_gives_the_first_base),
		cmocka_unit_test(informs_ss),
		cmocka_unit_test(traces_the_queue),
		cmocka_unit_test(survives_extremes),
		cmocka_unit_test(obeys_the_clamp),
		cmocka_unit_test(reports_states),
		cmocka_unit_test(timeout_is_no_idle_time),
		cmocka_unit_test(rtt_of_timestamps_is_no_base),
		cmocka_unit_test(survives_being_uninitialised),
	};

	return cmocka_run_group_tests_name("vegas", tests, NULL, NULL);
}
