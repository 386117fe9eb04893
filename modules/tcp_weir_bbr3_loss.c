// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_bbr3_loss.c - BBRv3 and packets found lost
 *
 * draft-ietf-ccwg-bbr, "Updating the Model Upon Packet Loss": while the flow
 * probes, the volume at which 2% are lost becomes the long-term bound, and the
 * probe is over; in Startup heavy loss ends Startup. (What loss does at other
 * times, to the short-term bounds, is part of the model.) And "Updating the
 * Model Upon Detecting a Spurious Loss Recovery".
 *
 * The kernel does not tell which packets it marks lost. That it marked some is
 * seen by tp->lost, at the next ACK, the next transmission, or the timeout,
 * whichever comes first and in any case before a lost packet is sent again;
 * which they are, by walking the retransmit queue on from where the last walk
 * ended. A packet lost for a second time lies before that point: it counts as
 * lost, but is not asked how much was in flight.
 */
#include "bbr3.h"

/* --- How much was in flight, and lost since ---------------------------------- */

/*
 * Without marks: what was delivered since a packet was sent had been in flight
 * with it, if it was not lost; and what was lost since the round began is a
 * guess at what was lost since.
 */
static void bbr3_estimate_info(const struct sock *sk, u32 delivered, u32 lost,
			       struct send_info *info)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);

	info->lost = lost - bbr3->round_lost;
	info->in_flight = max(tcp_sk(sk)->delivered - delivered + info->lost, 1U);
}

/* RS.tx_in_flight and RS.lost of a packet that was sent when @delivered was */
static void bbr3_find_info(const struct sock *sk, u32 end_seq, u32 delivered, bool again,
			   u32 lost, struct send_info *info)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct bbr3_history *history = bbr3->history;
	bool found = false;

	if (history && again)
		found = send_ring_find_again(&history->ring, delivered, lost, info);
	else if (history)
		found = send_ring_find(&history->ring, end_seq, delivered,
				       tcp_sk(sk)->mss_cache, lost, info);
	if (!found)
		bbr3_estimate_info(sk, delivered, lost, info);
}

/**
 * bbr3_info_of_ack() - RS.tx_in_flight and RS.lost of an acknowledgment
 * @sk: the connection
 * @rs: the kernel's rate sample
 * @info: the answer
 *
 * If nothing was lost since the round began that the packet was sent in, and
 * nothing is missing, then what was delivered since it was sent is what was in
 * flight with it; or a packet or two more, as some kernels take the first
 * packet of a burst for the latest. So it needs no looking up, unless it would
 * raise the long-term bound, which only the exact number may.
 */
void bbr3_info_of_ack(struct sock *sk, const struct rate_sample *rs, struct send_info *info)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (likely(bbr3->quiet_rounds >= 2 && !tcp_sk(sk)->sacked_out &&
		   (u32)rs->delivered <= bbr3->inflight_longterm)) {
		info->in_flight = rs->delivered;
		info->lost = 0;
		return;
	}
	bbr3_find_info(sk, rs->last_end_seq, rs->prior_delivered, rs->is_retrans,
		       tcp_sk(sk)->lost, info);
}

/**
 * bbr3_is_inflight_too_high() - IsInflightTooHigh()
 * @sk: the connection
 * @info: the packet that is asked about
 *
 * Return: whether more than 2% were lost.
 */
bool bbr3_is_inflight_too_high(const struct sock *sk, const struct send_info *info)
{
	if (!tcp_is_sack(tcp_sk(sk)))
		return info->lost > 0;

	return (u64)info->lost * BBR3_LOSS_THRESH_INV > info->in_flight;
}

/* --- Packets found lost --------------------------------------------------------- */

/**
 * bbr3_note_loss() - NoteLoss(): a round begins with its first loss
 * @sk: the connection
 *
 * The state that may have to be restored was saved when the kernel entered
 * recovery, which it does before it tells anyone.
 */
void bbr3_note_loss(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (!bbr3->is_loss_in_round)
		bbr3->loss_round_delivered = tcp_sk(sk)->delivered;
	bbr3->is_loss_in_round = 1;
}

/**
 * bbr3_handle_inflight_too_high() - HandleInflightTooHigh()
 * @sk: the connection
 * @in_flight: volume at which the path was overfilled [packets]
 * @app_limited: the application had too little to send
 * @why: enum weir_why
 */
void bbr3_handle_inflight_too_high(struct sock *sk, u32 in_flight, bool app_limited, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->prev_probe_too_high = 1;
	bbr3->is_bw_probe_sample = 0;
	bbr3->model_changed = 1;
	if (!app_limited)
		bbr3->inflight_longterm = max(in_flight, bbr3_beta(bbr3_target_inflight(sk)));
	if (bbr3->state == BBR3_PROBE_BW_UP) {
		bbr3->undo_state = BBR3_UNDO_PROBE_BW_UP;
		bbr3_start_probe_bw_down(sk, why);
	}
}

/*
 * InflightAtLoss(): the packet may be a burst of several. How many of them fit
 * until 2% of what is in flight is lost? Solve
 *
 *	(lost_prev + prefix) / (inflight_prev + prefix) = 1/50
 *
 * for the prefix, and round up.
 */
static u32 bbr3_inflight_at_loss(const struct send_info *info, u32 size)
{
	u32 inflight_prev = info->in_flight - min(size, info->in_flight);
	u32 lost_prev = info->lost - min(size, info->lost);
	u64 allowed = (u64)lost_prev * BBR3_LOSS_THRESH_INV;

	if (allowed >= inflight_prev)
		return inflight_prev;

	return inflight_prev + DIV_ROUND_UP(inflight_prev - (u32)allowed, BBR3_LOSS_THRESH_INV - 1);
}

/* HandleLostPacket(); @lost is tp->lost when the packet was marked */
static void bbr3_handle_lost_packet(struct sock *sk, const struct sk_buff *skb, u32 lost)
{
	const struct tcp_skb_cb *scb = TCP_SKB_CB(skb);
	struct send_info info;

	bbr3_find_info(sk, scb->end_seq, scb->tx.delivered, scb->sacked & TCPCB_EVER_RETRANS,
		       lost, &info);
	if (bbr3_is_inflight_too_high(sk, &info))
		bbr3_handle_inflight_too_high(sk, bbr3_inflight_at_loss(&info, tcp_skb_pcount(skb)),
					      scb->tx.is_app_limited, WEIR_WHY_LOSS);
}

/* The first packet in the retransmit queue that begins at @seq or after */
static struct sk_buff *bbr3_rtx_queue_from(const struct sock *sk, u32 seq)
{
	struct rb_node *node = sk->tcp_rtx_queue.rb_node;
	struct sk_buff *found = NULL;

	while (node) {
		struct sk_buff *skb = rb_to_skb(node);

		if (before(TCP_SKB_CB(skb)->seq, seq)) {
			node = node->rb_right;
		} else {
			found = skb;
			node = node->rb_left;
		}
	}

	return found;
}

/* A hole that the last one does not touch counts toward the end of Startup. */
static void bbr3_note_lost_range(struct bbr3 *bbr3)
{
	if (bbr3->loss_ranges < BBR3_STARTUP_LOSS_RANGES)
		bbr3->loss_ranges++;
}

/*
 * The packets newly marked lost, in the order of their sequence. Those after
 * the one that ends a probe are the first losses of the round that then begins.
 */
static void bbr3_walk_lost(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct bbr3_history *history = bbr3->history;
	u32 lost = bbr3->lost;
	struct sk_buff *skb;

	skb = bbr3_rtx_queue_from(sk, history->lost_seq);
	skb_rbtree_walk_from(skb) {
		const struct tcp_skb_cb *scb = TCP_SKB_CB(skb);

		if (!(scb->sacked & TCPCB_LOST))
			continue;
		if (scb->seq != history->lost_seq)
			bbr3_note_lost_range(bbr3);
		history->lost_seq = scb->end_seq;
		lost += tcp_skb_pcount(skb);
		bbr3_note_loss(sk);
		if (bbr3->is_bw_probe_sample)
			bbr3_handle_lost_packet(sk, skb, lost);
		if (!before(lost, tcp_sk(sk)->lost))
			return;
	}
}

/* Without history: the oldest lost packet stands for all of them. */
static void bbr3_guess_lost(struct sock *sk)
{
	struct sk_buff *skb = tcp_rtx_queue_head(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_note_lost_range(bbr3);
	if (!bbr3->is_bw_probe_sample)
		return;
	skb_rbtree_walk_from(skb) {
		if (!(TCP_SKB_CB(skb)->sacked & TCPCB_LOST))
			continue;
		bbr3_handle_lost_packet(sk, skb, tcp_sk(sk)->lost);
		if (tcp_sk(sk)->lost - bbr3->lost > tcp_skb_pcount(skb))
			bbr3_note_loss(sk);
		return;
	}
}

/* Before all that may yet be lost, and touching none of it */
static u32 bbr3_nothing_lost_seq(const struct sock *sk)
{
	return tcp_sk(sk)->snd_una - 1;
}

/**
 * bbr3_watch_losses() - what is lost by now is known; look for losses after it
 * @sk: the connection
 */
void bbr3_watch_losses(struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (!bbr3->history)
		return;
	bbr3->history->lost_seq = bbr3_nothing_lost_seq(sk);
	if (!tcp_sk(sk)->lost_out)
		return;
	skb_rbtree_walk_from(skb)
		if (TCP_SKB_CB(skb)->sacked & TCPCB_LOST)
			bbr3->history->lost_seq = TCP_SKB_CB(skb)->end_seq;
}

/**
 * bbr3_keep_lost_seq() - have it follow what is acknowledged
 * @sk: the connection, with history; once a round
 *
 * Sequence numbers are compared over half their range: one that stayed behind
 * for 2 GB would lie ahead of everything.
 */
void bbr3_keep_lost_seq(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 seq = bbr3_nothing_lost_seq(sk);

	if (before(bbr3->history->lost_seq, seq))
		bbr3->history->lost_seq = seq;
}

/**
 * bbr3_handle_losses() - tp->lost has moved
 * @sk: the connection
 *
 * Call before anything that was lost is sent again.
 */
void bbr3_handle_losses(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_note_loss(sk);
	bbr3->quiet_rounds = 0;
	if (bbr3->is_bw_probe_sample || bbr3->state == BBR3_STARTUP) {
		if (bbr3->history)
			bbr3_walk_lost(sk);
		else
			bbr3_guess_lost(sk);
	}
	bbr3->lost = tcp_sk(sk)->lost;
}

/**
 * bbr3_handle_tlp_repair() - a tail loss probe has repaired a loss
 * @sk: the connection
 *
 * The kernel does not count it in tp->lost. It was the last packet of a
 * flight; what that flight delivered is as good a guess at its volume as any.
 */
void bbr3_handle_tlp_repair(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	const struct send_info info = {
		.in_flight = max(bbr3->inflight_latest, 1U), .lost = 1,
	};

	bbr3_note_loss(sk);
	if (bbr3->is_bw_probe_sample && bbr3_is_inflight_too_high(sk, &info))
		bbr3_handle_inflight_too_high(sk, info.in_flight, tcp_sk(sk)->app_limited,
					      WEIR_WHY_LOSS);
}

/**
 * bbr3_check_startup_high_loss() - CheckStartupHighLoss()
 * @sk: the connection, in Startup
 * @ack: the acknowledgment
 *
 * Judged where a round in recovery ends, so that the whole of a burst is seen.
 *
 * Return: whether loss ends Startup.
 */
bool bbr3_check_startup_high_loss(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 ranges = bbr3->loss_ranges;
	struct send_info info;

	if (!ack->loss_round_start)
		return false;
	bbr3->loss_ranges = 0;
	if (inet_csk(sk)->icsk_ca_state != TCP_CA_Recovery)
		return false;
	if (ranges < (tcp_is_sack(tcp_sk(sk)) ? BBR3_STARTUP_LOSS_RANGES : 1))
		return false;
	bbr3_info_of_ack(sk, ack->rs, &info);
	if (!bbr3_is_inflight_too_high(sk, &info))
		return false;

	bbr3->undo_state = BBR3_UNDO_STARTUP;
	bbr3->full_bw_now = 1;
	bbr3->full_bw_reached = 1;
	bbr3->inflight_longterm = max(bbr3_bdp(bbr3, bbr3->bw, BBR_UNIT), bbr3->inflight_latest);

	return true;
}

/* --- Losses that were none ------------------------------------------------------- */

/**
 * bbr3_save_state_upon_loss() - SaveStateUponLoss(), without cwnd
 * @sk: the connection, about to enter recovery
 */
void bbr3_save_state_upon_loss(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct bbr3_history *history = bbr3->history;

	bbr3->undo_state = BBR3_UNDO_NONE;
	if (!history)
		return;
	history->undo_bw_shortterm = bbr3->bw_shortterm;
	history->undo_inflight_shortterm = bbr3->inflight_shortterm;
	history->undo_inflight_longterm = bbr3->inflight_longterm;
}

static void bbr3_restore_bounds(struct bbr3 *bbr3)
{
	const struct bbr3_history *history = bbr3->history;

	if (!history)
		return;
	bbr3->bw_shortterm = max(bbr3->bw_shortterm, history->undo_bw_shortterm);
	bbr3->inflight_shortterm = max(bbr3->inflight_shortterm,
				       history->undo_inflight_shortterm);
	bbr3->inflight_longterm = max(bbr3->inflight_longterm, history->undo_inflight_longterm);
}

/**
 * bbr3_handle_spurious_loss() - HandleSpuriousLossDetection(), without cwnd
 * @sk: the connection
 */
void bbr3_handle_spurious_loss(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u8 undo_state = bbr3->undo_state;

	bbr3->undo_state = BBR3_UNDO_NONE;
	bbr3->is_loss_in_round = 0;
	bbr3->loss_ranges = 0;
	bbr3_reset_full_bw(bbr3);
	bbr3_restore_bounds(bbr3);
	bbr3_bound_bw(bbr3);
	bbr3->model_changed = 1;

	if (undo_state == BBR3_UNDO_STARTUP && bbr3->state != BBR3_STARTUP) {
		bbr3->full_bw_reached = 0;
		if (bbr3->state != BBR3_PROBE_RTT)
			bbr3_enter_startup(sk, WEIR_WHY_UNDO);
	} else if (undo_state == BBR3_UNDO_PROBE_BW_UP && bbr3->state != BBR3_PROBE_BW_UP &&
		   bbr3->state != BBR3_PROBE_RTT) {
		bbr3_start_probe_bw_refill(sk, WEIR_WHY_UNDO);
	}
}
