# SPDX-License-Identifier: GPL-2.0
# Ask the target kernel what it has. Kernels are told apart by what their
# include/net/tcp.h says, never by version: distributions patch
# tcp_congestion_ops under ordinary version numbers. Patterns must be free of
# parentheses and commas, which make would parse.

weir_tcp_h := $(srctree)/include/net/tcp.h
weir_has = $(shell grep -qs '$(1)' $(weir_tcp_h) && echo y)
weir_probe = $(if $(call weir_has,$(1)),-D$(2))

# Shadow headers come first, so that <net/tcp.h> finds compat/net/tcp.h, which
# includes the kernel's own with #include_next.
LINUXINCLUDE := -I$(src)/compat $(LINUXINCLUDE)

ccflags-y += $(call weir_probe,cwnd_event_tx_start,WEIR_HAVE_CWND_EVENT_TX_START)
ccflags-y += $(call weir_probe,[*]min_tso_segs,WEIR_HAVE_MIN_TSO_SEGS)
ccflags-y += $(call weir_probe,[*]tso_segs,WEIR_HAVE_TSO_SEGS)
ccflags-y += $(call weir_probe,__tcp_send_ack.*flags,WEIR_HAVE_SEND_ACK_FLAGS)

# The oldest kernel the modules use nothing beyond has tcp_snd_cwnd_set (5.19).
ifneq ($(wildcard $(weir_tcp_h)),)
ifeq ($(call weir_has,tcp_snd_cwnd_set),)
$(error weir needs Linux 6.1 or newer: $(weir_tcp_h) has no tcp_snd_cwnd_set)
endif
endif
