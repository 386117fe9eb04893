# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting PROBE_UP on Bandwidth Plateau"

RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		bulk
		wait 5
		wait 2
		sleep 200000
		end
	STEPS
}

check() {
	local in out acks lost limited growth count why spent

	in=$(entered 5) out=$(entered 2 1 "$in")
	verify "1. PROBE_UP is entered at $in s" "$in > 0"
	acks=$(count "kind == \"ack\" && state == 5")
	lost=$(most 'kind == "ack"' lost)
	limited=$(count 'kind == "ack" && state == 5 && app_limited')
	verify "2. the path is full: at most $(most 'kind == "ack" && state == 5' in_flight) packets in flight of a cwnd of $(most 'kind == "ack" && state == 5' cwnd); $lost lost, $limited of $acks ACKs application-limited" \
		"$acks > 50 && $lost == 0 && $limited == 0"
	growth=$(q 'kind == "ack" && state == 5 && round_start && rs_interval_us > 0 {
			x = rs_delivered / rs_interval_us
			if (base && x / base > top) top = x / base
			if (!base) base = x
		} END { print top }')
	verify "3. the delivery rate plateaus: no round has more than $(calc "$growth" %.3f) of the first one's" "$growth < 1.25"
	count=$(last "kind == \"ack\" && state == 5" full_bw_count)
	spent=$(q "kind == \"ack\" && t > $in && t <= $out && round_start { n++ } END { print n }")
	verify "4. full_bw_count rises to $count and then full_bw_now is $(first "kind == \"ack\" && t >= $out - 1e-4 && state == 2" full_bw_now), after $spent rounds" \
		"$count == 2 && $(first "kind == \"ack\" && t >= $out - 1e-4 && state == 2" full_bw_now) == 1"
	why=$(first "kind == \"enter\" && t == $out" why)
	verify "5. the flow goes over into PROBE_DOWN at $out s because of '$why'" "\"$why\" == \"ack\""
	figures "DOWN after 3 flat rounds, $(calc "($out - $in) * 1000" %.0f) ms; no loss"
}
