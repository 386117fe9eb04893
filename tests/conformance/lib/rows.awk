# SPDX-License-Identifier: GPL-2.0
#
# A case's trace as one row an event, tab-separated, a header first. Times are
# seconds since the connection was made, below 0 before. Kinds of rows:
#
#	ack	weir:weir_ack with the weir:weir_bbr3 that follows it
#	idle, save, undo, rto	weir:weir_bbr3 at HandleRestartFromIdle(),
#		SaveStateUponLoss(), HandleSpuriousLossDetection(), OnEnterRTO()
#	enter	weir:weir_state; the column state is still the old one
#	mark	what the application did; its words are in the column text
#
# A column that a kind does not have repeats what was seen last.

BEGIN {
	OFS = "\t"
	split("ack idle save undo rto", step_name, " ")
	split("old new why state cwnd ssthresh in_flight delivered lost rtt_us srtt_us pacing_rate " \
	      "delivery_rate ca_state bw target max_bw bw_shortterm bw_latest full_bw " \
	      "inflight_longterm inflight_shortterm inflight_latest extra_acked min_rtt_us " \
	      "probe_rtt_min_us round_count round_start prior_cwnd probe_wait_us rounds_since_probe " \
	      "rs_delivered rs_interval_us app_limited send_quantum ack_phase full_bw_count full_bw_now " \
	      "full_bw_reached drain_rounds loss_ranges is_loss_in_round bw_probe_up_rounds " \
	      "prev_probe_too_high idle_restart undo_state undo_bw_shortterm undo_inflight_longterm " \
	      "undo_inflight_shortterm aux step", column, " ")
	line = "t\tkind"
	for (n = 1; n in column; n++) {
		line = line OFS column[n]
		v[column[n]] = 0
	}
	print line OFS "text"
}

function time_of(    i) {
	for (i = 1; i <= NF; i++)
		if ($i ~ /^[0-9]+\.[0-9]+:$/)
			return substr($i, 1, length($i) - 1) + 0
	return 0
}

# Take the values NAME=VALUE of this line.
function take(    i, at) {
	for (i = 1; i <= NF; i++)
		if ((at = index($i, "=")) > 1)
			v[substr($i, 1, at - 1)] = substr($i, at + 1)
}

function put(kind, text,    line) {
	line = kind
	for (n = 1; n in column; n++)
		line = line OFS v[column[n]]
	held[++rows] = line OFS text
	at[rows] = time_of()
	if (start)
		flush()
}

# Print the rows that waited for the time of the start.
function flush(    i) {
	for (i = 1; i <= rows; i++)
		printf "%.6f%s%s\n", at[i] - start, OFS, held[i]
	rows = 0
}

/tracing_mark_write: start/ { start = time_of() }

/ tracing_mark_write: / {
	put("mark", substr($0, index($0, "tracing_mark_write: ") + 20))
	next
}

/ weir_state: / {
	kept = v["state"]
	take()
	split(v["state"], way, "->")
	v["old"] = way[1]
	v["new"] = way[2]
	v["state"] = kept
	put("enter", "-")
	next
}

/ weir_ack: / { take(); next }

/ weir_bbr3: / {
	take()
	put(step_name[v["step"] + 1], "-")
}
