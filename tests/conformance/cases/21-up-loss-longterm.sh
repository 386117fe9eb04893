# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Handling Loss During PROBE_UP After inflight_longterm is Set"

# A buffer of a BDP sets inflight_longterm in the first probe. In the second one every 8th packet is
# lost, from its beginning.
RATE=8mbit RTT=40ms BUFFER=25

steps() {
	cat <<-STEPS
		bulk
		wait 5
		wait 2
		wait 5
		tc filter add dev s ingress prio 1 matchall action gact ok random determ drop 8
		wait 2
		tc filter del dev s ingress prio 1
		sleep 300000
		end
	STEPS
}

check() {
	local in out loss before after floor tx why full

	in=$(entered 5 2) out=$(entered 2 1 "$(entered 5 2)") loss=$(did 'tc filter add')
	before=$(last "kind == \"ack\" && t < $in" inflight_longterm)
	verify "1. the flow is in PROBE_BW with inflight_longterm $before packets" "$before < $NONE32 && $before > 4"
	verify "2. it enters PROBE_UP at $in s" "$in > 0"
	full=$(most "kind == \"ack\" && t > $in && t < $out && state == 5" full_bw_count)
	verify "3. loss is there from $loss s on, before a plateau is found: full_bw_count is ${full:-0}" \
		"$loss > $in && $loss < $out && ${full:-0} < 3"
	why=$(first "kind == \"enter\" && t == $out" why)
	after=$(first "kind == \"ack\" && t >= $out" inflight_longterm)
	floor=$(last "kind == \"ack\" && t < $out" 'int(0.7 * bdp(bw, min_rtt_us))')
	tx=$(most "kind == \"ack\" && t > $in - 0.05 && t < $out" in_flight)
	verify "4. HandleInflightTooHigh() scales inflight_longterm down from $before to $after packets: no less than Beta (0.7) of the BDP, $floor, and no more than was in flight, $tx" \
		"$after < $before && $after >= $floor && $after <= $tx + 1"
	verify "5. PROBE_UP is aborted for PROBE_DOWN because of '$why', $(calc "($out - $loss) * 1000" %.0f) ms after loss began" \
		"\"$why\" == \"loss\" && $out - $loss < 0.2"
	figures "inflight_longterm $before to $after packets (0.7 BDP: $floor); DOWN $(calc "($out - $loss) * 1000" %.0f) ms after loss began"
}
