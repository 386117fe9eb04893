// SPDX-License-Identifier: GPL-2.0
/* HyStart++ (RFC 9406), by way of weir_reno. */
#include "tcp_weir_reno.c"
#include "test.h"
#include "shim_path.h"

#define MS 1000

static struct hystart_pp *hystart(struct sock *sk)
{
	return &((struct reno *)inet_csk_ca(sk))->hystart;
}

/* ACKs with an RTT of @rtt_us until a new round has begun. */
static void finish_round(struct sock *sk, u32 rtt_us)
{
	u32 end = hystart(sk)->window_end;

	while (hystart(sk)->window_end == end)
		shim_ack(sk, 1, rtt_us);
}

/* A connection after its first rounds, all of them with an RTT of @rtt_us. */
static struct sock *started(u32 rtt_us)
{
	struct sock *sk = shim_connect("weir_reno");
	struct tcp_sock *tp = tcp_sk(sk);

	shim_xmit(sk);
	shim_ack(sk, 1, rtt_us);
	finish_round(sk, rtt_us);
	assert_int_equal(tp->snd_cwnd, 20);
	finish_round(sk, rtt_us);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
	assert_int_equal(hystart(sk)->last_round_min_rtt_us, rtt_us);
	assert_int_equal(tp->snd_cwnd, 38);

	return sk;
}

/* A connection that has just entered conservative slow start at @rtt_us + 12 ms. */
static struct sock *in_css(u32 rtt_us)
{
	struct sock *sk = started(rtt_us);
	int i;

	for (i = 0; i < HYSTART_PP_N_RTT_SAMPLE; i++) {
		assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
		shim_ack(sk, 1, rtt_us + 12 * MS);
	}
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_CSS);

	return sk;
}

/* Section 4.2: an eighth of the last round's RTT, within 4 and 16 ms. */
static void threshold_is_an_eighth_within_bounds(void **state)
{
	static const struct { u32 rtt, thresh; } cases[] = {
		{ 1 * MS, 4 * MS }, { 32 * MS, 4 * MS }, { 40 * MS, 5 * MS },
		{ 100 * MS, 12500 }, { 128 * MS, 16 * MS }, { 600 * MS, 16 * MS },
	};
	size_t i;
	int s;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock *sk = started(cases[i].rtt);

		for (s = 0; s < 20; s++)
			shim_ack(sk, 1, cases[i].rtt + cases[i].thresh - 1);
		assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
		shim_close(sk);

		sk = started(cases[i].rtt);
		for (s = 0; s < HYSTART_PP_N_RTT_SAMPLE; s++)
			shim_ack(sk, 1, cases[i].rtt + cases[i].thresh);
		assert_int_equal(hystart(sk)->phase, HYSTART_PP_CSS);
		shim_close(sk);
	}
}

/* Seven samples, or one of eight that is low, are not a rise. */
static void needs_eight_samples_all_high(void **state)
{
	struct sock *sk = started(40 * MS);
	int i;

	for (i = 0; i < 7; i++)
		shim_ack(sk, 1, 80 * MS);
	for (i = 0; i < 10; i++)
		shim_ack(sk, 1, -1);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
	shim_ack(sk, 1, 44 * MS);
	assert_int_equal(hystart(sk)->rtt_samples, 8);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
	shim_close(sk);
}

/* The first round has no round before it to compare with. */
static void first_round_never_triggers(void **state)
{
	struct sock *sk = shim_connect("weir_reno");
	int i;

	shim_xmit(sk);
	for (i = 0; i < 10; i++)
		shim_ack(sk, 1, 10 * MS << i);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
	assert_int_equal(hystart(sk)->last_round_min_rtt_us, 10 * MS);
	shim_close(sk);
}

static void css_grows_by_a_quarter(void **state)
{
	struct sock *sk = in_css(40 * MS);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tp->snd_cwnd, i;

	/* Seven in slow start; the ACK that began CSS counts a quarter. */
	assert_int_equal(cwnd, 45);
	for (i = 2; i <= 24; i++) {
		shim_ack(sk, 1, 52 * MS);
		assert_int_equal(tp->snd_cwnd, cwnd + i / 4);
	}
	shim_close(sk);
}

/* Five rounds, of which the one that began CSS is the first. */
static void css_ends_after_five_rounds(void **state)
{
	struct sock *sk = in_css(40 * MS);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 end = hystart(sk)->window_end, rounds = 0;

	while (weir_in_initial_slow_start(tp)) {
		shim_advance_us(1 * MS);
		shim_ack(sk, 1, 52 * MS);
		if (hystart(sk)->window_end != end) {
			end = hystart(sk)->window_end;
			rounds++;
		}
	}
	assert_int_equal(rounds, HYSTART_PP_CSS_ROUNDS);
	assert_int_equal(tp->snd_ssthresh, tp->snd_cwnd);
	/* From now on a packet per window. */
	end = tp->snd_cwnd;
	shim_round(sk, 52 * MS, 1);
	assert_in_range(tp->snd_cwnd, end, end + 1);
	shim_close(sk);
}

/* The RTT falls below what began CSS: it was jitter. */
static void css_returns_to_slow_start(void **state)
{
	struct sock *sk = in_css(40 * MS);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd;

	shim_ack(sk, 1, 52 * MS);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_CSS);
	shim_ack(sk, 1, 52 * MS - 1);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
	cwnd = tp->snd_cwnd;
	shim_ack(sk, 4, 42 * MS);
	assert_int_equal(tp->snd_cwnd, cwnd + 4);
	shim_close(sk);
}

/* In a later round of CSS eight samples are needed to return, too. */
static void css_return_needs_eight_samples(void **state)
{
	struct sock *sk = in_css(40 * MS);
	int i;

	finish_round(sk, 60 * MS);
	for (i = 0; i < 7; i++)
		shim_ack(sk, 1, 41 * MS);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_CSS);
	shim_ack(sk, 1, 41 * MS);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
	shim_close(sk);
}

/* CSS can be entered anew, with a new count of rounds. */
static void css_begins_again(void **state)
{
	struct sock *sk = in_css(40 * MS);
	int i;

	shim_ack(sk, 1, 40 * MS);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_SLOW_START);
	finish_round(sk, 40 * MS);
	for (i = 0; i < 8; i++)
		shim_ack(sk, 1, 90 * MS);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_CSS);
	assert_int_equal(hystart(sk)->css_rounds, 0);
	assert_int_equal(hystart(sk)->css_baseline_min_rtt_us, 90 * MS);
	shim_close(sk);
}

/* Section 4.2: L packets per ACK without pacing, no limit with it. */
static void growth_per_ack_is_limited_unless_paced(void **state)
{
	struct sock *sk = started(40 * MS);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_ack(sk, 20, 40 * MS);
	assert_int_equal(tp->snd_cwnd, 38 + 8);
	sk->sk_pacing_status = SK_PACING_FQ;
	shim_ack(sk, 20, 40 * MS);
	assert_int_equal(tp->snd_cwnd, 38 + 8 + 20);
	shim_close(sk);
}

/* A loss ends it for good; an undo of the loss resumes it. */
static void only_the_initial_slow_start(void **state)
{
	struct sock *sk = in_css(40 * MS);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_lose(sk, 1);
	assert_false(hystart_pp_active(tp, hystart(sk)));
	shim_undo(sk);
	assert_true(hystart_pp_active(tp, hystart(sk)));
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_CSS);

	/* After a timeout slow start is plain: everything acknowledged counts. */
	shim_rto(sk);
	assert_true(tcp_in_slow_start(tp));
	assert_false(hystart_pp_active(tp, hystart(sk)));
	assert_int_equal(tp->snd_cwnd, 1);
	/* Of these, the second was acknowledged selectively before. */
	shim_ack(sk, 13, 90 * MS);
	assert_int_equal(tp->snd_cwnd, 1 + 12);
	shim_close(sk);
}

static void off_watches_nothing(void **state)
{
	struct sock *sk;

	assert_int_equal(shim_param_set("hystart", "0"), 0);
	sk = shim_connect("weir_reno");
	assert_int_equal(shim_param_set("hystart", "1"), 0);
	shim_xmit(sk);
	shim_round(sk, 40 * MS, 10);
	shim_round(sk, 90 * MS, 20);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 40);
	assert_int_equal(hystart(sk)->phase, HYSTART_PP_OFF);
	shim_close(sk);
}

/* An RTT below the clock's resolution is not "no sample yet". */
static void zero_rtt_is_a_sample(void **state)
{
	struct sock *sk = started(1);

	shim_round(sk, 0, 1);
	assert_int_equal(hystart(sk)->last_round_min_rtt_us, 1);
	shim_close(sk);
}

/*
 * On a path: 50 Mbit/s, 100 ms. Slow start overshoots by twice the BDP plus
 * buffer; HyStart++, which sees a round late what the window did, by less than
 * half of that. The link stays full.
 */
static u64 first_drops(const char *on, u32 buffer)
{
	struct shim_path path;
	u64 drops;

	assert_int_equal(shim_param_set("hystart", on), 0);
	shim_path_init(&path, 50, buffer);
	path.ack_every = 2;
	shim_path_connect(&path, "weir_reno", 100 * MS);
	shim_path_run(&path, 3 * USEC_PER_SEC);
	drops = path.drops;
	assert_in_range(tcp_sk(path.flows[0].sk)->snd_cwnd, 431, 432 + buffer);
	shim_path_close(&path);
	assert_int_equal(shim_param_set("hystart", "1"), 0);

	return drops;
}

static void spares_most_of_the_burst_of_losses(void **state)
{
	u64 plain, spared;

	/* One BDP of buffer, and four. */
	plain = first_drops("0", 431);
	spared = first_drops("1", 431);
	assert_in_range(plain, 800, 900);
	assert_in_range(spared, 1, plain / 2);
	plain = first_drops("0", 4 * 431);
	spared = first_drops("1", 4 * 431);
	assert_in_range(plain, 2000, 2300);
	assert_in_range(spared, 1, plain / 3);
}

static void reports_its_phases(void **state)
{
	struct sock *sk;
	int i;

	shim_trace_on = true;
	sk = in_css(40 * MS);
	assert_int_equal(shim_last_weir_state.old_state, RENO_SLOW_START);
	assert_int_equal(shim_last_weir_state.new_state, RENO_CSS);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_DELAY);
	shim_ack(sk, 1, 40 * MS);
	assert_int_equal(shim_last_weir_state.new_state, RENO_SLOW_START);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_DELAY);
	finish_round(sk, 40 * MS);
	for (i = 0; i < 8; i++)
		shim_round(sk, 90 * MS, 1);
	assert_int_equal(shim_last_weir_state.old_state, RENO_CSS);
	assert_int_equal(shim_last_weir_state.new_state, RENO_AVOIDANCE);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_ACK);
	shim_close(sk);
	shim_trace_on = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threshold_is_an_eighth_within_bounds),
		cmocka_unit_test(needs_eight_samples_all_high),
		cmocka_unit_test(first_round_never_triggers),
		cmocka_unit_test(css_grows_by_a_quarter),
		cmocka_unit_test(css_ends_after_five_rounds),
		cmocka_unit_test(css_returns_to_slow_start),
		cmocka_unit_test(css_return_needs_eight_samples),
		cmocka_unit_test(css_begins_again),
		cmocka_unit_test(growth_per_ack_is_limited_unless_paced),
		cmocka_unit_test(only_the_initial_slow_start),
		cmocka_unit_test(off_watches_nothing),
		cmocka_unit_test(zero_rtt_is_a_sample),
		cmocka_unit_test(spares_most_of_the_burst_of_losses),
		cmocka_unit_test(reports_its_phases),
	};

	return cmocka_run_group_tests_name("hystart_pp", tests, NULL, NULL);
}
