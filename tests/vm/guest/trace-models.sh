#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# trace-models.sh - marks on a path with ECN, and the three BBRs, beside what tracefs and ss say of them. In the guest.
set -uo pipefail
# shellcheck source=tests/vm/guest/trace-env.sh
. "$(dirname "$0")/trace-env.sh"

path
modprobe -a tcp_bbr tcp_weir_bbr tcp_weir_bbr3 tcp_dctcp
functions
for ns in a b; do
	ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv4/tcp_ecn'
done
tracing=/sys/kernel/tracing
echo 1 >$tracing/events/weir/weir_state/enable
sink port=6001
trace ecn
for name in bbr-kernel bbr bbr3; do
	trace "$name" --every 50ms --flow :6001
done
attached ecn bbr-kernel bbr bbr3 || exit 1

# marked NAME PORT CC: a connection of which netem marks packets for a second in its middle. SYN and FIN have passed by
# then or are to come: those of CUBIC would be dropped, those of a DCTCP marked, and neither carries data. The queue
# holds all there is, so what netem counts as drops are marks of data, all of them.
marked() {
	flow "$1" port="$2" bytes=2500000 cc="$3" &
	until ip netns exec a ss -tinHO "dport = :$2" | grep -q bytes_acked; do
		sleep 0.01
	done
	bottleneck limit 2000 loss 2% ecn
	sleep 1
	bottleneck limit 2000
	wait $!
}
bottleneck limit 2000
marked ecn-cubic 6001 cubic
# A DCTCP's SYN, which asks with a mark's code point, is answered with ECN by DCTCP only.
sink port=6003 cc=dctcp
marked ecn-dctcp 6003 dctcp
echo "marks=$(qdisc_drops)" >/out/ecn.env
counters b
bottleneck limit 100
for cc in bbr weir_bbr weir_bbr3; do
	flow "$cc" port=6001 bytes=1500000 cc=$cc &
	sleep 1
	ip netns exec a ss -tinHO dport = :6001 >"/out/$cc.ss"
	cut -d ' ' -f 1 /proc/uptime >"/out/$cc.at"
	wait $!
done
traced
echo 0 >$tracing/events/weir/weir_state/enable
grep -c 'weir_state: weir_bbr ' $tracing/trace >/out/weir_bbr.states
grep -c 'weir_state: weir_bbr3 ' $tracing/trace >/out/weir_bbr3.states
