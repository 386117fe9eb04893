# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Increasing Bandwidth 10x and Ensuring Full Bandwidth is Reached"

# From 4 to 40 Mbit/s. A buffer of a BDP, so that inflight_longterm is set, by the loss of the first
# probe, and limits the probes after it.
RATE=4mbit RTT=50ms BUFFER=17

steps() {
	cat <<-STEPS
		bulk
		wait 5
		wait 2
		wait 3
		tc qdisc change dev rcv root handle 1: netem limit 170 rate 40mbit
		wait 5
		sleep 1600000
		end
	STEPS
}

check() {
	local old rate at up bound reached rounds limit n sum steps

	old=$(goodput_of 4) rate=$(goodput_of 40)
	at=$(did 'tc qdisc')
	bound=$(last "kind == \"ack\" && t < $at" inflight_longterm)
	verify "1, 2. in PROBE_BW (state $(last "kind == \"ack\" && t < $at + 0.001" state)), with inflight_longterm $bound packets, the bandwidth rises tenfold at $at s" \
		"$(last "kind == \"ack\" && t < $at + 0.001" state) == 3 && $bound < $NONE32"
	# The first rounds of the probe that finds the bandwidth: the bound is what limits it. A step may be a packet
	# early or late, where a round ends between two.
	read -r n sum steps < <(steps_of_bound "$at")
	verify "3. in PROBE_UP the step added to inflight_longterm doubles each round: bw_probe_up_rounds rises $n rounds in a row, and the first five add $steps packets, $sum in all; 1, 2, 4, 8, 16 are 31, to a packet a round" \
		"$n >= 5 && $sum >= 26 && $sum <= 36"
	# Pacing at 1.25 takes log 10 / log 1.25 rounds, the bound at most log2 of the BDP more.
	reached=$(first "kind == \"ack\" && t > $at && max_bw >= 0.95 * $rate" t)
	up=$(q "kind == \"enter\" && new == 5 && t > $at && t < ${reached:-0} { x = t } END { print x }")
	rounds=$(count "kind == \"ack\" && round_start && t > $up + 0.001 && t <= ${reached:-0}")
	limit=$(calc "log(10) / log(1.25) + log($rate * 0.05 / $MSS) / log(2)" %d)
	verify "4. 95% of $(mbit "$rate") Mbit/s are found in $rounds rounds of this probe, $(calc "${reached:-0} - $at" %.1f) s after the change; no more than $limit: log1.25 10 + log2 BDP" \
		"${reached:-0} > 0 && $rounds <= $limit"
	figures "$(mbit "$old") to $(mbit "$(last 'kind == "ack"' max_bw)") of $(mbit "$rate") Mbit/s in $rounds rounds of probing; steps $steps"
}

# steps_of_bound SINCE: of the last PROBE_UP: in how many rounds in a row bw_probe_up_rounds rose by one, what the
# first five added to the bound in all, and one by one.
steps_of_bound() {
	q "kind == \"enter\" && new == 5 && t > $1 { n = 0; sum = 0; list = \"\"; x = 0; e = 0; over = 0 }
		kind == \"ack\" && t > $1 && state == 5 && round_start && !over {
			if (x && bw_probe_up_rounds != e + 1) { over = 1; next }
			if (x && ++n <= 5) {
				list = list \" \" (inflight_longterm - x)
				sum += inflight_longterm - x
			}
			x = inflight_longterm
			e = bw_probe_up_rounds
		}
		END { print n + 0, sum + 0, list }"
}
