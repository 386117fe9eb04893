/* SPDX-License-Identifier: GPL-2.0 */
/*
 * send_ring.h - what was in flight, and lost, when a packet was sent
 *
 * BBRv3 wants to know of each packet how much was in flight right after it was
 * sent (P.tx_in_flight) and how much had been lost by then (P.lost). Kernels
 * that carry Google's patches keep both in the packet; others do not. But
 * they tell the congestion control, through min_tso_segs(), each time before
 * new data leaves. So the state of the sender is noted there, at most every
 * few packets, and a packet's own values follow from the newest mark before it:
 *
 *	in flight = in flight at the mark
 *		  + packets from the mark to the packet's end, by sequence
 *		  - packets delivered between mark and packet
 *
 * The last term is known exactly, because the kernel keeps in each packet how
 * much was delivered when it was sent. Whenever something is marked lost a new
 * mark is made, so that between two marks nothing is. What remains untold are
 * retransmissions between two marks, and segments shorter than the MSS.
 *
 * A retransmission has an old sequence number; its time is told by what was
 * delivered when it was sent, which only grows, like the sequence numbers of
 * new data. The marks are in order of both.
 *
 * An all-zero ring is a valid empty one.
 */
#ifndef _WEIR_SEND_RING_H
#define _WEIR_SEND_RING_H

#include <linux/minmax.h>
#include <net/tcp.h>

#define SEND_RING_SIZE	64

/* Marks are spread so that the ring holds four windows without loss. */
#define SEND_RING_PER_WINDOW	(SEND_RING_SIZE / 4)

/**
 * struct send_mark - the sender at one moment, before new data left
 * @seq: sequence number of that data
 * @in_flight: packets in flight
 * @delivered: tp->delivered
 * @lost: tp->lost
 */
struct send_mark {
	u32 seq;
	u32 in_flight;
	u32 delivered;
	u32 lost;
};

/**
 * struct send_ring - the latest marks
 * @newest: index of the newest one
 * @count: how many there are
 * @cursor: how many marks before the newest one the last search ended
 * @step: distance of marks [packets]
 * @step_bytes: the same [bytes]
 * @next_seq: new data from here on wants a new mark
 * @next_delivered: so does anything, once this much is delivered [packets]
 * @lost: and if tp->lost is not this any more [packets]
 * @marks: SEND_RING_SIZE marks, the newest one overwriting the oldest
 */
struct send_ring {
	u32 newest;
	u32 count;
	u32 cursor;
	u32 step;
	u32 step_bytes;
	u32 next_seq;
	u32 next_delivered;
	u32 lost;
	struct send_mark marks[SEND_RING_SIZE];
};

/**
 * struct send_info - a packet's own values
 * @in_flight: packets in flight right after it was sent, itself included
 * @lost: packets marked lost since
 */
struct send_info {
	u32 in_flight;
	u32 lost;
};

/* The mark made @age marks before the newest */
static inline const struct send_mark *send_ring_at(const struct send_ring *ring, u32 age)
{
	return &ring->marks[(ring->newest - age) % SEND_RING_SIZE];
}

/**
 * send_ring_resize() - adapt the distance of marks to the window
 * @ring: the ring
 * @cwnd: congestion window [packets]
 * @mss: segment size [bytes]
 */
static inline void send_ring_resize(struct send_ring *ring, u32 cwnd, u32 mss)
{
	ring->step = max_t(u32, cwnd / SEND_RING_PER_WINDOW, 1);
	ring->step_bytes = min_t(u64, (u64)ring->step * mss, S32_MAX);
}

/* Note the state of the sender. */
static inline void send_ring_push(struct send_ring *ring, const struct tcp_sock *tp)
{
	struct send_mark *mark = &ring->marks[++ring->newest % SEND_RING_SIZE];

	mark->seq = tp->snd_nxt;
	mark->in_flight = tcp_packets_in_flight(tp);
	mark->delivered = tp->delivered;
	mark->lost = tp->lost;

	ring->count = min_t(u32, ring->count + 1, SEND_RING_SIZE);
	ring->cursor = min_t(u32, ring->cursor + 1, ring->count - 1);
	ring->next_seq = tp->snd_nxt + ring->step_bytes;
	ring->next_delivered = tp->delivered + ring->step;
	ring->lost = tp->lost;
}

/**
 * send_ring_mark() - something is about to leave
 * @ring: the ring
 * @tp: the connection
 */
static inline void send_ring_mark(struct send_ring *ring, const struct tcp_sock *tp)
{
	if (tp->lost == ring->lost && before(tp->snd_nxt, ring->next_seq) &&
	    before(tp->delivered, ring->next_delivered) && ring->count)
		return;
	send_ring_push(ring, tp);
}

/*
 * The newest mark before the packet that ends at @end_seq. Packets are asked
 * for in about the order they were sent in, so the search goes on from where
 * the last one ended.
 */
static inline const struct send_mark *send_ring_by_seq(struct send_ring *ring, u32 end_seq)
{
	u32 age = ring->cursor;

	if (!ring->count)
		return NULL;
	while (age && before(send_ring_at(ring, age - 1)->seq, end_seq))
		age--;
	while (!before(send_ring_at(ring, age)->seq, end_seq))
		if (++age >= ring->count)
			return NULL;
	ring->cursor = age;

	return send_ring_at(ring, age);
}

/* The newest mark made when no more than @delivered was delivered */
static inline const struct send_mark *send_ring_by_delivered(const struct send_ring *ring,
							     u32 delivered)
{
	u32 age;

	for (age = 0; age < ring->count; age++)
		if (!after(send_ring_at(ring, age)->delivered, delivered))
			return send_ring_at(ring, age);

	return NULL;
}

/**
 * send_ring_find() - look up a packet sent once
 * @ring: the ring
 * @end_seq: where the packet ends
 * @delivered: tp->delivered when it was sent
 * @mss: segment size [bytes]
 * @lost: tp->lost at the time in question
 * @info: the answer
 *
 * Return: whether the packet was sent recently enough to be known.
 */
static inline bool send_ring_find(struct send_ring *ring, u32 end_seq, u32 delivered, u32 mss,
				  u32 lost, struct send_info *info)
{
	const struct send_mark *mark = send_ring_by_seq(ring, end_seq);
	s32 in_flight;

	if (!mark)
		return false;
	in_flight = mark->in_flight + DIV_ROUND_UP(end_seq - mark->seq, mss) -
		    (delivered - mark->delivered);
	info->in_flight = max(in_flight, 1);
	info->lost = lost - mark->lost;

	return true;
}

/**
 * send_ring_find_again() - look up a packet sent more than once
 * @ring: the ring
 * @delivered: tp->delivered when it was sent last
 * @lost: tp->lost at the time in question
 * @info: the answer
 *
 * In recovery about as much leaves as is delivered, so what was in flight at
 * the mark still is.
 *
 * Return: whether the packet was sent recently enough to be known.
 */
static inline bool send_ring_find_again(const struct send_ring *ring, u32 delivered, u32 lost,
					struct send_info *info)
{
	const struct send_mark *mark = send_ring_by_delivered(ring, delivered);

	if (!mark)
		return false;
	info->in_flight = max(mark->in_flight, 1U);
	info->lost = lost - mark->lost;

	return true;
}

#endif /* _WEIR_SEND_RING_H */
