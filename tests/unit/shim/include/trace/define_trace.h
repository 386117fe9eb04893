/* SPDX-License-Identifier: GPL-2.0 */
/* Nothing to generate: linux/tracepoint.h did it all. */
