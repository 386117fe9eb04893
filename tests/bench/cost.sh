#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# cost.sh - what bench/cost makes of counted cells, and which it refuses; prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh
# shellcheck source=bench/lib/cost.sh
. bench/lib/cost.sh

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

# cell SEED: a cell of an algorithm x with three callbacks, one ssthresh among them; 100 segments came in, none was lost.
cell() {
	printf "CC=x\nPOINT='loss=1%%'\nSEED=%s\nMARK_AT_US=0\n" "$1" >"$work/cell.conf"
	cat >"$work/symbols" <<-'SYMBOLS'
		00000000000000a0 t x_init	[tcp_x]
		00000000000000b0 t x_cong_control	[tcp_x]
		00000000000000c0 t x_ssthresh	[tcp_x]
		00000000000000d0 t x_helper	[tcp_x]
		00000000000000d4 t x_get_info	[tcp_x]
		00000000000000d8 d x_cong_avoid	[tcp_x]
		00000000000000e0 t y_cong_control	[tcp_x2]
	SYMBOLS
	printf '%s\n' '00000000000000a0 1 1 10 10' '00000000000000b0 100 100 5000 50' '00000000000000d4 3 3 99 33' \
		'00000000000000e0 7 7 70000 1000' >"$work/plugin.log"
	printf 'Tcp: OutSegs InSegs\nTcp: 7 100\n' >"$work/snmp"
	printf 'TcpExt: TCPSackRecovery TCPDeliveredCE\nTcpExt: 0 0\nIpExt: InCEPkts\nIpExt: 9\n' >"$work/netstat"
}

is() { jq -e "$1" >/dev/null <<<"$result"; }

cell 1
result=$(cost_of "$work")
ok 'the callbacks of the algorithm over the segments that came in' is '.per_ack == 50.1 and .acks == 100 and .instructions == 5010'
ok 'without get_info, and without what is not its own' is '[.callbacks[].name] == ["x_cong_control", "x_init"]'
ok 'ssthresh is not missed where no window was reduced' is '.seed == 1'

printf 'TcpExt: TCPSackRecovery TCPDeliveredCE\nTcpExt: 1 0\n' >"$work/netstat"
ok 'ssthresh must have been called after a loss' refuses '^x loss=1% seed 1: x_ssthresh was not called' cost_of "$work"
printf 'TcpExt: TCPSackRecovery TCPDeliveredCE\nTcpExt: 0 3\n' >"$work/netstat"
ok 'and after a mark' refuses 'x_ssthresh was not called' cost_of "$work"
cell 1
sed -i '/b0/d' "$work/plugin.log"
ok 'cong_control must have been called' refuses 'x_cong_control was not called, which no such flow can do without' cost_of "$work"
cell 1
sed -i 's/b0 100 100/b0 100 99/' "$work/plugin.log"
ok 'a call that began must have ended' refuses '100 calls of x_cong_control began, 99 ended' cost_of "$work"
cell 1
sed -i 's/CC=x/CC=z/' "$work/cell.conf"
ok 'an algorithm must be there' refuses 'nothing in /proc/kallsyms' cost_of "$work"
for kernels in tcp_westwood_ack bbr_main dctcp_update_alpha bictcp_acked; do
	cell 1
	sed -i "s/x_helper/$kernels/" "$work/symbols"
	ok "the kernel's $kernels is a callback" refuses "$kernels was not called" cost_of "$work"
done
cell 1
sed -i 's/CC=x/CC=dctcp/' "$work/cell.conf"
sed -i 's/tcp_x\]/tcp_dctcp]/; s/x_helper/dctcp_update_alpha/' "$work/symbols"
result=$(cost_of "$work")
ok 'DCTCP only begins where nothing marks' is '.cc == "dctcp"'
sed -i 's/MARK_AT_US=0/MARK_AT_US=2000/' "$work/cell.conf"
ok 'and must do more where something does' refuses 'dctcp_update_alpha was not called' cost_of "$work"

for seed in 1 2 3 4; do
	cell "$seed"
	sed -i "s/b0 100 100 5000/b0 100 100 ${seed}000/" "$work/plugin.log"
	cost_of "$work"
done >"$work/costs"
sed '1s/"cc":"x"/"cc":"w"/;1q' "$work/costs" >"$work/other"
result=$(cat "$work/costs" "$work/other" | cost_summary 6.1)
ok 'seeds: the median, smallest, largest, and how many' is '.costs[0].per_ack == {median: 25.1, min: 10.1, max: 40.1, n: 4}'
ok 'seeds: each is there' is '[.costs[0].seeds[] | .seed] == [1, 2, 3, 4] and .costs[0].seeds[2].per_ack == 30.1'
ok 'algorithms keep their order' is '[.costs[].cc] == ["x", "w"] and .schema == "weir-cost-2"'
ok 'the table has a line for each' test "$(cost_table '' <<<"$result" | grep -cE '^[xw] +loss=1% +(25.1 +10.1–40.1 +4|10.1 +10.1–10.1 +1) +100 +2$')" -eq 2
ok 'and on demand one for each callback' test "$(cost_table yes <<<"$result" | grep -c 'x_cong_control  *10  *median 50  *100')" -eq 2
tap_done
