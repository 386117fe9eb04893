# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="No memory for a connection's history (not of the draft)"

# weir_bbr3 keeps what does not fit into a socket in a second allocation. It fails here until the first probe
# has met loss; 5 MB are sent meanwhile and after.
RATE=8mbit RTT=40ms BUFFER=400
FAIL_ALLOC=/sys/module/tcp_weir_bbr3/parameters/fail_alloc
BYTES=5000000

path() {
	echo 1 >"$FAIL_ALLOC"
}

steps() {
	cat <<-STEPS
		send $BYTES
		wait 5
		tc filter add dev s ingress prio 1 matchall action gact ok random determ drop 12
		wait 2
		tc filter del dev s ingress prio 1
		sleep 500000
		file $FAIL_ALLOC 0
		sleep 5000000
		end
	STEPS
}

check() {
	local cleared acks without extra rate seen up down why after total

	cleared=$(did "file $FAIL_ALLOC")
	acks=$(count "kind == \"ack\" && t < $cleared")
	without=$(count "kind == \"ack\" && t < $cleared && aux >= 9223372036854775808")
	verify "without memory the trace says so at every ACK: bit 63 of aux is set $without times of $acks" \
		"$acks > 500 && $without == $acks"
	extra=$(most "kind == \"ack\" && t < $cleared" extra_acked)
	verify "aggregation is not compensated for: extra_acked is $extra; nothing is saved for an undo: $(most "kind == \"save\" && t < $cleared" undo_inflight_longterm)" \
		"$extra == 0 && $(most "kind == \"save\" && t < $cleared" undo_inflight_longterm) == 0"
	rate=$(q "kind == \"ack\" && t > 1 && t < $(entered 5) { if (!n++) { a = t; b = delivered } c = t; d = delivered } END { print (d - b) * 1448 / (c - a) }")
	verify "the path is full: $(mbit "$rate") of $(mbit "$(goodput_of 8)") Mbit/s" "$rate > 0.97 * $(goodput_of 8)"
	up=$(entered 5) down=$(entered 2 1 "$(entered 5)")
	why=$(first "kind == \"enter\" && t == $down" why)
	after=$(first "kind == \"ack\" && t >= $down" inflight_longterm)
	verify "loss ends a probe because of '$why', $(calc "($down - $(did 'tc filter add')) * 1000" %.0f) ms after it began, and sets inflight_longterm to $after packets" \
		"\"$why\" == \"loss\" && $after < $NONE32 && $down - $(did 'tc filter add') < 0.2"
	seen=$(first "kind == \"ack\" && t > $cleared && aux < 9223372036854775808" t)
	verify "with memory again the flow has it after $(calc "($seen - $cleared) * 1000" %.0f) ms, no more than two rounds" \
		"$seen > $cleared && $seen - $cleared < 0.15"
	verify "and keeps it: $(count "kind == \"ack\" && t > $seen && aux >= 9223372036854775808") ACKs without; extra_acked is $(most "kind == \"ack\" && t > $seen" extra_acked)" \
		"$(count "kind == \"ack\" && t > $seen && aux >= 9223372036854775808") == 0 && $(most "kind == \"ack\" && t > $seen" extra_acked) > 0"
	total=$(calc "$(last 'kind == "ack"' delivered) * $MSS" %d)
	verify "the transfer completes: $total bytes delivered, $BYTES sent, $(last 'kind == "ack"' in_flight) packets in flight at the end" \
		"$total >= $BYTES && $(last 'kind == "ack"' in_flight) == 0"
	figures "degraded at $without of $acks ACKs; $(mbit "$rate") Mbit/s; history $(calc "($seen - $cleared) * 1000" %.0f) ms after memory"
}
