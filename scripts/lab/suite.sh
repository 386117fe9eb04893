# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# A kernel from another Debian release than this system's. Its headers hold
# programs, linked with that release's C library, and ask for that release's
# compiler: so a root file system with both is unpacked, never configured, and
# modules are built inside (scripts/lab/inside). Sourced by fetch.

# Beside headers, kernel and what they depend on: what kbuild calls.
SUITE_TOOLS=(base-files bash coreutils dash diffutils findutils grep make mawk sed)

# suite_source SUITE: a source line like this system's own for Debian's main archive.
suite_source()
{
	local uri signed

	# shellcheck disable=SC2016 # apt expands these
	read -r uri signed < <(apt-get indextargets --format '$(REPO_URI) $(SIGNED_BY)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' 2>/dev/null) ||
		die "no package list of Debian's main archive: run 'apt-get update' as root"
	[[ -r "$signed" ]] || signed=/usr/share/keyrings/debian-archive-keyring.gpg
	printf 'deb [arch=amd64 signed-by=%s] %s %s main\n' "$signed" "$uri" "$1"
}

# suite_open SUITE DIR: have apt work on fresh lists of SUITE in DIR, for a system
# on which nothing is installed, and leave this system's own alone.
suite_open()
{
	local suite=$1 dir=$2

	mkdir -p "$dir"/{lists/partial,archives/partial,parts,log}
	: >"$dir/status"
	suite_source "$suite" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-END
		APT::Architecture "amd64";
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Dir::State "$dir";
		Dir::State::lists "$dir/lists";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir";
		Dir::Cache::archives "$dir/archives";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "$dir/parts";
		Dir::Etc::preferences "$dir/parts/none";
		Dir::Etc::preferencesparts "$dir/parts";
		Dir::Log "$dir/log";
	END
	printf 'fetch: reading the package lists of %s\n' "$suite" >&2
	APT_CONFIG=$dir/apt.conf apt-get -qq update >"$dir/log/update" 2>&1 ||
		die "no package lists of $suite: $(grep -m 1 '^E:' "$dir/log/update" || tail -n 1 "$dir/log/update")"
	export APT_CONFIG=$dir/apt.conf
}

# suite_unpack DIR RELEASE ROOT: download and unpack kernel, headers, compiler
# and tools of the suite opened in DIR.
suite_unpack()
{
	local dir=$1 release=$2 root=$3 deb

	apt-get -qq -y --download-only install "linux-headers-$release" "linux-binary-$release" \
		"linux-modules-$release" "${SUITE_TOOLS[@]}" >"$dir/log/download" 2>&1 ||
		die "download failed: $(grep -m 1 '^E:' "$dir/log/download" || tail -n 1 "$dir/log/download")"
	printf 'fetch: unpacking %d packages\n' "$(find "$dir/archives" -name '*.deb' | wc -l)" >&2
	# base-files first: it has the links from /bin to /usr/bin.
	for deb in "$dir"/archives/base-files_*.deb "$dir"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$root" --no-same-owner --exclude=./usr/share
	done
	# What a package would have done when it was configured.
	ln -sf mawk "$root/usr/bin/awk"
	: >"$root/.weir-root"
}
