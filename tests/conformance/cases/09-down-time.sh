# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting PROBE_DOWN After Max Time"

# PROBE_DOWN paces at 0.90 of the bandwidth less the margin of 1%, so on a path that has become a tenth
# slower its queue shrinks by 1% of a BDP in each round: slow enough.
# No loss, so inflight_longterm and InflightWithHeadroom() are infinite: it is Inflight(1.0) that
# holds the flow in DOWN.
# The path becomes 6 ms shorter as PROBE_REFILL begins: a new minimum, so that PROBE_RTT is not due meanwhile.
RATE=8mbit RTT=60ms BUFFER=600

steps() {
	cat <<-STEPS
		bulk
		wait 4
		tc qdisc change dev s root handle 1: netem limit 100000 delay 54ms
		wait 5
		wait 2
		tc qdisc change dev rcv root handle 1: netem limit $BUFFER rate 7200kbit
		wait 4
		sleep 200000
		end
	STEPS
}

check() {
	local in out least full wait why

	in=$(entered 2 1 "$(entered 5)") out=$(entered 4 1 "$(entered 2 1 "$(entered 5)")")
	verify "1. PROBE_DOWN is entered at $in s" "$in > 0"
	least=$(least "kind == \"ack\" && state == 2 && t > $in" in_flight)
	full=$(most "kind == \"ack\" && state == 2 && t > $in" 'inflight(max_bw, min_rtt_us, send_quantum)')
	verify "2. with a tenth less bandwidth from then on, C.inflight stays above Inflight(1.0): $least > $full packets" "$least > $full"
	wait=$(q "kind == \"ack\" && state == 2 && t > $in { print t + probe_wait_us / 1e6 - $in; exit }")
	why=$(first "kind == \"enter\" && t == $out" why)
	verify "3. bw_probe_wait is $(calc "$wait" %.3f) s, in 2 to 3 s; IsTimeToProbeBW() is true after $(calc "$out - $in" %.3f) s because of '$why'" \
		"$wait >= 2 && $wait <= 3 && $out - $in >= $wait - 0.001 && $out - $in < $wait + 0.05 && \"$why\" == \"time\""
	verify "4. the next state is PROBE_REFILL: $(first "kind == \"enter\" && t > $in" new), without PROBE_CRUISE between" \
		"$(first "kind == \"enter\" && t > $in" new) == 4"
	figures "in flight $least > $full; REFILL after $(calc "$out - $in" %.3f) s, bw_probe_wait $(calc "$wait" %.3f) s"
}
