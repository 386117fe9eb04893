# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
TITLE="Handling Spurious Fast Recovery"

# During PROBE_UP, what leaves within 10 ms takes a detour of 25 ms: what leaves after it arrives first, and
# the kernel takes the detoured packets for lost. Two takes: the receiver's DSACKs tell that they
# were not (no timestamps), or the timestamps of their acknowledgements do.
TAKES="dsack timestamps"
RATE=8mbit RTT=40ms BUFFER=400

path() {
	[ "$TAKE" = timestamps ] || in_ns s sysctl -qw net.ipv4.tcp_timestamps=0
	tc -n mid qdisc change dev ifb0 root handle 1: netem limit 100000 delay 25ms
}

steps() { detoured_in_probe_up 10000; }

check() {
	local kind undos=''

	for kind in $TAKES; do
		take "$kind" || true
		if [ "$kind" = dsack ]; then
			undo_checks "$kind" "$(did 'tc filter add')" TCPDSACKUndo
		else
			undo_checks "$kind" "$(did 'tc filter add')" 'TCPFullUndo TCPPartialUndo'
		fi
		undos+="${undos:+; }$kind: $undo_figures"
	done
	figures "$undos"
}
