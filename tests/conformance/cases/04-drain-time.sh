# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting DRAIN Based on Time"

# The draft lowers the bandwidth by a tenth upon entering DRAIN and wants C.inflight to stay
# above Inflight(1.0) for several rounds. But DRAIN paces at 0.5 of the bandwidth, so that even then a
# queue shrinks by 0.4 BDP in each RTT, and STARTUP, whose cwnd_gain is 2, leaves a queue of about one BDP.
# A tenth alone cannot hold a flow in DRAIN for three rounds that long. So there are two takes: what the
# draft says, where the exit may come by inflight; and a path that falls to less than what DRAIN
# sends, 0.45 of the bandwidth, where it cannot.
TAKES="tenth half"
RATE=8mbit RTT=40ms BUFFER=400

steps() {
	local -A new=([tenth]=7200kbit [half]=3600kbit)

	cat <<-STEPS
		bulk
		wait 1
		tc qdisc change dev rcv root handle 1: netem limit $BUFFER rate ${new[$TAKE]}
		wait 2
		sleep 200000
		end
	STEPS
}

check() {
	local in out least bdp rounds why delay at tenth

	in=$(entered 1) out=$(entered 2)
	bdp=$(most 'kind == "ack" && state == 1' 'inflight(bw, min_rtt_us, send_quantum)')
	at=$(first "kind == \"enter\" && t >= $out" in_flight)
	rounds=$(first "kind == \"ack\" && t >= $out" drain_rounds)
	why=$(first "kind == \"enter\" && t == $out" why)
	verify "a tenth less: DRAIN ends because of '$why' with $at packets in flight of Inflight(1.0) = $bdp, in round $rounds, not later than round 4" \
		"(\"$why\" == \"ack\" && $at <= $bdp && $rounds <= 4) || (\"$why\" == \"time\" && $rounds == 4)"
	tenth="by '$why' in round $rounds with a tenth less"

	take half || true
	in=$(entered 1) out=$(entered 2)
	delay=$(calc "($(did 'tc qdisc') - $in) * 1e6" %.0f)
	verify "1, 2. to 0.45 of it: the bandwidth falls $delay us after DRAIN is entered, at $in s" \
		"$delay >= 0 && $delay < 1000"
	least=$(least 'kind == "ack" && state == 1' in_flight)
	bdp=$(most 'kind == "ack" && state == 1' 'inflight(bw, min_rtt_us, send_quantum)')
	verify "3. C.inflight stays above Inflight(1.0): at least $least packets of $bdp" "$least > $bdp"
	# drain_rounds is round_count - drain_start_round.
	rounds=$(most 'kind == "ack" && state == 1' drain_rounds)
	verify "4. round_count reaches drain_start_round + $rounds in DRAIN" "$rounds == 3"
	why=$(first "kind == \"enter\" && t == $out" why)
	at=$(first "kind == \"enter\" && t >= $out" in_flight)
	verify "5. with the round after that DRAIN is left for PROBE_BW (state $(first "kind == \"enter\" && t >= $out" new)) because of '$why', with $at packets in flight" \
		"\"$why\" == \"time\" && $at > $bdp && $(first "kind == \"ack\" && t >= $out" drain_rounds) == 4"
	figures "left in round 4, $at > $bdp packets in flight, after $(calc "($out - $in) * 1000" %.0f) ms; $tenth"
}
