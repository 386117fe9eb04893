// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_dctcp.c - Data Center TCP
 *
 * Switches mark packets (CE) once their queue exceeds a low threshold; DCTCP
 * reduces cwnd by as much as was marked. The sender keeps an average of the
 * marked fraction M of each window of data (RFC 8257, section 3.3):
 *
 *	alpha = alpha * (1 - g) + g * M
 *
 * and answers a window with marks by
 *
 *	cwnd = cwnd * (1 - alpha / 2)
 *
 * so that alpha = 1, everything marked, halves it as any other TCP would, and
 * few marks reduce it a little. The receiver must say exactly which packets
 * were marked (section 3.2): ECN-Echo follows the mark of the latest packet,
 * and when it changes an ACK leaves at once, after one for what was received
 * before it. Growth and reaction to loss are those of any TCP (3.4, 3.5).
 *
 * For networks under one administration whose switches mark at a threshold
 * (section 5): elsewhere it takes the bandwidth of flows that halve. Not
 * selectable by unprivileged users for that reason.
 *
 * Without ECN on the connection it is Reno, and named weir_dctcp_reno.
 *
 * Source: RFC 8257, Data Center TCP (DCTCP), October 2017.
 *
 * Differences from the source:
 * - Packets are counted, not bytes, and those selectively acknowledged when
 *   they are: step 1 of section 3.3 ignores SACK.
 * - A full queue in this host looks to the kernel like ECN. If there were marks
 *   in this window of data or the one before it, it is answered as they are;
 *   without any it halves.
 * - With accurate ECN (RFC 9768) on the connection the kernel reports marks to
 *   the sender, and section 3.2 does not apply.
 */
#include "state_report.h"

#include <linux/inet_diag.h>
#include <net/inet_ecn.h>

WEIR_PARAM(dctcp, shift_g, 1, 10, 4, "estimation gain g = 2^-shift_g");
WEIR_PARAM(dctcp, alpha_on_init, 0, 1024, 1024, "first estimate of the marked fraction [1/1024]");

/* The marked fraction is in 2^-20: a gain of 2^-10 still lets it reach zero. */
#define DCTCP_ALPHA_SHIFT	20

/* `ss`, the tracepoints and the parameter have it in 2^-10. */
#define DCTCP_INFO_SHIFT	(DCTCP_ALPHA_SHIFT - 10)

/**
 * enum dctcp_state - phase, as in the tracepoints
 * @DCTCP_SLOW_START: below ssthresh
 * @DCTCP_AVOID: a packet per round trip
 * @DCTCP_FALLBACK: there is no ECN on this connection
 */
enum dctcp_state {
	DCTCP_SLOW_START,
	DCTCP_AVOID,
	DCTCP_FALLBACK,
};

/**
 * struct dctcp - per-connection state
 * @alpha: DCTCP.Alpha, estimate of the marked fraction [2^-20]
 * @window_end: DCTCP.WindowEnd, sequence number that ends this window of data
 * @delivered: the connection's count of delivered packets when it began
 * @delivered_ce: those of them that were marked
 * @rcv_nxt: what had been received before the latest packet
 * @report: enum dctcp_state, as last reported
 * @enabled: init() has run and there is ECN on this connection
 * @marked: the window of data before this one had marks
 * @ce: DCTCP.CE, the latest packet received was marked
 */
struct dctcp {
	u32 alpha;
	u32 window_end;
	u32 delivered;
	u32 delivered_ce;
	u32 rcv_nxt;
	struct state_report report;
	bool enabled;
	bool marked;
	bool ce;
};

/* --- Sender -------------------------------------------------------------- */

static void dctcp_start_window(struct sock *sk)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	dctcp->window_end = tp->snd_nxt;
	dctcp->delivered = tp->delivered;
	dctcp->delivered_ce = tp->delivered_ce;
}

/* Section 3.3, steps 5 to 8 */
static noinline void dctcp_end_window(struct sock *sk)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 delivered = tp->delivered - dctcp->delivered;
	u32 marked = tp->delivered_ce - dctcp->delivered_ce;
	u32 shift_g = READ_ONCE(dctcp_shift_g);
	u32 alpha = dctcp->alpha;

	alpha -= alpha >> shift_g;
	if (marked) {
		u64 fraction = (u64)min(marked, delivered) << DCTCP_ALPHA_SHIFT;

		alpha += div_u64(fraction, max(delivered, 1U)) >> shift_g;
	}
	WRITE_ONCE(dctcp->alpha, min(alpha, 1U << DCTCP_ALPHA_SHIFT));
	dctcp->marked = marked > 0;
	dctcp_start_window(sk);
}

static enum dctcp_state dctcp_state(u32 cwnd, u32 ssthresh)
{
	return cwnd < ssthresh ? DCTCP_SLOW_START : DCTCP_AVOID;
}

static noinline void dctcp_update_state(struct sock *sk, enum weir_why why)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report(sk, &dctcp->report, dctcp_state(tcp_snd_cwnd(tp), tp->snd_ssthresh), why);
}

static noinline void dctcp_trace_ack(const struct sock *sk, s32 rtt_us)
{
	const struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct weir_values values = {
		.aux = dctcp->alpha >> DCTCP_INFO_SHIFT,
	};

	trace_weir_ack(sk, dctcp_state(tcp_snd_cwnd(tp), tp->snd_ssthresh), rtt_us, &values);
}

/*
 * Runs for every ACK, after the delivered are counted and before anything is
 * reduced. in_ack_event() would be before the count on some kernels. With
 * accurate ECN the marks that this ACK tells of are counted later, and belong to
 * the next window if it ends one.
 */
static void dctcp_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	const struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	if (after(tp->snd_una, dctcp->window_end))
		dctcp_end_window(sk);
	if (dctcp->report.state == DCTCP_SLOW_START && !tcp_in_slow_start(tp))
		dctcp_update_state(sk, WEIR_WHY_ACK);

	if (trace_weir_ack_enabled())
		dctcp_trace_ack(sk, sample->rtt_us);
}

static bool dctcp_saw_marks(const struct sock *sk)
{
	const struct dctcp *dctcp = inet_csk_ca(sk);

	return dctcp->marked || tcp_sk(sk)->delivered_ce != dctcp->delivered_ce;
}

/* Section 3.3, step 9, to the nearest packet; section 3.5 without marks */
static u32 dctcp_ssthresh(struct sock *sk)
{
	const struct dctcp *dctcp = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));
	u32 reduction = cwnd / 2;

	if (dctcp->enabled && dctcp_saw_marks(sk))
		reduction = ((u64)cwnd * dctcp->alpha + (1U << DCTCP_ALPHA_SHIFT)) >>
			    (DCTCP_ALPHA_SHIFT + 1);

	return max(cwnd - reduction, WEIR_MIN_CWND);
}

/*
 * Section 3.5: a loss halves the window, and that includes the part by which
 * marks in the same window of data have reduced it already.
 */
static void dctcp_halve(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tp->prior_cwnd)
		weir_set_ssthresh(tp, min(tp->snd_ssthresh,
					  max(tp->prior_cwnd / 2, WEIR_MIN_CWND)));
}

/*
 * The kernel has asked for ssthresh when it enters Recovery; from CWR it has
 * not, the marks have had their answer. That holds for Loss too, where asking is
 * told by CA_EVENT_LOSS. But a smaller path MTU also leads to Loss: nobody was
 * asked then, and prior_cwnd is that of some earlier reduction.
 */
static void dctcp_set_state(struct sock *sk, u8 new_state)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u8 old_state = inet_csk(sk)->icsk_ca_state;

	if (new_state == TCP_CA_Recovery ||
	    (new_state == TCP_CA_Loss && old_state == TCP_CA_CWR))
		dctcp_halve(sk);
	state_report_ca_state(sk, &dctcp->report,
			      dctcp_state(tcp_snd_cwnd(tp), tp->snd_ssthresh), new_state);
}

/* The kernel sets cwnd and ssthresh next, and may not change its state for that. */
static u32 dctcp_undo_cwnd(struct sock *sk)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_reno_undo_cwnd(sk);

	state_report(sk, &dctcp->report,
		     dctcp_state(cwnd, state_report_undone_ssthresh(tp)),
		     WEIR_WHY_UNDO);

	return cwnd;
}

/* The first transmission after idle: cwnd may have shrunk below ssthresh. */
static void dctcp_tx_start(struct sock *sk)
{
	dctcp_update_state(sk, WEIR_WHY_IDLE);
}

/* What a tail loss probe repaired was a loss, though answered in CWR. */
static noinline void dctcp_reduction_event(struct sock *sk, enum tcp_ca_event event)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (event == CA_EVENT_LOSS) {
		dctcp_halve(sk);
	} else if (event == CA_EVENT_COMPLETE_CWR &&
		   inet_csk(sk)->icsk_ca_state == TCP_CA_CWR && weir_tlp_repaired(tp)) {
		dctcp_halve(sk);
		weir_set_cwnd(tp, min(tcp_snd_cwnd(tp), tp->snd_ssthresh));
	}
}

/* --- Receiver ------------------------------------------------------------- */

/* Section 3.2: ACKs from now on say whether the packet just received is marked. */
static void dctcp_echo(struct sock *sk, bool ce)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	dctcp->rcv_nxt = tp->rcv_nxt;
	weir_ecn_echo(tp, ce);
}

/* Its mark is not that of the packet before: an ACK must leave at once. */
static noinline void dctcp_mark_changed(struct sock *sk, bool ce)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	struct inet_connection_sock *icsk = inet_csk(sk);

	/* What was received before, with the echo of before */
	if (icsk->icsk_ack.pending & ICSK_ACK_TIMER) {
		weir_ecn_echo(tcp_sk(sk), dctcp->ce);
		weir_send_ack(sk, dctcp->rcv_nxt);
	}
	icsk->icsk_ack.pending |= ICSK_ACK_NOW;
	dctcp->ce = ce;
	dctcp_echo(sk, ce);
}

static void dctcp_receive(struct sock *sk, bool ce)
{
	const struct dctcp *dctcp = inet_csk_ca(sk);

	if (!dctcp->enabled || !weir_ecn_classic(tcp_sk(sk)))
		return;

	if (dctcp->ce == ce)
		dctcp_echo(sk, ce);
	else
		dctcp_mark_changed(sk, ce);
}

static void dctcp_cwnd_event(struct sock *sk, enum tcp_ca_event event)
{
	if (event == CA_EVENT_ECN_IS_CE || event == CA_EVENT_ECN_NO_CE)
		dctcp_receive(sk, event == CA_EVENT_ECN_IS_CE);
	else
		dctcp_reduction_event(sk, event);
}

WEIR_DEFINE_CWND_EVENT(dctcp, dctcp_cwnd_event, dctcp_tx_start)

/* --- Module ---------------------------------------------------------------- */

static size_t dctcp_get_info(struct sock *sk, u32 ext, int *attr,
			     union tcp_cc_info *info)
{
	const struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	if (!(ext & (1 << (INET_DIAG_VEGASINFO - 1) | 1 << (INET_DIAG_DCTCPINFO - 1))))
		return 0;

	memset(&info->dctcp, 0, sizeof(info->dctcp));
	if (dctcp->enabled) {
		u32 marked = tp->delivered_ce - dctcp->delivered_ce;

		info->dctcp.dctcp_enabled = 1;
		info->dctcp.dctcp_ce_state = dctcp->ce;
		info->dctcp.dctcp_alpha = READ_ONCE(dctcp->alpha) >> DCTCP_INFO_SHIFT;
		info->dctcp.dctcp_ab_ecn = tp->mss_cache * marked;
		info->dctcp.dctcp_ab_tot = tp->mss_cache * (tp->delivered - dctcp->delivered);
	}
	*attr = INET_DIAG_DCTCPINFO;

	return sizeof(info->dctcp);
}

/* `ss -ti` prints this as dctcp:fallback_mode. */
static size_t dctcp_reno_get_info(struct sock *sk, u32 ext, int *attr,
				  union tcp_cc_info *info)
{
	if (!(ext & (1 << (INET_DIAG_VEGASINFO - 1) | 1 << (INET_DIAG_DCTCPINFO - 1))))
		return 0;

	memset(&info->dctcp, 0, sizeof(info->dctcp));
	*attr = INET_DIAG_DCTCPINFO;

	return sizeof(info->dctcp);
}

/* What a connection without ECN runs; never registered. */
static struct tcp_congestion_ops dctcp_reno_ops __read_mostly = {
	.name		= WEIR_NAME(dctcp_reno),
	.owner		= THIS_MODULE,
	.ssthresh	= tcp_reno_ssthresh,
	.cong_avoid	= tcp_reno_cong_avoid,
	.undo_cwnd	= tcp_reno_undo_cwnd,
	.get_info	= dctcp_reno_get_info,
};

/*
 * An algorithm that needs ECN has every packet sent as ECN-capable. Without
 * ECN on the connection marks would then replace drops and go unseen, so that
 * the kernel must be told otherwise, and lastingly: by ops that do not need it.
 */
static void dctcp_fall_back(struct sock *sk)
{
	trace_weir_state(sk, DCTCP_SLOW_START, DCTCP_FALLBACK, WEIR_WHY_INIT);
	inet_csk(sk)->icsk_ca_ops = &dctcp_reno_ops;
	INET_ECN_dontxmit(sk);
}

static void dctcp_init(struct sock *sk)
{
	struct dctcp *dctcp = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	if (!weir_ecn_negotiated(tp)) {
		dctcp_fall_back(sk);
		return;
	}
	dctcp->alpha = READ_ONCE(dctcp_alpha_on_init) << DCTCP_INFO_SHIFT;
	dctcp->rcv_nxt = tp->rcv_nxt;
	dctcp->ce = false;
	dctcp->marked = false;
	dctcp->enabled = true;
	dctcp_start_window(sk);
	state_report_init(sk, &dctcp->report, dctcp_state(tcp_snd_cwnd(tp), tp->snd_ssthresh));
}

static struct tcp_congestion_ops dctcp_ops __read_mostly = {
	.name		= WEIR_NAME(dctcp),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NEEDS_ECN,
	.init		= dctcp_init,
	.ssthresh	= dctcp_ssthresh,
	.cong_avoid	= tcp_reno_cong_avoid,
	.set_state	= dctcp_set_state,
	.undo_cwnd	= dctcp_undo_cwnd,
	.pkts_acked	= dctcp_pkts_acked,
	.get_info	= dctcp_get_info,
	WEIR_CWND_EVENT(dctcp),
};

WEIR_MODULE(dctcp, struct dctcp, "Data Center TCP (RFC 8257)");
