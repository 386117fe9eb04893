// SPDX-License-Identifier: GPL-2.0
/* weir_westwood: on loss, the window that the measured bandwidth needs. */
#include "tcp_weir_westwood.c"
#include "test.h"
#include "traced_states.h"
#include "shim_watch.h"

static struct westwood *westwood_of(struct sock *sk)
{
	return inet_csk_ca(sk);
}

/* Estimate in packets per second, to the nearest. */
static u32 rate_of(struct sock *sk)
{
	return ((u64)westwood_of(sk)->bw * USEC_PER_SEC + (1U << 23)) >> 24;
}

/* In congestion avoidance; cwnd packets per @rtt_us for a while. */
static struct sock *steady(u32 cwnd, u32 rtt_us)
{
	struct sock *sk = shim_connect("weir_westwood");
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	tp->snd_cwnd = cwnd;
	tp->snd_cwnd_clamp = cwnd;
	tp->snd_ssthresh = cwnd;
	shim_xmit(sk);
	for (i = 0; i < 50; i++)
		shim_round(sk, rtt_us, 1);

	return sk;
}

static void estimates_what_is_delivered(void **state)
{
	/* 10 packets per 100 ms; 200 per 40 ms; 3 per 20 ms, over 50 ms or more */
	static const struct {
		u32 cwnd, rtt_us, rate, low, high;
	} path[] = {
		{ 10, 100000, 100, 100, 100 },
		{ 200, 40000, 5000, 4990, 5010 },
		{ 3, 20000, 150, 140, 160 },
		{ 2000, 1000, 2000000, 1990000, 2010000 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(path); i++) {
		struct sock *sk = steady(path[i].cwnd, path[i].rtt_us);

		assert_in_range(rate_of(sk), path[i].low, path[i].high);
		shim_close(sk);
	}
}

static void measures_over_a_round_trip_and_50_ms(void **state)
{
	struct sock *sk = steady(10, 100000);
	struct westwood *westwood = westwood_of(sk);

	assert_int_equal(westwood->end_us - westwood->start_us, 100000);
	shim_close(sk);
	sk = steady(10, 1000);
	westwood = westwood_of(sk);
	assert_int_equal(westwood->end_us - westwood->start_us, 50000);
	shim_close(sk);
}

/* The window was 20, ten of which were queued: RTT 200 ms over 100 ms. */
static void drains_the_queue_on_loss(void **state)
{
	struct sock *sk = steady(10, 100000);
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	tp->snd_cwnd = 20;
	tp->snd_cwnd_clamp = 20;
	shim_xmit(sk);
	for (i = 0; i < 40; i++)
		shim_round(sk, 200000, 1);
	assert_int_equal(rate_of(sk), 100);
	assert_int_equal(tcp_min_rtt(tp), 100000);
	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 10);
	shim_recover(sk, 200000);
	assert_int_equal(tp->snd_cwnd, 10);
	shim_close(sk);
}

/* No queue: a random loss costs nothing. */
static void keeps_a_window_below_capacity(void **state)
{
	struct sock *sk = steady(40, 100000);

	shim_lose(sk, 1);
	assert_in_range(tcp_sk(sk)->snd_ssthresh, 39, 40);
	shim_close(sk);
}

static void never_raises_the_window(void **state)
{
	struct sock *sk = steady(40, 100000);

	tcp_sk(sk)->snd_cwnd = 25;
	assert_int_equal(westwood_ssthresh(sk), 25);
	tcp_sk(sk)->snd_cwnd = 1;
	assert_int_equal(westwood_ssthresh(sk), WEIR_MIN_CWND);
	shim_close(sk);
}

static void halves_without_an_estimate(void **state)
{
	struct sock *sk = shim_connect("weir_westwood");

	shim_xmit(sk);
	shim_advance_us(10000);
	shim_lose(sk, 1);
	assert_int_equal(westwood_of(sk)->bw, 0);
	assert_int_equal(tcp_sk(sk)->snd_ssthresh, 5);
	shim_close(sk);
}

static void timeout_remembers_the_bandwidth(void **state)
{
	struct sock *sk = steady(30, 100000);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_rto(sk);
	assert_in_range(tp->snd_ssthresh, 29, 30);
	assert_int_equal(tp->snd_cwnd, 1);
	shim_recover(sk, 100000);
	shim_close(sk);
}

/* A second timeout at a window of 5, on the way back from one at 80 */
static void timeout_looks_at_the_path_and_not_at_cwnd(void **state)
{
	struct sock *sk = steady(80, 100000);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_rto(sk);
	while (tp->snd_cwnd < 5)
		shim_ack(sk, 1, -1);
	assert_int_equal(tp->snd_cwnd, 5);
	/* As with every ACK that advances */
	inet_csk(sk)->icsk_retransmits = 0;
	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	assert_in_range(tp->snd_ssthresh, 79, 80);
	shim_recover(sk, 100000);
	shim_close(sk);

	/* Fast recovery on the way back ends with cwnd at ssthresh. */
	sk = steady(80, 100000);
	tp = tcp_sk(sk);
	shim_rto(sk);
	shim_recover(sk, 100000);
	tp->snd_cwnd = 5;
	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 5);
	shim_close(sk);
}

static void timeout_without_an_estimate_halves(void **state)
{
	struct sock *sk = shim_connect("weir_westwood");

	shim_xmit(sk);
	shim_rto(sk);
	assert_int_equal(tcp_sk(sk)->snd_ssthresh, 5);
	shim_close(sk);
}

/* It leaves the window as it was, and no more of slow start than there was. */
static void spurious_timeout_leaves_nothing(void **state)
{
	struct sock *sk = steady(40, 100000);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_cwnd = 25;
	tp->snd_ssthresh = 20;
	shim_rto(sk);
	assert_in_range(tp->snd_ssthresh, 39, 40);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 25);
	assert_int_equal(tp->snd_ssthresh, 25);
	shim_close(sk);

	/* In the first slow start there is still no threshold. */
	sk = shim_connect("weir_westwood");
	tp = tcp_sk(sk);
	shim_xmit(sk);
	shim_round(sk, 100000, 1);
	shim_rto(sk);
	assert_false(weir_in_initial_slow_start(tp));
	shim_undo(sk);
	assert_true(weir_in_initial_slow_start(tp));
	assert_int_equal(tp->snd_cwnd, 20);
	shim_close(sk);
}

/* From 100 packets/s to 200: 1/8 of the way at each sample. */
static void filters_by_an_eighth(void **state)
{
	static const u32 expected[] = { 112, 123, 133, 141, 149 };
	struct sock *sk = steady(10, 100000);
	struct westwood *westwood = westwood_of(sk);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		westwood_start_interval(sk);
		shim_advance_us(100000);
		tcp_sk(sk)->tcp_mstamp += 100000;
		tcp_sk(sk)->delivered += 20;
		westwood_take_sample(sk);
		/* 100 + 100 (1 - (7/8)^n) = 112.5, 123.4, 133.0, 141.4, 148.7 */
		assert_int_equal(rate_of(sk), expected[i]);
	}
	assert_int_equal((u64)westwood->sample * USEC_PER_SEC >> 24, 199);
	shim_close(sk);
}

/* Doubling every 100 ms: the estimate is of the last round, not an average. */
static void keeps_up_with_the_first_slow_start(void **state)
{
	struct sock *sk = shim_connect("weir_westwood");
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	shim_xmit(sk);
	for (i = 0; i < 6; i++)
		shim_round(sk, 100000, 1);
	assert_int_equal(tp->snd_cwnd, 640);
	/* 320 packets were delivered in the last round. */
	assert_in_range(rate_of(sk), 2400, 3300);
	shim_close(sk);
}

static void application_limit_never_lowers(void **state)
{
	struct sock *sk = steady(40, 100000);
	int i;

	assert_int_equal(rate_of(sk), 400);
	for (i = 0; i < 50; i++) {
		shim_app_limit(sk, 2);
		shim_round(sk, 100000, 1);
	}
	assert_in_range(rate_of(sk), 390, 405);
	shim_close(sk);
}

static void idle_time_is_not_measured(void **state)
{
	struct sock *sk = steady(40, 100000);
	u32 measured_us;

	shim_app_limit(sk, 0);
	shim_round(sk, 100000, 1);
	assert_int_equal(tcp_sk(sk)->packets_out, 0);
	measured_us = (u32)tcp_sk(sk)->tcp_mstamp - westwood_of(sk)->start_us;
	shim_idle(sk, 30 * USEC_PER_SEC);
	shim_app_limit(sk, SHIM_UNLIMITED);
	shim_xmit(sk);
	assert_int_equal((u32)tcp_sk(sk)->tcp_mstamp - westwood_of(sk)->start_us, measured_us);
	shim_round(sk, 100000, 1);
	assert_in_range(rate_of(sk), 340, 410);
	shim_close(sk);
}

static void undo_restores_the_window(void **state)
{
	struct sock *sk = steady(10, 100000);

	tcp_sk(sk)->snd_cwnd = 20;
	tcp_sk(sk)->snd_cwnd_clamp = 20;
	shim_xmit(sk);
	shim_round(sk, 200000, 1);
	shim_lose(sk, 1);
	assert_true(tcp_sk(sk)->snd_ssthresh < 20);
	shim_undo(sk);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 20);
	shim_close(sk);
}

static void takes_over_a_running_connection(void **state)
{
	struct sock *sk = steady(40, 100000);

	shim_switch(sk, "weir_westwood");
	assert_int_equal(westwood_of(sk)->bw, 0);
	shim_lose(sk, 1);
	assert_int_equal(tcp_sk(sk)->snd_ssthresh, 20);
	shim_recover(sk, 100000);
	tcp_sk(sk)->snd_cwnd = 40;
	shim_xmit(sk);
	shim_round(sk, 100000, 1);
	shim_round(sk, 100000, 1);
	assert_in_range(rate_of(sk), 200, 420);
	shim_close(sk);
}

static void informs_ss(void **state)
{
	struct sock *sk = steady(40, 100000);
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	union tcp_cc_info info;
	int attr = 0;

	assert_int_equal(ops->get_info(sk, 0, &attr, &info), 0);
	assert_int_equal(ops->get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info),
			 sizeof(struct tcp_bbr_info));
	assert_int_equal(attr, INET_DIAG_BBRINFO);
	assert_in_range(info.bbr.bbr_bw_lo, 399 * SHIM_MSS, 400 * SHIM_MSS);
	assert_int_equal(info.bbr.bbr_bw_hi, 0);
	assert_int_equal(info.bbr.bbr_min_rtt, 100000);
	assert_int_equal(info.bbr.bbr_pacing_gain, 0);
	shim_close(sk);
}

static void traces_the_estimate(void **state)
{
	struct sock *sk = steady(40, 100000);

	shim_trace_on = true;
	shim_round(sk, 100000, 1);
	assert_in_range(shim_last_weir_ack.bw, 399 * SHIM_MSS, 400 * SHIM_MSS);
	assert_in_range(shim_last_weir_ack.aux, 399 * SHIM_MSS, 400 * SHIM_MSS);
	assert_true(shim_last_weir_ack.target == 40);
	assert_int_equal(shim_last_weir_ack.state, WESTWOOD_AVOID);
	shim_trace_on = false;
	shim_close(sk);
}

static void survives_extremes(void **state)
{
	struct sock *sk = steady(10, 100000);
	struct tcp_sock *tp = tcp_sk(sk);
	struct westwood *westwood = westwood_of(sk);

	/* No time at all, and more packets than there are */
	westwood->start_us = tp->tcp_mstamp;
	westwood->delivered = tp->delivered + 1;
	westwood_take_sample(sk);
	assert_true(westwood->sample == U32_MAX);
	westwood->bw = U32_MAX;
	tp->rtt_min.s[0].v = U32_MAX;
	assert_int_equal(westwood_ssthresh(sk), 10);
	assert_true(westwood_bytes_per_sec(U32_MAX, 65535) > 0);

	/* The microsecond clock wraps after 71 minutes. */
	westwood->bw = 0;
	tp->tcp_mstamp = 0xffffff00;
	westwood_start_interval(sk);
	tp->tcp_mstamp += 100000;
	tp->delivered += 50;
	westwood_take_sample(sk);
	assert_int_equal(rate_of(sk), 500);
	shim_close(sk);
}

/* Nothing is ever in flight when the next window leaves, and that is not idle. */
static void measures_windows_that_one_ack_answers(void **state)
{
	struct sock *sk = shim_connect("weir_westwood");
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	/* 10 packets per 2 ms are 5000 a second. */
	tp->snd_cwnd = 10;
	tp->snd_cwnd_clamp = 10;
	tp->snd_ssthresh = 10;
	shim_xmit(sk);
	for (i = 0; i < 500; i++)
		shim_round(sk, 2000, 10);
	assert_in_range(rate_of(sk), 4990, 5010);
	shim_close(sk);

	/* After ten times that, a bandwidth of long ago is forgotten. */
	sk = steady(200, 4000);
	tp = tcp_sk(sk);
	assert_in_range(rate_of(sk), 49500, 50500);
	tp->snd_cwnd = 10;
	tp->snd_cwnd_clamp = 10;
	while (tp->packets_out > 10)
		shim_ack(sk, 1, -1);
	for (i = 0; i < 2000; i++)
		shim_round(sk, 2000, 10);
	assert_in_range(rate_of(sk), 4990, 5010);
	shim_rto(sk);
	assert_in_range(tp->snd_ssthresh, 10, 11);
	shim_close(sk);
}

/* The time until a timeout's retransmission delivers nothing, and is none. */
static void waiting_for_a_timeout_is_not_measured(void **state)
{
	struct sock *sk = steady(40, 100000);
	u32 rate = rate_of(sk);

	shim_advance_us(30 * USEC_PER_SEC);
	shim_rto(sk);
	shim_round(sk, 100000, 1);
	/* The 40 packets of the round trip after it, not of 30 s */
	assert_in_range(rate_of(sk), rate * 99 / 100, rate);
	shim_close(sk);
}

/* Four round trips with two packets each, two that are full, again and again */
static void application_limit_never_lowers_what_it_is_part_of(void **state)
{
	static const u32 rtts_us[] = { 10000, 100000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rtts_us); i++) {
		struct sock *sk = steady(40, rtts_us[i]);
		u32 rate = rate_of(sk);
		int cycle, round;

		for (cycle = 0; cycle < 20; cycle++) {
			for (round = 0; round < 4; round++) {
				shim_app_limit(sk, 2);
				shim_round(sk, rtts_us[i], 1);
			}
			shim_app_limit(sk, SHIM_UNLIMITED);
			shim_xmit(sk);
			shim_round(sk, rtts_us[i], 1);
			shim_round(sk, rtts_us[i], 1);
		}
		assert_in_range(rate_of(sk), rate * 99 / 100, rate * 101 / 100);
		shim_close(sk);
	}
}

/*
 * A client's SYN-ACK comes here before init(), and its "interval" began when the
 * clock did. Within 16.8 s of that it would leave a bandwidth of a packet or so.
 */
static void the_handshake_is_no_estimate(void **state)
{
	static const struct ack_sample syn_ack = { .rtt_us = 1000, .pkts_acked = 1 };
	u64 now_ns = shim_now_ns;
	struct sock *sk;

	shim_now_ns = NSEC_PER_SEC;
	sk = shim_socket("weir_westwood");
	tcp_sk(sk)->delivered = 1;
	inet_csk(sk)->icsk_ca_ops->pkts_acked(sk, &syn_ack);
	shim_establish(sk);
	assert_int_equal(westwood_of(sk)->bw, 0);
	shim_xmit(sk);
	shim_advance_us(20000);
	shim_lose(sk, 1);
	assert_int_equal(tcp_sk(sk)->snd_ssthresh, 5);
	shim_close(sk);
	shim_now_ns = now_ns;
}

/* In whole milliseconds, and up to one too small, if something was sent twice */
static void rtt_of_timestamps_is_no_minimum(void **state)
{
	struct sock *sk = steady(40, 5700);
	struct tcp_sock *tp = tcp_sk(sk);

	assert_int_equal(westwood_min_rtt(sk), 5700);
	tp->total_retrans = 1;
	shim_round(sk, 5000, 1);
	assert_int_equal(tcp_min_rtt(tp), 5000);
	assert_int_equal(westwood_min_rtt(sk), 5700);
	shim_round(sk, 5600, 1);
	assert_int_equal(westwood_min_rtt(sk), 5600);
	/* A longer path, when the kernel has forgotten this one */
	tp->rtt_min.s[0].v = 8100;
	assert_int_equal(westwood_min_rtt(sk), 8100);
	westwood_take_sample(sk);
	shim_round(sk, 9300, 1);
	assert_int_equal(westwood_min_rtt(sk), 9300);
	shim_close(sk);
}

/* 1% of all packets lost at random, where timestamps are a seventh too small */
static void random_loss_costs_little(void **state)
{
	struct shim_path path;
	struct shim_watch w;

	shim_seed(5);
	shim_path_init(&path, 100, 1000);
	path.ack_every = 2;
	path.drop_ppm = 10000;
	shim_path_connect(&path, "weir_westwood", 5700);
	shim_path_run(&path, 10 * USEC_PER_SEC);
	w = shim_watch(&path, 1, 15000, NULL, NULL);
	/* Reno's bound, 1.22 / (RTT sqrt(p)) packets a second, is a quarter of it. */
	assert_true(w.use > 0.8);
	shim_path_close(&path);
}

static void reports_states(void **state)
{
	reports_reductions_and_their_end("weir_westwood", 100000, WESTWOOD_AVOID);
}

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_westwood");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimates_what_is_delivered),
		cmocka_unit_test(measures_over_a_round_trip_and_50_ms),
		cmocka_unit_test(drains_the_queue_on_loss),
		cmocka_unit_test(keeps_a_window_below_capacity),
		cmocka_unit_test(never_raises_the_window),
		cmocka_unit_test(halves_without_an_estimate),
		cmocka_unit_test(timeout_remembers_the_bandwidth),
		cmocka_unit_test(timeout_looks_at_the_path_and_not_at_cwnd),
		cmocka_unit_test(timeout_without_an_estimate_halves),
		cmocka_unit_test(spurious_timeout_leaves_nothing),
		cmocka_unit_test(filters_by_an_eighth),
		cmocka_unit_test(keeps_up_with_the_first_slow_start),
		cmocka_unit_test(application_limit_never_lowers),
		cmocka_unit_test(idle_time_is_not_measured),
		cmocka_unit_test(undo_restores_the_window),
		cmocka_unit_test(takes_over_a_running_connection),
		cmocka_unit_test(informs_ss),
		cmocka_unit_test(traces_the_estimate),
		cmocka_unit_test(survives_extremes),
		cmocka_unit_test(measures_windows_that_one_ack_answers),
		cmocka_unit_test(waiting_for_a_timeout_is_not_measured),
		cmocka_unit_test(application_limit_never_lowers_what_it_is_part_of),
		cmocka_unit_test(the_handshake_is_no_estimate),
		cmocka_unit_test(rtt_of_timestamps_is_no_minimum),
		cmocka_unit_test(random_loss_costs_little),
		cmocka_unit_test(reports_states),
		cmocka_unit_test(survives_being_uninitialised),
	};

	return cmocka_run_group_tests_name("westwood", tests, NULL, NULL);
}
