# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Handling Token Bucket Policers"

# 4 Mbit/s with a bucket of 40 kB, on a link of 20 Mbit/s whose queue never fills.
RATE=20mbit RTT=40ms BUFFER=1000

path() {
	tc -n mid filter add dev s ingress matchall action police rate 4mbit burst 40kb conform-exceed drop/ok
}

steps() {
	cat <<-STEPS
		bulk
		at 12000000
		end
	STEPS
}

check() {
	local rate in lost short cut tail quiet delivered share

	rate=$(goodput_of 4)
	in=$(entered 2)
	verify "1. the policer drops: $(last 'kind == "ack"' lost) packets lost in $(did end) s" "$(last 'kind == "ack"' lost) > 0"
	verify "2. the flow is in PROBE_BW from $in s on" "$in > 0"
	lost=$(q "kind == \"ack\" && t > $in && t < 6 { if (!n++) a = lost; b = lost } END { print b - a }")
	short=$(count "kind == \"ack\" && t > $in && bw_shortterm < max_bw")
	cut=$(least "kind == \"ack\" && t > $in" inflight_shortterm)
	verify "3. losses ($lost until 6 s) lower bw_shortterm, to $(mbit "$(least "kind == \"ack\" && t > $in" bw_shortterm)") Mbit/s, and inflight_shortterm, to $cut packets" \
		"$lost > 0 && $short > 0 && $cut < $NONE32"
	read -r delivered tail < <(q 'kind == "ack" && t > 6 { if (!n++) { a = t; b = delivered; e = lost } c = t; d = delivered; f = lost }
		END { print (d - b) * 1448 / (c - a), (f - e) / (d - b + f - e) * 100 }')
	share=$(calc "100 * $delivered / $rate" %.1f)
	verify "4. from 6 s on the flow delivers $(mbit "$delivered") of $(mbit "$rate") Mbit/s, $share%" \
		"$delivered > 0.85 * $rate && $delivered < 1.02 * $rate"
	# A probe overrates the path by what the bucket held, up to 2 times, and its losses are known a round trip
	# later; then each round takes bw_shortterm down by 0.7: three round trips until the flow has adapted.
	quiet=$(q 'kind == "enter" { begun = t }
		kind == "ack" { if (t > 6 && state == 3 && t > begun + 0.12) { n += delivered - x; m += lost - y } x = delivered; y = lost }
		END { print m / (n + m) * 100 }')
	verify "4. loss is not continuous: in PROBE_CRUISE, three round trips after it began, $(calc "$quiet" %.2f)% are lost, no more than LossThresh, 2%; $(calc "$tail" %.2f)% with the probes" \
		"$quiet <= 2"
	figures "$share% of the token rate; $(calc "$quiet" %.2f)% lost in CRUISE, $(calc "$tail" %.2f)% in all, from 6 s on"
}
