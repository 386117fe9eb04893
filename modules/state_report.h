/* SPDX-License-Identifier: GPL-2.0 */
/*
 * state_report.h - weir:weir_state, for algorithms whose state follows from
 * cwnd and ssthresh
 *
 * The kernel changes both on its own account, so such an algorithm compares its
 * state with what it has last told whenever that may have happened: in init(),
 * when the window has grown, in set_state(), in undo_cwnd() before the kernel
 * sets both, and when transmission starts after idle.
 *
 * All-zero state is valid: state 0, of a connection without marks.
 */
#ifndef _STATE_REPORT_H
#define _STATE_REPORT_H

#include "weir.h"

/**
 * struct state_report - what was last told of a connection
 * @delivered_ce: the connection's count of marked packets delivered when the
 *		  kernel's state last changed
 * @state: the algorithm's state, as last reported
 */
struct state_report {
	u32 delivered_ce;
	u8 state;
};

/**
 * state_report() - report a change of state
 * @sk: the connection
 * @report: what was last told of it
 * @state: the algorithm's state of now
 * @why: what made it change, if it did
 */
static inline void state_report(const struct sock *sk, struct state_report *report,
				u8 state, enum weir_why why)
{
	if (state == report->state)
		return;
	trace_weir_state(sk, report->state, state, why);
	report->state = state;
}

/* The same in init(): marks of before are no reason for anything to come. */
static inline void state_report_init(const struct sock *sk, struct state_report *report,
				     u8 state)
{
	report->delivered_ce = tcp_sk(sk)->delivered_ce;
	state_report(sk, report, state, WEIR_WHY_INIT);
}

/* ssthresh as the kernel leaves it after undo_cwnd() */
static inline u32 state_report_undone_ssthresh(const struct tcp_sock *tp)
{
	return max(tp->snd_ssthresh, tp->prior_ssthresh);
}

/**
 * state_report_why() - why the kernel's state changes
 * @sk: the connection, in set_state()
 * @report: what was last told of it
 * @new_state: the kernel's state to come, TCP_CA_x
 *
 * ECN-Echo leads to TCP_CA_CWR at once, and comes with packets that were marked;
 * a full queue of this host and a tail loss probe's repair lead there, too. What
 * has changed when nothing was being reduced is the kernel's doing: it shrinks a
 * window that the application does not use. An undo tells of itself.
 *
 * Return: enum weir_why.
 */
static inline enum weir_why state_report_why(const struct sock *sk,
					     const struct state_report *report, u8 new_state)
{
	switch (new_state) {
	case TCP_CA_CWR:
		return tcp_sk(sk)->delivered_ce != report->delivered_ce ? WEIR_WHY_ECN :
									  WEIR_WHY_LOSS;
	case TCP_CA_Recovery:
		return WEIR_WHY_LOSS;
	case TCP_CA_Loss:
		return WEIR_WHY_RTO;
	default:
		return inet_csk(sk)->icsk_ca_state < TCP_CA_CWR ? WEIR_WHY_IDLE : WEIR_WHY_ACK;
	}
}

/* From CWR to Recovery one reduction goes on, with cwnd where the kernel has it. */
static __maybe_unused noinline void state_report_reduction(const struct sock *sk,
							   struct state_report *report,
							   u8 state, u8 new_state)
{
	if (new_state != TCP_CA_Recovery || inet_csk(sk)->icsk_ca_state != TCP_CA_CWR)
		state_report(sk, report, state, state_report_why(sk, report, new_state));
	report->delivered_ce = tcp_sk(sk)->delivered_ce;
}

/**
 * state_report_ca_state() - report what the kernel's change of state brings
 * @sk: the connection, in set_state()
 * @report: what was last told of it
 * @state: the algorithm's state of now
 * @new_state: the kernel's state to come, TCP_CA_x
 */
static inline void state_report_ca_state(const struct sock *sk, struct state_report *report,
					 u8 state, u8 new_state)
{
	/* Most bring nothing. */
	if (state == report->state)
		report->delivered_ce = tcp_sk(sk)->delivered_ce;
	else
		state_report_reduction(sk, report, state, new_state);
}

#endif /* _STATE_REPORT_H */
