#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# use.sh - choosing an algorithm: what is loaded, set and written, what is refused and why, and the way
# back. Routes and namespaces are real; the system with modules to load is made up.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

# --- a system with modules on disk, and a modprobe that registers them as the kernel would
system_with_modules() {
	fake_system
	touch "$WEIR_MODULES/$(<"$WEIR_PROC/sys/kernel/osrelease")/kernel/net/ipv4/tcp_"{weir_cubic,weir_bbr3,htcp,diag}.ko
	export FAULT='' SIGNER=''
}
# shellcheck disable=SC2016
fake_command modprobe <<'BODY'
ipv4=$WEIR_PROC/sys/net/ipv4
if [ "$1" = -r ]; then
	sed -i "/^$2 /d" "$WEIR_PROC/modules"
	sed -i "s/ ${2#tcp_}//" "$ipv4/tcp_available_congestion_control"
	exit
fi
[ -z "$FAULT" ] || { echo "modprobe: ERROR: could not insert '$1': $FAULT" >&2; exit 1; }
echo "$1 16384 0 - Live 0x0" >>"$WEIR_PROC/modules"
sed -i "s/\$/ ${1#tcp_}/" "$ipv4/tcp_available_congestion_control"
BODY
fake_command modinfo <<'BODY'
[ "$2" != signer ] || echo "$SIGNER"
BODY
setting() { cat "$WEIR_PROC/sys/net/ipv4/tcp_$1"; }
made_up() { { (cd "$T/sys" && find . -type f -exec sha256sum {} + | sort); (cd "$T/etc" && find . -type f -exec sha256sum {} +); } }
as_before() { made_up | diff "$T/before" - >"$T/difference" || { sed 's/^/# /' "$T/difference"; false; }; }

system_with_modules
made_up >"$T/before"
ok 'use loads, sets and reads back' says '^weir_bbr3 is the default\.$' "$WEIR" use weir_bbr3
ok 'the module is loaded' grep -q '^tcp_weir_bbr3 ' "$WEIR_PROC/modules"
ok 'it is the default' test "$(setting congestion_control)" = weir_bbr3
ok 'it says what stays' says 'next boot starts as before: --persist' "$WEIR" use weir_bbr3
ok 'and no file was written' test -z "$(find "$T/etc" -type f)"
ok 'another one takes its place' says '^weir_cubic is the default' "$WEIR" use weir_cubic
ok 'revert goes back to the first of all' quietly "$WEIR" revert use
ok 'and unloads what was loaded' as_before

ok 'with --persist' says '^weir_bbr3 is the default, also at boot' "$WEIR" use weir_bbr3 --persist
ok 'the default is set at boot' grep -qx 'net.ipv4.tcp_congestion_control = weir_bbr3' "$T/etc/sysctl.d/90-weir-use.conf"
ok 'the module is loaded at boot' grep -qx tcp_weir_bbr3 "$T/etc/modules-load.d/weir-use.conf"
ok 'tune has its own file' quietly "$WEIR" tune wan --apply
ok 'and leaves the default alone' test "$(setting congestion_control)" = weir_bbr3
ok 'reverting use leaves tune' quietly "$WEIR" revert use
ok 'and its file' test "$(find "$T/etc" -type f)" = "$T/etc/sysctl.d/90-weir.conf"
ok 'reverting the rest' quietly "$WEIR" revert
ok 'everything is as it was' as_before
ok 'a built-in needs no module' says '^reno is the default, also at boot' "$WEIR" use reno --persist
ok 'so none is listed for the boot' test ! -e "$T/etc/modules-load.d/weir-use.conf"
quietly "$WEIR" revert
mkdir -p "$T/etc/sysctl.d" && echo '# mine' >"$T/etc/sysctl.d/90-weir-use.conf"
ok 'a file that is not from weir is left alone' one_line 1 'not as weir writes it' "$WEIR" use reno --persist
rm -r "$T/etc/sysctl.d"
ok 'and nothing was changed' as_before

# --- killed half way
bad='' step=0
while :; do
	step=$((step + 1)) status=0
	{ WEIR_FAULT=$step "$WEIR" use weir_bbr3 --persist >/dev/null; } 2>/dev/null || status=$?
	quietly "$WEIR" revert && as_before || bad+=" $step"
	[ "$status" -eq 137 ] || break
done
ok "killed at each of $((step - 1)) steps, revert restores everything${bad:+ (but not:$bad)}" test -z "$bad"
ok 'there were steps to be killed at' test "$step" -gt 10

# --- refusals
ok 'an algorithm that nobody has' one_line 1 "no algorithm 'vegan': registered: reno cubic; can be loaded: htcp weir_bbr3 weir_cubic" "$WEIR" use vegan
ok 'one of weir that is not installed' one_line 1 'weir_copa is not installed for Linux 6.1.0-99-test: .*make dkms-install' "$WEIR" use weir_copa
printf 'container=lxc\0' >"$WEIR_PROC/1/environ"
ok 'in a container, the command for the host' one_line 1 'container \(lxc\) cannot load modules: on the host run: modprobe tcp_weir_bbr3' "$WEIR" use weir_bbr3
: >"$WEIR_PROC/1/environ"
mkdir -p "$WEIR_SYS/kernel/security"
echo 'none [integrity] confidentiality' >"$WEIR_SYS/kernel/security/lockdown"
ok 'Secure Boot, and a module without signature' one_line 1 'not signed .*Secure Boot.*: install with DKMS' "$WEIR" use weir_bbr3
export SIGNER='DKMS module signing key' FAULT='Key was rejected by service'
mkdir -p "$WEIR_VARLIB/dkms" && touch "$WEIR_VARLIB/dkms/mok.pub"
ok 'Secure Boot, and a key that is not enrolled' one_line 1 'does not trust the signature .*mokutil --import .*/dkms/mok.pub.*reboot' "$WEIR" use weir_bbr3
FAULT='Invalid module format'
ok 'a module of another kernel' one_line 1 'built for another kernel than 6.1.0-99-test: rebuild' "$WEIR" use weir_bbr3
rm -r "$WEIR_SYS/kernel"
ok 'nothing of all that changed anything' as_before


# --- where nothing may be written
mount --bind "$WEIR_PROC/sys" "$WEIR_PROC/sys"
mount -o remount,ro,bind "$WEIR_PROC/sys"
ok 'tune: a /proc/sys that is read-only' refuses 'tune: net.core.default_qdisc is read-only here: mount .* outside' "$WEIR" tune wan --apply
printf 'container=docker\0' >"$WEIR_PROC/1/environ"
ok 'tune: a container whose settings are read-only' refuses 'read-only here \(a container: docker\): set it from outside, as with docker run --sysctl' "$WEIR" tune wan --apply
ok 'use: a container whose settings are read-only' refuses 'Read-only file system; nothing was changed' "$WEIR" use reno
: >"$WEIR_PROC/1/environ"
umount "$WEIR_PROC/sys"
ok 'nothing of that changed anything' as_before

# --- real routes and a real namespace
unset WEIR_PROC WEIR_SYS WEIR_MODULES
ip link set lo up
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 198.51.100.1/24 dev v0
ip -6 addr add 2001:db8:1::1/64 dev v0 nodad
ip route add default via 198.51.100.9 metric 77
ip route add 203.0.113.0/24 via 198.51.100.2 mtu 1400 advmss 1300
ip -6 route add 2001:db8:2::/48 via 2001:db8:1::2 metric 5
snapshot >"$T/before" && ip -6 route show >>"$T/before"
again() { { snapshot && ip -6 route show; } | diff "$T/before" - >"$T/difference" || { sed 's/^/# /' "$T/difference"; false; }; }
now=$(cat /proc/sys/net/ipv4/tcp_congestion_control)
ok 'a route gets an algorithm' says '203.0.113.0/24 .*congctl reno' "$WEIR" use reno --route 203.0.113.0/24
ok 'and keeps what else it had' says 'mtu 1400 advmss 1300' ip route show 203.0.113.0/24
ok 'the default stays' test "$(cat /proc/sys/net/ipv4/tcp_congestion_control)" = "$now"
ok 'so does the default route' says 'congctl reno' "$WEIR" use reno --route default
ok 'and one of IPv6' says '2001:db8:2::/48 .*congctl reno' "$WEIR" use reno --route 2001:db8:2::/48
ok 'status names the three' test "$("$WEIR" status --json | jq '.routes | length')" -eq 3
ok 'they revert together' quietly "$WEIR" revert use
ok 'to what they were' again
tap_done
