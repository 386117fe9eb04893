# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153
#
# The path of a case, in network namespaces; two netem make it:
#
#   s eth0 ──────► s mid rcv ──────► eth0 rcv     data:             RATE, BUFFER packets
#   s eth0 ◄────── s mid rcv ◄────── eth0 rcv     acknowledgements: the whole RTT
#     fq          delay    rate, queue
#
# A case that bends data on its way does so where they enter mid, on its device
# s: the hook clsact is there, and a side road ifb0 that detours packets.

SENDER=10.1.0.1
RECEIVER=10.2.0.1
PORT=5201

# in_ns NAME COMMAND...
in_ns() {
	local name=$1
	shift
	nsenter --net="/run/netns/$name" "$@"
}

links() {
	cat <<-LINKS
		link add rcv netns mid address 02:05:00:00:00:00 type veth peer name eth0 netns rcv address 02:06:00:00:00:00
		link add eth0 netns s address 02:01:00:00:00:01 type veth peer name s netns mid address 02:02:00:00:00:01
		link add ifb0 netns mid type ifb
	LINKS
}

# end_net ADDRESS PEER MAC: an end of the path.
end_net() {
	cat <<-NET
		link set lo up
		link set eth0 up
		addr add $1/32 dev eth0
		route add $2 dev eth0 src $1
		neigh add $2 lladdr $3 dev eth0 nud permanent
	NET
}

mid_net() {
	cat <<-NET
		link set lo up
		link set s up
		link set rcv up
		link set ifb0 up
		route add $SENDER dev s
		route add $RECEIVER dev rcv
		neigh add $SENDER lladdr 02:01:00:00:00:01 dev s nud permanent
		neigh add $RECEIVER lladdr 02:06:00:00:00:00 dev rcv nud permanent
	NET
}

# path_up: build it for RATE, RTT, BUFFER.
path_up() {
	local ns
	local -a keys=(net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
		net.ipv4.tcp_no_metrics_save=1
		"net.ipv4.tcp_rmem=4096 1048576 16777216" "net.ipv4.tcp_wmem=4096 65536 16777216")

	printf 'netns add %s\n' s mid rcv | ip -batch -
	in_ns s sysctl -qw "${keys[@]}"
	in_ns rcv sysctl -qw "${keys[@]}"
	in_ns mid sysctl -qw "${keys[@]:0:4}" net.ipv4.ip_forward=1
	links | ip -batch -
	end_net "$SENDER" "$RECEIVER" 02:02:00:00:00:01 | ip -n s -batch -
	end_net "$RECEIVER" "$SENDER" 02:05:00:00:00:00 | ip -n rcv -batch -
	mid_net | ip -n mid -batch -
	# Segments leave the sender one by one.
	in_ns s ethtool -K eth0 tso off gso off gro off >/dev/null
	tc -n s qdisc add dev eth0 root fq limit 100000 flow_limit 100000
	tc -n mid -batch - <<-QDISCS
		qdisc add dev rcv root handle 1: netem limit $BUFFER rate $RATE
		qdisc add dev s root handle 1: netem limit 100000 delay $RTT
		qdisc add dev s clsact
		qdisc add dev ifb0 root handle 1: netem limit 100000 delay 1ms
	QDISCS
}

path_down() {
	printf 'netns del %s\n' s mid rcv | ip -batch -
}
