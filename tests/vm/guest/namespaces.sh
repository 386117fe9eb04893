# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# namespaces.sh - three network namespaces in a row, a > mid > b; what shapes the path between them is the caller's.

# namespaces: a has the address 10.0.1.1 and the device va, b 10.0.2.1 and vb; mid forwards, between ma and mb. Devices
# carry packets as they would be on a wire: nothing is split or joined on the way.
namespaces() {
	local ns subnet=0
	for ns in a mid b; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
	done
	ip netns exec mid sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	for ns in a b; do
		subnet=$((subnet + 1))
		ip link add "v$ns" netns "$ns" type veth peer name "m$ns" netns mid
		ip -n "$ns" addr add "10.0.$subnet.1/24" dev "v$ns"
		ip -n mid addr add "10.0.$subnet.254/24" dev "m$ns"
		ip netns exec "$ns" ethtool -K "v$ns" tso off gso off gro off >/dev/null 2>&1
		ip netns exec mid ethtool -K "m$ns" tso off gso off gro off >/dev/null 2>&1
		ip -n "$ns" link set dev "v$ns" up
		ip -n mid link set dev "m$ns" up
		ip -n "$ns" route add default via "10.0.$subnet.254"
	done
}
