// SPDX-License-Identifier: GPL-2.0
/* BBR, version 3, and congestion: losses, losses that were none, ECN. */
#include "bbr3_under_test.h"

/* --- Loss while cruising ------------------------------------------------------------ */

static void loss_lowers_the_shortterm_bounds_by_at_most_beta(void **state)
{
	struct sock *sk = cruise(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);
	u32 bw = bbr3->bw, cwnd = tcp_sk(sk)->snd_cwnd;

	assert_int_equal(bbr3->bw_shortterm, BBR3_INFINITY);
	shim_lose(sk, 3);
	assert_true(bbr3->is_loss_in_round);
	assert_int_equal(bbr3->lost, tcp_sk(sk)->lost);
	/* Nothing before the round is over */
	assert_int_equal(bbr3->bw_shortterm, BBR3_INFINITY);
	shim_path_run(&path, 2 * RTT_US);
	assert_in_range(bbr3->bw_shortterm, bbr3_beta(bw), bw);
	assert_in_range(bbr3->inflight_shortterm, bbr3_beta(cwnd), cwnd);
	assert_int_equal(bbr3->bw, min(bbr3->bw_shortterm, bbr3_max_bw(bbr3)));
	/* And nothing more without more loss; the next probe forgets it. */
	bw = bbr3->bw_shortterm;
	shim_path_run(&path, 5 * RTT_US);
	assert_int_equal(bbr3->bw_shortterm, bw);
	run_until(sk, BBR3_PROBE_BW_REFILL, 4 * SECOND);
	assert_int_equal(bbr3->bw_shortterm, BBR3_INFINITY);
	assert_int_equal(bbr3->inflight_shortterm, BBR3_INFINITY);
	shim_path_close(&path);
}

static void one_percent_is_carried_ten_is_not(void **state)
{
	struct sock *sk = cruise(20, 200);
	double at_1_percent;

	path.drop_ppm = 10000;
	at_1_percent = utilisation(20 * SECOND);
	assert_true(at_1_percent > 0.7);
	path.drop_ppm = 100000;
	shim_path_run(&path, 5 * SECOND);
	assert_true(utilisation(20 * SECOND) < at_1_percent / 2);
	assert_true(tcp_sk(sk)->snd_cwnd >= BBR3_MIN_PIPE_CWND);
	shim_path_close(&path);
}

static void losses_marked_by_a_timer_are_noticed_when_sending(void **state)
{
	struct sock *sk = cruise(20, 1000);
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	/* As the reordering timer of RACK does it: no ACK is processed. */
	TCP_SKB_CB(skb)->sacked |= TCPCB_LOST;
	tp->lost_out++;
	tp->lost++;
	assert_false(bbr3_of(sk)->is_loss_in_round);
	shim_xmit(sk);
	assert_true(bbr3_of(sk)->is_loss_in_round);
	assert_int_equal(bbr3_of(sk)->lost, tp->lost);
	assert_int_equal(bbr3_of(sk)->quiet_rounds, 0);
	shim_path_close(&path);
}

static void cwnd_comes_back_after_recovery(void **state)
{
	struct sock *sk = cruise(20, 1000);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tp->snd_cwnd;

	shim_lose(sk, 1);
	assert_int_equal(bbr3_of(sk)->prior_cwnd, cwnd);
	/* Unlike in version 1, cwnd is not cut at once. */
	assert_true(tp->snd_cwnd >= cwnd - 1);
	shim_path_run(&path, 3 * RTT_US);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	assert_int_equal(tp->snd_cwnd, bbr3_of(sk)->target_cwnd);
	shim_path_close(&path);
}

static void timeout_restarts_from_one(void **state)
{
	struct sock *sk = cruise(20, 1000);
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = bbr3_of(sk);
	u32 cwnd = tp->snd_cwnd;

	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 1);
	assert_int_equal(bbr3->prior_cwnd, cwnd);
	assert_int_equal(bbr3->lost, tp->lost);
	assert_int_equal(bbr3_uncut_cwnd(sk), cwnd);
	shim_path_run(&path, SECOND);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Open);
	/* The bound was lowered from the cwnd before, not from a packet. */
	assert_true(bbr3->inflight_shortterm >= bbr3_beta(cwnd));
	assert_true(utilisation(SECOND) > 0.6);
	shim_path_close(&path);
}

/* --- Loss while probing ------------------------------------------------------------ */

/* A sender in ProbeBW_UP, whose probe is being answered */
static struct sock *probe_up(u32 mbit, u32 buffer)
{
	struct sock *sk = cruise(mbit, buffer);

	run_until(sk, BBR3_PROBE_BW_UP, 4 * SECOND);
	shim_path_run(&path, RTT_US * 3 / 2);
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_UP);
	assert_int_equal(bbr3_of(sk)->ack_phase, BBR3_ACKS_PROBE_FEEDBACK);
	assert_true(bbr3_of(sk)->is_bw_probe_sample);

	return sk;
}

static void little_loss_does_not_end_a_probe(void **state)
{
	struct sock *sk = probe_up(20, 1000);

	/* One of some 85 is less than 2%. */
	shim_lose(sk, 1);
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_UP);
	assert_int_equal(bbr3_of(sk)->inflight_longterm, BBR3_INFINITY);
	shim_path_close(&path);
}

static void loss_above_two_percent_ends_a_probe_once(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);
	u32 inflight = tcp_packets_in_flight(tcp_sk(sk)), longterm;

	shim_lose(sk, 5);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_DOWN);
	assert_true(bbr3->prev_probe_too_high);
	assert_false(bbr3->is_bw_probe_sample);
	assert_int_equal(bbr3->undo_state, BBR3_UNDO_PROBE_BW_UP);
	longterm = bbr3->inflight_longterm;
	/* The second loss crosses 2%, at what was in flight an RTT ago or so. */
	assert_in_range(longterm, inflight * 7 / 10, inflight + 1);
	/* Only once per probe */
	shim_advance_us(1000);
	shim_lose(sk, 8);
	assert_int_equal(bbr3->inflight_longterm, longterm);
	shim_path_close(&path);
}

/* Each lost packet is noted: those after the one that ends the probe belong to the next round. */
static void losses_after_a_probe_lower_the_shortterm_bounds(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);

	shim_lose(sk, 2);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_DOWN);
	assert_false(bbr3->is_loss_in_round);
	shim_path_close(&path);

	sk = probe_up(20, 1000);
	bbr3 = bbr3_of(sk);
	shim_lose(sk, 5);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_DOWN);
	assert_true(bbr3->is_loss_in_round);
	shim_path_run(&path, 2 * RTT_US);
	assert_int_not_equal(bbr3->inflight_shortterm, BBR3_INFINITY);
	shim_path_close(&path);

	sk = probe_up(20, 1000);
	bbr3 = bbr3_of(sk);
	shim_rto(sk);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_DOWN);
	assert_true(bbr3->is_loss_in_round);
	shim_path_close(&path);
}

/* Where losses are looked for must not fall 2 GB behind. */
static void losses_are_seen_however_much_was_sent_without(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);

	bbr3->history->lost_seq = tcp_sk(sk)->snd_una - 2000000000;
	/* Within a round, the probe may end. */
	shim_path_run(&path, 2 * RTT_US);
	assert_true(tcp_sk(sk)->snd_una - bbr3->history->lost_seq < 400 * SHIM_MSS);
	shim_path_close(&path);
}

static void volume_at_loss_is_solved_for(void **state)
{
	/* 100 in flight before a packet of 10, none lost: 2% of 102.04 are 2.04. */
	const struct send_info burst = { .in_flight = 110, .lost = 10 };
	const struct send_info late = { .in_flight = 110, .lost = 20 };
	const struct send_info odd = { .in_flight = 3, .lost = 5 };

	assert_int_equal(bbr3_inflight_at_loss(&burst, 10), 103);
	/* 10 lost before already: none of the packet fits. */
	assert_int_equal(bbr3_inflight_at_loss(&late, 10), 100);
	assert_int_equal(bbr3_inflight_at_loss(&odd, 10), 0);
}

static void lost_packets_are_asked_one_by_one(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);
	struct send_info info;

	/* The oldest packet was sent when about as much was in flight as now. */
	bbr3_find_info(sk, TCP_SKB_CB(skb)->end_seq, TCP_SKB_CB(skb)->tx.delivered, false,
		       tcp_sk(sk)->lost, &info);
	assert_in_range(info.in_flight, 60, tcp_packets_in_flight(tcp_sk(sk)) + 2);
	assert_int_equal(info.lost, 0);
	shim_lose(sk, 4);
	/* Where the walk ended is where the next one begins. */
	assert_int_equal(bbr3->history->lost_seq, TCP_SKB_CB(tcp_rtx_queue_head(sk))->seq +
						  4 * SHIM_MSS);
	assert_ptr_equal(bbr3_rtx_queue_from(sk, bbr3->history->lost_seq),
			 tcp_rtx_queue_head(sk)->shim_next->shim_next->shim_next->shim_next);
	shim_path_close(&path);
}

static void application_limited_loss_sets_no_bound(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct sk_buff *skb;

	for (skb = tcp_rtx_queue_head(sk); skb; skb = skb->shim_next)
		TCP_SKB_CB(skb)->tx.is_app_limited = 1;
	shim_lose(sk, 5);
	/* "Exiting PROBE_UP on Loss When Application-Limited" */
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_DOWN);
	assert_int_equal(bbr3_of(sk)->inflight_longterm, BBR3_INFINITY);
	shim_path_close(&path);
}

static void longterm_bound_grows_by_powers_of_two(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = bbr3_of(sk);
	struct rate_sample rs = { .acked_sacked = 1 };
	struct bbr3_ack ack = { .rs = &rs };
	u32 round, i, before;

	bbr3->bw_probe_up_rounds = 0;
	bbr3->bw_probe_up_acked = 0;
	bbr3->inflight_longterm = 100;
	tp->snd_cwnd = 100;
	tp->is_cwnd_limited = 1;
	bbr3_raise_inflight_longterm_slope(sk);
	for (round = 0; round < 6; round++) {
		before = bbr3->inflight_longterm;
		for (i = 0; i < 100; i++) {
			ack.round_start = i == 99;
			tp->snd_cwnd = bbr3->inflight_longterm;
			bbr3_probe_inflight_longterm_upward(sk, &ack);
			if (i == 99)
				tp->snd_cwnd = 100;
		}
		/* 1, 2, 4, 8 ... a round, as near as whole packets allow */
		assert_in_range(bbr3->inflight_longterm - before, 1U << round,
				(1U << round) * 4 / 3 + 1);
		/* The slope was taken from the cwnd at the end of the round. */
		bbr3->probe_up_acked_per_inc = max(100U >> (round + 1), 1U);
	}
	/* What does not limit is not raised. */
	before = bbr3->inflight_longterm;
	tp->is_cwnd_limited = 0;
	bbr3_probe_inflight_longterm_upward(sk, &ack);
	assert_int_equal(bbr3->inflight_longterm, before);
	shim_path_close(&path);
}

static void without_sack_any_loss_is_too_much(void **state)
{
	struct sock *sk = probe_up(20, 1000);

	sk->shim_no_sack = true;
	shim_lose(sk, 1);
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_DOWN);
	shim_path_close(&path);
}

static void a_repaired_tail_counts_as_loss(void **state)
{
	struct sock *sk = cruise(20, 1000);
	u32 bw = bbr3_of(sk)->bw;

	/* The kernel enters CWR and leaves it again while processing one ACK. */
	shim_tlp_repair(sk);
	assert_true(bbr3_of(sk)->cwr_seen);
	shim_path_run(&path, RTT_US / 4);
	assert_false(bbr3_of(sk)->cwr_seen);
	assert_true(bbr3_of(sk)->is_loss_in_round);
	shim_path_run(&path, 2 * RTT_US);
	assert_true(bbr3_of(sk)->bw_shortterm <= bw);
	shim_path_close(&path);
}

/* --- Undo ------------------------------------------------------------------------------ */

/* "Handling Spurious Fast Recovery" */
static void undo_returns_to_a_probe(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);
	u32 cwnd = tcp_sk(sk)->snd_cwnd;

	shim_lose(sk, 5);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_DOWN);
	assert_int_equal(bbr3->history->undo_inflight_longterm, BBR3_INFINITY);
	assert_int_equal(bbr3->history->undo_bw_shortterm, BBR3_INFINITY);
	shim_undo(sk);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_REFILL);
	assert_int_equal(bbr3->inflight_longterm, BBR3_INFINITY);
	assert_int_equal(bbr3->inflight_shortterm, BBR3_INFINITY);
	assert_int_equal(bbr3->undo_state, BBR3_UNDO_NONE);
	assert_false(bbr3->is_loss_in_round);
	assert_true(tcp_sk(sk)->snd_cwnd >= min(cwnd, bbr3->target_cwnd));
	run_until(sk, BBR3_PROBE_BW_UP, 3 * RTT_US);
	shim_path_close(&path);
}

static void undo_restores_shortterm_bounds(void **state)
{
	struct sock *sk = cruise(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);

	shim_lose(sk, 20);
	/* A round later they are lower, and the kernel still in recovery. */
	while (bbr3->bw_shortterm == BBR3_INFINITY) {
		assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
		shim_path_run(&path, 500);
	}
	inet_csk(sk)->icsk_ca_state = TCP_CA_Recovery;
	tcp_snd_cwnd_set(tcp_sk(sk), bbr3_undo_cwnd(sk));
	assert_int_equal(bbr3->bw_shortterm, BBR3_INFINITY);
	assert_int_equal(bbr3->inflight_shortterm, BBR3_INFINITY);
	assert_int_equal(bbr3->state, BBR3_PROBE_BW_CRUISE);
	assert_int_equal(bbr3->bw, bbr3_max_bw(bbr3));
	shim_path_close(&path);
}

/* "Handling Spurious RTO Recovery", in Startup */
static void undo_returns_to_startup(void **state)
{
	struct sock *sk = start(100, RTT_US, 10000);
	struct bbr3 *bbr3 = bbr3_of(sk);
	struct bbr3_ack ack = { .loss_round_start = true };
	struct rate_sample rs = { .is_retrans = true };

	shim_path_run(&path, 6 * RTT_US);
	assert_int_equal(bbr3->state, BBR3_STARTUP);
	bbr3_ssthresh(sk);
	/* As if a round in recovery had lost much in six places */
	inet_csk(sk)->icsk_ca_state = TCP_CA_Recovery;
	bbr3->quiet_rounds = 0;
	bbr3->loss_ranges = 6;
	tcp_sk(sk)->lost += 50;
	bbr3->lost = tcp_sk(sk)->lost;
	rs.prior_delivered = tcp_sk(sk)->delivered - 1;
	ack.rs = &rs;
	bbr3_check_startup_done(sk, &ack);
	assert_int_equal(bbr3->state, BBR3_DRAIN);
	assert_int_equal(bbr3->undo_state, BBR3_UNDO_STARTUP);
	assert_true(bbr3->full_bw_reached && bbr3->full_bw_now);
	assert_int_not_equal(bbr3->inflight_longterm, BBR3_INFINITY);

	bbr3_undo_cwnd(sk);
	assert_int_equal(bbr3->state, BBR3_STARTUP);
	assert_false(bbr3->full_bw_reached);
	assert_int_equal(bbr3->inflight_longterm, BBR3_INFINITY);
	inet_csk(sk)->icsk_ca_state = TCP_CA_Open;
	run_until(sk, BBR3_DRAIN, 3 * SECOND);
	assert_close(ratio_to_rate(bbr3_max_bw(bbr3)), 1, 0.02);
	shim_path_close(&path);
}

static void undo_leaves_probe_rtt_alone(void **state)
{
	struct sock *sk = probe_up(20, 1000);
	struct bbr3 *bbr3 = bbr3_of(sk);

	shim_lose(sk, 5);
	bbr3->state = BBR3_PROBE_RTT;
	bbr3_undo_cwnd(sk);
	assert_int_equal(bbr3->state, BBR3_PROBE_RTT);
	assert_int_equal(bbr3->undo_state, BBR3_UNDO_NONE);
	shim_path_close(&path);
}

/* --- ECN -------------------------------------------------------------------------------- */

static void echoed_marks_count_as_loss(void **state)
{
	struct sock *sk = cruise(20, 1000);
	u32 bw = bbr3_of(sk)->bw;

	tcp_sk(sk)->ecn_flags = TCP_ECN_OK;
	shim_ece(sk, 1, RTT_US);
	assert_true(bbr3_of(sk)->is_ecn_in_round);
	shim_path_run(&path, 2 * RTT_US);
	assert_false(bbr3_of(sk)->is_ecn_in_round);
	assert_in_range(bbr3_of(sk)->bw_shortterm, bbr3_beta(bw), bw);
	shim_path_close(&path);
}

/* The kernel is in CWR then as well, with ECN or without. */
static void a_full_queue_of_this_host_is_no_mark(void **state)
{
	struct sock *sk;
	int ecn;

	for (ecn = 0; ecn <= 1; ecn++) {
		sk = cruise(20, 1000);
		tcp_sk(sk)->ecn_flags = ecn ? TCP_ECN_OK : 0;
		tcp_enter_cwr(sk);
		assert_true(bbr3_of(sk)->cwr_seen);
		shim_path_run(&path, 3 * RTT_US);
		assert_false(bbr3_of(sk)->cwr_seen);
		assert_false(bbr3_of(sk)->is_ecn_in_round);
		assert_false(bbr3_of(sk)->is_loss_in_round);
		assert_int_equal(bbr3_of(sk)->inflight_shortterm, BBR3_INFINITY);
		shim_path_close(&path);
	}
}

static void echoed_marks_end_a_probe_and_are_not_undone(void **state)
{
	struct sock *sk = probe_up(20, 1000);

	tcp_sk(sk)->ecn_flags = TCP_ECN_OK;
	shim_ece(sk, 1, RTT_US);
	assert_int_equal(bbr3_of(sk)->state, BBR3_PROBE_BW_DOWN);
	assert_true(bbr3_of(sk)->prev_probe_too_high);
	assert_int_not_equal(bbr3_of(sk)->inflight_longterm, BBR3_INFINITY);
	assert_int_equal(bbr3_of(sk)->undo_state, BBR3_UNDO_NONE);
	shim_path_close(&path);
}

static void two_marked_rounds_end_startup(void **state)
{
	struct sock *sk = start(100, RTT_US, 10000);

	tcp_sk(sk)->ecn_flags = TCP_ECN_OK;
	shim_path_run(&path, 5 * RTT_US);
	assert_int_equal(bbr3_of(sk)->state, BBR3_STARTUP);
	path.mark_above = 1;
	shim_trace_on = true;
	while (bbr3_of(sk)->state == BBR3_STARTUP)
		shim_path_run(&path, 1000);
	assert_int_equal(shim_last_weir_state.why, WEIR_WHY_ECN);
	shim_trace_on = false;
	assert_true(bbr3_of(sk)->full_bw_reached);
	shim_path_close(&path);
}

/* A path of 4 ms with marks above 30 packets, as in a data centre */
static void accurate_marks_are_answered_in_proportion(void **state)
{
	struct sock *sk;
	struct bbr3 *bbr3;

	assert_int_equal(shim_param_set("ecn_accurate", "1"), 0);
	sk = start(400, 4000, 10000);
	bbr3 = bbr3_of(sk);
	tcp_sk(sk)->ecn_flags = TCP_ECN_OK;
	path.mark_above = 30;
	run_until(sk, BBR3_PROBE_BW_CRUISE, 3 * SECOND);
	assert_true(bbr3_ecn_is_accurate(sk));
	shim_path_run(&path, 2 * SECOND);
	assert_true(bbr3->history->ecn_alpha < BBR_UNIT);
	assert_true(utilisation(SECOND) > 0.85);
	assert_int_equal(path.drops, 0);

	bbr3->history->ecn_alpha = BBR_UNIT;
	assert_in_range(bbr3_ecn_cut(sk, 300), 200, 202);
	bbr3->history->ecn_alpha = 0;
	assert_int_equal(bbr3_ecn_cut(sk, 300), 300);
	/* Over a longer path marks are not taken for shallow ones. */
	bbr3->min_rtt_us = 5001;
	assert_false(bbr3_ecn_is_accurate(sk));
	assert_int_equal(shim_param_set("ecn_accurate", "0"), 0);
	shim_path_close(&path);
}

static void alpha_follows_the_share_of_marks(void **state)
{
	struct bbr3_history history = { .ecn_alpha = BBR_UNIT };
	struct tcp_sock tp = { 0 };
	u32 i;

	for (i = 0; i < 100; i++) {
		tp.delivered += 100;
		tp.delivered_ce += 25;
		bbr3_ecn_update_alpha(&history, &tp);
	}
	assert_in_range(history.ecn_alpha, 56, 72);
	for (i = 0; i < 100; i++) {
		tp.delivered += 100;
		bbr3_ecn_update_alpha(&history, &tp);
	}
	assert_int_equal(history.ecn_alpha, 0);
	/* More marks than deliveries cannot be, and do no harm. */
	tp.delivered += 1;
	tp.delivered_ce += 1000;
	assert_int_equal(bbr3_ecn_update_alpha(&history, &tp), BBR_UNIT);
	assert_int_equal(bbr3_ecn_update_alpha(&history, &tp), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loss_lowers_the_shortterm_bounds_by_at_most_beta),
		cmocka_unit_test(one_percent_is_carried_ten_is_not),
		cmocka_unit_test(losses_marked_by_a_timer_are_noticed_when_sending),
		cmocka_unit_test(cwnd_comes_back_after_recovery),
		cmocka_unit_test(timeout_restarts_from_one),
		cmocka_unit_test(little_loss_does_not_end_a_probe),
		cmocka_unit_test(loss_above_two_percent_ends_a_probe_once),
		cmocka_unit_test(losses_after_a_probe_lower_the_shortterm_bounds),
		cmocka_unit_test(losses_are_seen_however_much_was_sent_without),
		cmocka_unit_test(volume_at_loss_is_solved_for),
		cmocka_unit_test(lost_packets_are_asked_one_by_one),
		cmocka_unit_test(application_limited_loss_sets_no_bound),
		cmocka_unit_test(longterm_bound_grows_by_powers_of_two),
		cmocka_unit_test(without_sack_any_loss_is_too_much),
		cmocka_unit_test(a_repaired_tail_counts_as_loss),
		cmocka_unit_test(undo_returns_to_a_probe),
		cmocka_unit_test(undo_restores_shortterm_bounds),
		cmocka_unit_test(undo_returns_to_startup),
		cmocka_unit_test(undo_leaves_probe_rtt_alone),
		cmocka_unit_test(echoed_marks_count_as_loss),
		cmocka_unit_test(a_full_queue_of_this_host_is_no_mark),
		cmocka_unit_test(echoed_marks_end_a_probe_and_are_not_undone),
		cmocka_unit_test(two_marked_rounds_end_startup),
		cmocka_unit_test(accurate_marks_are_answered_in_proportion),
		cmocka_unit_test(alpha_follows_the_share_of_marks),
	};

	return cmocka_run_group_tests_name("bbr3_loss", tests, NULL, NULL);
}
