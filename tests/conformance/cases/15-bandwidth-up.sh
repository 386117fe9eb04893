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
	local old rate at up bound reached rounds limit n steps exact

	old=$(goodput_of 4) rate=$(goodput_of 40)
	at=$(did 'tc qdisc')
	bound=$(last "kind == \"ack\" && t < $at" inflight_longterm)
	verify "1, 2. in PROBE_BW (state $(last "kind == \"ack\" && t < $at + 0.001" state)), with inflight_longterm $bound packets, the bandwidth rises tenfold at $at s" \
		"$(last "kind == \"ack\" && t < $at + 0.001" state) == 3 && $bound < $NONE32"
	# The steps of the probe that finds the bandwidth, as long as the bound limits it
	read -r n steps exact < <(steps_of_bound "$at")
	verify "3. in PROBE_UP the step added to inflight_longterm doubles each round:${steps//,/ } packets in the first $n rounds, $exact of them 1, 2, 4, 8, 16 to a packet" \
		"$n >= 5 && $exact == 5"
	# Pacing at 1.25 takes log 10 / log 1.25 rounds, the bound at most log2 of the BDP more.
	reached=$(first "kind == \"ack\" && t > $at && max_bw >= 0.95 * $rate" t)
	up=$(q "kind == \"enter\" && new == 5 && t > $at && t < ${reached:-0} { x = t } END { print x }")
	rounds=$(count "kind == \"ack\" && round_start && t > $up + 0.001 && t <= ${reached:-0}")
	limit=$(calc "log(10) / log(1.25) + log($rate * 0.05 / $MSS) / log(2)" %d)
	verify "4. 95% of $(mbit "$rate") Mbit/s are found in $rounds rounds of this probe, $(calc "${reached:-0} - $at" %.1f) s after the change; no more than $limit: log1.25 10 + log2 BDP" \
		"${reached:-0} > 0 && $rounds <= $limit"
	figures "$(mbit "$old") to $(mbit "$(last 'kind == "ack"' max_bw)") of $(mbit "$rate") Mbit/s in $rounds rounds of probing; steps${steps//,/ }"
}

# steps_of_bound SINCE: of the last PROBE_UP: how many rounds there were until one in which the bound did not
# grow to at least 1.5 times the step, the steps, and how many of the first five are powers of two.
steps_of_bound() {
	q "kind == \"enter\" && new == 5 && t > $1 { n = 0; list = \"\"; exact = 0; last_add = 0; x = 0; over = 0 }
		kind == \"ack\" && t > $1 && state == 5 && round_start && !over {
			if (x) {
				grown = inflight_longterm - x
				if (grown < 1.5 * last_add) { over = 1; next }
				last_add = grown
				list = list \",\" grown
				if (n < 5 && grown >= 2 ^ n - 1 && grown <= 2 ^ n + 1) exact++
				n++
			}
			x = inflight_longterm
		}
		END { print n + 0, list, exact + 0 }"
}
