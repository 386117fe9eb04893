#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# analyze.sh - weir-analyze against cells whose metrics are known; prints TAP.
#
# shellcheck disable=SC2016,SC2054 # jq's and sed's dollars, gcc's commas
# Everything is built with AddressSanitizer and UndefinedBehaviorSanitizer, any report of which fails a test.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

cflags=(-std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all)
cc "${cflags[@]}" -o "$work/synth" tests/bench/analyze_synth.c -lm
cc "${cflags[@]}" -o "$work/analyze" bench/analyze.c bench/analyze/*.c -ljansson -lm
cc "${cflags[@]}" -Ibench -o "$work/unit" tests/bench/analyze_unit.c bench/analyze/*.c -lcmocka -ljansson -lm

# unit_tests: the parts, which count as tests of their own
unit_tests() {
	local line
	CMOCKA_MESSAGE_OUTPUT=TAP "$work/unit" >"$work/unit.log" 2>&1 || true
	while read -r line; do
		ok "unit: ${line##* - }" [ "${line#not }" = "$line" ]
	done < <(grep -E '^(not )?ok ' "$work/unit.log")
	ok 'unit: all ran' [ "$(grep -cE '^(not )?ok ' "$work/unit.log")" -eq "$(grep -c 'cmocka_unit_test(' tests/bench/analyze_unit.c)" ]
}

# cells KIND: make them and analyse them into KIND.json
cells() {
	"$work/synth" "$1" "$work/$1"
	"$work/analyze" "$work/$1" >"$work/$1.json"
}

# is KIND FILTER VALUE: a value of the result, to the last digit printed
is() {
	local got
	got=$(jq -c "$2" "$work/$1.json")
	[ "$got" = "$3" ] && return 0
	printf '# %s: %s is %s, not %s\n' "$1" "$2" "$got" "$3"
	return 1
}

# same FILE FILE
same() { cmp -s "$1" "$2"; }

unit_tests

# 8 Mbit/s of data in full packets on 10 Mbit/s: 8 * 1514 / 1448 / 10 of the link. Ten packets queued are
# 10 * 1514 * 8 / 10 = 12112 us. One drop a second makes 15 in the window, which ends with the last
# receiver's sample at 19.95 s: 15 * 1448 bytes of 8e6 / 8 * 14.95 + 15 * 1448.
cells steady
ok 'steady: schema' is steady .schema '"weir-result-1"'
ok 'steady: window' is steady '.runs[0].window_us' '[5000000,19950000]'
ok 'steady: goodput' is steady '.runs[0].flows[0].goodput_bps' 8000000
ok 'steady: goodput of the first 5 s' is steady '.runs[0].total.goodput_5s_bps' 8000000
# in whole packets: 13778 - 3453, times 1448 * 8 / 14.95
ok 'steady: what was delivered' is steady '[.runs[0].total.delivered_bps, .runs[0].flows[0].delivered_bps]' '[8000321,8000321]'
ok 'steady: utilisation' is steady '.runs[0].link.utilisation_pct' 83.6464
ok 'steady: no lull' is steady '.runs[0].link.utilisation_lull_pct' 83.6464
ok 'steady: queueing delay' is steady '[.runs[0].link | .queue_delay_p50_us, .queue_delay_p99_us, .queue_delay_mean_us, .queue_delay_max_us]' '[12112,12112,12112,12112]'
ok 'steady: the receiver gets something at every sample' is steady '.runs[0].flows[0].recv_stall_max_s' 0.1
ok 'steady: and something is delivered between any two' is steady '.runs[0].flows[0].silence_max_s' 0.01
ok 'steady: drops' is steady '[.runs[0].link.dropped_pkts, .runs[0].flows[0].retrans_pkts]' '[15,15]'
ok 'steady: retransmitted' is steady '.runs[0].total.retransmit_pct' 0.1451
ok 'steady: each drop is one recovery' is steady '[.runs[0].flows[0] | .recoveries, .rtos]' '[15,0]'
ok 'steady: in flight is unacked - sacked - lost + retrans' is steady '.runs[0].total.inflight_mean_pkts' 40
# 8e6 / 8 * 0.052 / 1448
ok 'steady: window by rate' is steady '.runs[0].total.window_by_rate_pkts' 35.912
ok 'steady: unlimited pacing is no pacing' is steady '.runs[0].flows[0].pacing_mean_bps' null
ok 'steady: one flow has no fairness' is steady '[.runs[0].fairness | .jain, .convergence_s]' '[null,null]'
ok 'steady: agrees with iperf3' is steady '[.runs[0].flows[0].iperf_diff_pct, .runs[0].warnings]' '[0,[]]'
ok 'steady: no text of the scenario, no command' is steady '[.scenario.text, .command]' '[null,null]'
printf 'title = t # comment\nabout = One.\nabout=Two. # more\n' >"$work/steady/scenario.conf"
echo 'bench/run steady' >"$work/steady/command"
"$work/analyze" "$work/steady" >"$work/told.json"
ok 'steady: what is told about the scenario' is told '.scenario.about' '"One. Two."'
ok 'steady: its text, as written' is told '.scenario.text' '"title = t # comment\nabout = One.\nabout=Two. # more\n"'
ok 'steady: its hash' is told '.scenario.sha256' "\"$(sha256sum <"$work/steady/scenario.conf" | cut -d' ' -f1)\""
ok 'steady: the command' is told .command '"bench/run steady"'
ok 'steady: inputs' is steady '[.inputs.qemu[0], .virtual_s, .wall_s]' '["QEMU emulator version 0.0 (synthetic)",20,10]'

# The queue runs through 0..199 packets in 200 samples. The window's 1995 samples hold 0..94 and 100..199 ten
# times and 95..99 nine times: ranks 998, 1896 and 1976 fall on 100, 190 and 198 packets of 1211.2 us.
cells sawtooth
ok 'saw-tooth: queue in packets' is sawtooth '[.runs[0].link | .queue_p50_pkts, .queue_p95_pkts, .queue_max_pkts, .queue_mean_pkts]' '[100,190,199,99.506]'
ok 'saw-tooth: queueing delay' is sawtooth '[.runs[0].link | .queue_delay_p50_us, .queue_delay_p95_us, .queue_delay_p99_us]' '[121120,230128,239818]'
ok 'saw-tooth: RTT is 40 ms more' is sawtooth '[.runs[0].flows[0] | .srtt_p50_us, .srtt_p95_us, .srtt_p99_us]' '[161120,270128,279818]'
# 50 + the mean of floor(queue / 4): (1800 * 24.5 + 4 * (25 + ... + 49) + 4 * (0 + ... + 22) + 3 * 23) / 1995
ok 'saw-tooth: mean window' is sawtooth '.runs[0].flows[0].cwnd_mean_pkts' 74.502
ok 'saw-tooth: curves keep the extremes' is sawtooth '[.runs[0].series.queue_pkts.v | min, max]' '[0,199]'

# 0.75 and 0.25 MB/s until 20 s, then 0.5 each, from 5 to 39.95 s: 21.225 and 13.725 MB.
cells pair
ok 'pair: goodput' is pair '[.runs[0].flows[].goodput_bps]' '[4858369,3141631]'
ok 'pair: Jain over the run' is pair '.runs[0].fairness.jain' 0.956
ok 'pair: Jain of each second' is pair '.runs[0].fairness.jain_1s[:19] + .runs[0].fairness.jain_1s[21:] | unique' '[0.8,1]'
ok 'pair: convergence' is pair '.runs[0].fairness.convergence_s' 20
ok 'pair: least fair second' is pair '[.runs[0].fairness | .jain_1s_min, .jain_1s_min_converged]' '[0.8,0.9998]'
ok 'pair: shares' is pair '[.runs[0].flows[].share_pct, .runs[0].fairness.test_share_pct, .runs[0].fairness.max_min_ratio]' '[60.7296,39.2704,60.7296,1.5464]'

# The same against itself: by the cell alone both flows run the algorithm under test, by the set only the first.
mkdir "$work/rivals"
cp -r "$work/pair/pair" "$work/rivals/reno"
cp -r "$work/pair/pair" "$work/rivals/cubic"
sed -i 's/^\(CC\|FLOW1_CC\)=.*/\1=cubic/; s/^ORDER=.*/ORDER=2/' "$work/rivals/cubic/cell.conf"
"$work/analyze" "$work/rivals" >"$work/rivals.json"
ok 'rivals: the fixed flow is the same in every cell' is rivals '[.runs[] | [.flows[] | .cc, .under_test]]' '[["reno",true,"cubic",false],["cubic",true,"cubic",false]]'
ok 'rivals: so each has a share' is rivals '[.runs[].fairness.test_share_pct]' '[60.7296,60.7296]'

# The second never gets its connection: the first has all that there is.
cp -r "$work/pair" "$work/absent"
sed -i '2,$d' "$work/absent/pair/flow-2.csv" "$work/absent/pair/recv-2.csv"
rm "$work/absent/pair/iperf-2.json"
"$work/analyze" "$work/absent" >"$work/absent.json"
ok 'absent: nothing delivered' is absent '.runs[0].flows[1] | [.goodput_bps, .delivered_bps, .cwnd_mean_pkts, .retrans_pkts, .share_pct]' '[0,0,0,0,0]'
ok 'absent: silent all the time' is absent '[.runs[0].flows[1].silence_max_s, .runs[0].total.silence_max_s, .runs[0].flows[1].recv_stall_max_s]' '[35,35,35]'
ok 'absent: the sums are those of the other' is absent '[.runs[0].total.goodput_bps == .runs[0].flows[0].goodput_bps, .runs[0].fairness.jain]' '[true,0.5]'
ok 'absent: it is remarked' is absent '.runs[0].warnings' '["flow 2: its connection did not come about in the run; it counts as nothing delivered"]'

# states: flow 1 from 0 to 1 at 4 s, to 2 at 6 s, back to 1 at 9 s; the samples of DCTCP's estimate are a column of the sender's
cp -r "$work/pair" "$work/state"
printf '%s\n' t_us,flow,old,new,why,cwnd 4000000,1,0,1,ack,10 6000000,1,1,2,delay,10 9000000,1,2,1,delay,10 >"$work/state/pair/state.csv"
sed -i '1s/$/,dctcp_alpha/; 2,$s/$/,256/' "$work/state/pair/flow-1.csv"
"$work/analyze" "$work/state" >"$work/state.json"
from_to=$(jq -c '.runs[0].window_us' "$work/state.json")
part() { jq -n --argjson w "$from_to" "[\$w[1], $2] | min | (. - ([\$w[0], $1] | max)) | [., 0] | max"; }
span=$(jq -n --argjson w "$from_to" '$w[1] - $w[0]')
ok 'state: time in each' [ "$(jq '[.runs[0].flows[0] | .state1_pct, .state2_pct] | map(. * 100 | round)' "$work/state.json" -c)" = \
	"$(jq -nc --argjson a "$(part 4e6 6e6)" --argjson b "$(part 9e6 1e12)" --argjson c "$(part 6e6 9e6)" --argjson s "$span" '[($a + $b) / $s, $c / $s] | map(. * 10000 | round)')" ]
ok 'state: nobody left, nobody came back' is state '[.runs[0].flows[] | .state1_return_us]' '[null,null]'
ok 'state: of the flow that has none' is state '.runs[0].flows[1].state1_pct' null
ok 'alpha: mean and percentiles' is state '[.runs[0].flows[0] | .dctcp_alpha_mean, .dctcp_alpha_p5, .dctcp_alpha_p95]' '[0.25,0.25,0.25]'
ok 'alpha: of an algorithm that has none' is state '.runs[0].flows[1].dctcp_alpha_mean' null

# 10 Mbit/s until 10 s, then 20; the same ten packets take half the time to drain
cells step
ok 'step: capacity follows the rate' is step '.runs[0].link.utilisation_pct' 100
ok 'step: so does the queueing delay' is step '[.runs[0].link | .queue_delay_p50_us, .queue_delay_max_us]' '[6056,12112]'

cells bytes
ok 'bytes: flow completion time' is bytes '.runs[0].flows[0].completion_us' 1000000

cells seeds
ok 'seeds: median and range' is seeds '.summary[0].metrics.goodput_bps' '{"median":8000000,"min":7000000,"max":9000000,"n":3}'
ok 'seeds: verdicts' is seeds '[.verdicts[].verdict]' '["pass","miss","miss"]'
ok 'seeds: what is not measured cannot pass' is seeds '.verdicts[2] | [.metric, .measured, .n]' '["jain",null,0]'
ok 'seeds: sources are unquoted' is seeds '.verdicts[0].source' "\"it's arithmetic\""
ok 'seeds: distinct inputs once, others all' is seeds '[.inputs.qemu, .inputs.cmdline | length]' '[1,3]'
ok 'seeds: curves for the first seed only' is seeds '[.runs[] | has("series")]' '[true,false,false]'

cells matrix
ok 'matrix: in the order of the plan' is matrix '[.summary[] | .point] | [.[0], .[3], .[14]]' '["loss=0.001%","loss=0.01%","loss=5%"]'
"$work/analyze" "$work/matrix" >"$work/again.json"
ok 'matrix: the same bytes again' same "$work/matrix.json" "$work/again.json"
ok 'every metric has a definition' is matrix \
	'[.summary[0].metrics | keys[] | sub("^flow[0-9]+\\."; "flow/")] - [.definitions | to_entries[] | .key as $s | .value | keys[] | if $s == "flow" then "flow/" + . else . end]' '[]'
ok 'every definition has a metric' is matrix \
	'[.definitions | to_entries[] | .key as $s | .value | keys[] | if $s == "flow" then "flow1." + . else . end] - [.summary[0].metrics | keys[]]' '[]'
undocumented() {
	local name text bad=0
	while IFS=$'\t' read -r name text; do
		grep -qF -- "| \`${name#flow<i>.}\` | $text |" docs/formats.md || { printf '# not in docs/formats.md: %s: %s\n' "$name" "$text"; bad=1; }
	done < <("$work/analyze" --metrics)
	return "$bad"
}
ok 'every metric is in docs/formats.md, in the same words' undocumented

# --- refusals: one line that names the file, the line and the mend -----------------------------------------------

# broken NAME COMMAND...: a copy of the steady cell, changed by a command run in its directory
broken() {
	rm -rf "$work/broken"
	cp -r "$work/steady" "$work/broken"
	(cd "$work/broken/steady" && "$@")
}

# one_line PATTERN COMMAND...: fails with status 1, prints nothing, and says one line with the pattern
one_line() {
	local pattern=$1 status=0
	shift
	"$@" >"$work/stdout" 2>"$work/stderr" || status=$?
	[ "$status" -eq 1 ] && [ ! -s "$work/stdout" ] && [ "$(wc -l <"$work/stderr")" -eq 1 ] &&
		grep -qE -- "$pattern" "$work/stderr" && return 0
	printf '# status %s: %s\n' "$status" "$(cat "$work/stderr")"
	return 1
}

broken rm recv-1.csv
ok 'refuses a missing file' one_line 'steady/recv-1.csv: No such file.*run the cell again' "$work/analyze" "$work/broken"
broken sed -i '7s/,[^,]*$//' flow-1.csv
ok 'refuses a short line' one_line 'flow-1.csv:7: fewer fields' "$work/analyze" "$work/broken"
broken sed -i '9s/^[0-9]*,/oops,/' link.csv
ok 'refuses what is not a number' one_line "link.csv:9: 'oops' in column t_us" "$work/analyze" "$work/broken"
broken sed -i '1s/srtt_us/rtt/' flow-1.csv
ok 'refuses a missing column' one_line "flow-1.csv:1: .*no column 'srtt_us'" "$work/analyze" "$work/broken"
broken sed -i '100,$d' recv-1.csv
ok 'refuses a receiver that stopped early' one_line 'recv-1.csv: the samples end at 9.650 s, the measurement at 20.000 s.*cut short' "$work/analyze" "$work/broken"
broken sed -i '1000,$d' link.csv
ok 'refuses a queue that was not watched to the end' one_line 'link.csv: the samples end' "$work/analyze" "$work/broken"
broken sed -i '1000,$d' flow-1.csv
ok 'refuses a sender that was not watched to the end' one_line 'flow-1.csv: the samples end' "$work/analyze" "$work/broken"
broken sed -i '2,$d' flow-1.csv
ok 'refuses a file without samples' one_line 'flow-1.csv:2: no sample' "$work/analyze" "$work/broken"
sed -i '2,$d' "$work"/absent/pair/{flow,recv}-1.csv
ok 'absent: a cell of which all flows are is refused' one_line 'none of its flows ran' "$work/analyze" "$work/absent"
broken sed -i '50{h;d};51G' link.csv
ok 'refuses time that goes back' one_line 'link.csv:51: time does not move on' "$work/analyze" "$work/broken"
broken sed -i '80s/,.*/,5/' recv-1.csv
ok 'refuses a counter that goes back' one_line 'recv-1.csv:80: bytes_received goes back' "$work/analyze" "$work/broken"
broken sed -i 's/^RATE_BPS=.*/RATE_BPS=-1/' cell.conf
ok 'refuses an impossible plan' one_line 'cell.conf:8: RATE_BPS=-1 is outside' "$work/analyze" "$work/broken"
broken sed -i 's/^EXPECTS=0/EXPECTS=1\nEXPECT1_METRIC=speed\nEXPECT1_LOW=1/' cell.conf
ok 'refuses an expectation of what is not measured' one_line "expects 'speed', which is no metric" "$work/analyze" "$work/broken"
broken tee lab.json <<<'{"virtual_s": ' >/dev/null
ok 'refuses a damaged lab.json' one_line 'lab.json:' "$work/analyze" "$work/broken"
broken cp -r . ../again
ok 'refuses the same run twice' one_line 'repeats .*same point, algorithm and seed' "$work/analyze" "$work/broken"
mkdir "$work/mixed"
cp -r "$work/steady/steady" "$work/pair/pair" "$work/mixed/"
sed -i 's/^SCENARIO=.*/SCENARIO=other/' "$work/mixed/pair/cell.conf"
ok 'refuses two scenarios at once' one_line 'one scenario at a time' "$work/analyze" "$work/mixed"
mkdir "$work/empty"
ok 'refuses a directory without cells' one_line 'no cell.conf below it' "$work/analyze" "$work/empty"
ok 'refuses a directory that is not there' one_line 'No such file' "$work/analyze" "$work/nowhere"
ok 'refuses a full disk' refuses 'cannot write' sh -c "'$work/analyze' '$work/steady' >/dev/full"

# status WANT COMMAND...
status() {
	local want=$1 got=0
	shift
	"$@" >/dev/null 2>&1 || got=$?
	[ "$got" -eq "$want" ]
}
ok 'no argument is wrong usage' status 2 "$work/analyze"
ok 'an unknown option is wrong usage' status 2 "$work/analyze" --fast "$work/steady"
ok 'an absurd width is wrong usage' status 2 "$work/analyze" --columns 0 "$work/steady"
ok '--help helps' status 0 "$work/analyze" --help

"$work/analyze" --no-series "$work/steady" >"$work/lean.json"
ok '--no-series leaves the curves out' is lean '.runs[0] | has("series")' false
rm "$work/seeds/s1/link.csv"
"$work/analyze" --skip-bad "$work/seeds" >"$work/skipped.json" 2>/dev/null
ok '--skip-bad goes on without the bad cell' is skipped '[.runs[].cell, .skipped[].cell, .summary[0].metrics.goodput_bps.median]' '["s2","s3","s1",8000000]'
ok 'a seed that failed misses' is skipped '[.verdicts[] | [.verdict, .n, .cells]]' '[["miss",2,3],["miss",2,3],["miss",0,3]]'
sed -i 's/^CC=.*/CC=bbr/; s/^ORDER=.*/ORDER=9/' "$work/seeds/s1/cell.conf"
"$work/analyze" --skip-bad "$work/seeds" >"$work/lost.json" 2>/dev/null
ok 'a group of which all failed misses, too' is lost '[.verdicts[] | [.cc, .verdict, .n, .cells]] | .[0], .[3]' \
	$'["'"$(jq -r '.runs[0].cc' "$work/lost.json")"$'","pass",2,2]\n["bbr","miss",0,1]'
ok '--skip-bad keeps the curves of the first good seed' is skipped '[.runs[] | has("series")]' '[true,false]'

broken sed -i 's/"bits_per_second": [0-9.]*/"bits_per_second": 7000000/' iperf-1.json
"$work/analyze" "$work/broken" >"$work/warned.json"
ok 'disagreement with iperf3 is remarked' is warned '.runs[0].warnings' '["flow 1: iperf3 reports 7.000 Mbit/s received, the receiver'"'"'s socket 8.000 Mbit/s (+14.3%)"]'
# meta TEXT: what the steady cell says of itself
meta() {
	broken sh -c "echo '$1' >meta.json"
	"$work/analyze" "$work/broken" >"$work/meta.json"
}
meta '{"sampler": {"latest_us": 9000}, "drops": {"sender": 0, "RcvPruned": 0}}'
ok 'a run that was well is silent' is meta '.runs[0].warnings' '[]'
meta '{"sampler": {"latest_us": 25300}, "drops": {"sender": 2, "RcvPruned": 0, "TCPBacklogDrop": 7}}'
ok 'a late sampler and drops at the ends are remarked' is meta '.runs[0].warnings' \
	'["the sampler was 25.3 ms late once: curves and percentiles have a hole there","2 packets were dropped by an end, not by the path (sender)","7 packets were dropped by an end, not by the path (TCPBacklogDrop)"]'
broken sh -c 'echo [] >meta.json'
ok 'a damaged meta.json fails' status 1 "$work/analyze" "$work/broken"
# ss_cell CWND RTT: the steady cell, in which ss was asked at 10 s and said this
ss_cell() {
	broken sh -c "echo 10000174,10008532 >ss-1.at; printf 'ESTAB 0 1\\n\\t cubic rto:204 rtt:$2/0.009 mss:1448 cwnd:$1 bytes_sent:5\\n' >ss-1.txt"
	"$work/analyze" "$work/broken" >"$work/ss.json"
}
ss_cell 40 52
ok 'agreement with ss is silent' is ss '.runs[0].warnings' '[]'
ss_cell 60 52
ok 'another window in ss is remarked' is ss '.runs[0].warnings' '["flow 1: ss saw a window of 60 packets when the samples had 40 to 40"]'
ss_cell 40 30.5
ok 'another RTT in ss is remarked' is ss '.runs[0].warnings' '["flow 1: ss saw an RTT of 30.500 ms when the samples had 52.000 to 52.000"]'
broken sed -i '300,350d' link.csv
"$work/analyze" "$work/broken" >"$work/warned.json"
ok 'a hole in the samples is remarked' is warned '.runs[0].warnings' '["link.csv: no sample for 520 ms from 2.970 s on"]'
broken sed -i 's/^state/new,state/; 2,$s/^/x,/' flow-1.csv
"$work/analyze" "$work/broken" >"$work/newer.json"
ok 'unknown columns are ignored, whatever they hold' is newer '.runs[0].flows[0].cwnd_mean_pkts' 40

tap_done
