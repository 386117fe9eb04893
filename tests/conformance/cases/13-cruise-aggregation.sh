# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Achieving Expected Cruise Bandwidth on a Link With Aggregation"

# From PROBE_CRUISE on, acknowledgements travel in slots of 60 ms. The silence between two is longer
# than the round trip of 40 ms: a cwnd of two BDPs could not bridge it.
RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		bulk
		wait 3
		sleep 200000
		tc qdisc change dev s root handle 1: netem limit 100000 delay $RTT slot 60ms 60ms
		wait 4
		sleep 200000
		end
	STEPS
}

check() {
	local rate in begin out rows wrong before after plain target util share

	rate=$(goodput_of 8)
	in=$(entered 3) begin=$(did 'tc qdisc') out=$(entered 4)
	verify "1. the flow is in PROBE_CRUISE at $begin s: state $(last "kind == \"ack\" && t < $begin" state)" \
		"$(last "kind == \"ack\" && t < $begin" state) == 3"
	verify "2. from then on ACKs come in lots, after up to $(q "kind == \"ack\" && t > $begin + 0.2 && t < $out { if (x && t - x > y) y = t - x; x = t } END { printf \"%.0f\", y * 1000 }") ms of silence" \
		"$(q "kind == \"ack\" && t > $begin + 0.2 && t < $out { if (x && t - x > y) y = t - x; x = t } END { print y }") > 0.045"
	read -r rows wrong < <(extra_acked_compared "t > $begin && t < $out")
	before=$(last "kind == \"ack\" && t < $begin" extra_acked)
	after=$(last "kind == \"ack\" && t < $out" extra_acked)
	verify "3. extra_acked rises from $before to $after packets; it is the maximum of the last 10 rounds (no less than that of 7) $rows times, and not $wrong times" \
		"$rows > 50 && $wrong == 0 && $after > 2 * $before"
	plain=$(last "kind == \"ack\" && t < $out" '2 * bdp(bw, min_rtt_us)')
	target=$(last "kind == \"ack\" && t < $out" target)
	verify "4. cwnd is augmented by it: $(last "kind == \"ack\" && t < $out" cwnd) packets, of which 2 BDPs are $plain" \
		"$target >= $plain + $after - 1 && $target <= $plain + $after + 1 && $(last "kind == \"ack\" && t < $out" cwnd) == $target"
	# From lot to lot, each without the last
	util=$(q "kind == \"ack\" && t > $begin + 0.3 && t < $out { if (x && t - x > 0.03) { if (!n++) { a = x; b = y } c = x; d = y } x = t; y = delivered } END { print (d - b) * 1448 / (c - a) }")
	share=$(calc "100 * $util / $rate" %.1f)
	verify "4. the path stays full: $(mbit "$util") of $(mbit "$rate") Mbit/s, $share%; two BDPs every $(calc "40 + 60" %d) ms would give $(calc "100 * 80 / 100" %d)%" \
		"$util > 0.95 * $rate && $util < 1.02 * $rate"
	figures "extra_acked $before to $after, cwnd $plain + $after packets; $share% of the path used"
}
