// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_cubic.c - CUBIC congestion control
 *
 * Reno's window grows by one packet per round trip, which on a fast and long
 * path takes minutes to use the capacity. CUBIC's grows as a cubic function of
 * the time since the last congestion event: fast at first, then flat around
 * W_max, the window at which the network was last full, then faster and faster
 * in search of a new maximum.
 *
 *	W_cubic(t) = C (t - K)^3 + W_max	C = 0.4 packets/s^3	(eq. 1)
 *	K = cbrt((W_max - cwnd_epoch) / C)				(eq. 2)
 *	target = W_cubic(t + RTT), within [cwnd, 1.5 cwnd]
 *	cwnd += (target - cwnd) / cwnd		per packet acknowledged
 *
 * Where Reno would be faster, on short or slow paths, it follows an estimate of
 * Reno's window instead, with the increase that makes Reno with a decrease of
 * 0.7 as fast as Reno with one of 0.5, and Reno's own increase once it is past
 * the window of the last congestion event:
 *
 *	W_est += alpha / cwnd			per packet acknowledged	(eq. 4)
 *	alpha = 3 (1 - beta) / (1 + beta) = 9/17; 1 once W_est >= cwnd_prior
 *
 * Source: RFC 9438; its section numbers are given below. Slow start is that
 * of RFC 9406 (hystart_pp.h), as section 4.10 asks.
 *
 * Differences from the source:
 * - ssthresh is 0.7 cwnd, not 0.7 flight_size. Section 4.6 allows it with
 *   other means against a cwnd that exceeds what is in flight: cwnd grows only
 *   while it limits the sender.
 * - growth is counted per packet acknowledged, so that delayed ACKs do not
 *   halve it; the section says "per ACK".
 * - cwnd never falls to W_est and rises to it no faster than in slow start;
 *   the two can be far apart after an idle period.
 * - growth is computed for each sixteenth of a window, at once for windows
 *   below 32 packets: up to RTT/16 late, with the later and larger target.
 * - the window in force is cwnd rounded down to whole packets; its fraction is
 *   carried along, through reductions as well. Fast convergence compares whole
 *   packets: less than one is not a saturation point that has moved.
 * - when an epoch begins at or above W_max, K is 0 and W_max is cwnd: equation
 *   2 has no meaningful K for it.
 *
 * The kernel's own cubic implements RFC 8312; docs/algorithms/cubic.md has the
 * differences.
 */
#include "hystart_pp.h"
#include "state_report.h"

WEIR_PARAM(cubic, fast_convergence, 0, 1, 1,
	   "give up bandwidth to new flows faster (section 4.7)");
WEIR_PARAM(cubic, hystart, 0, 1, 1,
	   "end slow start by delay with HyStart++, for connections made from now on");

/* beta_cubic, the multiplicative decrease (section 4.6) */
#define CUBIC_BETA_NUM		7
#define CUBIC_BETA_DEN		10

/* (1 + beta) / 2, W_max relative to cwnd with fast convergence (section 4.7) */
#define CUBIC_CONVERGENCE_NUM	17
#define CUBIC_CONVERGENCE_DEN	20

/* alpha_cubic = 3 (1 - beta) / (1 + beta), and 1, over one denominator */
#define CUBIC_ALPHA_NUM		9
#define CUBIC_ALPHA_DEN		17

/*
 * Time is counted in ticks of cbrt(2.5) / 8192 s = 165.7 us, because then C is
 * a power of two and the cubic is a cube and a shift:
 *
 *	0.4 packets/s^3 = 2^-39 packets/tick^3
 *
 * A cube of up to 63 bits reaches 347 s and 2^24 packets from the plateau;
 * beyond, the curve stays at that.
 */
#define CUBIC_C_SHIFT		39
#define CUBIC_TICKS_PER_US	25924067ULL	/* 2^32 * 8192 / (10^6 cbrt(2.5)) */
#define CUBIC_TICKS_SHIFT	32
#define CUBIC_MAX_TICKS		((1U << 21) - 1)

/*
 * Windows have 24 fraction bits while they are computed, so that the smallest
 * steps add up, and W_max has 8 where it is kept. Both hold 2^24 packets.
 */
#define CUBIC_FRAC		24
#define CUBIC_FRAC_MASK		((1U << CUBIC_FRAC) - 1)
#define CUBIC_W_MAX_FRAC	8
#define CUBIC_W_MAX_SHIFT	(CUBIC_FRAC - CUBIC_W_MAX_FRAC)

/* Packets that count for growth at a time; a product needs the bound. */
#define CUBIC_MAX_ACKED		32768U

/* Growth is computed when cwnd / 16 packets have been acknowledged. */
#define CUBIC_BATCH_SHIFT	4

/**
 * enum cubic_state - what the tracepoints report
 * @CUBIC_SLOW_START: slow start
 * @CUBIC_CSS: conservative slow start of HyStart++
 * @CUBIC_RENO_FRIENDLY: following W_est (section 4.3)
 * @CUBIC_CONCAVE: following the cubic, below W_max (section 4.4)
 * @CUBIC_CONVEX: following the cubic, from W_max on (section 4.5)
 */
enum cubic_state {
	CUBIC_SLOW_START,
	CUBIC_CSS,
	CUBIC_RENO_FRIENDLY,
	CUBIC_CONCAVE,
	CUBIC_CONVEX,
};

/**
 * struct cubic_epoch - a stage of congestion avoidance
 * @w_max: W_max [2^-CUBIC_W_MAX_FRAC packets], 0 if undefined
 * @cwnd_prior: cwnd when ssthresh was last set [packets]
 * @k: K [ticks]
 * @w_est: W_est, whole packets
 * @w_est_credit: fraction of W_est [packets / (CUBIC_ALPHA_DEN * cwnd)]
 * @t_us: t, time in this stage during which cwnd limited the sender [us]
 * @stamp_us: when @t_us was brought up to date, low bits of tcp_mstamp [us]
 * @begun: whether the stage has begun, and the fields from @k on are valid
 */
struct cubic_epoch {
	u32 w_max;
	u32 cwnd_prior;
	u32 k;
	u32 w_est;
	u32 w_est_credit;
	u32 t_us;
	u32 stamp_us;
	u8 begun;
};

/**
 * struct cubic - per-connection state
 * @now: the present stage
 * @undo: the stage that the last congestion event ended (section 4.9.2)
 * @cwnd_frac: fraction of cwnd [2^-CUBIC_FRAC packets]
 * @acked: packets acknowledged that growth has yet to be computed for
 * @hystart: state of slow start
 * @report: enum cubic_state, each change is reported
 */
struct cubic {
	struct cubic_epoch now;
	struct cubic_epoch undo;
	u32 cwnd_frac;
	u32 acked;
	struct hystart_pp hystart;
	struct state_report report;
};

static noinline void cubic_change_state(struct sock *sk, enum cubic_state state,
					enum weir_why why)
{
	struct cubic *cubic = inet_csk_ca(sk);

	state_report(sk, &cubic->report, state, why);
}

static void cubic_enter(struct sock *sk, enum cubic_state state, enum weir_why why)
{
	const struct cubic *cubic = inet_csk_ca(sk);

	if (state != cubic->report.state)
		cubic_change_state(sk, state, why);
}

/*
 * Report slow start and its end, which @cwnd and @ssthresh tell; the regions
 * past it are set by growth.
 */
static void cubic_report(struct sock *sk, u32 cwnd, u32 ssthresh, enum weir_why why)
{
	const struct cubic *cubic = inet_csk_ca(sk);

	if (cwnd >= ssthresh) {
		if (cubic->report.state <= CUBIC_CSS)
			cubic_enter(sk, CUBIC_RENO_FRIENDLY, why);
	} else if (hystart_pp_in_css(&cubic->hystart, ssthresh)) {
		cubic_enter(sk, CUBIC_CSS, why);
	} else {
		cubic_enter(sk, CUBIC_SLOW_START, why);
	}
}

/* Out of line: what every ACK runs needs no more registers for it. */
static noinline void cubic_update_state(struct sock *sk, enum weir_why why)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	cubic_report(sk, tcp_snd_cwnd(tp), tp->snd_ssthresh, why);
}

static void cubic_init(struct sock *sk)
{
	struct cubic *cubic = inet_csk_ca(sk);

	cubic->report.delivered_ce = tcp_sk(sk)->delivered_ce;
	if (READ_ONCE(cubic_hystart))
		hystart_pp_init(&cubic->hystart);
	cubic_update_state(sk, WEIR_WHY_INIT);
}

/**
 * cubic_cbrt() - cube root
 * @x: any number
 *
 * Newton's iteration from above on y^3 = x, which falls until it is there.
 *
 * Return: the largest y with y^3 <= x.
 */
static u32 cubic_cbrt(u64 x)
{
	u64 y, next = 1ULL << DIV_ROUND_UP(fls64(x), 3);

	if (!x)
		return 0;
	do {
		y = next;
		next = div_u64(2 * y + div64_u64(x, y * y), 3);
	} while (next < y);

	return y;
}

/* A window of whole packets, and one as it is kept, with its fraction */
static u64 cubic_packets(u32 packets)
{
	return (u64)packets << CUBIC_FRAC;
}

static u64 cubic_w_max(const struct cubic_epoch *epoch)
{
	return (u64)epoch->w_max << CUBIC_W_MAX_SHIFT;
}

/* cwnd with its fraction; while it follows W_est, that of W_est */
static u64 cubic_cwnd(const struct cubic *cubic, u32 cwnd)
{
	const struct cubic_epoch *epoch = &cubic->now;
	u32 frac = cubic->cwnd_frac;

	if (cubic->report.state == CUBIC_RENO_FRIENDLY && epoch->begun && epoch->w_est == cwnd)
		frac = div_u64(cubic_packets(epoch->w_est_credit), CUBIC_ALPHA_DEN * cwnd);

	return cubic_packets(cwnd) + frac;
}

/**
 * cubic_window() - W_cubic(t), equation 1
 * @epoch: the stage of congestion avoidance
 * @t_us: t [us], below 2^39
 *
 * Return: window [2^-CUBIC_FRAC packets], at least 0.
 */
static u64 cubic_window(const struct cubic_epoch *epoch, u64 t_us)
{
	u32 t = t_us * CUBIC_TICKS_PER_US >> CUBIC_TICKS_SHIFT;
	u64 plateau = cubic_w_max(epoch);
	u64 distance, offset;

	distance = min(t > epoch->k ? t - epoch->k : epoch->k - t, CUBIC_MAX_TICKS);
	offset = distance * distance * distance >> (CUBIC_C_SHIFT - CUBIC_FRAC);
	if (t > epoch->k)
		return plateau + offset;

	return plateau - min(plateau, offset);
}

/*
 * Sections 4.2 and 4.8: a stage of congestion avoidance begins with @cwnd
 * [2^-CUBIC_FRAC packets]. W_max is undefined after a timeout and after a slow
 * start that HyStart++ ended.
 */
static void cubic_begin_epoch(struct cubic *cubic, u64 cwnd)
{
	struct cubic_epoch *epoch = &cubic->now;
	u32 w = min_t(u64, cwnd >> CUBIC_W_MAX_SHIFT, U32_MAX);

	epoch->k = 0;
	if (epoch->w_max > w)
		epoch->k = cubic_cbrt((u64)(epoch->w_max - w) <<
				      (CUBIC_C_SHIFT - CUBIC_W_MAX_FRAC));
	else
		epoch->w_max = w;
	epoch->w_est = cwnd >> CUBIC_FRAC;
	epoch->w_est_credit = (cwnd & CUBIC_FRAC_MASK) * CUBIC_ALPHA_DEN *
			      epoch->w_est >> CUBIC_FRAC;
	epoch->t_us = 0;
	epoch->begun = true;
}

/* Equation 4. Return: true if W_est has grown to another packet. */
static bool cubic_grow_w_est(struct cubic_epoch *epoch, u32 cwnd, u32 acked)
{
	u32 packet = CUBIC_ALPHA_DEN * cwnd, n;

	epoch->w_est_credit += acked * (epoch->w_est < epoch->cwnd_prior ?
					CUBIC_ALPHA_NUM : CUBIC_ALPHA_DEN);
	if (epoch->w_est_credit < packet)
		return false;

	n = epoch->w_est_credit / packet;
	epoch->w_est_credit -= n * packet;
	epoch->w_est += n;

	return true;
}

/* Section 4.2: W_cubic(t + RTT), at least cwnd and at most 1.5 cwnd */
static u64 cubic_target(const struct sock *sk, u64 cwnd)
{
	const struct cubic_epoch *epoch = &((struct cubic *)inet_csk_ca(sk))->now;
	u64 t_us = (u64)epoch->t_us + (tcp_sk(sk)->srtt_us >> 3);

	return clamp(cubic_window(epoch, t_us), cwnd, cwnd + cwnd / 2);
}

/* Sections 4.4 and 4.5. Return: the new cwnd. */
static u32 cubic_follow_target(struct sock *sk, u32 cwnd, u32 acked)
{
	struct cubic *cubic = inet_csk_ca(sk);
	u64 real = cubic_cwnd(cubic, cwnd);

	cubic_enter(sk, real < cubic_w_max(&cubic->now) ? CUBIC_CONCAVE : CUBIC_CONVEX,
		    WEIR_WHY_ACK);
	real += div_u64((cubic_target(sk, real) - real) * min(acked, CUBIC_MAX_ACKED), cwnd);
	cubic->cwnd_frac = real & CUBIC_FRAC_MASK;

	return real >> CUBIC_FRAC;
}

/* Section 4.3. Return: the new cwnd. */
static u32 cubic_follow_w_est(struct sock *sk, u32 cwnd, u32 acked)
{
	const struct cubic *cubic = inet_csk_ca(sk);

	cubic_enter(sk, CUBIC_RENO_FRIENDLY, WEIR_WHY_ACK);

	return clamp(cubic->now.w_est, cwnd, cwnd + acked);
}

/* Out of line, because most ACKs only count. */
static noinline void cubic_grow(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *cubic = inet_csk_ca(sk);
	struct cubic_epoch *epoch = &cubic->now;
	u32 cwnd = tcp_snd_cwnd(tp), acked = cubic->acked, now_us = tp->tcp_mstamp;
	bool check = cubic->report.state == CUBIC_RENO_FRIENDLY;

	cubic->acked = 0;

	if (epoch->begun) {
		epoch->t_us = min_t(u64, (u64)epoch->t_us + (u32)(now_us - epoch->stamp_us),
				    U32_MAX);
	} else {
		/* Only a window that is still the one set has its fraction. */
		if (cwnd != tp->snd_ssthresh)
			cubic->cwnd_frac = 0;
		cubic_begin_epoch(cubic, cubic_packets(cwnd) + cubic->cwnd_frac);
		check = true;
	}
	epoch->stamp_us = now_us;

	/* W_cubic does not fall: past W_est, it stays there until W_est grows. */
	if (cubic_grow_w_est(epoch, cwnd, acked))
		check = true;
	if (check && cubic_window(epoch, epoch->t_us) < cubic_packets(epoch->w_est))
		cwnd = cubic_follow_w_est(sk, cwnd, acked);
	else
		cwnd = cubic_follow_target(sk, cwnd, acked);
	weir_set_cwnd(tp, cwnd);
}

static void cubic_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *cubic = inet_csk_ca(sk);

	/* Section 5.8: neither cwnd nor t grows while cwnd is not the limit. */
	if (!tcp_is_cwnd_limited(sk)) {
		cubic->now.stamp_us = tp->tcp_mstamp;
		return;
	}

	if (tcp_in_slow_start(tp)) {
		acked = hystart_pp_slow_start(sk, &cubic->hystart, acked);
		if (tcp_in_slow_start(tp))
			return;
		cubic_update_state(sk, WEIR_WHY_ACK);
	}
	cubic->acked += acked;
	if (cubic->acked >= tcp_snd_cwnd(tp) >> CUBIC_BATCH_SHIFT || !cubic->now.begun)
		cubic_grow(sk);
}

/*
 * The first transmission after idle: t does not include what came before. The
 * kernel may have shrunk cwnd below ssthresh.
 */
static void cubic_tx_start(struct sock *sk)
{
	struct cubic *cubic = inet_csk_ca(sk);

	cubic->now.stamp_us = tcp_sk(sk)->tcp_mstamp;
	cubic_update_state(sk, WEIR_WHY_IDLE);
}

/* Section 4.8: after a timeout K is 0 and W_max is cwnd in the next stage. */
static void cubic_forget_curve(struct cubic *cubic)
{
	cubic->now.w_max = 0;
	cubic->now.begun = false;
}

/*
 * Section 4.6: while ECN-Echo persists the window shrinks to one packet, where
 * loss stops at two. The kernel ends a reduction with cwnd at ssthresh, which
 * is never below two. What a tail loss probe repaired was a loss.
 */
static void cubic_complete_cwr(struct sock *sk)
{
	const struct cubic *cubic = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	if (inet_csk(sk)->icsk_ca_state == TCP_CA_CWR && weir_ecn_negotiated(tp) &&
	    !weir_tlp_repaired(tp) && cubic->now.cwnd_prior &&
	    cubic->now.cwnd_prior * CUBIC_BETA_NUM < WEIR_MIN_CWND * CUBIC_BETA_DEN) {
		weir_set_cwnd(tp, 1);
		cubic_update_state(sk, WEIR_WHY_ECN);
	}
}

static void cubic_cwnd_event(struct sock *sk, enum tcp_ca_event event)
{
	/* A timeout, told right after ssthresh() was asked. */
	if (event == CA_EVENT_LOSS)
		cubic_forget_curve(inet_csk_ca(sk));
	else if (event == CA_EVENT_COMPLETE_CWR)
		cubic_complete_cwr(sk);
}

WEIR_DEFINE_CWND_EVENT(cubic, cubic_cwnd_event, cubic_tx_start)

/* Sections 4.6 and 4.7: a congestion event, called once per reduction. */
static u32 cubic_ssthresh(struct sock *sk)
{
	struct cubic *cubic = inet_csk_ca(sk);
	struct cubic_epoch *epoch = &cubic->now;
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));
	u64 real = cubic_cwnd(cubic, cwnd), reduced;
	bool release = cwnd < epoch->w_max >> CUBIC_W_MAX_FRAC &&
		       READ_ONCE(cubic_fast_convergence);

	cubic->undo = *epoch;

	reduced = real;
	if (release)
		reduced = div_u64(real * CUBIC_CONVERGENCE_NUM, CUBIC_CONVERGENCE_DEN);
	epoch->w_max = min_t(u64, reduced >> CUBIC_W_MAX_SHIFT, U32_MAX);
	epoch->cwnd_prior = cwnd;
	epoch->begun = false;
	cubic->acked = 0;

	reduced = max(div_u64(real * CUBIC_BETA_NUM, CUBIC_BETA_DEN),
		      cubic_packets(WEIR_MIN_CWND));
	cubic->cwnd_frac = reduced & CUBIC_FRAC_MASK;

	return reduced >> CUBIC_FRAC;
}

/*
 * Section 4.9.2: the congestion event was spurious. What it changed returns,
 * unless cwnd has grown past what it was by itself. The time since counts,
 * t_epoch is what it was; but not that of a timeout, in which next to nothing
 * was sent: no window was tried then.
 */
static u32 cubic_undo_cwnd(struct sock *sk)
{
	struct cubic *cubic = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = max(tcp_snd_cwnd(tp), tp->prior_cwnd);
	bool timeout = !cubic->now.w_max;

	if (tcp_snd_cwnd(tp) < cubic->now.cwnd_prior) {
		cubic->now = cubic->undo;
		if (timeout)
			cubic->now.stamp_us = tp->tcp_mstamp;
		cubic->cwnd_frac = 0;
	}
	/* The kernel sets both next, and may not change its state for that. */
	cubic_report(sk, cwnd, state_report_undone_ssthresh(tp), WEIR_WHY_UNDO);

	return cwnd;
}

/*
 * A timeout within a reduction, where nobody was asked, forgets the curve, too.
 * From Open it may be packets that are too large for the path. From CWR to
 * Recovery one reduction goes on, with cwnd where the kernel has it.
 */
static void cubic_set_state(struct sock *sk, u8 new_state)
{
	struct cubic *cubic = inet_csk_ca(sk);
	u8 old_state = inet_csk(sk)->icsk_ca_state;

	if (new_state == TCP_CA_Loss && old_state >= TCP_CA_CWR)
		cubic_forget_curve(cubic);
	if (new_state != TCP_CA_Recovery || old_state != TCP_CA_CWR)
		cubic_update_state(sk, state_report_why(sk, &cubic->report, new_state));
	cubic->report.delivered_ce = tcp_sk(sk)->delivered_ce;
}

static noinline void cubic_trace_ack(struct sock *sk, s32 rtt_us)
{
	const struct cubic *cubic = inet_csk_ca(sk);
	struct weir_values values = { .aux = cubic->now.w_max >> CUBIC_W_MAX_FRAC };
	u64 cwnd = cubic_packets(tcp_snd_cwnd(tcp_sk(sk)));

	if (cubic->now.begun)
		values.target = cubic->report.state == CUBIC_RENO_FRIENDLY ?
			cubic->now.w_est : cubic_target(sk, cwnd) >> CUBIC_FRAC;
	trace_weir_ack(sk, cubic->report.state, rtt_us, &values);
}

static void cubic_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *cubic = inet_csk_ca(sk);

	if (hystart_pp_active(tp, &cubic->hystart)) {
		bool ended = hystart_pp_ack(sk, &cubic->hystart, sample->rtt_us);

		/* Section 4.10; W_max is undefined as yet. */
		if (ended)
			cubic->now.cwnd_prior = tcp_snd_cwnd(tp);
		cubic_update_state(sk, ended ? WEIR_WHY_ACK : WEIR_WHY_DELAY);
	}
	if (trace_weir_ack_enabled())
		cubic_trace_ack(sk, sample->rtt_us);
}

static struct tcp_congestion_ops cubic_ops __read_mostly = {
	.name		= WEIR_NAME(cubic),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= cubic_init,
	.ssthresh	= cubic_ssthresh,
	.cong_avoid	= cubic_cong_avoid,
	.pkts_acked	= cubic_pkts_acked,
	.set_state	= cubic_set_state,
	.undo_cwnd	= cubic_undo_cwnd,
	WEIR_CWND_EVENT(cubic),
};

WEIR_MODULE(cubic, struct cubic, "CUBIC congestion control (RFC 9438) with HyStart++ (RFC 9406)");
