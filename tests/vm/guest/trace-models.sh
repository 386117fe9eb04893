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

# netem counts a mark as a drop. The queue holds all there is, so it drops nothing.
bottleneck limit 2000 loss 2% ecn
flow ecn-cubic port=6001 bytes=700000 cc=cubic
# DCTCP's marked SYN is answered with ECN by DCTCP only.
sink port=6003 cc=dctcp
flow ecn-dctcp port=6003 bytes=700000 cc=dctcp
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
