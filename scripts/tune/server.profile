# SPDX-License-Identifier: GPL-2.0
title = A server that many clients reach over the internet
rate = 1gbit
rtt = 100ms
qdisc = fq

net.core.default_qdisc = fq
	One queue for each client: a fast one does not delay the others, and all are paced.
net.core.somaxconn >= 8192
	Room for a burst of new connections; ask for it in the program's listen() too.
net.ipv4.tcp_max_syn_backlog >= 8192
	Handshakes over long paths stay half open for a while; answer them without cookies.
net.ipv4.tcp_rmem >= @receive
	Uploads from far away need a window of a bandwidth-delay product.
net.ipv4.tcp_wmem >= @send
	Downloads to far away need what is in flight held until it is acknowledged.
net.ipv4.tcp_notsent_lowat = 131072
	Data waits in the program, where it can still be reordered or dropped, not in the socket.
net.ipv4.tcp_slow_start_after_idle = 0
	Persistent connections answer the next request at the speed of the last.
net.ipv4.tcp_mtu_probing = 1
	Some clients sit behind links that swallow large packets; find a size that passes.
net.ipv4.tcp_fastopen = 3
	Returning clients save one round trip, if the program asks for it.
net.ipv4.tcp_keepalive_time <= 600
	Notice clients that are gone after minutes, not after two hours, and keep NATs from forgetting.
net.ipv4.tcp_keepalive_intvl <= 30
	With 5 probes: gone means silent for two and a half minutes.
net.ipv4.tcp_keepalive_probes <= 5
	See tcp_keepalive_intvl.
net.ipv4.tcp_window_scaling = 1
	Without it a window ends at 64 kB: 5 Mbit/s at 100 ms.
net.ipv4.tcp_timestamps = 1
	Better round-trip times, and spurious retransmissions are undone.
