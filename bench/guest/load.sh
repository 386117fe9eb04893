# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# What a cell needs from the kernel: modules, algorithms, parameters. On a real
# machine everything changed here is noted and put back at the end.

declare -a UNDO=()

# undo COMMAND...: to be done at the end, the latest first; on a real machine.
undo()
{
	[[ -z "${WEIR_NATIVE:-}" ]] || UNDO+=("$(printf '%q ' "$@")")
}

# undo_all: a guest is thrown away; a real machine is left as it was found.
undo_all()
{
	local i

	for ((i = ${#UNDO[@]} - 1; i >= 0; i--)); do
		eval "${UNDO[i]}" 2>/dev/null || :
	done
	UNDO=()
}

# unload NAME: a namespace that was just deleted holds its modules for a moment.
unload()
{
	local tries

	for ((tries = 0; tries < 20; tries++)); do
		! modprobe -qr "$1" || return 0
		sleep 0.1
	done
}

# module NAME: load it; a module that was not there before goes again.
module()
{
	[[ ! -e "/sys/module/$1" ]] || return 0
	modprobe -q "$1" || return 1
	[[ ! -e "/sys/module/$1" ]] || undo unload "$1"
}

# set_file FILE VALUE: write a kernel setting, to be put back.
set_file()
{
	local before

	read -r before <"$1"
	undo eval "echo $before >$1"
	{ echo "$2" >"$1"; } 2>/dev/null
}

# algorithms: every congestion control of the cell, each once.
algorithms()
{
	local i cc

	for ((i = 1; i <= FLOWS; i++)); do
		cc=FLOW${i}_CC
		echo "${!cc}"
	done | sort -u
}

# algorithm_exists NAME: it is there, or would be when asked for.
algorithm_exists()
{
	grep -qw -- "$1" /proc/sys/net/ipv4/tcp_available_congestion_control ||
		modprobe -nq "tcp_$1"
}

# algorithms_load: make them available and set their parameters.
algorithms_load()
{
	local cc i param file

	for cc in $(algorithms); do
		grep -qw -- "$cc" /proc/sys/net/ipv4/tcp_available_congestion_control ||
			module "tcp_$cc" ||
			die "no congestion control '$cc': this kernel has no module tcp_$cc; build and install it"
	done
	for ((i = 1; i <= PARAMS; i++)); do
		param=PARAM$i param=${!param}
		file=/sys/module/${param%%/*}/parameters/${param#*/}
		file=${file%%=*}
		[[ -e "$file" ]] || die "${param%%/*} has no parameter '${file##*/}'; see modinfo ${param%%/*}"
		set_file "$file" "${param#*=}" ||
			die "parameter ${file##*/} of ${param%%/*} refuses ${param#*=}; the kernel's log says why"
	done
}

# modules_load: the parts of the path. One that is built in cannot be loaded;
# what is really missing shows when the path is tried.
modules_load()
{
	local name
	local -a names=(veth sch_netem sch_fq tcp_diag)

	((DROP_EVERY == 0)) || names+=(sch_ingress cls_matchall act_gact)
	[[ -z "$ECN" ]] || names+=(sch_htb sch_codel)
	((BYTES_FLOWS == 0)) || names+=(sch_plug)
	for name in "${names[@]}"; do
		module "$name" || :
	done
}

# path_try: one line instead of many when this kernel cannot build the path.
path_try()
{
	local name=${PREFIX}try kind

	ip netns add "$name" || die "cannot make a network namespace; run as root"
	undo ip netns del "$name"
	module sch_netem || :
	module sch_fq || :
	for kind in "netem delay 1ms" fq; do
		# shellcheck disable=SC2086
		tc -n "$name" qdisc replace dev lo root $kind 2>/dev/null ||
			die "this kernel has no qdisc ${kind%% *}: install the module sch_${kind%% *}, or use the laboratory (bench/run without --native)"
	done
	ip netns del "$name"
}

# guest_tune: limits of the whole machine; a laboratory guest is ours to change.
# TCP may use three quarters of the memory, in pages of 4 KiB.
guest_tune()
{
	local total

	read -r _ total _ </proc/meminfo
	total=$((total * 3 / 16))
	echo 100000 >/proc/sys/net/core/netdev_max_backlog
	echo "$total $total $total" >/proc/sys/net/ipv4/tcp_mem
}

# softnet_drops: packets lost between namespaces since boot; prints a number.
softnet_drops()
{
	local dropped sum=0

	while read -r _ dropped _; do
		sum=$((sum + 16#$dropped))
	done </proc/net/softnet_stat
	echo "$sum"
}
