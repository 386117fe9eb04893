// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_bbr3_main.c - BBR, version 3, on a stock kernel
 *
 * Like BBR's first version, a model of the path: paces at the bandwidth that
 * the bottleneck delivers and bounds what is in flight by the
 * bandwidth-delay product. Unlike it, it also learns what volume the path
 * carries without much loss, leaves headroom below it, and probes for more
 * seldom enough for Reno and CUBIC to live beside it.
 *
 * Source: draft-ietf-ccwg-bbr; bbr3.h names the parts. This file holds the
 * callbacks, the order of steps on each ACK ("Algorithm Organization"), and
 * what follows from the model ("Updating Control Parameters").
 *
 * Where the draft and Google's code differ, the draft is followed.
 * docs/algorithms/bbr3.md lists that, and what a stock kernel cannot give.
 */
#include "bbr3.h"
#include "bbr_info.h"

#define CREATE_TRACE_POINTS
#include "bbr3_trace.h"

WEIR_PARAM(bbr3, fail_alloc, 0, 1, 0,
	   "for tests: behave as if there was no memory for a connection's history");

/* Pacing gain and cwnd gain ("Summary of Control Behavior"), by state */
static const u16 bbr3_gains[][2] = {
	[BBR3_STARTUP]		= { BBR3_STARTUP_PACING_GAIN, BBR3_DEFAULT_CWND_GAIN },
	[BBR3_DRAIN]		= { BBR3_DRAIN_PACING_GAIN, BBR3_DEFAULT_CWND_GAIN },
	[BBR3_PROBE_BW_DOWN]	= { BBR3_DOWN_PACING_GAIN, BBR3_DEFAULT_CWND_GAIN },
	[BBR3_PROBE_BW_CRUISE]	= { BBR_UNIT, BBR3_DEFAULT_CWND_GAIN },
	[BBR3_PROBE_BW_REFILL]	= { BBR_UNIT, BBR3_DEFAULT_CWND_GAIN },
	[BBR3_PROBE_BW_UP]	= { BBR3_UP_PACING_GAIN, BBR3_UP_CWND_GAIN },
	[BBR3_PROBE_RTT]	= { BBR_UNIT, BBR3_PROBE_RTT_CWND_GAIN },
};

static u32 bbr3_pacing_gain(const struct bbr3 *bbr3)
{
	return bbr3_gains[bbr3->state][0];
}

static u32 bbr3_cwnd_gain(const struct bbr3 *bbr3)
{
	return bbr3_gains[bbr3->state][1];
}

/* --- Volumes ---------------------------------------------------------------- */

/**
 * bbr3_bdp() - BDPMultiple()
 * @bbr3: the state
 * @bw: bandwidth
 * @gain: factor
 *
 * Return: packets, the initial window while there is no RTT sample.
 */
u32 bbr3_bdp(const struct bbr3 *bbr3, u32 bw, u32 gain)
{
	if (bbr3->min_rtt_us == BBR3_INFINITY)
		return TCP_INIT_CWND;

	return min(bbr_bdp(bw, bbr3->min_rtt_us, gain), BBR3_INFINITY / 2);
}

/* QuantizationBudget(), with UpdateOffloadBudget() for TCP */
static u32 bbr3_quantization_budget(const struct bbr3 *bbr3, u32 inflight_cap)
{
	inflight_cap = max3(inflight_cap, 3U * bbr3->send_quantum, BBR3_MIN_PIPE_CWND);
	if (bbr3->state == BBR3_PROBE_BW_UP)
		inflight_cap += 2;

	return inflight_cap;
}

/**
 * bbr3_inflight() - Inflight()
 * @bbr3: the state
 * @bw: bandwidth
 * @gain: factor on the BDP
 *
 * Return: packets.
 */
u32 bbr3_inflight(const struct bbr3 *bbr3, u32 bw, u32 gain)
{
	return bbr3_quantization_budget(bbr3, bbr3_bdp(bbr3, bw, gain));
}

/**
 * bbr3_inflight_with_headroom() - InflightWithHeadroom()
 * @bbr3: the state
 *
 * Return: packets, BBR3_INFINITY if there is no long-term bound.
 */
u32 bbr3_inflight_with_headroom(const struct bbr3 *bbr3)
{
	u32 headroom;

	if (bbr3->inflight_longterm == BBR3_INFINITY)
		return BBR3_INFINITY;
	headroom = div_u64((u64)bbr3->inflight_longterm * BBR3_HEADROOM_PERCENT, 100);
	headroom = max(headroom, 1U);

	return max_t(s64, (s64)bbr3->inflight_longterm - headroom, BBR3_MIN_PIPE_CWND);
}

/**
 * bbr3_target_inflight() - TargetInflight(): BDP, unless congestion cut cwnd
 * @sk: the connection
 *
 * Return: packets.
 */
u32 bbr3_target_inflight(const struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);

	return min(bbr3_bdp(bbr3, bbr3->bw, BBR_UNIT), bbr3_uncut_cwnd(sk));
}

/**
 * bbr3_probe_rtt_cwnd() - ProbeRTTCwnd()
 * @bbr3: the state
 *
 * Return: packets.
 */
u32 bbr3_probe_rtt_cwnd(const struct bbr3 *bbr3)
{
	return max(bbr3_bdp(bbr3, bbr3->bw, BBR3_PROBE_RTT_CWND_GAIN), BBR3_MIN_PIPE_CWND);
}

/* --- Pacing rate and send quantum ---------------------------------------------- */

/* InitPacingRate() */
static void bbr3_init_pacing_rate(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 rtt_us = USEC_PER_MSEC;
	u64 rate;

	if (tp->srtt_us) {
		rtt_us = max(tp->srtt_us >> 3, 1U);
		bbr3->rtt_seen = 1;
	}
	rate = bbr_pacing_rate(bbr_bw_of(tcp_snd_cwnd(tp), rtt_us), tp->mss_cache,
			       BBR3_STARTUP_PACING_GAIN);
	WRITE_ONCE(sk->sk_pacing_rate, min_t(u64, rate, READ_ONCE(sk->sk_max_pacing_rate)));
}

/* SetPacingRateWithGain() */
static void bbr3_set_pacing_rate(struct sock *sk, u32 gain)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u64 rate;

	if (unlikely(!bbr3->rtt_seen && tcp_sk(sk)->srtt_us))
		bbr3_init_pacing_rate(sk);

	rate = min_t(u64, bbr_pacing_rate(bbr3->bw, tcp_sk(sk)->mss_cache, gain),
		     READ_ONCE(sk->sk_max_pacing_rate));
	if (bbr3->full_bw_reached || rate > READ_ONCE(sk->sk_pacing_rate))
		WRITE_ONCE(sk->sk_pacing_rate, rate);
}

/* SetSendQuantum(): a millisecond's worth, which is how the kernel sizes bursts */
static void bbr3_set_send_quantum(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 bytes = min_t(u64, READ_ONCE(sk->sk_pacing_rate) >> READ_ONCE(sk->sk_pacing_shift),
			  BBR3_QUANTUM_MAX_BYTES);

	bbr3->send_quantum = clamp_t(u32, bytes / tcp_sk(sk)->mss_cache, BBR3_QUANTUM_MIN_SEGS,
				     BBR3_QUANTUM_MAX_SEGS);
}

/* UpdateMaxInflight() */
static u32 bbr3_max_inflight(const struct bbr3 *bbr3)
{
	u32 inflight_cap = bbr3_bdp(bbr3, bbr3->bw, bbr3_cwnd_gain(bbr3));

	if (bbr3->history)
		inflight_cap += min(win_max(&bbr3->history->extra_acked), BBR3_INFINITY / 4);

	return bbr3_quantization_budget(bbr3, inflight_cap);
}

/* The bound of BoundCwndForModel() */
static u32 bbr3_model_cap(const struct bbr3 *bbr3)
{
	u32 cap = BBR3_INFINITY;

	if (bbr3->state == BBR3_PROBE_BW_CRUISE || bbr3->state == BBR3_PROBE_RTT)
		cap = bbr3_inflight_with_headroom(bbr3);
	else if (bbr3_is_in_probe_bw(bbr3))
		cap = bbr3->inflight_longterm;

	return max(min(cap, bbr3->inflight_shortterm), BBR3_MIN_PIPE_CWND);
}

/*
 * Few ACKs change the model. What follows from it is computed when one does,
 * and once a round for what may change elsewhere.
 */
static void bbr3_apply_model(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->model_changed = 0;
	bbr3_set_pacing_rate(sk, bbr3_pacing_gain(bbr3));
	bbr3_set_send_quantum(sk);
	bbr3->target_cwnd = min(bbr3_max_inflight(bbr3), bbr3_model_cap(bbr3));
	if (bbr3->state == BBR3_PROBE_RTT)
		bbr3->target_cwnd = min(bbr3->target_cwnd, bbr3_probe_rtt_cwnd(bbr3));
}

/* --- cwnd ------------------------------------------------------------------------- */

/**
 * bbr3_save_cwnd() - SaveCwnd()
 * @sk: the connection
 */
void bbr3_save_cwnd(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));

	if (inet_csk(sk)->icsk_ca_state < TCP_CA_Recovery && bbr3->state != BBR3_PROBE_RTT)
		bbr3->prior_cwnd = cwnd;
	else
		bbr3->prior_cwnd = max(bbr3->prior_cwnd, cwnd);
}

/**
 * bbr3_restore_cwnd() - RestoreCwnd()
 * @sk: the connection
 */
void bbr3_restore_cwnd(struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_snd_cwnd_set(tp, max(tcp_snd_cwnd(tp), bbr3->prior_cwnd));
}

/*
 * SetCwnd(), BoundCwndForProbeRTT() and BoundCwndForModel(). Until the pipe has
 * been full once, the target is not yet one to cut cwnd to.
 */
static void bbr3_set_cwnd(struct sock *sk, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tp);

	if (likely(bbr3->full_bw_reached) || bbr3->state == BBR3_PROBE_RTT)
		cwnd = min(cwnd + acked, bbr3->target_cwnd);
	else if (cwnd < bbr3->target_cwnd || tp->delivered < TCP_INIT_CWND)
		cwnd += acked;
	weir_set_cwnd(tp, max(cwnd, BBR3_MIN_PIPE_CWND));
}

/* Leaving recovery, cwnd is what it was before ("Modulating cwnd in Loss Recovery"). */
static void bbr3_update_ca_state(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u8 prev = bbr3->prev_ca_state, now = inet_csk(sk)->icsk_ca_state;

	bbr3->prev_ca_state = now;
	if (prev >= TCP_CA_Recovery && now < TCP_CA_Recovery)
		bbr3_restore_cwnd(sk);
}

/* --- History ------------------------------------------------------------------------ */

static void bbr3_alloc_history(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct bbr3_history *history;

	if (tp->delivered <= TCP_INIT_CWND || READ_ONCE(bbr3_fail_alloc))
		return;
	history = kzalloc(sizeof(*history), GFP_ATOMIC | __GFP_NOWARN);
	if (!history)
		return;
	bbr3->history = history;
	bbr_epoch_start(&history->epoch, tp->tcp_mstamp);
	send_ring_resize(&history->ring, tcp_snd_cwnd(tp), tp->mss_cache);
	bbr3_watch_losses(sk);
	bbr3_ecn_start(sk);
}

/* What is done once a round, after everything else */
static void bbr3_end_round(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->round_lost = tp->lost;
	if (bbr3->quiet_rounds < 3)
		bbr3->quiet_rounds++;
	if (bbr3->history) {
		send_ring_resize(&bbr3->history->ring, tcp_snd_cwnd(tp), tp->mss_cache);
		bbr3_keep_lost_seq(sk);
	} else {
		bbr3_alloc_history(sk);
	}
}

/* --- Callbacks ------------------------------------------------------------------------ */

static void bbr3_trace(struct sock *sk, const struct bbr3_ack *ack)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	const struct weir_values values = {
		.bw = bbr_bytes_per_sec(bbr3->bw, tcp_sk(sk)->mss_cache),
		.target = bbr3->target_cwnd,
		.aux = bbr3->inflight_longterm | (u64)bbr3->ack_phase << 32 |
		       (bbr3->history ? 0 : 1ULL << 63),
	};

	trace_weir_ack(sk, bbr3->state, ack->rs->rtt_us, &values);
	trace_weir_bbr3(sk, ack, BBR3_STEP_ACK);
}

/*
 * CheckIfApplicationLimited(), at ACKs: the kernel checks only when the
 * application writes. What counts is whether there was room before this ACK.
 */
static void bbr3_check_app_limited(struct sock *sk, const struct rate_sample *rs)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (unlikely(tp->write_seq - tp->snd_nxt < tp->mss_cache) &&
	    rs->prior_in_flight < tcp_snd_cwnd(tp))
		tcp_rate_check_app_limited(sk);
}

/*
 * The kernel was in TCP_CA_CWR. If it still is, for ECN, which an ACK shows
 * that delivers marked packets. If not, a tail loss probe may have repaired a
 * loss. Else a queue of this host was full, which says nothing about the path.
 */
static void bbr3_check_cwr(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u8 ca_state = inet_csk(sk)->icsk_ca_state;

	if (ca_state == TCP_CA_CWR && weir_ecn_negotiated(tp)) {
		if (ack->rs->delivered_ce <= 0)
			return;
		bbr3_handle_ecn_echo(sk, ack);
	} else if (ca_state < TCP_CA_CWR && weir_tlp_repaired(tp)) {
		bbr3_handle_tlp_repair(sk);
	}
	bbr3->cwr_seen = 0;
}

/* UpdateModelAndState() */
static void bbr3_update_model_and_state(struct sock *sk, struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	bool expired;

	if (likely(ack->sampled)) {
		bbr3_update_signals(sk, ack);
		bbr3_update_ack_aggregation(sk, ack);
		bbr3_update_state(sk, ack);
	}
	expired = bbr3_update_min_rtt(bbr3, ack->rs);
	if (unlikely(expired || bbr3->state == BBR3_PROBE_RTT))
		bbr3_check_probe_rtt(sk, ack, expired);
	/* After idle, an ACK that may not renew the minimum leaves that to the next. */
	if (ack->rs->delivered > 0 && !(expired && ack->rs->is_ack_delayed))
		bbr3->idle_restart = 0;
	bbr3_advance_latest_signals(bbr3, ack);
	bbr3_bound_bw(bbr3);
}

/* UpdateOnACK() */
static void bbr3_main(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct bbr3_ack ack = { .rs = rs, .sampled = rs->delivered >= 0 };

	/* The ACK of a SYN comes before init(). */
	if (unlikely(!bbr3->initialised))
		return;

	bbr3_check_app_limited(sk, rs);
	if (unlikely(tcp_sk(sk)->lost != bbr3->lost))
		bbr3_handle_losses(sk);
	if (unlikely(bbr3->cwr_seen))
		bbr3_check_cwr(sk, &ack);

	bbr3_update_model_and_state(sk, &ack);

	if (unlikely(inet_csk(sk)->icsk_ca_state != bbr3->prev_ca_state))
		bbr3_update_ca_state(sk);
	if (bbr3->model_changed)
		bbr3_apply_model(sk);
	bbr3_set_cwnd(sk, rs->acked_sacked);
	if (ack.round_start)
		bbr3_end_round(sk);

	if (trace_weir_ack_enabled())
		bbr3_trace(sk, &ack);
}

WEIR_DEFINE_CONG_CONTROL(bbr3, bbr3_main)

/* OnInit() */
static void bbr3_init(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	memset(bbr3, 0, sizeof(*bbr3));
	bbr3->min_rtt_us = tcp_min_rtt(tp);
	bbr3->min_rtt_stamp = tcp_jiffies32;
	bbr3->probe_rtt_min_us = bbr3->min_rtt_us;
	bbr3->probe_rtt_min_stamp = tcp_jiffies32;
	bbr3->next_round_delivered = tp->delivered;
	bbr3->loss_round_delivered = tp->delivered;
	bbr3->lost = tp->lost;
	bbr3->round_lost = tp->lost;
	bbr3->inflight_longterm = BBR3_INFINITY;
	bbr3->probe_up_acked_per_inc = BBR3_INFINITY;
	bbr3->prev_ca_state = inet_csk(sk)->icsk_ca_state;
	bbr3_reset_shortterm_model(bbr3);
	bbr3->initialised = 1;

	weir_set_ssthresh(tp, TCP_INFINITE_SSTHRESH);
	bbr3_init_pacing_rate(sk);
	bbr3_enter_startup(sk, WEIR_WHY_INIT);
	bbr3_apply_model(sk);
	cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
}

/* Runs without init() as well, and twice; get_info() may read meanwhile. */
static void bbr3_release(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct bbr3_history *history = bbr3->history;

	bbr3->history = NULL;
	bbr3->initialised = 0;
	if (history)
		kfree_rcu(history, rcu);
}

/* HandleRestartFromIdle() */
static void bbr3_tx_start(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (!bbr3->initialised || !tp->app_limited)
		return;

	bbr3->idle_restart = 1;
	if (bbr3->history)
		bbr_epoch_start(&bbr3->history->epoch, tp->tcp_mstamp);
	if (bbr3_is_in_probe_bw(bbr3)) {
		bbr3_skip_probe_wait(sk);
		bbr3_set_pacing_rate(sk, BBR_UNIT);
		bbr3->model_changed = 1;
	} else if (bbr3->state == BBR3_PROBE_RTT) {
		bbr3_check_probe_rtt_done(sk, WEIR_WHY_IDLE);
	}
	trace_weir_bbr3(sk, NULL, BBR3_STEP_IDLE);
}

WEIR_DEFINE_TX_START(bbr3, bbr3_tx_start)

/*
 * OnEnterFastRecovery() and OnEnterRTO(). The kernel asks when an episode
 * begins that it may undo later, before it changes its state or cwnd.
 */
static u32 bbr3_ssthresh(struct sock *sk)
{
	bbr3_save_cwnd(sk);
	bbr3_save_state_upon_loss(sk);
	trace_weir_bbr3(sk, NULL, BBR3_STEP_SAVE);

	return tcp_sk(sk)->snd_ssthresh;
}

static void bbr3_set_ca_state(struct sock *sk, u8 new_state)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (!bbr3->initialised)
		return;
	if (new_state == TCP_CA_CWR) {
		bbr3->cwr_seen = 1;
	} else if (new_state == TCP_CA_Loss) {
		bbr3->prev_ca_state = TCP_CA_Loss;
		if (tcp_sk(sk)->lost != bbr3->lost)
			bbr3_handle_losses(sk);
		trace_weir_bbr3(sk, NULL, BBR3_STEP_RTO);
	}
}

static u32 bbr3_undo_cwnd(struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (bbr3->initialised) {
		bbr3_handle_spurious_loss(sk);
		trace_weir_bbr3(sk, NULL, BBR3_STEP_UNDO);
	}

	return max(tcp_snd_cwnd(tcp_sk(sk)), bbr3->prior_cwnd);
}

/* Startup may go on during recovery, which takes three windows of buffer. */
static u32 bbr3_sndbuf_expand(struct sock *sk)
{
	return 3;
}

/* Comes before everything that leaves, new or again. */
static u32 bbr3_min_tso_segs(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	/* Marked by a timer, that is, since the last ACK */
	if (unlikely(tcp_sk(sk)->lost != bbr3->lost) && bbr3->initialised)
		bbr3_handle_losses(sk);
	if (likely(bbr3->history))
		send_ring_mark(&bbr3->history->ring, tcp_sk(sk));

	return BBR3_QUANTUM_MIN_SEGS;
}

WEIR_DEFINE_MIN_TSO_SEGS(bbr3, bbr3_min_tso_segs)

/* Without the socket lock: history may be freed meanwhile and is not touched. */
static size_t bbr3_get_info(struct sock *sk, u32 ext, int *attr, union tcp_cc_info *info)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 state = min_t(u32, bbr3->state, BBR3_PROBE_RTT);

	return bbr_fill_info(ext, attr, info,
			     bbr_bytes_per_sec(READ_ONCE(bbr3->bw), tcp_sk(sk)->mss_cache),
			     READ_ONCE(bbr3->min_rtt_us),
			     bbr3_gains[state][0], bbr3_gains[state][1]);
}

static struct tcp_congestion_ops bbr3_ops __read_mostly = {
	.name		= WEIR_NAME(bbr3),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= bbr3_init,
	.release	= bbr3_release,
	.ssthresh	= bbr3_ssthresh,
	.undo_cwnd	= bbr3_undo_cwnd,
	.set_state	= bbr3_set_ca_state,
	.sndbuf_expand	= bbr3_sndbuf_expand,
	.get_info	= bbr3_get_info,
	WEIR_CONG_CONTROL(bbr3),
	WEIR_TX_START(bbr3),
	WEIR_MIN_TSO_SEGS(bbr3),
};

WEIR_MODULE(bbr3, struct bbr3, "BBR congestion control, version 3 (draft-ietf-ccwg-bbr)");
