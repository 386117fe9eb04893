#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# package.sh - make install and uninstall, and what DKMS is handed. DKMS itself is in dkms.sh.
# shellcheck disable=SC2016,SC2034 # eval looks at what is there when it is called
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

# tree_make VERB [VARIABLE=VALUE...]: make in the tree, for a made-up kernel.
tree_make() { make --no-print-directory -C "$TREE" KDIR="$T/kdir" OUT="$T/out" DESTDIR="$T/root" "$@"; }
files() { (cd "$T/root" && find . ! -type d | sort); }

# A kernel's headers, modules built for it, and a root file system that has it.
mkdir -p "$T/kdir/include/generated" "$T/kdir/scripts" "$T/out/modules/6.1.0-99-test" "$T/root/lib/modules/6.1.0-99-test"
echo '#define UTS_RELEASE "6.1.0-99-test"' >"$T/kdir/include/generated/utsrelease.h"
printf '#!/bin/sh\necho "signed $1 $2 $3" >>"$4"\n' >"$T/kdir/scripts/sign-file"
chmod +x "$T/kdir/scripts/sign-file"
names=$("$TREE/scripts/dkms/manage" modules)
touch "$T/root/lib/modules/6.1.0-99-test/modules.order" "$T/root/lib/modules/6.1.0-99-test/modules.builtin"

ok 'install: without modules it says to build them' refuses 'no modules for 6.1.0-99-test: run make first' tree_make install
for name in $names; do
	echo 'int x;' | gcc -g -x c -c -o "$T/out/modules/6.1.0-99-test/$name.ko" -
done
ok 'install: without headers it names the package' refuses 'no kernel headers in /nowhere: install linux-headers-' tree_make install KDIR=/nowhere
files >"$T/before"
ok 'install succeeds' quietly tree_make install
ok 'all modules are in updates/weir' test "$(find "$T/root/lib/modules/6.1.0-99-test/updates/weir" -name '*.ko' | wc -l)" -eq "$(wc -w <<<"$names")"
ok 'without the debugging symbols' test "$(cat "$T"/root/lib/modules/*/updates/weir/*.ko | wc -c)" -lt "$(cat "$T"/out/modules/*/*.ko | wc -c)"
ok 'depmod knows them' grep -q '^updates/weir/tcp_weir_reno.ko' "$T/root/lib/modules/6.1.0-99-test/modules.dep"
installed=$T/root/usr/local/bin/weir
ok 'the installed command runs from there' says "^weir $(make -s -C "$TREE" version)$" "$installed" --version
ok 'and finds its profiles' says '^server ' "$installed" tune --list
ok 'it knows the commands that the tree knows' test "$("$installed" --commands)" = "$("$WEIR" --commands)"
ok 'there is a manual page for each, and the completion' test "$(find "$T/root/usr/local/share/man/man1" -name 'weir*.1' | wc -l)" -gt "$("$WEIR" --commands | wc -l)"
ok 'the completion is where bash looks' test -f "$T/root/usr/local/share/bash-completion/completions/weir"
ok 'PREFIX is honoured' eval 'quietly tree_make install-tools PREFIX=/usr && [ -x "$T/root/usr/bin/weir" ] && quietly tree_make uninstall-tools PREFIX=/usr'
ok 'uninstall succeeds' quietly tree_make uninstall
rm -f "$T"/root/lib/modules/6.1.0-99-test/modules.{alias,dep,devname,softdep,symbols,builtin,weakdep}*
touch "$T/root/lib/modules/6.1.0-99-test/modules.builtin"
ok 'and leaves nothing but what depmod writes' eval 'files | diff "$T/before" -'
ok 'modules are signed if key and certificate are given' quietly tree_make install-modules SIGN_KEY=k SIGN_CERT=c
ok 'by the sign-file of the kernel' grep -q '^signed sha256 k c$' "$T/root/lib/modules/6.1.0-99-test/updates/weir/weir.ko"
ok 'install: not root, one line with the mend' refuses 'cannot write .*: run as root .*or set PREFIX= or DESTDIR=' \
	nobody make --no-print-directory -C "$TREE" install-tools DESTDIR=/proc

# --- what DKMS is handed
ok 'dkms-install with DESTDIR renders' says '^rendered' tree_make dkms-install
src=$(echo "$T"/root/usr/src/weir-*)
# shellcheck disable=SC1091
. "$src/dkms.conf"
ok 'the version is that of modules/weir.h' grep -q "WEIR_VERSION \"$PACKAGE_VERSION\"" "$src/modules/weir.h"
ok 'the directory has it too' test "${src##*/}" = "$PACKAGE_NAME-$PACKAGE_VERSION"
listed=$(sed -n 's/^obj-m += *//p' "$TREE/modules/Kbuild" | tr ' ' '\n' | sed 's/\.o$//' | sort)
ok 'every module of Kbuild is listed, and no other' test "$(printf '%s\n' "${BUILT_MODULE_NAME[@]}" | sort)" = "$listed"
ok 'each has a place to be built and one to go to' test "${#BUILT_MODULE_LOCATION[@]} ${#DEST_MODULE_LOCATION[@]}" = "${#BUILT_MODULE_NAME[@]} ${#BUILT_MODULE_NAME[@]}"
ok 'all is built for later kernels by itself' test "$AUTOINSTALL" = yes
ok 'no deprecated key is used' eval '! grep -E "^(REMAKE_INITRD|CLEAN|MODULES_CONF|OBSOLETE_BY|POST_ADD)" "$src/dkms.conf"'
for kernel in 6.1.0-1-amd64 6.12.9 6.19-rc1 7.2.3-arch1-1 10.0; do
	ok "Linux $kernel is built for" test -n "$(grep -oE "$BUILD_EXCLUSIVE_KERNEL" <<<"$kernel")"
done
for kernel in 5.10.0-30-amd64 6.0.12 4.19.1 1.0; do
	ok "Linux $kernel is skipped" test -z "$(grep -oE "$BUILD_EXCLUSIVE_KERNEL" <<<"$kernel")"
done
ok 'the source is all there: what is included exists' eval \
	'grep -ho "^#include \"[^\"]*\"" "$src"/modules/*.c | sort -u | sed "s/.*\"\(.*\)\"/\1/" | while read -r f; do [ -e "$src/modules/$f" ] || exit 1; done'
ok 'dkms-remove with DESTDIR removes it' eval 'quietly tree_make dkms-remove && [ ! -e "$src" ]'
ok 'dkms-install: not root' one_line 1 'not root: .*sudo make dkms-install' nobody "$TREE/scripts/dkms/manage" install
ok 'dkms: an unknown verb' one_line 2 "unknown command 'polish'" "$TREE/scripts/dkms/manage" polish
tap_done
