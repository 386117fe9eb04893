// SPDX-License-Identifier: GPL-2.0
/* weir_copa on a path: what the paper promises, and what it must not do. */
#include "tcp_weir_copa.c"
#include "test.h"
#include "shim_watch.h"

/* Reno as a flow that fills buffers */
static struct tcp_congestion_ops filler_ops = {
	.name		= "filler",
	.ssthresh	= tcp_reno_ssthresh,
	.cong_avoid	= tcp_reno_cong_avoid,
	.undo_cwnd	= tcp_reno_undo_cwnd,
};

/* A path with Copa flows, the first of all flows, while it is watched */
struct watch {
	struct shim_path *path;
	int copas;
	u64 ms_competing;	/* sum over the Copa flows */
	struct shim_watch seen;
	double competing;	/* part of the time, mean over Copa flows */
};

static void count_competing(void *arg)
{
	struct watch *w = arg;
	int i;

	for (i = 0; i < w->copas; i++) {
		const struct copa *copa = inet_csk_ca(w->path->flows[i].sk);

		w->ms_competing += copa->competing;
	}
}

static struct watch watch(struct shim_path *path, int copas, int flows, u32 ms)
{
	struct watch w = { .path = path, .copas = copas };

	w.seen = shim_watch(path, flows, ms, count_competing, &w);
	w.competing = (double)w.ms_competing / ms / copas;

	return w;
}

static void start(struct shim_path *path, int copas, int fillers, u32 rtt_us, u32 apart_us)
{
	int i;

	for (i = 0; i < copas + fillers; i++) {
		shim_path_connect(path, i < copas ? "weir_copa" : "filler", rtt_us);
		shim_path_run(path, apart_us);
	}
}

/*
 * Section 3: the queue swings between 0 and 2.5/delta = 5 packets per flow, the
 * link is full, shares are equal; nobody takes the others for buffer fillers.
 * From 1.7 packets in flight, fewer than Copa wants queued, to 860.
 */
static void alone_and_among_itself(void **state)
{
	static const struct {
		u32 mbit, rtt_us;
		double use;
	} on[] = {
		{ 1, 20000, 0.95 }, { 10, 20000, 0.97 }, { 50, 40000, 0.99 },
		{ 100, 20000, 0.99 }, { 100, 100000, 0.99 },
	};
	static const int flows[] = { 1, 2, 4 };
	size_t i, j;
	u32 every;

	for (i = 0; i < ARRAY_SIZE(on); i++) {
		for (j = 0; j < ARRAY_SIZE(flows); j++) {
			for (every = 1; every <= 2; every++) {
				struct shim_path path;
				struct watch w;

				shim_path_init(&path, on[i].mbit, 1000);
				path.ack_every = every;
				start(&path, flows[j], 0, on[i].rtt_us, 100);
				shim_path_run(&path, 10 * USEC_PER_SEC);
				w = watch(&path, flows[j], flows[j], 5000);
				assert_true(w.seen.use > on[i].use);
				/* Two packets each are more than fit 1 Mbit/s. */
				assert_true(w.seen.queue > 1);
				assert_true(w.seen.queue < (i ? 4.5 : 6) * flows[j]);
				assert_true(w.seen.jain > 0.97);
				assert_true(w.competing < 0.05);
				shim_path_close(&path);
			}
		}
	}
}

static void latecomers_get_their_share(void **state)
{
	struct shim_path path;
	struct watch w;

	shim_path_init(&path, 50, 1000);
	path.ack_every = 2;
	start(&path, 4, 0, 40000, 2 * USEC_PER_SEC);
	/* RTTmin is forgotten after 10 s. */
	shim_path_run(&path, 10 * USEC_PER_SEC);
	w = watch(&path, 4, 4, 5000);
	assert_true(w.seen.use > 0.99);
	assert_true(w.seen.jain > 0.97);
	assert_true(w.seen.queue < 16);
	shim_path_close(&path);
}

/* 5% of all packets lost at random */
static void random_loss_costs_nothing(void **state)
{
	struct shim_path path;
	struct watch w;

	shim_path_init(&path, 50, 172);
	path.ack_every = 2;
	path.drop_ppm = 50000;
	start(&path, 1, 0, 40000, 100);
	shim_path_run(&path, 5 * USEC_PER_SEC);
	w = watch(&path, 1, 1, 10000);
	assert_true(w.seen.use > 0.98);
	assert_true(w.seen.queue < 8);
	assert_true(w.competing < 0.05);
	shim_path_close(&path);
}

/* Section 2.2: beside a flow that fills the buffer, a fair part of the link */
static void competes_with_reno(void **state)
{
	static const struct {
		u32 mbit, rtt_us, buffer;
	} on[] = {
		{ 50, 40000, 172 }, { 50, 40000, 350 }, { 100, 20000, 172 }, { 20, 100000, 172 },
	};
	size_t i;

	assert_int_equal(tcp_register_congestion_control(&filler_ops), 0);
	for (i = 0; i < ARRAY_SIZE(on); i++) {
		struct shim_path path;
		struct watch w;

		shim_path_init(&path, on[i].mbit, on[i].buffer);
		path.ack_every = 2;
		start(&path, 1, 1, on[i].rtt_us, 100);
		shim_path_run(&path, 10 * USEC_PER_SEC);
		w = watch(&path, 1, 2, 40000);
		assert_true(w.seen.use > 0.99);
		assert_true(w.seen.share[0] > 0.4 && w.seen.share[0] < 0.6);
		assert_true(w.competing > 0.75);
		shim_path_close(&path);
	}

	/* Without the mode there is little left. */
	assert_int_equal(shim_param_set("compete", "0"), 0);
	{
		struct shim_path path;

		shim_path_init(&path, 50, 172);
		path.ack_every = 2;
		start(&path, 1, 1, 40000, 100);
		shim_path_run(&path, 10 * USEC_PER_SEC);
		assert_true(watch(&path, 1, 2, 20000).seen.share[0] < 0.15);
		shim_path_close(&path);
	}
	assert_int_equal(shim_param_set("compete", "1"), 0);
	tcp_unregister_congestion_control(&filler_ops);
}

/* 1 Mbit/s of a live stream: a packet every 12 ms */
static void feed(void *arg)
{
	struct sock *sk = arg;

	if (div_u64(shim_now_ns, NSEC_PER_MSEC) % 12)
		return;
	shim_app_limit(sk, sk->shim_app_pkts + 1);
	shim_xmit(sk);
}

/* Beside Reno, but seldom limited by cwnd: 1/delta grows to what that takes. */
static void what_is_not_used_does_not_grow(void **state)
{
	struct shim_path path;
	const struct copa *copa;
	struct sock *sk;
	u64 delivered;
	u32 cwnd;

	assert_int_equal(tcp_register_congestion_control(&filler_ops), 0);
	shim_path_init(&path, 50, 172);
	path.ack_every = 2;
	start(&path, 1, 1, 40000, 100);
	shim_path_run(&path, 10 * USEC_PER_SEC);
	sk = path.flows[0].sk;
	copa = inet_csk_ca(sk);
	shim_app_limit(sk, 0);
	shim_watch(&path, 2, 1000, feed, sk);
	cwnd = tcp_sk(sk)->snd_cwnd;
	delivered = path.flows[0].delivered;
	shim_watch(&path, 2, 60000, feed, sk);
	assert_true(tcp_sk(sk)->snd_cwnd <= cwnd);
	assert_true(copa->inv_delta <= 20 * COPA_UNIT);
	/* Of 5000 */
	assert_true(path.flows[0].delivered - delivered > 4950);
	shim_path_close(&path);
	tcp_unregister_congestion_control(&filler_ops);
}

/* The competitor leaves: the queue is emptied, the mode ends. */
static void stops_competing(void **state)
{
	struct shim_path path;
	struct watch w;
	int i;

	assert_int_equal(tcp_register_congestion_control(&filler_ops), 0);
	for (i = 0; i < 2; i++) {
		/* Buffers of one and two windows: no more, or Reno never lets
		 * RTTmin be seen in 10 s.
		 */
		shim_path_init(&path, i ? 50 : 10, i ? 350 : 17);
		path.ack_every = 2;
		start(&path, 1, 1, i ? 40000 : 20000, 100);
		shim_path_run(&path, 20 * USEC_PER_SEC);
		shim_app_limit(path.flows[1].sk, 0);
		shim_path_run(&path, 5 * USEC_PER_SEC);
		w = watch(&path, 1, 1, 5000);
		assert_true(w.seen.use > 0.97);
		assert_true(w.competing < 0.05);
		assert_true(w.seen.queue < 6);
		shim_path_close(&path);
	}
	tcp_unregister_congestion_control(&filler_ops);
}

/* The link's rate falls to a fifth and comes back. */
static void follows_the_rate(void **state)
{
	struct shim_path path;
	struct watch w;

	shim_path_init(&path, 50, 1000);
	path.ack_every = 2;
	start(&path, 1, 0, 40000, 100);
	shim_path_run(&path, 5 * USEC_PER_SEC);
	path.rate /= 5;
	shim_path_run(&path, 2 * USEC_PER_SEC);
	w = watch(&path, 1, 1, 3000);
	assert_true(w.seen.use > 0.95);
	assert_true(w.seen.queue < 8);
	path.rate *= 5;
	shim_path_run(&path, 2 * USEC_PER_SEC);
	w = watch(&path, 1, 1, 3000);
	assert_true(w.seen.use > 0.95);
	assert_true(w.seen.queue < 8);
	shim_path_close(&path);
}

/* Loss without delay must not be answered with more of the same. */
static void policer_is_not_flooded(void **state)
{
	struct shim_path path;
	u64 delivered, drops;

	shim_path_init(&path, 50, 1000);
	path.ack_every = 2;
	path.police_rate = 20 * 125000ULL;
	path.police_burst = 30000;
	start(&path, 1, 0, 40000, 100);
	shim_path_run(&path, 5 * USEC_PER_SEC);
	delivered = path.flows[0].delivered;
	drops = path.drops;
	shim_path_run(&path, 20 * USEC_PER_SEC);
	delivered = path.flows[0].delivered - delivered;
	drops = path.drops - drops;
	/* 34530 packets could pass. */
	assert_true(delivered > 34530 * 6 / 10);
	assert_true(drops * 100 < (delivered + drops) * 30);
	shim_path_close(&path);
}

/*
 * The RTT of a repaired loss comes from timestamps, in whole milliseconds: taken
 * for RTTmin, a path of 40.7 ms has 0.7 ms of queue that never goes.
 */
static void repaired_losses_do_not_shorten_the_path(void **state)
{
	static const u32 rtts_us[] = { 5700, 40300, 40700 };
	static const u32 lost_ppm[] = { 100, 1000, 10000 };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(rtts_us); i++) {
		for (j = 0; j < ARRAY_SIZE(lost_ppm); j++) {
			struct shim_path path;
			struct watch w;

			shim_seed(5);
			shim_path_init(&path, 100, 1000);
			path.ack_every = 2;
			path.drop_ppm = lost_ppm[j];
			start(&path, 1, 0, rtts_us[i], 100);
			shim_path_run(&path, 10 * USEC_PER_SEC);
			w = watch(&path, 1, 1, 10000);
			assert_true(w.seen.use > (lost_ppm[j] > 1000 ? 0.97 : 0.99));
			assert_true(w.competing < 0.05);
			shim_path_close(&path);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone_and_among_itself),
		cmocka_unit_test(latecomers_get_their_share),
		cmocka_unit_test(random_loss_costs_nothing),
		cmocka_unit_test(repaired_losses_do_not_shorten_the_path),
		cmocka_unit_test(competes_with_reno),
		cmocka_unit_test(what_is_not_used_does_not_grow),
		cmocka_unit_test(stops_competing),
		cmocka_unit_test(follows_the_rate),
		cmocka_unit_test(policer_is_not_flooded),
	};

	return cmocka_run_group_tests_name("copa_path", tests, NULL, NULL);
}
