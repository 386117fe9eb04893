/* SPDX-License-Identifier: GPL-2.0 */
/* shim_tcp.h - what the parts of the TCP sender ask of each other */
#ifndef _SHIM_TCP_H
#define _SHIM_TCP_H

#include "shim.h"

/* The algorithm of that name; ends the test if there is none. */
const struct tcp_congestion_ops *shim_find(const char *name);

/* Tell the algorithm, as its kernel does. */
void shim_cwnd_event(struct sock *sk, enum tcp_ca_event event);

/* Hand it the rate sample, as its kernel does. */
void shim_cong_control(struct sock *sk, bool ece, const struct rate_sample *rs);

/* Tell it of the new state, then enter that. */
void shim_set_ca_state(struct sock *sk, u8 state);

/* Bring the connection's clock up to date. */
void shim_clock(struct tcp_sock *tp);

/* cwnd is ssthresh from now on. */
void shim_end_reduction(struct sock *sk);

/* A loss, or ECN-Echo if @ece: the reduction begins. */
void shim_enter_recovery(struct sock *sk, bool ece);

/* It was spurious: back to the window before. */
void shim_undo_reduction(struct sock *sk);

/*
 * Mark lost the first @n packets, and all that were last sent before
 * transmission @tx; how many that is.
 */
u32 shim_mark_lost(struct sock *sk, u32 n, u64 tx);

/* The window of this ACK while it is being reduced. */
void shim_prr(struct sock *sk, u32 newly, u32 losses);

#endif
