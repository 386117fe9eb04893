# SPDX-License-Identifier: GPL-2.0
title = Hosts on one fast local network
rate = 10gbit
rtt = 1ms
qdisc = fq

net.core.default_qdisc = fq
	Switch buffers are small; paced packets do not overrun them.
net.core.netdev_max_backlog >= 4096
	At 10 Gbit/s 1000 packets arrive in about 1 ms, less than a delayed processor may take.
net.ipv4.tcp_rmem >= @receive
	A whole bandwidth-delay product must fit in the window that is advertised.
net.ipv4.tcp_wmem >= @send
	What is sent must be held until it is acknowledged.
net.ipv4.tcp_slow_start_after_idle = 0
	Local paths do not change between two requests; no need to feel the way again.
