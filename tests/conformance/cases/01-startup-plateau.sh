# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Exiting STARTUP on Bandwidth Plateau"

RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		bulk
		wait 2
		sleep 500000
		end
	STEPS
}

check() {
	local rate left acks limited full counts bad reached entry

	rate=$(goodput_of 8)
	left=$(entered 1)
	acks=$(count 'kind == "ack" && state == 0')

	verify "1. the flow starts in STARTUP: state $(first 'kind == "ack"' state) at its first ACK" \
		"$(first 'kind == "ack"' state) == 0"

	limited=$(count 'kind == "ack" && state == 0 && app_limited && delivered > 20')
	verify "2. the sender is not application-limited: $limited of $acks ACKs say that it was" \
		"$acks > 50 && $limited == 0"

	full=$(last "kind == \"ack\" && t <= $left + 0.0005" max_bw)
	verify "3. RS.delivery_rate plateaus: BBR.max_bw is $(mbit "$full") of $(mbit "$rate") Mbit/s, within 2%" \
		"$full >= 0.98 * $rate && $full <= 1.02 * $rate"

	# The estimator, followed by hand through the samples that end rounds.
	read -r counts bad < <(q 'kind == "ack" && round_start && rs_interval_us > 0 && !app_limited {
			sample = rs_delivered / rs_interval_us
			if (sample >= base * 1.25 - 1e-9) { base = sample; flat = 0 } else flat++
			if (flat != full_bw_count && !full_bw_now) wrong++
			if (full_bw_now) { print flat, wrong + 0; exit }
		}')
	verify "4. full_bw_now is set after $counts consecutive rounds that grew by less than 25%; $bad rounds were counted otherwise" \
		"$counts == 3 && $bad == 0"
	reached=$(first 'kind == "ack" && full_bw_now' 'full_bw_reached')
	verify "4. and full_bw_reached is $reached with it" "$reached == 1"

	entry=$(first 'kind == "enter" && delivered > 0' new)
	verify "5. STARTUP goes over into state $entry (DRAIN is 1) at $left s" "$entry == 1"
	figures "max_bw $(mbit "$full") of $(mbit "$rate") Mbit/s; DRAIN after $counts flat rounds, at $left s"
}
