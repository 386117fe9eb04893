// SPDX-License-Identifier: GPL-2.0
/* The windowed maximum and minimum, against the definition. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include "win_filter.h"
#include "test.h"

#define WINDOW 40

static void starts_empty(void **state)
{
	struct win_filter f = { 0 };

	assert_int_equal(win_max(&f), 0);
	assert_int_equal(win_min(&f), U32_MAX);
	assert_int_equal(win_max_update(&f, WINDOW, 0, 5), 5);
	f = (struct win_filter) { 0 };
	assert_int_equal(win_min_update(&f, WINDOW, 0, 5), 5);
}

static void a_better_sample_wins_at_once(void **state)
{
	struct win_filter f = { 0 };

	assert_int_equal(win_max_update(&f, WINDOW, 1, 10), 10);
	assert_int_equal(win_max_update(&f, WINDOW, 2, 9), 10);
	assert_int_equal(win_max_update(&f, WINDOW, 3, 11), 11);
	assert_int_equal(win_max_update(&f, WINDOW, 3, U32_MAX), U32_MAX);
}

static void forgets_after_the_window(void **state)
{
	struct win_filter f = { 0 };
	u32 t;

	win_max_update(&f, WINDOW, 0, 100);
	for (t = 1; t <= WINDOW; t++)
		assert_int_equal(win_max_update(&f, WINDOW, t, 50), 100);
	assert_int_equal(win_max_update(&f, WINDOW, t, 50), 50);
}

static void forgets_everything_after_a_gap(void **state)
{
	struct win_filter f = { 0 };

	win_max_update(&f, WINDOW, 0, 100);
	win_max_update(&f, WINDOW, 15, 90);
	win_max_update(&f, WINDOW, 30, 80);
	assert_int_equal(win_max_update(&f, WINDOW, 30 + WINDOW + 1, 1), 1);
	assert_int_equal(f.best[2].value, 1);
}

static void falls_by_steps_not_to_the_latest(void **state)
{
	struct win_filter f = { 0 };

	win_max_update(&f, WINDOW, 0, 100);
	win_max_update(&f, WINDOW, 11, 90);
	win_max_update(&f, WINDOW, 32, 80);
	assert_int_equal(win_max_update(&f, WINDOW, 41, 1), 90);
	assert_int_equal(win_max_update(&f, WINDOW, 52, 1), 80);
}

/*
 * Sampled at every tick, the answer is a sample of the window, and no less
 * than the maximum of its youngest quarter.
 */
static void compare_with_definition(u32 start)
{
	struct win_filter max = { 0 }, min = { 0 };
	u32 history[4096], n, i;

	for (n = 0; n < ARRAY_SIZE(history); n++) {
		u32 hi = 0, hi_late = 0, lo = U32_MAX, lo_late = U32_MAX, got;
		bool seen = false;

		history[n] = get_random_u32() >> (get_random_u32() % 24);
		for (i = n > WINDOW ? n - WINDOW : 0; i <= n; i++) {
			hi = max(hi, history[i]);
			lo = min(lo, history[i]);
			if (n - i <= WINDOW / 4) {
				hi_late = max(hi_late, history[i]);
				lo_late = min(lo_late, history[i]);
			}
		}
		got = win_max_update(&max, WINDOW, start + n, history[n]);
		assert_int_equal(got, win_max(&max));
		assert_true(got <= hi && got >= hi_late);
		for (i = n > WINDOW ? n - WINDOW : 0; i <= n; i++)
			seen |= history[i] == got;
		assert_true(seen);

		got = win_min_update(&min, WINDOW, start + n, history[n]);
		assert_int_equal(got, win_min(&min));
		assert_true(got >= lo && got <= lo_late);
	}
}

static void agrees_with_the_definition(void **state)
{
	shim_seed(11);
	compare_with_definition(0);
}

static void time_may_wrap(void **state)
{
	shim_seed(12);
	compare_with_definition(U32_MAX - 1000);
}

/* With what win_max_matters() lets a caller skip, the same bounds hold. */
static void unimportant_samples_may_be_skipped(void **state)
{
	struct win_filter f = { 0 };
	u32 best[500], t, i, from, skipped = 0;

	shim_seed(13);
	for (t = 0; t < ARRAY_SIZE(best); t++) {
		u32 hi = 0, hi_late = 0;

		best[t] = 0;
		for (i = 0; i < 50; i++) {
			u32 v = 1000 - t + get_random_u32() % 100;

			best[t] = max(best[t], v);
			if (!i || win_max_matters(&f, v))
				win_max_update(&f, WINDOW, t, v);
			else
				skipped++;
		}
		for (from = t > WINDOW ? t - WINDOW : 0; from <= t; from++) {
			hi = max(hi, best[from]);
			if (t - from <= WINDOW / 4)
				hi_late = max(hi_late, best[from]);
		}
		assert_true(win_max(&f) <= hi && win_max(&f) >= hi_late);
	}
	assert_true(skipped > 50 * ARRAY_SIZE(best) / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty),
		cmocka_unit_test(a_better_sample_wins_at_once),
		cmocka_unit_test(forgets_after_the_window),
		cmocka_unit_test(forgets_everything_after_a_gap),
		cmocka_unit_test(falls_by_steps_not_to_the_latest),
		cmocka_unit_test(agrees_with_the_definition),
		cmocka_unit_test(time_may_wrap),
		cmocka_unit_test(unimportant_samples_may_be_skipped),
	};

	return cmocka_run_group_tests_name("win_filter", tests, NULL, NULL);
}
