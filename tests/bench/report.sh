#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# report.sh - the report's table, plots and page from results with known content; prints TAP.
# shellcheck disable=SC2016 # jq's dollars
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

report=bench/report/report
cc -std=gnu11 -O2 -o "$work/synth" tests/bench/analyze_synth.c -lm
cc -std=gnu11 -O2 -o "$work/analyze" bench/analyze.c bench/analyze/*.c -ljansson -lm
for kind in seeds pair step matrix; do
	"$work/synth" "$kind" "$work/$kind"
	"$work/analyze" "$work/$kind" >"$work/$kind.json"
done

# shows TEXT FILE: the file holds the text
shows() { grep -qF -- "$1" "$2" || { printf '# no "%s" in:\n' "$1"; head -c 1500 "$2" | sed 's/^/# /'; return 1; }; }
lacks() { ! grep -qE -- "$1" "$2" || { grep -nEo -- ".{0,60}($1).{0,60}" "$2" | head -n 3 | sed 's/^/# /'; return 1; }; }
same() { cmp -s "$1" "$2"; }

# --- table -----------------------------------------------------------------------------------------------------

"$report" --table "$work/seeds.json" >"$work/seeds.txt"
ok 'table: median and range' shows '8.00 [7.00–9.00]' "$work/seeds.txt"
ok 'table: what is constant has no range' shows '12.11' "$work/seeds.txt"
ok 'table: number of seeds, warm-up' shows 'over 3 seeds, the first 5 s excluded' "$work/seeds.txt"
ok 'table: a pass with band and source' shows "PASS  reno: goodput 8.00 Mbit/s [7.00–9.00], expected 7.90 to 8.10 Mbit/s  (it's arithmetic)" "$work/seeds.txt"
ok 'table: a miss with an open band' shows 'MISS  reno: flow 1 goodput 8.00 Mbit/s [7.00–9.00], expected at least 8.50 Mbit/s' "$work/seeds.txt"
ok 'table: not measured is said' shows "MISS  reno: Jain's index undefined" "$work/seeds.txt"
jq '.runs[0].warnings = [range(7) | "remark \(.)"]' "$work/seeds.json" >"$work/remarks.json"
"$report" --table "$work/remarks.json" >"$work/remarks.txt"
ok 'table: five remarks of a run' [ "$(grep -c ': remark [0-4]$' "$work/remarks.txt")" -eq 5 ]
ok 'table: and how many more' shows ': and 2 more' "$work/remarks.txt"
"$report" --table "$work/pair.json" >"$work/pair.txt"
ok 'table: fairness and goodput by flow' shows '4.86 / 3.14' "$work/pair.txt"
aligned() {
	local widths
	widths=$("$report" --table "$work/matrix.json" | sed -n '/^loss/s/–/-/gp' | awk '{ print length($0) }' | sort -u | wc -l)
	[ "$widths" -eq 1 ]
}
ok 'table: columns are aligned' aligned
"$report" --csv "$work/matrix.json" >"$work/matrix.csv"
ok 'csv: a line for each point and algorithm, and a header' [ "$(wc -l <"$work/matrix.csv")" -eq 16 ]
ok 'csv: every line has as many fields' [ "$(awk -F, '{ print NF }' "$work/matrix.csv" | sort -u | wc -l)" -eq 1 ]

# --- page ------------------------------------------------------------------------------------------------------

begin=$SECONDS
"$report" --quiet --out "$work/a" "$work/matrix.json"
took=$((SECONDS - begin))
"$report" --quiet --out "$work/b" "$work/matrix.json"
page=$work/a/matrix.html

# well_formed FILE: by xmllint if it is there, else by counting tags
well_formed() {
	if command -v xmllint >/dev/null; then
		xmllint --noout "$1"
		return
	fi
	tr '\n' ' ' <"$1" | grep -oE '</?[a-zA-Z][^>]*>' | awk '
		/\/>$/ { next }
		/^<\// { sub(/^<\//, ""); sub(/>.*/, ""); if (stack[n--] != $1) bad = 1; next }
		{ sub(/^</, ""); sub(/[ >].*/, ""); stack[++n] = $0 }
		END { exit bad || n }'
}
ok 'page: well-formed' well_formed "$page"
ok 'page: nothing from elsewhere' lacks '(https?:)?//[a-z]|<script|<link|@import|url\(|src=' "$page"
ok 'page: every plot is in its place' lacks '@@' "$page"
ok 'page: a plot for each group and metric' [ "$(grep -c '^<svg role' "$page")" -eq $((15 + 7)) ]
ok 'page: no id twice' [ -z "$(grep -oE " id=['\"][^'\"]*" "$page" | sort | uniq -d)" ]
ok 'page: what is quoted is escaped' shows 'made up &amp; &lt;unsafe&gt;' "$page"
ok 'page: hashes of the inputs' shows '0000000000000000000000000000000000000000000000000000000000000002' "$page"
ok 'page: parameters' shows 'tcp_weir_cubic/hystart=1' "$page"
ok 'page: seeds' shows '<th>seeds</th><td>1, 2, 3</td>' "$page"
ok 'page: definitions' shows 'flow&lt;i&gt;.iperf_diff_pct' "$page"
ok 'page: verdicts' [ "$(grep -c 'class="verdict miss"' "$page")" -eq 6 ]
ok 'page: follows a dark theme' shows 'prefers-color-scheme: dark' "$page"
ok "page: 45 runs in less than 5 MB ($(wc -c <"$page"))" [ "$(wc -c <"$page")" -lt 5000000 ]
ok "page: 45 runs in less than 20 s ($took)" [ "$took" -lt 20 ]
ok 'page: the same bytes again' same "$page" "$work/b/matrix.html"

# --- plots -------------------------------------------------------------------------------------------------------

all_well_formed() { for f in "$work"/a/matrix-plots/*.svg; do well_formed "$f" || return 1; done; }
ok 'plots: well-formed' all_well_formed
ok 'plots: the same bytes again' diff -r "$work/a/matrix-plots" "$work/b/matrix-plots"
ok 'plots: cubic has its colour' shows '#d7191c' "$work/a/matrix-plots/sweep-goodput_bps.svg"
ok 'plots: bbr has its colour' shows '#abd9e9' "$work/a/matrix-plots/sweep-goodput_bps.svg"
ok 'plots: the sweep has its points' shows '<text>0.001</text>' "$work/a/matrix-plots/sweep-goodput_bps.svg"
ok 'plots: guide lines have names' shows '(BDP + buffer) / 2' "$work/a/matrix-plots/time-1-loss0.001-cubic.svg"
"$report" --quiet "$work/step.json"
ok 'plots: a change of rate is marked' shows '20 Mbit/s' "$work/step-plots/time-1-reno.svg"
ok 'page: without a sweep and with one algorithm' well_formed "$work/step.html"
jq -c '.summary[0] as $s | .summary += [$s | .cc = "weir_x<y>"] | .runs += [.runs[0] | .cc = "weir_x<y>"]' "$work/step.json" >"$work/odd.json"
ok 'page: one point, two algorithms, an odd name' "$report" --quiet "$work/odd.json"
ok 'page: and that page is well-formed' well_formed "$work/odd.html"
"$work/analyze" --no-series "$work/seeds" | jq -c 'del(.inputs[]) | .virtual_s = null | .runs[] |= (.virtual_per_wall = null | .virtual_s = null | .input_hash = null)' >"$work/bare.json"
ok 'page: without the lab and without curves' "$report" --quiet "$work/bare.json"
ok 'page: and that page is well-formed, too' well_formed "$work/bare.html"

# --- comparison ----------------------------------------------------------------------------------------------------

bench/report/compare "$work/matrix.json" "$work/matrix.json" >"$work/equal.txt"
ok 'compare: a result equals itself' lacks '->.*%' "$work/equal.txt"
jq -c '.summary[].metrics.goodput_bps |= map_values(if . > 100 then . * 1.1 else . end)' "$work/seeds.json" >"$work/faster.json"
bench/report/compare "$work/seeds.json" "$work/faster.json" >"$work/faster.txt"
ok 'compare: a change within the spread of the seeds has no star' shows '8.00 -> 8.80 +10.0%  12.11 =' "$work/faster.txt"
jq -c '.summary[].cc = "cubic" | .runs[].cc = "cubic" | .runs[].flows[].cc = "cubic"' "$work/seeds.json" >"$work/solo.json"
bench/report/compare --harm "$work/solo.json" "$work/pair.json" >"$work/harm.txt"
# alone 8 Mbit/s, in company 3.1416: (8 - 3.1416) / 8
ok 'harm: of goodput' shows 'reno     cubic   0.607' "$work/harm.txt"

# --- refusals --------------------------------------------------------------------------------------------------------

ok 'refuses a missing file' refuses 'cannot be read' "$report" "$work/none.json"
echo '{"schema": "weir-result-9"}' >"$work/newer.json"
ok 'refuses another schema' refuses "weir-result-9" "$report" "$work/newer.json"
head -c 3000 "$work/matrix.json" >"$work/cut.json"
ok 'refuses half a file' refuses 'not JSON' "$report" "$work/cut.json"
ok 'writes nothing when it refuses' [ ! -e "$work/cut.html" ]
status() {
	local want=$1 got=0
	shift
	"$@" >/dev/null 2>&1 || got=$?
	[ "$got" -eq "$want" ]
}
ok 'no argument is wrong usage' status 2 "$report"
ok 'an unknown option is wrong usage' status 2 "$report" --fast "$work/seeds.json"
ok 'compare: one file is wrong usage' status 2 bench/report/compare "$work/seeds.json"
ok '--help helps' status 0 "$report" --help

# --- versus: one algorithm against another -----------------------------------------------------------------------

# a: far from b, but inside its range. c: far from b and outside.
jq -n '{scenario: {name: "s"}, summary: [["a", 10, 9, 11], ["b", 12, 8, 13], ["c", 20, 19, 21], ["d", 20.1, 20, 20.2]]
	| map({cc: .[0], point: "", metrics: {goodput_bps: {median: .[1], min: .[2], max: .[3], n: 5}}})}' >"$work/versus.json"
versus() { bench/report/versus "$work/versus.json" "$@" >"$work/versus.txt"; }
ok 'versus: within 3%' versus c d goodput_bps within 3%
ok 'versus: which is not by the spread' bash -c "! grep -q 'by the spread' '$work/versus.txt'"
ok 'versus: not within 3%, but the seeds do not tell them apart' versus a b goodput_bps within 3%
ok 'versus: says so' shows 'by the spread' "$work/versus.txt"
ok 'versus: neither' bash -c "! bench/report/versus '$work/versus.json' c b goodput_bps within 3%"
ok 'versus: at least' versus c a goodput_bps at-least 2
ok 'versus: not more' bash -c "! bench/report/versus '$work/versus.json' c a goodput_bps at-least 2.1"
ok 'versus: the spread is no excuse for at-most' bash -c "! bench/report/versus '$work/versus.json' b a goodput_bps at-most 1.1"

tap_done
