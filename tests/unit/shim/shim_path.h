/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shim_path.h - senders on a path with one bottleneck
 *
 * Data packets enter the bottleneck's queue at once, leave it at its rate, and
 * their acknowledgments return one base RTT later:
 *
 *	RTT = base + one packet's transmission + queueing delay
 *
 * The queue is first-in-first-out and drops what does not fit, so that nothing
 * is reordered, and whatever was sent before a packet that arrived and has not
 * arrived is known to be lost: that is the sender's loss detection. A sender
 * that hears nothing for its RTO takes a timeout.
 */
#ifndef _SHIM_PATH_H
#define _SHIM_PATH_H

#include "shim.h"

#define SHIM_PATH_FLOWS	8

/**
 * struct shim_flow - a connection over the path
 * @sk: the sender; NULL if there is none
 * @rtt_us: its base RTT
 * @delivered: packets that have arrived, without duplicates
 * @acked_late: packets that arrived in order and wait for a delayed ACK
 * @ts_ns: when the first of them was sent: the timestamp that the ACK will echo
 * @last_ack_ns: when the sender last heard anything
 * @head: oldest packet on its way
 * @tail: newest packet on its way
 */
struct shim_flow {
	struct sock *sk;
	u32 rtt_us;
	u64 delivered;
	u32 acked_late;
	u64 ts_ns;
	u64 last_ack_ns;
	struct shim_transit *head, *tail;
};

/**
 * struct shim_path - a bottleneck and the flows through it
 * @rate: bytes per second
 * @buffer: packets the queue holds besides the one in transmission
 * @drop_every: drop each packet of this number deterministically, 0 for none
 * @drop_ppm: drop packets at random with this probability [1e-6]
 * @police_rate: bytes per second that a token bucket before the queue lets
 *		 pass, 0 for none
 * @police_burst: depth of that bucket [bytes]
 * @hold_us: ACKs come back only at multiples of this time, bunched; 0 for at
 *	     once [us]
 * @mark_above: mark CE (answered by ECN-Echo) what finds more packets queued;
 *		0 for never
 * @ack_every: in-order packets per ACK
 * @flows: the connections
 * @busy_until_ns: when the last queued packet will have left
 * @tokens: what the bucket holds [bytes]
 * @tokens_ns: when that was
 * @arrived: packets that reached the queue
 * @drops: packets dropped for whichever reason
 * @queue_max: longest queue seen by an arriving packet [packets]
 * @queue_sum: sum of the queue lengths seen by arriving packets
 */
struct shim_path {
	u64 rate;
	u32 buffer;
	u32 drop_every;
	u32 drop_ppm;
	u64 police_rate;
	u64 police_burst;
	u32 hold_us;
	u32 mark_above;
	u32 ack_every;
	struct shim_flow flows[SHIM_PATH_FLOWS];
	u64 busy_until_ns;
	u64 tokens;
	u64 tokens_ns;
	u64 arrived;
	u64 drops;
	u32 queue_max;
	u64 queue_sum;
};

/* A path of @mbit Mbit/s with a queue of @buffer packets. */
void shim_path_init(struct shim_path *path, u32 mbit, u32 buffer);

/* Connect a sender with base RTT @rtt_us and start it; index of its flow. */
int shim_path_connect(struct shim_path *path, const char *cc, u32 rtt_us);

/* Let @us of virtual time pass. */
void shim_path_run(struct shim_path *path, u64 us);

/* Close every connection. */
void shim_path_close(struct shim_path *path);

/* Packets queued at this moment, the one in transmission included. */
u32 shim_path_queue(const struct shim_path *path);

#endif
