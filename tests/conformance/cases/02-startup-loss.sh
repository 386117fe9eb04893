# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting STARTUP on Loss When Application-Limited"

# The application writes 4 Mbit/s to a path of 20; from 1 s on every 12th packet is
# lost: 8%, and in a round trip of 250 ms some seven places.
RATE=20mbit RTT=250ms BUFFER=1000

steps() {
	cat <<-STEPS
		rate 500000 5000
		at 2000000
		tc filter add dev s ingress matchall action gact ok random determ drop 12
		wait 1
		wait 2
		sleep 100000
		end
	STEPS
}

check() {
	local loss left limited acks lost sent places rounds why longterm inflight now

	loss=$(did 'tc filter')
	left=$(entered 1)
	acks=$(count "kind == \"ack\" && t > 1.8 && t < $left")
	limited=$(count "kind == \"ack\" && t > 1.8 && t < $left && app_limited")
	verify "1. the flow is in STARTUP until loss begins: state $(last "kind == \"ack\" && t < $loss" state)" \
		"$(last "kind == \"ack\" && t < $loss" state) == 0"
	verify "2. bandwidth samples are application-limited: $limited of $acks" \
		"$acks > 50 && $limited >= 0.95 * $acks"

	lost=$(most "t <= $left + 0.0005" lost)
	places=$(most 'kind == "ack" && state == 0' loss_ranges)
	rounds=$(calc "($left - $(first 'kind == "ack" && ca_state == 3' t)) / 0.25" %.2f)
	sent=$(q "kind == \"ack\" && t > $loss && t <= $left { if (!n++) a = delivered + lost; b = delivered + lost } END { print b - a }")
	verify "3. loss exceeds 2% ($lost of $sent packets), in $places places or more, for $rounds rounds in recovery" \
		"$lost > 0.02 * $sent && $places >= 6 && $rounds >= 1"

	why=$(first "kind == \"enter\" && t == $left" why)
	verify "4. CheckStartupHighLoss() sees it: the state changes because of '$why'" "\"$why\" == \"loss\""
	now=$(first "kind == \"ack\" && t >= $left" 'full_bw_now + full_bw_reached')
	verify "5. full_bw_now and full_bw_reached are set ($now of 2), and STARTUP is left for DRAIN at $left s, $(calc "$left - $loss" %.2f) s after the first loss" \
		"$now == 2 && $(first 'kind == "enter" && delivered > 0' new) == 1"
	longterm=$(first "kind == \"ack\" && t >= $left" inflight_longterm)
	inflight=$(first "kind == \"ack\" && t >= $left" 'bw * min_rtt_us / 1e6 / 1448')
	verify "5. inflight_longterm is $longterm packets, a BDP ($(calc "$inflight" %.1f)) or what a round delivered" \
		"$longterm >= $inflight - 1 && $longterm < 4294967295"
	figures "lost $lost of $sent app-limited packets; DRAIN $(calc "$left - $loss" %.2f) s after the first loss"
}
