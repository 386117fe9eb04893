// SPDX-License-Identifier: GPL-2.0
/* weir_reno: the window, packet by packet. */
#include "tcp_weir_reno.c"
#include "test.h"
#include "shim_path.h"
#include "traced_states.h"

#define RTT_US 40000

static int no_hystart(void **state)
{
	return shim_param_set("hystart", "0");
}

static int with_hystart(void **state)
{
	shim_trace_on = false;
	return shim_param_set("hystart", "1");
}

/* A connection in congestion avoidance with a window of @cwnd. */
static struct sock *avoidance(u32 cwnd)
{
	struct sock *sk = shim_connect("weir_reno");
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_snd_cwnd_set(tp, cwnd);
	tp->snd_ssthresh = cwnd;
	shim_xmit(sk);

	return sk;
}

static void slow_start_doubles_each_round(void **state)
{
	struct sock *sk = shim_connect("weir_reno");
	u32 want = 10;
	int round;

	shim_xmit(sk);
	for (round = 0; round < 6; round++) {
		assert_int_equal(tcp_sk(sk)->snd_cwnd, want);
		shim_round(sk, RTT_US, 2);
		want *= 2;
	}
	shim_close(sk);
}

/* One packet more exactly when cwnd packets are acknowledged, not before. */
static void avoidance_adds_one_packet_per_window(void **state)
{
	struct sock *sk = avoidance(20);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd, i;

	for (cwnd = 20; cwnd < 50; cwnd++) {
		for (i = 0; i < cwnd; i++) {
			assert_int_equal(tp->snd_cwnd, cwnd);
			shim_advance_us(RTT_US / cwnd);
			shim_ack(sk, 1, RTT_US);
		}
		assert_int_equal(tp->snd_cwnd, cwnd + 1);
		assert_int_equal(tp->snd_cwnd_cnt, 0);
	}
	shim_close(sk);
}

/* RFC 3465: growth follows data, so delayed and stretched ACKs change nothing. */
static void avoidance_counts_data_not_acks(void **state)
{
	static const u32 per_ack[] = { 1, 2, 3, 7, 20 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(per_ack); i++) {
		struct sock *sk = avoidance(100);
		u32 acked = 0;

		/* 100 + 101 + ... + 109 packets for ten more. */
		while (acked < 1045) {
			u32 n = min(per_ack[i], 1045 - acked);

			shim_ack(sk, n, RTT_US);
			acked += n;
		}
		assert_int_equal(tcp_sk(sk)->snd_cwnd, 110);
		assert_int_equal(tcp_sk(sk)->snd_cwnd_cnt, 0);
		shim_close(sk);
	}
}

/* The ACK that ends slow start gives its remainder to congestion avoidance. */
static void slow_start_hands_over_at_ssthresh(void **state)
{
	struct sock *sk = shim_connect("weir_reno");
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_ssthresh = 13;
	shim_xmit(sk);
	shim_ack(sk, 2, RTT_US);
	assert_int_equal(tp->snd_cwnd, 12);
	shim_ack(sk, 3, RTT_US);
	assert_int_equal(tp->snd_cwnd, 13);
	assert_int_equal(tp->snd_cwnd_cnt, 2);
	shim_close(sk);
}

static void loss_halves(void **state)
{
	struct sock *sk = avoidance(41);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_round(sk, RTT_US, 1);
	assert_int_equal(tp->snd_cwnd, 42);
	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 21);
	shim_recover(sk, RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_in_range(tp->snd_cwnd, 21, 22);
	shim_close(sk);
}

static void mark_halves_once_per_window(void **state)
{
	struct sock *sk = avoidance(40);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_ece(sk, 1, RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_CWR);
	assert_int_equal(tp->snd_ssthresh, 20);
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(tp->snd_ssthresh, 20);
	shim_recover(sk, RTT_US);
	assert_in_range(tp->snd_cwnd, 20, 21);
	shim_close(sk);
}

static void timeout_restarts_from_one(void **state)
{
	struct sock *sk = avoidance(40);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_rto(sk);
	assert_int_equal(tp->snd_ssthresh, 20);
	assert_int_equal(tp->snd_cwnd, 1);
	shim_ack(sk, 1, -1);
	assert_int_equal(tp->snd_cwnd, 2);
	shim_recover(sk, RTT_US);
	shim_round(sk, RTT_US, 1);
	assert_in_range(tp->snd_cwnd, 20, 22);
	shim_close(sk);
}

static void window_never_below_two(void **state)
{
	struct sock *sk = avoidance(3);
	int i;

	for (i = 0; i < 10; i++) {
		shim_reduce(sk);
		assert_int_equal(tcp_sk(sk)->snd_ssthresh, 2);
		assert_int_equal(tcp_sk(sk)->snd_cwnd, 2);
	}
	shim_close(sk);
}

static void undo_restores_the_window(void **state)
{
	struct sock *sk = avoidance(60);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_lose(sk, 1);
	shim_ack(sk, 5, RTT_US);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 60);
	assert_int_equal(tp->snd_ssthresh, 60);

	/* Of a timeout, too. */
	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 60);
	shim_close(sk);
}

/* A window that was not used does not grow. */
static void no_growth_unless_limited_by_cwnd(void **state)
{
	struct sock *sk = avoidance(50);
	int i;

	shim_round(sk, RTT_US, 1);
	shim_app_limit(sk, 0);
	shim_round(sk, RTT_US, 1);
	for (i = 0; i < 20; i++) {
		u32 cwnd = tcp_sk(sk)->snd_cwnd;

		shim_app_limit(sk, 5);
		shim_xmit(sk);
		shim_round(sk, RTT_US, 1);
		assert_int_equal(tcp_sk(sk)->snd_cwnd, cwnd);
	}
	shim_close(sk);
}

/* Credit collected under a large window is not a burst under a small one. */
static void stale_credit_is_worth_one_packet(void **state)
{
	struct sock *sk = avoidance(1000);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_ack(sk, 999, RTT_US);
	assert_int_equal(tp->snd_cwnd, 1000);
	tcp_snd_cwnd_set(tp, 10);
	tp->snd_ssthresh = 10;
	shim_ack(sk, 1, RTT_US);
	assert_int_equal(tp->snd_cwnd, 11);
	shim_close(sk);
}

static void respects_the_clamp(void **state)
{
	struct sock *sk = avoidance(30);

	tcp_sk(sk)->snd_cwnd_clamp = 33;
	shim_round(sk, RTT_US, 1);
	shim_round(sk, RTT_US, 1);
	shim_round(sk, RTT_US, 1);
	shim_round(sk, RTT_US, 1);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 33);
	shim_close(sk);
}

/*
 * One loss in N packets: the sawtooth runs from W/2 to W, a packet more per
 * round, and its mean is sqrt(3 N / 2) (RFC 9438 equation 3 with 1 and 1/2).
 */
static void sawtooth_mean_follows_the_square_root_law(void **state)
{
	static const struct { u32 n; u32 mean; } law[] = {
		{ 100, 12 }, { 1000, 38 }, { 10000, 122 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(law); i++) {
		struct sock *sk = avoidance(law[i].mean);
		u64 packets = 200ULL * law[i].n, p;
		double rounds = 0, mean;

		for (p = 1; p <= packets; p++) {
			rounds += 1.0 / tcp_sk(sk)->snd_cwnd;
			shim_ack(sk, 1, RTT_US);
			if (p % law[i].n == 0)
				shim_reduce(sk);
		}
		mean = packets / rounds;
		assert_in_range(mean * 100, law[i].mean * 95, law[i].mean * 105);
		shim_close(sk);
	}
}

static void hystart_parameter_is_validated(void **state)
{
	assert_int_equal(shim_param_set("hystart", "2"), -EINVAL);
	assert_non_null(strstr(shim_log(), "hystart=2 refused"));
	assert_string_equal(shim_param_get("hystart"), "1");
}

static void traces_states(void **state)
{
	struct sock *sk;

	shim_trace_on = true;
	sk = shim_connect("weir_reno");
	shim_xmit(sk);
	shim_ack(sk, 1, RTT_US);
	assert_int_equal(shim_last_weir_ack.state, RENO_SLOW_START);
	assert_int_equal(shim_last_weir_ack.rtt_us, RTT_US);
	assert_int_equal(shim_last_weir_ack.snd_cwnd, 10);
	assert_int_equal(shim_last_weir_ack.in_flight, 9);
	assert_int_equal(shim_last_weir_ack.sport, 40000);
	assert_int_equal(shim_last_weir_ack.dport, 5201);
	assert_string_equal(shim_last_weir_ack.name, "weir_reno");
	assert_memory_equal(shim_last_weir_ack.saddr,
			    "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 16);
	shim_lose(sk, 1);
	assert_int_equal(shim_last_weir_state.old_state, RENO_SLOW_START);
	assert_int_equal(shim_last_weir_state.new_state, RENO_AVOIDANCE);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_LOSS);
	shim_undo(sk);
	assert_int_equal(shim_last_weir_state.new_state, RENO_SLOW_START);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_UNDO);
	shim_rto(sk);
	shim_recover(sk, RTT_US);
	shim_round(sk, RTT_US, 1);
	assert_int_equal(shim_last_weir_state.new_state, RENO_AVOIDANCE);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_ACK);
	shim_close(sk);
}

/* The kernel answers three things in TCP_CA_CWR: only marks are ECN. */
static void traces_what_led_to_cwr(void **state)
{
	struct sock *sk = traced_slow_start("weir_reno", RTT_US);

	shim_ece(sk, 1, RTT_US);
	changed(RENO_SLOW_START, RENO_AVOIDANCE, WEIR_WHY_ECN);
	/* Marks that have had their answer are not the reason of the next one. */
	shim_ece(sk, 1, RTT_US);
	shim_recover(sk, RTT_US);
	shim_rto(sk);
	changed(RENO_AVOIDANCE, RENO_SLOW_START, WEIR_WHY_RTO);
	tcp_sk(sk)->snd_ssthresh = 100;
	shim_ack(sk, tcp_sk(sk)->packets_out, RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	tcp_enter_cwr(sk);
	changed(RENO_SLOW_START, RENO_AVOIDANCE, WEIR_WHY_LOSS);
	shim_close(sk);

	sk = traced_slow_start("weir_reno", RTT_US);
	shim_tlp_repair(sk);
	changed(RENO_SLOW_START, RENO_AVOIDANCE, WEIR_WHY_LOSS);
	shim_close(sk);
}

/* In the middle of a reduction the kernel may hold cwnd below ssthresh. */
static void traces_no_slow_start_within_a_reduction(void **state)
{
	struct sock *sk = traced_slow_start("weir_reno", RTT_US);

	shim_ece(sk, 1, RTT_US);
	changed(RENO_SLOW_START, RENO_AVOIDANCE, WEIR_WHY_ECN);
	tcp_snd_cwnd_set(tcp_sk(sk), 3);
	shim_lose(sk, 1);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
	shim_recover(sk, RTT_US);
	assert_int_equal(shim_count_weir_state, 0);
	shim_close(sk);
}

/* Long after recovery, when the kernel's state does not change any more. */
static void traces_a_late_undo(void **state)
{
	struct sock *sk = traced_slow_start("weir_reno", RTT_US);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_lose(sk, 1);
	changed(RENO_SLOW_START, RENO_AVOIDANCE, WEIR_WHY_LOSS);
	shim_recover(sk, RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	tcp_snd_cwnd_set(tp, reno_undo_cwnd(sk));
	tp->snd_ssthresh = tp->prior_ssthresh;
	changed(RENO_AVOIDANCE, RENO_SLOW_START, WEIR_WHY_UNDO);
	shim_ack(sk, 1, RTT_US);
	shim_ack(sk, 1, RTT_US);
	assert_int_equal(shim_count_weir_state, 0);
	shim_close(sk);
}

/* RFC 2861: the kernel takes back what the application does not use. */
static void traces_an_unused_window(void **state)
{
	struct sock *sk = traced_slow_start("weir_reno", RTT_US);
	const struct shim_ack out_of_order = { .sack_skip = 1, .sacked = 1, .rtt_us = RTT_US };

	shim_reduce(sk);
	changed(RENO_SLOW_START, RENO_AVOIDANCE, WEIR_WHY_LOSS);
	tcp_snd_cwnd_set(tcp_sk(sk), tcp_sk(sk)->snd_cwnd - 1);
	shim_ack_event(sk, &out_of_order);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Disorder);
	changed(RENO_AVOIDANCE, RENO_SLOW_START, WEIR_WHY_IDLE);
	shim_ack(sk, 2, RTT_US);
	changed(RENO_SLOW_START, RENO_AVOIDANCE, WEIR_WHY_ACK);
	shim_close(sk);
}

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_reno");
}

/* In mid-connection, with what another algorithm left behind. */
static void takes_over_a_connection(void **state)
{
	struct sock *sk = avoidance(50);

	tcp_sk(sk)->snd_cwnd_cnt = 49;
	shim_switch(sk, "weir_reno");
	shim_ack(sk, 1, RTT_US);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 50);
	shim_close(sk);
}

/* A full link, no timeouts, a queue that swings between a half and all. */
static void fills_a_bottleneck(void **state)
{
	struct shim_path path;
	u64 delivered;

	/* 20 Mbit/s, 40 ms: 69 packets in flight, as many in the queue. */
	shim_path_init(&path, 20, 69);
	path.ack_every = 2;
	shim_path_connect(&path, "weir_reno", RTT_US);
	shim_path_run(&path, 20 * USEC_PER_SEC);
	delivered = path.flows[0].delivered;
	shim_path_run(&path, 60 * USEC_PER_SEC);
	delivered = path.flows[0].delivered - delivered;
	/* 60 s at 20 Mbit/s are 103591 packets. */
	assert_in_range(delivered, 103591 * 99 / 100, 103592);
	assert_int_equal(path.queue_max, 70);
	shim_path_close(&path);
}

#define plain(test)	cmocka_unit_test_setup(test, no_hystart)
#define full(test)	cmocka_unit_test_setup(test, with_hystart)

int main(void)
{
	const struct CMUnitTest tests[] = {
		plain(slow_start_doubles_each_round),
		full(slow_start_doubles_each_round),
		full(avoidance_adds_one_packet_per_window),
		full(avoidance_counts_data_not_acks),
		plain(slow_start_hands_over_at_ssthresh),
		full(loss_halves),
		full(mark_halves_once_per_window),
		full(timeout_restarts_from_one),
		full(window_never_below_two),
		full(undo_restores_the_window),
		full(no_growth_unless_limited_by_cwnd),
		full(stale_credit_is_worth_one_packet),
		full(respects_the_clamp),
		full(sawtooth_mean_follows_the_square_root_law),
		full(hystart_parameter_is_validated),
		full(traces_states),
		full(traces_what_led_to_cwr),
		full(traces_no_slow_start_within_a_reduction),
		full(traces_a_late_undo),
		full(traces_an_unused_window),
		full(survives_being_uninitialised),
		full(takes_over_a_connection),
		plain(fills_a_bottleneck),
		full(fills_a_bottleneck),
	};

	return cmocka_run_group_tests_name("reno", tests, NULL, NULL);
}
