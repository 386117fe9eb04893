// SPDX-License-Identifier: GPL-2.0
/* weir_cubic: RFC 9438, against its equations and its tables. */
#include "cubic_under_test.h"

/* --- Arithmetic ----------------------------------------------------------- */

static void assert_cbrt(u64 x)
{
	unsigned __int128 y = cubic_cbrt(x);

	assert_true(y * y * y <= x);
	assert_true((y + 1) * (y + 1) * (y + 1) > x);
}

static void cube_root_is_exact(void **state)
{
	u64 x, y;
	int i;

	for (x = 0; x < 100000; x++)
		assert_cbrt(x);
	for (y = 1; y < 2642245; y += 97) {
		assert_cbrt((y * y * y) - 1);
		assert_cbrt(y * y * y);
		assert_cbrt(y * y * y + 1);
	}
	for (i = 0; i < 64; i++) {
		assert_cbrt(1ULL << i);
		assert_cbrt((1ULL << i) - 1);
	}
	for (i = 0; i < 100000; i++)
		assert_cbrt((u64)get_random_u32() << 32 | get_random_u32());
	assert_cbrt(U64_MAX);
}

/* Equation 1, to a hundredth of a packet or a millionth. */
static void window_follows_equation_1(void **state)
{
	int i;

	for (i = 0; i < 200000; i++) {
		struct cubic_epoch e = {
			.w_max = (get_random_u32() >> (get_random_u32() % 24)) | 1,
			.k = (get_random_u32() & CUBIC_MAX_TICKS) >> (get_random_u32() % 10),
		};
		u64 t_us = get_random_u32() >> (get_random_u32() % 16 + 5);
		double d = t_us / 1e6 - e.k * TICK_S;
		double want = e.w_max / 256.0 + 0.4 * d * d * d;
		double slope = 1.2 * d * d * TICK_S;
		double got = cubic_window(&e, t_us) / (double)(1 << CUBIC_FRAC);

		want = fmax(want, 0);
		assert_true(fabs(got - want) <= 0.01 + slope + want * 1e-6);
	}
}

/* Beyond 347 s from K the curve stays: nothing overflows. */
static void window_saturates(void **state)
{
	struct cubic_epoch e = { .w_max = U32_MAX, .k = CUBIC_MAX_TICKS };
	u64 all = cubic_packets(1 << 24);

	assert_in_range(cubic_window(&e, (1ULL << 39) - 1), all, all + all);
	assert_in_range(cubic_window(&e, 0) >> CUBIC_FRAC, 0, 100);
	e.k = 0;
	assert_true(cubic_window(&e, U32_MAX) == cubic_window(&e, U32_MAX - 1));
	e.w_max = 1;
	assert_true(cubic_window(&e, 348 * USEC_PER_SEC) > cubic_packets((1 << 24) - 100));
}

/* Equation 2: K takes cwnd back to W_max. */
static void k_follows_equation_2(void **state)
{
	static const u32 cwnd[] = { 10, 100, 1000, 12345, 1000000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cwnd); i++) {
		struct sock *sk = after_loss(cwnd[i], RTT_US);
		double want = cbrt(0.3 * cwnd[i] / 0.4);

		shim_ack(sk, 1, RTT_US);
		assert_true(fabs(epoch(sk)->k * TICK_S - want) < 0.002 * want + TICK_S);
		assert_true(fabs(cubic_window(epoch(sk), 0) / (double)(1 << CUBIC_FRAC) -
				 0.7 * cwnd[i]) < 0.01 + cwnd[i] * 1e-5);
		shim_close(sk);
	}
}

/* --- Growth ---------------------------------------------------------------- */

/* From 0.7 W_max through the plateau into the convex region, packet by packet. */
static void window_rises_along_the_curve(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);
	double k = cbrt(0.3 * 1000 / 0.4);
	u64 start = 0;

	assert_int_equal(tp->snd_cwnd, 700);
	do {
		double d, w;

		clock_ack(sk, RTT_US);
		if (!start)
			start = shim_now_ns;
		/* cwnd reaches W_cubic(t + RTT) one RTT later: W_cubic(t). */
		d = (shim_now_ns - start) / 1e9 - k;
		w = 1000 + 0.4 * d * d * d;
		assert_true(fabs(tp->snd_cwnd - w) < 1.5 + 0.4 * 3 * d * d * 0.1);
		assert_int_equal(priv(sk)->report.state, d < -0.2 ? CUBIC_CONCAVE :
				 d > 0.5 ? CUBIC_CONVEX : priv(sk)->report.state);
	} while (shim_now_ns - start < 15ULL * NSEC_PER_SEC);
	assert_in_range(tp->snd_cwnd, 1070, 1095);
	shim_close(sk);
}

/* At most half a packet for each that is acknowledged (the 1.5 cwnd bound). */
static void never_grows_by_more_than_half(void **state)
{
	struct sock *sk = after_loss(100, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i, acked = 0;

	shim_ack(sk, 1, RTT_US);
	epoch(sk)->t_us = 300 * USEC_PER_SEC;
	for (i = 0; i < 200; i++) {
		u32 n = 1 + i % 7;

		shim_ack(sk, n, RTT_US);
		acked += n;
		assert_in_range(tp->snd_cwnd, 70, 71 + acked / 2);
	}
	/* Close to that, so the bound was what held. */
	assert_in_range(tp->snd_cwnd, 70 + acked * 9 / 20, 71 + acked / 2);
	shim_close(sk);
}

/* Packets that W_est takes to grow by ten. */
static u32 ten_more(struct sock *sk)
{
	u32 from = epoch(sk)->w_est, acked = 0;

	while (epoch(sk)->w_est < from + 10) {
		clock_ack(sk, 5 * MS);
		assert_int_equal(tcp_sk(sk)->snd_cwnd, epoch(sk)->w_est);
		assert_int_equal(priv(sk)->report.state, CUBIC_RENO_FRIENDLY);
		acked++;
	}

	return acked;
}

/* Section 4.3: alpha is 9/17 up to cwnd_prior and 1 from there on. */
static void alpha_becomes_one_past_cwnd_prior(void **state)
{
	struct sock *sk = after_loss(200, 5 * MS);
	u32 want;

	clock_ack(sk, 5 * MS);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 140);
	while (epoch(sk)->w_est == 140)
		clock_ack(sk, 5 * MS);
	/* 17/9 windows for each packet, of 141 .. 150 packets. */
	want = 1455 * 17 / 9;
	/* Measured in steps of a sixteenth of a window. */
	assert_in_range(ten_more(sk), want - 9, want + 9);
	while (epoch(sk)->w_est < 200)
		clock_ack(sk, 5 * MS);
	assert_in_range(ten_more(sk), 2045 - 13, 2045 + 13);
	shim_close(sk);
}

/* Computed for every sixteenth of a window: late by no more than that. */
static void growth_is_prompt(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	u32 acked = 0, most = 0;

	while (tcp_sk(sk)->snd_cwnd < 900) {
		u32 t = epoch(sk)->t_us;

		clock_ack(sk, RTT_US);
		acked = epoch(sk)->t_us == t ? acked + 1 : 0;
		most = max(most, acked);
	}
	assert_in_range(most, 700 / 16, 900 / 16);
	shim_close(sk);

	/* A small window: on every ACK. */
	sk = after_loss(30, RTT_US);
	clock_ack(sk, RTT_US);
	for (acked = 0; acked < 100; acked++) {
		u32 t = epoch(sk)->t_us;

		clock_ack(sk, RTT_US);
		assert_true(epoch(sk)->t_us > t);
	}
	shim_close(sk);
}

/* A stretch ACK is worth what it acknowledges. */
static void growth_counts_packets_not_acks(void **state)
{
	struct sock *one = after_loss(1000, RTT_US), *many = after_loss(1000, RTT_US);
	int i;

	for (i = 0; i < 400; i++) {
		int j;

		shim_advance_us(2 * MS);
		for (j = 0; j < 16; j++)
			shim_ack(one, 1, RTT_US);
		shim_ack(many, 16, RTT_US);
	}
	assert_in_range(tcp_sk(many)->snd_cwnd, tcp_sk(one)->snd_cwnd - 2,
			tcp_sk(one)->snd_cwnd + 2);
	assert_true(tcp_sk(one)->snd_cwnd > 730);
	shim_close(one);
	shim_close(many);
}

/* W_est far above cwnd, as after idle: no jump, but slow start's pace. */
static void rises_to_w_est_no_faster_than_slow_start(void **state)
{
	struct sock *sk = after_loss(200, 5 * MS);
	int i;

	clock_ack(sk, 5 * MS);
	epoch(sk)->w_est = 1000;
	priv(sk)->report.state = CUBIC_RENO_FRIENDLY;
	for (i = 1; i <= 10; i++) {
		shim_ack(sk, 3, 5 * MS);
		assert_in_range(tcp_sk(sk)->snd_cwnd, 140 + 3 * i - 9, 140 + 3 * i);
	}
	shim_close(sk);
}

/* --- Response function: one packet in @n is lost ------------------------------ */

static u32 sk_reno_ssthresh(struct sock *sk)
{
	return tcp_reno_ssthresh(sk);
}

static struct tcp_congestion_ops plain_reno = {
	.name = "reno", .ssthresh = sk_reno_ssthresh,
	.cong_avoid = tcp_reno_cong_avoid, .undo_cwnd = tcp_reno_undo_cwnd,
};

static double mean_window(const char *cc, u32 n, u32 rtt_us, u32 start, u32 losses)
{
	struct sock *sk = shim_connect(cc);
	u64 packets = (u64)n * losses, half = packets / 2, i, from_ns = 0;
	double mean;

	tcp_snd_cwnd_set(tcp_sk(sk), start);
	tcp_sk(sk)->snd_ssthresh = start;
	tcp_sk(sk)->srtt_us = rtt_us << 3;
	shim_xmit(sk);
	shim_reduce(sk);
	for (i = 1; i <= packets; i++) {
		clock_ack(sk, rtt_us);
		if (i % n == 0)
			shim_reduce(sk);
		if (i == half)
			from_ns = shim_now_ns;
	}
	mean = (packets - half) * (rtt_us * 1e3) / (shim_now_ns - from_ns);
	shim_close(sk);

	return mean;
}

static void matches_tables_1_and_2(void **state)
{
	/*
	 * Mean windows of section 5.1 for C = 0.4. Where the table has Reno's
	 * figure, CUBIC is in its Reno-friendly region.
	 */
	static const struct {
		u32 rtt_us, n;
		double table;
	} rows[] = {
		{ 100 * MS, 100, 12 }, { 100 * MS, 1000, 38 },
		{ 100 * MS, 10000, 187 }, { 100 * MS, 100000, 1054 },
		{ 10 * MS, 100, 12 }, { 10 * MS, 1000, 38 },
		{ 10 * MS, 10000, 120 }, { 10 * MS, 100000, 379 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 losses = rows[i].n > 10000 ? 10 : 60;
		double mean = mean_window("weir_cubic", rows[i].n, rows[i].rtt_us,
					  rows[i].table, losses);

		print_message("# RTT %3u ms, 1 in %6u: mean window %7.2f, RFC 9438 %4.0f\n",
			      rows[i].rtt_us / MS, rows[i].n, mean, rows[i].table);
		assert_true(mean > rows[i].table * 0.93 && mean < rows[i].table * 1.07);
	}
}

/* Section 5.1: at least Reno's throughput, everywhere. */
static void never_below_reno(void **state)
{
	static const u32 n[] = { 30, 100, 300, 1000, 3000, 10000 };
	static const u32 rtt_ms[] = { 1, 10, 40, 100, 300 };
	size_t i, j;

	assert_int_equal(tcp_register_congestion_control(&plain_reno), 0);
	for (i = 0; i < ARRAY_SIZE(n); i++) {
		double reno = mean_window("reno", n[i], 10 * MS, sqrt(1.5 * n[i]), 40);

		for (j = 0; j < ARRAY_SIZE(rtt_ms); j++) {
			double mean = mean_window("weir_cubic", n[i], rtt_ms[j] * MS,
						  sqrt(1.5 * n[i]), 40);

			assert_true(mean >= reno * 0.995);
		}
	}
	tcp_unregister_congestion_control(&plain_reno);
}

/* --- Time that does not count ------------------------------------------------------- */

static void idle_time_is_excluded(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	u32 t;

	shim_round(sk, RTT_US, 1);
	shim_app_limit(sk, 0);
	while (tcp_sk(sk)->packets_out)
		shim_round(sk, RTT_US, 1);
	t = epoch(sk)->t_us;
	/* An hour and a half, past the wrap of 32 bits of microseconds. */
	shim_idle(sk, 5400ULL * USEC_PER_SEC);
	shim_app_limit(sk, SHIM_UNLIMITED);
	shim_xmit(sk);
	shim_round(sk, RTT_US, 1);
	assert_in_range(epoch(sk)->t_us, t, t + 2 * RTT_US);
	shim_close(sk);
}

static void app_limited_time_is_excluded(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	u32 cwnd, t;
	int i;

	shim_round(sk, RTT_US, 1);
	shim_app_limit(sk, 0);
	shim_round(sk, RTT_US, 1);
	cwnd = tcp_sk(sk)->snd_cwnd;
	t = epoch(sk)->t_us;
	/* Ten minutes of a few packets per round. */
	for (i = 0; i < 6000; i++) {
		shim_app_limit(sk, 20);
		shim_xmit(sk);
		shim_round(sk, RTT_US, 1);
	}
	assert_in_range(epoch(sk)->t_us, t, t + RTT_US);
	assert_in_range(tcp_sk(sk)->snd_cwnd, 1, cwnd);
	shim_close(sk);
}

static void extreme_times_and_windows_do_not_overflow(void **state)
{
	static const u32 windows[] = { 2, 3, 1000, 1 << 20, (1 << 24) - 1, 1 << 24, 1 << 28 };
	static const u32 times[] = { 0, 1, 347 * USEC_PER_SEC, U32_MAX - 1, U32_MAX };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		for (j = 0; j < ARRAY_SIZE(times); j++) {
			struct sock *sk = shim_connect("weir_cubic");
			struct tcp_sock *tp = tcp_sk(sk);

			shim_app_limit(sk, 0);
			sk->shim_limit_ignored = true;
			tp->is_cwnd_limited = 1;
			tp->srtt_us = U32_MAX;
			tcp_snd_cwnd_set(tp, windows[i]);
			tp->snd_ssthresh = cubic_ssthresh(sk);
			assert_in_range(tp->snd_ssthresh, 2, windows[i]);
			tcp_snd_cwnd_set(tp, tp->snd_ssthresh);
			cubic_cong_avoid(sk, 0, 1);
			epoch(sk)->t_us = times[j];
			shim_advance_us(RTT_US);
			tp->tcp_mstamp += RTT_US;
			cubic_cong_avoid(sk, 0, 1);
			assert_in_range(tp->snd_cwnd, tp->snd_ssthresh, tp->snd_ssthresh + 2);
			cubic_cong_avoid(sk, 0, windows[i]);
			assert_in_range(tp->snd_cwnd, tp->snd_ssthresh,
					tp->snd_ssthresh + windows[i] + 2);
			shim_close(sk);
		}
	}
}

/* --- Life ------------------------------------------------------------------------------ */

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_cubic");
}

static void takes_over_a_connection(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_round(sk, RTT_US, 1);
	shim_switch(sk, "weir_cubic");
	shim_round(sk, RTT_US, 1);
	assert_int_equal(epoch(sk)->k, 0);
	assert_int_equal(epoch(sk)->cwnd_prior, 0);
	assert_in_range(tp->snd_cwnd, 700, 720);
	shim_close(sk);
}

static void parameters_are_validated(void **state)
{
	assert_int_equal(shim_param_set("fast_convergence", "2"), -EINVAL);
	assert_int_equal(shim_param_set("hystart", "x"), -EINVAL);
	assert_non_null(strstr(shim_log(), "fast_convergence=2 refused"));
	assert_string_equal(shim_param_get("fast_convergence"), "1");
}

static void traces_the_curve(void **state)
{
	struct sock *sk = after_loss(1000, RTT_US);

	shim_trace_on = true;
	clock_ack(sk, RTT_US);
	assert_int_equal(shim_last_weir_state.new_state, CUBIC_CONCAVE);
	clock_ack(sk, RTT_US);
	assert_int_equal(shim_last_weir_ack.state, CUBIC_CONCAVE);
	assert_int_equal(shim_last_weir_ack.aux, 1000);
	/* A tenth of a second on: 700 + 0.1 * 3 * 0.4 * K^2 = 709.9 or so. */
	assert_in_range(shim_last_weir_ack.target, 709, 710);
	shim_rto(sk);
	assert_int_equal(shim_last_weir_state.new_state, CUBIC_SLOW_START);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_RTO);
	shim_close(sk);
}

/* --- On a path ---------------------------------------------------------------------------- */

static void fills_a_bottleneck(void **state)
{
	struct shim_path path;
	u64 delivered;

	/* 50 Mbit/s, 100 ms, a third of a BDP of buffer: 0.7 suffices. */
	shim_path_init(&path, 50, 190);
	path.ack_every = 2;
	shim_path_connect(&path, "weir_cubic", RTT_US);
	shim_path_run(&path, 20 * USEC_PER_SEC);
	delivered = path.flows[0].delivered;
	shim_path_run(&path, 40 * USEC_PER_SEC);
	delivered = path.flows[0].delivered - delivered;
	/* 40 s at 50 Mbit/s are 172652 packets. */
	assert_in_range(delivered, 172652 * 97 / 100, 172653);
	shim_path_close(&path);
}

/* A flow that comes later gets its share. */
static void converges_to_fairness(void **state)
{
	struct shim_path path;
	u64 a, b;

	shim_path_init(&path, 20, 80);
	path.ack_every = 2;
	shim_path_connect(&path, "weir_cubic", 40 * MS);
	shim_path_run(&path, 10 * USEC_PER_SEC);
	shim_path_connect(&path, "weir_cubic", 40 * MS);
	shim_path_run(&path, 40 * USEC_PER_SEC);
	a = path.flows[0].delivered;
	b = path.flows[1].delivered;
	shim_path_run(&path, 60 * USEC_PER_SEC);
	a = path.flows[0].delivered - a;
	b = path.flows[1].delivered - b;
	assert_in_range(b * 100 / (a + b), 35, 65);
	shim_path_close(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(cube_root_is_exact),
		test(window_follows_equation_1),
		test(window_saturates),
		test(k_follows_equation_2),
		test(window_rises_along_the_curve),
		test(never_grows_by_more_than_half),
		test(alpha_becomes_one_past_cwnd_prior),
		test(growth_is_prompt),
		test(growth_counts_packets_not_acks),
		test(rises_to_w_est_no_faster_than_slow_start),
		cmocka_unit_test_setup(matches_tables_1_and_2, one_flow),
		test(never_below_reno),
		test(idle_time_is_excluded),
		test(app_limited_time_is_excluded),
		test(extreme_times_and_windows_do_not_overflow),
		test(survives_being_uninitialised),
		test(takes_over_a_connection),
		test(parameters_are_validated),
		test(traces_the_curve),
		test(fills_a_bottleneck),
		test(converges_to_fairness),
	};

	return cmocka_run_group_tests_name("cubic", tests, NULL, NULL);
}
