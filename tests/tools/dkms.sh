#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# dkms.sh - DKMS and the Debian packages for real: install, upgrade, a build that fails, a new kernel, remove,
# in a root file system of their own.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
	cat <<'USAGE'
usage: tests/tools/dkms.sh [--fresh] [--keep DIR]

Makes a Debian 12 root file system with mmdebstrap (kept for the next time in the cache), puts this tree and
the headers of two kernels in it, and tries there what a user would do. Prints TAP. Needs root, mmdebstrap, the
network the first time, 2 GB below TMPDIR, and some minutes: `make check` does not call it.

  --fresh     make the root file system anew
  --keep DIR  leave the packages and the logs there
USAGE
}

fresh=no keep=
while [ $# -gt 0 ]; do
	case $1 in
	--fresh) fresh=yes ;;
	--keep) keep=${2:?} && shift ;;
	--help) usage && exit 0 ;;
	*) echo "dkms.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
	esac
	shift
done
if [ "$EUID" -ne 0 ] || ! command -v mmdebstrap >/dev/null; then
	echo '1..0 # SKIP needs root and mmdebstrap (apt-get install mmdebstrap)'
	exit 0
fi

work=$(mktemp -d)
# What is mounted is so in a namespace that ends with the tests.
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

cache=${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}/rootfs
include=build-essential,dkms,debhelper,dh-dkms,lintian,linux-image-cloud-amd64,linux-headers-cloud-amd64,kmod,iproute2,openssl,git,pahole
tar=$cache/dkms-$(sha256sum <<<"$include" | cut -c 1-8).tar
mkdir -p "$cache"
if [ "$fresh" = yes ] || [ ! -s "$tar" ]; then
	echo '# making the root file system'
	mmdebstrap --quiet --format=tar --variant=apt --aptopt='Apt::Install-Recommends "false"' \
		--include="$include" \
		bookworm "$tar.new" 2>"$work/mmdebstrap.log" || { tail -n 5 "$work/mmdebstrap.log" >&2; exit 1; }
	mv "$tar.new" "$tar"
fi
mkdir "$work/root"
tar -xf "$tar" -C "$work/root" --exclude='./dev/*'

# The tree as it would be cloned, and a second kernel's headers, to come later.
mkdir -p "$work/root/src" "$work/root/later/usr/lib"
git ls-files -z | xargs -0 cp --parents -t "$work/root/src" 2>/dev/null || true
second=$(scripts/lab/fetch --kernel 6.12 --print release)
later=$(scripts/lab/fetch --kernel 6.12 --print root)
cp -a "$later/usr/src" "$work/root/later/usr/"
cp -a "$later"/usr/lib/linux-kbuild-* "$work/root/later/usr/lib/"
echo "$second" >"$work/root/later/release"

status=0
# shellcheck disable=SC2016 # for the shell inside
unshare --mount bash -euc '
	mount -t proc proc "$1/proc"
	mount -t tmpfs tmpfs "$1/dev"
	for node in null:3 zero:5 random:8 urandom:9; do mknod -m 666 "$1/dev/${node%:*}" c 1 "${node#*:}"; done
	ln -s /proc/self/fd "$1/dev/fd"
	exec chroot "$1" env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C bash /src/tests/tools/dkms-inside.sh
' bash "$work/root" || status=$?
if [ -n "$keep" ]; then
	mkdir -p "$keep"
	cp "$work"/root/src/out/deb/* "$work"/root/tmp/*.log "$keep/" 2>/dev/null || true
fi
exit "$status"
