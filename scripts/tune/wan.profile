# SPDX-License-Identifier: GPL-2.0
title = Bulk transfers over long paths of the internet
rate = 1gbit
rtt = 100ms
qdisc = fq

net.core.default_qdisc = fq
	Paced packets cross the queues of others with less loss than bursts.
net.ipv4.tcp_rmem >= @receive
	A whole bandwidth-delay product must fit in the window that is advertised.
net.ipv4.tcp_wmem >= @send
	What is sent must be held until it is acknowledged, one round trip later.
net.ipv4.tcp_mtu_probing = 1
	Some long path will swallow large packets; then find a size that passes.
net.ipv4.tcp_window_scaling = 1
	Without it a window ends at 64 kB: 5 Mbit/s at 100 ms.
net.ipv4.tcp_timestamps = 1
	At 1 Gbit/s sequence numbers come round in 34 s; timestamps tell old segments from new.
