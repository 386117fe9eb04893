#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# native.sh - the bench's native mode leaves a machine as it found it, also when it is interrupted; the machine is a
# guest. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."

kernel=6.1
case ${1:-} in
--kernel) kernel=${2:?} ;;
--help) echo 'usage: tests/vm/native.sh [--kernel 6.1|6.12]' && exit 0 ;;
?*) echo "native.sh: unknown option '$1' (see --help)" >&2 && exit 2 ;;
esac

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

make --no-print-directory tools >&2
make --no-print-directory modules KDIR="$(scripts/lab/fetch --kernel "$kernel" --print kdir)" >&2
cat >"$work/native.conf" <<'CONF'
title = Two flows in native mode
rate = 10mbit
rtt = 20ms
buffer = 1bdp
drop-every = 500
duration = 2s
cc = weir_fixed
flow = cc=@
flow = cc=vegas bytes=100kB
param = weir_fixed.cwnd = 12
at = 1s rate=5mbit
CONF
out/bin/weir-plan "$work/native.conf" "$work/plan" >/dev/null
cp -r tests/vm/guest "$work/job"
cp -r bench/guest "$work/job/bench"
cp "$work"/plan/*/cell.conf "$work/job/bench/"
cat >"$work/job/run" <<'RUN'
#!/usr/bin/env bash
set -uo pipefail
cd /job
. ./tap.sh
exec >/out/native.tap 2>&1

# state: what a run must leave as it was.
state() {
	ip netns list
	ip -br link
	lsmod | awk '{ print $1 }' | sort
	cat /sys/module/tcp_weir_fixed/parameters/cwnd /proc/sys/net/ipv4/tcp_mem /proc/sys/net/core/netdev_max_backlog
	find /run -maxdepth 1 -name 'weir*'
	grep -lE '^(iperf3|weir-.*|tc)$' /proc/[0-9]*/comm
}

# same NAME: nothing has changed since state was noted.
same() {
	state >/tmp/after
	diff /tmp/before /tmp/after | sed 's/^/# /'
	cmp -s /tmp/before /tmp/after
}

modprobe tcp_weir_fixed
echo 77 >/sys/module/tcp_weir_fixed/parameters/cwnd
state >/tmp/before
export WEIR_NATIVE=1 WEIR_PREFIX=w7-

mkdir /tmp/whole /tmp/cut
WEIR_OUT=/tmp/whole bench/run >/tmp/whole.log 2>&1
ok 'a native run succeeds' [ $? -eq 0 ]
sed 's/^/# /' /tmp/whole.log
ok 'it leaves samples of both flows and the link' [ "$(wc -l </tmp/whole/flow-1.csv)" -gt 150 -a -s /tmp/whole/flow-2.csv -a "$(wc -l </tmp/whole/link.csv)" -eq 202 ]
ok 'the parameter was set during the run' grep -q ',1,[0-4],12,' /tmp/whole/flow-1.csv
ok 'the flow of a set size arrived whole' [ "$(tail -n 1 /tmp/whole/recv-2.csv | cut -d, -f2)" -eq 100037 ]
ok 'meta.json says that it was native' grep -q '"native": true' /tmp/whole/meta.json
ok 'the machine is as it was before' same

WEIR_OUT=/tmp/cut bench/run >/tmp/cut.log 2>&1 &
sleep 1.5
ok 'a run that is interrupted was under way' [ "$(ip netns list | grep -c '^w7-')" -eq 4 ]
kill -TERM $!
sleep 0.05
kill -TERM $!
wait $!
ok 'two signals: it says so by its status' [ $? -eq 143 ]
sed 's/^/# /' /tmp/cut.log
ok 'the machine is as it was before' same

sed -i 's/^PARAM1=.*/PARAM1=tcp_weir_fixed\/cwnd=0/' bench/cell.conf
WEIR_OUT=/tmp/cut bench/run >/tmp/cut.log 2>&1
ok 'a parameter that the module refuses fails the run' [ $? -eq 1 ]
ok 'in one line' [ "$(grep -c 'refuses 0' /tmp/cut.log)" -eq 1 ]
ok 'the machine is as it was before' same
tap_done
RUN
chmod +x "$work/job/run"

status=0
scripts/lab/run --quiet --kernel "$kernel" --timeout 3000 --job "$work/job" --out "$work/out" || status=$?
printf '# native mode on Linux %s\n' "$kernel"
cat "$work/out/native.tap" || { echo 'not ok 1 - the guest ran to its end'; exit 1; }
exit "$status"
