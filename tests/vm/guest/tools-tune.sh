#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# tools-tune.sh - weir tune and revert in the system's own network namespace, with fq. In the guest.
set -euo pipefail
# shellcheck source=tests/vm/guest/tools-env.sh
. "$(dirname "$0")/tools-env.sh"

# device NAME QUEUES: up, with the kernel's own choice of qdisc.
device() {
	ip link add "$1" numtxqueues "$2" type ifb
	ip link set "$1" up
}
restored() { quietly "$weir" revert && same_as /tmp/before; }

device i0 1
device i1 4
default=$(get net.core.default_qdisc)
sed 's/^/# /' < <("$weir" tune server --rate 1gbit --rtt 40ms --dev i0 --dev i1)
snapshot >/tmp/before
for profile in wan lan satellite datacenter server; do
	ok "$profile applies, and every value is accepted" says '^Applied' "$weir" tune "$profile" --dev i0 --dev i1 --apply
done
ok 'one revert takes all five back: all is as it was' restored

quietly "$weir" tune server --dev i0 --dev i1 --apply
ok 'the same again changes nothing' says '^Nothing is left to change' "$weir" tune server --dev i0 --dev i1 --apply
ok 'a device with one queue has fq' says '^qdisc fq 7e12: root ' tc qdisc show dev i0
ok 'a device with several has fq on each' test "$(tc qdisc show dev i1 | grep -c '^qdisc fq .* parent 7e12:[1-4] ')" -eq 4
device i2 1
ok 'a device that comes up later has fq' says '^qdisc fq 0: root ' tc qdisc show dev i2
ip link del i2
ok 'the boot sets values' quietly sysctl -p /etc/sysctl.d/90-weir.conf
ok 'which are the same' "$weir" tune server --check
# As after a boot: what the kernel chose by itself, now that fq is the default.
tc qdisc del dev i0 root
tc qdisc del dev i1 root
ok 'what a boot makes of the devices is no change by somebody' restored
ok "and they have $default again" says "^qdisc $default 0: root" tc qdisc show dev i0

for step in 3 9 30; do
	status=0
	{ WEIR_FAULT=$step "$weir" tune server --dev i0 --dev i1 --apply >/dev/null 2>&1; } 2>/dev/null || status=$?
	ok "killed at step $step" test "$status" -eq 137
	ok 'revert restores everything' restored
done

ip netns add web
snapshot >/tmp/before
web() { { ip netns exec web grep -rs '' /proc/sys/net || true; } | sort; }
web >/tmp/web
ok 'in a network namespace it applies' says 'no file is written' ip netns exec web "$weir" tune server --apply
ok 'there' test "$(ip netns exec web cat /proc/sys/net/ipv4/tcp_notsent_lowat)" = 131072
ok 'and nowhere else' same_as /tmp/before
ok 'it reverts' quietly ip netns exec web "$weir" revert
web >/tmp/web-after
ok 'and all is as it was' diff /tmp/web /tmp/web-after

# The catalogue's defaults, against this kernel's. A range, and what depends on memory, is left out.
wrong='' compared=0
while read -r key said; do
	[[ "$said" =~ ^([0-9]+( [0-9]+)*) && "$key" != *mem ]] || continue
	compared=$((compared + 1))
	[ "$(get "$key")" = "${BASH_REMATCH[1]}" ] || wrong+=" $key"
done < <(awk '/^net/ { key = $1 } $1 == "default:" { $1 = key; print }' /job/scripts/tune/keys)
ok 'the catalogue names defaults' test "$compared" -gt 10
ok "the defaults that are named are this kernel's${wrong:+ (not:$wrong)}" test -z "$wrong"
tap_done
