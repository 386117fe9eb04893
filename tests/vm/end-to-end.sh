#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# end-to-end.sh - scenario to report on a real kernel, and the sampler held against ss and iperf3. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

kernel=6.12
case ${1:-} in
--kernel) kernel=${2:?} ;;
--help) echo 'usage: tests/vm/end-to-end.sh [--kernel 6.1|6.12]' && exit 0 ;;
?*) echo "end-to-end.sh: unknown option '$1' (see --help)" >&2 && exit 2 ;;
esac

out=out/tests/end-to-end
result=$out/end-to-end.json
rm -rf "$out"

# between VALUE COLUMN CSV FROM TO SLACK: does VALUE lie within what the samples around the interval say?
# Between two samples, 10 ms apart, a value may go a little beyond both: SLACK.
between() {
	awk -F, -v v="$1" -v name="$2" -v from="$4" -v to="$5" -v slack="$6" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
		$1 < from - 11000 || $1 > to + 11000 { next }
		{ n++; if (n == 1 || $c < lo) lo = $c; if (n == 1 || $c > hi) hi = $c }
		END { exit !(n >= 2 && v >= lo - slack && v <= hi + slack) }' "$3"
}

# agrees CELL FLOW: ss -ti, a text for people, and the sampler tell the same cwnd and RTT.
agrees() {
	local from to text cwnd rtt
	IFS=, read -r from to <"$1/ss-$2.at" || return 1
	text=$(cat "$1/ss-$2.txt")
	cwnd=$(grep -oP '\bcwnd:\K[0-9]+' <<<"$text")
	rtt=$(grep -oP '\brtt:\K[0-9.]+' <<<"$text" | awk '{ printf "%.0f", $1 * 1000 }')
	between "$cwnd" cwnd "$1/flow-$2.csv" "$from" "$to" 1 &&
		between "$rtt" srtt_us "$1/flow-$2.csv" "$from" "$to" $((rtt / 50))
}

has() { jq -e "$1" "$result" >/dev/null; }

ok 'bench/run carries a scenario through' bench/run --kernel "$kernel" --out "$out" tests/vm/end-to-end.conf
ok 'every run is in the result' has '.runs | length == 2'
ok 'the result names its schema' has '.schema == "weir-result-1"'
ok 'each run names the hash of its inputs' has '[.runs[].input_hash | test("^[0-9a-f]{64}$")] | all'
ok 'no run carries a warning' has '[.runs[].warnings[]] == []'
# The flows end before the samples do, and nothing is lost as they begin and end: both count the same.
ok "goodput is iperf3's to 1%" has '[.runs[].flows[].iperf_diff_pct | values] | length == 4 and (map(fabs < 1) | all)'
ok 'the expectation is judged, and met' has '[.verdicts[].verdict] == ["pass", "pass"]'
ok 'the page needs nothing but itself' \
	bash -c "test -s $out/end-to-end.html && ! grep -qE '(src|href)=\"(https?:)?//' $out/end-to-end.html"
for cell in "$out"/end-to-end/*/; do
	for flow in 1 2; do
		ok "$(basename "$cell") flow $flow: ss and the sampler agree" agrees "${cell%/}" "$flow"
	done
	# shellcheck disable=SC2016 # a program for awk
	ok "$(basename "$cell"): the path changed three times, each within 1 ms of its time" \
		awk -F, '/change dev rcv/ { n++; bad += $3 - $1 >= 1000 } END { exit !(n == 3 && !bad) }' "${cell}events.csv"
done
again=$(bench/run --kernel "$kernel" --out "$out" tests/vm/end-to-end.conf)
ok 'a second run finds the results and boots nothing' grep -q 'there already' <<<"$again"
tap_done
