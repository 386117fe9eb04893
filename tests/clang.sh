#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# clang.sh - the modules as for a kernel that clang built: Debian's 6.1 headers with the configuration that clang
# would have given them. Nothing is told to make: it sees that. Prints TAP; skips where there is no clang.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

case ${1:-} in
'') ;;
--help) sed -n '3,4s/^# //p' "$0" && exit 0 ;;
*) echo "clang.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
esac
for tool in clang ld.lld llvm-nm llvm-objcopy; do
	command -v "$tool" >/dev/null || {
		echo "1..0 # SKIP $tool not found (apt-get install clang lld llvm)"
		exit 0
	}
done

work=$(mktemp -d)
release=6.1.0-clang
cleanup() { rm -rf "$work" "out/build/$release" "out/modules/$release"; }
trap cleanup EXIT

root=$(scripts/lab/fetch --kernel 6.1 --print root)
kdir=$(scripts/lab/fetch --kernel 6.1 --print kdir)
mkdir -p "$work/usr/src" "$work/usr/lib"
ln -s "$root"/usr/src/*-common "$work/usr/src/"
ln -s "$root"/usr/lib/linux-kbuild-* "$work/usr/lib/"
cp -a "$kdir" "$work/usr/src/headers"
kdir=$work/usr/src/headers
# What Debian's file says of the compiler.
sed -i '/^CC\>/d; /CROSS_COMPILE/d; /^ifneq/d; /^endif/d' "$kdir/.kernelvariables"
# What gcc has and clang 14 has not.
gcc_only='CONFIG_(RETHUNK|CC_HAS_RETURN_THUNK|SLS|CC_HAS_SLS|CC_HAS_ASM_GOTO_TIED_OUTPUT|FTRACE_MCOUNT_USE_CC|INIT_STACK_ALL_ZERO)\b'
for file in .config include/config/auto.conf include/generated/autoconf.h; do
	sed -i -E "/$gcc_only/d; s/CONFIG_CC_IS_GCC/CONFIG_CC_IS_CLANG/; s/^CONFIG_GCC_VERSION=.*/CONFIG_CLANG_VERSION=140006/; s/implicit-fallthrough=5/implicit-fallthrough/" "$kdir/$file"
done
echo 'CONFIG_FTRACE_MCOUNT_USE_OBJTOOL=y' >>"$kdir/include/config/auto.conf"
sed -i "s/\"6\.1\.[^\"]*\"/\"$release\"/" "$kdir/include/generated/utsrelease.h"

builds() { make modules KDIR="$kdir" >"$work/log" 2>&1 || { tail -n 5 "$work/log" | sed 's/^/# /'; return 1; }; }
no_warnings() { ! grep -i 'warning' "$work/log" | sed 's/^/# /' | grep .; }
all_by_clang() {
	local ko
	for ko in "out/modules/$release"/*.ko; do
		readelf -p .comment "$ko" | grep -q 'clang version' || { printf '# %s is not\n' "$ko"; return 1; }
		! readelf -p .comment "$ko" | grep GCC: || return 1
	done
}
ok 'the modules build for a kernel that clang built' builds
ok 'without a warning at W=1' no_warnings
ok 'and clang compiled each of them' all_by_clang
tap_done
