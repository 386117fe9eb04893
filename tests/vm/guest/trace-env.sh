# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# trace-env.sh - what the traced experiments in the guest share: a path a > mid > b of 10 Mbit/s and 20 ms, scripts that
# trace in the background, and the kernel's own counters at the end. What it all means is judged on the host.

weir=/job/scripts/weir
tracers=()
sinks=()

# shellcheck source=tests/vm/guest/namespaces.sh
. "$(dirname "$0")/namespaces.sh"

# path: namespaces with fresh counters. The bottleneck is mid's device towards b, the delay is on the way back.
path() {
	local ns
	namespaces
	# Nothing but the connections may cross the path: it is counted.
	for ns in a mid b; do
		ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
	done
	for ns in a b; do
		resolved "$ns" "v$ns" mid "m$ns"
		resolved mid "m$ns" "$ns" "v$ns"
	done
	ip netns exec a sh -c 'echo 1 >/proc/sys/net/ipv4/tcp_no_metrics_save'
	bottleneck limit 100
	back 20ms
}

# resolved NAMESPACE DEVICE PEER-NAMESPACE PEER-DEVICE: the peer's address needs no asking.
resolved() {
	ip -n "$1" neigh replace "$(ip -n "$3" -4 -o addr show dev "$4" | sed -E 's|.* inet ([0-9.]+)/.*|\1|')" \
		lladdr "$(ip netns exec "$3" cat "/sys/class/net/$4/address")" dev "$2" nud permanent
}

# shellcheck disable=SC2120
# bottleneck NETEM...: the queue towards b.
bottleneck() { ip netns exec mid tc qdisc replace dev mb root netem rate 10mbit limit 100 "$@"; }
# back DELAY: the delay of the way back.
back() { ip netns exec mid tc qdisc replace dev ma root netem delay "$1" limit 10000; }

# sink ARGUMENT...: a receiver in b.
sink() {
	rm -f /tmp/ready
	mkfifo /tmp/ready
	ip netns exec b /job/trace-flow sink "$@" >/tmp/ready &
	sinks+=($!)
	read -r _ </tmp/ready
}

# flow NAME ARGUMENT...: a connection from a to b; what its socket says at its end is in /out/NAME.info.
flow() {
	local name=$1
	shift
	ip netns exec a /job/trace-flow send addr=10.0.2.1 "$@" >"/out/$name.info"
}

# functions: have the kernel list once what can be hooked: each bpftrace asks for it, and it takes seconds here.
functions() {
	export BPFTRACE_AVAILABLE_FUNCTIONS_TEST=/tmp/functions
	grep -E '^(__)?tcp_|^bbr_|^sk_stream_' /sys/kernel/tracing/available_filter_functions >/tmp/functions
}

# trace NAME [ARGUMENT...]: have the script run, attached, until traced.
trace() {
	local name=$1
	shift
	"$weir" trace "$name" --json "$@" >"/out/$name.jsonl" 2>"/out/$name.err" &
	tracers+=($!)
}

# attached: wait until all of them are.
attached() {
	local name
	for name in "$@"; do
		until grep -qs ': tracing' "/out/$name.err"; do
			sleep 1
			! grep -qs 'could not\|ended with' "/out/$name.err" || return 1
		done
	done
	sleep 0.3
}

# traced: end them as an operator would; they print their sums.
traced() {
	local pid
	sleep 0.3
	for pid in "${tracers[@]}"; do
		kill -TERM "$pid"
	done
	for pid in "${tracers[@]}"; do
		wait "$pid" || echo "a tracer ended with $?"
	done
	tracers=()
	for pid in "${sinks[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	sinks=()
}

# counters NAMESPACE...: the MIB, NAME=VALUE a line.
counters() {
	local ns
	for ns in "$@"; do
		# shellcheck disable=SC2016
		ip netns exec "$ns" awk '{
			if ($1 == section) { for (i = 2; i <= NF; i++) print name[i] "=" $i; section = "" }
			else { section = $1; for (i = 2; i <= NF; i++) name[i] = $i }
		}' /proc/net/snmp /proc/net/netstat >"/out/mib-$ns"
	done
}

# qdisc_drops: packets that the bottleneck dropped, or marked, since it was made.
qdisc_drops() {
	ip netns exec mid tc -s qdisc show dev mb | sed -n 's/.*dropped \([0-9]*\),.*/\1/p' | head -n 1
}
