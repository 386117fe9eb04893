// SPDX-License-Identifier: GPL-2.0
/* weir_bic: binary search for the window of the last loss, and past it. */
#include "tcp_weir_bic.c"
#include "test.h"
#include "traced_states.h"

#define RTT_US	100000

static struct bic *bic_of(struct sock *sk)
{
	return inet_csk_ca(sk);
}

static enum bic_state state_of(struct sock *sk)
{
	return bic_state(inet_csk_ca(sk), tcp_sk(sk)->snd_cwnd, tcp_sk(sk)->snd_ssthresh);
}

/* In congestion avoidance at @cwnd, with Wmax @max_win (0: unknown). */
static struct sock *avoiding(u32 cwnd, u32 max_win)
{
	struct sock *sk = shim_connect("weir_bic");
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_cwnd = cwnd;
	tp->snd_ssthresh = cwnd;
	bic_of(sk)->max_win = max_win;
	shim_xmit(sk);

	return sk;
}

static u32 step_at(u32 cwnd, u32 max_win, u64 credit)
{
	struct sock *sk = avoiding(cwnd, max_win);
	u32 step;

	bic_of(sk)->credit = credit;
	step = bic_step(sk);
	shim_close(sk);

	return step;
}

static void aims_at_the_midpoint(void **state)
{
	/* Half the gap, in 1/1024 packet */
	assert_int_equal(step_at(350, 400, 0), 25 * 1024);
	assert_int_equal(step_at(390, 400, 0), 5 * 1024);
	assert_int_equal(step_at(399, 400, 0), 512);
	/* At most Smax = 32 */
	assert_int_equal(step_at(336, 400, 0), 32 * 1024);
	assert_int_equal(step_at(100, 400, 0), 32 * 1024);
	/* Wmax unknown: Smax */
	assert_int_equal(step_at(350, 0, 0), 32 * 1024);
	/* At most doubling */
	assert_int_equal(step_at(20, 400, 0), 20 * 1024);
	assert_int_equal(step_at(20, 0, 0), 20 * 1024);
	/* Reno below 14 */
	assert_int_equal(step_at(13, 400, 0), 1024);
	assert_int_equal(step_at(14, 400, 0), 14 * 1024);
}

static void counts_the_fraction_of_a_packet(void **state)
{
	/* Half a packet has been earned: the gap is half a packet. */
	assert_int_equal(step_at(399, 400, 399 * 512), 256);
	assert_int_equal(step_at(399, 400, 399 * 768), 128);
	/* A gap of 20/1024 is the last to be searched, a step of Smin = 10. */
	assert_int_equal(step_at(399, 400, 399 * 1004), 10);
	assert_int_equal(step_at(398, 400, 398 * 512), 768);
}

static void search_ends_below_smin(void **state)
{
	struct sock *sk = avoiding(399, 400);
	struct bic *bic = bic_of(sk);

	bic->credit = 399 * 1005;
	assert_int_equal(bic_step(sk), 1024);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 400);
	assert_int_equal(bic->probe_step, 1);
	assert_int_equal(bic->probe_target, 401);
	shim_close(sk);
}

/*
 * The step follows the gap from ACK to ACK, so that the gap decays by
 * e^(-1/2) = 0.61 each round trip: 50, 30.3, 18.4, 11.2, 6.8, 4.1, 2.5, 1.5.
 */
static void closes_in_on_the_maximum(void **state)
{
	static const u32 expected[] = { 369, 381, 388, 393, 395, 397, 398 };
	struct sock *sk = avoiding(350, 400);
	size_t i;
	u32 rounds;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		shim_round(sk, RTT_US, 1);
		assert_in_range(tcp_sk(sk)->snd_cwnd, expected[i], expected[i] + 1);
	}
	/* To 0.02 packets: 2 ln(50 / 0.02) = 15.6 round trips in all */
	for (rounds = i; !bic_of(sk)->probe_step; rounds++)
		shim_round(sk, RTT_US, 1);
	assert_in_range(rounds, 15, 17);
	shim_close(sk);
}

static void adds_smax_while_far(void **state)
{
	struct sock *sk = avoiding(500, 2000);
	int i;

	for (i = 1; i <= 10; i++) {
		shim_round(sk, RTT_US, 2);
		assert_in_range(tcp_sk(sk)->snd_cwnd, 500 + 30 * i, 500 + 33 * i);
	}
	shim_close(sk);
}

/* 1 until 101, 2 until 103, 4 until 107, 8 until 115, 16 until 131, then 32. */
static void probes_past_the_maximum(void **state)
{
	static const struct {
		u32 cwnd, step, target;
	} stage[] = {
		{ 100, 1, 101 }, { 101, 2, 103 }, { 103, 4, 107 },
		{ 107, 8, 115 }, { 115, 16, 131 },
	};
	struct sock *sk = avoiding(100, 100);
	struct tcp_sock *tp = tcp_sk(sk);
	struct bic *bic = bic_of(sk);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stage); i++) {
		tp->snd_cwnd = stage[i].cwnd;
		assert_int_equal(bic_step(sk), stage[i].step * 1024);
		assert_int_equal(bic->probe_step, stage[i].step);
		assert_int_equal(bic->probe_target, stage[i].target);
		assert_int_equal(state_of(sk), BIC_PROBE);
		/* Nothing changes before the target. */
		tp->snd_cwnd = stage[i].target - 1;
		assert_int_equal(bic_step(sk), stage[i].step * 1024);
	}
	tp->snd_cwnd = 131;
	assert_int_equal(bic_step(sk), 32 * 1024);
	assert_int_equal(bic->probe_step, 0);
	assert_int_equal(bic->max_win, 0);
	assert_int_equal(state_of(sk), BIC_ADDITIVE);
	shim_close(sk);
}

static void probes_in_running(void **state)
{
	struct sock *sk = avoiding(100, 100);
	u32 rounds = 0;

	while (!bic_of(sk)->probe_step)
		shim_round(sk, RTT_US, 1);
	/* A round trip for each of the five steps, about */
	while (bic_of(sk)->probe_step) {
		shim_round(sk, RTT_US, 1);
		rounds++;
	}
	assert_in_range(rounds, 4, 7);
	assert_in_range(tcp_sk(sk)->snd_cwnd, 131, 165);
	shim_close(sk);
}

static void gives_up_a_fifth(void **state)
{
	struct sock *sk = avoiding(400, 0);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 320);
	assert_int_equal(bic_of(sk)->max_win, 400);
	shim_recover(sk, RTT_US);
	assert_in_range(tp->snd_cwnd, 320, 321);
	shim_close(sk);

	/* An eighth, as the paper has it */
	assert_int_equal(shim_param_set("beta", "128"), 0);
	sk = avoiding(400, 0);
	assert_int_equal(bic_ssthresh(sk), 350);
	shim_close(sk);
	assert_int_equal(shim_param_set("beta", "205"), 0);
}

static void converges_fast_when_losing_ground(void **state)
{
	struct sock *sk = avoiding(380, 400);

	/* 380 - 76 = 304; the middle of 304 and 380 */
	assert_int_equal(bic_ssthresh(sk), 304);
	assert_int_equal(bic_of(sk)->max_win, 342);
	shim_close(sk);

	/* Gaining ground, or asked not to: as usual */
	sk = avoiding(380, 380);
	assert_int_equal(bic_ssthresh(sk), 304);
	assert_int_equal(bic_of(sk)->max_win, 380);
	shim_close(sk);
	sk = avoiding(380, 400);
	assert_int_equal(shim_param_set("fast_convergence", "0"), 0);
	bic_ssthresh(sk);
	assert_int_equal(bic_of(sk)->max_win, 380);
	assert_int_equal(shim_param_set("fast_convergence", "1"), 0);
	shim_close(sk);
}

static void is_reno_in_small_windows(void **state)
{
	struct sock *sk = avoiding(13, 0);
	struct tcp_sock *tp = tcp_sk(sk);

	assert_int_equal(bic_ssthresh(sk), 6);
	assert_int_equal(bic_of(sk)->max_win, 13);
	tp->snd_cwnd = 3;
	assert_int_equal(bic_ssthresh(sk), WEIR_MIN_CWND);
	shim_close(sk);

	sk = avoiding(5, 0);
	tp = tcp_sk(sk);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(tp->snd_cwnd, 6);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(tp->snd_cwnd, 7);
	shim_close(sk);
}

static void slow_start_doubles_and_stops(void **state)
{
	struct sock *sk = shim_connect("weir_bic");
	struct tcp_sock *tp = tcp_sk(sk);

	shim_xmit(sk);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(tp->snd_cwnd, 20);
	tp->snd_ssthresh = 30;
	shim_round(sk, RTT_US, 1);
	assert_in_range(tp->snd_cwnd, 30, 45);
	shim_close(sk);
}

static void does_not_grow_unused(void **state)
{
	struct sock *sk = avoiding(50, 0);

	sk->shim_limit_ignored = true;
	tcp_sk(sk)->is_cwnd_limited = 0;
	shim_round(sk, RTT_US, 1);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 50);
	shim_close(sk);
}

static void undo_restores_the_search(void **state)
{
	struct sock *sk = avoiding(390, 400);

	shim_lose(sk, 1);
	assert_int_not_equal(bic_of(sk)->max_win, 400);
	shim_undo(sk);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 390);
	assert_int_equal(bic_of(sk)->max_win, 400);
	shim_close(sk);
}

/* Past Wmax by 10, 8 packets per round trip until 115 */
static void undo_restores_probing(void **state)
{
	struct sock *sk = avoiding(110, 100);
	struct bic *bic = bic_of(sk);

	bic->probe_step = 8;
	bic->probe_target = 115;
	shim_lose(sk, 1);
	assert_int_equal(bic->max_win, 110);
	assert_int_equal(bic->probe_step, 0);
	shim_undo(sk);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 110);
	assert_int_equal(bic->max_win, 100);
	assert_int_equal(bic->probe_step, 8);
	assert_int_equal(bic_step(sk), 8 * 1024);
	assert_int_equal(bic->probe_target, 115);
	shim_close(sk);

	/* It was not probing: it does not after the undo either. */
	sk = avoiding(390, 400);
	shim_lose(sk, 1);
	shim_undo(sk);
	assert_int_equal(state_of(sk), BIC_SEARCH);
	shim_close(sk);
}

/*
 * Two timeouts with progress between them: proof that the second was spurious
 * says nothing about the first, and the kernel returns to what was between.
 */
static void undo_takes_back_the_latest_reduction(void **state)
{
	struct sock *sk = avoiding(200, 400);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_rto(sk);
	assert_int_equal(bic_of(sk)->max_win, 180);
	while (tp->snd_cwnd < 5)
		shim_ack(sk, 1, -1);
	/* As with every ACK that advances */
	inet_csk(sk)->icsk_retransmits = 0;
	shim_rto(sk);
	assert_int_equal(tp->snd_ssthresh, WEIR_MIN_CWND);
	assert_true(bic_of(sk)->max_win < 5);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 5);
	assert_int_equal(tp->snd_ssthresh, 160);
	assert_int_equal(bic_of(sk)->max_win, 180);
	shim_close(sk);
}

static void timeout_is_searched_like_a_loss(void **state)
{
	struct sock *sk = avoiding(200, 0);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_rto(sk);
	assert_int_equal(tp->snd_ssthresh, 160);
	assert_int_equal(bic_of(sk)->max_win, 200);
	shim_close(sk);
}

static void takes_over_a_running_connection(void **state)
{
	struct sock *sk = avoiding(100, 200);

	shim_round(sk, RTT_US, 1);
	shim_switch(sk, "weir_bic");
	assert_int_equal(state_of(sk), BIC_ADDITIVE);
	shim_round(sk, RTT_US, 1);
	shim_lose(sk, 1);
	assert_true(bic_of(sk)->max_win > 100);
	shim_close(sk);
}

static void traces_the_search(void **state)
{
	struct sock *sk = avoiding(100, 130);

	shim_trace_on = true;
	shim_ack(sk, 1, RTT_US);
	assert_int_equal(shim_last_weir_ack.state, BIC_SEARCH);
	assert_true(shim_last_weir_ack.target == 130);
	assert_true(shim_last_weir_ack.aux == 0);
	shim_trace_on = false;
	shim_close(sk);
}

static void survives_extremes(void **state)
{
	struct sock *sk = avoiding(100, U32_MAX);
	struct tcp_sock *tp = tcp_sk(sk);

	/* A window of packets in one ACK, with the largest step there is */
	assert_int_equal(shim_param_set("smax", "1024"), 0);
	tp->snd_cwnd = 1U << 30;
	tp->snd_ssthresh = 2;
	bic_of(sk)->step_cwnd = 0;
	bic_grow(sk, 1U << 30);
	assert_int_equal(tp->snd_cwnd, (1U << 30) + 1024);
	assert_true(bic_of(sk)->credit < (u64)tp->snd_cwnd << BIC_SHIFT);
	assert_int_equal(bic_ssthresh(sk), tp->snd_cwnd - ((u64)tp->snd_cwnd * 205 >> 10));
	tp->snd_cwnd = 1;
	assert_int_equal(bic_ssthresh(sk), WEIR_MIN_CWND);
	assert_int_equal(shim_param_set("smax", "32"), 0);

	tp->snd_cwnd = 50;
	tp->snd_cwnd_clamp = 50;
	bic_of(sk)->max_win = 0;
	bic_of(sk)->step_cwnd = 0;
	bic_grow(sk, 50);
	assert_int_equal(tp->snd_cwnd, 50);
	shim_close(sk);
}

static void refuses_mainlines_beta(void **state)
{
	/* There it is the part that is kept. */
	assert_int_equal(shim_param_set("beta", "819"), -EINVAL);
	assert_non_null(strstr(shim_log(), "from 1 to 512"));
	assert_string_equal(shim_param_get("beta"), "205");
}

/* Asked for ssthresh by the SYN's timer: that is no loss to search for. */
static void a_lost_syn_is_no_maximum(void **state)
{
	struct sock *sk = shim_socket("weir_bic");

	inet_csk(sk)->icsk_ca_ops->ssthresh(sk);
	shim_establish(sk);
	assert_int_equal(bic_of(sk)->max_win, 0);
	shim_close(sk);
}

static void reports_states(void **state)
{
	reports_reductions_and_their_end("weir_bic", RTT_US, BIC_SEARCH);
}

/* Each phase of growth, from Reno to where Wmax is unknown, and once each */
static void reports_phases_of_growth(void **state)
{
	struct sock *sk = avoiding(13, 16);

	shim_trace_on = true;
	bic_update_state(sk, WEIR_WHY_INIT);
	shim_count_weir_state = 0;
	while (!shim_count_weir_state)
		shim_round(sk, RTT_US, 1);
	changed(BIC_RENO, BIC_SEARCH, WEIR_WHY_ACK);
	while (!shim_count_weir_state)
		shim_ack(sk, 1, RTT_US);
	changed(BIC_SEARCH, BIC_PROBE, WEIR_WHY_ACK);
	while (!shim_count_weir_state)
		shim_ack(sk, 1, RTT_US);
	changed(BIC_PROBE, BIC_ADDITIVE, WEIR_WHY_ACK);
	shim_lose(sk, 1);
	changed(BIC_ADDITIVE, BIC_SEARCH, WEIR_WHY_LOSS);
	shim_undo(sk);
	changed(BIC_SEARCH, BIC_ADDITIVE, WEIR_WHY_UNDO);
	shim_trace_on = false;
	shim_close(sk);

	/* A small window that is past Wmax already */
	sk = avoiding(13, 8);
	shim_trace_on = true;
	bic_update_state(sk, WEIR_WHY_INIT);
	shim_count_weir_state = 0;
	while (!shim_count_weir_state)
		shim_ack(sk, 1, RTT_US);
	changed(BIC_RENO, BIC_PROBE, WEIR_WHY_ACK);
	shim_trace_on = false;
	shim_close(sk);
}

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_bic");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aims_at_the_midpoint),
		cmocka_unit_test(counts_the_fraction_of_a_packet),
		cmocka_unit_test(search_ends_below_smin),
		cmocka_unit_test(closes_in_on_the_maximum),
		cmocka_unit_test(adds_smax_while_far),
		cmocka_unit_test(probes_past_the_maximum),
		cmocka_unit_test(probes_in_running),
		cmocka_unit_test(gives_up_a_fifth),
		cmocka_unit_test(converges_fast_when_losing_ground),
		cmocka_unit_test(is_reno_in_small_windows),
		cmocka_unit_test(slow_start_doubles_and_stops),
		cmocka_unit_test(does_not_grow_unused),
		cmocka_unit_test(undo_restores_the_search),
		cmocka_unit_test(undo_restores_probing),
		cmocka_unit_test(undo_takes_back_the_latest_reduction),
		cmocka_unit_test(timeout_is_searched_like_a_loss),
		cmocka_unit_test(takes_over_a_running_connection),
		cmocka_unit_test(traces_the_search),
		cmocka_unit_test(survives_extremes),
		cmocka_unit_test(refuses_mainlines_beta),
		cmocka_unit_test(a_lost_syn_is_no_maximum),
		cmocka_unit_test(reports_states),
		cmocka_unit_test(reports_phases_of_growth),
		cmocka_unit_test(survives_being_uninitialised),
	};

	return cmocka_run_group_tests_name("bic", tests, NULL, NULL);
}
