# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every command shares: messages, where things are, reading the system.
# Sourced, never run.

# Where the system is. Tests, and images built offline, point these elsewhere.
WEIR_SYSCONFDIR=${WEIR_SYSCONFDIR:-/etc}
WEIR_STATEDIR=${WEIR_STATEDIR:-/var/lib/weir}
WEIR_RUNDIR=${WEIR_RUNDIR:-/run/weir}
WEIR_PROC=${WEIR_PROC:-/proc}
WEIR_SYS=${WEIR_SYS:-/sys}
WEIR_MODULES=${WEIR_MODULES:-/lib/modules}
WEIR_NAME=weir

# die MESSAGE: one line on stderr, exit 1: something failed.
die()
{
	printf '%s: %s\n' "$WEIR_NAME" "$*" >&2
	exit 1
}

# usage_error MESSAGE: one line on stderr, exit 2: called wrongly.
usage_error()
{
	printf '%s: %s (try --help)\n' "$WEIR_NAME" "$*" >&2
	exit 2
}

# note MESSAGE: one line on stderr.
note()
{
	printf '%s: %s\n' "$WEIR_NAME" "$*" >&2
}

# command_help: the command's header, from its usage line on.
command_help()
{
	sed -n '/^# usage:/,/^[^#]/{ /^#/!q; s/^# \{0,1\}//; p }' "$WEIR_COMMAND_FILE"
}

# need_value OPTION COUNT: exit 2 unless a value follows OPTION.
need_value()
{
	(($2 >= 2)) || usage_error "$1 needs a value"
}

# need_root: exit 1 unless root.
need_root()
{
	((EUID == 0)) || die "not root: this changes the kernel's settings; run: sudo $WEIR_NAME ..."
}

# need_tool COMMAND PACKAGE: exit 1 unless COMMAND exists.
need_tool()
{
	command -v "$1" >/dev/null || die "$1 not found: install the package $2"
}

# weir_version: from the tree, else from the installation.
weir_version()
{
	local header=$WEIR_LIB/../modules/weir.h

	if [[ -r "$WEIR_LIB/VERSION" ]]; then
		cat "$WEIR_LIB/VERSION"
	elif [[ -r "$header" ]]; then
		sed -n 's/^.define WEIR_VERSION "\(.*\)"/\1/p' "$header"
	else
		printf 'unknown\n'
	fi
}

# --- Text ------------------------------------------------------------------

# escape_to VARIABLE TEXT: on one line, without tabs; printf %b undoes it.
escape_to()
{
	local text=${2//\\/\\\\}

	text=${text//$'\t'/\\t}
	printf -v "$1" '%s' "${text//$'\n'/\\n}"
}

# squeeze_to VARIABLE TEXT: words separated by one blank; squeeze prints them.
# A name that ends in _to or _read forks no process: plans and journals have many
# lines.
squeeze_to()
{
	local -a squeezed

	read -r -d '' -a squeezed <<<"$2" || :
	printf -v "$1" '%s' "${squeezed[*]}"
}

squeeze()
{
	local text

	squeeze_to text "$1"
	printf '%s' "$text"
}

# json_string TEXT: as a JSON string, quotes included.
json_string()
{
	local text=${1//\\/\\\\}

	text=${text//\"/\\\"}
	text=${text//$'\t'/\\t}
	text=${text//$'\r'/\\r}
	text=${text//$'\n'/\\n}
	printf '"%s"' "$(tr -d '\000-\037' <<<"$text")"
}

# json_list WORD...: as a JSON list of strings.
json_list()
{
	local word separator=

	printf '['
	for word in "$@"; do
		printf '%s' "$separator"
		json_string "$word"
		separator=', '
	done
	printf ']'
}

# --- The system ------------------------------------------------------------

# sysctl_read KEY: set REPLY to its value; false if it is not there.
sysctl_read()
{
	local path=$WEIR_PROC/sys/${1//.//}

	REPLY=
	[[ -r "$path" ]] || return
	IFS= read -r -d '' REPLY <"$path" 2>/dev/null || :
	REPLY=${REPLY%$'\n'}
}

# sysctl_get KEY: print its value; false if it is not there.
sysctl_get()
{
	sysctl_read "$1" && printf '%s\n' "$REPLY"
}

# sysctl_writable KEY: whether the kernel would let it be written.
sysctl_writable()
{
	[[ -w "$WEIR_PROC/sys/${1//.//}" ]]
}

kernel_release()
{
	cat "$WEIR_PROC/sys/kernel/osrelease"
}

# kernel_before MAJOR MINOR: whether the running kernel is older.
kernel_before()
{
	local major minor

	IFS=.- read -r major minor _ <<<"$(kernel_release)"
	((major < $1 || (major == $1 && ${minor%%[!0-9]*} < $2)))
}

# netns_id: number of this network namespace, or nothing where it cannot be told.
netns_id()
{
	stat -Lc %i "$WEIR_PROC/self/ns/net" 2>/dev/null || :
}

# in_first_netns: whether this is the kernel's first network namespace. Only
# there are the settings that all of them share.
in_first_netns()
{
	[[ -e "$WEIR_PROC/sys/net/core/netdev_max_backlog" ]]
}

# in_main_netns: whether this is the namespace that the settings in /etc are for:
# the kernel's first, or in a container that of its process 1.
in_main_netns()
{
	local first

	[[ -z "$main_netns" ]] || return "$main_netns"
	main_netns=0
	in_first_netns || {
		first=$(stat -Lc %i "$WEIR_PROC/1/ns/net" 2>/dev/null) && [[ "$first" == "$(netns_id)" ]]
	} || main_netns=1
	return "$main_netns"
}

# What in_main_netns found out: it does not change while this runs.
main_netns=

# container_kind: name of the container this runs in, or nothing. Files that
# container images leave behind in a virtual machine's disk do not make one: a
# container has a process namespace of its own.
container_kind()
{
	local kind=

	if [[ -e "$WEIR_PROC/vz" && ! -e "$WEIR_PROC/bc" ]]; then
		echo openvz
		return
	fi
	[[ "$(stat -Lc %i "$WEIR_PROC/self/ns/pid" 2>/dev/null)" != "$FIRST_PID_NAMESPACE" ]] || return 0
	kind=$({ tr '\0' '\n' <"$WEIR_PROC/1/environ" | sed -n 's/^container=//p'; } 2>/dev/null) || :
	if [[ -z "$kind" && "$WEIR_PROC" == /proc ]]; then
		if [[ -e /run/.containerenv ]]; then
			kind=podman
		elif [[ -e /.dockerenv ]]; then
			kind=docker
		elif command -v systemd-detect-virt >/dev/null; then
			kind=$(systemd-detect-virt --container 2>/dev/null) || kind=
		fi
	fi
	printf '%s' "$kind"
}

# The number the kernel gives its first process namespace (PROC_PID_INIT_INO).
FIRST_PID_NAMESPACE=4026531836
