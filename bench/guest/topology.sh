# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# The path under test, in network namespaces (names get $PREFIX):
#
#   s<i> eth0 ──────► s<i> mid rcv ──────► eth0 rcv     data
#   s<i> eth0 ◄────── s<i> mid rcv ◄────── eth0 rcv     acknowledgements
#        fq          delay     rate, loss, queue
#   s<i> ctl ◄───────────────────────────► c<i> rcv     iperf3's control connection
#
# Two netem and nothing else shape the path: the one on mid's device rcv is the
# bottleneck (rate, random loss, a queue of BUFFER_PKTS), the one on mid's
# device s<i> is the whole path delay of flow i. The control connections have
# wires of their own: the bottleneck carries the flows under test alone, and
# its queue cannot hold up or lose what starts and ends them.
#
# A bottleneck that marks (MARK_AT_US) cannot be a netem, which knows when a
# packet leaves as it comes: it is an htb that sends at the rate, and a codel
# that marks a packet on leaving if it waited longer, and does nothing else.
#
# Addresses and neighbours are fixed and IPv6 is off, so that no ARP, no router
# solicitation and no multicast report ever enters the queue.

RCV_ADDR=10.2.0.1
DATA_PORT=50000		# flow i sends from DATA_PORT + i
SERVER_PORT=5200	# to SERVER_PORT + i
DATA_TABLE=100		# routing table of the data path
# Nothing but the bottleneck may drop: a limit that is never reached.
LIMIT_PKTS=1000000

# sender_addr I: set ADDR to sender I's address.
sender_addr()
{
	ADDR=10.1.$(($1 / 250)).$(($1 % 250 + 1))
}

# mac KIND I: set MAC to a fixed address; KIND tells the device's role.
mac()
{
	printf -v MAC '02:%02x:00:00:%02x:%02x' "$1" "$(($2 / 256))" "$(($2 % 256))"
}
# What a marking bottleneck may make up for when its timer was late.
LATE_US=100
MAC_SENDER=1 MAC_MID=2 MAC_CTL=3 MAC_CTL_RCV=4 MAC_MID_RCV=5 MAC_RCV=6

# links: the batch that makes namespaces' devices.
links()
{
	local i a

	mac $MAC_MID_RCV 0 && a=$MAC
	mac $MAC_RCV 0
	echo "link add rcv netns ${PREFIX}mid address $a type veth peer name eth0 netns ${PREFIX}rcv address $MAC"
	for ((i = 1; i <= FLOWS; i++)); do
		mac $MAC_SENDER "$i" && a=$MAC
		mac $MAC_MID "$i"
		echo "link add eth0 netns ${PREFIX}s$i address $a type veth peer name s$i netns ${PREFIX}mid address $MAC"
		mac $MAC_CTL "$i" && a=$MAC
		mac $MAC_CTL_RCV "$i"
		echo "link add ctl netns ${PREFIX}s$i address $a type veth peer name c$i netns ${PREFIX}rcv address $MAC"
	done
}

# sender_net I: addresses and routes of sender I.
sender_net()
{
	sender_addr "$1"
	echo "link set lo up"
	echo "link set eth0 up"
	echo "link set ctl up"
	echo "addr add $ADDR/32 dev eth0"
	echo "route add $RCV_ADDR dev ctl src $ADDR"
	echo "route add $RCV_ADDR dev eth0 src $ADDR table $DATA_TABLE"
	echo "rule add ipproto 6 sport $((DATA_PORT + $1)) lookup $DATA_TABLE"
	mac $MAC_MID "$1"
	echo "neigh add $RCV_ADDR lladdr $MAC dev eth0 nud permanent"
	mac $MAC_CTL_RCV "$1"
	echo "neigh add $RCV_ADDR lladdr $MAC dev ctl nud permanent"
}

# mid_net: addresses and routes of the router.
mid_net()
{
	local i

	echo "link set lo up"
	echo "link set rcv up"
	echo "route add $RCV_ADDR dev rcv"
	mac $MAC_RCV 0
	echo "neigh add $RCV_ADDR lladdr $MAC dev rcv nud permanent"
	for ((i = 1; i <= FLOWS; i++)); do
		sender_addr "$i"
		mac $MAC_SENDER "$i"
		echo "link set s$i up"
		echo "route add $ADDR dev s$i"
		echo "neigh add $ADDR lladdr $MAC dev s$i nud permanent"
	done
}

# rcv_net: addresses and routes of the receiver. An algorithm that needs ECN
# gets it only from a listener that uses it as well.
rcv_net()
{
	local i cc quick=

	((QUICKACK == 0)) || quick=" quickack 1"
	echo "link set lo up"
	echo "link set eth0 up"
	echo "addr add $RCV_ADDR/32 dev eth0"
	echo "rule add ipproto 6 dport $((DATA_PORT + 1))-$((DATA_PORT + FLOWS)) lookup $DATA_TABLE"
	for ((i = 1; i <= FLOWS; i++)); do
		sender_addr "$i"
		echo "link set c$i up"
		echo "route add $ADDR dev c$i src $RCV_ADDR"
		cc=FLOW${i}_CC
		echo "route add $ADDR dev eth0 src $RCV_ADDR table $DATA_TABLE$quick${ECN:+ congctl ${!cc}}"
		mac $MAC_MID_RCV 0
		echo "neigh add $ADDR lladdr $MAC dev eth0 nud permanent"
		mac $MAC_CTL "$i"
		echo "neigh add $ADDR lladdr $MAC dev c$i nud permanent"
	done
}

# percent PPM: set PERCENT to parts per million as tc wants them.
percent()
{
	printf -v PERCENT '%d.%04d%%' "$(($1 / 10000))" "$(($1 % 10000))"
}

# bottleneck RATE_BPS LOSS_PPM: set NETEM to the bottleneck's arguments.
bottleneck()
{
	NETEM="netem limit $BUFFER_PKTS rate $1bit"
	if (($2 > 0)); then
		percent "$2"
		NETEM+=" loss $PERCENT"
	fi
}

# marker RATE_BPS: set HTB to the arguments of a marking bottleneck's sender.
marker()
{
	local burst=$(($1 * LATE_US / 8000000))

	HTB="htb rate $1bit burst $((burst + 1))b cburst $((burst + 1))b quantum 1514"
}

# path_delay RTT_US: set DELAY_US to what acknowledgements are held. An htb
# hands a packet on when its sending begins: that time is added here, so that
# a path has the same RTT with either bottleneck.
path_delay()
{
	DELAY_US=$1
	[[ -z "$ECN" ]] || DELAY_US=$(($1 + 1514 * 8000000 / RATE_BPS))
}

# mid_bottleneck: the path's queue. BUFFER_PKTS counts the packet being sent,
# which an htb's queue does not hold any more.
mid_bottleneck()
{
	if [[ -z "$ECN" ]]; then
		bottleneck "$RATE_BPS" "$LOSS_PPM"
		echo "qdisc add dev rcv root handle 1: $NETEM"
		return
	fi
	marker "$RATE_BPS"
	echo "qdisc add dev rcv root handle 1: htb default 1"
	echo "class add dev rcv parent 1: classid 1:1 $HTB"
	echo "qdisc add dev rcv parent 1:1 handle 2: codel limit $((BUFFER_PKTS > 1 ? BUFFER_PKTS - 1 : 1))" \
		"target 1000s interval 1000s ce_threshold ${MARK_AT_US}us"
}

# mid_qdiscs: the path's two stages, and the deterministic dropper.
mid_qdiscs()
{
	local i rtt

	mid_bottleneck
	for ((i = 1; i <= FLOWS; i++)); do
		rtt=FLOW${i}_RTT_US
		path_delay "${!rtt}"
		echo "qdisc add dev s$i root handle 1: netem limit $LIMIT_PKTS delay ${DELAY_US}us"
		if ((DROP_EVERY > 0)); then
			echo "qdisc add dev s$i clsact"
			echo "filter add dev s$i ingress matchall action gact ok random determ drop $DROP_EVERY"
		fi
	done
}

# in_ns NAME COMMAND...: run it in a namespace. Lighter than ip netns exec,
# which also makes a mount namespace.
in_ns()
{
	local name=$1

	shift
	nsenter --net="/run/netns/$PREFIX$name" "$@"
}

# sysctls NAME: what every namespace of the path needs.
sysctls()
{
	local -a keys=(net.ipv4.tcp_no_metrics_save=1
		"net.ipv4.tcp_rmem=4096 131072 $SOCKET_BYTES"
		"net.ipv4.tcp_wmem=4096 16384 $SOCKET_BYTES")

	[[ -z "$ECN" ]] || keys+=(net.ipv4.tcp_ecn=1)
	[[ $1 != mid ]] || keys=(net.ipv4.ip_forward=1)
	[[ ! -e /proc/sys/net/ipv6 ]] ||
		keys+=(net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1)
	in_ns "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 "${keys[@]}"
}

# socket_bytes: set SOCKET_BYTES to what a socket may buffer: four times all that
# the path can hold, so that no buffer is ever the limit.
socket_bytes()
{
	local rate=$RATE_BPS rtt=$RTT_US n name

	for ((n = 1; n <= EVENTS; n++)); do
		name=EVENT${n}_RATE_BPS
		((${!name:-0} <= rate)) || rate=${!name}
		name=EVENT${n}_RTT_US
		((${!name:-0} <= rtt)) || rtt=${!name}
	done
	for ((n = 1; n <= FLOWS; n++)); do
		name=FLOW${n}_RTT_US
		((${!name} <= rtt)) || rtt=${!name}
	done
	SOCKET_BYTES=$((4 * (rate * rtt / 8000000 + BUFFER_PKTS * 1514)))
	((SOCKET_BYTES >= 16777216)) || SOCKET_BYTES=16777216
	((SOCKET_BYTES <= 1073741824)) || SOCKET_BYTES=1073741824
}

# remove_ns NAME: a namespace lives on while sockets of ended processes try to
# send what they have: shorten that.
remove_ns()
{
	in_ns "$1" sysctl -qw net.ipv4.tcp_orphan_retries=1
	ip netns del "$PREFIX$1"
}

# topology_up: build it.
topology_up()
{
	local i
	local -a names=(mid rcv)

	for ((i = 1; i <= FLOWS; i++)); do
		names+=("s$i")
	done
	for i in "${names[@]}"; do
		undo remove_ns "$i"
	done
	printf "netns add $PREFIX%s\n" "${names[@]}" | ip -batch -
	for i in "${names[@]}"; do
		sysctls "$i"
	done
	links | ip -batch -
	mid_net | ip -n "${PREFIX}mid" -batch -
	rcv_net | ip -n "${PREFIX}rcv" -batch -
	mid_qdiscs | tc -n "${PREFIX}mid" -batch -
	for ((i = 1; i <= FLOWS; i++)); do
		sender_net "$i" | ip -n "${PREFIX}s$i" -batch -
		# Segments leave the sender one by one; TCP still builds and
		# paces them in groups, as on a machine with offloads.
		in_ns "s$i" ethtool -K eth0 tso off gso off gro off >/dev/null
		tc -n "${PREFIX}s$i" qdisc add dev eth0 root fq limit $LIMIT_PKTS flow_limit $LIMIT_PKTS
	done
}
