/* SPDX-License-Identifier: GPL-2.0 */
/* shim_watch.h - what happens on a path while it runs */
#ifndef _SHIM_WATCH_H
#define _SHIM_WATCH_H

#include "shim_path.h"

/**
 * struct shim_watch - a path over some time, looked at every millisecond
 * @use: part of the link's rate that arrived
 * @jain: Jain's index of what the flows got
 * @share: what each flow got, a part of all
 * @queue: mean of the queue [packets]
 * @queue_max: longest queue [packets]
 */
struct shim_watch {
	double use;
	double jain;
	double share[SHIM_PATH_FLOWS];
	double queue;
	u32 queue_max;
};

/**
 * shim_watch() - let a path run and watch its first flows
 * @path: the path
 * @flows: that many of its flows
 * @ms: how long [ms], not 0
 * @each: called after each millisecond if not NULL
 * @arg: what it is called with
 *
 * Return: what was seen.
 */
struct shim_watch shim_watch(struct shim_path *path, int flows, u32 ms,
			     void (*each)(void *arg), void *arg);

#endif
