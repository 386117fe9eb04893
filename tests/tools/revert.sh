#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# revert.sh - tune, apply, revert: everything is as it was, whatever happened in between. In a network
# namespace of its own, with that namespace's real sysctls and devices.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

get() { tr -s '\t' ' ' <"/proc/sys/${1//.//}"; }
is() { [ "$(get "$1")" = "$2" ] || { printf '# %s is %s, not %s\n' "$1" "$(get "$1")" "$2" && false; }; }
tune() { "$WEIR" tune "$T/small.profile" --dev t0 "$@"; }
plan_is_json() { tune --json | jq -e '[.keys[] | select(.action == "set")] | length == 4' >/dev/null; }
# values_in_file: whether each line of the drop-in says what is in force.
values_in_file() {
	local key value count=0
	while IFS=' = ' read -r key value; do
		is "$key" "$value" || return
		count=$((count + 1))
	done < <(grep -v '^#' "$dropin" | grep .)
	[ "$count" -eq 4 ]
}
dropin=$WEIR_SYSCONFDIR/sysctl.d/90-weir.conf

ip link set lo up
device t0
snapshot >"$T/before"

# --- a plan changes nothing
ok 'a plan says what it would do' says '^set +net.core.somaxconn +4096 +8192$' tune
ok 'a plan changes nothing' same_as "$T/before"
ok '--check says that something is to do' refuses '^$' tune --check
ok 'a plan as JSON is JSON' plan_is_json

# --- apply, revert
ok 'it applies' says '^Applied' tune --apply
snapshot >"$T/applied"
ok 'somaxconn is set' is net.core.somaxconn 8192
ok 'the send buffer is twice 1 Gbit/s x 200 ms, in whole pages' is net.ipv4.tcp_wmem '4096 16384 50003968'
ok 'the device has the queues' says '^qdisc pfifo .* parent 7e12:1 ' tc qdisc show dev t0
ok '--check says that nothing is left' tune --check
ok 'there is one file, and it sets what was set' test "$(find "$WEIR_SYSCONFDIR" -type f)" = "$dropin"
ok 'the file gives back the same values' values_in_file
ok 'each value in the file has its reason above it' test "$(grep -c '^# Reason' "$dropin")" -eq 4
ok 'applied twice says that nothing is left' says 'Nothing is left' tune --apply
ok 'applied twice is as applied once' same_as "$T/applied"
ok 'a dry run of revert names what goes back' says 'somaxconn +8192, back to 4096' "$WEIR" revert --dry-run
ok 'a dry run of revert changes nothing' same_as "$T/applied"
ok 'it reverts' says '^Reverted' "$WEIR" revert
ok 'everything is as it was' same_as "$T/before"
ok 'reverted twice says that there is nothing' says '^nothing to revert' "$WEIR" revert
ok 'and changes nothing' same_as "$T/before"

# --- another profile on top
sed '/somaxconn/,+1d; s/notsent_lowat = 131072/slow_start_after_idle = 0/' "$T/small.profile" >"$T/other.profile"
quietly tune --apply
ok 'another profile applies on top' says '^Applied' "$WEIR" tune "$T/other.profile" --dev t0 --apply
ok 'what only the first one set is as found' is net.core.somaxconn 4096
ok 'the second one is in force' is net.ipv4.tcp_slow_start_after_idle 0
ok 'it reverts in one step' quietly "$WEIR" revert
ok 'to what was before the first' same_as "$T/before"

# --- somebody else changes a value since
quietly tune --apply
echo 1234 >/proc/sys/net/core/somaxconn
snapshot >"$T/foreign"
ok 'revert refuses to trample a later change' refuses 'somaxconn is now 1234; weir had set 8192' "$WEIR" revert
ok 'and names the ways out' refuses '--keep .*--force' "$WEIR" revert
ok 'and did nothing' same_as "$T/foreign"
ok '--keep reverts the rest' says '^Reverted' "$WEIR" revert --keep
ok 'and leaves the later change' is net.core.somaxconn 1234
echo 4096 >/proc/sys/net/core/somaxconn
ok 'all else is as it was' same_as "$T/before"
quietly tune --apply
echo 1234 >/proc/sys/net/core/somaxconn
ok 'applied again, a later change is what revert goes back to' quietly tune --apply
ok 'after it was set again' is net.core.somaxconn 8192
quietly "$WEIR" revert
ok 'it is back' is net.core.somaxconn 1234
echo 4096 >/proc/sys/net/core/somaxconn
quietly tune --apply
echo 1234 >/proc/sys/net/core/somaxconn
ok '--force puts a later change back too' says '^Reverted' "$WEIR" revert --force
ok 'and everything is as it was' same_as "$T/before"

# --- somebody edits the file, or the device
quietly tune --apply
echo 'net.ipv4.tcp_ecn = 1' >>"$dropin"
ok 'revert does not remove a file that was edited' refuses 'changed by somebody else' "$WEIR" revert
ok 'apply does not overwrite it' refuses 'was changed since' "$WEIR" tune lan --apply
quietly "$WEIR" revert --force
ok '--force does, and everything is as it was' same_as "$T/before"
mkdir -p "${dropin%/*}"
echo 'net.ipv4.tcp_ecn = 1' >"$dropin"
ok 'a file that is not from weir is not overwritten' refuses 'not from this installation' tune --apply
rm -r "${dropin%/*}"
ok 'and nothing was applied' same_as "$T/before"
quietly tune --apply
tc qdisc replace dev t0 root handle 9: pfifo limit 77
ok 'revert does not replace a qdisc that somebody configured' refuses 't0 is now' "$WEIR" revert
quietly "$WEIR" revert --force
ok '--force does, and everything is as it was' same_as "$T/before"
tc qdisc replace dev t0 root handle 9: bfifo limit 7777
ok 'apply leaves a qdisc that somebody configured' says '^leave +queues of t0' tune --apply
ok 'as it is' says '^qdisc bfifo 9: root .* limit 7777b' tc qdisc show dev t0
quietly "$WEIR" revert
tc qdisc del dev t0 root
ok 'and everything is as it was' same_as "$T/before"
quietly tune --apply
tc qdisc replace dev t0 root handle 9: bfifo limit 7777
quietly tune --apply
ok 'nor one that was configured since, when applied again' says '^qdisc bfifo 9: root .* limit 7777b' tc qdisc show dev t0
ok 'nor does revert replace that' refuses 't0 is now' "$WEIR" revert
quietly "$WEIR" revert --force
ok 'and everything is as it was' same_as "$T/before"
device t1
quietly "$WEIR" tune "$T/small.profile" --dev t1 --apply
ip link del t1
ok 'a device that is gone does not stop revert' says '^Reverted' "$WEIR" revert
ok 'and everything else is as it was' same_as "$T/before"

# --- a value that the kernel refuses: nothing half-applied
sed 's/^net.ipv4.tcp_notsent_lowat = 131072/net.ipv4.tcp_tw_reuse = 9/' "$T/small.profile" >"$T/bad.profile"
ok 'a value that the kernel refuses fails, and says which' \
	refuses 'tcp_tw_reuse = 9: Invalid argument; nothing was changed' "$WEIR" tune "$T/bad.profile" --dev t0 --apply
ok 'nothing is half-applied' same_as "$T/before"
tap_done
