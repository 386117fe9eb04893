// SPDX-License-Identifier: GPL-2.0
/*
 * weir.ko - the tracepoints that all algorithms share, and nothing else
 *
 * A tracepoint can be defined in one module only; the algorithms depend on
 * this one for it. See docs/tracepoints.md.
 */
#include "weir.h"

#define CREATE_TRACE_POINTS
#include "weir_trace.h"

EXPORT_TRACEPOINT_SYMBOL_GPL(weir_ack);
EXPORT_TRACEPOINT_SYMBOL_GPL(weir_state);

MODULE_AUTHOR("The weir authors");
MODULE_DESCRIPTION("weir: tracepoints shared by the congestion control modules");
MODULE_LICENSE("GPL");
MODULE_VERSION(WEIR_VERSION);
