/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/net/tcp.h - the kernel's <net/tcp.h>, and what kernels disagree on
 *
 * Found before the kernel's header of the same path. Algorithms include
 * weir.h, write for the newest kernel, and never ask which one they are on.
 *
 * struct tcp_congestion_ops has callbacks whose signature or very existence
 * differs. An algorithm defines each of those callbacks with a WEIR_DEFINE_x()
 * macro at file scope and names it in its ops with the matching WEIR_x():
 *
 *	static void foo_main(struct sock *sk, const struct rate_sample *rs);
 *	static void foo_tx_start(struct sock *sk);
 *	static void foo_cwnd_event(struct sock *sk, enum tcp_ca_event event);
 *	static u32 foo_min_tso_segs(struct sock *sk);
 *
 *	WEIR_DEFINE_CONG_CONTROL(foo, foo_main)
 *	WEIR_DEFINE_CWND_EVENT(foo, foo_cwnd_event, foo_tx_start)
 *	WEIR_DEFINE_MIN_TSO_SEGS(foo, foo_min_tso_segs)
 *
 *	static struct tcp_congestion_ops foo_ops = {
 *		WEIR_CONG_CONTROL(foo),
 *		WEIR_CWND_EVENT(foo),
 *		WEIR_MIN_TSO_SEGS(foo),
 *		...
 *	};
 *
 * Function pointers are never cast: kernel control-flow integrity checks the
 * type of the callee at every indirect call.
 */
#ifndef _WEIR_COMPAT_NET_TCP_H
#define _WEIR_COMPAT_NET_TCP_H

#include_next <net/tcp.h>

/*
 * cong_control: (sk, rs) up to 6.9, (sk, ack, flag, rs) from 6.10. Whether the
 * ACK carried ECN-Echo is told on every kernel by in_ack_event() with
 * CA_ACK_ECE, which runs before cong_control, so the two added arguments are
 * not needed.
 */
#define weir_cong_control_is(...)					\
	__builtin_types_compatible_p(					\
		typeof(((struct tcp_congestion_ops *)0)->cong_control),	\
		void (*)(__VA_ARGS__))
#define WEIR_CONG_CONTROL_2 \
	weir_cong_control_is(struct sock *, const struct rate_sample *)
#define WEIR_CONG_CONTROL_4 \
	weir_cong_control_is(struct sock *, u32, int, const struct rate_sample *)

static_assert(WEIR_CONG_CONTROL_2 || WEIR_CONG_CONTROL_4,
	      "weir does not know this kernel's cong_control(): please report its struct tcp_congestion_ops");

/**
 * WEIR_DEFINE_CONG_CONTROL() - define cong_control for the kernel at hand
 * @name: the algorithm's short name
 * @fn: void fn(struct sock *sk, const struct rate_sample *rs)
 *
 * Name the result in the ops with WEIR_CONG_CONTROL(name).
 */
#define WEIR_DEFINE_CONG_CONTROL(name, fn)				\
static void __maybe_unused						\
name##_cong_control_2(struct sock *sk, const struct rate_sample *rs)	\
{									\
	fn(sk, rs);							\
}									\
									\
static void __maybe_unused						\
name##_cong_control_4(struct sock *sk, u32 ack, int flag,		\
		      const struct rate_sample *rs)			\
{									\
	fn(sk, rs);							\
}

#define WEIR_CONG_CONTROL(name)						\
	.cong_control = __builtin_choose_expr(WEIR_CONG_CONTROL_4,	\
					      name##_cong_control_4,	\
					      name##_cong_control_2)

/**
 * WEIR_DEFINE_CWND_EVENT() - define cwnd_event for the kernel at hand
 * @name: the algorithm's short name
 * @event: void event(struct sock *sk, enum tcp_ca_event event), which is
 *	   never called with CA_EVENT_TX_START
 * @tx_start: void tx_start(struct sock *sk), before a transmission with nothing
 *	      in flight: all was acknowledged, or taken for lost as after a timeout
 *
 * From 7.1 the kernel reports CA_EVENT_TX_START through a hook of its own and
 * no longer through cwnd_event; a handler left in cwnd_event compiles and is
 * never called. Name the result in the ops with WEIR_CWND_EVENT(name).
 */
#ifdef WEIR_HAVE_CWND_EVENT_TX_START
#define WEIR_DEFINE_CWND_EVENT(name, event, tx_start)			\
static void name##_ca_event(struct sock *sk, enum tcp_ca_event ev)	\
{									\
	event(sk, ev);							\
}									\
WEIR_DEFINE_TX_START(name, tx_start)

#define WEIR_CWND_EVENT(name)						\
	.cwnd_event = name##_ca_event,					\
	WEIR_TX_START(name)
#else
#define WEIR_DEFINE_CWND_EVENT(name, event, tx_start)			\
static void name##_ca_event(struct sock *sk, enum tcp_ca_event ev)	\
{									\
	if (ev == CA_EVENT_TX_START)					\
		tx_start(sk);						\
	else								\
		event(sk, ev);						\
}

#define WEIR_CWND_EVENT(name)						\
	.cwnd_event = name##_ca_event
#endif

/**
 * WEIR_DEFINE_TX_START() - the same for an algorithm that wants no other event
 * @name: the algorithm's short name
 * @tx_start: void tx_start(struct sock *sk)
 *
 * Name the result in the ops with WEIR_TX_START(name).
 */
#ifdef WEIR_HAVE_CWND_EVENT_TX_START
#define WEIR_DEFINE_TX_START(name, tx_start)				\
static void name##_ca_tx_start(struct sock *sk)				\
{									\
	tx_start(sk);							\
}

#define WEIR_TX_START(name)						\
	.cwnd_event_tx_start = name##_ca_tx_start
#else
#define WEIR_DEFINE_TX_START(name, tx_start)				\
static void name##_ca_tx_start(struct sock *sk, enum tcp_ca_event ev)	\
{									\
	if (ev == CA_EVENT_TX_START)					\
		tx_start(sk);						\
}

#define WEIR_TX_START(name)						\
	.cwnd_event = name##_ca_tx_start
#endif

/**
 * WEIR_DEFINE_MIN_TSO_SEGS() - define min_tso_segs for the kernel at hand
 * @name: the algorithm's short name
 * @fn: u32 fn(struct sock *sk), the least number of segments in one burst;
 *	called at the top of every transmit opportunity
 *
 * Kernels that carry the BBRv3 patches replace min_tso_segs by tso_segs,
 * which answers the number of segments itself. Name the result in the ops
 * with WEIR_MIN_TSO_SEGS(name).
 */
#if defined(WEIR_HAVE_MIN_TSO_SEGS)
#define WEIR_DEFINE_MIN_TSO_SEGS(name, fn)				\
static u32 name##_ca_min_tso_segs(struct sock *sk)			\
{									\
	return fn(sk);							\
}

#define WEIR_MIN_TSO_SEGS(name)						\
	.min_tso_segs = name##_ca_min_tso_segs
#elif defined(WEIR_HAVE_TSO_SEGS)
#define WEIR_DEFINE_MIN_TSO_SEGS(name, fn)				\
static u32 name##_ca_tso_segs(struct sock *sk, unsigned int mss)	\
{									\
	return weir_tso_autosize(sk, mss, fn(sk));			\
}

#define WEIR_MIN_TSO_SEGS(name)						\
	.tso_segs = name##_ca_tso_segs
#else
#error "weir: this kernel's struct tcp_congestion_ops has neither min_tso_segs nor tso_segs"
#endif

/**
 * weir_tso_autosize() - segments to send in one burst
 * @sk: the connection
 * @mss: segment size [bytes]
 * @min_segs: lower bound [packets]
 *
 * What is paced in 2^-sk_pacing_shift seconds, plus an allowance for short
 * paths that halves with every doubling of min_rtt above 512 us: the stock
 * kernel's rule, for kernels that leave the sizing to the algorithm.
 *
 * Return: number of segments, at least @min_segs.
 */
static inline u32 weir_tso_autosize(const struct sock *sk, u32 mss, u32 min_segs)
{
	u64 bytes = READ_ONCE(sk->sk_pacing_rate) >> READ_ONCE(sk->sk_pacing_shift);
	u32 min_rtt_us = tcp_min_rtt(tcp_sk(sk));

	if (min_rtt_us >> 9 < 32)
		bytes += sk->sk_gso_max_size >> (min_rtt_us >> 9);
	bytes = min_t(u64, bytes, sk->sk_gso_max_size);

	return max_t(u32, (u32)bytes / mss, min_segs);
}

/**
 * weir_ecn_negotiated() - whether both ends agreed to use ECN
 * @tp: the connection
 *
 * Kernels with accurate ECN have two ways of having agreed and no TCP_ECN_OK.
 *
 * Return: true if they did.
 */
static inline bool weir_ecn_negotiated(const struct tcp_sock *tp)
{
#ifdef TCP_ECN_OK
	return tp->ecn_flags & TCP_ECN_OK;
#else
	return tcp_ecn_mode_any(tp);
#endif
}

/**
 * weir_ecn_classic() - whether ECN-Echo means what RFC 3168 says
 * @tp: the connection
 *
 * With accurate ECN (RFC 9768) the flag is part of a counter that the kernel
 * keeps by itself.
 *
 * Return: true if it does.
 */
static inline bool weir_ecn_classic(const struct tcp_sock *tp)
{
#ifdef TCP_ECN_OK
	return tp->ecn_flags & TCP_ECN_OK;
#else
	return tcp_ecn_mode_rfc3168(tp);
#endif
}

/**
 * weir_ecn_echo() - set whether ACKs carry ECN-Echo from now on
 * @tp: the connection, with weir_ecn_classic()
 * @echo: carry it
 */
static inline void weir_ecn_echo(struct tcp_sock *tp, bool echo)
{
	if (echo)
		tp->ecn_flags |= TCP_ECN_DEMAND_CWR;
	else
		tp->ecn_flags &= ~TCP_ECN_DEMAND_CWR;
}

/**
 * weir_send_ack() - send a pure ACK at once
 * @sk: the connection
 * @rcv_nxt: sequence number to acknowledge
 */
static inline void weir_send_ack(struct sock *sk, u32 rcv_nxt)
{
#ifdef WEIR_HAVE_SEND_ACK_FLAGS
	__tcp_send_ack(sk, rcv_nxt, 0);
#else
	__tcp_send_ack(sk, rcv_nxt);
#endif
}

#endif /* _WEIR_COMPAT_NET_TCP_H */
