// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_fixed.c - a constant congestion window
 *
 * Not a congestion control: cwnd is the module parameter, whatever happens.
 * It is the instrument that calibrates a path or a laboratory, because what
 * it must show follows from arithmetic alone. For a window of W packets, a
 * rate R and a round-trip time T without queue:
 *
 *	W <  R * T:	goodput W * MSS / T, no queue
 *	W >= R * T:	the link is full, W - R * T packets are queued
 *
 * It has no source but this definition. Loss is repaired by the kernel as for
 * any other algorithm, and cwnd does not move while it is. Unsafe on a shared
 * path, therefore not selectable by unprivileged users.
 */
#include "weir.h"

WEIR_PARAM(fixed, cwnd, 1, 1048576, 10, "congestion window [packets]");

/**
 * struct fixed - per-connection state: there is none
 */
struct fixed {
};

/*
 * The kernel lowers cwnd by itself when the retransmission timer expires and
 * sets it when recovery is undone. Owning cong_control keeps it from doing so
 * in fast recovery, at the end of recovery, and after idle.
 */
static void fixed_set_cwnd(struct sock *sk)
{
	weir_set_cwnd(tcp_sk(sk), READ_ONCE(fixed_cwnd));
}

/* Send as soon as cwnd allows; an application's own pacing limit is kept. */
static void fixed_set_pacing_rate(struct sock *sk)
{
	WRITE_ONCE(sk->sk_pacing_rate, READ_ONCE(sk->sk_max_pacing_rate));
}

static void fixed_main(struct sock *sk, const struct rate_sample *rs)
{
	static const struct weir_values none;

	fixed_set_pacing_rate(sk);
	fixed_set_cwnd(sk);
	trace_weir_ack(sk, 0, rs->rtt_us, &none);
}

WEIR_DEFINE_CONG_CONTROL(fixed, fixed_main)

static void fixed_init(struct sock *sk)
{
	fixed_set_pacing_rate(sk);
	fixed_set_cwnd(sk);
}

/* After tcp_enter_loss() has set cwnd to what is in flight plus one. */
static void fixed_set_state(struct sock *sk, u8 new_state)
{
	if (new_state == TCP_CA_Loss)
		fixed_set_cwnd(sk);
}

static u32 fixed_ssthresh(struct sock *sk)
{
	return tcp_sk(sk)->snd_ssthresh;
}

static u32 fixed_undo_cwnd(struct sock *sk)
{
	return tcp_snd_cwnd(tcp_sk(sk));
}

static struct tcp_congestion_ops fixed_ops __read_mostly = {
	.name		= WEIR_NAME(fixed),
	.owner		= THIS_MODULE,
	.init		= fixed_init,
	.ssthresh	= fixed_ssthresh,
	.set_state	= fixed_set_state,
	.undo_cwnd	= fixed_undo_cwnd,
	WEIR_CONG_CONTROL(fixed),
};

WEIR_MODULE(fixed, struct fixed, "Fixed congestion window, for calibration only");
