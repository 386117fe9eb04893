#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# build.sh - the modules build without a warning for each kernel of the laboratory, and say in one line what is
# missing when there are no headers. Prints TAP.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

log=$(mktemp)
cleanup() { rm -rf "$log" "$log.kdir"; }
trap cleanup EXIT

# builds KERNEL: from nothing, so that every file is compiled and every warning is seen.
builds() {
	local release
	release=$(scripts/lab/fetch --kernel "$1" --print release)
	rm -rf "out/build/$release" "out/modules/$release"
	make modules KERNEL="$1" >"$log" 2>&1 || { sed 's/^/# /' "$log"; return 1; }
}

no_warnings() { ! grep -iE 'warning' "$log" | sed 's/^/# /' | grep .; }

one_line_without_headers() {
	local said
	! said=$(make modules KDIR=/nonexistent 2>&1 >/dev/null) || return 1
	said=$(grep -vE '^make(\[[0-9]+\])?: \*\*\*' <<<"$said")
	[ "$(wc -l <<<"$said")" -eq 1 ] && grep -q 'install linux-headers-' <<<"$said"
}

# A kernel that clang built: its configuration says so, and kbuild is told.
told_clang() {
	local kdir=$log.kdir
	mkdir -p "$kdir/include/config" "$kdir/include/generated"
	echo 'CONFIG_CC_IS_CLANG=y' >"$kdir/include/config/auto.conf"
	echo '#define UTS_RELEASE "6.1.0-clang"' >"$kdir/include/generated/utsrelease.h"
	make -n modules-locked KDIR="$kdir" >"$log"
	grep -q -- "-C $kdir .*LLVM=1" "$log" || return 1
	make -n modules-locked KERNEL=6.1 >"$log"
	grep -q -- '-C .* W=1' "$log" && ! grep -q LLVM= "$log"
}

for kernel in 6.1 6.12; do
	ok "modules build for Linux $kernel" builds "$kernel"
	ok "without a warning at W=1 for Linux $kernel" no_warnings
done
ok 'a kernel that clang built has its modules built by clang, others not' told_clang
ok 'without headers one line names the package' one_line_without_headers
tap_done
