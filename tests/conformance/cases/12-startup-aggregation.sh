# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Achieving Expected STARTUP Bandwidth on a Link With Aggregation"

# Acknowledgements travel in slots of 20 ms, half a round trip, as on a cellular link.
RATE=8mbit RTT=40ms BUFFER=400

path() {
	tc -n mid qdisc change dev s root handle 1: netem limit 100000 delay "$RTT" slot 20ms 20ms
}

steps() {
	cat <<-STEPS
		bulk
		wait 1
		sleep 200000
		end
	STEPS
}

check() {
	local rate out lots rows wrong cwnd two top full rounds above

	rate=$(goodput_of 8) out=$(entered 1)
	lots=$(q "kind == \"ack\" && t > 0.2 && t < $out { if (t - x > 0.01) { n++; s += t - x } x = t } END { printf \"%d %.1f\", n, 1000 * s / n }")
	verify "1. ACKs come in lots: ${lots% *} of them in STARTUP, a silence of ${lots#* } ms between" "${lots% *} > 5 && ${lots#* } > 15"
	verify "2. the flow starts in STARTUP: state $(first 'kind == "ack"' state)" "$(first 'kind == "ack"' state) == 0"
	read -r rows wrong < <(extra_acked_compared "t < $out")
	verify "3. extra_acked, up to $(most "kind == \"ack\" && t < $out" extra_acked) packets, is what the draft's formula makes of these ACKs, to a packet, $rows times; $wrong times it is not" \
		"$rows > 50 && $wrong == 0"
	cwnd=$(most "kind == \"ack\" && t <= $out + 0.0005" cwnd)
	two=$(calc "2 * $rate * 0.04 / $MSS" %.1f)
	verify "3. cwnd rises to $cwnd packets, more than twice the BDP, $two" "$cwnd > $two"
	full=$(last "kind == \"ack\" && t <= $out + 0.0005" max_bw)
	# A packet sent within a lot is acknowledged with a later lot whole, so k lots seem to come in k - 1
	# intervals: the sampler's known error. It bounds it by the rate of sending.
	above=$(count "kind == \"ack\" && t > 0.2 && t < $out && rs_interval_us > 0 && rs_delivered * 1448e6 / rs_interval_us > 1.01 * pacing_rate")
	verify "4. no sample is above the rate of sending: $above are; max_bw is $(mbit "$full") of $(mbit "$rate") Mbit/s, at most one lot of 20 ms in a round trip of 40 above" \
		"$above == 0 && $full <= $rate * (1 + 20 / 40)"
	top=$(q "kind == \"ack\" && round_start && t < $out && max_bw > 0 { if (x && max_bw / x > y) y = max_bw / x; x = max_bw } END { print y }")
	rounds=$(count "kind == \"ack\" && round_start && t <= $(first "kind == \"ack\" && max_bw >= 0.95 * $rate" t)")
	verify "4. the rate doubles: by up to $(calc "$top" %.2f) a round; 95% of the bandwidth are found in $rounds rounds, no more than 10" \
		"$top >= 2 && $full >= 0.95 * $rate && $rounds <= 10"
	figures "max_bw $(mbit "$full") of $(mbit "$rate") Mbit/s in $rounds rounds; extra_acked $(most "kind == \"ack\" && t < $out" extra_acked), cwnd $cwnd > $two packets"
}
