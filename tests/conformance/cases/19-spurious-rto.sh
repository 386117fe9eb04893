# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
TITLE="Handling Spurious RTO Recovery"

# During PROBE_UP all data are held up for 600 ms, longer than the retransmission timer; what is sent again
# after the detour has ended overtakes them. Two takes: what comes back tells by itself (F-RTO, no
# timestamps), or its timestamps do (Eifel).
TAKES="frto eifel"
RATE=8mbit RTT=40ms BUFFER=400

path() {
	[ "$TAKE" = eifel ] || in_ns s sysctl -qw net.ipv4.tcp_timestamps=0
	tc -n mid qdisc change dev ifb0 root handle 1: netem limit 100000 delay 600ms
}

steps() { detoured_in_probe_up 500000; }

check() {
	local kind undos=''

	for kind in $TAKES; do
		take "$kind" || true
		verify "$kind: 1. the retransmission timer expires: TCPTimeouts $(counter TCPTimeouts)" \
			"$(counter TCPTimeouts) >= 1 && $(first 'kind == "rto"' t) > $(did 'tc filter add')"
		if [ "$kind" = frto ]; then
			undo_checks "$kind" "$(did 'tc filter add')" TCPSpuriousRTOs
		else
			undo_checks "$kind" "$(did 'tc filter add')" TCPLossUndo
		fi
		undos+="${undos:+; }$kind: $undo_figures"
	done
	figures "$undos"
}
