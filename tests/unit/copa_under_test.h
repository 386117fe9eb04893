/* SPDX-License-Identifier: GPL-2.0 */
/* weir_copa as a source, and what the tests of it share. */
#ifndef _COPA_UNDER_TEST_H
#define _COPA_UNDER_TEST_H
#include "tcp_weir_copa.c"
#include "test.h"
#include "shim_tcp.h"

#define BASE_US	40000

static __maybe_unused struct copa *copa_of(struct sock *sk)
{
	return inet_csk_ca(sk);
}

/* Filters as after a long time with these values. */
static __maybe_unused void set_rtts(struct sock *sk, u32 min_us, u32 standing_us, u32 max_us)
{
	struct copa *copa = copa_of(sk);
	u32 now_us = tcp_sk(sk)->tcp_mstamp;
	int i;

	win_min_reset(&copa->min_rtt, now_us, min_us);
	win_min_reset(&copa->standing_rtt, now_us, standing_us);
	for (i = 0; i < COPA_MAX_RTT_ROUNDS; i++)
		copa->max_rtt_us[i] = max_us;
}

/* Out of slow start with a window of @cwnd, all of it used. */
static __maybe_unused struct sock *avoiding(u32 cwnd)
{
	struct sock *sk = shim_connect("weir_copa");
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_cwnd = cwnd;
	tp->snd_ssthresh = cwnd;
	copa_of(sk)->avoiding = 1;
	set_rtts(sk, BASE_US, BASE_US, BASE_US);
	shim_xmit(sk);

	return sk;
}

static __maybe_unused void end_round_at(struct sock *sk, u32 cwnd)
{
	tcp_sk(sk)->snd_cwnd = cwnd;
	tcp_sk(sk)->delivered += 100;
	copa_end_round(sk);
}

#endif
