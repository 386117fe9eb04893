#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# tracepoints.sh - weir:weir_ack and weir:weir_state, read through tracefs with no tool at all, for each
# algorithm named on the command line. Runs in the guest as root.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/vm/guest/tap.sh
. "$here/tap.sh"

tracing=/sys/kernel/tracing
events=$tracing/events/weir
cleanup() {
	pkill -x iperf3 || true
	tc qdisc del dev lo root 2>/dev/null || true
	ip link set lo mtu 65536
	[ ! -e "$events/enable" ] || echo 0 >"$events/enable"
}
trap cleanup EXIT

plain_fields_only() {
	local odd
	odd=$(grep -h 'field:' "$events"/weir_ack/format "$events"/weir_state/format |
		grep -v 'common_' |
		grep -vE 'field:(__u8|__u16|__u32|__u64|__s32|__s64|char) [a-z0-9_]+(\[16\])?;' || true)
	[ -z "$odd" ] || { printf '# %s\n' "$odd"; return 1; }
}

modprobe weir
ok "the events exist once weir is loaded" test -d "$events/weir_ack" -a -d "$events/weir_state"
ok "their fields are plain integers" plain_fields_only

# transfer CC BYTES: by a server of its own: one that waits for the last word of a client takes no other.
transfer() {
	local server status=0
	iperf3 -s -1 -p 5300 >/dev/null 2>&1 &
	server=$!
	# iperf3 listens when it is ready, not when it has started.
	until ss -Htln 'sport = :5300' | grep -q .; do
		sleep 0.1
	done
	iperf3 -c 127.0.0.1 -p 5300 -C "$1" -n "$2" >/dev/null || status=$?
	wait "$server" || true
	return "$status"
}
acks() { grep -c 'weir_ack:' "$tracing/trace" || true; }

# Many small packets, so many ACKs.
ip link set lo mtu 1500
ethtool -K lo tso off gso off gro off 2>/dev/null || true
tc qdisc add dev lo root netem delay 5ms loss 0.5% limit 10000
for cc in "$@"; do
	modprobe "tcp_$cc"
	# Without a listener that agrees to its ECN a DCTCP is the kernel's Reno, and not weir's to look at.
	if [ "$cc" = weir_dctcp ]; then
		ip route replace local 127.0.0.1 dev lo table local congctl "$cc"
	fi
	echo >"$tracing/trace"
	echo 1 >"$events/enable"
	transfer "$cc" 1M
	echo 0 >"$events/enable"
	fired=$(acks)
	ok "$cc: weir_ack fires on real traffic ($fired times)" test "$fired" -gt 50
	transfer "$cc" 100K
	ok "$cc: and fires no more once disabled" test "$(acks)" = "$fired"
	[ "$cc" != weir_dctcp ] || ip route replace local 127.0.0.1 dev lo table local
done
tap_done
