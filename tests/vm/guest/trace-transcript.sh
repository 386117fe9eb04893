#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# trace-transcript.sh - what every script prints for people, over one mix of connections, and what it costs.
# In the guest.
set -uo pipefail
# shellcheck source=tests/vm/guest/trace-env.sh
. "$(dirname "$0")/trace-env.sh"

modprobe -a tcp_bbr tcp_weir_bbr tcp_weir_bbr3 tcp_weir_cubic
functions
path
for ns in a b; do
	ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv4/tcp_ecn'
done
sink port=6001
echo 1 >/proc/sys/kernel/bpf_stats_enabled
names=(timeline ca-state retransmits undo rtt limits pacing ecn drops select bbr bbr3 bbr-kernel)
for name in "${names[@]}"; do
	options=(--flow :6001)
	case $name in
	select | ecn) options=() ;;
	bbr*) options+=(--events) ;;
	esac
	"$weir" trace "$name" "${options[@]}" >"/out/$name.txt" 2>"/out/$name.err" &
	tracers+=($!)
done
attached "${names[@]}" || exit 1

# cpu PID: ticks of 10 ms that the process has used.
cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
declare -A bpftrace before
for pid in $(pgrep -x bpftrace); do
	name=$(tr '\0' ' ' <"/proc/$pid/cmdline")
	stage=${name##*-c /bin/sh }
	stage=${stage%%/hold*}
	for name in "${names[@]}"; do
		if grep -q "^ \* $name - " "$stage/script.bt"; then
			bpftrace[$name]=$pid
			before[$name]=$(cpu "$pid")
		fi
	done
done
bottleneck loss 1%
flow cubic port=6001 bytes=700000 cc=weir_cubic &
sleep 0.4
back 600ms
sleep 0.5
back 20ms
wait $!
bottleneck loss 2% ecn
flow ecn port=6001 bytes=200000 cc=weir_cubic
bottleneck
flow app port=6001 bytes=28960 chunk=2896 every=20000 cc=reno
for cc in bbr weir_bbr weir_bbr3; do
	flow "$cc" port=6001 bytes=600000 cc=$cc
done
sleep 0.5
# run_cnt and run_time_ns of each script's programs; time is instructions here. Then its own CPU time [ms].
for name in "${names[@]}"; do
	pid=${bpftrace[$name]}
	cat "/proc/$pid/fdinfo/"* 2>/dev/null | awk -v name="$name" -v ms=$((($(cpu "$pid") - ${before[$name]}) * 10)) '
		$1 == "run_time_ns:" { time += $2 } $1 == "run_cnt:" { count += $2 }
		END { printf "%s runs=%d instructions=%d cpu_ms=%d start_ms='"$((${before[$name]} * 10))"'\n", name, count, time, ms }'
done >/out/costs
traced
