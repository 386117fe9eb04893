# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Never Exiting PROBE_UP (or STARTUP) When Application-Limited With No Loss"

# STARTUP first: four seconds at a tenth of the path. Then PROBE_UP: the application falls back to
# half of the path, again for four seconds: a hundred rounds each. The path becomes 6 ms shorter as PROBE_UP
# begins: a new minimum, so that PROBE_RTT is not due meanwhile.
RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		rate 100000 10000
		at 4000000
		bulk 8
		wait 5
		tc qdisc change dev s root handle 1: netem limit 100000 delay 34ms
		rate 400000 5000
		sleep 4000000
		end
	STEPS
}

check() {
	local bulk in ends rounds limited acks

	bulk=$(did bulk) in=$(entered 5) ends=$(did end)
	acks=$(count "kind == \"ack\" && t > 0.1 && t < $bulk")
	limited=$(count "kind == \"ack\" && t > 0.1 && t < $bulk && app_limited")
	rounds=$(count "kind == \"ack\" && t < $bulk && round_start")
	verify "1, 2. in STARTUP $limited of $acks ACKs are application-limited, $(most 'kind == "ack"' lost) packets lost" \
		"$acks > 100 && $limited == $acks && $(most 'kind == "ack"' lost) == 0"
	verify "3. STARTUP lasts for all of these $rounds rounds: $(count "kind == \"ack\" && t < $bulk && state != 0") ACKs in another state; full_bw_count $(most "kind == \"ack\" && t < $bulk" full_bw_count)" \
		"$rounds > 50 && $(count "kind == \"ack\" && t < $bulk && state != 0") == 0 && $(most "kind == \"ack\" && t < $bulk" full_bw_count) == 0"
	acks=$(count "kind == \"ack\" && t > $in + 0.3")
	limited=$(count "kind == \"ack\" && t > $in + 0.3 && app_limited")
	rounds=$(count "kind == \"ack\" && t > $in && round_start")
	verify "1, 2. from $in s on, in PROBE_UP, $limited of $acks ACKs are application-limited" \
		"$acks > 100 && $limited == $acks"
	verify "3. PROBE_UP lasts for $rounds rounds, $(calc "$ends - $in" %.2f) s: $(count "kind == \"ack\" && t > $in && state != 5") ACKs in another state" \
		"$rounds > 50 && $(count "kind == \"ack\" && t > $in && state != 5") == 0"
	figures "STARTUP for $(calc "$bulk" %.1f) s, PROBE_UP for $(calc "$ends - $in" %.1f) s ($rounds rounds), until the end"
}
