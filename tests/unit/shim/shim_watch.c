// SPDX-License-Identifier: GPL-2.0
#include "shim_watch.h"

struct shim_watch shim_watch(struct shim_path *path, int flows, u32 ms,
			     void (*each)(void *arg), void *arg)
{
	u64 before[SHIM_PATH_FLOWS], all = 0, queue = 0;
	struct shim_watch w = { };
	double squares = 0;
	int i;
	u32 t;

	for (i = 0; i < flows; i++)
		before[i] = path->flows[i].delivered;
	for (t = 0; t < ms; t++) {
		u32 now;

		shim_path_run(path, 1000);
		now = shim_path_queue(path);
		queue += now;
		w.queue_max = max(w.queue_max, now);
		if (each)
			each(arg);
	}
	for (i = 0; i < flows; i++) {
		u64 d = path->flows[i].delivered - before[i];

		w.share[i] = d;
		all += d;
		squares += (double)d * d;
	}
	for (i = 0; i < flows; i++)
		w.share[i] /= all;
	w.use = (double)all * SHIM_MSS * 1000 / ms / path->rate;
	w.jain = (double)all * all / (flows * squares);
	w.queue = (double)queue / ms;

	return w;
}
