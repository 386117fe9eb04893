#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# trace-ends.sh - however a trace ends, its sums are there; what cannot work is refused. In the guest.
set -uo pipefail
# shellcheck source=tests/vm/guest/trace-env.sh
. "$(dirname "$0")/trace-env.sh"
# shellcheck source=tests/vm/guest/tap.sh
. "$(dirname "$0")/tap.sh"

quietly() { "$@" >/dev/null 2>&1; }
# no_bpftrace: whether none is left.
no_bpftrace() { ! pgrep -x bpftrace >/dev/null; }
# has FILE PATTERN
has() { grep -qE -- "$2" "$1" || { sed 's/^/# /' "$1" | head -n 20 && false; }; }
samples() { sed -nE 's/^@samples\[.*count ([0-9]+),.*/\1/p' "$1"; }

exec >/out/ends.tap 2>/out/ends.err
ok 'not root' refuses 'not root: .*sudo weir trace rtt' setpriv --reuid=65534 --clear-groups "$weir" trace rtt
ok 'without weir.ko' refuses 'weir.ko is not loaded: modprobe tcp_weir_bbr3' "$weir" trace bbr3
ok "without the kernel's BBR" refuses 'BBR is not loaded: modprobe tcp_bbr' "$weir" trace bbr-kernel
umount /sys/kernel/tracing
ok 'without tracefs' refuses 'mount -t tracefs tracefs /sys/kernel/tracing' "$weir" trace rtt
mount -t tracefs tracefs /sys/kernel/tracing

path
functions
for ns in a mid; do
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
done
ip -n a addr add fd00:1::1/64 dev va nodad
ip -n mid addr add fd00:1::2/64 dev ma nodad
ip netns exec mid /job/trace-flow sink port=6001 >/dev/null &
sinks+=($!)
ip netns exec mid tc qdisc del dev ma root

# By itself, and only one of two connections, the IPv6 one.
begin=${EPOCHREALTIME/./}
"$weir" trace rtt --for 4s --flow '[fd00:1::2]:6001' >/out/for.txt 2>/out/for.err &
tracer=$!
# It is looked at once a second.
attached for || cat /out/for.err
attach=${EPOCHREALTIME/./}
ip netns exec a /job/trace-flow send addr=fd00:1::2 port=6001 bytes=200000 >/out/six.info
ip netns exec a /job/trace-flow send addr=10.0.1.254 port=6001 bytes=200000 >/out/four.info
wait "$tracer"
ok '--for: ends well' test $? -eq 0
end=${EPOCHREALTIME/./}
printf '# attached after %d ms, ended %d ms later\n' $(((attach - begin) / 1000)) $(((end - attach) / 1000))
ok '--for: after that time' test $((end - attach)) -gt 2700000 -a $((end - attach)) -lt 6000000
ok '--for: the sums are printed' test "$(samples /out/for.txt)" -gt 5
ok '--flow with an IPv6 address: that connection' has /out/for.txt '^@rtt_us\[fd00:1::1, fd00:1::2\]'
ok '--flow: and no other' test "$(grep -c '^@rtt_us' /out/for.txt)" -eq 1
ok 'no bpftrace is left' no_bpftrace

# Ctrl-C reaches all of a terminal's processes; an impatient hand presses it twice.
setsid env --default-signal=INT "$weir" trace rtt --events >/out/ctrl-c.txt 2>/out/ctrl-c.err &
tracer=$!
attached ctrl-c
ip netns exec a /job/trace-flow send addr=10.0.1.254 port=6001 bytes=200000 >/out/four.info
sleep 0.2
kill -INT -- "-$tracer"
sleep 0.1
kill -INT -- "-$tracer" 2>/dev/null
wait "$tracer"
ok 'Ctrl-C twice: ends well' test $? -eq 0
ok 'Ctrl-C twice: the sums are printed' has /out/ctrl-c.txt '^@samples\[10.0.1.1, 10.0.1.254\]: count [0-9]+'
ok '--events: as many lines as samples to that address' test "$(grep -c '>10.0.1.254:6001 rtt ' /out/ctrl-c.txt)" -eq \
	"$(sed -nE 's/^@samples\[10.0.1.1, 10.0.1.254\]: count ([0-9]+),.*/\1/p' /out/ctrl-c.txt)"

# Before anything is attached.
"$weir" trace timeline >/out/early.txt 2>/out/early.err &
tracer=$!
# bpftrace takes seconds from its start to being attached.
until pgrep -f 'bpftrace -q' >/dev/null; do
	sleep 0.02
done
ok 'it has not begun by then' test -z "$(grep ': tracing' /out/early.err)"
kill -TERM "$tracer"
wait "$tracer"
ok 'SIGTERM before it has begun: ends' test $? -lt 128
ok 'and leaves no bpftrace' no_bpftrace
for pid in "${sinks[@]}"; do
	kill "$pid"
done
tap_done
exit 0
