# SPDX-License-Identifier: GPL-2.0
title = Services that call each other inside a data centre
rate = 25gbit
rtt = 500us
qdisc = fq

net.core.default_qdisc = fq
	Many senders answer one receiver at once; paced, fewer of them overrun the switch.
net.core.netdev_max_backlog >= 8192
	At 25 Gbit/s 1000 packets arrive in half a millisecond, less than a delayed processor may take.
net.core.somaxconn >= 8192
	All callers reconnect at once when a service restarts; ask for it in listen() too.
net.ipv4.tcp_max_syn_backlog >= 8192
	The same burst, half open.
net.ipv4.tcp_rmem >= @receive
	A whole bandwidth-delay product must fit in the window that is advertised.
net.ipv4.tcp_wmem >= @send
	What is sent must be held until it is acknowledged.
net.ipv4.tcp_slow_start_after_idle = 0
	Connection pools are idle between calls; the path does not change meanwhile.
net.ipv4.ip_local_port_range >= 16384 60999
	Each call to the same service and port takes a local port, then TIME_WAIT for 60 s.
net.ipv4.tcp_tw_reuse = 1
	Calls may use such a port again after one second; timestamps keep them apart.
net.ipv4.tcp_fin_timeout <= 20
	Peers that died before they closed are let go sooner.
net.ipv4.tcp_timestamps = 1
	tcp_tw_reuse needs them.
