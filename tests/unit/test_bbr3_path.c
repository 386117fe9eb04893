// SPDX-License-Identifier: GPL-2.0
/*
 * BBR, version 3, on a path: the test cases of draft-ietf-ccwg-bbr's appendix,
 * as far as a simulated bottleneck can put them; each names its case.
 */
#include "bbr3_under_test.h"

/* --- Startup and Drain --------------------------------------------------------- */

/* "Exiting STARTUP on Bandwidth Plateau" */
static void startup_ends_on_a_plateau(void **state)
{
	static const u32 mbit[] = { 1, 10, 100, 400 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mbit); i++) {
		struct sock *sk = start(mbit[i], RTT_US, 100000);

		run_until(sk, BBR3_DRAIN, 3 * SECOND);
		assert_true(bbr3_of(sk)->full_bw_now && bbr3_of(sk)->full_bw_reached);
		assert_int_equal(bbr3_of(sk)->full_bw_count, 3);
		assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 1, 0.02);
		assert_int_equal(bbr3_of(sk)->inflight_longterm, BBR3_INFINITY);
		shim_path_close(&path);
	}
}

/* "Exiting STARTUP on Loss When Application-Limited" */
static void startup_ends_on_loss_even_if_application_limited(void **state)
{
	struct sock *sk = start(1000, RTT_US, 1000);
	u32 i;

	/* A burst of 400 packets now and then: growth is not to be seen. */
	for (i = 0; i < 20 && bbr3_of(sk)->state == BBR3_STARTUP; i++) {
		if (i == 8) {
			/* Holes at a tenth of the packets */
			path.drop_every = 10;
			assert_int_equal(bbr3_of(sk)->state, BBR3_STARTUP);
		}
		shim_app_limit(sk, 400);
		shim_xmit(sk);
		shim_path_run(&path, 3 * RTT_US);
	}
	assert_in_range(i, 9, 12);
	assert_int_not_equal(bbr3_of(sk)->state, BBR3_STARTUP);
	assert_true(bbr3_of(sk)->full_bw_reached);
	assert_int_not_equal(bbr3_of(sk)->inflight_longterm, BBR3_INFINITY);
	shim_path_close(&path);
}

static void startup_ends_on_overflow_of_a_shallow_buffer(void **state)
{
	struct sock *sk = start(20, RTT_US, 15);
	u32 bdp;

	run_until(sk, BBR3_DRAIN, 3 * SECOND);
	bdp = bbr3_bdp(bbr3_of(sk), bbr3_of(sk)->bw, BBR_UNIT);
	/* The path carries the BDP of 69 and a queue of 15. */
	assert_in_range(bbr3_of(sk)->inflight_longterm, bdp, bdp + 20);
	assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 1, 0.02);
	shim_path_close(&path);
}

/* "Never Exiting PROBE_UP (or STARTUP) When Application-Limited With No Loss" */
static void a_starved_application_never_ends_startup(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u32 i;

	for (i = 0; i < 150; i++) {
		shim_app_limit(sk, 5);
		shim_xmit(sk);
		shim_path_run(&path, 2 * RTT_US);
	}
	assert_int_equal(bbr3_of(sk)->state, BBR3_STARTUP);
	shim_path_close(&path);
}

/* "Exiting DRAIN Based on Inflight" */
static void drain_ends_when_the_queue_is_gone(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u64 rate;

	run_until(sk, BBR3_DRAIN, 3 * SECOND);
	assert_int_equal(bbr3_pacing_gain(bbr3_of(sk)), BBR_UNIT / 2);
	rate = bbr_pacing_rate(bbr3_of(sk)->bw, SHIM_MSS, BBR_UNIT / 2);
	assert_int_equal(sk->sk_pacing_rate, rate);
	assert_true(shim_path_queue(&path) > 20);
	run_out_of(sk, BBR3_DRAIN, SECOND);
	assert_true(bbr3_is_in_probe_bw(bbr3_of(sk)));
	assert_true(tcp_packets_in_flight(tcp_sk(sk)) <=
		    bbr3_inflight(bbr3_of(sk), bbr3_of(sk)->bw, BBR_UNIT) + 1);
	shim_path_close(&path);
}

/* "Exiting DRAIN Based on Time" */
static void drain_ends_after_three_rounds(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u64 spent;

	run_until(sk, BBR3_DRAIN, 3 * SECOND);
	/* Far less than half remains: pacing at half does not drain. */
	path.rate = path.rate * 3 / 10;
	spent = run_out_of(sk, BBR3_DRAIN, 3 * SECOND);
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_DOWN);
	assert_true(tcp_packets_in_flight(tcp_sk(sk)) >
		    bbr3_inflight(bbr3_of(sk), bbr3_of(sk)->bw, BBR_UNIT));
	assert_int_equal(bbr3_of(sk)->drain_rounds, 4);
	/* Rounds are longer than the base RTT, for the queue that remains. */
	assert_in_range(spent, 3 * RTT_US, 20 * RTT_US);
	shim_path_close(&path);
}

/* --- ProbeBW ---------------------------------------------------------------------- */

static void probe_bw_cycles_in_two_to_three_seconds(void **state)
{
	struct sock *sk = start(100, RTT_US, 10000);
	u32 cycles = 0, visits[BBR3_PROBE_RTT + 1] = { 0 }, i;
	u64 left = 30 * SECOND;
	u8 prev;

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	prev = bbr3_of(sk)->state;
	for (i = 0; i < 60000; i++, left -= 500) {
		u8 now;

		shim_path_run(&path, 500);
		now = bbr3_of(sk)->state;
		visits[now]++;
		if (now != prev) {
			if (now == BBR3_PROBE_BW_UP)
				assert_int_equal(prev, BBR3_PROBE_BW_REFILL);
			if (now == BBR3_PROBE_BW_REFILL)
				assert_int_equal(prev, BBR3_PROBE_BW_CRUISE);
			if (now == BBR3_PROBE_BW_DOWN)
				assert_int_equal(prev, BBR3_PROBE_BW_UP);
			cycles += now == BBR3_PROBE_BW_UP;
		}
		prev = now;
	}
	/* 30 s; ProbeRTT restarts the wait. */
	assert_in_range(cycles, 6, 12);
	assert_true(visits[BBR3_PROBE_BW_CRUISE] > 40000);
	/* A round each to refill and three to go up */
	assert_in_range(visits[BBR3_PROBE_BW_REFILL], cycles * 75, cycles * 90);
	assert_in_range(visits[BBR3_PROBE_BW_UP], cycles * 3 * 80, cycles * 4 * 100);
	assert_int_equal(path.drops, 0);
	shim_path_close(&path);
}

static void small_bdps_probe_as_often_as_reno(void **state)
{
	/* A BDP of 9 packets: after nine rounds of some 112 ms */
	struct sock *sk = start(1, 100000, 1000);
	u32 ups = 0, i;
	u8 prev = 0;

	run_until(sk, BBR3_PROBE_BW_CRUISE, 5 * SECOND);
	for (i = 0; i < 20000; i++) {
		shim_path_run(&path, 1000);
		ups += bbr3_of(sk)->state == BBR3_PROBE_BW_UP && prev != BBR3_PROBE_BW_UP;
		prev = bbr3_of(sk)->state;
	}
	/* 12 rounds a cycle, but ProbeRTT begins each wait anew. */
	assert_in_range(ups, 7, 16);
	shim_path_close(&path);
}

static void cruise_fills_the_path_without_queue(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	u64 arrived, sum;

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	shim_path_run(&path, SECOND / 2);
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_CRUISE);
	arrived = path.arrived;
	sum = path.queue_sum;
	assert_true(utilisation(SECOND) > 0.98);
	assert_true((double)(path.queue_sum - sum) / (path.arrived - arrived) < 3);
	shim_path_close(&path);
}

/* "Exiting PROBE_UP on Bandwidth Plateau" */
static void up_ends_on_a_plateau(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);

	run_until(sk, BBR3_PROBE_BW_UP, 6 * SECOND);
	assert_int_equal(bbr3_pacing_gain(bbr3_of(sk)), BBR_UNIT * 5 / 4);
	assert_int_equal(bbr3_cwnd_gain(bbr3_of(sk)), BBR_UNIT * 9 / 4);
	assert_int_equal(bbr3_of(sk)->full_bw_count, 0);
	run_until(sk, BBR3_PROBE_BW_DOWN, 6 * RTT_US);
	assert_true(bbr3_of(sk)->full_bw_now);
	assert_int_equal(bbr3_of(sk)->full_bw_count, 3);
	shim_path_close(&path);
}

/* "Handling Loss During PROBE_UP After inflight_longterm is Set" */
static void up_ends_on_loss(void **state)
{
	struct sock *sk = start(20, RTT_US, 15);

	run_until(sk, BBR3_PROBE_BW_UP, 6 * SECOND);
	assert_int_not_equal(bbr3_of(sk)->inflight_longterm, BBR3_INFINITY);
	run_until(sk, BBR3_PROBE_BW_DOWN, SECOND);
	assert_true(bbr3_of(sk)->prev_probe_too_high);
	assert_false(bbr3_of(sk)->full_bw_now);
	/* What the path carries: a BDP of 69, 15 queued, one being sent */
	assert_in_range(bbr3_of(sk)->inflight_longterm, 76, 94);
	shim_path_close(&path);
}

static void a_probe_after_loss_is_precautionary(void **state)
{
	struct sock *sk = start(20, RTT_US, 20);
	struct bbr3 *bbr3 = bbr3_of(sk);

	run_until(sk, BBR3_PROBE_BW_UP, 6 * SECOND);
	run_until(sk, BBR3_PROBE_BW_DOWN, SECOND);
	assert_true(bbr3->prev_probe_too_high);
	/* Then there is room: the next probe meets no loss at that volume. */
	path.buffer = 1000;
	run_until(sk, BBR3_PROBE_BW_UP, 9 * SECOND);
	run_until(sk, BBR3_PROBE_BW_DOWN, SECOND);
	assert_true(bbr3->prev_probe_precautionary);
	assert_false(bbr3->prev_probe_too_high);
	/* It was cut short, so that the flow goes on at once without cruising. */
	run_until(sk, BBR3_PROBE_BW_REFILL, 3 * RTT_US);
	run_until(sk, BBR3_PROBE_BW_UP, 2 * RTT_US);
	run_until(sk, BBR3_PROBE_BW_DOWN, SECOND);
	assert_false(bbr3->prev_probe_precautionary);
	shim_path_close(&path);
}

/* "Exiting PROBE_DOWN on Inflight" */
static void down_ends_with_headroom(void **state)
{
	struct sock *sk = start(20, RTT_US, 15);
	struct bbr3 *bbr3 = bbr3_of(sk);

	run_until(sk, BBR3_PROBE_BW_UP, 6 * SECOND);
	run_until(sk, BBR3_PROBE_BW_DOWN, SECOND);
	assert_int_equal(bbr3_pacing_gain(bbr3), BBR_UNIT * 90 / 100);
	run_until(sk, BBR3_PROBE_BW_CRUISE, SECOND);
	assert_true(tcp_packets_in_flight(tcp_sk(sk)) <= bbr3_inflight_with_headroom(bbr3));
	assert_int_equal(bbr3_inflight_with_headroom(bbr3),
			 bbr3->inflight_longterm - bbr3->inflight_longterm * 15 / 100);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, bbr3_inflight_with_headroom(bbr3));
	shim_path_close(&path);
}

/* "Exiting PROBE_DOWN After Max Time" */
static void down_ends_after_the_wait(void **state)
{
	struct sock *sk = start(100, RTT_US, 10000);
	struct bbr3 *bbr3 = bbr3_of(sk);

	run_until(sk, BBR3_PROBE_BW_UP, 6 * SECOND);
	run_until(sk, BBR3_PROBE_BW_DOWN, SECOND);
	/* 0.9 of what is believed is more than there is: nothing drains. */
	path.rate = path.rate * 85 / 100;
	bbr3->probe_rtt_min_stamp = tcp_jiffies32;
	assert_in_range(run_out_of(sk, BBR3_PROBE_BW_DOWN, 4 * SECOND), SECOND, 3 * SECOND);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_REFILL);
	shim_path_close(&path);
}

/* "Increasing Bandwidth 10x and Ensuring Full Bandwidth is Reached" */
static void follows_bandwidth_ten_times_up(void **state)
{
	static const u32 buffers[] = { 30, 1000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(buffers); i++) {
		struct sock *sk = start(10, RTT_US, buffers[i]);

		run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
		run_until(sk, BBR3_PROBE_BW_REFILL, 4 * SECOND);
		path.rate *= 10;
		/* log2(10) doublings, and the wait for a probe or two */
		shim_path_run(&path, 6 * SECOND);
		assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 1, 0.03);
		shim_path_close(&path);
	}
}

/* "Decreasing Bandwidth 10x and Ensuring Max Bandwidth Adapts Down" */
static void follows_bandwidth_ten_times_down(void **state)
{
	struct sock *sk = start(100, RTT_US, 100);

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	path.rate /= 10;
	shim_path_run(&path, 2 * SECOND);
	/* By loss, before the filter forgets */
	assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 10, 0.05);
	assert_true(ratio_to_rate(bbr3_of(sk)->bw) < 1.5);
	shim_path_run(&path, 10 * SECOND);
	assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 1, 0.05);
	assert_true(utilisation(3 * SECOND) > 0.9);
	shim_path_close(&path);
}

/* "Handling Token Bucket Policers" */
static void settles_behind_a_policer(void **state)
{
	struct sock *sk = start(100, RTT_US, 1000);
	u64 drops, arrived;

	path.police_rate = 1250000;
	path.police_burst = 1250000;
	shim_path_run(&path, 15 * SECOND);
	drops = path.drops;
	arrived = path.arrived;
	shim_path_run(&path, 15 * SECOND);
	assert_true((double)(path.drops - drops) / (path.arrived - arrived) < 0.08);
	/* Of what the bucket lets pass: 863 packets a second */
	assert_true(path.arrived - arrived - (path.drops - drops) > 15 * 863 * 8 / 10);
	assert_close(bbr_bytes_per_sec(bbr3_max_bw(bbr3_of(sk)), SHIM_MSS), 1250000.0, 0.3);
	shim_path_close(&path);
}

/* --- ProbeRTT ------------------------------------------------------------------------ */

/* "Entering and Exiting PROBE_RTT" */
static void probe_rtt_every_five_seconds(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u32 entries = 0, inside = 0, i, least = U32_MAX, bdp;
	bool was = false;

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	bdp = bbr3_bdp(bbr3_of(sk), bbr3_of(sk)->bw, BBR_UNIT);
	for (i = 0; i < 26000; i++) {
		bool is = bbr3_of(sk)->state == BBR3_PROBE_RTT;

		shim_path_run(&path, 1000);
		entries += is && !was;
		inside += is;
		was = is;
		if (is)
			least = min(least, tcp_packets_in_flight(tcp_sk(sk)));
	}
	assert_in_range(entries, 4, 5);
	assert_in_range(inside / entries, 200, 300);
	assert_in_range(least, bdp / 2 - 2, bdp / 2 + 2);
	run_until(sk, BBR3_PROBE_BW_CRUISE, SECOND);
	assert_true(tcp_sk(sk)->snd_cwnd > bdp * 3 / 2);
	shim_path_close(&path);
}

static void probe_rtt_costs_two_percent(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	assert_true(utilisation(20 * SECOND) > 0.96);
	shim_path_close(&path);
}

/* "Skipping PROBE_RTT Due to Application-Limited Sending" */
static void idle_makes_probe_rtt_unnecessary(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	u8 seen = 0;
	u32 i;

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	shim_app_limit(sk, 0);
	shim_path_run(&path, SECOND / 2);
	assert_int_equal(tcp_packets_in_flight(tcp_sk(sk)), 0);
	shim_idle(sk, 6 * SECOND);
	shim_app_limit(sk, SHIM_UNLIMITED);
	shim_xmit(sk);
	assert_true(bbr3_of(sk)->idle_restart);
	assert_close(sk->sk_pacing_rate,
		     (double)bbr_pacing_rate(bbr3_of(sk)->bw, SHIM_MSS, BBR_UNIT), 0.001);
	for (i = 0; i < 100; i++) {
		shim_path_run(&path, 1000);
		seen |= 1 << bbr3_of(sk)->state;
	}
	assert_false(seen & 1 << BBR3_PROBE_RTT);
	assert_false(bbr3_of(sk)->idle_restart);
	shim_path_close(&path);
}

/* Nor are ACKs that the receiver delayed, which do not renew the minimum, a reason for it. */
static void lone_requests_need_no_probe_rtt(void **state)
{
	const struct shim_ack delayed = { .acked = 1, .rtt_us = RTT_US + 40000, .delayed = true };
	struct sock *sk = shim_connect(CC);
	int i;

	shim_app_limit(sk, 0);
	shim_round(sk, RTT_US, 1);
	for (i = 0; i < 20; i++) {
		shim_idle(sk, 2 * SECOND);
		/* As when the application writes */
		tcp_rate_check_app_limited(sk);
		shim_app_limit(sk, 2);
		shim_xmit(sk);
		assert_true(bbr3_of(sk)->idle_restart);
		while (tcp_sk(sk)->packets_out) {
			shim_advance_us(delayed.rtt_us);
			shim_ack_event(sk, &delayed);
			assert_int_not_equal(bbr3_of(sk)->state, BBR3_PROBE_RTT);
		}
	}
	shim_close(sk);
}

/* Idle time counts as waiting for the next probe, however long: the clock's half is 36 minutes. */
static void a_probe_is_due_after_idle(void **state)
{
	static const u64 minutes[] = { 1, 20, 37, 50, 70, 100 };
	struct sock *sk = start(10, RTT_US, 1000);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(minutes); i++) {
		run_until(sk, BBR3_PROBE_BW_CRUISE, 10 * SECOND);
		shim_app_limit(sk, 0);
		shim_path_run(&path, SECOND / 2);
		assert_int_equal(tcp_packets_in_flight(tcp_sk(sk)), 0);
		shim_idle(sk, minutes[i] * 60 * SECOND);
		shim_app_limit(sk, SHIM_UNLIMITED);
		shim_xmit(sk);
		run_until(sk, BBR3_PROBE_BW_REFILL, 3 * RTT_US);
	}
	shim_path_close(&path);
}

/* "Entering and Exiting PROBE_RTT During STARTUP" */
static void probe_rtt_returns_to_startup(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);
	bool seen = false;
	u32 i;

	/* Little to send, and RTTs that rise: five seconds without a new minimum */
	for (i = 0; i < 200; i++) {
		shim_app_limit(sk, 8);
		shim_xmit(sk);
		shim_path_run(&path, 30000);
		path.flows[0].rtt_us = RTT_US + 1000 + i;
		seen |= bbr3_of(sk)->state == BBR3_PROBE_RTT;
	}
	assert_true(seen);
	shim_app_limit(sk, SHIM_UNLIMITED);
	shim_xmit(sk);
	run_until(sk, BBR3_STARTUP, SECOND);
	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 1, 0.02);
	shim_path_close(&path);
}

/* --- Aggregation --------------------------------------------------------------------- */

/* "Achieving Expected STARTUP Bandwidth on a Link With Aggregation" */
static void startup_on_an_aggregating_link(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	u32 bdp;

	path.hold_us = 20000;
	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	/* Bunches of half an RTT let samples be high, though not by a half. */
	assert_in_range(100 * ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 98, 140);
	bdp = bbr3_bdp(bbr3_of(sk), bbr3_of(sk)->bw, BBR_UNIT);
	assert_true(tcp_sk(sk)->snd_cwnd > 2 * bdp);
	shim_path_close(&path);
}

/* "Achieving Expected Cruise Bandwidth on a Link With Aggregation" */
static void cruise_on_an_aggregating_link(void **state)
{
	struct sock *sk = start(20, RTT_US, 1000);
	u32 cwnd;

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	cwnd = tcp_sk(sk)->snd_cwnd;
	path.hold_us = 20000;
	shim_path_run(&path, SECOND);
	/* 20 ms of 20 Mbit/s are 34 packets. */
	assert_in_range(win_max(&bbr3_of(sk)->history->extra_acked), 25, 70);
	assert_true(tcp_sk(sk)->snd_cwnd > cwnd + 20);
	assert_true(utilisation(3 * SECOND) > 0.96);
	shim_path_close(&path);
}

/* --- Extremes ------------------------------------------------------------------------- */

/* "Correctly Managing Sub-Packet BDPs" */
static void less_than_a_packet_in_flight(void **state)
{
	struct sock *sk = start(1, 1000, 100);

	run_until(sk, BBR3_PROBE_BW_CRUISE, 5 * SECOND);
	assert_true(bbr3_bdp(bbr3_of(sk), bbr3_of(sk)->bw, BBR_UNIT) <= 2);
	assert_in_range(tcp_sk(sk)->snd_cwnd, BBR3_MIN_PIPE_CWND, 12);
	assert_close(ratio_to_rate(bbr3_of(sk)->bw), 1, 0.05);
	assert_true(utilisation(2 * SECOND) > 0.95);
	shim_path_close(&path);
}

static void slow_and_long(void **state)
{
	struct sock *sk = start_at(8000, 1000000, 1000);

	/* 64 kbit/s over 1 s */
	run_until(sk, BBR3_PROBE_BW_CRUISE, 60 * SECOND);
	assert_close(ratio_to_rate(bbr3_of(sk)->bw), 1, 0.03);
	shim_path_close(&path);
}

/* ProbeRTT every five seconds would come before an ACK does. */
static void longer_than_the_probe_rtt_interval(void **state)
{
	struct sock *sk = start_at(125000, 10 * USEC_PER_SEC, 100000);

	shim_path_run(&path, 150 * SECOND);
	assert_close(ratio_to_rate(bbr3_max_bw(bbr3_of(sk))), 1, 0.02);
	assert_true(utilisation(200 * SECOND) > 0.8);
	shim_path_close(&path);
}

static void fast_and_short(void **state)
{
	struct sock *sk = start(10000, 10, 1000);

	/* 10 Gbit/s over 10 us: times of a few us have a coarse ratio. */
	run_until(sk, BBR3_PROBE_BW_CRUISE, SECOND);
	assert_close(ratio_to_rate(bbr3_of(sk)->bw), 1, 0.15);
	assert_true(utilisation(SECOND / 100) > 0.9);
	shim_path_close(&path);
}

/* --- Sharing ---------------------------------------------------------------------------- */

static void two_flows_share(void **state)
{
	struct sock *sk = start(20, RTT_US, 200);
	u64 a, b;

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	shim_path_connect(&path, "weir_bbr3", RTT_US);
	shim_path_run(&path, 20 * SECOND);
	a = path.flows[0].delivered;
	b = path.flows[1].delivered;
	shim_path_run(&path, 30 * SECOND);
	a = path.flows[0].delivered - a;
	b = path.flows[1].delivered - b;
	assert_true(a + b > 30 * 1726 * 93 / 100);
	assert_true(min(a, b) * 100 / max(a, b) > 60);
	shim_path_close(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(startup_ends_on_a_plateau),
		cmocka_unit_test(startup_ends_on_loss_even_if_application_limited),
		cmocka_unit_test(startup_ends_on_overflow_of_a_shallow_buffer),
		cmocka_unit_test(a_starved_application_never_ends_startup),
		cmocka_unit_test(drain_ends_when_the_queue_is_gone),
		cmocka_unit_test(drain_ends_after_three_rounds),
		cmocka_unit_test(probe_bw_cycles_in_two_to_three_seconds),
		cmocka_unit_test(small_bdps_probe_as_often_as_reno),
		cmocka_unit_test(cruise_fills_the_path_without_queue),
		cmocka_unit_test(up_ends_on_a_plateau),
		cmocka_unit_test(up_ends_on_loss),
		cmocka_unit_test(a_probe_after_loss_is_precautionary),
		cmocka_unit_test(down_ends_with_headroom),
		cmocka_unit_test(down_ends_after_the_wait),
		cmocka_unit_test(follows_bandwidth_ten_times_up),
		cmocka_unit_test(follows_bandwidth_ten_times_down),
		cmocka_unit_test(settles_behind_a_policer),
		cmocka_unit_test(probe_rtt_every_five_seconds),
		cmocka_unit_test(probe_rtt_costs_two_percent),
		cmocka_unit_test(idle_makes_probe_rtt_unnecessary),
		cmocka_unit_test(lone_requests_need_no_probe_rtt),
		cmocka_unit_test(a_probe_is_due_after_idle),
		cmocka_unit_test(probe_rtt_returns_to_startup),
		cmocka_unit_test(startup_on_an_aggregating_link),
		cmocka_unit_test(cruise_on_an_aggregating_link),
		cmocka_unit_test(less_than_a_packet_in_flight),
		cmocka_unit_test(slow_and_long),
		cmocka_unit_test(longer_than_the_probe_rtt_interval),
		cmocka_unit_test(fast_and_short),
		cmocka_unit_test(two_flows_share),
	};

	return cmocka_run_group_tests_name("bbr3_path", tests, NULL, NULL);
}
