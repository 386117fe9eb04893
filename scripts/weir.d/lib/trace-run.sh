# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Running bpftrace so that its final maps are never lost. Sourced, never run.
#
# bpftrace loses a signal that comes before it waits for events, and a second one
# while it prints its maps kills it. So no signal is sent to it: it runs a child
# (-c) that only sleeps, and ends as it should when the child ends, by itself or
# because it is told to. The child starts when all probes are attached.

# line_awk PROGRAM: awk that prints each line as soon as it has read it; mawk has to be asked. It ends when
# bpftrace does, whatever signal its process group gets.
line_awk()
{
	trap '' INT TERM HUP
	if awk -W version </dev/null 2>&1 | grep -q mawk; then
		awk -W interactive "$1"
	else
		awk "$1"
	fi
}

# as_json: bpftrace's JSON, with each line of a script made an object of its own.
# shellcheck disable=SC2016 # awk's own
as_json()
{
	line_awk '
	function field(key, value)
	{
		out = out ", \"" key "\": " (value ~ /^-?[0-9]+$/ && key != "comm" ? value : "\"" value "\"")
	}

	function end(prefix, text,    port)
	{
		match(text, /:[0-9]+$/)
		port = substr(text, RSTART + 1)
		field(prefix == "s" ? "src" : "dst", substr(text, 1, RSTART - 1))
		field(prefix "port", port)
	}

	# Maps that are empty, because a script used them for itself.
	/^$/ || /": \{\}\}\}$/ { next }
	/^\{"type": "printf", "data": "/ {
		line = substr($0, 29)
		sub(/\\n"\}$/, "", line)
		count = split(line, word, / +/)
		out = "{\"time_s\": " word[1]
		field("event", word[3])
		if (word[2] != "-") {
			field("flow", word[2])
			split(word[2], ends, ">")
			end("s", ends[1])
			end("d", ends[2])
		}
		for (i = 4; i <= count; i++) {
			at = index(word[i], "=")
			key = substr(word[i], 1, at - 1)
			if (key == "comm") { # the last, and it may have blanks
				field(key, substr(line, index(line, " comm=") + 6))
				break
			}
			field(key, substr(word[i], at + 1))
		}
		$0 = out "}"
	}
	{ print; fflush() }'
}

# as_text: without the blank lines that maps without entries leave.
as_text()
{
	line_awk '/./ { print; fflush() }'
}

# trace_child: process that bpftrace runs, or nothing if it does not run yet.
trace_child()
{
	cat "$trace_stage/child" 2>/dev/null || :
}

# trace_stop: have it end and print; if nothing is attached yet, just end.
trace_stop()
{
	local child

	trace_stopping=yes
	child=$(trace_child)
	if [[ -n "$child" ]]; then
		kill "$child" 2>/dev/null || :
	elif [[ -n "$trace_pid" ]]; then
		kill -KILL -- "-$trace_pid" 2>/dev/null || :
	fi
}

trace_cleanup()
{
	trace_stop
	rm -rf "$trace_stage"
}

# trace_complaints: what bpftrace had to say, without what means nothing.
trace_complaints()
{
	# A warning comes with the line it is about, and a mark below it.
	sed -E '/: WARNING: /,+2d; /RLIMIT_MEMLOCK|^Child (process )?(terminated|exited)|^Attaching |^$/d' "$trace_stage/error"
}

# trace_run: run the composed script until its time is over or it is told to end.
trace_run()
{
	local status=0 line clock
	local -a parameters

	# What is not asked for is 0.
	parameters=("$flow_port" "$events" "$every_ms" "${flow_v4:-0}" "${flow_v6[@]:-0}")
	printf 'echo $$ >%q\nexec sleep %s\n' "$trace_stage/child" \
		"$( ((${duration_ms:-0})) && printf '%d.%03d' $((duration_ms / 1000)) $((duration_ms % 1000)) || echo infinity)" \
		>"$trace_stage/hold"
	[[ "$format" == text ]] || trace_options+=(-f json)
	trap trace_stop INT TERM HUP
	# In a session of its own, so that Ctrl-C reaches this shell alone.
	mkfifo "$trace_stage/output" "$trace_stage/clock"
	"as_$format" <"$trace_stage/output" &
	trace_filter=$!
	setsid bpftrace -q -B line "${trace_options[@]}" -c "/bin/sh $trace_stage/hold" \
		"$trace_stage/script.bt" "${parameters[@]}" >"$trace_stage/output" 2>"$trace_stage/error" </dev/null &
	trace_pid=$!
	# A second or more, so without a process for each look.
	exec {clock}<>"$trace_stage/clock"
	while [[ "$trace_stopping" == no && ! -s "$trace_stage/child" ]] && kill -0 "$trace_pid" 2>/dev/null; do
		read -r -t 0.2 -u "$clock" _ || :
	done
	if [[ -n "$(trace_child)" && "$trace_stopping" == no ]]; then
		note "$script: tracing$([[ -z "$duration_ms" ]] && echo ' until Ctrl-C')"
	fi
	# A trap interrupts wait: wait again until they have ended.
	while kill -0 "$trace_pid" 2>/dev/null; do
		status=0
		wait "$trace_pid" || status=$?
	done
	while kill -0 "$trace_filter" 2>/dev/null; do
		wait "$trace_filter" || :
	done
	if [[ -z "$(trace_child)" && "$trace_stopping" == no ]]; then
		check_functions "$trace_stage/script.bt"
		die "bpftrace could not attach: $(trace_complaints | grep -m 1 -E 'ERROR|error' || trace_complaints | head -n 1)"
	fi
	while read -r line; do
		note "bpftrace: $line"
	done < <(trace_complaints)
	((status == 0)) || [[ "$trace_stopping" == yes ]] || die "bpftrace ended with status $status"
}

trace_pid='' trace_filter='' trace_stopping=no trace_options=()
