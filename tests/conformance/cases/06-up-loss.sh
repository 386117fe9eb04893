# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting PROBE_UP on Loss When Application-Limited"

# The application gives up filling the path as PROBE_UP begins; a tenth of the packets is lost
# from 150 ms later on, when all bandwidth samples are application-limited.
RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		bulk 8
		wait 5
		rate 600000 5000
		sleep 150000
		tc filter add dev s ingress matchall action gact ok random determ drop 10
		wait 2
		sleep 200000
		end
	STEPS
}

check() {
	local in out loss limited acks lost why before after

	in=$(entered 5) out=$(entered 2 1 "$in") loss=$(did 'tc filter')
	verify "1. PROBE_UP is entered at $in s" "$in > 0"
	acks=$(count "kind == \"ack\" && state == 5 && t > $in + 0.15")
	limited=$(count "kind == \"ack\" && state == 5 && t > $in + 0.15 && app_limited")
	verify "2. bandwidth samples are application-limited: $limited of $acks from 150 ms on" \
		"$acks > 10 && $limited == $acks"
	lost=$(most "kind == \"ack\" && t <= $out + 0.0005" lost)
	verify "3. loss begins at $loss s: $lost packets lost when PROBE_UP ends, with $(last "kind == \"ack\" && t <= $out" in_flight) in flight, more than 2%" \
		"$lost > 0.02 * $(last "kind == \"ack\" && t <= $out" in_flight)"
	why=$(first "kind == \"enter\" && t == $out" why)
	verify "4. the loss is seen: the state changes because of '$why', $(calc "($out - $loss) * 1000" %.0f) ms after the loss began" \
		"\"$why\" == \"loss\" && $out > $loss && $out - $loss < 0.15"
	before=$(last "kind == \"ack\" && t < $out" inflight_longterm)
	after=$(first "kind == \"ack\" && t > $out" inflight_longterm)
	verify "5. the flow is in PROBE_DOWN from $out s on; inflight_longterm is $after, as before ($before): HandleInflightTooHigh() leaves it alone if the sample is application-limited" \
		"$after == $before"
	verify "5. prev_probe_too_high is $(first "kind == \"ack\" && t > $out" prev_probe_too_high): the next probe will be a cautious one" \
		"$(first "kind == \"ack\" && t > $out" prev_probe_too_high) == 1"
	figures "DOWN $(calc "($out - $loss) * 1000" %.0f) ms after the first drop, $lost lost; inflight_longterm kept"
}
