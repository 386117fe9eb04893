/* SPDX-License-Identifier: GPL-2.0 */
/*
 * weir_trace.h - the tracepoints weir:weir_ack and weir:weir_state
 *
 * Every field is a plain integer, a byte array, or a char array: bpftrace
 * decodes such events without any type information about this module, which
 * distribution kernels do not provide. docs/tracepoints.md explains each
 * field, and what an algorithm's state and its three values mean.
 *
 * A disabled tracepoint costs a no-op instruction; arguments that cost more
 * are computed under trace_weir_ack_enabled().
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM weir

#if !defined(_WEIR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _WEIR_TRACE_H

#include <linux/tracepoint.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#ifndef _WEIR_TRACE_ONCE
#define _WEIR_TRACE_ONCE

/**
 * enum weir_why - what made an algorithm change state
 * @WEIR_WHY_INIT: the connection was established or the algorithm selected
 * @WEIR_WHY_ACK: the progress of acknowledgments: a target reached, growth
 *		  ended, a count of rounds completed
 * @WEIR_WHY_DELAY: round-trip time rose or fell past a bound
 * @WEIR_WHY_LOSS: loss found by acknowledgments, or a packet that a queue of
 *		   this host dropped
 * @WEIR_WHY_RTO: the retransmission timer expired
 * @WEIR_WHY_ECN: congestion was signalled by ECN
 * @WEIR_WHY_IDLE: restart after an idle period, or the kernel has shrunk a
 *		   window that was not used
 * @WEIR_WHY_UNDO: the congestion event turned out to be spurious
 * @WEIR_WHY_TIME: a timer of the algorithm expired
 */
enum weir_why {
	WEIR_WHY_INIT,
	WEIR_WHY_ACK,
	WEIR_WHY_DELAY,
	WEIR_WHY_LOSS,
	WEIR_WHY_RTO,
	WEIR_WHY_ECN,
	WEIR_WHY_IDLE,
	WEIR_WHY_UNDO,
	WEIR_WHY_TIME,
};

/**
 * struct weir_values - what an algorithm adds to weir_ack
 * @bw: bandwidth estimate [bytes/s], 0 if the algorithm has none
 * @target: window the algorithm aims for [packets], 0 if it has none
 * @aux: one more number; docs/algorithms/ says which
 */
struct weir_values {
	u64 bw;
	u64 target;
	u64 aux;
};

/* An IPv4 address as IPv6 writes it, ::ffff:a.b.c.d */
static inline void weir_trace_v4(u8 *to, __be32 addr)
{
	memset(to, 0, 10);
	memset(to + 10, 0xff, 2);
	memcpy(to + 12, &addr, 4);
}

static inline void weir_trace_addrs(u8 *saddr, u8 *daddr, const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		memcpy(saddr, &sk->sk_v6_rcv_saddr, 16);
		memcpy(daddr, &sk->sk_v6_daddr, 16);
		return;
	}
#endif
	weir_trace_v4(saddr, sk->sk_rcv_saddr);
	weir_trace_v4(daddr, sk->sk_daddr);
}

/* Most recent delivery rate sample that the kernel kept [bytes/s] */
static inline u64 weir_trace_delivery_rate(const struct tcp_sock *tp)
{
	u64 rate = (u64)tp->rate_delivered * tp->mss_cache * USEC_PER_SEC;

	return tp->rate_interval_us ? div_u64(rate, tp->rate_interval_us) : 0;
}

/* What both events say of a connection, in fields that each has in its own order */
#define WEIR_TRACE_ASSIGN_SOCKET(sk)					\
do {									\
	const struct inet_connection_sock *__icsk = inet_csk(sk);	\
	const struct tcp_sock *__tp = tcp_sk(sk);			\
									\
	__entry->skaddr = (unsigned long)(sk);				\
	__entry->cookie = atomic64_read(&(sk)->sk_cookie);		\
	__entry->snd_cwnd = tcp_snd_cwnd(__tp);				\
	__entry->ssthresh = __tp->snd_ssthresh;				\
	__entry->in_flight = tcp_packets_in_flight(__tp);		\
	__entry->srtt_us = __tp->srtt_us >> 3;				\
	__entry->min_rtt_us = tcp_min_rtt(__tp);			\
	__entry->family = (sk)->sk_family;				\
	__entry->sport = (sk)->sk_num;					\
	__entry->dport = ntohs((sk)->sk_dport);				\
	__entry->ca_state = __icsk->icsk_ca_state;			\
	weir_trace_addrs(__entry->saddr, __entry->daddr, sk);		\
	memcpy(__entry->name, __icsk->icsk_ca_ops->name, TCP_CA_NAME_MAX); \
} while (0)
#endif /* _WEIR_TRACE_ONCE */

TRACE_EVENT(weir_ack,

	TP_PROTO(const struct sock *sk, u8 state, s32 rtt_us,
		 const struct weir_values *values),

	TP_ARGS(sk, state, rtt_us, values),

	TP_STRUCT__entry(
		__field(__u64, skaddr)
		__field(__u64, cookie)
		__field(__u64, pacing_rate)
		__field(__u64, delivery_rate)
		__field(__u64, bw)
		__field(__u64, target)
		__field(__u64, aux)
		__field(__u32, snd_cwnd)
		__field(__u32, ssthresh)
		__field(__u32, in_flight)
		__field(__u32, delivered)
		__field(__u32, lost)
		__field(__u32, srtt_us)
		__field(__u32, min_rtt_us)
		__field(__s32, rtt_us)
		__field(__u16, family)
		__field(__u16, sport)
		__field(__u16, dport)
		__field(__u8, ca_state)
		__field(__u8, state)
		__array(__u8, saddr, 16)
		__array(__u8, daddr, 16)
		__array(char, name, TCP_CA_NAME_MAX)
	),

	TP_fast_assign(
		const struct tcp_sock *tp = tcp_sk(sk);

		WEIR_TRACE_ASSIGN_SOCKET(sk);
		__entry->pacing_rate = READ_ONCE(sk->sk_pacing_rate);
		__entry->delivery_rate = weir_trace_delivery_rate(tp);
		__entry->bw = values->bw;
		__entry->target = values->target;
		__entry->aux = values->aux;
		__entry->delivered = tp->delivered;
		__entry->lost = tp->lost;
		__entry->rtt_us = rtt_us;
		__entry->state = state;
	),

	TP_printk("%s %pI6c:%u > %pI6c:%u cookie=%llu cwnd=%u ssthresh=%u in_flight=%u delivered=%u lost=%u rtt_us=%d srtt_us=%u min_rtt_us=%u pacing_rate=%llu delivery_rate=%llu ca_state=%u state=%u bw=%llu target=%llu aux=%llu",
		  __entry->name, __entry->saddr, __entry->sport,
		  __entry->daddr, __entry->dport, __entry->cookie,
		  __entry->snd_cwnd, __entry->ssthresh, __entry->in_flight,
		  __entry->delivered, __entry->lost, __entry->rtt_us,
		  __entry->srtt_us, __entry->min_rtt_us,
		  __entry->pacing_rate, __entry->delivery_rate,
		  __entry->ca_state, __entry->state, __entry->bw,
		  __entry->target, __entry->aux)
);

TRACE_EVENT(weir_state,

	TP_PROTO(const struct sock *sk, u8 old_state, u8 new_state, u8 why),

	TP_ARGS(sk, old_state, new_state, why),

	TP_STRUCT__entry(
		__field(__u64, skaddr)
		__field(__u64, cookie)
		__field(__u32, snd_cwnd)
		__field(__u32, ssthresh)
		__field(__u32, in_flight)
		__field(__u32, srtt_us)
		__field(__u32, min_rtt_us)
		__field(__u16, family)
		__field(__u16, sport)
		__field(__u16, dport)
		__field(__u8, ca_state)
		__field(__u8, old_state)
		__field(__u8, new_state)
		__field(__u8, why)
		__array(__u8, saddr, 16)
		__array(__u8, daddr, 16)
		__array(char, name, TCP_CA_NAME_MAX)
	),

	TP_fast_assign(
		WEIR_TRACE_ASSIGN_SOCKET(sk);
		__entry->old_state = old_state;
		__entry->new_state = new_state;
		__entry->why = why;
	),

	TP_printk("%s %pI6c:%u > %pI6c:%u cookie=%llu state=%u->%u why=%s cwnd=%u ssthresh=%u in_flight=%u srtt_us=%u min_rtt_us=%u ca_state=%u",
		  __entry->name, __entry->saddr, __entry->sport,
		  __entry->daddr, __entry->dport, __entry->cookie,
		  __entry->old_state, __entry->new_state,
		  __print_symbolic(__entry->why,
				   { WEIR_WHY_INIT, "init" },
				   { WEIR_WHY_ACK, "ack" },
				   { WEIR_WHY_DELAY, "delay" },
				   { WEIR_WHY_LOSS, "loss" },
				   { WEIR_WHY_RTO, "rto" },
				   { WEIR_WHY_ECN, "ecn" },
				   { WEIR_WHY_IDLE, "idle" },
				   { WEIR_WHY_UNDO, "undo" },
				   { WEIR_WHY_TIME, "time" }),
		  __entry->snd_cwnd, __entry->ssthresh, __entry->in_flight,
		  __entry->srtt_us, __entry->min_rtt_us, __entry->ca_state)
);

#endif /* _WEIR_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE weir_trace
#include <trace/define_trace.h>
