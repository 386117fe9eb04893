# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Handling Application-Limited Sending During PROBE_REFILL"

# A round ends when data sent in it are acknowledged, so the application does not fall silent for
# good: it pauses for half a round trip and then sends an eighth of the bandwidth.
RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		bulk 8
		wait 4
		pause
		sleep 20000
		rate 120000 5000
		wait 5
		sleep 200000
		bulk 8
		wait 2
		sleep 300000
		end
	STEPS
}

check() {
	local in up bulk down low before least after rounds rate

	rate=$(goodput_of 8)
	in=$(entered 4) up=$(entered 5) bulk=$(did bulk 2) down=$(entered 2 1 "$(did bulk 2)")
	verify "1. PROBE_REFILL is entered at $in s, and the application pauses $(calc "($(did pause) - $in) * 1e6" %.0f) us later" \
		"$in > 0 && $(did pause) - $in < 0.001"
	low=$(count "kind == \"ack\" && t > $in && t < $bulk && app_limited && rs_interval_us > 0 && rs_delivered * 1448e6 / rs_interval_us < max_bw")
	verify "2. $low samples are application-limited and lower than max_bw, down to $(mbit "$(least "kind == \"ack\" && t > $in && t < $bulk && app_limited && rs_interval_us > 0" 'rs_delivered * 1448e6 / rs_interval_us')") Mbit/s" \
		"$low > 10"
	before=$(last "kind == \"ack\" && t < $in" max_bw)
	least=$(least "kind == \"ack\" && t > $in && t < $bulk" max_bw)
	verify "3. max_bw is not lowered by them: $(mbit "$before") before, at least $(mbit "$least") Mbit/s until the application sends all it can again" \
		"$least >= $before"
	rounds=$(count "kind == \"ack\" && t > $in + 0.001 && t <= $up + 0.0005 && round_start")
	verify "4. after $rounds round, $(calc "($up - $in) * 1000" %.0f) ms, PROBE_UP follows (state $(first "kind == \"enter\" && t > $in" new))" \
		"$rounds == 1 && $(first "kind == \"enter\" && t > $in" new) == 5"
	after=$(last 'kind == "ack"' max_bw)
	verify "4. which ends as it should once the application sends all it can, in PROBE_DOWN at $down s with max_bw $(mbit "$after") of $(mbit "$rate") Mbit/s" \
		"$down > $bulk && $after > 0.98 * $rate && $after < 1.02 * $rate"
	figures "$low low samples; max_bw stays at $(mbit "$least") Mbit/s; UP after $rounds round"
}
