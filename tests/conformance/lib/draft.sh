# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Procedures of the draft that several cases follow through the rows.

# extra_acked_compared CONDITION: UpdateACKAggregation() carried out on the ACKs of the trace: prints how many
# ACKs that CONDITION holds for agree to a packet with extra_acked as the module has it, and how many do not.
# Its filter is one of three samples, and may have forgotten the maximum after 7 rounds.
extra_acked_compared() {
	q "kind == \"ack\" && round_count > 0 {
		if (!origin) { origin = t; from = t; rounds_from = round_count }
		else {
			expected = int(rate * (t - from) / 1448)
			if (acked <= expected) { acked = 0; from = t; expected = 0 }
			acked += delivered - known
			extra = acked - expected
			if (extra > window) extra = window
			if (extra > best[round_count]) best[round_count] = extra
			# What a filter of one round has dropped does not come back.
			if (!full_bw_reached || round_count - 10 > oldest) oldest = round_count - (full_bw_reached ? 10 : 1)
			top = 0; low = 0
			for (i = oldest; i <= round_count; i++) {
				if (best[i] > top) top = best[i]
				if (i >= round_count - 7 && best[i] > low) low = best[i]
			}
			if (($1) && round_count > rounds_from + 2) {
				if (extra_acked <= top + 1 && extra_acked >= low - 1) right++
				else wrong++
			}
		}
		rate = bw; known = delivered; window = cwnd
	}
	END { print right + 0, wrong + 0 }"
}

# undo_checks NAME SINCE COUNTER...: a recovery after SINCE [s] that turns out to be spurious, in PROBE_UP.
# One of the kernel's COUNTERs is the witness. Leaves the decisive numbers in undo_figures.
undo_checks() {
	local name=$1 since=$2 witness=0 one save undo lt st bw cut back cwnd got cap again

	for one in $3; do
		witness=$((witness + $(counter "$one")))
	done
	save=$(first "kind == \"save\" && t > $since" t)
	undo=$(first "kind == \"undo\" && t > $since" t)
	verify "$name: 1. a recovery begins at $save s, spuriously: the kernel undoes it, $3: $witness" \
		"$save > $since && $witness >= 1"

	lt=$(first "kind == \"save\" && t >= $save" undo_inflight_longterm)
	st=$(first "kind == \"save\" && t >= $save" undo_inflight_shortterm)
	bw=$(first "kind == \"save\" && t >= $save" undo_bw_shortterm)
	verify "$name: 2. SaveStateUponLoss() saves inflight_longterm $lt, inflight_shortterm $st, bw_shortterm $bw, as they are just before" \
		"$lt == $(last "kind == \"ack\" && t < $save" inflight_longterm) && $st == $(last "kind == \"ack\" && t < $save" inflight_shortterm) && $bw == $(last "kind == \"ack\" && t < $save" bw_shortterm)"
	cut=$(least "(kind == \"ack\" || kind == \"rto\") && t > $save && t < $undo" inflight_longterm)
	verify "$name: 2. and what state it was in: PROBE_UP is left for state $(first "kind == \"enter\" && t >= $save" new) because of '$(first "kind == \"enter\" && t >= $save" why)', undo_state is $(last "(kind == \"ack\" || kind == \"rto\") && t < $undo" undo_state); inflight_longterm falls to $cut" \
		"$(first "kind == \"enter\" && t >= $save" old) == 5 && $(first "kind == \"enter\" && t >= $save" new) == 2 && $(last "(kind == \"ack\" || kind == \"rto\") && t < $undo" undo_state) == 2 && $cut < $lt"
	verify "$name: 3. HandleSpuriousLossDetection(), $(calc "($undo - $save) * 1000" %.0f) ms later, restores inflight_longterm $(first "kind == \"undo\" && t > $since" inflight_longterm), inflight_shortterm $(first "kind == \"undo\" && t > $since" inflight_shortterm), bw_shortterm $(first "kind == \"undo\" && t > $since" bw_shortterm)" \
		"$(first "kind == \"undo\" && t > $since" inflight_longterm) >= $lt && $(first "kind == \"undo\" && t > $since" inflight_shortterm) >= $st && $(first "kind == \"undo\" && t > $since" bw_shortterm) >= $bw"
	cwnd=$(first "kind == \"undo\" && t > $since" prior_cwnd)
	got=$(first "kind == \"ack\" && t > $undo" cwnd)
	cap=$(first "kind == \"ack\" && t > $undo" target)
	verify "$name: 3. and cwnd, which was $cwnd packets before: it is $got, by then bounded to $cap by the state it returns to" \
		"$cwnd == $(last "kind == \"ack\" && t < $save" cwnd) && ($got >= $cwnd || $got == $cap)"
	back=$(first "kind == \"enter\" && t >= $undo - 0.001 && why == \"undo\"" new)
	again=$(entered 5 1 "$undo")
	verify "$name: 4. the flow returns to its probe: state $back (REFILL is 4) by '$(first "kind == \"enter\" && t >= $undo - 0.001" why)', PROBE_UP again $(calc "($again - $undo) * 1000" %.0f) ms after that" \
		"$back == 4 && $again > $undo && $again - $undo < 0.5"
	undo_figures="$3 $witness, undone after $(calc "($undo - $save) * 1000" %.0f) ms, inflight_longterm $(bound "$lt") > $cut > $(bound "$(first "kind == \"undo\" && t > $since" inflight_longterm)"), UP after $(calc "($again - $undo) * 1000" %.0f) ms"
}

# bound VALUE: a volume, for people
bound() {
	if [ "$1" = "$NONE32" ]; then echo none; else echo "$1"; fi
}
