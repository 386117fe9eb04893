// SPDX-License-Identifier: GPL-2.0
/*
 * shim_cc.c - algorithms: registered, called as their kernel calls them, and
 * what the kernel exports to them
 */
#include "shim_tcp.h"

u32 shim_acks_sent;
u32 shim_ack_rcv_nxt;
bool shim_ack_ece;

/* --- Registry ----------------------------------------------------------- */

#define SHIM_OPS_MAX 16
static struct tcp_congestion_ops *shim_ops[SHIM_OPS_MAX];

int tcp_register_congestion_control(struct tcp_congestion_ops *ops)
{
	int i;

	if (!ops->ssthresh || !ops->undo_cwnd || !(ops->cong_avoid || ops->cong_control))
		return -EINVAL;
	if (!memchr(ops->name, '\0', sizeof(ops->name)) || !*ops->name)
		return -EINVAL;
	for (i = 0; i < SHIM_OPS_MAX; i++) {
		if (!shim_ops[i]) {
			shim_ops[i] = ops;
			return 0;
		}
		if (!strcmp(shim_ops[i]->name, ops->name))
			return -EEXIST;
	}

	return -ENOMEM;
}

void tcp_unregister_congestion_control(struct tcp_congestion_ops *ops)
{
	int i;

	for (i = 0; i < SHIM_OPS_MAX; i++)
		if (shim_ops[i] == ops)
			shim_ops[i] = NULL;
}

const struct tcp_congestion_ops *shim_find(const char *name)
{
	int i;

	for (i = 0; i < SHIM_OPS_MAX; i++)
		if (shim_ops[i] && !strcmp(shim_ops[i]->name, name))
			return shim_ops[i];
	fprintf(stderr, "shim: no congestion control named %s\n", name);
	abort();
}

/* --- Callbacks that kernels call differently --------------------------- */

void shim_cwnd_event(struct sock *sk, enum tcp_ca_event event)
{
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;

#ifndef SHIM_KERNEL_6_1
	if (event == CA_EVENT_TX_START) {
		if (ops->cwnd_event_tx_start)
			ops->cwnd_event_tx_start(sk);
		return;
	}
#endif
	if (ops->cwnd_event)
		ops->cwnd_event(sk, event);
}

void shim_cong_control(struct sock *sk, bool ece, const struct rate_sample *rs)
{
#ifdef SHIM_KERNEL_6_1
	inet_csk(sk)->icsk_ca_ops->cong_control(sk, rs);
#else
	inet_csk(sk)->icsk_ca_ops->cong_control(sk, tcp_sk(sk)->snd_una,
						ece ? 0x40 : 0, rs);
#endif
}

void shim_set_ca_state(struct sock *sk, u8 state)
{
	if (inet_csk(sk)->icsk_ca_ops->set_state)
		inet_csk(sk)->icsk_ca_ops->set_state(sk, state);
	inet_csk(sk)->icsk_ca_state = state;
}

/* --- Exported by the kernel to modules ---------------------------------------------------- */

u32 tcp_slow_start(struct tcp_sock *tp, u32 acked)
{
	u32 grown = min(tp->snd_cwnd + acked, tp->snd_ssthresh);

	acked -= grown - tp->snd_cwnd;
	tcp_snd_cwnd_set(tp, min(grown, tp->snd_cwnd_clamp));

	return acked;
}

void tcp_cong_avoid_ai(struct tcp_sock *tp, u32 w, u32 acked)
{
	/* Credit collected under a larger w is worth one packet. */
	if (tp->snd_cwnd_cnt >= w) {
		tp->snd_cwnd_cnt = 0;
		tp->snd_cwnd++;
	}
	tp->snd_cwnd_cnt += acked;
	tp->snd_cwnd += tp->snd_cwnd_cnt / w;
	tp->snd_cwnd_cnt %= w;
	tp->snd_cwnd = min(tp->snd_cwnd, tp->snd_cwnd_clamp);
}

void tcp_reno_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_is_cwnd_limited(sk))
		return;
	if (tcp_in_slow_start(tp))
		acked = tcp_slow_start(tp, acked);
	if (acked)
		tcp_cong_avoid_ai(tp, tp->snd_cwnd, acked);
}

u32 tcp_reno_ssthresh(struct sock *sk)
{
	return max(tcp_sk(sk)->snd_cwnd / 2, 2U);
}

u32 tcp_reno_undo_cwnd(struct sock *sk)
{
	return max(tcp_sk(sk)->snd_cwnd, tcp_sk(sk)->prior_cwnd);
}

#ifdef SHIM_KERNEL_6_1
void __tcp_send_ack(struct sock *sk, u32 rcv_nxt)
#else
void __tcp_send_ack(struct sock *sk, u32 rcv_nxt, u16 flags)
#endif
{
	shim_acks_sent++;
	shim_ack_rcv_nxt = rcv_nxt;
	shim_ack_ece = tcp_sk(sk)->ecn_flags & TCP_ECN_DEMAND_CWR;
}
