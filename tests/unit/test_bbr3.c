// SPDX-License-Identifier: GPL-2.0
/* BBR, version 3: life, memory, application limits, extremes, what users see. */
#include "bbr3_under_test.h"

/* --- Life --------------------------------------------------------------------- */

static void survives_being_uninitialised(void **state)
{
	int live = shim_kmalloc_live();

	shim_call_all_uninitialised("weir_bbr3");
	assert_int_equal(shim_kmalloc_live(), live);
}

static void release_may_run_twice(void **state)
{
	struct sock *sk = cruise(10, 100);
	int live = shim_kmalloc_live();

	assert_non_null(bbr3_of(sk)->history);
	bbr3_release(sk);
	assert_null(bbr3_of(sk)->history);
	assert_int_equal(shim_kmalloc_live(), live - 1);
	bbr3_release(sk);
	assert_int_equal(shim_kmalloc_live(), live - 1);
	/* Nothing is done, or allocated, after that. */
	shim_path_run(&path, SECOND);
	assert_int_equal(shim_kmalloc_live(), live - 1);
	shim_path_close(&path);
}

static void starts_at_the_initial_window_per_rtt(void **state)
{
	struct sock *sk = shim_socket("weir_bbr3");
	u64 rate = 10ULL * SHIM_MSS * 1000 * 277 / 100 * 99 / 100;

	shim_establish(sk);
	assert_close(sk->sk_pacing_rate, (double)rate, 0.002);
	assert_int_equal(sk->sk_pacing_status, SK_PACING_NEEDED);
	assert_int_equal(bbr3_of(sk)->state, BBR3_STARTUP);
	assert_int_equal(tcp_sk(sk)->snd_ssthresh, TCP_INFINITE_SSTHRESH);
	shim_xmit(sk);
	shim_advance_us(RTT_US);
	shim_ack(sk, 1, RTT_US);
	assert_close(sk->sk_pacing_rate, rate * 1000.0 * 11 / 10 / RTT_US, 0.2);
	shim_close(sk);
}

static void short_connections_need_no_memory(void **state)
{
	int live = shim_kmalloc_live();
	struct sock *sk = shim_connect("weir_bbr3");

	shim_app_limit(sk, 9);
	shim_xmit(sk);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(shim_kmalloc_live(), live);
	shim_app_limit(sk, 20);
	shim_xmit(sk);
	shim_round(sk, RTT_US, 1);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(shim_kmalloc_live(), live + 1);
	shim_close(sk);
	assert_int_equal(shim_kmalloc_live(), live);
}

static void takes_over_in_mid_connection(void **state)
{
	struct sock *sk = cruise(10, 100);
	int live = shim_kmalloc_live();

	shim_switch(sk, "weir_bbr3");
	assert_int_equal(shim_kmalloc_live(), live - 1);
	assert_int_equal(bbr3_of(sk)->state, BBR3_STARTUP);
	assert_int_equal(bbr3_of(sk)->min_rtt_us, tcp_min_rtt(tcp_sk(sk)));
	assert_int_equal(bbr3_of(sk)->lost, tcp_sk(sk)->lost);
	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	assert_close(ratio_to_rate(bbr3_of(sk)->bw), 1, 0.02);
	shim_path_close(&path);
}

/* --- Memory ---------------------------------------------------------------------- */

static void works_without_memory(void **state)
{
	int live = shim_kmalloc_live();
	struct sock *sk;

	assert_int_equal(shim_param_set("fail_alloc", "1"), 0);
	sk = start(20, RTT_US, 15);
	shim_path_run(&path, 5 * SECOND);
	assert_null(bbr3_of(sk)->history);
	assert_int_equal(shim_kmalloc_live(), live);
	assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 1, 0.05);
	/* The shallow buffer is found all the same, if less exactly. */
	assert_in_range(bbr3_of(sk)->inflight_longterm, 50, 110);
	assert_true(utilisation(5 * SECOND) > 0.85);

	/* The trace says so. */
	shim_trace_on = true;
	shim_path_run(&path, RTT_US);
	assert_true(shim_last_weir_ack.aux >> 63);

	/* Once there is memory, the next round has it. */
	assert_int_equal(shim_param_set("fail_alloc", "0"), 0);
	shim_path_run(&path, 3 * RTT_US);
	assert_non_null(bbr3_of(sk)->history);
	assert_false(shim_last_weir_ack.aux >> 63);
	shim_trace_on = false;
	shim_path_close(&path);
	assert_int_equal(shim_kmalloc_live(), live);
}

static void asks_again_each_round(void **state)
{
	struct sock *sk;

	shim_kmalloc_fail(0);
	sk = start(10, RTT_US, 100);
	shim_path_run(&path, SECOND);
	assert_null(bbr3_of(sk)->history);
	shim_kmalloc_fail(-1);
	shim_path_run(&path, 2 * RTT_US);
	assert_non_null(bbr3_of(sk)->history);
	shim_path_close(&path);
}

static void refuses_bad_parameters(void **state)
{
	assert_int_equal(shim_param_set("fail_alloc", "2"), -EINVAL);
	assert_int_equal(shim_param_set("ecn_accurate", "yes"), -EINVAL);
	shim_log();
}

/* --- Application limits ----------------------------------------------------------------- */

/* "Handling Application-Limited Sending During PROBE_REFILL" */
static void a_starved_refill_does_not_lower_bandwidth(void **state)
{
	struct sock *sk = cruise(20, 1000);
	u32 bw = bbr3_max_bw(bbr3_of(sk)), i;

	run_until(sk, BBR3_PROBE_BW_REFILL, 4 * SECOND);
	for (i = 0; i < 60; i++) {
		shim_app_limit(sk, 3);
		shim_xmit(sk);
		shim_path_run(&path, RTT_US / 3);
	}
	assert_true(bbr3_max_bw(bbr3_of(sk)) >= bw - bw / 50);
	/* "Never Exiting PROBE_UP When Application-Limited With No Loss" */
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_UP);
	shim_path_close(&path);
}

static void running_dry_is_noticed_at_acks(void **state)
{
	struct sock *sk = cruise(20, 1000);

	shim_app_limit(sk, 0);
	tcp_sk(sk)->app_limited = 0;
	/* The first ACK finds room in cwnd and nothing to fill it with. */
	shim_path_run(&path, RTT_US / 20);
	assert_true(tcp_sk(sk)->app_limited);
	shim_path_close(&path);
}

/* --- Extremes ------------------------------------------------------------------------------ */

/* Whatever a sample holds, cwnd, rate and state stay within their types. */
static void arbitrary_samples_do_no_harm(void **state)
{
	struct sock *sk = shim_connect("weir_bbr3");
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i;

	shim_seed(3);
	for (i = 0; i < 200000; i++) {
		struct rate_sample rs = {
			.delivered = get_random_u32() >> get_random_u32() % 32 >> 1,
			.delivered_ce = get_random_u32() >> get_random_u32() % 32 >> 1,
			.interval_us = get_random_u32() >> get_random_u32() % 32,
			.rtt_us = (s32)(get_random_u32() >> get_random_u32() % 32),
			.acked_sacked = get_random_u32() >> get_random_u32() % 32 >> 1,
			.prior_in_flight = get_random_u32() >> get_random_u32() % 32,
			.last_end_seq = tp->snd_una + get_random_u32() % 100000,
			.is_app_limited = get_random_u32() & 1,
			.is_ack_delayed = get_random_u32() & 1,
			.is_retrans = get_random_u32() & 1,
		};

		shim_advance_us(get_random_u32() >> get_random_u32() % 32);
		tp->tcp_mstamp = shim_now_ns / 1000;
		tp->delivered_mstamp = tp->tcp_mstamp;
		tp->delivered += rs.acked_sacked;
		tp->delivered_ce += get_random_u32() >> get_random_u32() % 32;
		if (get_random_u32() & 1)
			tp->lost += get_random_u32() >> get_random_u32() % 32;
		rs.prior_delivered = tp->delivered - rs.delivered;
		tp->mss_cache = 88 + get_random_u32() % 65000;
		tp->snd_una += get_random_u32() % 10000;
		tp->snd_nxt = tp->snd_una + get_random_u32() % 1000000;
		tp->is_cwnd_limited = get_random_u32() & 1;
		tp->ecn_flags = get_random_u32() & 1;
		inet_csk(sk)->icsk_ca_state = get_random_u32() % 5;
		tp->snd_cwnd_clamp = get_random_u32() >> 1 | 1;
		if (!(i % 1000))
			bbr3_ecn_accurate = get_random_u32() & 1;
		if (!(i % 100))
			bbr3_tx_start(sk);
		if (!(i % 71))
			bbr3_set_ca_state(sk, get_random_u32() % 5);
		if (!(i % 97))
			bbr3_ssthresh(sk);
		if (!(i % 133))
			bbr3_undo_cwnd(sk);
		bbr3_main(sk, &rs);
		assert_in_range(tp->snd_cwnd, 1, tp->snd_cwnd_clamp);
		assert_int_equal(bbr3_min_tso_segs(sk), 2);
		assert_in_range(bbr3_of(sk)->state, BBR3_STARTUP, BBR3_PROBE_RTT);
		assert_in_range(bbr3_of(sk)->target_cwnd, BBR3_MIN_PIPE_CWND, U32_MAX);
	}
	bbr3_ecn_accurate = 0;
	shim_close(sk);
}

static void no_sample_changes_nothing(void **state)
{
	struct sock *sk = cruise(10, 1000);
	const struct rate_sample rs = {
		.delivered = -1, .interval_us = -1, .rtt_us = -1,
		.prior_in_flight = tcp_sk(sk)->snd_cwnd,
	};
	struct bbr3 before = *bbr3_of(sk);
	u32 cwnd = tcp_sk(sk)->snd_cwnd;

	bbr3_main(sk, &rs);
	assert_memory_equal(&before, bbr3_of(sk), sizeof(before));
	assert_int_equal(tcp_sk(sk)->snd_cwnd, cwnd);
	shim_path_close(&path);
}

/* --- What users see ----------------------------------------------------------------------- */

static void ss_and_traces_show_the_model(void **state)
{
	struct sock *sk = cruise(10, 1000);
	union tcp_cc_info info;
	int attr = 0;

	assert_int_equal(bbr3_get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info), 20);
	assert_int_equal(attr, INET_DIAG_BBRINFO);
	assert_in_range(info.bbr.bbr_bw_lo, 1225000, 1275000);
	assert_int_equal(info.bbr.bbr_pacing_gain, 256);
	assert_int_equal(info.bbr.bbr_cwnd_gain, 512);

	shim_trace_on = true;
	run_until(sk, BBR3_PROBE_BW_REFILL, 4 * SECOND);
	assert_int_equal(shim_last_weir_state.old_state, BBR3_PROBE_BW_CRUISE);
	assert_int_equal(shim_last_weir_state.new_state, BBR3_PROBE_BW_REFILL);
	/* A BDP of 35 packets: rounds, not seconds */
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_ACK);
	shim_path_run(&path, RTT_US / 2);
	shim_trace_on = false;
	assert_int_equal(shim_last_weir_ack.state, BBR3_PROBE_BW_REFILL);
	assert_int_equal(shim_last_weir_ack.target, bbr3_of(sk)->target_cwnd);
	assert_int_equal((u32)shim_last_weir_ack.aux, BBR3_INFINITY);
	assert_int_equal(shim_last_weir_ack.aux >> 32, BBR3_ACKS_REFILLING);
	assert_int_equal(shim_last_weir_bbr3.step, BBR3_STEP_ACK);
	assert_int_equal(shim_last_weir_bbr3.max_bw, info.bbr.bbr_bw_lo);
	assert_true(shim_last_weir_bbr3.bw_shortterm == U64_MAX);
	assert_int_equal(shim_last_weir_bbr3.inflight_shortterm, BBR3_INFINITY);
	assert_int_equal(shim_last_weir_bbr3.min_rtt_us, bbr3_of(sk)->min_rtt_us);
	assert_true(shim_last_weir_bbr3.full_bw_reached);
	assert_int_equal(shim_last_weir_bbr3.rs_delivered, bbr3_of(sk)->inflight_latest);
	shim_path_close(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_being_uninitialised),
		cmocka_unit_test(release_may_run_twice),
		cmocka_unit_test(starts_at_the_initial_window_per_rtt),
		cmocka_unit_test(short_connections_need_no_memory),
		cmocka_unit_test(takes_over_in_mid_connection),
		cmocka_unit_test(keeps_an_application_s_limit),
		cmocka_unit_test(works_without_memory),
		cmocka_unit_test(asks_again_each_round),
		cmocka_unit_test(refuses_bad_parameters),
		cmocka_unit_test(a_starved_refill_does_not_lower_bandwidth),
		cmocka_unit_test(running_dry_is_noticed_at_acks),
		cmocka_unit_test(arbitrary_samples_do_no_harm),
		cmocka_unit_test(no_sample_changes_nothing),
		cmocka_unit_test(ss_and_traces_show_the_model),
	};

	return cmocka_run_group_tests_name("bbr3", tests, NULL, NULL);
}
