# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Entering and Exiting PROBE_RTT During STARTUP"

# The application is slow for the first six seconds: STARTUP goes on.
RATE=8mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		rate 100000 10000
		wait 6
		wait 0
		sleep 300000
		bulk
		wait 2
		sleep 200000
		end
	STEPS
}

check() {
	local in out rate full

	in=$(entered 6) out=$(entered 0 1 "$(entered 6)") rate=$(goodput_of 8)
	verify "1. PROBE_RTT begins at $in s, out of STARTUP (state $(first "kind == \"enter\" && t == $in" old)); full_bw_reached is $(first "kind == \"ack\" && t >= $in" full_bw_reached)" \
		"$in > 5 && $(first "kind == \"enter\" && t == $in" old) == 0 && $(first "kind == \"ack\" && t >= $in" full_bw_reached) == 0"
	verify "2. it lasts $(calc "($out - $in) * 1000" %.0f) ms" "$out - $in > 0.2 && $out - $in < 0.4"
	verify "3. and goes back to STARTUP, not to PROBE_BW: state $(first "kind == \"enter\" && t > $in" new)" \
		"$(first "kind == \"enter\" && t > $in" new) == 0"
	full=$(most "kind == \"ack\" && t < $(entered 1) + 0.001" max_bw)
	verify "3. which goes on to look for the bandwidth: when the application sends all it can, max_bw rises from $(mbit "$(last "kind == \"ack\" && t < $(did bulk)" max_bw)") to $(mbit "$full") of $(mbit "$rate") Mbit/s, and DRAIN follows" \
		"$full > 0.98 * $rate && $full < 1.02 * $rate && $(entered 1) > $(did bulk)"
	figures "PROBE_RTT at $(calc "$in" %.2f) s for $(calc "($out - $in) * 1000" %.0f) ms, back to STARTUP, which finds $(mbit "$full") of $(mbit "$rate") Mbit/s"
}
