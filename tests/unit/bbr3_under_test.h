/* SPDX-License-Identifier: GPL-2.0 */
/* All of weir_bbr3 as one source, a sender on a path, and what the tests of it share. */
#ifndef _BBR3_UNDER_TEST_H
#define _BBR3_UNDER_TEST_H

#include "tcp_weir_bbr3_main.c"
#include "tcp_weir_bbr3_model.c"
#include "tcp_weir_bbr3_states.c"
#include "tcp_weir_bbr3_loss.c"
#include "tcp_weir_bbr3_ecn.c"
#include "test.h"
#include "shim_path.h"

#define SECOND	((u64)USEC_PER_SEC)
#define RTT_US	40000

static struct shim_path path;

static struct bbr3 *bbr3_of(const struct sock *sk)
{
	return inet_csk_ca(sk);
}

/* A sender on an otherwise empty path of @rate bytes per second */
static struct sock *start_at(u64 rate, u32 rtt_us, u32 buffer)
{
	struct sock *sk;

	shim_seed(1);
	shim_path_init(&path, 1, buffer);
	path.rate = rate;
	sk = path.flows[shim_path_connect(&path, "weir_bbr3", rtt_us)].sk;
	/* The handshake saw the RTT: no timeout before the first ACK */
	inet_csk(sk)->icsk_rto = usecs_to_jiffies(rtt_us) * 6 + HZ;

	return sk;
}

/* The same in Mbit/s */
static struct sock *start(u32 mbit, u32 rtt_us, u32 buffer)
{
	return start_at(mbit * 125000ULL, rtt_us, buffer);
}

/* Run until @sk is in @state; @us is the longest that may take. */
static void run_until(const struct sock *sk, u8 state, u64 us)
{
	u64 step = 500;

	for (; us >= step; us -= step) {
		if (bbr3_of(sk)->state == state)
			return;
		shim_path_run(&path, step);
	}
	fail_msg("state %u instead of %u", bbr3_of(sk)->state, state);
}

/* Run until @sk is no longer in @state. Return: the time it took. */
static __maybe_unused u64 run_out_of(const struct sock *sk, u8 state, u64 us)
{
	u64 spent;

	for (spent = 0; spent < us; spent += 100) {
		if (bbr3_of(sk)->state != state)
			return spent;
		shim_path_run(&path, 100);
	}
	fail_msg("state %u for too long", state);

	return 0;
}

static double ratio_to_rate(u32 bw)
{
	return (double)bbr_bytes_per_sec(bw, SHIM_MSS) / path.rate;
}

#define assert_close(got, want, tolerance)				\
	assert_true((got) >= (want) * (1 - (tolerance)) && (got) <= (want) * (1 + (tolerance)))

/* Share of the bottleneck that was used over @us */
static __maybe_unused double utilisation(u64 us)
{
	u64 before = path.flows[0].delivered;

	shim_path_run(&path, us);

	return (path.flows[0].delivered - before) * SHIM_MSS * 1e6 / us / path.rate;
}

/* A sender that has been cruising for a while */
static __maybe_unused struct sock *cruise(u32 mbit, u32 buffer)
{
	struct sock *sk = start(mbit, RTT_US, buffer);

	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	shim_path_run(&path, 10 * RTT_US);
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_CRUISE);

	return sk;
}

#endif
