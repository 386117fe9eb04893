/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A BBR sender on a path of its own: what the tests of both versions share.
 * Before this, define CC, the algorithm's name, and state_of(), its state.
 */
#ifndef _BBR_ON_PATH_H
#define _BBR_ON_PATH_H

#include "test.h"
#include "shim_path.h"

#define SECOND	((u64)USEC_PER_SEC)
#define RTT_US	40000

static struct shim_path path;

/* A sender on an otherwise empty path of @rate bytes per second */
static struct sock *start_at(u64 rate, u32 rtt_us, u32 buffer)
{
	struct sock *sk;

	shim_seed(1);
	shim_path_init(&path, 1, buffer);
	path.rate = rate;
	sk = path.flows[shim_path_connect(&path, CC, rtt_us)].sk;
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
		if (state_of(sk) == state)
			return;
		shim_path_run(&path, step);
	}
	fail_msg("state %u instead of %u", state_of(sk), state);
}

/* Share of the bottleneck that was used over @us */
static __maybe_unused double utilisation(u64 us)
{
	u64 before = path.flows[0].delivered;

	shim_path_run(&path, us);

	return (path.flows[0].delivered - before) * SHIM_MSS * 1e6 / us / path.rate;
}

static double ratio_to_rate(u32 bw)
{
	return (double)bbr_bytes_per_sec(bw, SHIM_MSS) / path.rate;
}

static __maybe_unused void keeps_an_application_s_limit(void **state)
{
	struct sock *sk = start(10, RTT_US, 1000);

	sk->sk_max_pacing_rate = 500000;
	sk->sk_pacing_rate = 500000;
	shim_path_run(&path, 3 * SECOND);
	assert_true(sk->sk_pacing_rate <= 500000);
	/* Raised, it is noticed within some rounds. */
	sk->sk_max_pacing_rate = ~0UL;
	shim_path_run(&path, 8 * SECOND);
	assert_true(sk->sk_pacing_rate > 900000);
	shim_path_close(&path);
}

#endif
