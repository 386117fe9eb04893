#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# tools-use.sh - weir use, status, doctor and revert with weir's modules and live connections. In the guest.
set -euo pipefail
# shellcheck source=tests/vm/guest/tools-env.sh
. "$(dirname "$0")/tools-env.sh"

# in_use NAME: connections that use the algorithm, says weir status.
in_use() { "$weir" status | awk -v n="$1" '{ sub(/^\*/, " ") } $1 == n { print $2 }'; }
unloaded() { ! grep -q "^tcp_$1 " /proc/modules; }

found=$(get net.ipv4.tcp_congestion_control)
"$weir" doctor >/tmp/doctor || true
sed 's/^/# /' /tmp/doctor
ok 'doctor finds the modules' grep -qE '^ok +modules +[0-9]+ algorithms of weir' /tmp/doctor
ok 'and that they are not loaded' grep -qE '^note +algorithms +not loaded: .*weir_cubic' /tmp/doctor
ok 'and that there are no headers here' grep -qE '^note +headers +none for' /tmp/doctor

snapshot >/tmp/before
traffic sink 6001
traffic caller 6001 127.0.0.1
ok 'use loads the module and makes it the default' says '^weir_reno is the default' "$weir" use weir_reno
ok 'the kernel says so too' is net.ipv4.tcp_congestion_control weir_reno
traffic caller 6001 127.0.0.1
sleep 1
ok 'a connection that was open keeps its algorithm, at both ends' test "$(in_use "$found")" -eq 2
ok 'a new one has the new one, at both ends: the old listener too' test "$(in_use weir_reno)" -eq 2
ok 'status names the version of the module' says "weir_reno .* module $(sed -n 's/^.define WEIR_VERSION "\(.*\)"/\1/p' /job/modules/weir.h)" "$weir" status
sed 's/^/# /' < <("$weir" status)
ok 'use says who keeps the old one' says "connections that are open keep theirs: .*2 $found" "$weir" use weir_cubic
ok 'a default takes the place of another' is net.ipv4.tcp_congestion_control weir_cubic
ok 'revert puts the first one back' says '^Reverted' "$weir" revert use
ok 'the default is what it was' is net.ipv4.tcp_congestion_control "$found"
ok 'the module in use stays, and works' test "$(in_use weir_reno)" -eq 2
ok 'the one that nobody uses is gone' unloaded weir_cubic
calm
for _ in $(seq 50); do quietly modprobe -r tcp_weir_reno weir && break; sleep 0.2; done
ok 'nothing is left' same_as /tmp/before

ok 'with --persist' says 'also at boot' "$weir" use weir_cubic --persist
ok 'a file sets it at boot' grep -qx 'net.ipv4.tcp_congestion_control = weir_cubic' /etc/sysctl.d/90-weir-use.conf
ok 'a file loads it at boot' grep -qx tcp_weir_cubic /etc/modules-load.d/weir-use.conf
echo "$found" >/proc/sys/net/ipv4/tcp_congestion_control
ok 'what the boot would do works' quietly sysctl -p /etc/sysctl.d/90-weir-use.conf
ok 'revert removes both' quietly "$weir" revert
ok 'nothing is left' same_as /tmp/before

ok 'one that is not for everybody' says 'is not safe on a path shared' "$weir" use weir_dctcp
ok 'the kernel now lets everybody use it' says weir_dctcp get net.ipv4.tcp_allowed_congestion_control
ok 'revert takes that back too' quietly "$weir" revert
ok 'nothing is left' same_as /tmp/before
modprobe tcp_weir_dctcp
quietly "$weir" use weir_dctcp
ok 'loaded before' says weir_dctcp get net.ipv4.tcp_allowed_congestion_control
quietly "$weir" revert
ok 'it stays loaded, and is for the privileged again' test "$(get net.ipv4.tcp_allowed_congestion_control)" = 'reno cubic'
rmmod tcp_weir_dctcp weir
ok 'nothing is left' same_as /tmp/before

ip link add d0 type dummy
ip link set d0 up
ip addr add 192.0.2.1/24 dev d0
ip route add 198.51.100.0/24 via 192.0.2.9
snapshot >/tmp/before-route
ok 'a route gets one' says 'congctl weir_reno' "$weir" use weir_reno --route 198.51.100.0/24
ok 'and the default stays' is net.ipv4.tcp_congestion_control "$found"
ok 'revert' quietly "$weir" revert
ok 'nothing is left' same_as /tmp/before-route

modprobe tcp_bbr
ok "the kernel's own bbr is told to be BBRv1" says '  bbr .*BBRv1' "$weir" status
rmmod tcp_bbr
ip netns add web
ip netns exec web sh -c 'echo reno >/proc/sys/net/ipv4/tcp_congestion_control'
ok 'doctor names the default of other namespaces' says "default +$found; netns web: reno" "$weir" doctor default
ok 'a namespace may not load a module' refuses 'run modprobe tcp_weir_dctcp, then this again' ip netns exec web "$weir" use weir_dctcp
modprobe -a tcp_weir_dctcp tcp_weir_cubic
ok 'nor choose one that is not for everybody' refuses 'only the system.s first network namespace' ip netns exec web "$weir" use weir_dctcp
ok 'but one that is' says '^weir_cubic is the default' ip netns exec web "$weir" use weir_cubic
ok 'which leaves the system alone' is net.ipv4.tcp_congestion_control "$found"
ok 'and reverts' quietly ip netns exec web "$weir" revert
ok 'to what it was' test "$(ip netns exec web cat /proc/sys/net/ipv4/tcp_congestion_control)" = reno
# The parts that follow find the system as this one did.
ip netns del web
ip link del d0
rmmod tcp_weir_dctcp tcp_weir_cubic weir
ok 'nothing is left' same_as /tmp/before
tap_done
