// SPDX-License-Identifier: GPL-2.0
/* What was in flight when a packet was sent: by hand, and on a path against the truth. */
#include <math.h>

#include "weir.h"
#include "send_ring.h"
#include "test.h"
#include "shim_path.h"

#define MSS 1000

static struct tcp_sock tp;
static struct send_ring ring;

static void begin(u32 seq, u32 cwnd)
{
	tp = (struct tcp_sock) { .snd_nxt = seq, .snd_una = seq, .mss_cache = MSS };
	ring = (struct send_ring) { 0 };
	send_ring_resize(&ring, cwnd, MSS);
}

/* @n packets leave now. */
static void transmit(u32 n)
{
	send_ring_mark(&ring, &tp);
	tp.snd_nxt += n * MSS;
	tp.packets_out += n;
}

static void deliver(u32 n)
{
	tp.delivered += n;
	tp.packets_out -= n;
	tp.snd_una += n * MSS;
}

static struct send_info find(u32 end_seq, u32 delivered)
{
	struct send_info info = { 0 };

	assert_true(send_ring_find(&ring, end_seq, delivered, MSS, tp.lost, &info));

	return info;
}

static void empty_ring_knows_nothing(void **state)
{
	struct send_info info;

	begin(0, 10);
	assert_false(send_ring_find(&ring, 1000, 0, MSS, 0, &info));
	assert_false(send_ring_find_again(&ring, 0, 0, &info));
}

static void a_burst_counts_up(void **state)
{
	u32 i;

	begin(0, 10);
	transmit(10);
	for (i = 1; i <= 10; i++)
		assert_int_equal(find(i * MSS, 0).in_flight, i);
	assert_int_equal(find(10 * MSS, 0).lost, 0);
	/* A short segment counts as a packet. */
	assert_int_equal(find(3 * MSS + 1, 0).in_flight, 4);
}

static void deliveries_between_marks_are_subtracted(void **state)
{
	begin(0, 1600);
	assert_int_equal(ring.step, 100);
	transmit(50);
	deliver(20);
	transmit(10);
	/* No new mark was due, and yet: 30 remained, the 60th packet is the 40th. */
	assert_int_equal(ring.count, 1);
	assert_int_equal(find(60 * MSS, 20).in_flight, 40);
	assert_int_equal(find(51 * MSS, 20).in_flight, 31);
}

static void a_loss_makes_a_mark(void **state)
{
	begin(0, 1600);
	transmit(50);
	tp.lost += 5;
	tp.lost_out += 5;
	transmit(10);
	assert_int_equal(ring.count, 2);
	assert_int_equal(find(60 * MSS, 0).in_flight, 55);
	assert_int_equal(find(60 * MSS, 0).lost, 0);
	assert_int_equal(find(50 * MSS, 0).in_flight, 50);
	assert_int_equal(find(50 * MSS, 0).lost, 5);
}

static void what_was_overwritten_is_unknown(void **state)
{
	struct send_info info;
	u32 i;

	begin(0, 1);
	for (i = 0; i < SEND_RING_SIZE + 10; i++)
		transmit(1);
	assert_int_equal(ring.count, SEND_RING_SIZE);
	assert_false(send_ring_find(&ring, 5 * MSS, 0, MSS, 0, &info));
	assert_false(send_ring_find(&ring, 10 * MSS, 0, MSS, 0, &info));
	assert_int_equal(find(11 * MSS, 0).in_flight, 11);
	assert_int_equal(find((SEND_RING_SIZE + 10) * MSS, 0).in_flight, SEND_RING_SIZE + 10);
	/* And what was sent before the ring began */
	begin(100 * MSS, 1);
	transmit(1);
	assert_false(send_ring_find(&ring, 100 * MSS, 0, MSS, 0, &info));
	assert_int_equal(find(101 * MSS, 0).in_flight, 1);
}

static void search_goes_back_and_forth(void **state)
{
	u32 i;

	begin(0, 1);
	for (i = 0; i < 40; i++)
		transmit(1);
	shim_seed(5);
	for (i = 0; i < 1000; i++) {
		u32 n = get_random_u32() % 40;

		assert_int_equal(find((n + 1) * MSS, 0).in_flight, n + 1);
		assert_ptr_equal(send_ring_by_seq(&ring, (n + 1) * MSS),
				 send_ring_at(&ring, 39 - n));
	}
	/* The place where it ended moves along when marks are added. */
	find(20 * MSS, 0);
	transmit(1);
	assert_int_equal(ring.cursor, 21);
}

static void retransmissions_are_found_by_what_was_delivered(void **state)
{
	struct send_info info;

	begin(0, 1);
	transmit(10);
	deliver(4);
	tp.lost += 2;
	tp.lost_out += 2;
	transmit(1);
	deliver(2);
	transmit(1);
	assert_true(send_ring_find_again(&ring, 4, tp.lost, &info));
	assert_int_equal(info.in_flight, 4);
	assert_int_equal(info.lost, 0);
	assert_true(send_ring_find_again(&ring, 3, tp.lost, &info));
	assert_int_equal(info.lost, 2);
	assert_true(send_ring_find_again(&ring, 100, tp.lost, &info));
	assert_int_equal(info.in_flight, 3);
}

static void numbers_may_wrap(void **state)
{
	u32 i;

	begin(U32_MAX - 20 * MSS, 1);
	tp.delivered = U32_MAX - 3;
	tp.lost = U32_MAX;
	ring.newest = U32_MAX - 5;
	for (i = 0; i < 40; i++) {
		transmit(2);
		tp.delivered += 1;
		tp.packets_out -= 1;
	}
	/* Each step leaves one more in flight; the last two are 41. */
	assert_int_equal(find(tp.snd_nxt, tp.delivered - 1).in_flight, 41);
	assert_int_equal(find(U32_MAX - 20 * MSS + 2 * MSS, U32_MAX - 3).in_flight, 2);
	tp.lost += 3;
	assert_int_equal(find(tp.snd_nxt, tp.delivered - 1).lost, 3);
}

static void steps_follow_the_window(void **state)
{
	begin(0, 1);
	assert_int_equal(ring.step, 1);
	send_ring_resize(&ring, U32_MAX / 2, 65535);
	assert_int_equal(ring.step_bytes, S32_MAX);
}

/* --- On a path, against the truth ------------------------------------------------- */

#define TRUTHS	0x100000

/* What was true of the packet that ends at a sequence number, by number of packet */
static struct truth {
	u32 in_flight;
	u32 lost;
	bool again;
} truths[TRUTHS];

static struct shim_path path;
static u32 asked, exact, unknown;
static double error_sum;

static u32 number_of(u32 end_seq)
{
	return (end_seq - 0xffff0000U) / SHIM_MSS % TRUTHS;
}

static void (*enqueue)(struct sock *sk, struct sk_buff *skb);

static void note_truth(struct sock *sk, struct sk_buff *skb)
{
	struct truth *truth = &truths[number_of(skb->cb.end_seq)];

	truth->again = skb->cb.sacked & TCPCB_EVER_RETRANS || truth->in_flight;
	truth->in_flight = tcp_packets_in_flight(tcp_sk(sk)) + 1;
	truth->lost = tcp_sk(sk)->lost;
	enqueue(sk, skb);
}

struct probe {
	u32 count;
};

static u32 probe_ssthresh(struct sock *sk)
{
	return max(tcp_sk(sk)->snd_cwnd / 2, 2U);
}

static u32 probe_undo_cwnd(struct sock *sk)
{
	return tcp_sk(sk)->snd_cwnd;
}

static void probe_main(struct sock *sk, const struct rate_sample *rs)
{
	struct tcp_sock *stp = tcp_sk(sk);
	const struct truth *truth;
	struct send_info info;

	/* A window that moves, and then some */
	if (stp->snd_cwnd < 150)
		tcp_snd_cwnd_set(stp, stp->snd_cwnd + 1);
	if (inet_csk(sk)->icsk_ca_state >= TCP_CA_Recovery)
		tcp_snd_cwnd_set(stp, max(stp->snd_cwnd * 9 / 10, 60U));
	send_ring_resize(&ring, stp->snd_cwnd, SHIM_MSS);

	truth = &truths[number_of(rs->last_end_seq)];
	if (rs->delivered < 0 || truth->again)
		return;
	asked++;
	if (!send_ring_find(&ring, rs->last_end_seq, rs->prior_delivered, SHIM_MSS, stp->lost,
			    &info)) {
		unknown++;
		return;
	}
	exact += info.in_flight == truth->in_flight && stp->lost - info.lost == truth->lost;
	error_sum += fabs((double)info.in_flight - truth->in_flight) / truth->in_flight;
}

WEIR_DEFINE_CONG_CONTROL(probe, probe_main)

static u32 probe_min_tso_segs(struct sock *sk)
{
	send_ring_mark(&ring, tcp_sk(sk));

	return 1;
}

WEIR_DEFINE_MIN_TSO_SEGS(probe, probe_min_tso_segs)

static struct tcp_congestion_ops probe_ops = {
	.name		= "weir_probe",
	.ssthresh	= probe_ssthresh,
	.undo_cwnd	= probe_undo_cwnd,
	WEIR_CONG_CONTROL(probe),
	WEIR_MIN_TSO_SEGS(probe),
};

/* Run for 20 s with every nth packet lost. */
static void compare(u32 every)
{
	ring = (struct send_ring) { 0 };
	memset(truths, 0, sizeof(truths));
	asked = 0;
	exact = 0;
	unknown = 0;
	error_sum = 0;
	shim_path_init(&path, 20, 100);
	path.drop_every = every;
	enqueue = shim_tx_hook;
	shim_tx_hook = note_truth;
	shim_path_connect(&path, "weir_probe", 40000);
	shim_path_run(&path, 20 * USEC_PER_SEC);
	shim_path_close(&path);
	assert_true(asked > 10000);
}

static void exact_without_loss(void **state)
{
	compare(0);
	assert_int_equal(unknown, 0);
	assert_int_equal(exact, asked);
}

static void nearly_exact_with_loss(void **state)
{
	compare(100);
	assert_true(unknown <= asked / 1000);
	assert_true(exact > asked * 9 / 10);
	assert_true(error_sum / asked < 0.005);
}

static void close_with_heavy_loss(void **state)
{
	compare(10);
	assert_true(unknown <= asked / 100);
	assert_true(error_sum / asked < 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_ring_knows_nothing),
		cmocka_unit_test(a_burst_counts_up),
		cmocka_unit_test(deliveries_between_marks_are_subtracted),
		cmocka_unit_test(a_loss_makes_a_mark),
		cmocka_unit_test(what_was_overwritten_is_unknown),
		cmocka_unit_test(search_goes_back_and_forth),
		cmocka_unit_test(retransmissions_are_found_by_what_was_delivered),
		cmocka_unit_test(numbers_may_wrap),
		cmocka_unit_test(steps_follow_the_window),
		cmocka_unit_test(exact_without_loss),
		cmocka_unit_test(nearly_exact_with_loss),
		cmocka_unit_test(close_with_heavy_loss),
	};

	tcp_register_congestion_control(&probe_ops);

	return cmocka_run_group_tests_name("send_ring", tests, NULL, NULL);
}
