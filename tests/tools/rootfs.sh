# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# rootfs.sh - what the tests share that need a Debian 12 of their own: the system, made once and kept, in $work/root.

if [ "$EUID" -ne 0 ] || ! command -v mmdebstrap >/dev/null; then
	echo '1..0 # SKIP needs root and mmdebstrap (apt-get install mmdebstrap)'
	exit 0
fi

work=$(mktemp -d)
# What is mounted is so in a namespace that ends with the command.
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

# rootfs NAME VARIANT PACKAGES [fresh]: the one from the cache, or a new one from the mirror that apt is configured for.
rootfs() {
	local dir=${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}/rootfs tar

	tar=$dir/$1-$(sha256sum <<<"$3" | cut -c 1-8).tar
	mkdir -p "$dir" "$work/root"
	if [ "${4:-}" = fresh ] || [ ! -s "$tar" ]; then
		echo '# making the root file system'
		# shellcheck disable=SC2016 # apt expands these
		apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
			grep -E ' bookworm(-security|-updates)? ' | sort -u >"$work/sources"
		mmdebstrap --quiet --format=tar --variant="$2" --aptopt='Apt::Install-Recommends "false"' --include="$3" \
			bookworm "$tar.new" "$work/sources" 2>"$work/log" || { tail -n 5 "$work/log" >&2; exit 1; }
		mv "$tar.new" "$tar"
	fi
	tar -xf "$tar" -C "$work/root" --exclude='./dev/*'
}

# cloned DIR: the tree as it would be cloned, in DIR of that system.
cloned() {
	mkdir "$work/root/$1"
	git ls-files -z | xargs -0 cp --parents -t "$work/root/$1" 2>/dev/null || true
}
