# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Changes of the algorithms' states, from weir's tracepoint. Recorded by the
# kernel in a buffer of its own, read when the run is over.

TRACE_DIR=/sys/kernel/tracing/instances/weir-bench
TRACE_KB=4096

# trace_start: from now on, if the cell asks for it and weir's modules are in use.
trace_start()
{
	((TRACE == 1)) && [[ -e /sys/module/weir ]] || return 0
	mkdir "$TRACE_DIR"
	undo rmdir "$TRACE_DIR"
	echo mono >"$TRACE_DIR/trace_clock"
	echo $TRACE_KB >"$TRACE_DIR/buffer_size_kb"
	echo 1 >"$TRACE_DIR/events/weir/weir_state/enable"
}

# trace_record: state.csv, one row for each change of a flow's state.
trace_record()
{
	local line i t
	local fields='([0-9]+)\.([0-9]{6}): weir_state: .*:([0-9]+) > .* state=([0-9]+)->([0-9]+) why=([a-z]+) cwnd=([0-9]+)'

	[[ -d "$TRACE_DIR" ]] || return 0
	echo 0 >"$TRACE_DIR/tracing_on"
	grep -q '^overrun: 0$' "$TRACE_DIR/per_cpu/cpu0/stats" ||
		die "more changes of state than the trace's buffer holds; trace a shorter run"
	{
		echo t_us,flow,old,new,why,cwnd
		while IFS= read -r line; do
			[[ "$line" =~ $fields ]] || continue
			i=$((BASH_REMATCH[3] - DATA_PORT))
			((i >= 1 && i <= FLOWS)) || continue
			t=$((10#${BASH_REMATCH[1]}${BASH_REMATCH[2]} - T0 / 1000))
			echo "$t,$i,${BASH_REMATCH[4]},${BASH_REMATCH[5]},${BASH_REMATCH[6]},${BASH_REMATCH[7]}"
		# Not straight from the file: bash seeks back to where it stopped, which
		# this file takes for another place.
		done < <(cat "$TRACE_DIR/trace")
	} >"$OUT/state.csv"
}
