#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# dkms-inside.sh - the part of dkms.sh that runs in the root file system. It may break whatever it likes.
set -euo pipefail
cd /src
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

quietly() { "$@" >>/tmp/dkms.log 2>&1; }
# says PATTERN COMMAND...: true if the command succeeds and prints PATTERN.
says() {
	local pattern=$1 said
	shift
	if said=$("$@" 2>&1) && grep -qE -- "$pattern" <<<"$said"; then return 0; fi
	printf '# said: %s\n' "${said//$'\n'/$'\n'# }"
	return 1
}
version() { sed -n 's/^.define WEIR_VERSION "\(.*\)"/\1/p' modules/weir.h; }
set_version() { sed -i "s/^\(.define WEIR_VERSION \).*/\1\"$1\"/" modules/weir.h; }
# built VERSION KERNEL: whether each module is in place for KERNEL, of that version, and signed.
built() {
	local name file
	for name in $(scripts/dkms/manage modules); do
		file=/lib/modules/$2/updates/dkms/$name.ko
		[ "$(modinfo -F version "$file" 2>&1)" = "$1" ] || { printf '# %s is not version %s\n' "$file" "$1"; return 1; }
		[ -n "$(modinfo -F signer "$file")" ] || { printf '# %s is not signed\n' "$file"; return 1; }
		[[ "$(modinfo -F vermagic "$file")" == "$2 "* ]] || { printf '# %s is for another kernel\n' "$file"; return 1; }
	done
	grep -q '^updates/dkms/tcp_weir_reno.ko: updates/dkms/weir.ko' "/lib/modules/$2/modules.dep"
}
installed() { [ "$(dkms status weir | grep -c ': installed')" -eq "$1" ] || { dkms status weir | sed 's/^/# /'; false; }; }
gone() {
	local left
	left=$(dkms status weir; find /usr/src /var/lib/dkms /lib/modules -name '*weir*')
	[ -z "$left" ] || { printf '%s\n' "$left" | sed 's/^/# /'; return 1; }
}

first=$(basename /lib/modules/6.1*)
now=$(version)
next=$now.1

# --- make dkms-install, again, upgrade
ok 'dkms-install builds and installs' says "^installed weir $now for Linux $first" make -s dkms-install
ok 'every module is there, of this version, signed, and indexed' built "$now" "$first"
ok 'the certificate to enrol is there' test -s /var/lib/dkms/mok.pub
ok 'a second time changes nothing' says "^installed weir $now for Linux $first" make -s dkms-install
ok 'one version is installed' installed 1
set_version "$next"
ok 'an upgrade installs the new version' says "^installed weir $next for Linux $first" make -s dkms-install
ok 'every module is the new one' built "$next" "$first"
ok 'the old one is gone' test "$(find /usr/src -maxdepth 1 -name 'weir-*')" = "/usr/src/weir-$next"
ok 'one version is installed' installed 1

# --- a build that fails
set_version "$next.broken"
cp modules/tcp_weir_reno.c /tmp/reno.c
sed -i 's/^static u32 reno_ssthresh(struct sock \*sk)/& not C/' modules/tcp_weir_reno.c
ok 'a build that fails says the compiler'"'"'s first word' \
	refuses "building for Linux $first failed, nothing was changed: .*tcp_weir_reno.c:[0-9]+.*error" make -s dkms-install
ok 'the version before is still there' built "$next" "$first"
ok 'and nothing of the new one' test "$(find /usr/src -maxdepth 1 -name 'weir-*')" = "/usr/src/weir-$next"
set_version "$next"
ok 'the same with the same version' refuses 'failed, nothing was changed' make -s dkms-install
ok 'what was installed is there again' built "$next" "$first"
cp /tmp/reno.c modules/tcp_weir_reno.c

# --- a kernel that comes later: what its headers' package does is call this hook
second=$(</later/release)
rm /later/release
cp -a /later/usr /
mkdir -p "/lib/modules/$second"
ln -s "/usr/src/linux-headers-$second" "/lib/modules/$second/build"
touch "/lib/modules/$second/modules.order" "/lib/modules/$second/modules.builtin"
ok 'a later kernel gets the modules by itself' quietly /etc/kernel/header_postinst.d/dkms "$second"
ok 'every module is there' built "$next" "$second"
ok 'for both kernels' installed 2
old=5.10.0-99-amd64
mkdir -p "/lib/modules/$old"
cp -a "/usr/src/linux-headers-$first" "/usr/src/linux-headers-$old"
sed -i "s/$first/$old/" "/usr/src/linux-headers-$old/include/generated/utsrelease.h"
ln -s "/usr/src/linux-headers-$old" "/lib/modules/$old/build"
ok 'a kernel that is too old is skipped' says "^skipped Linux $old" make -s dkms-install
ok 'the others are built' installed 2
rm -r "/lib/modules/$old" "/usr/src/linux-headers-$old"
clang=6.1.0-99-clang
mkdir -p "/lib/modules/$clang"
cp -a "/usr/src/linux-headers-$first" "/usr/src/linux-headers-$clang"
sed -i "s/$first/$clang/" "/usr/src/linux-headers-$clang/include/generated/utsrelease.h"
sed -i 's/^CONFIG_CC_IS_GCC=y/CONFIG_CC_IS_CLANG=y/' "/usr/src/linux-headers-$clang/.config"
ln -s "/usr/src/linux-headers-$clang" "/lib/modules/$clang/build"
dkms build "weir/$next" -k "$clang" >/tmp/clang.log 2>&1 || true
ok 'for a kernel that clang built, clang is called' grep -q 'clang: not found' "/var/lib/dkms/weir/$next/build/make.log"
rm -r "/lib/modules/$clang" "/usr/src/linux-headers-$clang"
ok 'dkms-remove removes' says "^removed weir $next" make -s dkms-remove
ok 'everything' gone
ok 'a second time says that there is nothing' says '^nothing to remove' make -s dkms-remove

# --- make install for a kernel
ok 'make builds' quietly make -s KDIR="/lib/modules/$first/build"
ok 'make install installs' quietly make -s KDIR="/lib/modules/$first/build" install
ok 'modprobe finds the module and what it needs' test "$(modprobe -n --show-depends -S "$first" tcp_weir_reno | grep -c updates/weir)" -eq 2
ok 'the command is in the path' says "^weir $next" weir --version
ok 'make uninstall uninstalls' quietly make -s KDIR="/lib/modules/$first/build" uninstall
ok 'everything' test -z "$(find / -xdev -path /src -prune -o -path /proc -prune -o -path /root -prune -o -path /later -prune -o -path /tmp -prune -o -name '*weir*' -print)"

# --- Debian packages
ok 'make deb builds both packages, and lintian finds nothing' says '^lintian: clean' make -s deb
ok 'weir-tools installs' quietly dpkg -i out/deb/weir-tools_*.deb
ok 'its command runs' says "^weir $next" weir --version
ok 'weir-dkms installs' quietly dpkg -i out/deb/weir-dkms_*.deb
ok 'and is built for both kernels' installed 2
ok 'every module is there' built "$next" "$first"
ok 'make dkms-install leaves it to the package' refuses 'the package weir-dkms is installed and does this' make -s dkms-install
set_version "$next.1"
quietly make -s deb
ok 'the package upgrades' quietly dpkg -i out/deb/weir-dkms_*.deb
ok 'every module is the new one' built "$next.1" "$first"
ok 'for both kernels, and only once' installed 2
ok 'the package purges' quietly dpkg --purge weir-dkms weir-tools
ok 'everything' gone
tap_done
