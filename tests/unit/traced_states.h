/* SPDX-License-Identifier: GPL-2.0 */
/* What weir_state tells of a connection, for tests of what an algorithm reports. */
#ifndef _TRACED_STATES_H
#define _TRACED_STATES_H
#include "test.h"
#include "shim_tcp.h"

/* One round into slow start, with ECN; from here on changes of state are counted. */
static __maybe_unused struct sock *traced_slow_start(const char *name, u32 rtt_us)
{
	struct sock *sk = shim_socket(name);

	tcp_sk(sk)->ecn_flags = TCP_ECN_OK;
	shim_establish(sk);
	shim_xmit(sk);
	shim_round(sk, rtt_us, 1);
	shim_trace_on = true;
	shim_count_weir_state = 0;

	return sk;
}

/* One change since the last look, from @from to @to for the reason @why. */
static __maybe_unused void changed(u8 from, u8 to, enum weir_why why)
{
	assert_int_equal(shim_count_weir_state, 1);
	assert_int_equal(shim_last_weir_state.old_state, from);
	assert_int_equal(shim_last_weir_state.new_state, to);
	assert_int_equal(shim_last_weir_state.why, why);
	shim_count_weir_state = 0;
}

/*
 * What an algorithm reports whose state 0 is slow start and whose state is @past
 * where a window of some hundred packets was reduced.
 */
static __maybe_unused void reports_reductions_and_their_end(const char *name, u32 rtt_us, u8 past)
{
	struct sock *sk = traced_slow_start(name, rtt_us);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_round(sk, rtt_us, 1);
	shim_round(sk, rtt_us, 1);
	assert_int_equal(shim_count_weir_state, 0);
	shim_lose(sk, 1);
	changed(0, past, WEIR_WHY_LOSS);
	shim_undo(sk);
	changed(past, 0, WEIR_WHY_UNDO);
	shim_ece(sk, 1, rtt_us);
	changed(0, past, WEIR_WHY_ECN);
	/* In the middle of a reduction the kernel may hold cwnd below ssthresh. */
	tcp_snd_cwnd_set(tp, 3);
	shim_lose(sk, 1);
	shim_recover(sk, rtt_us);
	assert_int_equal(shim_count_weir_state, 0);
	shim_rto(sk);
	changed(past, 0, WEIR_WHY_RTO);
	while (tp->snd_cwnd <= tp->snd_ssthresh)
		shim_ack(sk, 1, -1);
	changed(0, past, WEIR_WHY_ACK);
	/* RFC 2861: after idle cwnd restarts below ssthresh. */
	shim_app_limit(sk, 0);
	shim_round(sk, rtt_us, 1);
	shim_count_weir_state = 0;
	shim_idle(sk, 10 * USEC_PER_SEC);
	shim_app_limit(sk, SHIM_UNLIMITED);
	shim_xmit(sk);
	assert_true(tcp_in_slow_start(tp));
	changed(past, 0, WEIR_WHY_IDLE);
	shim_trace_on = false;
	shim_close(sk);
}

#endif
