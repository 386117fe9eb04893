#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: tests/vm/lab-determinism.sh [--repeats N] [--load] [--kernel NAME]
#
# Run one job again and again in the laboratory and demand the same bytes each
# time: of every result, of the console, and the same virtual time. Another
# seed must give other bytes. Output is TAP.
#
#   --repeats N    how often (default 3)
#   --load         every second run with a busy loop on each of the host's CPUs
#   --kernel NAME  6.1 (default) or 6.12

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=
hogs=()

stop_hogs()
{
	((${#hogs[@]} == 0)) || kill "${hogs[@]}" 2>/dev/null || :
	((${#hogs[@]} == 0)) || wait "${hogs[@]}" 2>/dev/null || :
	hogs=()
}

cleanup()
{
	stop_hogs
	[[ -z "$scratch" ]] || rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

usage_error()
{
	printf 'lab-determinism: %s (try --help)\n' "$1" >&2
	exit 2
}

# start_hogs: one busy loop a CPU.
start_hogs()
{
	local cpu

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		(while :; do :; done) &
		hogs+=($!)
	done
}

# digest DIR: one hash over what must not differ. lab.json also holds wall
# times, so only its virtual ones count.
digest()
{
	(
		cd "$1" || exit
		jq -c '[.virtual_s, .job_virtual_s, .boot_virtual_s, .exit]' lab.json
		find . -type f ! -name lab.json -print0 | LC_ALL=C sort -z |
			xargs -0 sha256sum
	) | sha256sum | cut -d ' ' -f 1
}

# guest SEED DIR: run the job; a failure is the test's.
guest()
{
	"$root/scripts/lab/run" --job "$root/tests/vm/lab-job" --out "$2" \
		--kernel "$kernel" --seed "$1" --image "$scratch/image" --quiet \
		>"$scratch/log" 2>&1 || {
		printf 'Bail out! the laboratory failed: %s\n' "$(tail -n 1 "$scratch/log")"
		exit 1
	}
}

# differences A B: name what differs, as TAP comments.
differences()
{
	diff -rq -x lab.json "$1" "$2" | sed 's/^/# /' || :
	diff "$1/console.log" "$2/console.log" | head -n 6 | sed 's/^/# /' || :
}

repeats=3 load=no kernel=6.1
while (($#)); do
	case $1 in
	--repeats)
		[[ "${2:-}" =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "--repeats '${2:-}': give a number from 1 to 9999"
		repeats=$2
		shift
		;;
	--kernel)
		(($# >= 2)) || usage_error "--kernel needs a value"
		kernel=$2
		shift
		;;
	--load) load=yes ;;
	-h | --help)
		sed -n '3,/^[^#]/{ /^#/!q; s/^# \{0,1\}//; p }' "$0"
		exit 0
		;;
	*) usage_error "unknown argument '$1'" ;;
	esac
	shift
done

image=$("$root/scripts/lab/image" --kernel "$kernel")
scratch=$(mktemp -d "${TMPDIR:-/tmp}/weir-determinism.XXXXXX")
cp "$image" "$scratch/image"
failed=0
printf '1..%d\n' $((repeats + 1))
for ((i = 1; i <= repeats; i++)); do
	host=idle
	if [[ "$load" == yes ]] && ((i % 2 == 0)); then
		host=loaded
		start_hogs
	fi
	guest 1 "$scratch/$i"
	stop_hogs
	sum=$(digest "$scratch/$i")
	((i > 1)) || first=$sum
	if [[ "$sum" == "$first" ]]; then
		printf 'ok %d - run %d, host %s: %.16s\n' "$i" "$i" "$host" "$sum"
	else
		printf 'not ok %d - run %d, host %s: %.16s, not %.16s\n' "$i" "$i" "$host" "$sum" "$first"
		differences "$scratch/1" "$scratch/$i"
		failed=1
	fi
	((i == 1)) || rm -rf "${scratch:?}/$i"
done
guest 2 "$scratch/other"
sum=$(digest "$scratch/other")
if [[ "$sum" != "$first" ]]; then
	printf 'ok %d - another seed: %.16s\n' $((repeats + 1)) "$sum"
else
	printf 'not ok %d - another seed gives the same bytes\n' $((repeats + 1))
	failed=1
fi
jq -r '"# \(.job_virtual_s) virtual s of job, \(.virtual_s) in all; last run took \(.wall_s) s of wall time"' \
	"$scratch/other/lab.json"
exit "$failed"
