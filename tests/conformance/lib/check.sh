# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the check() of a case is written with. It works on the rows that
# lib/rows.awk makes of the trace; in the programs below, the names of columns
# stand for their values.

NONE32=4294967295		# no bound on a volume
NONE64=18446744073709551615	# no bound on a bandwidth
MSS=1448

check_count=0
check_failures=0
case_failures=0
case_figures=

# What programs for the rows may call besides awk's own. The draft's Inflight(1.0) and
# InflightWithHeadroom() [packets].
AWK_FUNCTIONS='
	function ceil(x) { return int(x) + (x > int(x)) }
	function larger(x, y) { return x > y ? x : y }
	function bdp(rate, us) { return ceil(rate * us / 1e6 / 1448 - 0.01) }
	function inflight(rate, us, quantum) { return larger(larger(bdp(rate, us), 3 * quantum), 4) }
	function headroom(bound) {
		return bound == 4294967295 ? bound : larger(bound - larger(int(bound * 15 / 100), 1), 4)
	}'

# take NAME: look at one connection of the case; fails if it left no trace.
take() {
	CASE_DIR=$OUT/$CASE/$1
	ROWS=$CASE_DIR/rows.tsv
	[ -s "$CASE_DIR/trace" ] || return 1
	awk -f "$HERE/lib/rows.awk" "$CASE_DIR/trace" >"$ROWS"
	COLUMNS_SED=$(head -n 1 "$ROWS" | tr '\t' '\n' | awk '{ printf "s/\\b%s\\b/$%d/g\n", $1, NR }')
}

# q PROGRAM: run an awk program over the rows. Strings in it must not hold names of columns.
q() {
	awk -F '\t' "$AWK_FUNCTIONS NR == 1 { next } $(sed -E "$COLUMNS_SED" <<<"$1")" "$ROWS"
}

# first CONDITION VALUE: VALUE where CONDITION holds for the first time.
first() { q "($1) { print $2; exit }"; }

# last CONDITION VALUE: where it holds for the last time.
last() { q "($1) { x = $2 } END { print x }"; }

# count CONDITION: how many rows it holds for.
count() { q "($1) { n++ } END { print n + 0 }"; }

# most CONDITION VALUE, least CONDITION VALUE, mean CONDITION VALUE
most() { q "($1) && (!n++ || $2 > x) { x = $2 } END { if (n) printf \"%.6f\\n\", x }" | trim; }
least() { q "($1) && (!n++ || $2 < x) { x = $2 } END { if (n) printf \"%.6f\\n\", x }" | trim; }
mean() { q "($1) { n++; x += $2 } END { if (n) printf \"%.6f\\n\", x / n }" | trim; }

# trim: numbers without a fraction that says nothing.
trim() { sed -E 's/(\.[0-9]*[1-9])0+$/\1/; s/\.0+$//'; }

# entered STATE [N] [AFTER]: when the flow entered STATE, the Nth time after AFTER [s].
entered() {
	q "kind == \"enter\" && new == $1 && t >= ${3:-0} && ++n == ${2:-1} { print t; exit }"
}

# did TEXT [N]: when the application did it.
did() {
	awk -F '\t' -v text="do $1" -v n="${2:-1}" \
		'$2 == "mark" && index($NF, text) == 1 && ++seen == n { print $1; exit }' "$ROWS"
}

# counter NAME: one of the kernel's counters of the sender.
counter() {
	awk -v name="$1" '
		$1 == last { for (i = 2; i <= NF; i++) if (head[i] == name) print $i }
		{ last = $1; for (i = 2; i <= NF; i++) head[i] = $i }' "$CASE_DIR/counters" | head -n 1
}

# is EXPRESSION [FORMAT]: a number, computed. Infinite bounds are compared as awk's numbers.
calc() { awk "BEGIN { printf \"${2:-%.6g}\", $1 }" 2>/dev/null; }

# mbit BYTES_PER_SECOND, for people
mbit() { calc "($1) * 8 / 1e6" '%.3f'; }

# verify TEXT EXPRESSION: passes if the expression holds. A number that is missing fails.
verify() {
	check_count=$((check_count + 1))
	if [ "$(awk "BEGIN { print ($2) ? \"yes\" : \"no\" }" 2>/dev/null)" = yes ]; then
		printf 'ok %d - %s: %s\n' "$check_count" "$CASE" "$1"
		return
	fi
	printf 'not ok %d - %s: %s\n' "$check_count" "$CASE" "$1"
	printf '# did not hold: %s\n' "$2"
	check_failures=$((check_failures + 1))
	case_failures=$((case_failures + 1))
}

# note TEXT: a line that is no check.
note() { printf '# %s: %s\n' "$CASE" "$1"; }

# figures TEXT: what decides, for the table.
figures() { case_figures=$1; }

# goodput_of MBIT: what a rate on the wire leaves for data [bytes/s]: a full packet is 1514 bytes there.
goodput_of() { calc "$1 * 125000 * $MSS / 1514" '%.0f'; }
