# SPDX-License-Identifier: GPL-2.0
title = A host behind a geostationary satellite link
rate = 100mbit
rtt = 600ms
qdisc = fq

net.core.default_qdisc = fq
	A burst into the modem's queue is lost or late by hundreds of milliseconds.
net.ipv4.tcp_rmem >= @receive
	A window of 7.5 MB is in flight; the default stops at less than half of that.
net.ipv4.tcp_wmem >= @send
	What is sent must be held for more than half a second.
net.ipv4.tcp_slow_start_after_idle = 0
	Growing a window again costs seconds at 600 ms a round.
net.ipv4.tcp_mtu_probing = 1
	Tunnels and accelerators on such links swallow large packets; find a size that passes.
net.ipv4.tcp_window_scaling = 1
	Without it a window ends at 64 kB: 0.9 Mbit/s at 600 ms.
net.ipv4.tcp_timestamps = 1
	One round-trip time in a window of thousands of packets is not enough.
