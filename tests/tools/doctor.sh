#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# doctor.sh - weir doctor finds what is wrong with a system, says how to mend it, and says nothing else.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

doctor() { "$WEIR" doctor "$@" --json >"$T/doctor.json" && status=0 || status=$?; }
# finds CHECK LEVEL PATTERN [MEND]: whether the last run has that finding.
finds() {
	if jq -r --arg c "$1" --arg l "$2" '.findings[] | select(.check == $c and (.level | test("^(" + $l + ")$"))) | .text' "$T/doctor.json" | grep -qE -- "$3" &&
		jq -r --arg c "$1" --arg l "$2" '.findings[] | select(.check == $c and (.level | test("^(" + $l + ")$"))) | .mend' "$T/doctor.json" | grep -qE -- "${4:-.*}"; then
		return 0
	fi
	jq -r '.findings[] | "# \(.level) \(.check): \(.text) -> \(.mend)"' "$T/doctor.json"
	return 1
}

# healthy: a system with nothing wrong.
healthy() {
	fake_system
	headers=$WEIR_MODULES/6.1.0-99-test/build
	mkdir -p "$headers/include/generated" "$headers/include/config" "$headers/scripts/basic" "$WEIR_MODULES/6.1.0-99-test/updates/dkms"
	touch "$headers/include/generated/utsrelease.h" "$WEIR_MODULES/6.1.0-99-test/updates/dkms/tcp_weir_cubic.ko"
	echo 'CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14) 12.2.0"' >"$headers/include/config/auto.conf"
	printf '#!/bin/sh\necho "Usage: fixdep" >&2\nexit 1\n' >"$headers/scripts/basic/fixdep"
	chmod +x "$headers/scripts/basic/fixdep"
	echo 'weir/0.1.0, 6.1.0-99-test, x86_64: installed' >"$T/dkms"
	echo 'is not enrolled' >"$T/enrolled"
	echo 0.1.0 >"$T/version"
	export T
}
# shellcheck disable=SC2016
fake_command gcc-12 <<<'echo 12'
# shellcheck disable=SC2016
fake_command dkms <<<'cat "$T/dkms"'
# shellcheck disable=SC2016
fake_command mokutil <<<'cat "$T/enrolled"'
# shellcheck disable=SC2016
fake_command modinfo <<<'[ "$2" != version ] || cat "$T/version"'

healthy
doctor
ok 'nothing fails on a healthy system' test "$status" -eq 0
ok 'nothing is warned of' test "$(jq '[.findings[] | select(.level == "warn" or .level == "fail")] | length' "$T/doctor.json")" -eq 0
ok 'each check has a line' test "$(jq '[.findings[].check] | unique | length' "$T/doctor.json")" -ge 13
ok 'it fits on a screen' test "$("$WEIR" doctor | wc -l)" -le 25
ok 'a check can be asked for by name' test "$("$WEIR" doctor kernel --json | jq '.findings | length')" -eq 1

rm "$headers/include/generated/utsrelease.h"
doctor headers
ok 'no headers: worth a note while modules are there' finds headers note 'none for Linux 6.1.0-99-test' 'apt-get install linux-headers-6.1.0-99-test.*no longer on offer.*reboot'
rm "$WEIR_MODULES/6.1.0-99-test/updates/dkms/tcp_weir_cubic.ko"
doctor
ok 'no headers and no modules: a failure' finds headers fail 'none for'
ok 'and the modules are missed' finds modules fail 'no module of weir is installed' 'make dkms-install'
ok 'a failure is the exit status' test "$status" -eq 1

healthy
fake_system 5.10.0-30-test
doctor kernel
ok 'a kernel that is too old' finds kernel fail '5.10.0-30-test is older than 6.1' 'upgrade'
healthy
echo 6.1.0-100-test >"$WEIR_PROC/sys/kernel/osrelease"
doctor kernel
ok 'a kernel that was upgraded away' finds kernel fail 'its modules are gone' 'reboot'
healthy
rm "$WEIR_PROC/modules"
doctor kernel
ok 'a kernel without modules' finds kernel fail 'cannot load modules'

healthy
sed -i 's/gcc-12 (Debian 12.2.0-14) 12.2.0/x86_64-linux-gnu-gcc-77 (Debian 77.1.0) 77.1.0/' "$headers/include/config/auto.conf"
doctor compiler
ok 'a gcc that is not here' finds compiler warn 'built by gcc 77' 'apt-get install gcc-77'
sed -i 's/".*"/"Debian clang version 99.0.6"/' "$headers/include/config/auto.conf"
doctor compiler
ok 'a clang that is not here, or not that one' finds compiler 'warn|fail' 'built by clang 99' 'apt-get install clang-99'
healthy
printf '#!/bin/sh\necho "fixdep: /lib/libc.so.6: version GLIBC_2.38 not found" >&2\nexit 1\n' >"$headers/scripts/basic/fixdep"
doctor compiler
ok 'headers of a newer distribution' finds compiler fail 'do not run here: .*GLIBC_2.38' 'headers of this distribution'

healthy
echo 'weir/0.1.0, 6.1.0-98-test, x86_64: installed' >"$T/dkms"
doctor dkms
ok 'DKMS built for another kernel only' finds dkms fail 'not for Linux 6.1.0-99-test' 'dkms install weir/0.1.0 -k 6.1.0-99-test'
: >"$T/dkms"
doctor dkms
ok 'DKMS knows nothing of weir' finds dkms note 'knows nothing' 'make dkms-install'

healthy
mkdir -p "$WEIR_SYS/kernel/security" "$WEIR_SYS/firmware/efi/efivars"
printf '\6\0\0\0\1' >"$WEIR_SYS/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
doctor secure-boot
ok 'Secure Boot that enforces nothing' finds secure-boot ok 'is on; unsigned modules load'
echo 'none [integrity] confidentiality' >"$WEIR_SYS/kernel/security/lockdown"
doctor secure-boot
ok 'Secure Boot without a key' finds secure-boot fail 'no key for them is enrolled' 'install with DKMS'
mkdir -p "$WEIR_VARLIB/dkms" && touch "$WEIR_VARLIB/dkms/mok.pub"
doctor secure-boot
ok 'Secure Boot with a key that is not enrolled' finds secure-boot fail 'no key' 'mokutil --import .*/dkms/mok.pub.*console'
echo 'mok.pub is already enrolled' >"$T/enrolled"
doctor secure-boot
ok 'Secure Boot with an enrolled key' finds secure-boot ok 'only signed modules load; the key .*/mok.pub is enrolled'
mkdir -p "$T/etc/dkms"
echo 'mok_certificate="/etc/my.der"' >"$T/etc/dkms/framework.conf"
touch "$T/my.der" && sed -i "s|/etc/my.der|$T/my.der|" "$T/etc/dkms/framework.conf"
doctor secure-boot
ok 'a key that DKMS is told to use' finds secure-boot ok 'the key .*/my.der'
rm -r "$T/etc/dkms" "$WEIR_VARLIB"

healthy
printf 'container=lxc\0' >"$WEIR_PROC/1/environ"
doctor container
ok 'a container' finds container note 'is one \(lxc\)' 'on the host: modprobe'
healthy
touch "$WEIR_PROC/vz"
doctor container
ok 'a container without a name of its own' finds container note 'openvz'

healthy
echo 'tcp_weir_cubic 16384 1 - Live 0x0' >>"$WEIR_PROC/modules"
mkdir -p "$WEIR_SYS/module/tcp_weir_cubic" && echo 0.0.9 >"$WEIR_SYS/module/tcp_weir_cubic/version"
doctor modules
ok 'an old version still loaded' finds modules warn 'tcp_weir_cubic 0.0.9 is loaded, the file has 0.1.0' 'modprobe -r tcp_weir_cubic'
mkdir -p "$WEIR_MODULES/6.1.0-99-test/updates/weir" && touch "$WEIR_MODULES/6.1.0-99-test/updates/weir/tcp_weir_cubic.ko"
doctor modules
ok 'a module installed twice' finds modules warn 'tcp_weir_cubic.ko is installed twice, in .*updates/weir' 'make uninstall'

healthy
sed -i 's/$/ bbr/' "$WEIR_PROC/sys/net/ipv4/tcp_available_congestion_control"
doctor algorithms
ok 'bbr is BBRv1' finds algorithms note 'BBRv1'
ok 'bbr is not for everybody' finds algorithms ok 'for the privileged only: bbr$'
ok 'a module that is not loaded' finds algorithms note 'not loaded: weir_cubic; unprivileged' 'modprobe tcp_NAME'
mkdir -p "$WEIR_SYS/module/tcp_bbr" && echo 3 >"$WEIR_SYS/module/tcp_bbr/version"
doctor algorithms
ok 'bbr is BBRv3, says its version' finds algorithms note 'BBRv3'
rm -r "$WEIR_SYS/module/tcp_bbr"
printf '0000000000000000 t bbr_skb_marked_lost\n' >>"$WEIR_PROC/kallsyms"
doctor algorithms
ok 'bbr is BBRv3, says a symbol' finds algorithms note 'BBRv3'

healthy
mkdir -p "$T/etc/sysctl.d"
echo 'net.ipv4.tcp_congestion_control = bbrplus' >"$T/etc/sysctl.d/50-x.conf"
doctor default
ok 'a default at boot that does not exist' finds default warn 'at boot bbrplus .*50-x.conf.* no such algorithm'
echo 'net.ipv4.tcp_congestion_control = reno' >"$T/etc/sysctl.conf"
doctor default
ok 'a default at boot that differs' finds default note 'at boot it becomes reno'
printf 'net.ipv4.tcp_tw_recycle = 1\nnet/ipv4/tcp_fack=1\n' >"$T/etc/sysctl.conf"
doctor files
ok 'keys that do harm' finds files warn 'tcp_tw_recycle is set in .*sysctl.conf: .*removed in Linux 4.12'
ok 'keys that do nothing' finds files warn 'tcp_fack is set'
printf 'net.core.default_qdisc = fq # fair\n' >"$T/etc/sysctl.conf"
doctor files
ok 'a comment behind a value' finds files warn 'sysctl.conf has a comment behind a value'
rm -r "$T/etc/sysctl.d" "$T/etc/sysctl.conf"

healthy
quietly "$WEIR" tune wan --apply
doctor tuning
ok 'what weir changed' finds tuning ok 'weir tune wan, 1.00 Gbit/s, 100 ms'
echo 0 >"$WEIR_PROC/sys/net/ipv4/tcp_mtu_probing" && echo 2 >"$WEIR_PROC/sys/net/ipv4/tcp_mtu_probing"
doctor tuning
ok 'what was changed since' finds tuning note 'tcp_mtu_probing is now 2; weir had set 1' 'revert tune --keep'
quietly "$WEIR" revert --force

# --- this system's own namespaces
unset WEIR_PROC WEIR_SYS WEIR_MODULES
cat /proc/sys/net/ipv4/tcp_congestion_control >"$T/cc"
# shellcheck disable=SC2016
unshare --net bash -c 'echo reno >/proc/sys/net/ipv4/tcp_congestion_control; echo >"$0/up"; sleep 60' "$T" &
other=$!
while [ ! -e "$T/up" ]; do sleep 0.05; done
doctor
kill "$other"
ok 'the default of another namespace' finds default ok "^$(<"$T/cc") in this network namespace; 1 with processes: reno|^$(<"$T/cc"); 1 with processes: reno"
tap_done
