// SPDX-License-Identifier: GPL-2.0
/* BBR, version 1: the model, the states, recovery; alone and on a path. */
#include "tcp_weir_bbr.c"

static struct bbr *bbr_of(const struct sock *sk)
{
	return inet_csk_ca(sk);
}

#define CC		"weir_bbr"
#define state_of(sk)	(bbr_of(sk)->state)
#include "bbr_on_path.h"

static double estimate_over_rate(const struct sock *sk)
{
	return ratio_to_rate(bbr_of(sk)->bw);
}

/* --- Life ------------------------------------------------------------------- */

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_bbr");
}

static void starts_at_the_initial_window_per_rtt(void **state)
{
	struct sock *sk = shim_socket("weir_bbr");
	struct tcp_sock *tp = tcp_sk(sk);
	u64 rate;

	/* Without an RTT: a millisecond is assumed. */
	shim_establish(sk);
	rate = 10ULL * SHIM_MSS * 1000 * BBR_HIGH_GAIN / BBR_UNIT * 99 / 100;
	assert_in_range(sk->sk_pacing_rate, rate - rate / 1000, rate);
	assert_int_equal(sk->sk_pacing_status, SK_PACING_NEEDED);
	assert_int_equal(tp->snd_cwnd, 10);
	assert_int_equal(bbr_of(sk)->state, BBR_STARTUP);

	/* With one, from the next round on */
	shim_xmit(sk);
	shim_advance_us(RTT_US);
	shim_ack(sk, 1, RTT_US);
	rate = 11ULL * SHIM_MSS * SECOND / RTT_US * BBR_HIGH_GAIN / BBR_UNIT * 99 / 100;
	assert_in_range(sk->sk_pacing_rate, rate - rate / 5, rate);
	shim_close(sk);
}

static void takes_over_in_mid_connection(void **state)
{
	struct sock *sk;

	shim_seed(1);
	shim_path_init(&path, 10, 100);
	sk = path.flows[shim_path_connect(&path, "weir_bbr", RTT_US)].sk;
	shim_path_run(&path, 5 * SECOND);
	shim_switch(sk, "weir_bbr");
	assert_int_equal(bbr_of(sk)->state, BBR_STARTUP);
	assert_int_equal(bbr_of(sk)->min_rtt_us, tcp_min_rtt(tcp_sk(sk)));
	shim_path_run(&path, 5 * SECOND);
	assert_int_equal(bbr_of(sk)->state, BBR_PROBE_BW);
	assert_true(estimate_over_rate(sk) > 0.98 && estimate_over_rate(sk) < 1.02);
	shim_path_close(&path);
}

/* --- STARTUP and DRAIN ---------------------------------------------------------- */

static void startup_doubles_each_round(void **state)
{
	struct sock *sk = start(1000, RTT_US, 10000);
	u32 i;

	shim_path_run(&path, RTT_US * 3 / 4);
	for (i = 1; i < 7; i++) {
		/* What was sent in i rounds is 10 * (2^i - 1) packets. */
		shim_path_run(&path, RTT_US);
		assert_in_range(path.flows[0].delivered, (6 << i) - 6, (10 << i) - 10);
	}
	assert_int_equal(bbr_of(sk)->state, BBR_STARTUP);
	shim_path_close(&path);
}

static void startup_finds_the_bandwidth(void **state)
{
	static const u32 mbit[] = { 1, 10, 100, 400 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mbit); i++) {
		struct sock *sk = start(mbit[i], RTT_US, 100000);

		run_until(sk, BBR_DRAIN, 3 * SECOND);
		assert_true(bbr_of(sk)->full_bw_reached);
		assert_int_equal(bbr_of(sk)->full_bw_rounds, BBR_FULL_BW_ROUNDS);
		assert_true(estimate_over_rate(sk) > 0.98 && estimate_over_rate(sk) < 1.02);
		assert_in_range(bbr_of(sk)->min_rtt_us, RTT_US, RTT_US + 1448 * 8 / mbit[i] + 1);
		assert_true(tcp_sk(sk)->snd_ssthresh < TCP_INFINITE_SSTHRESH);
		shim_path_close(&path);
	}
}

static void startup_outlasts_a_starved_application(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u32 i;

	for (i = 0; i < 100; i++) {
		shim_app_limit(sk, 5);
		shim_xmit(sk);
		shim_path_run(&path, 2 * RTT_US);
	}
	assert_int_equal(bbr_of(sk)->state, BBR_STARTUP);
	shim_path_close(&path);
}

static void drain_empties_the_queue(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);

	run_until(sk, BBR_DRAIN, 3 * SECOND);
	assert_int_equal(bbr_of(sk)->pacing_gain, BBR_UNIT * 1000 / 2885);
	assert_true(shim_path_queue(&path) > 20);
	run_until(sk, BBR_PROBE_BW, SECOND);
	assert_true(shim_path_queue(&path) < 12);
	shim_path_close(&path);
}

/* --- PROBE_BW ---------------------------------------------------------------------- */

static void probe_bw_fills_the_path_with_little_queue(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	u64 arrived, sum;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_path_run(&path, SECOND);
	arrived = path.arrived;
	sum = path.queue_sum;
	assert_true(utilisation(5 * SECOND) > 0.97);
	/* A quarter of the BDP of 69 packets during one phase of eight */
	assert_true((double)(path.queue_sum - sum) / (path.arrived - arrived) < 14);
	assert_int_equal(path.drops, 0);
	shim_path_close(&path);
}

static void probe_bw_cycles_through_eight_phases(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	u32 seen[BBR_CYCLE_PHASES] = { 0 }, wrong = 0, i;
	u8 phase;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_path_run(&path, SECOND);
	phase = bbr_of(sk)->phase;
	for (i = 0; i < 5000; i++) {
		const struct bbr *bbr = bbr_of(sk);

		shim_path_run(&path, 1000);
		seen[bbr->phase]++;
		wrong += bbr->phase != phase && bbr->phase != (phase + 1) % BBR_CYCLE_PHASES;
		phase = bbr->phase;
		assert_int_equal(bbr->pacing_gain, phase == 0 ? 320 : phase == 1 ? 192 : 256);
	}
	assert_int_equal(wrong, 0);
	/* 5 s are 125 phases of min_rtt; going down may end early, up late. */
	for (i = 2; i < BBR_CYCLE_PHASES; i++)
		assert_in_range(seen[i], 500, 720);
	assert_true(seen[0] >= seen[2] - 60);
	assert_true(seen[1] <= seen[0] + 60);
	shim_path_close(&path);
}

static void probe_bw_begins_anywhere_but_below_one(void **state)
{
	u32 seen[BBR_CYCLE_PHASES] = { 0 }, i;
	struct sock *sk = shim_connect("weir_bbr");

	shim_seed(7);
	for (i = 0; i < 7000; i++) {
		bbr_enter_probe_bw(sk, WEIR_WHY_ACK);
		seen[bbr_of(sk)->phase]++;
	}
	assert_int_equal(seen[1], 0);
	for (i = 0; i < BBR_CYCLE_PHASES; i++)
		if (i != 1)
			assert_in_range(seen[i], 850, 1150);
	shim_close(sk);
}

static void follows_bandwidth_ten_times_up(void **state)
{
	struct sock *sk = start(5, RTT_US, 1000);

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	path.rate *= 10;
	/* A quarter more each cycle of eight RTTs: eleven cycles for tenfold */
	shim_path_run(&path, 5 * SECOND);
	assert_true(estimate_over_rate(sk) > 0.95 && estimate_over_rate(sk) < 1.02);
	shim_path_close(&path);
}

static void follows_bandwidth_ten_times_down(void **state)
{
	struct sock *sk = start(50, RTT_US, 200);

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	path.rate /= 10;
	shim_path_run(&path, 10 * SECOND);
	assert_true(estimate_over_rate(sk) > 0.95 && estimate_over_rate(sk) < 1.05);
	assert_true(utilisation(2 * SECOND) > 0.9);
	shim_path_close(&path);
}

/* --- PROBE_RTT ------------------------------------------------------------------------ */

static void probe_rtt_every_ten_seconds(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u32 in_probe_rtt = 0, entries = 0, least = U32_MAX, i;
	bool was = false;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_path_run(&path, SECOND);
	for (i = 0; i < 42000; i++) {
		bool is = bbr_of(sk)->state == BBR_PROBE_RTT;

		shim_path_run(&path, 1000);
		entries += is && !was;
		in_probe_rtt += is;
		was = is;
		if (is)
			least = min(least, tcp_packets_in_flight(tcp_sk(sk)));
	}
	/* Four if the queue never empties by itself; then RTTs are not lower. */
	assert_in_range(entries, 1, 4);
	assert_in_range(in_probe_rtt / entries, 200, 330);
	assert_in_range(least, 1, 4);
	assert_true(tcp_sk(sk)->snd_cwnd > 60);
	shim_path_close(&path);
}

static void probe_rtt_restores_cwnd(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u32 cwnd;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_path_run(&path, SECOND);
	cwnd = tcp_sk(sk)->snd_cwnd;
	/* The path gets longer: what was the minimum is not seen again. */
	path.flows[0].rtt_us += 5000;
	run_until(sk, BBR_PROBE_RTT, 11 * SECOND);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, BBR_MIN_PIPE_CWND);
	assert_int_equal(bbr_of(sk)->prior_cwnd, cwnd);
	run_until(sk, BBR_PROBE_BW, SECOND);
	assert_true(tcp_sk(sk)->snd_cwnd >= cwnd);
	assert_in_range(bbr_of(sk)->min_rtt_us, RTT_US + 5000, RTT_US + 8000);
	shim_path_close(&path);
}

static void idle_makes_probe_rtt_unnecessary(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_app_limit(sk, 0);
	shim_path_run(&path, SECOND);
	assert_int_equal(tcp_packets_in_flight(tcp_sk(sk)), 0);
	shim_idle(sk, 15 * SECOND);
	shim_app_limit(sk, SHIM_UNLIMITED);
	shim_xmit(sk);
	assert_true(bbr_of(sk)->idle_restart);
	shim_path_run(&path, 2 * RTT_US);
	assert_int_equal(bbr_of(sk)->state, BBR_PROBE_BW);
	assert_false(bbr_of(sk)->idle_restart);
	shim_path_close(&path);
}

static void restart_from_idle_is_paced_at_the_bandwidth(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u64 rate;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	bbr_of(sk)->phase = 0;
	bbr_set_gain(bbr_of(sk));
	bbr_apply_model(sk);
	rate = sk->sk_pacing_rate;
	shim_app_limit(sk, 0);
	shim_path_run(&path, 0);
	tcp_sk(sk)->app_limited = 1;
	bbr_tx_start(sk);
	assert_in_range(sk->sk_pacing_rate, rate * 79 / 100, rate * 81 / 100);
	shim_path_close(&path);
}

/* --- Loss ------------------------------------------------------------------------------- */

static void random_loss_does_not_slow_it_down(void **state)
{
	static const u32 every[] = { 1000, 100, 20, 10 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(every); i++) {
		struct sock *sk = start(20, RTT_US, 200);

		path.drop_every = every[i];
		run_until(sk, BBR_PROBE_BW, 4 * SECOND);
		shim_path_run(&path, SECOND);
		assert_true(utilisation(5 * SECOND) > 0.97 * (1 - 1.0 / every[i]) - 0.03);
		shim_path_close(&path);
	}
}

static void recovery_conserves_packets_for_a_round(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd, inflight;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_path_run(&path, SECOND);
	cwnd = tp->snd_cwnd;
	inflight = tcp_packets_in_flight(tp);
	shim_lose(sk, 5);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
	assert_true(bbr_of(sk)->packet_conservation);
	assert_int_equal(bbr_of(sk)->prior_cwnd, cwnd);
	/* One delivered, five lost: in flight is what remained and one more. */
	assert_int_equal(tp->snd_cwnd, inflight - 5);

	shim_path_run(&path, 3 * RTT_US);
	assert_false(bbr_of(sk)->packet_conservation);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_true(tp->snd_cwnd >= cwnd - 8);
	shim_path_close(&path);
}

static void timeout_restarts_from_one_and_comes_back(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_path_run(&path, SECOND);
	cwnd = tp->snd_cwnd;
	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	assert_int_equal(bbr_of(sk)->prev_ca_state, TCP_CA_Loss);
	assert_int_equal(bbr_of(sk)->prior_cwnd, cwnd);
	shim_path_run(&path, SECOND);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_true(tp->snd_cwnd >= cwnd - 8);
	assert_true(utilisation(SECOND) > 0.95);
	shim_path_close(&path);
}

static void undo_restarts_the_search_for_growth(void **state)
{
	struct sock *sk = start(100, RTT_US, 10000);

	shim_path_run(&path, 5 * RTT_US);
	assert_int_equal(bbr_of(sk)->state, BBR_STARTUP);
	shim_lose(sk, 1);
	bbr_of(sk)->full_bw = 12345;
	bbr_of(sk)->full_bw_rounds = 2;
	shim_undo(sk);
	assert_int_equal(bbr_of(sk)->full_bw, 0);
	assert_int_equal(bbr_of(sk)->full_bw_rounds, 0);
	shim_path_close(&path);
}

/* --- Model -------------------------------------------------------------------------------- */

static void application_limited_samples_do_not_lower_bandwidth(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u32 bw, i;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	bw = bbr_of(sk)->bw;
	for (i = 0; i < 50; i++) {
		shim_app_limit(sk, 3);
		shim_xmit(sk);
		shim_path_run(&path, 2 * RTT_US);
	}
	assert_true(bbr_of(sk)->bw >= bw - bw / 50);
	shim_path_close(&path);
}

/* A round's first sample may be one that does not count: the next does. */
static void old_bandwidth_gives_way_in_each_round(void **state)
{
	const struct rate_sample limited = {
		.delivered = 1, .interval_us = 10000, .is_app_limited = true,
	};
	const struct rate_sample slow = { .delivered = 5, .interval_us = 10000 };
	const struct rate_sample fast = { .delivered = 10, .interval_us = 10000 };
	struct bbr bbr = { .bw_due = 1 };
	int i;

	bbr_update_bw(&bbr, &fast);
	for (i = 0; i <= BBR_BW_ROUNDS; i++) {
		bbr.rounds++;
		bbr.bw_due = 1;
		bbr_update_bw(&bbr, &limited);
		bbr_update_bw(&bbr, &slow);
	}
	assert_int_equal(win_max(&bbr.bw_filter), (5 << BBR_BW_SHIFT) / 10000);
}

static void aggregated_acks_enlarge_the_target(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	u32 target;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	shim_path_run(&path, SECOND);
	target = bbr_of(sk)->target_cwnd;
	path.hold_us = 20000;
	shim_path_run(&path, 2 * SECOND);
	/* 20 ms of 20 Mbit/s are 34 packets. */
	assert_in_range(bbr_extra_cwnd(bbr_of(sk)), 25, 70);
	assert_true(bbr_of(sk)->target_cwnd > target + 20);
	assert_true(utilisation(5 * SECOND) > 0.97);
	path.hold_us = 0;
	shim_path_run(&path, 2 * SECOND);
	assert_true(bbr_extra_cwnd(bbr_of(sk)) < 10);
	shim_path_close(&path);
}

static void no_sample_changes_nothing(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	const struct rate_sample rs = {
		.delivered = -1, .interval_us = -1, .rtt_us = -1,
	};
	struct bbr before;
	u32 cwnd;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	bbr_of(sk)->round_start = 0;
	bbr_of(sk)->cycle_stamp = tcp_sk(sk)->delivered_mstamp;
	bbr_of(sk)->phase = 2;
	bbr_set_gain(bbr_of(sk));
	bbr_apply_model(sk);
	before = *bbr_of(sk);
	cwnd = tcp_sk(sk)->snd_cwnd;
	bbr_main(sk, &rs);
	assert_memory_equal(&before, bbr_of(sk), sizeof(before));
	assert_int_equal(tcp_sk(sk)->snd_cwnd, cwnd);
	shim_path_close(&path);
}

/* Ten megabit per second after a burst of a second, on a link of a hundred */
static void policer_is_found_on_the_path(void **state)
{
	struct sock *sk = start(100, RTT_US, 1000);
	u64 drops;

	path.police_rate = 1250000;
	path.police_burst = 1250000;
	shim_path_run(&path, SECOND);
	assert_true(bbr_of(sk)->policer.in_use);
	assert_in_range(bbr_bytes_per_sec(bbr_of(sk)->bw, SHIM_MSS), 1200000, 1350000);
	/* By the time it is given up, the burst is out of the filter. */
	shim_path_run(&path, 4 * SECOND);
	assert_false(bbr_of(sk)->policer.in_use);
	assert_in_range(bbr_bytes_per_sec(bbr_of(sk)->bw, SHIM_MSS), 1200000, 1350000);
	drops = path.drops;
	shim_path_run(&path, 10 * SECOND);
	/* Of 8600 packets; probing upward costs an eighth of a quarter. */
	assert_true(path.drops - drops < 700);
	shim_path_close(&path);
}

static void policer_is_recognised_and_left_again(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	struct bbr *bbr = bbr_of(sk);
	u32 i;

	run_until(sk, BBR_PROBE_BW, 3 * SECOND);
	bbr->policer.bw = 1000;
	bbr->policer.in_use = 1;
	bbr_set_gain(bbr);
	bbr_choose_bw(bbr);
	assert_int_equal(bbr->bw, 1000);
	for (i = 0; i < 3; i++) {
		bbr->phase = i;
		bbr_set_gain(bbr);
		assert_int_equal(bbr->pacing_gain, BBR_UNIT);
	}
	for (i = 0; i < BBR_POLICER_USE_ROUNDS; i++) {
		assert_true(bbr->policer.in_use);
		bbr->round_start = 1;
		bbr_update_policer(sk, false, false);
	}
	assert_false(bbr->policer.in_use);
	bbr_choose_bw(bbr);
	assert_int_equal(bbr->bw, win_max(&bbr->bw_filter));
	shim_path_close(&path);
}

/* --- Extremes ---------------------------------------------------------------------------- */

static void slow_and_long(void **state)
{
	struct sock *sk = start_at(8000, 2000000, 1000);

	/* 64 kbit/s over 2 s: a BDP of 11 packets */
	shim_path_run(&path, 60 * SECOND);
	run_until(sk, BBR_PROBE_BW, 10 * SECOND);
	assert_true(estimate_over_rate(sk) > 0.97 && estimate_over_rate(sk) < 1.03);
	shim_path_close(&path);
}

static void fast_and_short(void **state)
{
	struct sock *sk = start(10000, 10, 1000);

	/* 10 Gbit/s over 10 us: a BDP of 9 packets */
	shim_path_run(&path, SECOND / 10);
	assert_int_equal(bbr_of(sk)->state, BBR_PROBE_BW);
	assert_true(estimate_over_rate(sk) > 0.85 && estimate_over_rate(sk) < 1.1);
	assert_true(utilisation(SECOND / 100) > 0.9);
	shim_path_close(&path);
}

static void less_than_a_packet_in_flight(void **state)
{
	struct sock *sk = start(1, 1000, 100);

	/* 1 Mbit/s over 1 ms: a tenth of a packet */
	shim_path_run(&path, 5 * SECOND);
	assert_int_equal(bbr_of(sk)->state, BBR_PROBE_BW);
	assert_true(tcp_sk(sk)->snd_cwnd >= BBR_MIN_PIPE_CWND);
	assert_true(utilisation(2 * SECOND) > 0.95);
	assert_int_equal(bbr_min_tso_segs(sk), 1);
	shim_path_close(&path);
}

/* Whatever a sample holds, cwnd and rate stay within their types. */
static void arbitrary_samples_do_no_harm(void **state)
{
	struct sock *sk = shim_connect("weir_bbr");
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i;

	shim_seed(3);
	for (i = 0; i < 200000; i++) {
		struct rate_sample rs = {
			.delivered = get_random_u32() >> get_random_u32() % 32 >> 1,
			.interval_us = get_random_u32() >> get_random_u32() % 32,
			.rtt_us = (s32)(get_random_u32() >> get_random_u32() % 32),
			.acked_sacked = get_random_u32() >> get_random_u32() % 32 >> 1,
			.losses = get_random_u32() >> get_random_u32() % 32 >> 1,
			.prior_in_flight = get_random_u32() >> get_random_u32() % 32,
			.is_app_limited = get_random_u32() & 1,
			.is_ack_delayed = get_random_u32() & 1,
		};

		shim_advance_us(get_random_u32() >> get_random_u32() % 32);
		tp->tcp_mstamp = shim_now_ns / 1000;
		tp->delivered_mstamp = tp->tcp_mstamp;
		tp->tcp_wstamp_ns = shim_now_ns + (get_random_u32() & 0xffff);
		tp->tcp_clock_cache = shim_now_ns;
		tp->delivered += rs.acked_sacked;
		tp->lost += rs.losses;
		rs.prior_delivered = tp->delivered - rs.delivered;
		tp->mss_cache = 88 + get_random_u32() % 65000;
		inet_csk(sk)->icsk_ca_state = get_random_u32() % 5;
		tp->snd_cwnd_clamp = get_random_u32() >> 1 | 1;
		if (!(i % 100))
			bbr_tx_start(sk);
		if (!(i % 171))
			bbr_set_state(sk, get_random_u32() % 5);
		if (!(i % 133))
			bbr_undo_cwnd(sk);
		bbr_main(sk, &rs);
		assert_in_range(tp->snd_cwnd, 1, tp->snd_cwnd_clamp);
		assert_in_range(bbr_min_tso_segs(sk), 1, 2);
	}
	shim_close(sk);
}

/* --- What users see ------------------------------------------------------------------------ */

static void ss_and_traces_show_the_model(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	union tcp_cc_info info;
	u32 states = shim_count_weir_state;
	int attr = 0;

	shim_path_run(&path, 3 * SECOND);
	assert_int_equal(bbr_get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info), 20);
	assert_int_equal(attr, INET_DIAG_BBRINFO);
	assert_in_range(info.bbr.bbr_bw_lo, 1225000, 1275000);
	assert_in_range(info.bbr.bbr_min_rtt, RTT_US, RTT_US + 2000);
	assert_int_equal(info.bbr.bbr_cwnd_gain, 512);

	assert_int_equal(shim_count_weir_state, states);
	shim_trace_on = true;
	shim_path_run(&path, SECOND);
	bbr_enter(sk, BBR_PROBE_RTT, WEIR_WHY_TIME);
	shim_trace_on = false;
	assert_int_equal(shim_last_weir_state.old_state, BBR_PROBE_BW);
	assert_int_equal(shim_last_weir_state.new_state, BBR_PROBE_RTT);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_TIME);
	assert_int_equal(shim_last_weir_ack.state, BBR_PROBE_BW);
	assert_int_equal(shim_last_weir_ack.bw, info.bbr.bbr_bw_lo);
	assert_int_equal(shim_last_weir_ack.target, bbr_of(sk)->target_cwnd);
	shim_path_close(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_being_uninitialised),
		cmocka_unit_test(starts_at_the_initial_window_per_rtt),
		cmocka_unit_test(keeps_an_application_s_limit),
		cmocka_unit_test(takes_over_in_mid_connection),
		cmocka_unit_test(startup_doubles_each_round),
		cmocka_unit_test(startup_finds_the_bandwidth),
		cmocka_unit_test(startup_outlasts_a_starved_application),
		cmocka_unit_test(drain_empties_the_queue),
		cmocka_unit_test(probe_bw_fills_the_path_with_little_queue),
		cmocka_unit_test(probe_bw_cycles_through_eight_phases),
		cmocka_unit_test(probe_bw_begins_anywhere_but_below_one),
		cmocka_unit_test(follows_bandwidth_ten_times_up),
		cmocka_unit_test(follows_bandwidth_ten_times_down),
		cmocka_unit_test(probe_rtt_every_ten_seconds),
		cmocka_unit_test(probe_rtt_restores_cwnd),
		cmocka_unit_test(idle_makes_probe_rtt_unnecessary),
		cmocka_unit_test(restart_from_idle_is_paced_at_the_bandwidth),
		cmocka_unit_test(random_loss_does_not_slow_it_down),
		cmocka_unit_test(recovery_conserves_packets_for_a_round),
		cmocka_unit_test(timeout_restarts_from_one_and_comes_back),
		cmocka_unit_test(undo_restarts_the_search_for_growth),
		cmocka_unit_test(application_limited_samples_do_not_lower_bandwidth),
		cmocka_unit_test(old_bandwidth_gives_way_in_each_round),
		cmocka_unit_test(aggregated_acks_enlarge_the_target),
		cmocka_unit_test(no_sample_changes_nothing),
		cmocka_unit_test(policer_is_found_on_the_path),
		cmocka_unit_test(policer_is_recognised_and_left_again),
		cmocka_unit_test(slow_and_long),
		cmocka_unit_test(fast_and_short),
		cmocka_unit_test(less_than_a_packet_in_flight),
		cmocka_unit_test(arbitrary_samples_do_no_harm),
		cmocka_unit_test(ss_and_traces_show_the_model),
	};

	return cmocka_run_group_tests_name("bbr", tests, NULL, NULL);
}
