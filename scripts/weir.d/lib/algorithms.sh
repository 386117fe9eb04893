# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Congestion control algorithms: which there are, and where they come from.

available_algorithms()
{
	squeeze "$(sysctl_get net.ipv4.tcp_available_congestion_control)"
}

is_available()
{
	[[ " $(available_algorithms) " == *" $1 "* ]]
}

# is_restricted NAME: whether only a privileged program may select it.
is_restricted()
{
	[[ " $(squeeze "$(sysctl_get net.ipv4.tcp_allowed_congestion_control)") " != *" $1 "* ]]
}

# module_file NAME: file of module NAME for the running kernel, or nothing.
module_file()
{
	find "$WEIR_MODULES/$(kernel_release)" \( -name "${1//-/_}.ko" -o -name "${1//-/_}.ko.[gxz]*" \) -print -quit 2>/dev/null || :
}

# module_is_builtin NAME: whether the kernel image has it.
module_is_builtin()
{
	grep -qs "/${1//_/[_-]}\.ko$" "$WEIR_MODULES/$(kernel_release)/modules.builtin"
}

# loadable_algorithms: those on disk that are not registered.
loadable_algorithms()
{
	local name

	find "$WEIR_MODULES/$(kernel_release)" -name 'tcp_*.ko*' -printf '%f\n' 2>/dev/null |
		sed 's/^tcp_//; s/\.ko.*$//' | grep -vx diag | sort -u |
		while read -r name; do
			is_available "$name" || printf '%s ' "$name"
		done || :
}

# loaded_version MODULE: version of the code in the kernel, if it states one.
loaded_version()
{
	cat "$WEIR_SYS/module/$1/version" 2>/dev/null || :
}

# file_version FILE: version of the code in a module's file.
file_version()
{
	modinfo -F version "$1" 2>/dev/null || :
}

# origin NAME: where a registered algorithm's code is from: "module 0.1.0",
# "module", "built in".
origin()
{
	local version

	version=$(loaded_version "tcp_$1")
	if grep -qs "^tcp_$1 " "$WEIR_PROC/modules"; then
		printf 'module%s' "${version:+ $version}"
	elif [[ "$1" == reno || -n "$version" ]] || module_is_builtin "tcp_$1" || [[ ! -s "$WEIR_PROC/modules" ]]; then
		printf 'built in%s' "${version:+, version $version}"
	else
		printf 'BPF, or a module of another name'
	fi
}

# bbr_generation: which BBR goes by the name bbr here: v1 or v3, or nothing.
# Kernels with BBRv3 keep the name. Theirs has a version, and a callback for
# packets marked lost, which v1 has not.
bbr_generation()
{
	is_available bbr || return 0
	if [[ "$(loaded_version tcp_bbr)" == 3 ]] || grep -qsw bbr_skb_marked_lost "$WEIR_PROC/kallsyms"; then
		echo v3
	else
		echo v1
	fi
}

# sockets_by_algorithm: for each algorithm of connected sockets in this network
# namespace: name, sockets, bytes sent, bytes sent again, median RTT [us], sum of
# the delivery rates [bit/s].
sockets_by_algorithm()
{
	ss -tinHO state connected exclude time-wait exclude syn-recv 2>/dev/null |
		awk -f "$WEIR_LIB/weir.d/lib/ss.awk" -f <(cat <<'AWK'
		{
			read_socket()
			if (cc == "")
				next
			count[cc]++
			sent[cc] += field["bytes_sent"]
			again[cc] += field["bytes_retrans"]
			rate[cc] += field["delivery_rate"]
			split(field["rtt"], rtt, "/")
			if (rtt[1] > 0)
				rtts[cc] = rtts[cc] " " rtt[1]
		}
		END {
			for (cc in count)
				printf "%s %d %.0f %.0f %.0f %.0f\n", cc, count[cc], sent[cc], again[cc], \
					1000 * median(rtts[cc]), rate[cc]
		}
AWK
		) | sort -k2,2nr -k1,1
}
