// SPDX-License-Identifier: GPL-2.0
/* weir_vegas on a path: between N * alpha and N * beta packets queued. */
#include "tcp_weir_vegas.c"
#include "test.h"
#include "shim_watch.h"

/* As the kernel's handshake does, before the flows queue for each other. */
static void connect_with_handshake(struct shim_path *path, u32 rtt_us)
{
	int flow = shim_path_connect(path, "weir_vegas", rtt_us);
	struct vegas *vegas = inet_csk_ca(path->flows[flow].sk);

	vegas->base_rtt_us = rtt_us;
}

static void keeps_alpha_to_beta_per_flow(void **state)
{
	static const struct {
		u32 mbit, rtt_us;
	} on[] = {
		/* 17 packets in flight, for 8 flows too; then 172 and 860 */
		{ 10, 20000 }, { 50, 40000 }, { 100, 100000 },
	};
	static const int flows[] = { 1, 2, 4, 8 };
	size_t i, j;
	u32 every;
	int n;

	for (i = 0; i < ARRAY_SIZE(on); i++) {
		for (j = 0; j < ARRAY_SIZE(flows); j++) {
			for (every = 1; every <= 2; every++) {
				struct shim_path path;
				struct shim_watch w;

				shim_path_init(&path, on[i].mbit, 1000);
				path.ack_every = every;
				for (n = 0; n < flows[j]; n++)
					connect_with_handshake(&path, on[i].rtt_us);
				shim_path_run(&path, 30 * USEC_PER_SEC);
				w = shim_watch(&path, flows[j], 5000, NULL, NULL);
				assert_true(w.use > 0.99);
				assert_true(w.queue >= 2 * flows[j]);
				assert_true(w.queue <= 4 * flows[j] + 1);
				assert_true(w.queue_max <= 5 * flows[j] + 2);
				assert_true(w.jain > 0.9);
				assert_int_equal(path.drops, 0);
				shim_path_close(&path);
			}
		}
	}
}

/* Slow start's own overshoot stays far below a buffer of one window. */
static void slow_start_does_not_overflow(void **state)
{
	struct shim_path path;

	shim_path_init(&path, 50, 172);
	path.ack_every = 2;
	connect_with_handshake(&path, 40000);
	shim_path_run(&path, 10 * USEC_PER_SEC);
	assert_int_equal(path.drops, 0);
	assert_true(path.queue_max < 172);
	shim_path_close(&path);
}

/* What alpha and beta say is what is kept. */
static void parameters_set_the_queue(void **state)
{
	struct shim_path path;
	struct shim_watch w;

	assert_int_equal(shim_param_set("alpha", "10"), 0);
	assert_int_equal(shim_param_set("beta", "12"), 0);
	shim_path_init(&path, 50, 1000);
	path.ack_every = 2;
	connect_with_handshake(&path, 40000);
	shim_path_run(&path, 10 * USEC_PER_SEC);
	w = shim_watch(&path, 1, 5000, NULL, NULL);
	assert_true(w.queue >= 10 && w.queue <= 13);
	shim_path_close(&path);
	assert_int_equal(shim_param_set("alpha", "2"), 0);
	assert_int_equal(shim_param_set("beta", "4"), 0);
}

static void follows_the_rate(void **state)
{
	struct shim_path path;
	struct shim_watch w;

	shim_path_init(&path, 50, 1000);
	path.ack_every = 2;
	connect_with_handshake(&path, 40000);
	shim_path_run(&path, 5 * USEC_PER_SEC);
	path.rate /= 2;
	/* 86 packets too many, one less per round trip of 40 to 80 ms */
	shim_path_run(&path, 8 * USEC_PER_SEC);
	w = shim_watch(&path, 1, 3000, NULL, NULL);
	assert_true(w.use > 0.99);
	assert_true(w.queue < 6);
	path.rate *= 2;
	shim_path_run(&path, 5 * USEC_PER_SEC);
	w = shim_watch(&path, 1, 3000, NULL, NULL);
	assert_true(w.use > 0.99);
	assert_true(w.queue < 6);
	shim_path_close(&path);
}

/*
 * The RTT of a repaired loss comes from timestamps, in whole milliseconds. A path
 * of 5.7 ms must not be taken for one of 5 ms for the rest of the connection.
 */
static void repaired_losses_do_not_shorten_the_path(void **state)
{
	struct shim_path path;
	struct shim_watch w;
	const struct vegas *vegas;

	shim_path_init(&path, 100, 1000);
	path.ack_every = 2;
	path.drop_every = 9973;
	connect_with_handshake(&path, 5700);
	shim_path_run(&path, 10 * USEC_PER_SEC);
	w = shim_watch(&path, 1, 10000, NULL, NULL);
	vegas = inet_csk_ca(path.flows[0].sk);
	assert_true(path.drops > 10);
	assert_in_range(vegas->base_rtt_us, 5700, 5900);
	/* Without losses 100%; a halved window takes some 20 round trips. */
	assert_true(w.use > 0.9);
	shim_path_close(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_alpha_to_beta_per_flow),
		cmocka_unit_test(slow_start_does_not_overflow),
		cmocka_unit_test(parameters_set_the_queue),
		cmocka_unit_test(follows_the_rate),
		cmocka_unit_test(repaired_losses_do_not_shorten_the_path),
	};

	return cmocka_run_group_tests_name("vegas_path", tests, NULL, NULL);
}
