// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_copa.c - Copa congestion control
 *
 * Copa steers its rate towards
 *
 *	target = 1 / (delta * dq)		[packets/s]
 *
 * with dq the queueing delay its packets meet: less of everybody's rate for
 * more of everybody's queue. Where all flows follow this rule each keeps
 * about 1/delta packets queued and gets an equal share; the common queue
 * swings between empty and 2.5/delta packets per flow every five round trips
 * (source, section 3), so that everybody sees it empty now and then.
 *
 * On every ACK (section 2.1):
 *
 *	dq     = RTTstanding - RTTmin		[us]
 *	rate   = cwnd / RTTstanding		[packets/us]
 *	cwnd  += v / (delta * cwnd) per packet acknowledged while rate <= target,
 *	cwnd  -= the same otherwise
 *
 * RTTstanding is the least RTT of the last half smoothed RTT, so that a
 * delayed or compressed ACK is no queue; RTTmin is the least of 10 s. The
 * velocity v is 1, and doubles each round trip once cwnd has moved in one
 * direction for three round trips. Slow start doubles cwnd each round trip until the rate
 * exceeds the target. Packets are paced at 2 * cwnd / RTTstanding: at twice the
 * rate cwnd still governs, and bursts do not become queues.
 *
 * Buffer-filling flows on the path show by never letting the queue get nearly
 * empty (section 2.2): when dq has not been below a tenth of RTTmax - RTTmin
 * for five round trips Copa competes. It then moves 1/delta as Reno moves cwnd,
 * plus one each round trip and halved on loss, never below the default.
 *
 * Source: V. Arun, H. Balakrishnan, "Copa: Practical Delay-Based Congestion
 * Control for the Internet", NSDI 2018.
 *
 * Differences from the source:
 * - The rate is that of the window under which the acknowledged packet was sent,
 *   W = what has been delivered since: it made the queue that this packet met.
 *   The source's analysis (section 3) has the queue lag the window by a round
 *   trip as well, but its rule divides the window of now by the RTT of then, as
 *   slow start does here.
 *   Where the queue is as long as the path that cancels the swing: the queue
 *   never empties, and flows compete with nobody, for good.
 * - A velocity above 1 is dropped when a decision opposes it, and when the change
 *   of cwnd not yet seen in the RTT suffices (copa_overshoots()). Otherwise
 *   doubling goes on for a round trip too long, in either direction, for ever.
 * - "Nearly empty" is also dq below two packets of its own, receivers
 *   acknowledging every other one, if that is below a third of RTTmax - RTTmin.
 *   A tenth of the swing of 2.5/delta = 5 packets is less than a packet.
 * - RTTmin is the least RTTstanding, not RTT, of 10 s (copa_sample_rtt()).
 * - Marks (ECN) are answered as losses are.
 * - An ACK counts for as many packets as it acknowledges. cwnd is whole packets,
 *   the rest is kept as credit.
 * - A round trip in which cwnd did not move has no direction: v becomes 1.
 * - v / delta is at most cwnd, as in the authors' implementation.
 * - Neither cwnd nor 1/delta grows while the window is not used.
 * - More than 20% lost in a round trip takes 30% of cwnd (the authors'
 *   implementation: 30% lost in two): losses without delay, as of a policer,
 *   are otherwise not answered at all. After a timeout slow start begins again.
 * - Losses that turn out to be none give back what they took of cwnd. What delay
 *   took in the meantime stays taken.
 */
#include "weir.h"
#include "win_filter.h"

#include <linux/inet_diag.h>

WEIR_PARAM(copa, delta, 1, 1000, 500, "default delta, 1/packets queued per flow [1/1000]");
WEIR_PARAM(copa, compete, 0, 1, 1, "compete with flows that fill the buffer");

/* 1/delta and the fraction of a packet are in 1/16 packet. */
#define COPA_SHIFT	4
#define COPA_UNIT	16U

#define COPA_MIN_RTT_WINDOW_US	(10 * USEC_PER_SEC)

/* Rounds that RTTmax looks back, and that may pass without a nearly empty queue */
#define COPA_MAX_RTT_ROUNDS	4
#define COPA_EMPTY_ROUNDS	5

/* Of its own packets queued: receivers acknowledge every other one. */
#define COPA_EMPTY_PACKETS	2U

/* Rounds in one direction before the velocity doubles */
#define COPA_STEADY_ROUNDS	3
#define COPA_MAX_VELOCITY	65536U

/* No TCP window holds more packets: 2^30 bytes in segments of 64. */
#define COPA_MAX_CWND		16777216U
#define COPA_MAX_INV_DELTA	(COPA_MAX_CWND * COPA_UNIT / 16)

/* Loss that is answered whatever the delay [percent of a round trip's packets] */
#define COPA_HEAVY_LOSS_PERCENT	20

/* What it takes [percent of cwnd] */
#define COPA_HEAVY_LOSS_CUT	30U

/* What the handshake delivers at most: the SYN, and the data that it carried */
#define COPA_HANDSHAKE_PACKETS	2

/**
 * enum copa_state - mode, as in the tracepoints
 * @COPA_SLOW_START: cwnd doubles each round trip
 * @COPA_DEFAULT: delta is the parameter
 * @COPA_COMPETE: 1/delta is moved by AIMD
 */
enum copa_state {
	COPA_SLOW_START,
	COPA_DEFAULT,
	COPA_COMPETE,
};

/**
 * enum copa_direction - where cwnd went in a round
 * @COPA_STILL: it did not change
 * @COPA_UP: it grew
 * @COPA_DOWN: it shrank
 */
enum copa_direction {
	COPA_STILL,
	COPA_UP,
	COPA_DOWN,
};

/**
 * struct copa - per-connection state
 * @min_rtt: RTTmin, least RTT of 10 s [us]
 * @standing_rtt: RTTstanding, least RTT of half a smoothed RTT [us]
 * @credit: change short of a whole packet [1/16 packet * cwnd]
 * @max_rtt_us: largest RTT of each of the last rounds, @round_index the current
 * @round_delivered: the connection's count of delivered packets when this
 *		     round began; it ends with the ACK of a packet sent later
 * @round_lost: the connection's count of lost packets then
 * @round_cwnd: cwnd then [packets]
 * @inv_delta: 1/delta [1/16 packet]
 * @velocity: v
 * @taken: what losses have taken of cwnd since the kernel last asked for
 *	   ssthresh, COPA_MAX_CWND after a timeout [packets]
 * @ready: init() has run
 * @avoiding: slow start is over
 * @competing: competitive mode
 * @cut: losses or marks have been answered in this round
 * @direction: enum copa_direction of the last round
 * @round_index: index of the current round in @max_rtt_us
 * @steady_rounds: rounds that @direction has lasted, saturated
 * @busy_rounds: rounds since the queue was nearly empty, saturated
 * @restarted: a timeout has begun slow start again since then (see @taken)
 */
struct copa {
	struct win_filter min_rtt;
	struct win_filter standing_rtt;
	s64 credit;
	u32 max_rtt_us[COPA_MAX_RTT_ROUNDS];
	u32 round_delivered;
	u32 round_lost;
	u32 round_cwnd;
	u32 inv_delta;
	u32 velocity;
	u32 taken;
	u8 ready:1,
	   avoiding:1,
	   competing:1,
	   cut:1,
	   direction:2,
	   round_index:2;
	u8 steady_rounds;
	u8 busy_rounds;
	bool restarted;
};

static enum copa_state copa_state(const struct copa *copa)
{
	if (!copa->avoiding)
		return COPA_SLOW_START;

	return copa->competing ? COPA_COMPETE : COPA_DEFAULT;
}

static u32 copa_default_inv_delta(void)
{
	return 1000 * COPA_UNIT / READ_ONCE(copa_delta);
}

/* dq; RTTstanding is one of the values that RTTmin is the least of. */
static u32 copa_queueing_delay_us(const struct copa *copa)
{
	return win_min(&copa->standing_rtt) - win_min(&copa->min_rtt);
}

/* --- What the ACKs say ------------------------------------------------------ */

/*
 * RTTmin is kept of RTTstanding, which is the same but for half an RTT in 10 s.
 * Of the RTTs themselves both filters keep three, and not always the same ones:
 * RTTmin could be forgotten while RTTstanding is still below what follows it.
 */
static void copa_sample_rtt(struct sock *sk, const struct rate_sample *rs)
{
	struct copa *copa = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 *max_rtt_us = &copa->max_rtt_us[copa->round_index];
	u32 rtt_us = min_t(long, rs->rtt_us, S32_MAX);
	u32 now_us = tp->tcp_mstamp;
	u32 standing_us;

	if (rs->rtt_us <= 0 || rs->is_ack_delayed || weir_rtt_is_coarse(tp, rtt_us))
		return;

	standing_us = win_min_update(&copa->standing_rtt, tp->srtt_us >> 4, now_us, rtt_us);
	win_min_update(&copa->min_rtt, COPA_MIN_RTT_WINDOW_US, now_us, standing_us);
	*max_rtt_us = max(*max_rtt_us, rtt_us);
}

/**
 * copa_window_sent() - window under which the acknowledged packet was sent
 * @rs: the ACK's rate sample
 * @cwnd: window of now, for want of a sample [packets]
 *
 * Between its departure and its ACK, what was in flight has been delivered.
 *
 * Return: packets, at least 1.
 */
static u32 copa_window_sent(const struct rate_sample *rs, u32 cwnd)
{
	return rs->delivered > 0 ? min_t(u32, rs->delivered, COPA_MAX_CWND) : cwnd;
}

static u32 copa_cwnd(const struct tcp_sock *tp)
{
	return min(tcp_snd_cwnd(tp), COPA_MAX_CWND);
}

static void copa_start_round(struct sock *sk)
{
	struct copa *copa = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	copa->round_delivered = tp->delivered;
	copa->round_lost = tp->lost;
	copa->round_cwnd = tcp_snd_cwnd(tp);
	copa->cut = 0;
	copa->round_index++;
	copa->max_rtt_us[copa->round_index] = 0;
}

/* --- Mode, section 2.2 ------------------------------------------------------- */

static void copa_set_mode(struct sock *sk, bool compete)
{
	struct copa *copa = inet_csk_ca(sk);

	if (copa->competing == compete)
		return;
	trace_weir_state(sk, copa_state(copa), compete ? COPA_COMPETE : COPA_DEFAULT,
			 WEIR_WHY_DELAY);
	copa->competing = compete;
	WRITE_ONCE(copa->inv_delta, copa_default_inv_delta());
}

/**
 * copa_nearly_empty() - whether the queue is nearly empty
 * @copa: the connection
 * @window: window that made it [packets]
 *
 * A path without any variation of RTT has no queue either, so that equality
 * counts.
 *
 * Return: true if the queue was nearly empty.
 */
static bool copa_nearly_empty(const struct copa *copa, u32 window)
{
	u32 max_rtt_us = max(max(copa->max_rtt_us[0], copa->max_rtt_us[1]),
			     max(copa->max_rtt_us[2], copa->max_rtt_us[3]));
	u32 min_rtt_us = win_min(&copa->min_rtt);
	u32 swing_us, packets_us;

	if (max_rtt_us <= min_rtt_us)
		return true;

	swing_us = max_rtt_us - min_rtt_us;
	packets_us = COPA_EMPTY_PACKETS * (win_min(&copa->standing_rtt) / window);

	return copa_queueing_delay_us(copa) <= max(swing_us / 10, min(swing_us / 3, packets_us));
}

static void copa_update_mode(struct sock *sk, u32 window)
{
	struct copa *copa = inet_csk_ca(sk);

	if (copa_nearly_empty(copa, window)) {
		copa->busy_rounds = 0;
		copa_set_mode(sk, false);
	} else if (copa->busy_rounds > COPA_EMPTY_ROUNDS) {
		copa_set_mode(sk, READ_ONCE(copa_compete));
	}
}

/* --- Once per round trip ------------------------------------------------------ */

static void copa_drop_velocity(struct copa *copa)
{
	copa->velocity = 1;
	copa->steady_rounds = 0;
	copa->direction = COPA_STILL;
}

static void copa_leave_slow_start(struct sock *sk, enum weir_why why)
{
	struct copa *copa = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	trace_weir_state(sk, COPA_SLOW_START, COPA_DEFAULT, why);
	copa->avoiding = 1;
	copa->credit = 0;
	copa->busy_rounds = 0;
	copa_drop_velocity(copa);
	weir_set_ssthresh(tp, max(tcp_snd_cwnd(tp), WEIR_MIN_CWND));
}

static void copa_update_velocity(struct sock *sk)
{
	struct copa *copa = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));
	enum copa_direction direction = COPA_STILL;

	if (cwnd != copa->round_cwnd)
		direction = cwnd > copa->round_cwnd ? COPA_UP : COPA_DOWN;

	if (direction == COPA_STILL || direction != copa->direction) {
		copa->steady_rounds = 1;
		copa->velocity = 1;
	} else if (copa->steady_rounds < COPA_STEADY_ROUNDS - 1) {
		copa->steady_rounds++;
	} else {
		copa->velocity = min(2 * copa->velocity, COPA_MAX_VELOCITY);
	}
	copa->direction = direction;
}

/* A fifth of a window's packets is lost: that is an answer to its size. */
static void copa_answer_heavy_loss(struct sock *sk)
{
	struct copa *copa = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u64 lost = tp->lost - copa->round_lost;
	u64 sent = tp->delivered - copa->round_delivered + lost;
	u32 cwnd = copa_cwnd(tp);
	u32 cut = cwnd * COPA_HEAVY_LOSS_CUT / 100;

	/* After a timeout the kernel has reduced cwnd already. */
	if (inet_csk(sk)->icsk_ca_state == TCP_CA_Loss)
		return;
	if (lost * 100 <= max_t(u64, sent, cwnd) * COPA_HEAVY_LOSS_PERCENT)
		return;

	if (!copa->avoiding)
		copa_leave_slow_start(sk, WEIR_WHY_LOSS);
	weir_set_cwnd(tp, max(cwnd - cut, WEIR_MIN_CWND));
	copa->taken += cut;
	copa_drop_velocity(copa);
}

static noinline void copa_end_round(struct sock *sk)
{
	struct copa *copa = inet_csk_ca(sk);

	if (copa->avoiding)
		copa_update_velocity(sk);
	if (copa->competing && !copa->cut && tcp_sk(sk)->is_cwnd_limited)
		WRITE_ONCE(copa->inv_delta, min(copa->inv_delta + COPA_UNIT, COPA_MAX_INV_DELTA));
	if (copa->busy_rounds < U8_MAX)
		copa->busy_rounds++;
	copa_answer_heavy_loss(sk);
	copa_start_round(sk);
}

/* --- Window and pacing rate, section 2.1 -------------------------------------- */

/**
 * copa_below_target() - whether the rate is not above the target
 * @copa: the connection
 * @window: window of the rate [packets]
 *
 * window / RTTstanding <= 1 / (delta * dq), multiplied out.
 *
 * Return: true if it is not.
 */
static bool copa_below_target(const struct copa *copa, u32 window)
{
	return (u64)window * copa_queueing_delay_us(copa) * COPA_UNIT <=
	       (u64)copa->inv_delta * win_min(&copa->standing_rtt);
}

/**
 * copa_overshoots() - whether cwnd has moved far enough for what is known
 * @copa: the connection
 * @cwnd: window of now [packets]
 * @window: window that made the RTT of now [packets]
 * @up: whether cwnd is moving up
 *
 * By Little's law window * dq / RTTstanding of its own packets were queued;
 * cwnd - window more will be once the RTT shows it. That is enough on the way
 * down if it is less than the target's queue, 1/delta; and on the way up, if a
 * packet was queued at all, so that the path is full, if it is more than the
 * queue ever is in balance, 2.5/delta.
 *
 * Return: true if cwnd has moved far enough.
 */
static bool copa_overshoots(const struct copa *copa, u32 cwnd, u32 window, bool up)
{
	s64 standing_us = win_min(&copa->standing_rtt);
	s64 queued = (s64)window * copa_queueing_delay_us(copa);
	s64 will_be = queued + ((s64)cwnd - window) * standing_us;
	s64 target = copa->inv_delta * standing_us;

	if (up)
		return queued >= standing_us && 2 * will_be * COPA_UNIT > 5 * target;

	return will_be * COPA_UNIT < target;
}

/* cwnd += or -= v / (delta * cwnd) for each of @acked packets */
static void copa_move(struct sock *sk, bool up, u32 acked)
{
	struct copa *copa = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = copa_cwnd(tp);
	s64 packet = (s64)cwnd * COPA_UNIT;
	s64 per_round = min_t(s64, (s64)copa->velocity * copa->inv_delta, packet);
	s64 moved;

	copa->credit += up ? acked * per_round : -(acked * per_round);
	if (copa->credit < packet && copa->credit > -packet)
		return;

	moved = div64_s64(copa->credit, packet);
	copa->credit -= moved * packet;
	weir_set_cwnd(tp, clamp_t(s64, cwnd + moved, WEIR_MIN_CWND, COPA_MAX_CWND));
}

static void copa_slow_start(struct sock *sk, u32 acked)
{
	const struct copa *copa = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = copa_cwnd(tp);

	if (!copa_below_target(copa, cwnd))
		copa_leave_slow_start(sk, WEIR_WHY_DELAY);
	else if (tcp_is_cwnd_limited(sk))
		weir_set_cwnd(tp, cwnd + acked);
}

static void copa_avoid(struct sock *sk, u32 window, u32 acked)
{
	struct copa *copa = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = copa_cwnd(tp);
	bool up = copa_below_target(copa, window);

	/* Below ssthresh tcp_is_cwnd_limited() lets cwnd grow to twice what is used. */
	if (up && !tp->is_cwnd_limited)
		return;
	if (copa->velocity > 1 &&
	    (copa->direction == (up ? COPA_DOWN : COPA_UP) ||
	     copa_overshoots(copa, cwnd, window, up)))
		copa_drop_velocity(copa);
	copa_move(sk, up, acked);
}

static void copa_pace(struct sock *sk, u32 rtt_us)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 rate = mul_u64_u32_div((u64)tcp_snd_cwnd(tp) * tp->mss_cache,
				   2 * USEC_PER_SEC, rtt_us);

	WRITE_ONCE(sk->sk_pacing_rate,
		   min_t(u64, rate, READ_ONCE(sk->sk_max_pacing_rate)));
}

static noinline void copa_trace_ack(const struct sock *sk, s32 rtt_us)
{
	const struct copa *copa = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 standing_us = win_min(&copa->standing_rtt);
	u32 dq_us = copa_queueing_delay_us(copa);
	const struct weir_values values = {
		.bw = mul_u64_u32_div((u64)tcp_snd_cwnd(tp) * tp->mss_cache, USEC_PER_SEC,
				      max(standing_us, 1U)),
		.target = div_u64((u64)copa->inv_delta * standing_us,
				  max(dq_us, 1U) * COPA_UNIT),
		.aux = dq_us,
	};

	trace_weir_ack(sk, copa_state(copa), rtt_us, &values);
}

static void copa_main(struct sock *sk, const struct rate_sample *rs)
{
	struct copa *copa = inet_csk_ca(sk);
	u32 standing_us;

	if (!copa->ready)
		return;

	copa_sample_rtt(sk, rs);
	standing_us = win_min(&copa->standing_rtt);
	if (standing_us == U32_MAX)
		return;

	if (rs->delivered > 0 && !before(rs->prior_delivered, copa->round_delivered))
		copa_end_round(sk);
	if (copa->avoiding) {
		u32 window = copa_window_sent(rs, copa_cwnd(tcp_sk(sk)));

		copa_update_mode(sk, window);
		copa_avoid(sk, window, rs->acked_sacked);
	} else {
		copa_slow_start(sk, rs->acked_sacked);
	}
	copa_pace(sk, standing_us);

	if (trace_weir_ack_enabled())
		copa_trace_ack(sk, rs->rtt_us);
}

WEIR_DEFINE_CONG_CONTROL(copa, copa_main)

/* --- Life of a connection ------------------------------------------------------ */

/*
 * RTTmin is measured from here on. The handshake's RTT will not do: its packets
 * are short, and on a slow link a full one takes longer than "nearly empty".
 * Nor will the ssthresh that the kernel remembers of earlier connections.
 */
static void copa_init(struct sock *sk)
{
	struct copa *copa = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	memset(copa, 0, sizeof(*copa));
	copa->inv_delta = copa_default_inv_delta();
	copa->velocity = 1;
	if (tp->delivered <= COPA_HANDSHAKE_PACKETS)
		weir_set_ssthresh(tp, TCP_INFINITE_SSTHRESH);
	copa->avoiding = !weir_in_initial_slow_start(tp);
	copa->ready = 1;
	copa_start_round(sk);

	if (tp->srtt_us >> 3)
		copa_pace(sk, tp->srtt_us >> 3);
	cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
}

/*
 * After a timeout the kernel has set cwnd to what is in flight plus one: start
 * over. It also comes here, and leaves cwnd alone, with packets that are too
 * large for the path: those tell nothing about its queue.
 */
static void copa_set_state(struct sock *sk, u8 new_state)
{
	struct copa *copa = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	if (new_state != TCP_CA_Loss || !copa->ready)
		return;
	/* What is marked lost so far needs no other answer. */
	copa->round_lost = tp->lost;
	if (tcp_snd_cwnd(tp) != tcp_packets_in_flight(tp) + 1)
		return;

	if (copa->avoiding) {
		trace_weir_state(sk, copa_state(copa), COPA_SLOW_START, WEIR_WHY_RTO);
		copa->restarted = true;
	}
	copa->taken = COPA_MAX_CWND;
	copa->avoiding = 0;
	copa->competing = 0;
	WRITE_ONCE(copa->inv_delta, copa_default_inv_delta());
	weir_set_ssthresh(tp, TCP_INFINITE_SSTHRESH);
}

/*
 * Here Reno halves cwnd: once for all losses and marks of a window of data. They
 * halve 1/delta; cwnd is not changed. What the kernel may undo begins here.
 */
static u32 copa_ssthresh(struct sock *sk)
{
	struct copa *copa = inet_csk_ca(sk);

	if (copa->competing && !copa->cut)
		WRITE_ONCE(copa->inv_delta, max(copa->inv_delta / 2, copa_default_inv_delta()));
	copa->cut = 1;
	copa->taken = 0;
	copa->restarted = false;

	return tcp_sk(sk)->snd_ssthresh;
}

/* The losses were none: they give back what they took, up to the window before. */
static u32 copa_undo_cwnd(struct sock *sk)
{
	struct copa *copa = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_snd_cwnd(tp);

	if (copa->restarted && !copa->avoiding)
		copa_leave_slow_start(sk, WEIR_WHY_UNDO);
	cwnd = max(cwnd, min(cwnd + copa->taken, tp->prior_cwnd));
	copa->taken = 0;
	copa->restarted = false;
	copa->round_lost = tp->lost;

	return cwnd;
}

/*
 * `ss -ti` prints this as bbr:(bw:cwnd/RTTstanding,mrtt:RTTmin,pacing_gain:2,
 * cwnd_gain:1/delta). 1/delta above the default says that Copa competes.
 */
static size_t copa_get_info(struct sock *sk, u32 ext, int *attr,
			    union tcp_cc_info *info)
{
	const struct copa *copa = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 bw;

	if (!(ext & (1 << (INET_DIAG_VEGASINFO - 1) | 1 << (INET_DIAG_BBRINFO - 1))))
		return 0;

	bw = mul_u64_u32_div((u64)tcp_snd_cwnd(tp) * tp->mss_cache, USEC_PER_SEC,
			     max(win_min(&copa->standing_rtt), 1U));
	memset(&info->bbr, 0, sizeof(info->bbr));
	info->bbr.bbr_bw_lo = (u32)bw;
	info->bbr.bbr_bw_hi = (u32)(bw >> 32);
	info->bbr.bbr_min_rtt = win_min(&copa->min_rtt);
	info->bbr.bbr_pacing_gain = 2 << 8;
	info->bbr.bbr_cwnd_gain = READ_ONCE(copa->inv_delta) << (8 - COPA_SHIFT);
	*attr = INET_DIAG_BBRINFO;

	return sizeof(info->bbr);
}

static struct tcp_congestion_ops copa_ops __read_mostly = {
	.name		= WEIR_NAME(copa),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= copa_init,
	.ssthresh	= copa_ssthresh,
	.set_state	= copa_set_state,
	.undo_cwnd	= copa_undo_cwnd,
	.get_info	= copa_get_info,
	WEIR_CONG_CONTROL(copa),
};

WEIR_MODULE(copa, struct copa, "Copa congestion control (Arun, Balakrishnan 2018)");
