/* SPDX-License-Identifier: GPL-2.0 */
/* All of weir_bbr3 as one source, a sender on a path, and what the tests of it share. */
#ifndef _BBR3_UNDER_TEST_H
#define _BBR3_UNDER_TEST_H

#include "tcp_weir_bbr3_main.c"
#include "tcp_weir_bbr3_model.c"
#include "tcp_weir_bbr3_states.c"
#include "tcp_weir_bbr3_loss.c"
#include "tcp_weir_bbr3_ecn.c"

static struct bbr3 *bbr3_of(const struct sock *sk)
{
	return inet_csk_ca(sk);
}

#define CC		"weir_bbr3"
#define state_of(sk)	(bbr3_of(sk)->state)
#include "bbr_on_path.h"

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

#define assert_close(got, want, tolerance)				\
	assert_true((got) >= (want) * (1 - (tolerance)) && (got) <= (want) * (1 + (tolerance)))

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
