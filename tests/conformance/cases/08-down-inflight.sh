# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting PROBE_DOWN on Inflight"

# A buffer of half a BDP, so that loss tells inflight_longterm. The BDP, 132 packets, is large: a tenth of it is more
# than the packets that are in flight beyond rate times delay (send quanta, delayed ACKs), so that at 0.90 of the
# bandwidth C.inflight gets below Inflight(1.0).
# After a first PROBE_RTT the path becomes 6 ms shorter as PROBE_REFILL begins: a new minimum, so that the
# next PROBE_RTT is not due meanwhile.
RATE=8mbit RTT=200ms BUFFER=66

steps() {
	cat <<-STEPS
		bulk
		wait 6
		wait 4
		tc qdisc change dev s root handle 1: netem limit 100000 delay 194ms
		wait 5
		wait 2
		wait 3
		sleep 200000
		end
	STEPS
}

check() {
	local up in out acks gain from at room full above way

	up=$(entered 5 1 "$(did 'tc qdisc')") in=$(entered 2 1 "$(entered 5 1 "$(did 'tc qdisc')")")
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
	from=$(first "kind == \"ack\" && state == 2 && t > $in" in_flight)
	verify "3. C.inflight falls from $from packets; $above ACKs found both bounds met and stayed" "$above == 0"
	at=$(first "kind == \"enter\" && t == $out" in_flight)
	room=$(first "kind == \"ack\" && t >= $out && state == 3" 'headroom(inflight_longterm)')
	full=$(first "kind == \"ack\" && t >= $out && state == 3" 'inflight(max_bw, min_rtt_us, send_quantum)')
	verify "4. at $out s C.inflight is $at <= InflightWithHeadroom() = $room and <= Inflight(1.0) = $full" \
		"$from > $full && $at <= $room && $at <= $full"
	way=$(q "kind == \"enter\" && t >= $up && t <= $out { printf \"%s%s\", old, \"-\" } END { print new }")
	verify "5. and the flow goes over into PROBE_CRUISE out of PROBE_DOWN, nothing between: from PROBE_UP on, its states are $way" \
		"\"$way\" == \"4-5-2-3\" && \"$(first "kind == \"enter\" && t == $out" why)\" == \"ack\""
	figures "gain $(calc "$gain" %.3f); from $from packets to CRUISE at $at packets, <= $room (headroom) and <= $full (BDP)"
}
