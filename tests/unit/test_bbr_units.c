// SPDX-License-Identifier: GPL-2.0
/* What both BBR modules are built of: fixed point, aggregation, the policer's model. */
#include "weir.h"
#include "bbr_units.h"
#include "bbr_extra.h"
#include "bbr_policer.h"
#include "bbr_info.h"
#include "test.h"

/* Bandwidth of full-sized packets at @bps on the wire */
static u32 bw_of_bps(double bps)
{
	return bps / 8 / 1514 / USEC_PER_SEC * BBR_BW_UNIT;
}

static double relative(double got, double want)
{
	return got > want ? got / want - 1 : 1 - got / want;
}

static void bandwidth_from_64_kbit_to_100_gbit(void **state)
{
	static const double rates[] = { 64e3, 1e6, 10e6, 1e9, 10e9, 100e9 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		/* As many packets as that rate delivers in 10 s, at most 2^31 */
		u32 packets = rates[i] * 10 / 8 / 1514;
		u32 us = packets * 1514.0 * 8 / rates[i] * 1e6;
		u32 bw = bbr_bw_of(packets, us);

		/* One step of the scale is 1.1% at 64 kbit/s. */
		assert_true(relative(bbr_bytes_per_sec(bw, 1514) * 8.0, rates[i]) < 0.012);
	}
}

static void bandwidth_saturates(void **state)
{
	assert_int_equal(bbr_bw_of(U32_MAX, 1), U32_MAX);
	assert_int_equal(bbr_bw_of(0, 1), 0);
	assert_int_equal(bbr_bw_of(1, U32_MAX), 0);
	assert_int_equal(bbr_bw_of(256, 1), U32_MAX);
	assert_int_equal(bbr_bw_of(255, 1), 255U << 24);
}

static void products_do_not_overflow(void **state)
{
	const u32 long_rtt = 1000 * USEC_PER_SEC;

	/* 142 packets/us is 100 Gbit/s in the smallest segments there are. */
	assert_int_equal(bbr_bdp(142U << 24, 10 * USEC_PER_SEC, BBR_UNIT), 1420000000);
	assert_int_equal(bbr_bdp(142U << 24, 10 * USEC_PER_SEC, 739), 4099140625U);
	assert_int_equal(bbr_bdp(U32_MAX, long_rtt, 739), U32_MAX);
	assert_int_equal(bbr_bw_times(U32_MAX, long_rtt), U32_MAX);
	assert_int_equal(bbr_bw_times(1U << 24, 12345), 12345);
	assert_true(bbr_bytes_per_sec(U32_MAX, 65535) == 16776959996093ULL);
	assert_true(bbr_pacing_rate(U32_MAX, 65535, 1023) > bbr_pacing_rate(U32_MAX, 65535, 1022));
}

static void bdp_rounds_up(void **state)
{
	/* One packet per ms, 10 us: a hundredth of a packet is one. */
	u32 bw = bbr_bw_of(1, 1000);

	assert_int_equal(bbr_bdp(bw, 10, BBR_UNIT), 1);
	assert_int_equal(bbr_bdp(bw, 0, BBR_UNIT), 0);
	assert_int_equal(bbr_bdp(bw, 1000000, BBR_UNIT), 1000);
	assert_int_equal(bbr_bdp(bw, 1000000, BBR_UNIT / 2), 500);
	/* 64 kbit/s over 10 s, 10 us over 100 Gbit/s */
	assert_in_range(bbr_bdp(bw_of_bps(64e3), 10 * USEC_PER_SEC, BBR_UNIT), 52, 53);
	assert_in_range(bbr_bdp(bbr_bw_of(8256, 1000), 10, BBR_UNIT), 82, 83);
}

static void pacing_leaves_a_margin(void **state)
{
	u32 bw = bbr_bw_of(1, 1000);

	assert_true(relative(bbr_pacing_rate(bw, 1448, BBR_UNIT), 1448000 * .99) < 1e-4);
	assert_true(relative(bbr_pacing_rate(bw, 1448, BBR_UNIT * 5 / 4), 1810000 * .99) < 1e-4);
}

/* --- Aggregation ------------------------------------------------------------ */

static void steady_acks_show_no_extra(void **state)
{
	const u32 bw = bbr_bw_of(1, 1000);
	struct bbr_epoch e;
	u32 i;

	bbr_epoch_start(&e, 0);
	for (i = 1; i < 5000; i++)
		assert_in_range(bbr_epoch_update(&e, bw, i * 1000, 1), 0, 2);
}

static void bunched_acks_show_their_size(void **state)
{
	const u32 bw = bbr_bw_of(1, 1000);
	u32 bunch, i, extra, most = 0;
	struct bbr_epoch e;

	bbr_epoch_start(&e, U32_MAX - 20000);
	for (bunch = 1; bunch < 50; bunch++) {
		for (i = 0; i < 20; i++) {
			extra = bbr_epoch_update(&e, bw, U32_MAX - 20000 + bunch * 20000, 1);
			most = max(most, extra);
		}
	}
	assert_in_range(most, 19, 21);
}

static void old_epochs_end(void **state)
{
	struct bbr_epoch e;
	u32 i;

	/* The bandwidth is underestimated: ACKs never fall behind it. */
	bbr_epoch_start(&e, 0);
	for (i = 1; i < 300; i++) {
		u32 extra = bbr_epoch_update(&e, 0, i, 10000);

		assert_true(extra < BBR_EPOCH_MAX_ACKED);
	}
}

/* --- Policer ------------------------------------------------------------------ */

static struct tcp_sock police_tp = { .mss_cache = SHIM_MSS };

/*
 * One round of 100 ms: @sent packets of which a fifth is lost, if @lossy, and
 * the others delivered. The packets that are delivered tell the bandwidth.
 */
static void police_round(struct bbr_policer *p, u32 delivered, u32 lost, bool app_limited)
{
	police_tp.delivered_mstamp += 100000;
	police_tp.delivered += delivered;
	police_tp.lost += lost;
	bbr_policer_sample(p, &police_tp, true, lost, app_limited);
}

static void heavy_steady_loss_is_a_policer(void **state)
{
	struct bbr_policer p = { 0 };
	u32 rounds = 0;

	while (!p.in_use && rounds < 100) {
		police_round(&p, 100, 30, false);
		rounds++;
	}
	/* Two intervals of four rounds; the first round only begins one. */
	assert_in_range(rounds, 8, 10);
	assert_true(relative(p.bw, bbr_bw_of(100, 100000)) < 0.02);
	assert_int_equal(p.rounds, 0);
}

static void mild_loss_is_not(void **state)
{
	struct bbr_policer p = { 0 };
	u32 rounds;

	for (rounds = 0; rounds < 200; rounds++) {
		police_round(&p, 100, 19, false);
		assert_false(p.in_use);
	}
}

static void heavy_loss_at_changing_rates_is_not(void **state)
{
	struct bbr_policer p = { 0 };
	u32 rounds;

	for (rounds = 0; rounds < 200; rounds++) {
		police_round(&p, rounds / 4 % 2 ? 1000 : 2000, 1000, false);
		assert_false(p.in_use);
	}
}

static void slow_rates_are_consistent_within_4_kbit(void **state)
{
	/* One packet a second and two differ by half, but little. */
	u32 slow = bbr_bw_of(2, 8 * USEC_PER_SEC), slower = bbr_bw_of(1, 8 * USEC_PER_SEC);

	assert_true(bbr_policer_consistent(slow, slower, SHIM_MSS));
	assert_true(bbr_policer_consistent(slower, slow, SHIM_MSS));
	assert_false(bbr_policer_consistent(bbr_bw_of(2, 100000), bbr_bw_of(1, 100000), SHIM_MSS));
	assert_true(bbr_policer_consistent(U32_MAX, U32_MAX - 1, SHIM_MSS));
}

static void idle_time_is_not_measured(void **state)
{
	struct bbr_policer p = { 0 };
	u32 rounds;

	for (rounds = 0; rounds < 100; rounds++)
		police_round(&p, 100, 30, rounds % 3 == 0);
	assert_false(p.in_use);
	assert_int_equal(p.bw, 0);
}

static void long_intervals_are_given_up(void **state)
{
	struct bbr_policer p = { 0 };
	u32 rounds;

	police_round(&p, 100, 30, false);
	assert_true(p.sampling);
	for (rounds = 0; rounds < BBR_POLICER_MAX_ROUNDS; rounds++)
		police_round(&p, 100, 0, false);
	assert_false(p.sampling);

	/* Few rounds, each of hours */
	police_round(&p, 100, 30, false);
	assert_true(p.sampling);
	police_tp.delivered_mstamp += 2ULL * 3600 * USEC_PER_SEC;
	for (rounds = 0; rounds < BBR_POLICER_MIN_ROUNDS - 1; rounds++)
		police_round(&p, 100, 30, false);
	assert_false(p.sampling);
	assert_false(p.in_use);
}

static void counters_may_wrap(void **state)
{
	police_tp.delivered = U32_MAX - 350;
	police_tp.lost = U32_MAX - 50;
	heavy_steady_loss_is_a_policer(state);
}

/* --- Information --------------------------------------------------------------- */

static void info_answers_two_requests(void **state)
{
	union tcp_cc_info info;
	int attr = 0;

	assert_int_equal(bbr_fill_info(0, &attr, &info, 1, 2, 3, 4), 0);
	assert_int_equal(attr, 0);
	assert_int_equal(bbr_fill_info(1 << (INET_DIAG_VEGASINFO - 1), &attr, &info,
				       0x123456789ULL, 2, 3, 4), sizeof(info.bbr));
	assert_int_equal(attr, INET_DIAG_BBRINFO);
	assert_int_equal(info.bbr.bbr_bw_lo, 0x23456789);
	assert_int_equal(info.bbr.bbr_bw_hi, 1);
	assert_int_equal(info.bbr.bbr_min_rtt, 2);
	assert_int_equal(info.bbr.bbr_pacing_gain, 3);
	assert_int_equal(info.bbr.bbr_cwnd_gain, 4);
	assert_int_equal(bbr_fill_info(1 << (INET_DIAG_BBRINFO - 1), &attr, &info, 1, 2, 3, 4),
			 sizeof(info.bbr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bandwidth_from_64_kbit_to_100_gbit),
		cmocka_unit_test(bandwidth_saturates),
		cmocka_unit_test(products_do_not_overflow),
		cmocka_unit_test(bdp_rounds_up),
		cmocka_unit_test(pacing_leaves_a_margin),
		cmocka_unit_test(steady_acks_show_no_extra),
		cmocka_unit_test(bunched_acks_show_their_size),
		cmocka_unit_test(old_epochs_end),
		cmocka_unit_test(heavy_steady_loss_is_a_policer),
		cmocka_unit_test(mild_loss_is_not),
		cmocka_unit_test(heavy_loss_at_changing_rates_is_not),
		cmocka_unit_test(slow_rates_are_consistent_within_4_kbit),
		cmocka_unit_test(idle_time_is_not_measured),
		cmocka_unit_test(long_intervals_are_given_up),
		cmocka_unit_test(counters_may_wrap),
		cmocka_unit_test(info_answers_two_requests),
	};

	return cmocka_run_group_tests_name("bbr_units", tests, NULL, NULL);
}
