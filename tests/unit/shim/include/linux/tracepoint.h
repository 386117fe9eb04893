/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: while shim_trace_on is set, the event is assigned for real and
 * kept, so that a test can look at shim_last_<event> and shim_count_<event>.
 */
#ifndef _SHIM_LINUX_TRACEPOINT_H
#define _SHIM_LINUX_TRACEPOINT_H

#include <linux/kernel.h>

extern bool shim_trace_on;

#define TP_PROTO(args...)		args
#define TP_ARGS(args...)		args
#define TP_STRUCT__entry(args...)	args
#define TP_fast_assign(args...)		args
#define TP_printk(fmt, args...)
#define __field(type, item)		type item;
#define __array(type, item, len)	type item[len];

#define TRACE_EVENT(event, proto, args, entry, assign, print)		\
struct shim_trace_##event {						\
	entry								\
};									\
static struct shim_trace_##event shim_last_##event __maybe_unused;	\
static u32 shim_count_##event __maybe_unused;				\
									\
static inline bool trace_##event##_enabled(void)			\
{									\
	return shim_trace_on;						\
}									\
									\
static inline void trace_##event(proto)					\
{									\
	struct shim_trace_##event *__entry = &shim_last_##event;	\
									\
	if (!shim_trace_on)						\
		return;							\
	assign								\
	shim_count_##event++;						\
}									\
struct sock

#define EXPORT_TRACEPOINT_SYMBOL_GPL(name) struct sock

#endif
