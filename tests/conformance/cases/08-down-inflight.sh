# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting PROBE_DOWN on Inflight"

# A buffer of a BDP, so that a probe ends with loss and inflight_longterm is known.
RATE=8mbit RTT=40ms BUFFER=25

steps() {
	cat <<-STEPS
		bulk
		wait 5
		wait 2
		wait 3
		sleep 200000
		end
	STEPS
}

check() {
	local up in out acks gain at room full above

	up=$(entered 5) in=$(entered 2 1 "$(entered 5)")
	out=$(entered 3 1 "$in")
	verify "1. PROBE_DOWN is entered at $in s; inflight_longterm is $(first "kind == \"ack\" && t > $in" inflight_longterm) packets" \
		"$in > $up && $(first "kind == \"ack\" && t > $in" inflight_longterm) < $NONE32"

	acks=$(count "kind == \"ack\" && state == 2 && t > $in")
	gain=$(mean "kind == \"ack\" && state == 2 && t > $in" 'pacing_rate / bw / 0.99')
	verify "2. pacing_gain is 0.90: pacing_rate / BBR.bw / 0.99 is $(calc "$gain" %.4f) in $acks ACKs" \
		"$acks > 2 && $gain > 0.895 && $gain < 0.905"

	# Every ACK before the last one in DOWN found more than one of the two bounds.
	above=$(q "kind == \"ack\" && state == 2 && t > $in && t < $out - 0.001 {
			if (in_flight <= headroom(inflight_longterm) && in_flight <= inflight(max_bw, min_rtt_us, send_quantum)) n++
		} END { print n + 0 }")
	verify "3. C.inflight falls from $(first "kind == \"ack\" && state == 2 && t > $in" in_flight) packets; $above ACKs found both bounds met and stayed" \
		"$above == 0"
	at=$(first "kind == \"enter\" && t == $out" in_flight)
	room=$(first "kind == \"ack\" && t >= $out && state == 3" 'headroom(inflight_longterm)')
	full=$(first "kind == \"ack\" && t >= $out && state == 3" 'inflight(max_bw, min_rtt_us, send_quantum)')
	verify "4. at $out s C.inflight is $at <= InflightWithHeadroom() = $room and <= Inflight(1.0) = $full" \
		"$at <= $room && $at <= $full"
	verify "5. and the flow goes over into PROBE_CRUISE (state $(first "kind == \"enter\" && t == $out" new))" \
		"$(first "kind == \"enter\" && t == $out" new) == 3"
	figures "gain $(calc "$gain" %.3f); CRUISE at $at packets, <= $room (headroom) and <= $full (BDP)"
}
