/* SPDX-License-Identifier: GPL-2.0 */
/* What weir_state tells of a connection, for tests of what an algorithm reports. */
#ifndef _TRACED_STATES_H
#define _TRACED_STATES_H
#include "test.h"
#include "shim_tcp.h"

/* One round into slow start, with ECN; from here on changes of state are counted. */
static struct sock *traced_slow_start(const char *name, u32 rtt_us)
{
	struct sock *sk = shim_connect(name);

	tcp_sk(sk)->ecn_flags = TCP_ECN_OK;
	shim_xmit(sk);
	shim_round(sk, rtt_us, 1);
	shim_trace_on = true;
	shim_count_weir_state = 0;

	return sk;
}

/* One change since the last look, from @from to @to for the reason @why. */
static void changed(u8 from, u8 to, enum weir_why why)
{
	assert_int_equal(shim_count_weir_state, 1);
	assert_int_equal(shim_last_weir_state.old_state, from);
	assert_int_equal(shim_last_weir_state.new_state, to);
	assert_int_equal(shim_last_weir_state.why, why);
	shim_count_weir_state = 0;
}

#endif
