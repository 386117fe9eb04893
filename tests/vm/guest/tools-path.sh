#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# tools-path.sh - a path of 20 Mbit/s and 200 ms between two namespaces. Buffers that are too small for it are
# found, and weir tune makes them large enough: the rate says so. In the guest.
set -euo pipefail
# shellcheck source=tests/vm/guest/tools-env.sh
. "$(dirname "$0")/tools-env.sh"
# shellcheck source=tests/vm/guest/namespaces.sh
. "$(dirname "$0")/namespaces.sh"

RATE_BPS=20000000
namespaces
# In the middle: the bottleneck on the way there, with a queue of 120 ms; the delay on the way back. So the round
# trip that buffers must be made for is 320 ms at most; with 400 ms neither buffer is what holds the rate.
ip netns exec mid tc qdisc replace dev mb root netem rate 20mbit limit 200
ip netns exec mid tc qdisc replace dev ma root netem delay 200ms limit 100000
set_buffer() { ip netns exec "$1" sh -c "echo 4096 16384 $3 >/proc/sys/net/ipv4/$2"; }

# flow: one connection for ten seconds; sets goodput [bit/s] over the last five, and asks the doctor of a.
flow() {
	local before after
	NS=b traffic sink 6001
	NS=a traffic sender 6001 10.0.2.1
	sleep 5
	before=$(acked)
	sleep 5
	after=$(acked)
	goodput=$(((after - before) * 8 / 5))
	ip netns exec a "$weir" doctor sockets --seconds 4 >/tmp/doctor
	window=$(ip netns exec a ss -tinHO dport = :6001 | sed -n 's/.* snd_wnd:\([0-9]*\).*/\1/p')
	printf '# %d.%02d Mbit/s, window %s\n' $((goodput / 1000000)) $((goodput % 1000000 / 10000)) "$window"
	ip netns exec a ss -tinmHO dport = :6001 | grep -oE 'skmem:[^ ]*|cwnd:[0-9]*|busy:[^ ]*|rwnd_limited:[^ ]*|sndbuf_limited:[^ ]*|unacked:[0-9]*' | paste -sd ' ' | sed 's/^/# /'
	sed -n 's/^warn/# &/p' /tmp/doctor
	calm
}
acked() { ip netns exec a ss -tinHO dport = :6001 | sed -n 's/.* bytes_acked:\([0-9]*\).*/\1/p'; }
level() { awk -v c="$1" '$2 == c { print $1 }' /tmp/doctor; }
# about VALUE PERCENT: whether the goodput is within PERCENT of VALUE.
about() { [ $((goodput * 100)) -ge $(($1 * (100 - $2))) ] && [ $((goodput * 100)) -le $(($1 * (100 + $2))) ]; }
# What fits the path when nothing but the path holds it back: data in packets of 1514 bytes.
FULL=$((RATE_BPS * 1448 / 1514))

set_buffer b tcp_rmem 262144
set_buffer a tcp_wmem 4194304
flow
ok 'a receive buffer that is too small holds the rate at a window each round trip' about $((window * 8 * 5)) 10
ok 'which is less than half of the path' test $((goodput * 2)) -lt "$FULL"
ok 'doctor finds it' test "$(level rwnd-limited)" = warn
ok 'and no fault with the send buffer' test "$(level sndbuf-limited)" = ok
ok 'weir tune for the path without its queue' quietly ip netns exec b "$weir" tune wan --rate 20mbit --rtt 200ms --apply
flow
ok 'makes the window the bandwidth-delay product: never less, hardly more' test "$window" -ge 500000
ok 'and the rate that of the path' about "$FULL" 8
ok 'weir tune for the path with its queue' quietly ip netns exec b "$weir" tune wan --rate 20mbit --rtt 400ms --apply
flow
ok 'the rate is that of the path' about "$FULL" 8
ok 'doctor finds nothing' test "$(level rwnd-limited)/$(level sndbuf-limited)" = ok/ok

set_buffer a tcp_wmem 131072
flow
ok 'a send buffer that is too small holds it well below that' test $((goodput * 10)) -lt $((FULL * 7))
ok 'doctor finds it' test "$(level sndbuf-limited)" = warn
ok 'and no fault with the receiver' test "$(level rwnd-limited)" = ok
ok 'weir tune for the path' quietly ip netns exec a "$weir" tune wan --rate 20mbit --rtt 400ms --apply
flow
ok 'the rate is that of the path' about "$FULL" 8
ok 'doctor finds nothing' test "$(level rwnd-limited)/$(level sndbuf-limited)" = ok/ok
tap_done
