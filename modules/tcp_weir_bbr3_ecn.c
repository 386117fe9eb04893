// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_bbr3_ecn.c - BBRv3 and congestion signalled by the network
 *
 * draft-ietf-ccwg-bbr leaves the response to ECN to implementations, but for
 * one rule: a sender that marks its packets as ECN-capable must take CE marks
 * for congestion. Two responses are given here.
 *
 * By default the peer is taken to answer as RFC 3168 says, by repeating
 * ECN-Echo until it hears that the sender has slowed down: which packets were
 * marked is not known, only that some were, once per round. That counts as
 * loss: a probe that brings marks went too high, a round with marks lowers the
 * short-term bounds, and two such rounds in a row end Startup.
 *
 * With the parameter ecn_accurate, peers are taken to return every mark, as
 * those of DCTCP and of Accurate ECN do. Then, on paths of at most 5 ms, where
 * marks come from shallow thresholds, the response is the one of Google's
 * BBRv3: the share of marked packets is smoothed into ecn_alpha, each round
 * lowers inflight_shortterm by a third of it, and a probe went too high when
 * half of its packets are marked. Wrong where peers do not: their repeated
 * ECN-Echo would count as a mark on every packet.
 */
#include "bbr3.h"

WEIR_PARAM(bbr3, ecn_accurate, 0, 1, 0,
	   "peers return each ECN mark, as DCTCP's and accurate ECN's do");

/* Longest path on which accurate marks are taken for shallow ones [us] */
#define BBR3_ECN_MAX_RTT_US	(5 * USEC_PER_MSEC)
/* Weight of a round in ecn_alpha: 1/16 */
#define BBR3_ECN_ALPHA_SHIFT	4
/* The share of ecn_alpha to give way by is 1/3. */
#define BBR3_ECN_FACTOR_INV	3
/* A share of marks of more than 1/2 is too high. */
#define BBR3_ECN_THRESH_INV	2

/**
 * bbr3_ecn_is_accurate() - whether each mark is told and means a shallow queue
 * @sk: the connection
 *
 * Return: whether to answer marks in proportion.
 */
bool bbr3_ecn_is_accurate(const struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);

	return READ_ONCE(bbr3_ecn_accurate) && bbr3->history &&
	       bbr3->min_rtt_us <= BBR3_ECN_MAX_RTT_US && weir_ecn_negotiated(tcp_sk(sk));
}

/**
 * bbr3_ecn_start() - begin to count marks
 * @sk: the connection, whose history is new
 *
 * A path that is congested from the start is given way to at once.
 */
void bbr3_ecn_start(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->history->ecn_alpha = BBR_UNIT;
	bbr3->history->ce_delivered = tp->delivered;
	bbr3->history->ce_marked = tp->delivered_ce;
}

/**
 * bbr3_ecn_cut() - what accurate marks leave of a volume
 * @sk: the connection, with accurate marks
 * @inflight: the volume [packets]
 *
 * Return: packets.
 */
u32 bbr3_ecn_cut(const struct sock *sk, u32 inflight)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 keep = BBR_UNIT - bbr3->history->ecn_alpha / BBR3_ECN_FACTOR_INV;

	return (u64)inflight * keep >> BBR_GAIN_SHIFT;
}

/**
 * bbr3_ecn_too_high() - whether accurate marks say that inflight is too high
 * @sk: the connection
 * @rs: the kernel's rate sample
 *
 * Return: whether more than half of the sample is marked.
 */
bool bbr3_ecn_too_high(const struct sock *sk, const struct rate_sample *rs)
{
	return rs->delivered_ce > 0 && rs->delivered > 0 &&
	       (u32)rs->delivered_ce > (u32)rs->delivered / BBR3_ECN_THRESH_INV &&
	       bbr3_ecn_is_accurate(sk);
}

/* Two rounds with too many marks, one after the other, end Startup. */
static void bbr3_ecn_check_startup(struct sock *sk, bool too_high)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (bbr3->state != BBR3_STARTUP)
		return;
	bbr3->startup_ecn_rounds = too_high ? bbr3->startup_ecn_rounds + 1 : 0;
	if (bbr3->startup_ecn_rounds < BBR3_STARTUP_ECN_ROUNDS)
		return;
	bbr3->full_bw_now = 1;
	bbr3->full_bw_reached = 1;
	bbr3->inflight_longterm = max(bbr3_bdp(bbr3, bbr3->bw, BBR_UNIT), bbr3->inflight_latest);
}

/* Smooth the share of marked packets. Return: that of this round [1/256] */
static u32 bbr3_ecn_update_alpha(struct bbr3_history *history, const struct tcp_sock *tp)
{
	u32 delivered = tp->delivered - history->ce_delivered;
	u32 marked = tp->delivered_ce - history->ce_marked;
	u32 ratio, alpha = history->ecn_alpha;

	if (!delivered)
		return 0;
	ratio = min_t(u64, div_u64((u64)marked << BBR_GAIN_SHIFT, delivered), BBR_UNIT);
	alpha -= DIV_ROUND_UP(alpha, 1 << BBR3_ECN_ALPHA_SHIFT);
	alpha += DIV_ROUND_UP(ratio, 1 << BBR3_ECN_ALPHA_SHIFT);
	history->ecn_alpha = min_t(u32, alpha, BBR_UNIT);
	history->ce_delivered = tp->delivered;
	history->ce_marked = tp->delivered_ce;

	return ratio;
}

/**
 * bbr3_ecn_end_of_round() - account for a round's marks
 * @sk: the connection
 */
void bbr3_ecn_end_of_round(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	bool too_high = bbr3->is_ecn_in_round;
	u32 ratio;

	if (bbr3_ecn_is_accurate(sk)) {
		ratio = bbr3_ecn_update_alpha(bbr3->history, tcp_sk(sk));
		bbr3->is_ecn_in_round = ratio > 0;
		too_high = ratio > BBR_UNIT / BBR3_ECN_THRESH_INV;
	}
	bbr3_ecn_check_startup(sk, too_high);
}

/**
 * bbr3_handle_ecn_too_high() - marks say that a probe went too high
 * @sk: the connection
 * @rs: the kernel's rate sample
 *
 * Unlike losses, marks are never found to have been none.
 */
void bbr3_handle_ecn_too_high(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct send_info info;

	bbr3_info_of_ack(sk, rs, &info);
	bbr3_handle_inflight_too_high(sk, info.in_flight, rs->is_app_limited, WEIR_WHY_ECN);
	bbr3->undo_state = BBR3_UNDO_NONE;
}

/**
 * bbr3_handle_ecn_echo() - the kernel entered TCP_CA_CWR: marks were echoed
 * @sk: the connection
 * @ack: the acknowledgment
 *
 * It does so once per round, and then for whichever kind of ECN.
 */
void bbr3_handle_ecn_echo(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (bbr3_ecn_is_accurate(sk))
		return;
	if (!bbr3->is_ecn_in_round && !bbr3->is_loss_in_round)
		bbr3->loss_round_delivered = tcp_sk(sk)->delivered;
	bbr3->is_ecn_in_round = 1;
	if (bbr3->is_bw_probe_sample && ack->sampled)
		bbr3_handle_ecn_too_high(sk, ack->rs);
}
