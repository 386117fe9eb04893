// SPDX-License-Identifier: GPL-2.0
/* weir_fixed: cwnd is the parameter, whatever happens. */
#include "tcp_weir_fixed.c"
#include "test.h"

static void holds_through_everything(void **state)
{
	struct sock *sk = shim_connect("weir_fixed");
	struct tcp_sock *tp = tcp_sk(sk);
	int i;

	assert_int_equal(shim_param_set("cwnd", "83"), 0);
	shim_xmit(sk);
	for (i = 0; i < 20; i++) {
		shim_round(sk, 40000, 1);
		assert_int_equal(tp->snd_cwnd, 83);
		assert_int_equal(tcp_packets_in_flight(tp), 83);
	}
	shim_lose(sk, 3);
	assert_int_equal(inet_csk(sk)->icsk_ca_state, TCP_CA_Recovery);
	assert_int_equal(tp->snd_cwnd, 83);
	shim_recover(sk, 40000);
	assert_int_equal(tp->snd_cwnd, 83);
	shim_rto(sk);
	assert_int_equal(tp->snd_cwnd, 83);
	shim_recover(sk, 40000);
	assert_int_equal(tp->snd_cwnd, 83);
	shim_ece(sk, 1, 40000);
	shim_recover(sk, 40000);
	assert_int_equal(tp->snd_cwnd, 83);
	shim_lose(sk, 1);
	shim_undo(sk);
	assert_int_equal(tp->snd_cwnd, 83);
	shim_close(sk);
}

static void follows_the_parameter(void **state)
{
	struct sock *sk;

	assert_int_equal(shim_param_set("cwnd", "20\n"), 0);
	sk = shim_connect("weir_fixed");
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 20);
	shim_xmit(sk);
	assert_int_equal(shim_param_set("cwnd", "5"), 0);
	shim_ack(sk, 1, 40000);
	assert_int_equal(tcp_sk(sk)->snd_cwnd, 5);
	shim_round(sk, 40000, 1);
	assert_int_equal(tcp_packets_in_flight(tcp_sk(sk)), 5);
	shim_close(sk);
}

static void refuses_bad_parameters(void **state)
{
	static const char * const bad[] = {
		"0", "1048577", "-1", "ten", "", "1e3", "4294967297",
	};
	size_t i;

	assert_int_equal(shim_param_set("cwnd", "33"), 0);
	shim_log();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *log;

		assert_int_equal(shim_param_set("cwnd", bad[i]), -EINVAL);
		log = shim_log();
		assert_non_null(strstr(log, "cwnd="));
		assert_non_null(strstr(log, bad[i]));
		assert_non_null(strstr(log, "from 1 to 1048576"));
		assert_string_equal(shim_param_get("cwnd"), "33");
	}
}

static void never_paces(void **state)
{
	struct sock *sk = shim_connect("weir_fixed");

	sk->sk_pacing_rate = 1000;
	shim_switch(sk, "weir_fixed");
	assert_true(sk->sk_pacing_rate == ~0UL);
	sk->sk_max_pacing_rate = 5000;
	shim_switch(sk, "weir_fixed");
	assert_int_equal(sk->sk_pacing_rate, 5000);
	shim_close(sk);
}

static void survives_being_uninitialised(void **state)
{
	shim_call_all_uninitialised("weir_fixed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_through_everything),
		cmocka_unit_test(follows_the_parameter),
		cmocka_unit_test(refuses_bad_parameters),
		cmocka_unit_test(never_paces),
		cmocka_unit_test(survives_being_uninitialised),
	};

	return cmocka_run_group_tests_name("fixed", tests, NULL, NULL);
}
