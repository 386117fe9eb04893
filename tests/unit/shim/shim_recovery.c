// SPDX-License-Identifier: GPL-2.0
/*
 * shim_recovery.c - loss, and the states of recovery
 *
 * Follows RFC 5681 and 6675 (states of loss recovery) and RFC 6937 (proportional
 * rate reduction).
 */
#include "shim_tcp.h"

static void shim_start_reduction(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->high_seq = tp->snd_nxt;
	tp->snd_cwnd_cnt = 0;
	tp->prior_cwnd = tp->snd_cwnd;
	tp->prr_delivered = 0;
	tp->prr_out = 0;
	tp->snd_ssthresh = inet_csk(sk)->icsk_ca_ops->ssthresh(sk);
}

void shim_end_reduction(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (inet_csk(sk)->icsk_ca_ops->cong_control)
		return;
	if (tp->snd_ssthresh < TCP_INFINITE_SSTHRESH &&
	    (inet_csk(sk)->icsk_ca_state == TCP_CA_CWR || tp->undo_marker))
		tcp_snd_cwnd_set(tp, tp->snd_ssthresh);
	shim_cwnd_event(sk, CA_EVENT_COMPLETE_CWR);
}

void shim_enter_recovery(struct sock *sk, bool ece)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->prior_ssthresh = 0;
	tp->undo_marker = tp->snd_una;
	tp->undo_retrans = 0;
	if (!tcp_in_cwnd_reduction(sk)) {
		if (!ece)
			tp->prior_ssthresh = tcp_current_ssthresh(sk);
		shim_start_reduction(sk);
	}
	shim_set_ca_state(sk, TCP_CA_Recovery);
}

void tcp_enter_cwr(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->prior_ssthresh = 0;
	if (inet_csk(sk)->icsk_ca_state >= TCP_CA_CWR)
		return;
	tp->undo_marker = 0;
	shim_start_reduction(sk);
	shim_set_ca_state(sk, TCP_CA_CWR);
}

void shim_undo_reduction(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tp->prior_ssthresh) {
		tcp_snd_cwnd_set(tp, inet_csk(sk)->icsk_ca_ops->undo_cwnd(sk));
		if (tp->prior_ssthresh > tp->snd_ssthresh)
			tp->snd_ssthresh = tp->prior_ssthresh;
	}
	tp->undo_marker = 0;
}

/* Mark the first @n packets, and all last sent before transmission @tx. */
u32 shim_mark_lost(struct sock *sk, u32 n, u64 tx)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i, before = tp->lost;
	struct sk_buff *skb;

	for (skb = sk->shim_rtx, i = 0; skb; skb = skb->shim_next, i++) {
		if (i >= n && skb->shim_tx >= tx)
			continue;
		if (skb->cb.sacked & TCPCB_SACKED_RETRANS) {
			skb->cb.sacked &= ~TCPCB_SACKED_RETRANS;
			tp->retrans_out--;
			tp->lost++;
		}
		if (skb->cb.sacked & (TCPCB_LOST | TCPCB_SACKED_ACKED))
			continue;
		skb->cb.sacked |= TCPCB_LOST;
		tp->lost_out++;
		tp->lost++;
	}

	return tp->lost - before;
}

/* RFC 6937: how much may leave for what was delivered, while reducing. */
void shim_prr(struct sock *sk, u32 newly, u32 losses)
{
	struct tcp_sock *tp = tcp_sk(sk);
	s32 room = tp->snd_ssthresh - tcp_packets_in_flight(tp), send;

	if (!newly || !tp->prior_cwnd)
		return;
	tp->prr_delivered += newly;
	if (room < 0) {
		u64 due = (u64)tp->snd_ssthresh * tp->prr_delivered + tp->prior_cwnd - 1;

		send = (s32)div_u64(due, tp->prior_cwnd) - (s32)tp->prr_out;
	} else {
		send = max_t(s32, tp->prr_delivered - tp->prr_out, newly);
		if (!losses)
			send++;
		send = min(room, send);
	}
	send = max(send, tp->prr_out ? 0 : 1);
	tcp_snd_cwnd_set(tp, tcp_packets_in_flight(tp) + send);
}

void shim_rto(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 state = inet_csk(sk)->icsk_ca_state;

	shim_clock(tp);
	if (state <= TCP_CA_Disorder || !after(tp->high_seq, tp->snd_una) ||
	    (state == TCP_CA_Loss && !inet_csk(sk)->icsk_retransmits)) {
		tp->prior_ssthresh = tcp_current_ssthresh(sk);
		tp->prior_cwnd = tp->snd_cwnd;
		tp->snd_ssthresh = inet_csk(sk)->icsk_ca_ops->ssthresh(sk);
		shim_cwnd_event(sk, CA_EVENT_LOSS);
		tp->undo_marker = tp->snd_una;
		tp->undo_retrans = 0;
	}
	inet_csk(sk)->icsk_retransmits++;
	shim_mark_lost(sk, ~0U, 0);
	tcp_snd_cwnd_set(tp, tcp_packets_in_flight(tp) + 1);
	tp->snd_cwnd_cnt = 0;
	shim_set_ca_state(sk, TCP_CA_Loss);
	tp->high_seq = tp->snd_nxt;
	shim_xmit(sk);
}

void shim_tlp_repair(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	shim_start_reduction(sk);
	shim_set_ca_state(sk, TCP_CA_CWR);
	shim_end_reduction(sk);
	shim_set_ca_state(sk, tcp_left_out(tp) ? TCP_CA_Disorder : TCP_CA_Open);
}

void shim_mtu(struct sock *sk, u32 n)
{
	struct tcp_sock *tp = tcp_sk(sk);

	shim_clock(tp);
	shim_mark_lost(sk, n, 0);
	if (inet_csk(sk)->icsk_ca_state != TCP_CA_Loss) {
		tp->high_seq = tp->snd_nxt;
		tp->snd_ssthresh = tcp_current_ssthresh(sk);
		tp->prior_ssthresh = 0;
		tp->undo_marker = 0;
		shim_set_ca_state(sk, TCP_CA_Loss);
	}
	shim_xmit(sk);
}
