/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shim.h - how a test drives an algorithm
 *
 * A test includes the algorithm's source file unchanged (so that its private
 * state is visible) and this header. The algorithm registers itself before
 * main() as it does when its module is loaded. The shim plays the kernel's
 * TCP around it: a virtual clock, a retransmit queue, the states of loss
 * recovery with proportional rate reduction, rate samples, pacing; and it
 * calls the callbacks in the kernel's order:
 *
 *	pkts_acked, in_ack_event, (ssthresh, set_state, undo_cwnd),
 *	cong_control or cong_avoid, (retransmit), min_tso_segs before new data
 *
 * Nothing happens by itself: time moves when a test moves it, packets leave
 * when shim_xmit() is called (every ACK calls it), and are acknowledged when
 * the test says so. For a sender on a path with a bottleneck see shim_path.h.
 *
 * A packet is one skb of one segment of SHIM_MSS bytes.
 */
#ifndef _SHIM_H
#define _SHIM_H

#include <linux/random.h>
#include <net/tcp.h>

#define SHIM_MSS		1448
#define SHIM_UNLIMITED		(~0ULL)

/* --- Time, chance, memory, log ------------------------------------------ */

/* Move the virtual clock [us]. */
void shim_advance_us(u64 us);
void shim_advance_ns(u64 ns);

/* Seed get_random_u32(). */
void shim_seed(u64 seed);

/* Let the next @n allocations succeed and the one after fail; < 0: never. */
void shim_kmalloc_fail(int n);

/* Allocations not yet freed. */
int shim_kmalloc_live(void);

/* Everything logged since the last call; the buffer is the shim's. */
const char *shim_log(void);

/* Write a module parameter as through /sys. Return: 0, or what set() said. */
int shim_param_set(const char *name, const char *text);

/* Read a module parameter as through /sys, without the newline. */
const char *shim_param_get(const char *name);

/* Tracepoints are off until this is set. */
extern bool shim_trace_on;

/* --- Connections ---------------------------------------------------------- */

/**
 * shim_socket() - a socket that is not connected yet
 * @cc: congestion control, as registered ("weir_reno")
 *
 * The private area is zero and init() has not run.
 *
 * Return: the socket; shim_close() frees it.
 */
struct sock *shim_socket(const char *cc);

/**
 * shim_establish() - complete the handshake
 * @sk: a new socket
 *
 * Runs init(). cwnd is 10, ssthresh infinite, no RTT is known yet, and the
 * application has no end of data to send; nothing has been sent.
 */
void shim_establish(struct sock *sk);

/* shim_socket() and shim_establish() in one. */
struct sock *shim_connect(const char *cc);

/**
 * shim_switch() - setsockopt(TCP_CONGESTION) in mid-connection
 * @sk: the connection
 * @cc: congestion control to switch to
 *
 * release() of the old one, private area zeroed, init() of the new one.
 */
void shim_switch(struct sock *sk, const char *cc);

/* Close: release() and free everything. */
void shim_close(struct sock *sk);

/**
 * shim_call_all_uninitialised() - every callback on zeroed state, before init
 * @cc: congestion control
 *
 * What the kernel really does to a client whose SYN times out, to a server's
 * child, to ss on a listening socket, and to a socket closed before connect;
 * release() runs twice.
 */
void shim_call_all_uninitialised(const char *cc);

/* --- Sending ---------------------------------------------------------------- */

/* The application has @pkts more packets to send and then no more. */
void shim_app_limit(struct sock *sk, u64 pkts);

/**
 * shim_xmit() - send what window, pacing and application allow
 * @sk: the connection
 *
 * Retransmits what is marked lost, then sends new data.
 *
 * Return: number of packets sent.
 */
u32 shim_xmit(struct sock *sk);

/* Called for every transmission, if set; skb->shim_tx numbers it from 1. */
extern void (*shim_tx_hook)(struct sock *sk, struct sk_buff *skb);

/* When pacing allows the next packet [ns], 0 for now. */
u64 shim_next_send_ns(const struct sock *sk);

/**
 * shim_idle() - send nothing for a while
 * @sk: the connection, with nothing in flight
 * @us: for how long
 *
 * The next shim_xmit() then does what the kernel does after idle: halves cwnd
 * for each RTO that has passed unless the algorithm has cong_control, and
 * tells the algorithm that transmission starts.
 */
void shim_idle(struct sock *sk, u64 us);

/* --- Acknowledgments --------------------------------------------------------- */

/**
 * struct shim_ack - one acknowledgment
 * @acked: packets acknowledged cumulatively
 * @sack_skip: packets at the head of the queue, after @acked, that the
 *	       selective acknowledgment leaves out
 * @sacked: packets selectively acknowledged after those
 * @lost: packets at the head of the queue, after @acked, found to be lost
 * @rtt_us: RTT sample, -1 if there is none; %SHIM_RTT_MEASURE to take it from
 *	    the time the newest acknowledged packet was sent
 * @ece: the ACK carries ECN-Echo
 * @delayed: the receiver delayed this ACK, as far as the sender can guess
 * @lost_tx: every packet last transmitted before the transmission of this number
 *	     is found to be lost, 0 for none (for shim_path.h)
 * @ts_ns: when the packet was sent whose timestamp the ACK echoes, 0 if there are
 *	   no timestamps; the RTT is taken from it where packets were sent twice
 * @undo: the ACK proves that the current reduction of cwnd was spurious
 */
struct shim_ack {
	u32 acked;
	u32 sack_skip;
	u32 sacked;
	u32 lost;
	u64 lost_tx;
	u64 ts_ns;
	long rtt_us;
	bool ece;
	bool delayed;
	bool undo;
};

#define SHIM_RTT_MEASURE	(-2L)

/* Process one ACK and send what it allows. */
void shim_ack_event(struct sock *sk, const struct shim_ack *ack);

/* @n packets are acknowledged by one ACK with an RTT sample of @rtt_us. */
void shim_ack(struct sock *sk, u32 n, long rtt_us);

/**
 * shim_round() - one round trip: everything in flight is acknowledged
 * @sk: the connection
 * @rtt_us: time that passes, and the RTT sample
 * @per_ack: packets per ACK
 *
 * ACKs are spread evenly over the round.
 */
void shim_round(struct sock *sk, u32 rtt_us, u32 per_ack);

/* The first @n packets are lost, as one SACK for the packet after them tells. */
void shim_lose(struct sock *sk, u32 n);

/* One round trip after which nothing is lost any more: recovery ends. */
void shim_recover(struct sock *sk, u32 rtt_us);

/**
 * shim_reduce() - a reduction of cwnd without the time that recovery takes
 * @sk: the connection
 *
 * Enters recovery and leaves it at once, with cwnd at ssthresh: the instant
 * response that textbook models of a sawtooth assume.
 */
void shim_reduce(struct sock *sk);

/* The retransmission timer expires: everything in flight is lost. */
void shim_rto(struct sock *sk);

/* A tail loss probe has repaired a loss: cwnd is reduced at once. */
void shim_tlp_repair(struct sock *sk);

/* The path MTU shrank: the first @n packets are sent again, nothing is reduced. */
void shim_mtu(struct sock *sk, u32 n);

/* An ACK with ECN-Echo for @n packets: cwnd is reduced once per window. */
void shim_ece(struct sock *sk, u32 n, long rtt_us);

/* A duplicate SACK proves that the reduction in progress was spurious. */
void shim_undo(struct sock *sk);

/* ACKs that a receiver of ours had to send (for algorithms that force them). */
extern u32 shim_acks_sent;

/* What the latest of them acknowledged, and whether it carried ECN-Echo. */
extern u32 shim_ack_rcv_nxt;
extern bool shim_ack_ece;

#endif
