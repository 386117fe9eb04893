# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Correctly Managing Sub-Packet BDPs"

# 1 Mbit/s for 4 ms are 500 bytes: a third of a packet. The draft's floor has two parts:
# MinPipeCwnd, 4 packets, and the offload budget of three send quanta of two packets each
# (QuantizationBudget()), which is the larger one but in PROBE_RTT.
RATE=1mbit RTT=4ms BUFFER=100

steps() { through_probe_rtt; }

check() {
	local bdp in least rtt rate pace wire delivered

	rate=$(goodput_of 1)
	in=$(entered 2)
	bdp=$(calc "$rate * $(least 'kind == "ack"' min_rtt_us) / 1e6 / $MSS" %.2f)
	verify "1. the BDP is $bdp packets: $(mbit "$rate") Mbit/s and $(least 'kind == "ack"' min_rtt_us) us" "$bdp < 1"
	verify "2. the flow gets to PROBE_BW, at $in s" "$in > 0"
	least=$(least "kind == \"ack\" && t > $in" cwnd)
	verify "3. cwnd is never below MinPipeCwnd, 4 packets: $least, in PROBE_RTT $(least 'kind == "ack" && state == 6' cwnd), in PROBE_CRUISE $(least 'kind == "ack" && state == 3' cwnd)" \
		"$least >= 4 && $(least 'kind == "ack" && state == 6' cwnd) == 4"
	pace=$(mean 'kind == "ack" && state == 3 && t > 1' pacing_rate)
	verify "4. in PROBE_CRUISE the flow is paced at $(mbit "$pace") Mbit/s, 99% of $(mbit "$rate"), to 3%" \
		"$pace > 0.99 * $rate * 0.97 && $pace < 0.99 * $rate * 1.03"
	delivered=$(q "kind == \"ack\" && t > $in && state != 6 && t < $(entered 6) { if (!n++) { a = t; b = delivered } c = t; d = delivered } END { print (d - b) * 1448 / (c - a) }")
	verify "4. delayed ACKs do not stall it: $(mbit "$delivered") Mbit/s delivered, $(calc "100 * $delivered / $rate" %.1f)% of the path" \
		"$delivered > 0.97 * $rate"
	figures "BDP $bdp packets; cwnd $(least 'kind == "ack" && state == 3' cwnd) (4 in PROBE_RTT); paced $(mbit "$pace"), delivered $(mbit "$delivered") of $(mbit "$rate") Mbit/s"
}
