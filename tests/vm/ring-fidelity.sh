#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# ring-fidelity.sh - weir_bbr3's ring of marks against the truth, packet by packet, in a guest. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

usage() {
	cat <<'USAGE'
usage: tests/vm/ring-fidelity.sh [--kernel 6.1|6.12] [--cpu N]

Sends for 10 s over 20 Mbit/s and 40 ms, without loss, with a buffer of 15 packets, and with 1% loss, and compares
what the ring says of each packet with what the kernel knew when it was sent (tests/vm/ring/ring_truth.c).
USAGE
}

kernel=6.1 cpu=''
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?} && shift 2 ;;
	--cpu) cpu=${2:?} && shift 2 ;;
	--help) usage && exit 0 ;;
	*) echo "ring-fidelity.sh: unknown option '$1' (see --help)" >&2 && exit 2 ;;
	esac
done

out=out/ring-fidelity/$kernel
work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

# truth_module: build ring_truth.ko against the sources of the modules, into the job.
truth_module() {
	local kdir

	kdir=$(scripts/lab/fetch --kernel "$kernel" --print kdir)
	cp -r modules "$work/build"
	cp tests/vm/ring/* "$work/build/"
	make -s -C "$kdir" M="$work/build" modules >"$work/build.log" 2>&1 ||
		{ tail -n 5 "$work/build.log" >&2; echo "ring-fidelity.sh: ring_truth.ko does not build for $kernel" >&2; exit 1; }
	mv "$work/build/ring_truth.ko" "$work/job/"
}

# share KIND COUNT: per cent of the packets of KIND in this take; nothing if there were none.
share() {
	awk -v kind="$1" -v want="$2" '$2 == kind {
		n["known"] = $6; n["asked"] = $4; n["exact"] = $9; n["near"] = $11; n["error"] = $13; n["total"] = $15; n["lost"] = $18
		base = want == "error" ? n["total"] : want == "known" ? n["asked"] : n["known"]
		if (base) printf "%.2f", 100 * n[want] / base }' "$work/lines"
}

# at_least A B, at_most A B: numbers with fractions
at_least() { awk "BEGIN { exit !($1 >= $2) }"; }
at_most() { awk "BEGIN { exit !($1 <= $2) }"; }

mkdir "$work/job"
truth_module
cp -r tests/conformance/guest/path.sh "$work/job/"
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/job/app" tests/conformance/app.c
cat >"$work/job/run" <<'RUN'
#!/usr/bin/env bash
set -euo pipefail
. ./path.sh
modprobe ifb numifbs=0
for module in tcp_weir_bbr3 sch_netem sch_fq sch_ingress; do modprobe "$module"; done
: >/run/marker
mkfifo /run/states
RATE=20mbit RTT=40ms
for take in clean shallow lossy; do
	BUFFER=1000
	[ "$take" != shallow ] || BUFFER=15
	path_up
	[ "$take" != lossy ] || tc -n mid qdisc change dev rcv root handle 1: netem limit 1000 rate 20mbit loss 1%
	in_ns rcv ./app sink "$PORT" >/run/sink &
	sink=$!
	until [ -s /run/sink ]; do sleep 0.01; done
	insmod ./ring_truth.ko
	printf 'bulk\nat 20000000\nend\n' | in_ns s ./app play "$RECEIVER" "$PORT" weir_bbr3 /run/states /run/marker
	dmesg -C
	rmmod ring_truth
	dmesg | sed -n 's/.*ring_truth: ring: /ring: /p' >"/out/$take"
	kill "$sink"
	path_down
	rm /run/sink
done
RUN
chmod +x "$work/job/run"

scripts/lab/run --quiet --kernel "$kernel" ${cpu:+--cpu "$cpu"} --timeout 600 --job "$work/job" --out "$out" ||
	tail -n 5 "$out/console.log" >&2
printf '# Linux %s, 20 Mbit/s, 40 ms, 20 s\n' "$(scripts/lab/fetch --kernel "$kernel" --print release)"
for take in clean shallow lossy; do
	cp "$out/$take" "$work/lines" 2>/dev/null || : >"$work/lines"
	sed "s/^/# $take: /" "$work/lines"
	exact=$(share acknowledged exact) error=$(share acknowledged error) lost=$(share acknowledged lost)
	case $take in
	clean) want=99.9 ;;
	*) want=90 ;;
	esac
	ok "$take: P.tx_in_flight of packets acknowledged is exact for $exact%, at least $want%" at_least "${exact:-0}" "$want"
	ok "$take: its mean error is $error%, at most 0.5%" at_most "${error:-100}" 0.5
	ok "$take: P.lost of them is exact for $lost%, at least 99.5%" at_least "${lost:-0}" 99.5
	[ "$take" != clean ] || continue
	# Some 180 packets: three in a hundred more or less are chance. 65 to 80% is what to expect.
	near=$(share acknowledged-again near) error=$(share lost error)
	ok "$take: P.tx_in_flight of retransmissions is within two packets for $near%, at least 65%" at_least "${near:-0}" 65
	ok "$take: P.tx_in_flight of packets lost has a mean error of $error%, at most 2%" at_most "${error:-100}" 2
done
tap_done
