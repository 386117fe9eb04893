#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# cost.sh - bench/cost held against the machine code itself, and against what ss counts. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

kernel=6.1 cpu=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?} && shift 2 ;;
	--cpu) cpu=(--cpu "${2:?}") && shift 2 ;;
	--help) echo 'usage: tests/vm/cost.sh [--kernel 6.1|6.12] [--cpu N]' && exit 0 ;;
	*) echo "cost.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
	esac
done

out=out/tests/cost
result=$out/cost.json
rm -rf "$out"

# straight FUNCTION: how many instructions a function without branches has, from its call to its return.
straight() {
	objdump -d --no-show-raw-insn "out/modules/$release/tcp_weir_bbr.ko" |
		awk -v f="<$1>:" '$2 == f { on = 1; next } on && !NF { exit } on { n++ } on && /\t(ret|jmp)/ { exit } END { print n + 0 }'
}
# counted FUNCTION FIELD
counted() { jq -r --arg f "$1" --arg k "$2" '.costs[].seeds[0].callbacks[] | select(.name == $f) | .[$k]' "$result"; }

quietly() { "$@" >/dev/null 2>&1; }
has() { jq -e "$1" "$result" >/dev/null; }
count() { quietly bench/cost --kernel "$kernel" "${cpu[@]}" --out "$out" "$@" tests/vm/cost.conf; }
seed_one() { jq -cS '.costs[] | select(.cc == "weir_bbr") | .seeds[0]' "$result"; }

release=$(scripts/lab/fetch --kernel "$kernel" --print release)
ok 'bench/cost counts' count
# bbr_sndbuf_expand returns a constant.
ok 'a call without branches is counted to the instruction' \
	test "$(counted bbr_sndbuf_expand median)" = "$(straight bbr_sndbuf_expand)"
ok 'and so is the sum over all its calls' \
	test "$(counted bbr_sndbuf_expand instructions)" -ge $(($(counted bbr_sndbuf_expand calls) * $(straight bbr_sndbuf_expand)))
calls=$(jq '[.costs[] | select(.cc == "weir_bbr") | .seeds[0].callbacks[] | select(.name | startswith("bbr_cong_control")) | .calls] | add' "$result")
acks=$(jq '.costs[] | select(.cc == "weir_bbr") | .seeds[0].acks' "$result")
ok "one call of cong_control for nearly each segment that came in ($calls of $acks)" \
	test $((calls * 100)) -ge $((acks * 95)) -a "$calls" -le "$acks"
ok 'the cost is all instructions over all segments' \
	has '[.costs[].seeds[] | (([.callbacks[].instructions] | add) / .acks - .per_ack | fabs) < 0.06] | all'
ok 'get_info is no part of it' has '[.costs[].seeds[].callbacks[].name | select(test("_info"))] == []'
# The module's first function lies where much was before; it runs a few straight instructions, once a socket.
ok "what ran in the module's place before it was loaded is not counted" \
	test "$(counted tcp_westwood_init instructions)" = $(($(counted tcp_westwood_init calls) * $(counted tcp_westwood_init median)))
# The kernel enters in_ack_event by a jump, the last thing that the function around it does.
acks=$(jq '.costs[] | select(.cc == "westwood") | .seeds[0].acks' "$result")
ok "a callback that is entered by a jump is counted, for nearly each segment ($(counted tcp_westwood_ack calls) of $acks)" \
	test $(($(counted tcp_westwood_ack calls) * 100)) -ge $((acks * 95))
ok 'from its call to its return, with what it calls' \
	test "$(counted tcp_westwood_ack median)" -ge 20 -a "$(counted tcp_westwood_ack median)" -le 100
before=$(seed_one)
ok 'bench/cost counts again, and another seed' count --cc weir_bbr --seeds 2
ok 'and comes to the same, to the instruction' test "$(seed_one)" = "$before"
ok 'the other seed is another realisation' \
	test "$(jq -s -c 'map(.seed) | sort' "$out"/*-s[12]/lab.json | tr -d ' ')" = '[1,1,2]'
ok 'median and spread are those of both seeds' \
	has '.costs[0] | .per_ack.n == 2 and .per_ack.min == ([.seeds[].per_ack] | min) and .per_ack.max == ([.seeds[].per_ack] | max)'
tap_done
