# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# What happens at set times: flows begin, the path changes, ss looks at a flow.
# One resident process (weir-timeline) does it all; changes of the path go to a
# resident tc, so that at the set time nothing is left to fork or load.

SS_SPACING_US=150000	# from a look to anything else: ss costs tens of milliseconds in the lab
SS_FLOWS=50		# how many flows are looked at

# A server that wakes up for every packet costs a third of the lab's time. It
# gets its data in lots of eleven packets: less than the smallest window it
# offers, and when acknowledgements are sent does not depend on it. Before the
# flow ends it gets everything again, so that iperf3 counts it all. Of many flows
# each has little to save, and setting it holds up the others' start.
LOWAT_BYTES=16384
LOWAT_AFTER_US=20000
LATE_MANY_US=10000	# how late one of many flows may begin: their packets keep the CPU for longer

# release_schedule: when each server is continued.
release_schedule()
{
	local i start stop port

	for ((i = 1; i <= FLOWS; i++)); do
		start=FLOW${i}_START_US stop=FLOW${i}_STOP_US
		flow_lead "$i"
		echo "$((${!start} - LEAD)) cont ${SERVER_PID[i]}"
		((${!stop} - ${!start} > 4 * LOWAT_AFTER_US && FLOWS <= MANY_FLOWS)) || continue
		port=$((DATA_PORT + i))
		echo "$((${!start} + LOWAT_AFTER_US)) lowat ${SERVER_PID[i]} $port $LOWAT_BYTES"
		echo "$((${!stop} - LOWAT_AFTER_US)) lowat ${SERVER_PID[i]} $port 1"
	done
}

# busy T_US: something is done about then. Of each slot of SS_SPACING_US are kept its first and its last.
busy()
{
	local t=$(($1 > 0 ? $1 : 0))
	local slot=$((t / SS_SPACING_US + 1))

	((t >= ${FIRST[slot]:-$((t + 1))})) || FIRST[slot]=$t
	((t <= ${LAST[slot]:--1})) || LAST[slot]=$t
}

# near T_US: is anything done within SS_SPACING_US of then?
near()
{
	local slot=$(($1 / SS_SPACING_US + 1)) far=$((2 * SS_SPACING_US))

	[[ -n "${FIRST[slot]:-}" ]] ||
		(($1 - ${LAST[slot - 1]:--$far} < SS_SPACING_US || ${FIRST[slot + 1]:-$(($1 + far))} - $1 < SS_SPACING_US))
}

# ss_schedule SCHEDULE: one look at each flow in the middle of its life, away
# from everything in SCHEDULE: while ss reads its table, nothing else runs.
ss_schedule()
{
	local i start stop at
	local -a FIRST LAST

	while read -r at _; do
		busy "$at"
	done <"$1"
	for ((i = 1; i <= FLOWS && i <= SS_FLOWS; i++)); do
		start=FLOW${i}_START_US stop=FLOW${i}_STOP_US
		at=$(((${!start} + ${!stop}) / 2))
		while near "$at"; do
			at=$((at + SS_SPACING_US))
		done
		((at < ${!stop})) || continue
		busy "$at"
		echo "$at sh ss-$i" \
			"nsenter --net=/run/netns/${PREFIX}s$i ss -tinmoH sport = :$((DATA_PORT + i)) >$OUT/ss-$i.txt"
	done
}

# change_schedule: the scenario's events as lines for tc.
change_schedule()
{
	local n i at rate=$RATE_BPS loss=$LOSS_PPM name

	for ((n = 1; n <= EVENTS; n++)); do
		at=EVENT${n}_AT_US at=${!at}
		name=EVENT${n}_RATE_BPS rate=${!name:-$rate}
		name=EVENT${n}_LOSS_PPM loss=${!name:-$loss}
		if [[ -z "$ECN" ]]; then
			bottleneck "$rate" "$loss"
			echo "$at write $RUN_DIR/tc qdisc change dev rcv root handle 1: $NETEM"
		else
			marker "$rate"
			echo "$at write $RUN_DIR/tc class change dev rcv parent 1: classid 1:1 $HTB"
		fi
		name=EVENT${n}_RTT_US
		[[ -n "${!name:-}" ]] || continue
		path_delay "${!name}"
		for ((i = 1; i <= FLOWS; i++)); do
			echo "$at write $RUN_DIR/tc qdisc change dev s$i root handle 1:" \
				"netem limit $LIMIT_PKTS delay ${DELAY_US}us"
		done
	done
}

# hold_schedule: a client tells its server that all is sent when it has written
# all, not when all has arrived, and the server then hangs up. For flows of a set
# size the control wire holds the client's messages until the run is over.
hold_schedule()
{
	local i bytes start

	for ((i = 1; i <= FLOWS; i++)); do
		bytes=FLOW${i}_BYTES start=FLOW${i}_START_US
		((${!bytes} > 0)) || continue
		flow_lead "$i"
		echo "$((${!start} - (LEAD - LEAD_US) / 2)) write $RUN_DIR/ctl-$i qdisc change dev ctl root plug block"
		echo "$DURATION_US write $RUN_DIR/ctl-$i qdisc change dev ctl root plug release_indefinite"
	done
}

# resident_tc NAME FIFO: a tc in a namespace that waits for lines.
resident_tc()
{
	mkfifo "$RUN_DIR/$2"
	tc -n "$PREFIX$1" -batch - <"$RUN_DIR/$2" &
	TC_PID+=($!)
}

# residents: those that the schedule writes to.
residents()
{
	local i bytes

	((EVENTS == 0)) || resident_tc mid tc
	for ((i = 1; i <= FLOWS; i++)); do
		bytes=FLOW${i}_BYTES
		((${!bytes} > 0)) || continue
		tc -n "${PREFIX}s$i" qdisc add dev ctl root plug limit 1000000
		tc -n "${PREFIX}s$i" qdisc change dev ctl root plug release_indefinite
		resident_tc "s$i" "ctl-$i"
	done
}

# schedule: write down what happens when. For hundreds of flows this takes
# seconds, so it is done before T0 is set.
schedule()
{
	{
		# At equal times, what must be exact comes first.
		change_schedule
		release_schedule
		hold_schedule
	} >"$RUN_DIR/exact"
	ss_schedule "$RUN_DIR/exact" | sort -s -n -k 1,1 "$RUN_DIR/exact" - >"$RUN_DIR/schedule"
}

# timeline_start T0_NS: begin to follow the schedule.
timeline_start()
{
	local -a late=()

	((FLOWS <= MANY_FLOWS)) || late=("$LATE_MANY_US")
	weir-timeline "$1" "${late[@]}" <"$RUN_DIR/schedule" >"$OUT/events.csv" &
	TIMELINE_PID=$!
}
