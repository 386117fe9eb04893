# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What bench/run and bench/cell share, and what is checked before anything runs.

# need COMMAND:PACKAGE...: every command is there, or one line and exit 1.
need() {
	local entry
	for entry in "$@"; do
		command -v "${entry%%:*}" >/dev/null || {
			echo "run: ${entry%%:*} is not there; install the Debian package ${entry#*:}, or run scripts/setup" >&2
			exit 1
		}
	done
}

# build TARGET...: make it, silently; its output only if it fails.
build() {
	local log
	log=$(make "$@" 2>&1) || {
		printf '%s\n' "$log" >&2
		echo "run: 'make $*' failed; install what is missing with scripts/setup" >&2
		exit 1
	}
}

# allowed_cpus: the CPUs this process may run on, in one line.
allowed_cpus() {
	taskset -cp $$ | sed 's/.*: //' | tr , '\n' |
		while IFS=- read -r a b; do seq "$a" "${b:-$a}"; done | paste -sd ' '
}

# list: every scenario and its title.
list() {
	local file
	for file in bench/scenarios/*.conf; do
		printf '%-20s %s\n' "$(basename "$file" .conf)" "$(sed -n 's/^title *= *//p' "$file")"
	done
}

# like NAME: scenarios that somebody may have meant: they share its first or last letters.
like() {
	local file name
	for file in bench/scenarios/*.conf; do
		name=$(basename "$file" .conf)
		[[ $name != "${1:0:3}"* && $name != *"${1: -3}"* ]] || echo "$name"
	done | paste -sd ' '
}

# scenario_files NAME: the file it stands for, or the files of the group; else one line and status 2.
scenario_files() {
	local near
	if [ -f "$1" ]; then
		echo "$1"
	elif [ -f "bench/scenarios/$1.conf" ]; then
		echo "bench/scenarios/$1.conf"
	elif ! compgen -G "bench/scenarios/$1-*.conf"; then
		near=$(like "$1")
		echo "run: there is no scenario '$1'; ${near:+near to it: $near; }bench/run --list shows all" >&2
		return 2
	fi
}

# native_check FILE...: this machine can run these cells, or one line and exit 1.
native_check() {
	local cc
	need ip:iproute2 tc:iproute2 ss:iproute2 iperf3:iperf3 ethtool:ethtool nsenter:util-linux sysctl:procps
	[ "$(id -u)" -eq 0 ] || { echo 'run: --native makes network namespaces: run it as root, or without --native in the laboratory' >&2; exit 1; }
	(
		die() { echo "run: $1" >&2; exit 1; }
		# shellcheck disable=SC2034
		PREFIX=w$$- WEIR_NATIVE=1
		# shellcheck source=bench/guest/load.sh
		source bench/guest/load.sh
		trap undo_all EXIT
		path_try
		while read -r cc; do
			algorithm_exists "$cc" || die "this kernel has no congestion control '$cc' and no module tcp_$cc; for weir's own: make && make install"
		done < <(sed -n 's/^FLOW[0-9]*_CC=//p' "$@" | sort -u)
	) || exit 1
}
