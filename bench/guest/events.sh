# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What happens at set times: flows begin, the path changes, ss looks at a flow.
# One resident process (weir-timeline) does it all; changes of the path go to a
# resident tc, so that at the set time nothing is left to fork or load.

SS_SPACING_US=150000	# between two looks: ss costs tens of milliseconds in the lab

# A server that wakes up for every packet costs a third of the lab's time. It
# gets its data in lots of eleven packets: less than the smallest window it
# offers, and no part of what it acknowledges.
LOWAT_BYTES=16384
LOWAT_AFTER_US=20000

# release_schedule: when each server is continued.
release_schedule()
{
	local i start

	for ((i = 1; i <= FLOWS; i++)); do
		start=FLOW${i}_START_US
		flow_lead "$i"
		echo "$((${!start} - LEAD)) cont ${SERVER_PID[i]}"
		echo "$((${!start} + LOWAT_AFTER_US)) lowat ${SERVER_PID[i]} $((DATA_PORT + i)) $LOWAT_BYTES"
	done
}

# ss_schedule: one look at each flow in the middle of its life.
ss_schedule()
{
	local i start stop

	for ((i = 1; i <= FLOWS; i++)); do
		start=FLOW${i}_START_US stop=FLOW${i}_STOP_US
		echo "$(((${!start} + ${!stop}) / 2 + (i - 1) % 10 * SS_SPACING_US)) sh ss-$i" \
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
		bottleneck "$rate" "$loss"
		echo "$at write $RUN_DIR/tc qdisc change dev rcv root handle 1: $NETEM"
		name=EVENT${n}_RTT_US
		[[ -n "${!name:-}" ]] || continue
		for ((i = 1; i <= FLOWS; i++)); do
			echo "$at write $RUN_DIR/tc qdisc change dev s$i root handle 1:" \
				"netem limit $LIMIT_PKTS delay ${!name}us"
		done
	done
}

# timeline_start T0_NS: begin to follow the schedule.
timeline_start()
{
	if ((EVENTS > 0)); then
		mkfifo "$RUN_DIR/tc"
		tc -n "${PREFIX}mid" -batch - <"$RUN_DIR/tc" &
		TC_PID=$!
	fi
	{
		release_schedule
		ss_schedule
		change_schedule
	} | sort -s -n -k 1,1 >"$RUN_DIR/schedule"
	weir-timeline "$1" <"$RUN_DIR/schedule" >"$OUT/events.csv" &
	TIMELINE_PID=$!
}
