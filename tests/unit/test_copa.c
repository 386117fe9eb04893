// SPDX-License-Identifier: GPL-2.0
/* weir_copa: rules one by one, with numbers worked out by hand. */
#include "copa_under_test.h"

static void slow_start_doubles(void **state)
{
	static const u32 expected[] = { 20, 40, 80, 160 };
	struct sock *sk = shim_connect("weir_copa");
	size_t i;

	/* Pacing would spread the window; here only the window counts. */
	sk->sk_pacing_status = SK_PACING_FQ;
	sk->sk_max_pacing_rate = 1UL << 40;
	shim_xmit(sk);
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		shim_round(sk, BASE_US, 1);
		assert_int_equal(tcp_sk(sk)->snd_cwnd, expected[i]);
		while (shim_next_send_ns(sk)) {
			shim_advance_ns(shim_next_send_ns(sk) - shim_now_ns);
			shim_xmit(sk);
		}
	}
	assert_int_equal(copa_state(copa_of(sk)), COPA_SLOW_START);
	shim_close(sk);
}

/*
 * Target 1/(0.5 * dq). With RTTmin 40 ms, RTTstanding 50 ms: 2 packets in
 * 10 ms = 200/s; the rate of a window W is W / 50 ms: equal at W = 10.
 */
static void target_rate(void **state)
{
	struct sock *sk = avoiding(10);
	struct copa *copa = copa_of(sk);

	set_rtts(sk, BASE_US, 50000, 60000);
	assert_true(copa_below_target(copa, 9));
	assert_true(copa_below_target(copa, 10));
	assert_false(copa_below_target(copa, 11));
	copa->inv_delta = 5 * COPA_UNIT;
	assert_true(copa_below_target(copa, 25));
	assert_false(copa_below_target(copa, 26));
	/* No queue: no limit */
	set_rtts(sk, BASE_US, BASE_US, BASE_US);
	assert_true(copa_below_target(copa, COPA_MAX_CWND));
	shim_close(sk);
}

static void leaves_slow_start_above_the_target(void **state)
{
	struct sock *sk = shim_connect("weir_copa");
	struct tcp_sock *tp = tcp_sk(sk);

	shim_trace_on = true;
	shim_xmit(sk);
	shim_ack(sk, 1, BASE_US);
	/* Half an srtt later: standing 48 ms, dq 8 ms, 11 * 8 = 88 <= 2 * 48 */
	shim_advance_us(60000);
	shim_ack(sk, 1, 48000);
	assert_int_equal(tp->snd_cwnd, 12);
	/* standing 50 ms: 12 * 10 = 120 > 100 */
	shim_advance_us(60000);
	shim_ack(sk, 1, 50000);
	assert_int_equal(tp->snd_cwnd, 12);
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	assert_int_equal(tp->snd_ssthresh, 12);
	assert_int_equal(shim_last_weir_state.old_state, COPA_SLOW_START);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_DELAY);
	shim_trace_on = false;
	shim_close(sk);
}

/* v / delta = 2 packets a window, whatever the ACKs are made of */
static void moves_by_v_over_delta(void **state)
{
	static const u32 per_ack[] = { 1, 2, 10, 50 };
	size_t i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(per_ack); i++) {
		struct sock *sk = avoiding(100);
		struct tcp_sock *tp = tcp_sk(sk);

		for (n = 0; n < 100; n += per_ack[i])
			copa_move(sk, true, per_ack[i]);
		assert_in_range(tp->snd_cwnd, 101, 102);
		for (n = 0; n < 100; n += per_ack[i])
			copa_move(sk, false, per_ack[i]);
		assert_in_range(tp->snd_cwnd, 100, 101);
		/* v = 8: 16 packets */
		copa_of(sk)->velocity = 8;
		for (n = 0; n < 100; n += per_ack[i])
			copa_move(sk, true, per_ack[i]);
		assert_in_range(tp->snd_cwnd, 113, 118);
		shim_close(sk);
	}
}

static void keeps_fractions(void **state)
{
	struct sock *sk = avoiding(100);
	struct tcp_sock *tp = tcp_sk(sk);
	int n;

	/* 1/50 of a packet each; 49 are none, 50 are one */
	for (n = 0; n < 49; n++)
		copa_move(sk, true, 1);
	assert_int_equal(tp->snd_cwnd, 100);
	copa_move(sk, true, 1);
	assert_int_equal(tp->snd_cwnd, 101);
	assert_int_equal(copa_of(sk)->credit, 0);
	copa_move(sk, true, 1);
	copa_move(sk, false, 1);
	assert_int_equal(copa_of(sk)->credit, 0);
	shim_close(sk);
}

static void at_most_doubles_per_round(void **state)
{
	struct sock *sk = avoiding(100);

	copa_of(sk)->velocity = COPA_MAX_VELOCITY;
	copa_move(sk, true, 100);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 200);
	copa_move(sk, false, 200);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, WEIR_MIN_CWND);
	shim_close(sk);
}

/* Same direction for three round trips, then twice as fast in each */
static void velocity_doubles_after_three_rounds(void **state)
{
	static const struct {
		u32 cwnd, velocity;
	} round[] = {
		{ 102, 1 }, { 104, 1 }, { 106, 2 }, { 110, 4 }, { 118, 8 },
		{ 116, 1 }, { 114, 1 }, { 112, 2 }, { 108, 4 },
		{ 109, 1 }, { 110, 1 }, { 111, 2 },
		/* standing still is no direction */
		{ 111, 1 }, { 112, 1 }, { 113, 1 }, { 114, 2 },
	};
	struct sock *sk = avoiding(100);
	size_t i;

	copa_of(sk)->round_cwnd = 100;
	for (i = 0; i < ARRAY_SIZE(round); i++) {
		end_round_at(sk, round[i].cwnd);
		assert_int_equal(copa_of(sk)->velocity, round[i].velocity);
	}
	shim_close(sk);
}

static void velocity_is_bounded(void **state)
{
	struct sock *sk = avoiding(100);
	int i;

	for (i = 1; i < 100; i++)
		end_round_at(sk, 100 + i);
	assert_int_equal(copa_of(sk)->velocity, COPA_MAX_VELOCITY);
	shim_close(sk);
}

static void opposed_velocity_is_dropped(void **state)
{
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);

	copa->velocity = 16;
	copa->direction = COPA_UP;
	set_rtts(sk, BASE_US, 60000, 60000);
	/* 100 * 20 > 2 * 60: down, a packet's worth at v = 1 */
	copa_avoid(sk, 100, 50);
	assert_int_equal(copa->velocity, 1);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 99);
	shim_close(sk);
}

/*
 * RTTmin 40 ms, RTTstanding 50 ms made by a window of 100: 20 were queued, of
 * which 2 should be. A window of 83 leaves 3, one of 81 only 1.
 */
static void velocity_ends_with_its_work_going_down(void **state)
{
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);

	set_rtts(sk, BASE_US, 50000, 50000);
	assert_false(copa_overshoots(copa, 100, 100, false));
	assert_false(copa_overshoots(copa, 83, 100, false));
	assert_false(copa_overshoots(copa, 82, 100, false));
	assert_true(copa_overshoots(copa, 81, 100, false));

	copa->velocity = 16;
	copa->direction = COPA_DOWN;
	tcp_sk(sk)->snd_cwnd = 83;
	copa_avoid(sk, 100, 1);
	assert_int_equal(copa->velocity, 16);
	tcp_sk(sk)->snd_cwnd = 81;
	copa_avoid(sk, 100, 1);
	assert_int_equal(copa->velocity, 1);
	shim_close(sk);
}

/* 2 of 100 were queued, the path is full: 5 are enough, 3 more packets. */
static void velocity_ends_with_its_work_going_up(void **state)
{
	struct sock *sk = avoiding(100);
	const struct copa *copa = copa_of(sk);

	set_rtts(sk, 49000, 50000, 50000);
	assert_false(copa_overshoots(copa, 103, 100, true));
	assert_true(copa_overshoots(copa, 104, 100, true));
	/* Less than one was queued: nobody knows how much fits. */
	set_rtts(sk, 49600, 50000, 50000);
	assert_false(copa_overshoots(copa, 200, 100, true));
	shim_close(sk);
}

static void an_unused_window_shrinks_but_never_grows(void **state)
{
	struct sock *sk = avoiding(100);
	struct tcp_sock *tp = tcp_sk(sk);

	sk->shim_limit_ignored = true;
	tp->is_cwnd_limited = 0;
	copa_avoid(sk, 100, 100);
	assert_int_equal(tp->snd_cwnd, 100);
	/* Nor where slow start has ended higher, and more than half is used */
	tp->snd_ssthresh = 200;
	tp->max_packets_out = 60;
	shim_ack(sk, 50, BASE_US);
	assert_int_equal(tp->snd_cwnd, 100);
	set_rtts(sk, BASE_US, 60000, 60000);
	copa_avoid(sk, 100, 100);
	assert_int_equal(tp->snd_cwnd, 98);
	shim_close(sk);
}

static void nearly_empty(void **state)
{
	struct sock *sk = avoiding(100);
	const struct copa *copa = copa_of(sk);

	/* A tenth of 50 ms; two of 100 packets of 40 ms are 0.8 ms. */
	set_rtts(sk, BASE_US, 45000, 90000);
	assert_true(copa_nearly_empty(copa, 100));
	set_rtts(sk, BASE_US, 45001, 90000);
	assert_false(copa_nearly_empty(copa, 100));
	/* Two of ten packets, 2 * 41 / 10 = 8 ms, but no third of a swing of 3 ms */
	set_rtts(sk, BASE_US, 41000, 43000);
	assert_true(copa_nearly_empty(copa, 10));
	set_rtts(sk, BASE_US, 41001, 43000);
	assert_false(copa_nearly_empty(copa, 10));
	/* Two of 40 packets, 2 ms, of a swing of 9 ms */
	set_rtts(sk, BASE_US, 42000, 49000);
	assert_true(copa_nearly_empty(copa, 40));
	assert_false(copa_nearly_empty(copa, 50));
	/* No variation at all, and a maximum that a new round has just lost */
	set_rtts(sk, BASE_US, BASE_US, BASE_US);
	assert_true(copa_nearly_empty(copa, 10));
	set_rtts(sk, BASE_US, BASE_US, 0);
	assert_true(copa_nearly_empty(copa, 10));
	shim_close(sk);
}

/* One round with a full queue */
static void busy_round(struct sock *sk)
{
	set_rtts(sk, BASE_US, 80000, 80000);
	end_round_at(sk, tcp_sk(sk)->snd_cwnd);
	copa_update_mode(sk, 100);
}

static void competes_after_five_busy_rounds(void **state)
{
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);
	int i;

	copa_update_mode(sk, 100);
	for (i = 0; i < 5; i++) {
		busy_round(sk);
		assert_int_equal(copa_state(copa), COPA_DEFAULT);
	}
	busy_round(sk);
	assert_int_equal(copa_state(copa), COPA_COMPETE);
	assert_int_equal(copa->inv_delta, 2 * COPA_UNIT);

	/* One more packet per round trip; halved when the kernel answers a loss */
	for (i = 1; i <= 8; i++) {
		busy_round(sk);
		assert_int_equal(copa->inv_delta, (2 + i) * COPA_UNIT);
	}
	copa_ssthresh(sk);
	assert_int_equal(copa->inv_delta, 5 * COPA_UNIT);
	copa_update_mode(sk, 100);
	assert_int_equal(copa->inv_delta, 5 * COPA_UNIT);
	busy_round(sk);
	assert_int_equal(copa->inv_delta, 5 * COPA_UNIT);
	busy_round(sk);
	assert_int_equal(copa->inv_delta, 6 * COPA_UNIT);
	for (i = 0; i < 3; i++) {
		copa_ssthresh(sk);
		busy_round(sk);
	}
	/* 3, 1.5: not below the default */
	assert_int_equal(copa->inv_delta, 2 * COPA_UNIT);

	/* Nearly empty once: default again */
	busy_round(sk);
	set_rtts(sk, BASE_US, 41000, 80000);
	copa_update_mode(sk, 100);
	assert_int_equal(copa_state(copa), COPA_DEFAULT);
	assert_int_equal(copa->inv_delta, 2 * COPA_UNIT);
	shim_close(sk);
}

/* As Reno halves cwnd: what overflows a buffer is lost for a round trip. */
static void losses_of_a_window_are_answered_once(void **state)
{
	struct shim_ack ack = { .sack_skip = 1, .sacked = 1, .lost = 1, .rtt_us = 80000 };
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);
	u32 round = copa->round_delivered;

	set_rtts(sk, BASE_US, 80000, 80000);
	copa->competing = 1;
	copa->inv_delta = 10 * COPA_UNIT;
	/* The ACK that ends a round is the first to tell of a loss in it. */
	shim_ack_event(sk, &ack);
	assert_true(copa->round_delivered != round);
	assert_int_equal(copa->inv_delta, 5 * COPA_UNIT);
	/* More of the same window, in the next round */
	ack.sack_skip = 10;
	ack.lost = 10;
	shim_ack_event(sk, &ack);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
	assert_true(tcp_sk(sk)->lost > 5);
	assert_int_equal(copa->inv_delta, 5 * COPA_UNIT);
	/* And of a later one */
	shim_recover(sk, 80000);
	set_rtts(sk, BASE_US, 80000, 80000);
	copa->competing = 1;
	copa->inv_delta = 10 * COPA_UNIT;
	shim_lose(sk, 1);
	assert_int_equal(copa->inv_delta, 5 * COPA_UNIT);
	shim_close(sk);
}

static void an_unused_window_does_not_raise_inv_delta(void **state)
{
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);
	int i;

	sk->shim_limit_ignored = true;
	tcp_sk(sk)->is_cwnd_limited = 0;
	for (i = 0; i < 20; i++)
		busy_round(sk);
	assert_int_equal(copa_state(copa), COPA_COMPETE);
	assert_int_equal(copa->inv_delta, 2 * COPA_UNIT);
	tcp_sk(sk)->is_cwnd_limited = 1;
	busy_round(sk);
	assert_int_equal(copa->inv_delta, 3 * COPA_UNIT);
	shim_close(sk);
}

static void need_not_compete(void **state)
{
	struct sock *sk = avoiding(100);
	int i;

	assert_int_equal(shim_param_set("compete", "0"), 0);
	for (i = 0; i < 20; i++)
		busy_round(sk);
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	assert_int_equal(shim_param_set("compete", "1"), 0);
	shim_close(sk);
}

static void delta_is_a_parameter(void **state)
{
	struct sock *sk;

	assert_int_equal(shim_param_set("delta", "40"), 0);
	sk = avoiding(100);
	assert_int_equal(copa_of(sk)->inv_delta, 25 * COPA_UNIT);
	shim_close(sk);
	assert_int_equal(shim_param_set("delta", "0"), -EINVAL);
	assert_int_equal(shim_param_set("delta", "1001"), -EINVAL);
	assert_int_equal(shim_param_set("delta", "500"), 0);
}

static void paces_at_twice_the_rate(void **state)
{
	struct sock *sk = avoiding(100);

	assert_int_equal(sk->sk_pacing_status, SK_PACING_NEEDED);
	copa_pace(sk, 50000);
	/* 2 * 100 packets in 50 ms */
	assert_int_equal(sk->sk_pacing_rate, 4000 * SHIM_MSS);
	sk->sk_max_pacing_rate = 1000000;
	copa_pace(sk, 50000);
	assert_int_equal(sk->sk_pacing_rate, 1000000);
	shim_close(sk);
}

static void ignores_what_is_no_sample(void **state)
{
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);
	const struct shim_ack delayed = { .acked = 1, .rtt_us = 10000, .delayed = true };

	shim_ack_event(sk, &delayed);
	shim_ack(sk, 1, -1);
	shim_ack(sk, 1, 0);
	assert_int_equal(win_min(&copa->min_rtt), BASE_US);
	assert_int_equal(win_min(&copa->standing_rtt), BASE_US);
	shim_close(sk);
}

static void standing_rtt_is_of_half_an_srtt(void **state)
{
	struct sock *sk = avoiding(100);
	struct tcp_sock *tp = tcp_sk(sk);
	struct copa *copa = copa_of(sk);

	tp->srtt_us = BASE_US << 3;
	shim_ack(sk, 1, BASE_US);
	shim_advance_us(15000);
	shim_ack(sk, 1, 60000);
	assert_int_equal(win_min(&copa->standing_rtt), BASE_US);
	shim_advance_us(15000);
	shim_ack(sk, 1, 61000);
	assert_int_equal(win_min(&copa->standing_rtt), 60000);
	assert_int_equal(win_min(&copa->min_rtt), BASE_US);
	/* RTTmin is of 10 s. */
	shim_advance_us(10 * USEC_PER_SEC);
	shim_ack(sk, 1, 62000);
	assert_true(win_min(&copa->min_rtt) > BASE_US);
	shim_close(sk);
}

/*
 * Filters keep three samples. RTTmin's may be of almost the same time, and are
 * then forgotten together: with it, what RTTstanding, which is younger, still has.
 */
static void min_rtt_is_never_above_standing_rtt(void **state)
{
	static const struct {
		u32 at_ms, rtt_us, min_us, standing_us;
	} ack[] = {
		{ 0, 40000, 40000, 40000 },
		{ 2600, 50000, 40000, 50000 },
		{ 9990, 41000, 40000, 41000 },
		{ 9991, 42000, 40000, 41000 },
		{ 10001, 43000, 41000, 41000 },
		{ 19989, 60000, 41000, 60000 },
		{ 20002, 70000, 60000, 60000 },
		/* Half an RTT of 24 s is more than 10 s. */
		{ 100000, 24000000, 24000000, 24000000 },
		{ 111000, 25000000, 24000000, 24000000 },
	};
	struct sock *sk = shim_connect("weir_copa");
	const struct copa *copa = copa_of(sk);
	u32 i;

	sk->sk_pacing_status = SK_PACING_NONE;
	shim_xmit(sk);
	for (i = 0; i < ARRAY_SIZE(ack); i++) {
		if (i)
			shim_advance_us((ack[i].at_ms - ack[i - 1].at_ms) * USEC_PER_MSEC);
		if (ack[i].rtt_us >= 20 * USEC_PER_SEC)
			tcp_sk(sk)->srtt_us = ack[i].rtt_us << 3;
		shim_ack(sk, 1, ack[i].rtt_us);
		assert_int_equal(win_min(&copa->min_rtt), ack[i].min_us);
		assert_int_equal(win_min(&copa->standing_rtt), ack[i].standing_us);
	}
	shim_close(sk);
}

/* The handshake's packets are short: its RTT would make every queue busy. */
static void handshake_is_no_base(void **state)
{
	struct sock *sk = shim_socket("weir_copa");

	minmax_reset(&tcp_sk(sk)->rtt_min, tcp_jiffies32, 20000);
	shim_establish(sk);
	assert_true(win_min(&copa_of(sk)->min_rtt) == U32_MAX);
	shim_close(sk);
}

/* tcp_metrics: it may be of another path, or of a connection that competed. */
static void starts_without_a_remembered_ssthresh(void **state)
{
	u32 delivered;

	/* The SYN, and the data that it may carry */
	for (delivered = 0; delivered <= 2; delivered++) {
		struct sock *sk = shim_socket("weir_copa");

		tcp_sk(sk)->snd_ssthresh = 20;
		tcp_sk(sk)->delivered = delivered;
		shim_establish(sk);
		assert_int_equal(copa_state(copa_of(sk)), COPA_SLOW_START);
		assert_int_equal(tcp_sk(sk)->snd_ssthresh, TCP_INFINITE_SSTHRESH);
		shim_close(sk);
	}
}

static void takes_over_a_running_connection(void **state)
{
	struct sock *sk = avoiding(100);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_ack(sk, 3, BASE_US);
	tp->srtt_us = BASE_US << 3;
	tp->snd_ssthresh = 100;
	shim_switch(sk, "weir_copa");
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	assert_int_equal(tp->snd_cwnd, 100);
	/* 2 * 100 packets in 40 ms */
	assert_int_equal(sk->sk_pacing_rate, 5000 * SHIM_MSS);
	shim_round(sk, BASE_US, 2);
	assert_in_range(tp->snd_cwnd, 101, 102);
	shim_close(sk);
}

static void informs_ss(void **state)
{
	struct sock *sk = avoiding(100);
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	union tcp_cc_info info;
	int attr = 0;

	assert_int_equal(ops->get_info(sk, 0, &attr, &info), 0);
	copa_of(sk)->inv_delta = 7 * COPA_UNIT;
	assert_int_equal(ops->get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info),
			 sizeof(struct tcp_bbr_info));
	assert_int_equal(attr, INET_DIAG_BBRINFO);
	assert_int_equal(info.bbr.bbr_bw_lo, 2500 * SHIM_MSS);
	assert_int_equal(info.bbr.bbr_min_rtt, BASE_US);
	assert_int_equal(info.bbr.bbr_pacing_gain, 2 * 256);
	assert_int_equal(info.bbr.bbr_cwnd_gain, 7 * 256);
	shim_close(sk);
}

static void traces_the_target(void **state)
{
	struct sock *sk = avoiding(100);

	set_rtts(sk, BASE_US, 50000, 60000);
	tcp_sk(sk)->srtt_us = 50000 << 3;
	shim_trace_on = true;
	shim_ack(sk, 1, 50000);
	assert_true(shim_last_weir_ack.aux == 10000);
	assert_true(shim_last_weir_ack.target == 10);
	assert_true(shim_last_weir_ack.bw == 2000 * SHIM_MSS);
	assert_int_equal(shim_last_weir_ack.state, COPA_DEFAULT);
	shim_trace_on = false;
	shim_close(sk);
}

static void survives_extremes(void **state)
{
	static const long rtts[] = { 1, S32_MAX, 1, 40000, -1, 0, LONG_MAX };
	struct sock *sk = avoiding(2);
	struct tcp_sock *tp = tcp_sk(sk);
	struct copa *copa = copa_of(sk);
	struct rate_sample rs = { .delivered = S32_MAX, .acked_sacked = U32_MAX };
	u32 i;

	shim_trace_on = true;
	sk->sk_pacing_status = SK_PACING_NONE;
	for (i = 0; i < 200; i++) {
		shim_advance_us(10 * USEC_PER_SEC);
		shim_ack(sk, 1, rtts[i % (ARRAY_SIZE(rtts) - 1)]);
	}
	set_rtts(sk, 1, S32_MAX, S32_MAX);
	copa->inv_delta = COPA_MAX_INV_DELTA;
	copa->velocity = COPA_MAX_VELOCITY;
	tp->snd_cwnd = U32_MAX >> 1;
	for (i = 0; i < ARRAY_SIZE(rtts); i++) {
		rs.rtt_us = rtts[i];
		copa_main(sk, &rs);
		assert_in_range(tp->snd_cwnd, WEIR_MIN_CWND, U32_MAX >> 1);
	}
	tp->snd_cwnd = 10;
	tp->snd_cwnd_clamp = 12;
	set_rtts(sk, BASE_US, BASE_US, BASE_US);
	copa_move(sk, true, 100);
	assert_int_equal(tp->snd_cwnd, 12);
	shim_trace_on = false;
	shim_close(sk);
}

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_copa");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_start_doubles),
		cmocka_unit_test(target_rate),
		cmocka_unit_test(leaves_slow_start_above_the_target),
		cmocka_unit_test(moves_by_v_over_delta),
		cmocka_unit_test(keeps_fractions),
		cmocka_unit_test(at_most_doubles_per_round),
		cmocka_unit_test(velocity_doubles_after_three_rounds),
		cmocka_unit_test(velocity_is_bounded),
		cmocka_unit_test(opposed_velocity_is_dropped),
		cmocka_unit_test(velocity_ends_with_its_work_going_down),
		cmocka_unit_test(velocity_ends_with_its_work_going_up),
		cmocka_unit_test(an_unused_window_shrinks_but_never_grows),
		cmocka_unit_test(nearly_empty),
		cmocka_unit_test(competes_after_five_busy_rounds),
		cmocka_unit_test(losses_of_a_window_are_answered_once),
		cmocka_unit_test(an_unused_window_does_not_raise_inv_delta),
		cmocka_unit_test(need_not_compete),
		cmocka_unit_test(delta_is_a_parameter),
		cmocka_unit_test(paces_at_twice_the_rate),
		cmocka_unit_test(ignores_what_is_no_sample),
		cmocka_unit_test(standing_rtt_is_of_half_an_srtt),
		cmocka_unit_test(min_rtt_is_never_above_standing_rtt),
		cmocka_unit_test(handshake_is_no_base),
		cmocka_unit_test(starts_without_a_remembered_ssthresh),
		cmocka_unit_test(takes_over_a_running_connection),
		cmocka_unit_test(informs_ss),
		cmocka_unit_test(traces_the_target),
		cmocka_unit_test(survives_extremes),
		cmocka_unit_test(survives_being_uninitialised),
	};

	return cmocka_run_group_tests_name("copa", tests, NULL, NULL);
}
