// SPDX-License-Identifier: GPL-2.0
/* weir_dctcp: RFC 8257, sender and receiver, and what is left without ECN. */
#include "tcp_weir_dctcp.c"
#include "test.h"
#include "traced_states.h"
#include "shim_path.h"

#define RTT_US	10000
#define ONE	BIT(DCTCP_ALPHA_SHIFT)

static struct dctcp *dctcp_of(struct sock *sk)
{
	return inet_csk_ca(sk);
}

/* A connection on which ECN was negotiated, in congestion avoidance. */
static struct sock *avoiding(u32 cwnd)
{
	struct sock *sk = shim_socket("weir_dctcp");
	struct tcp_sock *tp = tcp_sk(sk);

	tp->ecn_flags = TCP_ECN_OK;
	shim_establish(sk);
	tp->snd_cwnd = cwnd;
	tp->snd_ssthresh = cwnd;
	shim_xmit(sk);

	return sk;
}

/* One window of data of which the last @marked of @total packets were marked. */
static void window(struct sock *sk, u32 total, u32 marked)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->delivered += total;
	tp->delivered_ce += marked;
	dctcp_end_window(sk);
}

static void alpha_starts_at_one(void **state)
{
	struct sock *sk = avoiding(10);

	assert_int_equal(dctcp_of(sk)->alpha, ONE);
	assert_true(sk->shim_ect);
	shim_close(sk);

	assert_int_equal(shim_param_set("alpha_on_init", "0"), 0);
	sk = avoiding(10);
	assert_int_equal(dctcp_of(sk)->alpha, 0);
	assert_int_equal(shim_param_set("alpha_on_init", "1024"), 0);
	shim_close(sk);
}

/* alpha * 15/16 + M / 16, in 2^-20 */
static void alpha_averages_the_marked_fraction(void **state)
{
	struct sock *sk = avoiding(10);
	struct dctcp *dctcp = dctcp_of(sk);

	window(sk, 100, 0);
	assert_int_equal(dctcp->alpha, 983040);
	window(sk, 100, 50);
	assert_int_equal(dctcp->alpha, 921600 + 32768);
	window(sk, 100, 100);
	assert_int_equal(dctcp->alpha, 954368 - 59648 + 65536);
	shim_close(sk);
}

static void alpha_tracks_a_constant_fraction(void **state)
{
	static const u32 marked[] = { 0, 1, 10, 50, 99, 100 };
	size_t i;
	int n;

	for (i = 0; i < ARRAY_SIZE(marked); i++) {
		struct sock *sk = avoiding(10);
		u32 want = (u64)ONE * marked[i] / 100;

		for (n = 0; n < 300; n++)
			window(sk, 100, marked[i]);
		/* Rounding loses at most 2^4 of 2^20. */
		assert_in_range(dctcp_of(sk)->alpha, want > 16 ? want - 16 : 0, want + 16);
		shim_close(sk);
	}
}

static void alpha_decays_to_nothing(void **state)
{
	struct sock *sk = avoiding(10);
	int n;

	for (n = 0; n < 400; n++)
		window(sk, 100, 0);
	assert_int_equal(dctcp_of(sk)->alpha >> DCTCP_INFO_SHIFT, 0);
	tcp_sk(sk)->delivered_ce++;
	tcp_sk(sk)->snd_cwnd = 10000;
	assert_int_equal(dctcp_ssthresh(sk), 10000);
	shim_close(sk);
}

static void one_estimate_per_window_of_data(void **state)
{
	struct sock *sk = avoiding(20);
	struct dctcp *dctcp = dctcp_of(sk);
	u32 alpha = ONE;
	int n;

	for (n = 0; n < 5; n++) {
		shim_round(sk, RTT_US, 1);
		alpha -= alpha >> 4;
		assert_int_equal(dctcp->alpha, alpha);
	}
	shim_close(sk);
}

static u32 reduced(u32 cwnd, u32 alpha)
{
	struct sock *sk = avoiding(cwnd);
	u32 ssthresh;

	dctcp_of(sk)->alpha = alpha;
	tcp_sk(sk)->delivered_ce++;
	ssthresh = dctcp_ssthresh(sk);
	shim_close(sk);

	return ssthresh;
}

static void reduces_by_half_of_alpha(void **state)
{
	assert_int_equal(reduced(100, ONE), 50);
	assert_int_equal(reduced(100, ONE / 2), 75);
	assert_int_equal(reduced(100, ONE / 10), 95);
	assert_int_equal(reduced(100, 0), 100);
	/* To the nearest packet: 10 * 0.125 / 2 = 0.6, 10 * 0.0625 / 2 = 0.3 */
	assert_int_equal(reduced(10, ONE / 8), 9);
	assert_int_equal(reduced(10, ONE / 16), 10);
	assert_int_equal(reduced(3, ONE), WEIR_MIN_CWND);
	assert_int_equal(reduced(1, ONE), WEIR_MIN_CWND);
}

static void one_reduction_per_window_of_data(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	dctcp_of(sk)->alpha = ONE / 2;
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_CWR);
	/* The window was ending: 40 * (1/2 * 15/16 + 1/16) / 2 = 10.6 */
	assert_int_equal(tp->snd_ssthresh, 29);
	shim_ece(sk, 1, RTT_US);
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(tp->snd_ssthresh, 29);
	shim_recover(sk, RTT_US);
	assert_int_equal(tp->snd_cwnd, 29);
	shim_close(sk);
}

/* The mark that ends a window is not forgotten with the count. */
static void mark_at_the_end_of_a_window(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);
	struct dctcp *dctcp = dctcp_of(sk);

	dctcp->alpha = 0;
	dctcp->window_end = tp->snd_una;
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(tp->delivered_ce, dctcp->delivered_ce);
	/* M = 1 for this window: alpha = 1/16, 40 / 32 = 1.25 */
	assert_int_equal(tp->snd_ssthresh, 39);
	shim_close(sk);
}

static void loss_halves(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	dctcp_of(sk)->alpha = ONE / 100;
	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 20);
	shim_recover(sk, RTT_US);
	assert_int_equal(tp->snd_cwnd, 20);
	shim_close(sk);
}

/* Reduced to 39 for marks first; the loss is in the same window of data. */
static void loss_after_marks_halves(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	dctcp_of(sk)->alpha = 0;
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(tp->snd_ssthresh, 39);
	shim_lose(sk, 1);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
	assert_int_equal(tp->snd_ssthresh, 20);
	shim_recover(sk, RTT_US);
	shim_close(sk);
}

static void timeout_halves(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	dctcp_of(sk)->alpha = 0;
	tp->delivered_ce++;
	shim_rto(sk);
	assert_int_equal(tp->snd_ssthresh, 20);
	assert_int_equal(tp->snd_cwnd, 1);
	shim_close(sk);
}

/* The threshold is still that of marks when the timer expires. */
static void timeout_after_marks_halves(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	dctcp_of(sk)->alpha = 0;
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(tp->snd_ssthresh, 39);
	shim_rto(sk);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Loss);
	assert_int_equal(tp->snd_ssthresh, 20);
	shim_close(sk);
}

/* The kernel reduces as if for ECN, but ends that at once. */
static void loss_repaired_by_a_probe_halves(void **state)
{
	u32 marks;

	for (marks = 0; marks <= 1; marks++) {
		struct sock *sk = avoiding(40);
		struct tcp_sock *tp = tcp_sk(sk);

		dctcp_of(sk)->alpha = ONE / 8;
		tp->delivered_ce += marks;
		shim_tlp_repair(sk);
		assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
		assert_int_equal(tp->snd_ssthresh, 20);
		assert_int_equal(tp->snd_cwnd, 20);
		shim_close(sk);
	}
}

/* A full queue in this host: the kernel tells it as it tells ECN. */
static void reduction_without_marks_halves(void **state)
{
	struct sock *sk = avoiding(40);

	dctcp_of(sk)->alpha = 0;
	tcp_enter_cwr(sk);
	assert_int_equal(tcp_sk(sk)->snd_ssthresh, 20);
	shim_close(sk);
}

/* It is no loss, and the window of an old reduction says nothing. */
static void smaller_path_mtu_reduces_nothing(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	tp->prior_cwnd = 10;
	shim_mtu(sk, 3);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Loss);
	assert_int_equal(tp->snd_ssthresh, 40);
	assert_int_equal(tp->snd_cwnd, 40);
	shim_recover(sk, RTT_US);
	assert_true(tp->snd_cwnd >= 40);
	shim_close(sk);
}

static void undo_restores_the_window(void **state)
{
	struct sock *sk = avoiding(40);
	struct tcp_sock *tp = tcp_sk(sk);

	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 20);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 40);
	assert_true(tp->snd_ssthresh >= 30);
	shim_close(sk);
}

static void grows_as_reno(void **state)
{
	struct sock *sk = avoiding(20);
	int i;

	for (i = 1; i <= 5; i++) {
		shim_round(sk, RTT_US, 2);
		assert_int_equal(tcp_sk(sk)->snd_cwnd, 20 + i);
	}
	shim_close(sk);
}

static void receive(struct sock *sk, bool ce)
{
	/* The kernel has moved rcv_nxt and started the delayed-ACK timer. */
	tcp_sk(sk)->rcv_nxt += 1000;
	inet_csk(sk)->icsk_ca_ops->cwnd_event(sk, ce ? CA_EVENT_ECN_IS_CE : CA_EVENT_ECN_NO_CE);
}

static bool echo(struct sock *sk)
{
	return tcp_sk(sk)->ecn_flags & TCP_ECN_DEMAND_CWR;
}

static void receiver_echoes_each_change_at_once(void **state)
{
	struct sock *sk = avoiding(10);
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 sent;

	tcp_sk(sk)->rcv_nxt = 5000;
	shim_switch(sk, "weir_dctcp");
	sent = shim_acks_sent;

	/* Unmarked, and again: no ACK is forced, none carries the echo. */
	receive(sk, false);
	receive(sk, false);
	assert_int_equal(shim_acks_sent, sent);
	assert_int_equal(icsk->icsk_ack.pending & ICSK_ACK_NOW, 0);
	assert_false(echo(sk));

	/* Marked while an ACK is due: that first, up to 7000, without echo. */
	icsk->icsk_ack.pending = ICSK_ACK_TIMER;
	receive(sk, true);
	assert_int_equal(shim_acks_sent, sent + 1);
	assert_int_equal(shim_ack_rcv_nxt, 7000);
	assert_false(shim_ack_ece);
	assert_int_equal(icsk->icsk_ack.pending & ICSK_ACK_NOW, ICSK_ACK_NOW);
	assert_true(echo(sk));

	/* Marked again: nothing to force. */
	icsk->icsk_ack.pending = ICSK_ACK_TIMER;
	receive(sk, true);
	assert_int_equal(shim_acks_sent, sent + 1);
	assert_int_equal(icsk->icsk_ack.pending & ICSK_ACK_NOW, 0);
	assert_true(echo(sk));

	/* Unmarked: what came before still with echo, up to 9000. */
	receive(sk, false);
	assert_int_equal(shim_acks_sent, sent + 2);
	assert_int_equal(shim_ack_rcv_nxt, 9000);
	assert_true(shim_ack_ece);
	assert_int_equal(icsk->icsk_ack.pending & ICSK_ACK_NOW, ICSK_ACK_NOW);
	assert_false(echo(sk));

	/* No ACK was due: the one for the change suffices. */
	icsk->icsk_ack.pending = 0;
	receive(sk, true);
	assert_int_equal(shim_acks_sent, sent + 2);
	assert_int_equal(icsk->icsk_ack.pending, ICSK_ACK_NOW);
	shim_close(sk);
}

/* CWR from the sender clears the echo: the next packet decides again. */
static void receiver_ignores_cwr(void **state)
{
	struct sock *sk = avoiding(10);

	receive(sk, true);
	tcp_sk(sk)->ecn_flags &= ~TCP_ECN_DEMAND_CWR;
	receive(sk, true);
	assert_true(echo(sk));
	shim_close(sk);
}

static void other_events_are_not_packets(void **state)
{
	struct sock *sk = avoiding(10);
	u32 sent = shim_acks_sent;

	receive(sk, true);
	inet_csk(sk)->icsk_ca_ops->cwnd_event(sk, CA_EVENT_LOSS);
	inet_csk(sk)->icsk_ca_ops->cwnd_event(sk, CA_EVENT_CWND_RESTART);
	assert_true(echo(sk));
	assert_int_equal(shim_acks_sent, sent);
	shim_close(sk);
}

static void falls_back_without_ecn(void **state)
{
	struct sock *sk = shim_connect("weir_dctcp");
	struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	union tcp_cc_info info;
	int attr;

	assert_string_equal(ops->name, "weir_dctcp_reno");
	assert_false(sk->shim_ect);
	tp->snd_cwnd = 20;
	tp->snd_ssthresh = 20;
	shim_xmit(sk);
	shim_round(sk, RTT_US, 2);
	assert_int_equal(tp->snd_cwnd, 21);
	shim_lose(sk, 1);
	assert_int_equal(tp->snd_ssthresh, 10);
	shim_recover(sk, RTT_US);
	assert_int_equal(tp->snd_cwnd, 10);

	assert_int_equal(ops->get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info),
			 sizeof(struct tcp_dctcp_info));
	assert_int_equal(attr, INET_DIAG_DCTCPINFO);
	assert_int_equal(info.dctcp.dctcp_enabled, 0);
	assert_int_equal(ops->get_info(sk, 0, &attr, &info), 0);

	/* Chosen again on a connection that has it after all */
	tp->ecn_flags = TCP_ECN_OK;
	shim_switch(sk, "weir_dctcp");
	assert_string_equal(inet_csk(sk)->icsk_ca_ops->name, "weir_dctcp");
	assert_true(sk->shim_ect);
	shim_close(sk);
}

static void informs_ss(void **state)
{
	struct sock *sk = avoiding(10);
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	union tcp_cc_info info;
	int attr = 0;

	assert_int_equal(ops->get_info(sk, 0, &attr, &info), 0);
	dctcp_of(sk)->alpha = ONE / 4;
	receive(sk, true);
	tcp_sk(sk)->delivered += 7;
	tcp_sk(sk)->delivered_ce += 3;
	assert_int_equal(ops->get_info(sk, 1 << (INET_DIAG_VEGASINFO - 1), &attr, &info),
			 sizeof(struct tcp_dctcp_info));
	assert_int_equal(attr, INET_DIAG_DCTCPINFO);
	assert_int_equal(info.dctcp.dctcp_enabled, 1);
	assert_int_equal(info.dctcp.dctcp_ce_state, 1);
	assert_int_equal(info.dctcp.dctcp_alpha, 256);
	assert_int_equal(info.dctcp.dctcp_ab_ecn, 3 * SHIM_MSS);
	assert_int_equal(info.dctcp.dctcp_ab_tot, 7 * SHIM_MSS);
	shim_close(sk);
}

static void is_restricted(void **state)
{
	assert_int_equal(dctcp_ops.flags, TCP_CONG_NEEDS_ECN);
}

static void survives_extremes(void **state)
{
	struct sock *sk = avoiding(10);
	struct tcp_sock *tp = tcp_sk(sk);
	struct dctcp *dctcp = dctcp_of(sk);

	/* More marked than delivered, nothing delivered, counters that wrap */
	window(sk, 3, 5);
	assert_int_equal(dctcp->alpha, ONE);
	window(sk, 0, 0);
	window(sk, 0, 1);
	assert_true(dctcp->alpha <= ONE);
	window(sk, U32_MAX, U32_MAX);
	assert_true(dctcp->alpha <= ONE);
	dctcp->alpha = ONE;
	tp->delivered_ce++;
	tp->snd_cwnd = U32_MAX >> 1;
	assert_int_equal(dctcp_ssthresh(sk), (U32_MAX >> 1) - (1U << 30));
	shim_close(sk);
}

static void reports_states(void **state)
{
	assert_int_equal(shim_param_set("alpha_on_init", "512"), 0);
	reports_reductions_and_their_end("weir_dctcp", 100000, DCTCP_AVOID);
	assert_int_equal(shim_param_set("alpha_on_init", "1024"), 0);
}

static void survives_being_uninitialised(void **state)
{
	u32 sent = shim_acks_sent;

	shim_call_all_uninitialised("weir_dctcp");
	assert_int_equal(shim_acks_sent, sent);
}

/*
 * 100 Mbit/s, 10 ms, marked above 17 packets of queue: the rule K > C * RTT / 7
 * of the SIGCOMM paper for 86 packets in flight is 12. The queue stays near
 * the threshold and the link full, with one flow as with four.
 */
static void keeps_the_queue_at_the_threshold(void **state)
{
	static const int flows[] = { 1, 2, 4 };
	size_t i;
	int n;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct shim_path path;
		u64 arrived, queued, delivered;

		shim_path_init(&path, 100, 1000);
		path.mark_above = 17;
		path.ack_every = 1;
		shim_path_run(&path, 1000);
		for (n = 0; n < flows[i]; n++) {
			int flow = shim_path_connect(&path, "weir_dctcp", RTT_US);

			tcp_sk(path.flows[flow].sk)->ecn_flags = TCP_ECN_OK;
			shim_switch(path.flows[flow].sk, "weir_dctcp");
		}
		shim_path_run(&path, 2 * USEC_PER_SEC);
		arrived = path.arrived;
		queued = path.queue_sum;
		for (delivered = 0, n = 0; n < flows[i]; n++)
			delivered -= path.flows[n].delivered;
		path.queue_max = 0;
		shim_path_run(&path, 5 * USEC_PER_SEC);
		for (n = 0; n < flows[i]; n++)
			delivered += path.flows[n].delivered;

		/* 8632 packets/s are 100%. */
		assert_true(delivered / 5 > 8632 * 97 / 100);
		assert_in_range((path.queue_sum - queued) / (path.arrived - arrived), 6, 24);
		assert_true(path.queue_max < 17 + 8 * flows[i] + 10);
		assert_int_equal(path.drops, 0);
		shim_path_close(&path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alpha_starts_at_one),
		cmocka_unit_test(alpha_averages_the_marked_fraction),
		cmocka_unit_test(alpha_tracks_a_constant_fraction),
		cmocka_unit_test(alpha_decays_to_nothing),
		cmocka_unit_test(one_estimate_per_window_of_data),
		cmocka_unit_test(reduces_by_half_of_alpha),
		cmocka_unit_test(one_reduction_per_window_of_data),
		cmocka_unit_test(mark_at_the_end_of_a_window),
		cmocka_unit_test(loss_halves),
		cmocka_unit_test(loss_after_marks_halves),
		cmocka_unit_test(timeout_halves),
		cmocka_unit_test(timeout_after_marks_halves),
		cmocka_unit_test(loss_repaired_by_a_probe_halves),
		cmocka_unit_test(reduction_without_marks_halves),
		cmocka_unit_test(smaller_path_mtu_reduces_nothing),
		cmocka_unit_test(undo_restores_the_window),
		cmocka_unit_test(grows_as_reno),
		cmocka_unit_test(receiver_echoes_each_change_at_once),
		cmocka_unit_test(receiver_ignores_cwr),
		cmocka_unit_test(other_events_are_not_packets),
		cmocka_unit_test(falls_back_without_ecn),
		cmocka_unit_test(informs_ss),
		cmocka_unit_test(is_restricted),
		cmocka_unit_test(survives_extremes),
		cmocka_unit_test(reports_states),
		cmocka_unit_test(survives_being_uninitialised),
		cmocka_unit_test(keeps_the_queue_at_the_threshold),
	};

	return cmocka_run_group_tests_name("dctcp", tests, NULL, NULL);
}
