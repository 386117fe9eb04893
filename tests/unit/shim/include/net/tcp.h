/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of TCP that congestion control sees: names, types and meanings are
 * those of Linux, the bodies are the shim's own. What the core does with them
 * is in shim_tcp.c; how a test drives it, in shim.h.
 *
 * By default this is the newest kernel that the modules support: cong_control
 * with four arguments and cwnd_event_tx_start. With SHIM_KERNEL_6_1 it is the
 * oldest: two arguments, and no such hook.
 */
#ifndef _SHIM_NET_TCP_H
#define _SHIM_NET_TCP_H

#include <arpa/inet.h>
#include <sys/socket.h>
#include <linux/inet_diag.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/win_minmax.h>

/* --- Congestion control interface -------------------------------------- */

#define TCP_CA_NAME_MAX		16
#define ICSK_CA_PRIV_SIZE	(13 * sizeof(u64))
#define TCP_CONG_NON_RESTRICTED	0x1
#define TCP_CONG_NEEDS_ECN	0x2
#define TCP_INFINITE_SSTHRESH	0x7fffffff
#define TCP_INIT_CWND		10
#define MAX_TCP_HEADER		320
#define GSO_LEGACY_MAX_SIZE	65536u

enum tcp_ca_state {
	TCP_CA_Open,
	TCP_CA_Disorder,
	TCP_CA_CWR,
	TCP_CA_Recovery,
	TCP_CA_Loss,
};

#define TCPF_CA_Open		(1 << TCP_CA_Open)
#define TCPF_CA_Disorder	(1 << TCP_CA_Disorder)
#define TCPF_CA_CWR		(1 << TCP_CA_CWR)
#define TCPF_CA_Recovery	(1 << TCP_CA_Recovery)
#define TCPF_CA_Loss		(1 << TCP_CA_Loss)

enum tcp_ca_event {
	CA_EVENT_TX_START,
	CA_EVENT_CWND_RESTART,
	CA_EVENT_COMPLETE_CWR,
	CA_EVENT_LOSS,
	CA_EVENT_ECN_NO_CE,
	CA_EVENT_ECN_IS_CE,
};

enum tcp_ca_ack_event_flags {
	CA_ACK_SLOWPATH		= (1 << 0),
	CA_ACK_WIN_UPDATE	= (1 << 1),
	CA_ACK_ECE		= (1 << 2),
};

struct ack_sample {
	u32 pkts_acked;
	s32 rtt_us;
	u32 in_flight;
};

struct rate_sample {
	u64 prior_mstamp;
	u32 prior_delivered;
	u32 prior_delivered_ce;
	s32 delivered;
	s32 delivered_ce;
	long interval_us;
	u32 snd_interval_us;
	u32 rcv_interval_us;
	long rtt_us;
	int losses;
	u32 acked_sacked;
	u32 prior_in_flight;
	u32 last_end_seq;
	bool is_app_limited;
	bool is_retrans;
	bool is_ack_delayed;
};

struct sock;
struct module;

struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	void (*set_state)(struct sock *sk, u8 new_state);
	void (*cwnd_event)(struct sock *sk, enum tcp_ca_event ev);
#ifndef SHIM_KERNEL_6_1
	void (*cwnd_event_tx_start)(struct sock *sk);
#endif
	void (*in_ack_event)(struct sock *sk, u32 flags);
	void (*pkts_acked)(struct sock *sk, const struct ack_sample *sample);
	u32 (*min_tso_segs)(struct sock *sk);
#ifdef SHIM_KERNEL_6_1
	void (*cong_control)(struct sock *sk, const struct rate_sample *rs);
#else
	void (*cong_control)(struct sock *sk, u32 ack, int flag,
			     const struct rate_sample *rs);
#endif
	u32 (*undo_cwnd)(struct sock *sk);
	u32 (*sndbuf_expand)(struct sock *sk);
	size_t (*get_info)(struct sock *sk, u32 ext, int *attr,
			   union tcp_cc_info *info);
	char name[TCP_CA_NAME_MAX];
	struct module *owner;
	struct list_head list;
	u32 key;
	u32 flags;
	void (*init)(struct sock *sk);
	void (*release)(struct sock *sk);
};

#define WEIR_HAVE_MIN_TSO_SEGS
#ifndef SHIM_KERNEL_6_1
#define WEIR_HAVE_CWND_EVENT_TX_START
#define WEIR_HAVE_SEND_ACK_FLAGS
#endif

/* --- Packets ----------------------------------------------------------- */

#define TCPCB_SACKED_ACKED	0x01
#define TCPCB_SACKED_RETRANS	0x02
#define TCPCB_LOST		0x04
#define TCPCB_TAGBITS		0x07
#define TCPCB_EVER_RETRANS	0x80
#define TCPCB_RETRANS		(TCPCB_SACKED_RETRANS | TCPCB_EVER_RETRANS)

struct tcp_skb_cb {
	u32 seq;
	u32 end_seq;
	u16 tcp_gso_segs;
	u8 sacked;
	struct {
		u32 is_app_limited : 1;
		u32 delivered_ce : 20;
		u32 delivered;
		u64 first_tx_mstamp;
		u64 delivered_mstamp;
	} tx;
};

/*
 * The retransmit queue is a list, which is a tree as well if "next" is called
 * "right" and nothing is on the left: code that searches the tree finds its way.
 */
struct rb_node {
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct sk_buff {
	union {
		struct sk_buff *shim_next;
		struct rb_node rbnode;
	};
	struct tcp_skb_cb cb;
	u64 skb_mstamp_ns;
	u64 shim_tx;		/* number of its last transmission */
};

#define TCP_SKB_CB(skb)		(&(skb)->cb)

static inline int tcp_skb_pcount(const struct sk_buff *skb)
{
	return skb->cb.tcp_gso_segs;
}

static inline u64 tcp_skb_timestamp_us(const struct sk_buff *skb)
{
	return skb->skb_mstamp_ns / NSEC_PER_USEC;
}

/* --- Sockets ----------------------------------------------------------- */

enum { ICSK_ACK_SCHED = 1, ICSK_ACK_TIMER = 2, ICSK_ACK_NOW = 16 };
enum { SK_PACING_NONE, SK_PACING_NEEDED, SK_PACING_FQ };

struct sock {
	u16 sk_family;
	u16 sk_num;
	__be16 sk_dport;
	__be32 sk_daddr;
	__be32 sk_rcv_saddr;
	u8 sk_state;
	atomic64_t sk_cookie;
	unsigned long sk_pacing_rate;
	unsigned long sk_max_pacing_rate;
	u32 sk_pacing_status;
	u8 sk_pacing_shift;
	u32 sk_gso_max_size;
	u32 sk_gso_max_segs;
	int sk_sndbuf;
	int sk_wmem_queued;
	union {
		struct sk_buff *shim_rtx;	/* oldest unacknowledged packet */
		struct rb_root tcp_rtx_queue;
	};
	u64 shim_app_pkts;		/* packets the application has yet to send */
	struct sk_buff *shim_rtx_tail;	/* newest packet */
	u64 shim_wstamp_ns;		/* when pacing allows the next packet */
	bool shim_ect;			/* packets are sent as ECN-capable */
	bool shim_no_sack;		/* the peer sends no selective ACKs */
	bool shim_limit_ignored;	/* keep is_cwnd_limited as the test set it */
};

struct inet_connection_sock {
	struct sock icsk_inet;
	const struct tcp_congestion_ops *icsk_ca_ops;
	u32 icsk_rto;			/* jiffies */
	u8 icsk_ca_state;
	u8 icsk_ca_initialized;
	u8 icsk_ca_setsockopt;
	u8 icsk_ca_dst_locked;
	u8 icsk_retransmits;
	u8 icsk_pending;
	struct {
		u8 pending;		/* ICSK_ACK_ bits */
	} icsk_ack;
	u64 icsk_ca_priv[ICSK_CA_PRIV_SIZE / sizeof(u64)];
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	u32 mss_cache, advmss;
	u32 snd_una, snd_nxt, write_seq, high_seq, snd_wnd, max_window;
	u32 rcv_nxt, rcv_wup;
	u32 lsndtime;			/* jiffies */
	u64 tcp_mstamp;			/* us */
	u64 tcp_clock_cache, tcp_wstamp_ns;
	u32 srtt_us;			/* << 3 */
	u32 mdev_us, rttvar_us;
	struct minmax rtt_min;
	u32 packets_out, retrans_out, sacked_out, lost_out;
	u32 max_packets_out, cwnd_usage_seq;
	u32 snd_cwnd, snd_cwnd_cnt, snd_cwnd_clamp, snd_cwnd_used, snd_cwnd_stamp;
	u32 snd_ssthresh, prior_ssthresh, prior_cwnd;
	u32 prr_delivered, prr_out;
	u32 undo_marker;
	int undo_retrans;
	u32 reordering;
	u32 tlp_high_seq;
	u8 tlp_retrans;
	u32 delivered, delivered_ce, lost, app_limited;
	u32 data_segs_out, total_retrans, segs_out;
	u64 bytes_acked, bytes_sent;
	u32 rate_delivered, rate_interval_us;
	u64 first_tx_mstamp, delivered_mstamp;
	u8 ecn_flags;
	u8 is_cwnd_limited : 1, rate_app_limited : 1, is_sack_reneg : 1;
	struct {
		u32 rtt_us;
		u64 mstamp;
		u32 end_seq;
	} rack;
};

#define TCP_ECN_OK		1
#define TCP_ECN_QUEUE_CWR	2
#define TCP_ECN_DEMAND_CWR	4

#define inet_csk(ptr)		((struct inet_connection_sock *)(uintptr_t)(ptr))
#define tcp_sk(ptr)		((struct tcp_sock *)(uintptr_t)(ptr))

static inline void *inet_csk_ca(const struct sock *sk)
{
	return inet_csk(sk)->icsk_ca_priv;
}

static inline bool before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

#define after(b, a)		before(a, b)

static inline bool tcp_is_sack(const struct tcp_sock *tp)
{
	return !tp->inet_conn.icsk_inet.shim_no_sack;
}

static inline u32 tcp_snd_cwnd(const struct tcp_sock *tp)
{
	return tp->snd_cwnd;
}

/* A window of nothing would stop the connection for good. */
static inline void tcp_snd_cwnd_set(struct tcp_sock *tp, u32 val)
{
	assert((s32)val > 0);
	tp->snd_cwnd = val;
}

static inline bool tcp_in_slow_start(const struct tcp_sock *tp)
{
	return tp->snd_cwnd < tp->snd_ssthresh;
}

static inline bool tcp_in_initial_slowstart(const struct tcp_sock *tp)
{
	return tp->snd_ssthresh >= TCP_INFINITE_SSTHRESH;
}

static inline u32 tcp_left_out(const struct tcp_sock *tp)
{
	return tp->sacked_out + tp->lost_out;
}

static inline u32 tcp_packets_in_flight(const struct tcp_sock *tp)
{
	return tp->packets_out - tcp_left_out(tp) + tp->retrans_out;
}

static inline bool tcp_in_cwnd_reduction(const struct sock *sk)
{
	return (1 << inet_csk(sk)->icsk_ca_state) & (TCPF_CA_CWR | TCPF_CA_Recovery);
}

/* While cwnd is being reduced ssthresh is final; otherwise credit 3/4 of cwnd. */
static inline u32 tcp_current_ssthresh(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (tcp_in_cwnd_reduction(sk))
		return tp->snd_ssthresh;
	return max(tp->snd_ssthresh, tp->snd_cwnd / 2 + tp->snd_cwnd / 4);
}

static inline bool tcp_is_cwnd_limited(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tp->is_cwnd_limited ||
	       (tcp_in_slow_start(tp) && tp->snd_cwnd < 2 * tp->max_packets_out);
}

static inline u32 tcp_min_rtt(const struct tcp_sock *tp)
{
	return minmax_get(&tp->rtt_min);
}

static inline u32 tcp_stamp_us_delta(u64 t1, u64 t0)
{
	return max_t(s64, t1 - t0, 0);
}

static inline u64 tcp_clock_ns(void)
{
	return ktime_get_ns();
}

static inline u64 tcp_clock_us(void)
{
	return ktime_get_ns() / NSEC_PER_USEC;
}

static inline struct sk_buff *tcp_rtx_queue_head(const struct sock *sk)
{
	return sk->shim_rtx;
}

static inline struct sk_buff *rb_to_skb(struct rb_node *node)
{
	return (struct sk_buff *)(uintptr_t)node;
}

static inline struct sk_buff *skb_rb_next(const struct sk_buff *skb)
{
	return skb->shim_next;
}

#define skb_rbtree_walk_from(skb)	for (; (skb); (skb) = skb_rb_next(skb))
#define skb_rbtree_walk_from_safe(skb, tmp) \
	for (; (skb) && ((tmp) = skb_rb_next(skb), 1); (skb) = (tmp))

/* --- What the kernel exports to modules -------------------------------- */

int tcp_register_congestion_control(struct tcp_congestion_ops *ops);
void tcp_unregister_congestion_control(struct tcp_congestion_ops *ops);
u32 tcp_slow_start(struct tcp_sock *tp, u32 acked);
void tcp_cong_avoid_ai(struct tcp_sock *tp, u32 w, u32 acked);
u32 tcp_reno_ssthresh(struct sock *sk);
u32 tcp_reno_undo_cwnd(struct sock *sk);
void tcp_reno_cong_avoid(struct sock *sk, u32 ack, u32 acked);
void tcp_enter_cwr(struct sock *sk);
void tcp_rate_check_app_limited(struct sock *sk);
#ifdef SHIM_KERNEL_6_1
void __tcp_send_ack(struct sock *sk, u32 rcv_nxt);
#else
void __tcp_send_ack(struct sock *sk, u32 rcv_nxt, u16 flags);
#endif

#endif
