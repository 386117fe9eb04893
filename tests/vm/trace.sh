#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# trace.sh - weir trace on real connections whose truth is known: the kernel's own counters, the drops of netem, the
# sockets' own times, tracefs and ss. In a guest that runs the distribution's own kernel.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
	cat <<'USAGE'
usage: tests/vm/trace.sh [--kernel 6.1|6.12] [--cpu N] [--out DIR] [PART...]

Boots the lab with bpftrace, traces, and compares. Prints TAP. Parts, each with the scripts it exercises:

  loss     retransmits, ca-state, undo, rtt, drops, timeline
  limits   limits, pacing, select
  models   ecn, bbr-kernel, bbr, bbr3
  ends     how a trace ends: --for, Ctrl-C, twice, before it has begun; IPv6; refusals

  transcript   only by its name: what all of them print for people, and what they cost (docs/tracing.md)

  --out DIR   keep what the guest wrote
USAGE
}

kernel=6.1 cpu=0 keep='' parts=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?} && shift 2 ;;
	--cpu) cpu=${2:?} && shift 2 ;;
	--out) keep=${2:?} && shift 2 ;;
	--help) usage && exit 0 ;;
	loss | limits | models | ends | transcript) parts+=("$1") && shift ;;
	*) echo "trace.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
	esac
done
[ "${#parts[@]}" -gt 0 ] || parts=(loss limits models ends)

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh
# shellcheck source=tests/vm/trace-checks.sh
. tests/vm/trace-checks.sh

command -v bpftrace >/dev/null || {
	echo "1..0 # SKIP the guest takes bpftrace from here: apt-get install bpftrace"
	exit 0
}
release=$(scripts/lab/fetch --kernel "$kernel" --print release)
[ -e "out/modules/$release/tcp_weir_bbr3.ko" ] || {
	echo "trace.sh: no modules for $release; build them: make modules KDIR=\$(scripts/lab/fetch --kernel $kernel --print kdir)" >&2
	exit 1
}

# boot PART: run it in a guest of its own; what it wrote is in $O. False if it did not run to its end.
boot() {
	local status=0
	rm -rf "$work/job"
	mkdir -p "$work/job/scripts" "$work/job/modules"
	cp -r scripts/weir scripts/weir.d scripts/trace "$work/job/scripts/"
	cp modules/weir.h "$work/job/modules/"
	cp tests/vm/guest/trace-*.sh tests/vm/guest/namespaces.sh tests/vm/guest/tap.sh "$work/job/"
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/job/trace-flow" tests/vm/guest/trace-flow.c
	cp "tests/vm/guest/trace-$1.sh" "$work/job/run"
	chmod +x "$work/job/run"
	O=${keep:-$work}/$1
	scripts/lab/run --quiet --kernel "$kernel" --cpu "$cpu" --image large --mem 2560 --timeout 900 \
		--job "$work/job" --out "$O" || status=$?
	printf '# %s on Linux %s: %s\n' "$1" "$release" \
		"$(jq -r '"\(.job_virtual_s * 10 | round / 10) s of virtual time in \(.wall_s | round) s"' "$O/lab.json" 2>/dev/null)"
	ok "$1: the guest ran to its end on Linux $release" test "$status" -eq 0
	[ "$status" -ne 0 ] || return 0
	tail -n 20 "$O/console.log" 2>/dev/null | sed 's/^/# /'
	head -n 3 "$O"/*.err 2>/dev/null | sed 's/^/# /'
	return 1
}

for part in "${parts[@]}"; do
	! boot "$part" || "check_$part"
done
tap_done
