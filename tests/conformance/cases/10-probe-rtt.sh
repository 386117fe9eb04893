# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Entering and Exiting PROBE_RTT"

RATE=4mbit RTT=40ms BUFFER=400

steps() { through_probe_rtt; }

check() {
	local in out seen want cwnd low round rate

	in=$(entered 6) out=$(entered 3 1 "$(entered 6)")
	verify "1. the flow is in PROBE_BW before: state $(last "kind == \"ack\" && t < $in" state)" \
		"$(last "kind == \"ack\" && t < $in" state) >= 2 && $(last "kind == \"ack\" && t < $in" state) <= 5"
	# When probe_rtt_min_delay last changed, or was taken from the handshake. The row comes some microseconds after.
	seen=$(q "kind == \"enter\" && why == \"init\" { at = t }
		kind == \"ack\" && t < $in - 0.001 { if (x && probe_rtt_min_us != x) at = t; x = probe_rtt_min_us } END { print at }")
	verify "2, 3. PROBE_RTT begins $(calc "$in - $seen" %.3f) s after probe_rtt_min_delay was last updated, that is ProbeRTTInterval, 5 s" \
		"$in - $seen > 4.9999 && $in - $seen < 5.1"
	want=$(first "kind == \"ack\" && t >= $in && state == 6" 'larger(bdp(bw * 0.5, min_rtt_us), 4)')
	cwnd=$(first "kind == \"ack\" && t >= $in && state == 6" cwnd)
	verify "3. cwnd_gain is 0.5: cwnd is $cwnd packets, half a BDP is $want" "$cwnd >= $want - 1 && $cwnd <= $want + 1"
	low=$(first "kind == \"ack\" && t >= $in && in_flight <= cwnd" t)
	round=$(count "kind == \"ack\" && t > $low && t <= $out && round_start")
	verify "4. C.inflight is down at $low s; PROBE_RTT lasts $(calc "($out - $low) * 1000" %.0f) ms from there, 200 ms or more, and $round rounds, one or more" \
		"$out - $low >= 0.2 && $out - $low < 0.33 && $round >= 1"
	verify "5. it goes over into PROBE_DOWN and at once PROBE_CRUISE: states $(q "kind == \"enter\" && t > $in { printf \"%s \", new; if (++n == 2) exit }"), full_bw_reached is $(first "kind == \"ack\" && t >= $out" full_bw_reached)" \
		"$(entered 2 1 "$in") - $out <= 0 && $out - $(entered 2 1 "$in") < 0.0001 && $(first "kind == \"ack\" && t >= $out" full_bw_reached) == 1"
	rate=$(q "kind == \"ack\" && t > $out + 0.2 { if (!n++) { a = t; b = delivered } c = t; d = delivered } END { print (d - b) * 1448 / (c - a) }")
	verify "5. and sends again: cwnd $(first "kind == \"ack\" && t >= $out" cwnd) packets, $(mbit "$rate") of $(mbit "$(goodput_of 4)") Mbit/s in the second after" \
		"$(first "kind == \"ack\" && t >= $out" cwnd) > $cwnd && $rate > 0.95 * $(goodput_of 4)"
	figures "after $(calc "$in - $seen" %.2f) s; cwnd $cwnd; $(calc "($out - $low) * 1000" %.0f) ms at the floor; back in CRUISE"
}
