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

fresh='' keep=''
while [ $# -gt 0 ]; do
	case $1 in
	--fresh) fresh=fresh ;;
	--keep) keep=${2:?} && shift ;;
	--help) usage && exit 0 ;;
	*) echo "dkms.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
	esac
	shift
done
# shellcheck source=tests/tools/rootfs.sh
. tests/tools/rootfs.sh
rootfs dkms apt build-essential,dkms,debhelper,dh-dkms,lintian,linux-image-cloud-amd64,linux-headers-cloud-amd64,kmod,iproute2,openssl,git,pahole \
	"$fresh"

# The tree as it would be cloned, and a second kernel's headers, to come later.
cloned src
mkdir -p "$work/root/later/usr/lib"
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
