# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# trace-checks.sh - what tests/vm/trace.sh demands of each trace. $O is where the guest's files are.

# all NAME FILTER: what jq makes of all lines of a trace, as an array.
all() { jq -rs "$2" "$O/$1.jsonl" 2>/dev/null || echo nothing; }
# map NAME MAP: the sum of a final map's values, or of one KEY of it.
map() { jq -rs --arg m "@$2" --arg k "${3:-}" '[.[] | select(.type == "map" or .type == "stats" or .type == "hist") | .data[$m] // empty
	| to_entries[] | select($k == "" or .key == $k) | .value] | add // 0' "$O/$1.jsonl" 2>/dev/null || echo nothing; }
# mib FILE NAME...: the sum of these counters.
mib() { local f=$1; shift; awk -F= -v want=" $* " 'index(want, " " $1 " ") { s += $2 } END { print s + 0 }' "$O/$f"; }
# info FLOW KEY: what the socket said at its end.
info() { sed -nE "s/.*\\b$2=([0-9]+).*/\\1/p" "$O/$1.info"; }

# same DESCRIPTION A B: both numbers are the same, and not 0.
same() { ok "$1: $2, wanted $3" test "$2" = "$3" -a "$2" != 0; }
equal() { ok "$1: $2, wanted $3" test "$2" = "$3"; }
# near DESCRIPTION A B PERCENT: A is within so much of B.
near() {
	ok "$1: $2, wanted $3 within $4%" \
		awk -v a="$2" -v b="$3" -v p="$4" 'BEGIN { exit !(b > 0 && a >= b * (1 - p / 100) && a <= b * (1 + p / 100)) }'
}
# at_least DESCRIPTION A B
at_least() { ok "$1: $2, wanted $3 or more" awk -v a="$2" -v b="$3" 'BEGIN { exit !(a != "nothing" && a + 0 >= b + 0) }'; }
valid() {
	local name
	for name in "$@"; do
		equal "$name: flows without an address" "$(all "$name" 'map(select(.flow and (.src == "" or .dst == ""))) | length')" 0
		ok "$name: each line is a JSON object, and none was lost" \
			test "$(all "$name" 'length > 0 and all(type == "object") and all(.type != "lost_events")')" = true
	done
}

check_loss() {
	local cause kind n
	# shellcheck source=/dev/null
	. "$O/loss.env"
	valid retransmits ca-state undo rtt drops timeline
	sed 's/^/# /' "$O"/*.info

	n=$(all retransmits 'map(select(.event == "retransmit")) | map(.segs) | add')
	same 'retransmits: all segments are the MIB RetransSegs' "$n" "$(mib mib-a RetransSegs)"
	same 'retransmits: and those of the final map' "$(map retransmits segs)" "$n"
	same 'retransmits: those by ACKs outside of Loss are the MIB TCPFastRetrans' \
		"$(all retransmits 'map(select((.cause == "fast" or .cause == "rack") and .ca != 4) | .segs) | add')" "$(mib mib-a TCPFastRetrans)"
	same 'retransmits: those by ACKs in Loss are the MIB TCPSlowStartRetrans' \
		"$(all retransmits 'map(select((.cause == "after-rto" or .cause == "rack") and .ca == 4) | .segs) | add // 0')" "$(mib mib-a TCPSlowStartRetrans)"
	same 'retransmits: timeouts are the MIB TCPTimeouts' "$(all retransmits 'map(select(.cause == "rto")) | length')" "$(mib mib-a TCPTimeouts)"
	n=$(all retransmits 'map(select(.cause == "tlp")) | length')
	ok "retransmits: tail loss probes: $n, of $(mib mib-a TCPLossProbes) that the MIB counts, with new data" \
		test "$n" -gt 0 -a "$n" -le "$(mib mib-a TCPLossProbes)"
	for cause in fast rack tlp rto after-rto; do
		at_least "retransmits: the experiment had some by $cause" "$(map retransmits segs $cause)" 1
	done

	n=$(all ca-state 'map(select(.event == "ca" and .to == "Recovery")) | length')
	same 'ca-state: entries into Recovery are the MIB TCPSackRecovery' "$n" "$(mib mib-a TCPSackRecovery TCPRenoRecovery)"
	at_least 'ca-state: entries into Loss' "$(all ca-state 'map(select(.event == "ca" and .to == "Loss")) | length')" 2
	equal 'ca-state: transitions that do not begin where the one before ended' \
		"$(all ca-state 'map(select(.event == "ca")) | group_by(.flow) | map([., .[1:]] | transpose | map(select(.[1] and .[0].to != .[1].from)) | length) | add')" 0

	for kind in full:TCPFullUndo partial:TCPPartialUndo dsack:TCPDSACKUndo loss:TCPLossUndo; do
		equal "undo: ${kind%:*} are the MIB ${kind#*:}" \
			"$(all undo "map(select(.kind == \"${kind%:*}\")) | length")" "$(mib mib-a "${kind#*:}")"
	done
	equal 'undo: those by F-RTO are the MIB TCPSpuriousRTOs' "$(all undo 'map(select(.proof == "frto")) | length')" "$(mib mib-a TCPSpuriousRTOs)"
	at_least 'undo: the spike of delay had its timeout undone' "$(mib mib-a TCPLossUndo)" 1
	at_least 'undo: reordering had windows restored' "$(mib mib-a TCPFullUndo TCPPartialUndo TCPDSACKUndo)" 1
	equal 'undo: windows that became smaller by it' "$(all undo 'map(select(.event == "undo" and .cwnd < .cwnd_from)) | length')" 0

	n=$(all rtt 'map(.rtt_us // empty) | min')
	equal 'rtt: the least is the least that the sockets know' "$n" "$(sed -nE 's/.*min_rtt_us=([0-9]+).*/\1/p' "$O"/*.info | sort -n | head -n 1)"
	ok "rtt: it is the path's delay of 20 ms and the time of a packet: $n us" test "$n" -ge 20000 -a "$n" -le 21500
	equal 'rtt: samples whose queueing delay is not the RTT less the least' \
		"$(all rtt 'map(select(.event == "rtt" and .queue_us != ([.rtt_us - .min_rtt_us, 0] | max))) | length')" 0
	same 'rtt: as many lines as samples in the sums' "$(all rtt 'map(select(.event == "rtt")) | length')" \
		"$(all rtt 'map(select(.type == "stats") | .data["@samples"] | to_entries[] | .value.count) | add')"

	# shellcheck disable=SC2154 # from loss.env
	same 'drops: with the name QDISC_DROP, as many as netem dropped' "$(all drops 'map(select(.event == "drop" and .name == "QDISC_DROP")) | length')" "$drops"

	for kind in ca-state:ca retransmits:retransmit undo:undo; do
		same "timeline: as many ${kind#*:} as ${kind%:*} has" "$(all timeline "map(select(.event == \"${kind#*:}\")) | length")" \
			"$(all "${kind%:*}" "map(select(.event == \"${kind#*:}\")) | length")"
	done
	same 'timeline: the same causes as retransmits' "$(all timeline 'map(select(.event == "retransmit") | .cause) | group_by(.) | map("\(.[0])=\(length)") | join(" ")')" \
		"$(all retransmits 'map(select(.event == "retransmit") | .cause) | group_by(.) | map("\(.[0])=\(length)") | join(" ")')"
	same 'timeline: a connection opened and closed for each flow' "$(all timeline 'map(select(.event == "open" or .event == "close")) | group_by(.flow) | map(map(.event) | join(" ")) | unique | join(",")')" 'open close'
	same 'timeline: flows' "$(all timeline 'map(.flow // empty) | unique | length')" "$(find "$O" -name '*.info' | wc -l)"
	at_least 'timeline: samples of the window' "$(all timeline 'map(select(.event == "cc" and .cwnd > 0 and .pacing_Bps > 0)) | length')" 50
	at_least 'timeline: limits' "$(all timeline 'map(select(.event == "limit")) | length')" 10
}

# share PORT LIMIT: of the time of the connection to PORT, in thousandths.
share() { jq -rs --arg p ",$1," --arg l "$2" '[.[] | select(.type == "map") | .data["@time_us"] // empty | to_entries[] | select(.key | contains($p))]
	| (map(select(.key | endswith("," + $l)) | .value) | add // 0) * 1000 / (map(.value) | add) | round' "$O/limits.jsonl"; }
spent() { jq -rs --arg p ",$1,$2" '[.[] | select(.type == "map") | .data["@time_us"] // empty | to_entries[] | select(.key | endswith($p)) | .value] | add // 0' "$O/limits.jsonl"; }

check_limits() {
	local by n
	valid limits pacing select
	sed 's/^/# /' "$O"/*.info
	at_least 'limits: a program that writes now and then: app, in thousandths' "$(share 6003 app)" 950
	near 'limits: a small receive buffer: rwnd, as the socket says [us]' "$(spent 6002 rwnd)" "$(info rwnd rwnd_us)" 5
	at_least 'limits: which is most of the time, in thousandths' "$(share 6002 rwnd)" 500
	at_least 'limits: a small send buffer: sndbuf, in thousandths' "$(share 6004 sndbuf)" 700
	near 'limits: and as long as the program waited in write() [us]' "$(spent 6004 sndbuf)" "$(info sndbuf blocked_us)" 10
	at_least 'limits: a paced program: pacing, in thousandths' "$(share 6005 pacing)" 800
	at_least 'limits: the same with fq: pacing, in thousandths' "$(share 6006 pacing)" 800
	at_least 'limits: a download: cwnd, in thousandths' "$(share 6007 cwnd)" 600
	equal 'limits: changes that do not begin where the one before ended' \
		"$(all limits 'map(select(.event == "limit")) | group_by(.flow) | map([., .[1:]] | transpose | map(select(.[1] and .[0].to != .[1].from)) | length) | add')" 0

	for by in timer:6005 fq:6006; do
		n=$(all pacing "map(select(.event == \"pacing\" and .by == \"${by%:*}\" and .dport == ${by#*:}))")
		near "pacing: by ${by%:*} at 250000 bytes/s: the rate it was held to" "$(jq -r 'map(.rate_Bps) | max' <<<"$n")" 250000 1
		equal "pacing: by the other, none" "$(all pacing "map(select(.event == \"pacing\" and .by != \"${by%:*}\" and .dport == ${by#*:})) | length")" 0
	done
	# What is sent waits for its own length at the rate: 400000 bytes in 1.6 s.
	near 'pacing: all waits of the timer together [us]' "$(all pacing 'map(select(.event == "pacing" and .dport == 6005) | .wait_us) | add')" 1600000 15
	at_least 'pacing: timers fired' "$(all pacing 'map(.data["@kicks"]? // empty) | add')" 50

	# shellcheck disable=SC2016
	sel() { all select "map(select($1)) | length"; }
	equal 'select: the default was set twice, by sh' "$(sel '.event == "default" and .error == 0 and .comm == "sh"')" 2
	equal 'select: to reno first' "$(all select 'map(select(.event == "default"))[0].algorithm')" reno
	equal 'select: a connection started with the default, reno' "$(sel '.event == "start" and .algorithm == "reno" and .dport == 6001')" 1
	equal 'select: a privileged program chose cubic' "$(sel '.event == "setsockopt" and .algorithm == "cubic" and .error == 0 and .comm == "trace-flow" and .uid == 0 and .dport == 0')" 2
	equal 'select: an unprivileged one did, too' "$(sel '.event == "setsockopt" and .algorithm == "cubic" and .error == 0 and .admin == 0 and .uid == 65534')" 1
	equal 'select: but may not have dctcp' "$(sel '.event == "setsockopt" and .algorithm == "dctcp" and .error == -1 and .uid == 65534')" 1
	equal 'select: what does not exist is not found' "$(sel '.event == "setsockopt" and .algorithm == "nosuch" and .error == -2')" 1
	at_least 'select: both ends start, in two namespaces' "$(all select 'map(select(.event == "start") | .netns) | unique | length')" 2
}

# states NAME FROM TO: transitions in the trace.
states() { all "$1" "map(select(.event == \"state\" and .from == \"$2\" and .to == \"$3\")) | length"; }
# chained NAME: each state begins where the one before ended.
chained() { all "$1" 'map(select(.event == "state" and .from != .to)) | group_by(.flow) | map([., .[1:]] | transpose | map(select(.[1] and .[0].to != .[1].from)) | length) | add'; }
# at NAME FLOW: the sample next before ss was asked.
at() { jq -rs --argjson t "$(<"$O/$2.at")" '[.[] | select(.event == "'"$1"'" and .time_s <= $t)] | last | .'"$3" "$O/$4.jsonl"; }

check_models() {
	# shellcheck source=/dev/null
	. "$O/ecn.env"
	valid ecn bbr-kernel bbr bbr3
	sed 's/^/# /' "$O"/*.info
	# shellcheck disable=SC2154 # from ecn.env
	same 'ecn: marks that arrived are those that netem made' "$(all ecn 'map(select(.event == "ce")) | length')" "$marks"
	same 'ecn: and the MIB InCEPkts' "$(map ecn marks_received)" "$(mib mib-b InCEPkts)"
	same 'ecn: packets whose ACK echoed a mark, as the sockets say' "$(map ecn packets_echoed)" \
		"$(($(info ecn-cubic delivered_ce) + $(info ecn-dctcp delivered_ce)))"
	at_least 'ecn: windows were reduced for it' "$(all ecn 'map(select(.event == "cwr" and .why == "ecn")) | length')" 3
	equal 'ecn: and for nothing else' "$(all ecn 'map(select(.event == "cwr" and .why != "ecn")) | length')" 0

	same 'bbr-kernel: STARTUP, then DRAIN' "$(states bbr-kernel STARTUP DRAIN)" 1
	same 'bbr-kernel: then PROBE_BW' "$(states bbr-kernel DRAIN PROBE_BW)" 1
	equal 'bbr-kernel: states that do not follow on each other' "$(chained bbr-kernel)" 0
	near 'bbr-kernel: bandwidth as ss shows it [bit/s]' "$(($(at bbr bbr bw_Bps bbr-kernel) * 8))" "$(sed -nE 's/.*bbr:\(bw:([0-9]+)bps.*/\1/p' "$O/bbr.ss")" 5
	near 'bbr-kernel: least RTT as ss shows it [us]' "$(at bbr bbr min_rtt_us bbr-kernel)" \
		"$(sed -nE 's/.*mrtt:([0-9.]+).*/\1/p' "$O/bbr.ss" | awk '{ print $1 * 1000 }')" 1
	near 'bbr-kernel: bandwidth is that of the path [bytes/s]' "$(all bbr-kernel 'map(select(.event == "bbr")) | last.bw_Bps')" 1195000 3
	same 'bbr: STARTUP, then DRAIN' "$(states bbr STARTUP DRAIN)" 1
	same 'bbr: then PROBE_BW' "$(states bbr DRAIN PROBE_BW)" 1
	same 'bbr: as many changes as tracefs saw' "$(all bbr 'map(select(.event == "state")) | length')" "$(<"$O/weir_bbr.states")"
	same 'bbr3: Startup, then Drain' "$(states bbr3 Startup Drain)" 1
	same 'bbr3: then ProbeBW_DOWN' "$(states bbr3 Drain ProbeBW_DOWN)" 1
	same 'bbr3: as many changes as tracefs saw' "$(all bbr3 'map(select(.event == "state")) | length')" "$(<"$O/weir_bbr3.states")"
	for name in bbr bbr3; do
		equal "$name: states that do not follow on each other" "$(chained $name)" 0
		near "$name: bandwidth as ss shows it [bit/s]" "$(($(at $name weir_$name bw_Bps $name) * 8))" "$(sed -nE 's/.*bbr:\(bw:([0-9]+)bps.*/\1/p' "$O/weir_$name.ss")" 5
		near "$name: bandwidth is that of the path [bytes/s]" "$(all $name "map(select(.event == \"$name\")) | last.bw_Bps")" 1195000 3
	done
}

check_ends() {
	local line
	sed 's/^/# /' "$O/ends.err"
	while IFS= read -r line; do
		if [[ "$line" =~ ^(ok|not\ ok)\ [0-9]+\ -\ (.*) ]]; then
			ok "ends: ${BASH_REMATCH[2]}" test "${BASH_REMATCH[1]}" = ok
		elif [[ "$line" != 1..* ]]; then
			printf '%s\n' "$line"
		fi
	done <"$O/ends.tap"
	ok 'ends: all of it ran' grep -q '^1\.\.' "$O/ends.tap"
}

# shellcheck disable=SC2016 # awk's own
check_transcript() {
	local file
	for file in "$O"/*.txt; do
		ok "${file##*/}: lines as promised, and sums" \
			awk '/^[0-9]+\.[0-9]+ ([^ ]+:[0-9]+>[^ ]+:[0-9]+|-) [a-z0-9-]+( [A-Za-z_]+=[^=]*)+$/ { events++; next } /^@/ { sums++; next } /^\[/ { next } { odd++; print "# " $0 }
				END { exit !(events + sums && !odd) }' "$file"
	done
	sed 's/^/# /' "$O/costs"
}
