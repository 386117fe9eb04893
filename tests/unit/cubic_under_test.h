/* SPDX-License-Identifier: GPL-2.0 */
/* weir_cubic as a source, and what the tests of it share. */
#ifndef _CUBIC_UNDER_TEST_H
#define _CUBIC_UNDER_TEST_H
#include <math.h>

#include "tcp_weir_cubic.c"
#include "test.h"
#include "shim_path.h"

#define MS		1000
#define RTT_US		(100 * MS)
#define TICK_S		(cbrt(2.5) / 8192)

static __maybe_unused int defaults(void **state)
{
	shim_trace_on = false;
	return shim_param_set("hystart", "1") | shim_param_set("fast_convergence", "1");
}

static __maybe_unused int one_flow(void **state)
{
	return defaults(state) | shim_param_set("fast_convergence", "0");
}

static __maybe_unused struct cubic *priv(struct sock *sk)
{
	return inet_csk_ca(sk);
}

static __maybe_unused struct cubic_epoch *epoch(struct sock *sk)
{
	return &priv(sk)->now;
}

/* A connection that has just left recovery: its window was @cwnd, K is ahead. */
static __maybe_unused struct sock *after_loss(u32 cwnd, u32 rtt_us)
{
	struct sock *sk = shim_connect("weir_cubic");
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_snd_cwnd_set(tp, cwnd);
	tp->snd_ssthresh = cwnd;
	tp->srtt_us = rtt_us << 3;
	shim_xmit(sk);
	shim_reduce(sk);

	return sk;
}

/* One packet is acknowledged, when it is due at one window per RTT. */
static __maybe_unused void clock_ack(struct sock *sk, u32 rtt_us)
{
	static double remainder;
	double ns = rtt_us * 1e3 / tcp_sk(sk)->snd_cwnd + remainder;

	remainder = ns - floor(ns);
	shim_advance_ns(ns);
	shim_ack(sk, 1, rtt_us);
}

#define test(fn)	cmocka_unit_test_setup(fn, defaults)

#endif
