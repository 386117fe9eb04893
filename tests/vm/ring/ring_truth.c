// SPDX-License-Identifier: GPL-2.0
/*
 * ring_truth.ko - how exact weir_bbr3's ring of marks is
 *
 * A test module. Google's kernels keep in each packet how much was in flight
 * right after it was sent, and how much had been lost by then; weir_bbr3 tells it
 * from a ring of marks (send_ring.h). Here the truth is noted for each packet of
 * weir_bbr3's connections where the kernel stamps it, and compared with what the
 * connection's own ring says, at the two moments that weir_bbr3 asks: when the
 * packet is acknowledged, and when it is marked lost.
 *
 * Kprobes on tcp_rate_skb_sent(), tcp_rate_gen() and tcp_mark_skb_lost(). Unload
 * it, and the kernel log has a line for each kind of packet:
 *
 *	ring: KIND asked N known N in_flight exact N near N error N of N lost exact N
 *
 * Near is within two packets; the error is the sum of all differences, of the
 * sum of all true values.
 */
#include "bbr3.h"
#include <linux/kprobes.h>

#define SLOTS	65536U

enum kind { NEW_ACKED, AGAIN_ACKED, NEW_LOST, AGAIN_LOST, KINDS };

/**
 * struct truth - a packet when it was sent last
 * @sk: whose; NULL for an empty slot
 * @end_seq: where it ends
 * @in_flight: packets in flight right after
 * @lost: tp->lost
 * @delivered: tp->delivered
 * @again: it had been sent before
 */
struct truth {
	const struct sock *sk;
	u32 end_seq;
	u32 in_flight;
	u32 lost;
	u32 delivered;
	bool again;
};

/**
 * struct tally - comparisons of a kind
 * @asked: how many
 * @known: of these, the ring knew the packet
 * @exact: in_flight was right
 * @near: it was right to within two packets
 * @error: sum of what it was wrong by [packets]
 * @total: sum of the true values [packets]
 * @lost_exact: what was lost since was right
 */
struct tally {
	u64 asked;
	u64 known;
	u64 exact;
	u64 near;
	u64 error;
	u64 total;
	u64 lost_exact;
};

static const char *const kind_names[KINDS] = {
	"acknowledged", "acknowledged-again", "lost", "lost-again",
};

static struct truth truths[SLOTS];
static struct tally tallies[KINDS];

static struct truth *slot_of(u32 end_seq)
{
	return &truths[(end_seq * 2654435761U) >> 16];
}

/* weir_bbr3's state of a connection, NULL if it has another algorithm or no ring */
static struct bbr3 *ring_owner(const struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (strcmp(inet_csk(sk)->icsk_ca_ops->name, "weir_bbr3"))
		return NULL;

	return bbr3->history ? bbr3 : NULL;
}

static void compare(struct sock *sk, u32 end_seq, u32 delivered, bool is_lost)
{
	const struct truth *truth = slot_of(end_seq);
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = ring_owner(sk);
	struct send_info info;
	struct tally *tally;
	u32 error, cursor;
	bool known;

	if (!bbr3 || truth->sk != sk || truth->end_seq != end_seq || truth->delivered != delivered)
		return;
	tally = &tallies[(is_lost ? NEW_LOST : NEW_ACKED) + truth->again];
	tally->asked++;
	cursor = bbr3->history->ring.cursor;
	if (truth->again)
		known = send_ring_find_again(&bbr3->history->ring, delivered, tp->lost, &info);
	else
		known = send_ring_find(&bbr3->history->ring, end_seq, delivered, tp->mss_cache,
				       tp->lost, &info);
	bbr3->history->ring.cursor = cursor;
	if (!known)
		return;
	error = abs((s32)(info.in_flight - truth->in_flight));
	tally->known++;
	tally->exact += !error;
	tally->near += error <= 2;
	tally->error += error;
	tally->total += truth->in_flight;
	tally->lost_exact += info.lost == tp->lost - truth->lost;
}

/* tcp_rate_skb_sent(sk, skb): before the packet is counted as in flight */
static int skb_sent(struct kprobe *probe, struct pt_regs *regs)
{
	const struct sock *sk = (void *)regs_get_kernel_argument(regs, 0);
	struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 1);
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_skb_cb *scb = TCP_SKB_CB(skb);

	if (!ring_owner(sk))
		return 0;
	*slot_of(scb->end_seq) = (struct truth) {
		.sk = sk,
		.end_seq = scb->end_seq,
		.in_flight = tcp_packets_in_flight(tp) + tcp_skb_pcount(skb),
		.lost = tp->lost,
		.delivered = tp->delivered,
		.again = before(scb->seq, tp->snd_nxt),
	};

	return 0;
}

/* tcp_rate_gen(sk, delivered, lost, is_sack_reneg, rs): an ACK, just before cong_control() */
static int rate_gen(struct kprobe *probe, struct pt_regs *regs)
{
	struct sock *sk = (void *)regs_get_kernel_argument(regs, 0);
	const struct rate_sample *rs = (void *)regs_get_kernel_argument(regs, 4);

	if (rs->prior_mstamp)
		compare(sk, rs->last_end_seq, rs->prior_delivered, false);

	return 0;
}

/* tcp_mark_skb_lost(sk, skb) */
static int mark_lost(struct kprobe *probe, struct pt_regs *regs)
{
	struct sock *sk = (void *)regs_get_kernel_argument(regs, 0);
	struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 1);
	const struct tcp_skb_cb *scb = TCP_SKB_CB(skb);

	if (!(scb->sacked & (TCPCB_LOST | TCPCB_SACKED_ACKED)))
		compare(sk, scb->end_seq, scb->tx.delivered, true);

	return 0;
}

static struct kprobe probes[] = {
	{ .symbol_name = "tcp_rate_skb_sent", .pre_handler = skb_sent },
	{ .symbol_name = "tcp_rate_gen", .pre_handler = rate_gen },
	{ .symbol_name = "tcp_mark_skb_lost", .pre_handler = mark_lost },
};

static int __init ring_truth_init(void)
{
	struct kprobe *list[ARRAY_SIZE(probes)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		list[i] = &probes[i];

	return register_kprobes(list, ARRAY_SIZE(probes));
}
module_init(ring_truth_init);

static void __exit ring_truth_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		unregister_kprobe(&probes[i]);
	for (i = 0; i < KINDS; i++) {
		const struct tally *t = &tallies[i];

		pr_info("ring: %s asked %llu known %llu in_flight exact %llu near %llu error %llu of %llu lost exact %llu\n",
			kind_names[i], t->asked, t->known, t->exact, t->near, t->error, t->total,
			t->lost_exact);
	}
}
module_exit(ring_truth_exit);

MODULE_AUTHOR("The weir authors");
MODULE_DESCRIPTION("weir: a test of how exact weir_bbr3's ring of marks is");
MODULE_LICENSE("GPL");
