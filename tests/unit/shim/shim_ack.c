// SPDX-License-Identifier: GPL-2.0
/*
 * shim_ack.c - one ACK, from what it delivers to the algorithm's callbacks
 *
 * Follows RFC 6298 (RTT estimate) and draft-cheng-iccrg-delivery-rate-estimation
 * (rate samples), with the order of callbacks of Linux.
 */
#include "shim_tcp.h"

static void shim_delivered(struct sock *sk, struct sk_buff *skb, bool ece,
			   struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = &skb->cb;

	if (cb->sacked & TCPCB_LOST)
		tp->lost_out--;
	if (cb->sacked & TCPCB_SACKED_RETRANS)
		tp->retrans_out--;
	cb->sacked &= ~(TCPCB_LOST | TCPCB_SACKED_RETRANS);
	tp->delivered++;
	tp->delivered_ce += ece;
	rs->acked_sacked++;

	/* The packet sent last tells the most about the path now. */
	if (!rs->prior_mstamp || cb->tx.delivered >= rs->prior_delivered) {
		rs->prior_delivered = cb->tx.delivered;
		rs->prior_delivered_ce = cb->tx.delivered_ce;
		rs->prior_mstamp = cb->tx.delivered_mstamp;
		rs->is_app_limited = cb->tx.is_app_limited;
		rs->is_retrans = cb->sacked & TCPCB_RETRANS;
		rs->last_end_seq = cb->end_seq;
		tp->first_tx_mstamp = tcp_skb_timestamp_us(skb);
		rs->snd_interval_us = tcp_stamp_us_delta(tp->first_tx_mstamp,
							 cb->tx.first_tx_mstamp);
	}
}

/**
 * shim_ts_sent() - when the packet was sent whose timestamp comes back
 * @ts_ns: when it was [ns]
 *
 * Timestamps count milliseconds, and no time at all is one for the kernel.
 *
 * Return: a time that is as long ago as the two timestamps say [ns].
 */
static u64 shim_ts_sent(u64 ts_ns)
{
	u64 ms = shim_now_ns / NSEC_PER_MSEC - ts_ns / NSEC_PER_MSEC;

	return shim_now_ns - max_t(u64, ms, 1) * NSEC_PER_MSEC;
}

/*
 * Cumulative first, then selective. If one of the former was sent twice, the RTT
 * is the latter's or, without any, that of the timestamp.
 *
 * Return: packets acknowledged cumulatively.
 */
static u32 shim_deliver(struct sock *sk, const struct shim_ack *ack,
			struct rate_sample *rs, u64 *sent_ns)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool ambiguous = false;
	struct sk_buff *skb;
	u32 i, n = 0;

	for (; n < ack->acked; n++) {
		skb = sk->shim_rtx;
		assert(skb);
		if (skb->cb.sacked & TCPCB_SACKED_ACKED) {
			tp->sacked_out--;
		} else {
			if (!(skb->cb.sacked & TCPCB_EVER_RETRANS))
				*sent_ns = skb->skb_mstamp_ns;
			shim_delivered(sk, skb, ack->ece, rs);
		}
		ambiguous |= skb->cb.sacked & TCPCB_EVER_RETRANS;
		tp->snd_una = skb->cb.end_seq;
		tp->packets_out--;
		tp->bytes_acked += SHIM_MSS;
		sk->shim_rtx = skb->shim_next;
		free(skb);
	}
	if (ambiguous)
		*sent_ns = 0;
	for (skb = sk->shim_rtx, i = 0; skb && i < ack->sack_skip; i++)
		skb = skb->shim_next;
	for (i = 0; i < ack->sacked; i++, skb = skb->shim_next) {
		assert(skb);
		if (skb->cb.sacked & TCPCB_SACKED_ACKED)
			continue;
		if (!(skb->cb.sacked & TCPCB_EVER_RETRANS))
			*sent_ns = skb->skb_mstamp_ns;
		shim_delivered(sk, skb, ack->ece, rs);
		skb->cb.sacked |= TCPCB_SACKED_ACKED;
		tp->sacked_out++;
	}
	if (ambiguous && !*sent_ns && ack->ts_ns)
		*sent_ns = shim_ts_sent(ack->ts_ns);

	return n;
}

static void shim_update_rtt(struct sock *sk, long rtt_us)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 now = tcp_jiffies32;

	if (rtt_us < 0)
		return;
	rtt_us = max(rtt_us, 1L);
	if (!tp->srtt_us) {
		tp->srtt_us = rtt_us << 3;
		tp->mdev_us = rtt_us << 1;
	} else {
		long err = rtt_us - (long)(tp->srtt_us >> 3);

		tp->srtt_us += err;
		err = abs(err) - (long)(tp->mdev_us >> 2);
		tp->mdev_us += err;
	}
	tp->rttvar_us = max(tp->mdev_us, 200000U);
	inet_csk(sk)->icsk_rto = usecs_to_jiffies((tp->srtt_us >> 3) + tp->rttvar_us);
	tp->rack.rtt_us = rtt_us;
	/* Over 300 s; the shim's tests are shorter, or do not depend on it. */
	if ((u32)rtt_us <= tp->rtt_min.s[0].v || now - tp->rtt_min.s[0].t > 300 * HZ)
		minmax_reset(&tp->rtt_min, now, rtt_us);
}

static void shim_fastretrans(struct sock *sk, const struct shim_ack *ack, u32 newly)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 *state = &inet_csk(sk)->icsk_ca_state;
	bool passed = !before(tp->snd_una, tp->high_seq);

	if (ack->ece)
		tp->prior_ssthresh = 0;
	if (ack->undo && tp->undo_marker) {
		shim_undo_reduction(sk);
		if (*state != TCP_CA_Loss)
			shim_set_ca_state(sk, TCP_CA_Open);
	}
	if (*state == TCP_CA_Loss && passed) {
		inet_csk(sk)->icsk_retransmits = 0;
		shim_set_ca_state(sk, TCP_CA_Open);
	} else if ((*state == TCP_CA_Recovery && passed) ||
		   (*state == TCP_CA_CWR && tp->snd_una != tp->high_seq && passed)) {
		shim_end_reduction(sk);
		tp->undo_marker = 0;
		shim_set_ca_state(sk, TCP_CA_Open);
	}

	if ((ack->lost || ack->lost_tx) && shim_mark_lost(sk, ack->lost, ack->lost_tx)) {
		if (*state < TCP_CA_Recovery)
			shim_enter_recovery(sk, ack->ece);
	} else if (ack->ece && newly) {
		tcp_enter_cwr(sk);
	} else if (*state <= TCP_CA_Disorder) {
		u8 want = tp->sacked_out ? TCP_CA_Disorder : TCP_CA_Open;

		if (*state != want)
			shim_set_ca_state(sk, want);
	}
}

static void shim_rate_gen(struct tcp_sock *tp, struct rate_sample *rs)
{
	if (tp->app_limited && after(tp->delivered, tp->app_limited))
		tp->app_limited = 0;
	if (rs->acked_sacked)
		tp->delivered_mstamp = tp->tcp_mstamp;
	if (!rs->prior_mstamp) {
		rs->delivered = -1;
		rs->interval_us = -1;
		return;
	}
	rs->delivered = tp->delivered - rs->prior_delivered;
	rs->delivered_ce = tp->delivered_ce - rs->prior_delivered_ce;
	rs->rcv_interval_us = tcp_stamp_us_delta(tp->tcp_mstamp, rs->prior_mstamp);
	rs->interval_us = max(rs->snd_interval_us, rs->rcv_interval_us);
	if (rs->interval_us < (long)tcp_min_rtt(tp)) {
		rs->interval_us = -1;
		return;
	}
	if (!rs->is_app_limited || (u64)rs->delivered * tp->rate_interval_us >=
				   (u64)tp->rate_delivered * rs->interval_us) {
		tp->rate_delivered = rs->delivered;
		tp->rate_interval_us = rs->interval_us;
		tp->rate_app_limited = rs->is_app_limited;
	}
}

/* Pacing of algorithms that leave it to the kernel: 2 or 1.2 windows per RTT. */
static void shim_update_pacing(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u64 rate = (u64)tp->mss_cache * max(tp->snd_cwnd, tp->packets_out) * 8;

	rate = rate * USEC_PER_SEC / 100 *
	       (tp->snd_cwnd < tp->snd_ssthresh / 2 ? 200 : 120);
	if (tp->srtt_us)
		rate /= tp->srtt_us;
	sk->sk_pacing_rate = min_t(u64, rate, sk->sk_max_pacing_rate);
}

void shim_ack_event(struct sock *sk, const struct shim_ack *ack)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_congestion_ops *ops = icsk->icsk_ca_ops;
	struct rate_sample rs = {
		.prior_in_flight = tcp_packets_in_flight(tp), .rtt_us = -1,
		.is_ack_delayed = ack->delayed,
	};
	u32 acked, lost = tp->lost, delivered = tp->delivered;
	u64 sent_ns = 0;

	shim_clock(tp);
	assert(tp->packets_out);
	acked = shim_deliver(sk, ack, &rs, &sent_ns);
	if (ack->rtt_us != SHIM_RTT_MEASURE)
		rs.rtt_us = ack->rtt_us;
	else if (sent_ns)
		rs.rtt_us = (shim_now_ns - sent_ns) / NSEC_PER_USEC;
	shim_update_rtt(sk, rs.rtt_us);

	if (ops->pkts_acked) {
		const struct ack_sample sample = {
			.pkts_acked = acked, .rtt_us = rs.rtt_us,
			.in_flight = tp->mss_cache * (tp->delivered - rs.prior_delivered),
		};

		ops->pkts_acked(sk, &sample);
	}
	if (ops->in_ack_event)
		ops->in_ack_event(sk, CA_ACK_SLOWPATH | (ack->ece ? CA_ACK_ECE : 0));
	shim_fastretrans(sk, ack, rs.acked_sacked);

	rs.losses = tp->lost - lost;
	shim_rate_gen(tp, &rs);
	delivered = tp->delivered - delivered;
	if (ops->cong_control) {
		shim_cong_control(sk, ack->ece, &rs);
	} else {
		if (tcp_in_cwnd_reduction(sk))
			shim_prr(sk, delivered, rs.losses);
		else if (acked)
			ops->cong_avoid(sk, tp->snd_una, delivered);
		shim_update_pacing(sk);
	}
	assert(tp->snd_cwnd >= 1);
	shim_xmit(sk);
}

void shim_ack(struct sock *sk, u32 n, long rtt_us)
{
	const struct shim_ack ack = { .acked = n, .rtt_us = rtt_us };

	shim_ack_event(sk, &ack);
}

void shim_round(struct sock *sk, u32 rtt_us, u32 per_ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 left = tp->packets_out, acks = DIV_ROUND_UP(left, per_ack);
	u64 start = shim_now_ns;
	u32 i;

	for (i = 1; i <= acks; i++) {
		u32 n = min(left, per_ack);

		shim_now_ns = start + (u64)rtt_us * NSEC_PER_USEC * i / acks;
		shim_ack(sk, n, rtt_us);
		left -= n;
	}
}

void shim_lose(struct sock *sk, u32 n)
{
	const struct shim_ack ack = {
		.sack_skip = n, .sacked = 1, .lost = n, .rtt_us = -1,
	};

	assert(tcp_sk(sk)->packets_out > n);
	shim_ack_event(sk, &ack);
}

void shim_recover(struct sock *sk, u32 rtt_us)
{
	struct tcp_sock *tp = tcp_sk(sk);

	while (inet_csk(sk)->icsk_ca_state >= TCP_CA_CWR) {
		u32 n = (tp->high_seq - tp->snd_una) / SHIM_MSS;

		shim_round(sk, rtt_us, 1);
		assert(n);
	}
}

void shim_reduce(struct sock *sk)
{
	shim_clock(tcp_sk(sk));
	shim_enter_recovery(sk, false);
	shim_end_reduction(sk);
	tcp_sk(sk)->undo_marker = 0;
	shim_set_ca_state(sk, TCP_CA_Open);
}

void shim_ece(struct sock *sk, u32 n, long rtt_us)
{
	const struct shim_ack ack = { .acked = n, .rtt_us = rtt_us, .ece = true };

	shim_ack_event(sk, &ack);
}

void shim_undo(struct sock *sk)
{
	const struct shim_ack ack = { .rtt_us = -1, .undo = true };

	shim_ack_event(sk, &ack);
}
