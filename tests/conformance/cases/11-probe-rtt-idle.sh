# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Skipping PROBE_RTT Due to Application-Limited Sending"

RATE=4mbit RTT=40ms BUFFER=400

steps() {
	cat <<-STEPS
		bulk 8
		wait 3
		pause
		sleep 6000000
		bulk 8
		sleep 1000000
		end
	STEPS
}

check() {
	local pause again quiet idle pace entries old new

	pause=$(did pause) again=$(did bulk 2)
	verify "1. the flow is in PROBE_BW: state $(last "kind == \"ack\" && t < $pause + 0.001" state)" \
		"$(last "kind == \"ack\" && t < $pause + 0.001" state) == 3"
	quiet=$(last "kind == \"ack\" && t < $again" t)
	verify "2. C.inflight drops to $(last "kind == \"ack\" && t < $again" in_flight) at $quiet s" \
		"$(last "kind == \"ack\" && t < $again" in_flight) == 0 && $quiet < $pause + 0.5"
	old=$(q "kind == \"ack\" && t < $again { if (x && probe_rtt_min_us != x) at = t; x = probe_rtt_min_us } END { print at + 0 }")
	verify "3. nothing happens for $(calc "$again - $quiet" %.2f) s; probe_rtt_min_delay is $(calc "$again - $old" %.2f) s old, more than ProbeRTTInterval" \
		"$again - $quiet > 5 && $again - $old > 5"
	idle=$(first "kind == \"idle\" && t > $again" idle_restart)
	pace=$(first "kind == \"ack\" && t > $again" 'pacing_rate / bw / 0.99')
	verify "4. with new data HandleRestartFromIdle() sets idle_restart: $idle, and paces at BBR.bw: $(calc "$pace" %.3f) of it less the margin" \
		"$idle == 1 && $pace > 0.99 && $pace < 1.01"
	entries=$(count 'kind == "enter" && new == 6')
	new=$(first "kind == \"ack\" && t > $again" probe_rtt_min_us)
	verify "5. PROBE_RTT is skipped: entered $entries times; probe_rtt_min_delay is taken anew, $new us" \
		"$entries == 0 && $new >= 40000 && $new < 60000"
	figures "idle $(calc "$again - $quiet" %.1f) s; PROBE_RTT entered $entries times"
}
