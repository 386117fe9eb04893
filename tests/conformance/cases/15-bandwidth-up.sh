# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
TITLE="Increasing Bandwidth 10x and Ensuring Full Bandwidth is Reached"

# From 4 to 40 Mbit/s. A buffer of a BDP, so that inflight_longterm is set, by loss, and limits the probes after it.
# The path becomes 6 ms shorter as the first PROBE_REFILL begins, and a packet's time on the slower link when the
# bandwidth rises: new minima, so that no PROBE_RTT is due meanwhile.
RATE=4mbit RTT=100ms BUFFER=34

steps() {
	cat <<-STEPS
		bulk
		wait 4
		tc qdisc change dev s root handle 1: netem limit 100000 delay 94ms
		wait 5
		wait 2
		sleep 1500000
		tc qdisc change dev rcv root handle 1: netem limit 340 rate 40mbit
		wait 5
		sleep 2500000
		end
	STEPS
}

check() {
	local old rate at state bound reached up rounds limit n sum right wrong steps

	old=$(goodput_of 4) rate=$(goodput_of 40)
	at=$(did 'tc qdisc' 2)
	bound=$(last "kind == \"ack\" && t < $at" inflight_longterm)
	state=$(last "kind == \"ack\" && t < $at" state)
	verify "1, 2. in PROBE_BW (state $state), with inflight_longterm $bound packets, the bandwidth rises tenfold at $at s; PROBE_RTT begins $(count "kind == \"enter\" && new == 6 && t > $(did 'tc qdisc')") times between the last probe before and the end" \
		"($state == 2 || $state == 3) && $bound < $NONE32 && $(count "kind == \"enter\" && new == 6 && t > $(did 'tc qdisc')") == 0"
	# The first rounds of the probe that finds the bandwidth: the bound is what limits it.
	read -r n sum right wrong steps < <(steps_of_bound "$at")
	verify "3. in PROBE_UP the step added to inflight_longterm doubles each round: bw_probe_up_rounds rises $n rounds in a row, and the first five add $steps packets, $sum in all; 1, 2, 4, 8, 16 are 31, to a packet a round" \
		"$n >= 5 && $sum >= 26 && $sum <= 36"
	verify "3. each is what RaiseInflightLongtermSlope() makes of this cwnd and these ACKs in $right rounds, and not in $wrong" \
		"$right >= 5 && $wrong == 0"
	# Pacing at 1.25 takes log 10 / log 1.25 rounds, the bound at most log2 of the BDP more.
	reached=$(first "kind == \"ack\" && t > $at && max_bw >= 0.95 * $rate" t)
	up=$(q "kind == \"enter\" && new == 5 && t > $at && t < ${reached:-0} { x = t } END { print x }")
	rounds=$(count "kind == \"ack\" && round_start && t > $up + 0.001 && t <= ${reached:-0}")
	limit=$(calc "log(10) / log(1.25) + log($rate * 0.1 / $MSS) / log(2)" %d)
	verify "4. 95% of $(mbit "$rate") Mbit/s are found in $rounds rounds of this probe, $(calc "${reached:-0} - $at" %.1f) s after the change; no more than $limit: log1.25 10 + log2 BDP" \
		"${reached:-0} > 0 && $rounds <= $limit"
	figures "$(mbit "$old") to $(mbit "$(last 'kind == "ack"' max_bw)") of $(mbit "$rate") Mbit/s in $rounds rounds of probing; steps $steps"
}

# steps_of_bound SINCE: of the last PROBE_UP: in how many rounds in a row bw_probe_up_rounds rose by one, the bound
# being what limits the flow; what the first five added to the bound in all; in how many of all of them that is
# what RaiseInflightLongtermSlope() wants, and in how many not; and the first five one by one.
#
# A packet is added for each probe_up_acked_per_inc that are acknowledged. How many were counted when a round began
# is not in the trace: less than what a packet took in the round before. Nor is where in its
# first round the flow came to its bound.
steps_of_bound() {
	q "kind == \"enter\" && new == 5 && t > $1 { n = 0; sum = 0; right = 0; wrong = 0; list = \"\"; x = 0; over = 0 }
		kind == \"ack\" && t > $1 && state == 5 && round_start && !over {
			if (!x || bw_probe_up_rounds == e + 1) {
				if (x) {
					n++
					added = inflight_longterm - x
					acked = delivered - before
					if (n <= 5) { list = list \" \" added; sum += added }
					low = n > 1 ? int(acked / per) : 0
					if (added >= low && added <= int((acked + (n > 1 ? past : per) - 1) / per)) right++
					else wrong++
				}
				past = per
				e = bw_probe_up_rounds
				per = larger(int(window / 2 ^ (e - 1)), 1)
			} else if (n) over = 1
			x = inflight_longterm
			before = delivered
		}
		kind == \"ack\" { window = cwnd }
		END { print n + 0, sum + 0, right + 0, wrong + 0, list }"
}
