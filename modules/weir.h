/* SPDX-License-Identifier: GPL-2.0 */
/*
 * weir.h - what every algorithm uses
 *
 * Include this first and alone: it brings the kernel's TCP headers (through
 * compat/), the tracepoints, validated parameters, and registration. A new
 * algorithm is one file, tcp_weir_foo.c:
 *
 *	#include "weir.h"
 *
 *	struct foo { ... };			per connection, all zero is valid
 *
 *	static struct tcp_congestion_ops foo_ops __read_mostly = {
 *		.name		= WEIR_NAME(foo),
 *		.owner		= THIS_MODULE,
 *		.flags		= TCP_CONG_NON_RESTRICTED,
 *		...
 *	};
 *
 *	WEIR_MODULE(foo, struct foo, "Foo congestion control (Bar 1999)");
 *
 * Rules that the kernel sets and does not tell: callbacks run before init()
 * on zeroed state; release() runs without init() and may run twice; init()
 * may run in softirq context and in mid-connection; get_info() runs without
 * the socket lock. All-zero state must therefore be valid in every callback.
 */
#ifndef _WEIR_H
#define _WEIR_H

#ifndef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#endif

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/random.h>
#include <net/tcp.h>

#include "weir_param.h"
#include "weir_trace.h"

/* The one place that names the version; Makefile and packaging read it here. */
#define WEIR_VERSION "0.1.0"

/* Fewest segments an algorithm leaves in cwnd after a loss (RFC 5681). */
#define WEIR_MIN_CWND	2U

/**
 * WEIR_NAME() - name of a congestion control, as users select it
 * @short_name: the algorithm's short name, a token
 */
#define WEIR_NAME(short_name)	("weir_" #short_name)

/**
 * WEIR_MODULE() - everything that makes an algorithm's file a module
 * @short_name: the algorithm's short name, a token; <short_name>_ops is its
 *		struct tcp_congestion_ops
 * @priv: type of the per-connection state in inet_csk_ca()
 * @description: one line for modinfo
 *
 * State that does not fit, or a name longer than the kernel's 15 characters,
 * does not compile.
 */
#define WEIR_MODULE(short_name, priv, description)			\
static_assert(sizeof(priv) <= ICSK_CA_PRIV_SIZE,			\
	      "state of weir_" #short_name " exceeds ICSK_CA_PRIV_SIZE"); \
static_assert(sizeof("weir_" #short_name) <= TCP_CA_NAME_MAX,		\
	      "weir_" #short_name " is longer than TCP_CA_NAME_MAX");	\
									\
static int __init short_name##_register(void)				\
{									\
	return tcp_register_congestion_control(&short_name##_ops);	\
}									\
module_init(short_name##_register);					\
									\
static void __exit short_name##_unregister(void)			\
{									\
	tcp_unregister_congestion_control(&short_name##_ops);		\
}									\
module_exit(short_name##_unregister);					\
									\
MODULE_AUTHOR("The weir authors");					\
MODULE_DESCRIPTION(description);					\
MODULE_LICENSE("GPL");							\
MODULE_VERSION(WEIR_VERSION)

/**
 * weir_set_ssthresh() - set the slow start threshold
 * @tp: the connection
 * @ssthresh: new threshold [packets]
 *
 * Read without the socket lock by get_info and by tracing.
 */
static inline void weir_set_ssthresh(struct tcp_sock *tp, u32 ssthresh)
{
	WRITE_ONCE(tp->snd_ssthresh, ssthresh);
}

/**
 * weir_set_cwnd() - set the congestion window, within its bounds
 * @tp: the connection
 * @cwnd: wanted window [packets]; at least one packet and at most the clamp
 *	  of the route or the user are set
 */
static inline void weir_set_cwnd(struct tcp_sock *tp, u32 cwnd)
{
	tcp_snd_cwnd_set(tp, clamp(cwnd, 1U, tp->snd_cwnd_clamp));
}

/**
 * weir_in_initial_slow_start() - whether slow start has never ended
 * @tp: the connection
 *
 * ssthresh keeps its infinite initial value until the first loss, mark, or
 * exit by delay.
 *
 * Return: true until then, and again after an undo of what made it finite.
 */
static inline bool weir_in_initial_slow_start(const struct tcp_sock *tp)
{
	return tp->snd_ssthresh >= TCP_INFINITE_SSTHRESH;
}

/**
 * weir_tlp_repaired() - whether CWR stood for a tail loss probe's repair
 * @tp: the connection, as TCP_CA_CWR ends or when it has ended
 *
 * A loss that a probe repaired (RFC 8985 section 7.4) is answered in
 * TCP_CA_CWR, as ECN-Echo and a full queue of this host are. Theirs ends with
 * the ACK of a packet sent after it began, when snd_una is past high_seq; the
 * probe's begins and ends within one ACK, when that is yet to come.
 *
 * Return: true if it was a probe's.
 */
static inline bool weir_tlp_repaired(const struct tcp_sock *tp)
{
	return !after(tp->snd_una, tp->high_seq);
}

/**
 * weir_rtt_is_coarse() - whether an RTT sample may come from timestamps
 * @tp: the connection
 * @rtt_us: RTT sample [us]
 *
 * When the acknowledged packets were sent twice, the kernel takes the RTT from
 * the timestamp that came back (RFC 7323 section 4.1), in whole milliseconds.
 * That is up to one too small, and a least RTT would keep it. Nothing else marks
 * such a sample. A true one looks like it once in a thousand.
 *
 * Return: true if it may.
 */
static inline bool weir_rtt_is_coarse(const struct tcp_sock *tp, u32 rtt_us)
{
	return !(rtt_us % USEC_PER_MSEC) && tp->total_retrans;
}

/**
 * weir_random_below() - uniform random number
 * @n: exclusive upper bound
 *
 * Return: 0 .. @n - 1.
 */
static inline u32 weir_random_below(u32 n)
{
	return reciprocal_scale(get_random_u32(), n);
}

#endif /* _WEIR_H */
