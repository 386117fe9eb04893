# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What every script of the laboratory shares: messages, paths, the table of
# kernels. Sourced, never run.

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WEIR_ROOT=$(cd "$LAB_DIR/../.." && pwd)
WEIR_CACHE=${WEIR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/weir}
LAB_NAME=${0##*/}

# LAB_KERNELS: the kernels the laboratory boots. The one place to add a series:
#   name   the Debian meta package whose dependency names the newest release,
#          and the suite it comes from if that is not this system's
declare -A LAB_KERNELS=(
	[6.1]=linux-image-cloud-amd64
	[6.12]=linux-image-6.12-cloud-amd64
	[newest]="linux-image-cloud-amd64 sid"
)
# LAB_SERIES: other names of newest, each for as long as newest is of that series.
LAB_SERIES=(7.2)
LAB_KERNEL_DEFAULT=6.1

# die MESSAGE: one line on stderr, exit 1 (something failed).
die()
{
	printf '%s: %s\n' "$LAB_NAME" "$*" >&2
	exit 1
}

# usage_error MESSAGE: one line on stderr, exit 2 (called wrongly).
usage_error()
{
	printf '%s: %s (try --help)\n' "$LAB_NAME" "$*" >&2
	exit 2
}

# help_from_header: print the calling script's leading comment as its help.
help_from_header()
{
	sed -n '3,/^[^#]/{ /^#/!q; s/^# \{0,1\}//; p }' "$0"
}

# kernel_names: the names --kernel accepts, oldest first.
kernel_names()
{
	printf '%s\n' "${!LAB_KERNELS[@]}" | sort -V | paste -sd ' '
}

# check_kernel NAME: exit 2 unless NAME is in the table.
check_kernel()
{
	[[ -n "$1" && (-n "${LAB_KERNELS[$1]:-}" || " ${LAB_SERIES[*]} " == *" $1 "*) ]] ||
		usage_error "no kernel '$1': choose one of $(kernel_names)"
}

# need_value OPTION COUNT: exit 2 unless a value follows OPTION.
need_value()
{
	(($2 >= 2)) || usage_error "$1 needs a value"
}

# check_uint OPTION VALUE MIN MAX: exit 2 unless VALUE is an integer in range.
check_uint()
{
	if ! [[ "$2" =~ ^(0|[1-9][0-9]{0,14})$ ]] || (($2 < $3 || $2 > $4)); then
		usage_error "$1 '$2': give a whole number from $3 to $4"
	fi
}

# need_command COMMAND PACKAGE: fail, naming the package, unless COMMAND exists.
need_command()
{
	command -v "$1" >/dev/null ||
		die "$1 not found: run scripts/setup (Debian package $2)"
}

# make_cache DIR: create DIR below the cache, or say how to choose another.
make_cache()
{
	if ! mkdir -p "$1" 2>/dev/null || [[ ! -w "$1" ]]; then
		die "cannot write $1: set WEIR_CACHE to a directory you can write"
	fi
}

# sha256_of FILE: the bare hash of FILE.
sha256_of()
{
	sha256sum <"$1" | cut -d ' ' -f 1
}

# cached_sha256 FILE: the same, remembered beside a file of the cache for as long
# as the file is older than what is remembered.
cached_sha256()
{
	local sum

	if [[ "$1.sha256" -nt "$1" ]]; then
		cat "$1.sha256"
		return
	fi
	sum=$(sha256_of "$1")
	printf '%s\n' "$sum"
	if [[ "$1" == "$WEIR_CACHE"/* && -w "${1%/*}" ]]; then
		printf '%s\n' "$sum" >"$1.sha256.$$"
		mv "$1.sha256.$$" "$1.sha256"
	fi
}

# pack DIR: DIR as a newc archive on stdout, the same bytes for the same files:
# sorted, all owned by root, no times, inodes renumbered.
pack()
{
	(
		cd "$1" || exit
		find . -exec touch -h -d @0 {} +
		find . -mindepth 1 -printf '%P\0' | LC_ALL=C sort -z |
			cpio -0 -o -H newc --reproducible -R 0:0 --quiet
	)
}

# check_image SIZE: exit 2 unless it names an image.
check_image()
{
	[[ "$1" == small || "$1" == large || -f "$1" ]] ||
		usage_error "--image '$1': choose small, large or the path of an image"
}

# find_image KERNEL SIZE: the path of an image, built if need be.
find_image()
{
	if [[ "$2" == small || "$2" == large ]]; then
		"$LAB_DIR/image" --kernel "$1" --size "$2"
	else
		printf '%s\n' "$2"
	fi
}

# default_memory SIZE: megabytes that suffice for an image.
default_memory()
{
	if [[ "$1" == large ]]; then
		echo 1024
	else
		echo 512
	fi
}

# make_initrd IMAGE JOB STAGE: STAGE/job.cpio holds JOB as /job (if it is not
# empty), STAGE/initrd the image followed by it.
make_initrd()
{
	mkdir -p "$3/pack/job"
	if [[ -n "$2" ]]; then
		cp -rL --no-preserve=ownership,timestamps "$2/." "$3/pack/job/"
		chmod -R u=rwX,go=rX "$3/pack"
	fi
	pack "$3/pack" >"$3/job.cpio"
	cat "$1" "$3/job.cpio" >"$3/initrd"
}
