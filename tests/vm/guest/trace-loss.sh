#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# trace-loss.sh - losses of every kind on one path: at random, a black hole, a spike of delay, reordering, the last
# packet of a burst. Traced by all scripts that have to do with losses at once. In the guest.
set -uo pipefail
# shellcheck source=tests/vm/guest/trace-env.sh
. "$(dirname "$0")/trace-env.sh"

path
functions
sink port=6001
for name in retransmits ca-state undo rtt drops timeline; do
	trace "$name" --flow 10.0.2.1:6001
done
attached retransmits ca-state undo rtt drops timeline || exit 1
drops=0
# changed NETEM...: change the bottleneck in its place; its counter goes on.
changed() { ip netns exec mid tc qdisc change dev mb root netem rate 10mbit limit 100 "$@"; }

changed loss 1%
flow random port=6001 bytes=2000000 cc=cubic
changed
flow blackhole port=6001 bytes=1000000 cc=cubic &
sleep 0.4
changed loss 100%
sleep 1.2
changed
wait $!
# Nothing is lost here: the timeout is for nothing, and its undo has to follow.
flow spike port=6001 bytes=579200 chunk=14480 every=40000 cc=reno &
sleep 0.5
back 600ms
sleep 0.7
back 20ms
wait $!
changed delay 10ms reorder 5%
flow reorder port=6001 bytes=1000000 cc=cubic
ip netns exec a sh -c 'echo 0 >/proc/sys/net/ipv4/tcp_timestamps'
changed delay 10ms reorder 5%
flow dsack port=6001 bytes=1500000 cc=cubic
ip netns exec a sh -c 'echo 1 >/proc/sys/net/ipv4/tcp_timestamps'
changed loss 20%
flow tail port=6001 bytes=347520 chunk=2896 every=150000 cc=cubic
changed
drops=$(qdisc_drops)
echo "drops=$drops" >/out/loss.env
traced
counters a b
