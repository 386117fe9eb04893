# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting DRAIN Based on Inflight"

RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		bulk
		wait 2
		sleep 200000
		end
	STEPS
}

check() {
	local in out acks gain bdp at before

	in=$(entered 1) out=$(entered 2)
	verify "1. STARTUP goes over into DRAIN at $in s" "$in > 0"

	acks=$(count 'kind == "ack" && state == 1')
	gain=$(mean 'kind == "ack" && state == 1' 'pacing_rate / bw')
	verify "2. pacing_gain is 0.5: pacing_rate / BBR.bw is $(calc "$gain" %.4f) less the margin of 1%, in $acks ACKs" \
		"$acks > 2 && $gain > 0.493 && $gain < 0.497"

	# Inflight(1.0): at least 4 packets and 3 send quanta.
	bdp=$(first "kind == \"ack\" && t >= $out" 'int(bw * min_rtt_us / 1e6 / 1448) + 1')
	at=$(first "kind == \"enter\" && t >= $out" in_flight)
	before=$(last "kind == \"ack\" && state == 1 && t < $out" in_flight)
	verify "3. C.inflight falls from $(first 'kind == "ack" && state == 1' in_flight) to $before packets in DRAIN; Inflight(1.0) is $bdp" \
		"$before > $bdp"
	verify "4. DRAIN is left when C.inflight is $at <= $bdp, at $out s, for PROBE_BW (state $(first "kind == \"enter\" && t >= $out" new))" \
		"$at <= $bdp && $(first "kind == \"enter\" && t >= $out" new) == 2"
	figures "gain $(calc "$gain / 0.99" %.3f); left at $at <= $bdp packets, after $(calc "($out - $in) * 1000" %.0f) ms"
}
