# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Decreasing Bandwidth 10x and Ensuring Max Bandwidth Adapts Down"

# From 20 to 2 Mbit/s, with a buffer of one BDP of the faster path.
RATE=20mbit RTT=40ms BUFFER=66

steps() {
	cat <<-STEPS
		bulk
		wait 3
		sleep 200000
		tc qdisc change dev rcv root handle 1: netem limit $BUFFER rate 2mbit
		wait 5 3
		sleep 2000000
		end
	STEPS
}

check() {
	local old rate at lost short fast cycles fell now from spent

	old=$(goodput_of 20) rate=$(goodput_of 2)
	at=$(did 'tc qdisc')
	verify "1, 2. in PROBE_BW (state $(last "kind == \"ack\" && t < $at" state)), with max_bw $(mbit "$(last "kind == \"ack\" && t < $at" max_bw)") Mbit/s, the bandwidth falls to a tenth at $at s" \
		"$(last "kind == \"ack\" && t < $at" state) == 3 && $(last "kind == \"ack\" && t < $at" max_bw) > 0.95 * $old"
	lost=$(last 'kind == "ack"' lost)
	short=$(least "kind == \"ack\" && t > $at" bw_shortterm)
	fast=$(q "kind == \"ack\" && t > $at && round_start { n++ } kind == \"ack\" && t > $at && bw_shortterm < 0.5 * $old { print n; exit }")
	verify "3. with $lost packets lost bw_shortterm falls to $(mbit "$short") Mbit/s; to less than half of what max_bw was within $fast rounds, no more than 6" \
		"$lost > 0 && $short < 0.5 * $old && $fast <= 6"
	# A cycle has one probe, and the filter moves on where the feedback on it is complete.
	fell=$(first "kind == \"ack\" && t > $at && max_bw <= 1.05 * $rate" t)
	cycles=$(count "kind == \"enter\" && new == 5 && t > $at && t < ${fell:-0}")
	verify "4. max_bw drops to $(mbit "$(first "kind == \"ack\" && t >= ${fell:-1e9}" max_bw)") Mbit/s, at most 5% above $(mbit "$rate"), $(calc "${fell:-0} - $at" %.2f) s later, in the course of $cycles PROBE_BW cycles, no more than MaxBwFilterLen, 2" \
		"${fell:-0} > $at && $cycles <= 2"
	# From the third probe on: what the second one has lost is repaired by then. PROBE_RTT sends less on purpose.
	from=$(entered 5 3 "$at")
	read -r now spent < <(q "kind == \"ack\" && t > ${from:-1e9} && state != 6 && kept != 6 { n += delivered - x; s += t - y }
		kind == \"ack\" { x = delivered; y = t; kept = state }
		END { if (s) print n * 1448 / s, s }") || true
	verify "4. which matches what the path delivers, $(mbit "${now:-0}") Mbit/s in $(calc "${spent:-0}" %.1f) s" \
		"${spent:-0} > 1 && $from > ${fell:-1e9} && ${now:-0} > 0.9 * $rate && ${now:-0} < 1.05 * $rate"
	figures "bw_shortterm below half in $fast rounds; max_bw $(mbit "$(last 'kind == "ack"' max_bw)") of $(mbit "$rate") Mbit/s after $(calc "${fell:-0} - $at" %.1f) s, $cycles cycles"
}
