// SPDX-License-Identifier: GPL-2.0
/* weir_copa at losses, timeouts, and what was none. */
#include "copa_under_test.h"

static void loss_alone_is_not_congestion(void **state)
{
	struct sock *sk = avoiding(100);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_lose(sk, 5);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
	assert_in_range(tp->snd_cwnd, 99, 101);
	shim_close(sk);
}

static void heavy_loss_takes_a_third(void **state)
{
	struct sock *sk = avoiding(100);
	struct tcp_sock *tp = tcp_sk(sk);

	copa_of(sk)->velocity = 8;
	tp->lost += 25;
	end_round_at(sk, 100);
	assert_int_equal(tp->snd_cwnd, 100);
	tp->lost += 26;
	end_round_at(sk, 110);
	assert_int_equal(tp->snd_cwnd, 77);
	assert_int_equal(copa_of(sk)->velocity, 1);
	shim_close(sk);
}

/* 30% of 2^24 */
static void heavy_loss_of_the_largest_window(void **state)
{
	struct sock *sk = avoiding(100);

	tcp_sk(sk)->lost += COPA_MAX_CWND / 2;
	end_round_at(sk, COPA_MAX_CWND);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 11744052);
	shim_close(sk);
}

/* No delay, as of a policer: slow start must end all the same. */
static void heavy_loss_ends_slow_start(void **state)
{
	struct sock *sk = shim_connect("weir_copa");
	struct tcp_sock *tp = tcp_sk(sk);

	shim_xmit(sk);
	shim_ack(sk, 1, BASE_US);
	assert_int_equal(tp->snd_cwnd, 11);
	tp->lost += 3;
	tp->delivered += 8;
	copa_end_round(sk);
	/* 11 - 3.3 */
	assert_int_equal(tp->snd_cwnd, 8);
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	shim_close(sk);
}

static void timeout_starts_over(void **state)
{
	struct sock *sk = avoiding(100);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_trace_on = true;
	copa_of(sk)->competing = 1;
	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	assert_int_equal(tp->snd_ssthresh, TCP_INFINITE_SSTHRESH);
	assert_int_equal(copa_state(copa_of(sk)), COPA_SLOW_START);
	assert_int_equal(shim_last_weir_state.old_state, COPA_COMPETE);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_RTO);
	shim_advance_us(BASE_US);
	shim_ack(sk, 1, -1);
	assert_int_equal(tp->snd_cwnd, 2);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 100);
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	shim_trace_on = false;
	shim_close(sk);
}

/* What a timeout has marked lost is no heavy loss, even if one ACK repairs it. */
static void timeout_is_answered_once(void **state)
{
	struct sock *sk = avoiding(10);

	shim_rto(sk);
	shim_ack(sk, 10, -1);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_int_equal(copa_state(copa_of(sk)), COPA_SLOW_START);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 11);
	shim_close(sk);
}

static void ssthresh_is_two_at_least(void **state)
{
	struct sock *sk = avoiding(10);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	inet_csk(sk)->icsk_ca_state = TCP_CA_Recovery;
	tp->lost += 100;
	copa_end_round(sk);
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	assert_int_equal(inet_csk(sk)->icsk_ca_ops->ssthresh(sk), WEIR_MIN_CWND);
	shim_close(sk);
}

static void a_smaller_mtu_is_no_timeout(void **state)
{
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	set_rtts(sk, BASE_US, 80000, 80000);
	copa->competing = 1;
	copa->inv_delta = 10 * COPA_UNIT;
	shim_mtu(sk, ~0U);
	assert_int_equal(copa_state(copa), COPA_COMPETE);
	assert_int_equal(tp->snd_cwnd, 100);
	/* Nor is it a loss that 1/delta or cwnd must answer. */
	shim_ack(sk, 100, -1);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_int_equal(copa_state(copa), COPA_COMPETE);
	assert_in_range(copa->inv_delta, 10 * COPA_UNIT, 11 * COPA_UNIT);
	assert_in_range(tp->snd_cwnd, 89, 100);
	shim_close(sk);
}

/* Everything was only late. */
static void spurious_timeout_costs_nothing(void **state)
{
	const struct shim_ack late = { .acked = 100, .rtt_us = BASE_US, .undo = true };
	struct sock *sk = avoiding(100);

	shim_rto(sk);
	shim_ack_event(sk, &late);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	assert_in_range(tcp_sk(sk)->snd_cwnd, 100, 102);
	shim_close(sk);

	/* As only a duplicate SACK tells, after recovery */
	sk = avoiding(100);
	shim_rto(sk);
	shim_ack(sk, 100, -1);
	assert_int_equal(copa_state(copa_of(sk)), COPA_SLOW_START);
	tcp_sk(sk)->snd_cwnd = 40;
	shim_undo(sk);
	assert_int_equal(copa_state(copa_of(sk)), COPA_DEFAULT);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 100);
	assert_true(tcp_sk(sk)->snd_ssthresh <= 100);
	shim_close(sk);
}

static void spurious_timeout_does_not_end_slow_start(void **state)
{
	struct sock *sk = shim_connect("weir_copa");
	struct tcp_sock *tp = tcp_sk(sk);

	shim_xmit(sk);
	shim_ack(sk, 2, BASE_US);
	assert_int_equal(tp->snd_cwnd, 12);
	shim_rto(sk);
	/* Once more: the kernel remembers the window before the first. */
	shim_rto(sk);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 12);
	assert_int_equal(copa_state(copa_of(sk)), COPA_SLOW_START);
	assert_int_equal(tp->snd_ssthresh, TCP_INFINITE_SSTHRESH);
	shim_close(sk);
}

/* 40 of 100 packets were not lost, as is known before the round trip is over. */
static void spurious_loss_is_no_heavy_loss(void **state)
{
	struct sock *sk = avoiding(100);

	shim_ack(sk, 1, BASE_US);
	shim_lose(sk, 40);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
	shim_undo(sk);
	shim_round(sk, BASE_US, 1);
	assert_in_range(tcp_sk(sk)->snd_cwnd, 100, 104);
	shim_close(sk);
}

static void undo_returns_what_losses_took(void **state)
{
	static const struct {
		u32 lost, after, cwnd;
	} undo[] = {
		/* They took nothing: what delay did stays. */
		{ 5, 80, 80 }, { 5, 110, 110 },
		/* They took 30: up to the window before, whatever else changed it */
		{ 40, 70, 100 }, { 40, 60, 90 }, { 40, 90, 100 }, { 40, 110, 110 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(undo); i++) {
		struct sock *sk = avoiding(100);
		struct tcp_sock *tp = tcp_sk(sk);

		shim_lose(sk, undo[i].lost);
		assert_int_equal(tp->snd_cwnd, undo[i].lost > 20 ? 70 : 100);
		tp->snd_cwnd = undo[i].after;
		shim_undo(sk);
		assert_int_equal(tp->snd_cwnd, undo[i].cwnd);
		shim_close(sk);
	}
}

/* A router that marks where others drop; once in a round trip */
static void marks_are_answered_as_losses(void **state)
{
	struct sock *sk = avoiding(100);
	struct copa *copa = copa_of(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->ecn_flags = TCP_ECN_OK;
	set_rtts(sk, BASE_US, 80000, 80000);
	copa->competing = 1;
	copa->inv_delta = 20 * COPA_UNIT;
	shim_ece(sk, 1, 80000);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_CWR);
	assert_int_equal(copa->inv_delta, 10 * COPA_UNIT);
	assert_in_range(tp->snd_cwnd, 99, 101);
	shim_lose(sk, 1);
	assert_int_equal(copa->inv_delta, 10 * COPA_UNIT);
	shim_close(sk);

	/* In default mode neither is an answer to anything. */
	sk = avoiding(100);
	tcp_sk(sk)->ecn_flags = TCP_ECN_OK;
	shim_ece(sk, 1, BASE_US);
	assert_int_equal(copa_of(sk)->inv_delta, 2 * COPA_UNIT);
	shim_close(sk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loss_alone_is_not_congestion),
		cmocka_unit_test(heavy_loss_takes_a_third),
		cmocka_unit_test(heavy_loss_of_the_largest_window),
		cmocka_unit_test(heavy_loss_ends_slow_start),
		cmocka_unit_test(timeout_starts_over),
		cmocka_unit_test(timeout_is_answered_once),
		cmocka_unit_test(ssthresh_is_two_at_least),
		cmocka_unit_test(a_smaller_mtu_is_no_timeout),
		cmocka_unit_test(spurious_timeout_costs_nothing),
		cmocka_unit_test(spurious_timeout_does_not_end_slow_start),
		cmocka_unit_test(spurious_loss_is_no_heavy_loss),
		cmocka_unit_test(undo_returns_what_losses_took),
		cmocka_unit_test(marks_are_answered_as_losses),
	};

	return cmocka_run_group_tests_name("copa_events", tests, NULL, NULL);
}
