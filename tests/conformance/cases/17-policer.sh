# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Handling Token Bucket Policers"

# 10 Mbit/s with a bucket of 100 kB, 80 ms of it, on a link of 50 Mbit/s whose queue never fills. The BDP is
# 83 packets: were it a dozen, a packet more or less in a bandwidth sample were 8% of it, and what is
# lost in PROBE_CRUISE a matter of luck.
RATE=50mbit RTT=100ms BUFFER=1000

path() {
	tc -n mid filter add dev s ingress matchall action police rate 10mbit burst 100kb conform-exceed drop/ok
}

steps() {
	cat <<-STEPS
		bulk
		at 40000000
		end
	STEPS
}

check() {
	local rate in lost short cut tail quiet calm rounds delivered share

	rate=$(goodput_of 10)
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
	read -r quiet calm rounds < <(q 'function judge() { if (seen) { rounds++; if (!gone) calm++ } seen = 0; gone = 0 }
		kind == "enter" { judge(); begun = t }
		kind == "ack" && t > 6 && state == 3 && t > begun + 0.3 {
			if (round_start) judge()
			n += delivered - x; m += lost - y
			seen += delivered - x; gone += lost - y
		}
		kind == "ack" { x = delivered; y = lost }
		END { print m / (n + m) * 100, calm + 0, rounds + 0 }')
	verify "4. loss is not excessive: in PROBE_CRUISE, three round trips after it began, $(calc "$quiet" %.2f)% are lost, no more than LossThresh, 2%; $(calc "$tail" %.2f)% with the probes" \
		"$quiet <= 2"
	verify "4. nor continuous: of these $rounds rounds $calm lose nothing, more than half" \
		"$rounds > 50 && $calm > 0.5 * $rounds"
	figures "$share% of the token rate; $(calc "$quiet" %.2f)% lost in CRUISE ($calm of $rounds rounds without), $(calc "$tail" %.2f)% in all, from 6 s on"
}
