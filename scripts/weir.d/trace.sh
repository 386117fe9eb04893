# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# weir trace - watch connections from inside the kernel, event by event
#
# usage: weir trace
#        weir trace NAME [--flow DST[:PORT] | --flow :PORT] [--for TIME] [--json]
#                        [--events] [--every TIME]
#
# Run one of the bpftrace scripts; without NAME, list them. Each line has the
# time [seconds since boot], the flow (source > destination) and the event. It
# ends after --for, with Ctrl-C or with SIGTERM, and then prints its sums.
#
#   --flow DST:PORT  only connections to this address and port; either alone
#                    will do; IPv6: [2001:db8::1]:443
#   --for TIME       end by itself, like 500ms, 10s, 5m or 2h
#   --json           a JSON object a line: events, then the sums
#   --events         a line for each event, also from scripts that only sum up
#   --every TIME     interval of samples, by connection (default 100ms)
#
# weir trace timeline merges them: window, states, retransmissions, limits, undo.
# Needs root, bpftrace 0.17 or newer, and a kernel with BTF, as Debian's are.

# shellcheck source=scripts/weir.d/lib/algorithms.sh
source "$WEIR_LIB/weir.d/lib/algorithms.sh"
# shellcheck source=scripts/weir.d/lib/trace-flow.sh
source "$WEIR_LIB/weir.d/lib/trace-flow.sh"
# shellcheck source=scripts/weir.d/lib/trace-run.sh
source "$WEIR_LIB/weir.d/lib/trace-run.sh"

TRACE_SCRIPTS=$WEIR_LIB/trace

# list_scripts: each script and what it shows.
list_scripts()
{
	sed -n 's/^ \* \([a-z0-9-]*\) - \(.*\)/\1|\2/p' "$TRACE_SCRIPTS"/*.bt |
		while IFS='|' read -r script about; do
			printf '%-12s %s\n' "$script" "$about"
		done
}

script_names()
{
	list_scripts | cut -d ' ' -f 1 | paste -sd ' '
}

# parse_time OPTION TEXT: set REPLY to milliseconds.
parse_time()
{
	local unit

	[[ "$2" =~ ^([0-9]{1,9})(ms|s|m|h)$ ]] ||
		usage_error "$1 '$2': give a whole number and ms, s, m or h, like 10s"
	case ${BASH_REMATCH[2]} in
	ms) unit=1 ;;
	s) unit=1000 ;;
	m) unit=60000 ;;
	h) unit=3600000 ;;
	esac
	REPLY=$((10#${BASH_REMATCH[1]} * unit))
}

# parse_arguments ARGUMENT...: sets script, duration_ms, every_ms, events, format
# and what parse_flow sets.
parse_arguments()
{
	script='' duration_ms='' every_ms=100 events=0 format=text
	flow_port=0 flow_v4='' flow_v6=()
	while (($#)); do
		case $1 in
		--flow | --for | --every)
			need_value "$1" $#
			case $1 in
			--flow) parse_flow "$2" ;;
			--for)
				parse_time "$1" "$2"
				duration_ms=$REPLY
				((duration_ms >= 100 && duration_ms <= 86400000)) ||
					usage_error "--for '$2': choose from 100ms to 24h; without it, it runs until Ctrl-C"
				;;
			--every)
				parse_time "$1" "$2"
				every_ms=$REPLY
				((every_ms <= 3600000)) || usage_error "--every '$2': choose from 0ms (each ACK) to 1h"
				;;
			esac
			shift
			;;
		--json) format=json events=1 ;;
		--events) events=1 ;;
		-h | --help)
			command_help
			exit
			;;
		-*) usage_error "unknown option '$1'" ;;
		*)
			[[ -z "$script" ]] || usage_error "one script at a time: '$script' or '$1'"
			script=$1
			;;
		esac
		shift
	done
}

# check_system: die unless the scripts can run here.
check_system()
{
	local version

	((EUID == 0)) || die "not root: tracing reads the kernel's memory; run: sudo $WEIR_NAME $script ..."
	need_tool bpftrace 'bpftrace (apt-get install bpftrace)'
	version=$(bpftrace --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+' | head -n 1) || :
	[[ "$version" =~ ^([1-9]|0\.(1[7-9]|[2-9][0-9])) ]] ||
		die "bpftrace ${version:-of unknown version} is too old: install 0.17 or newer (Debian 12 has it)"
	[[ -e "$WEIR_SYS/kernel/btf/vmlinux" ]] ||
		die "this kernel has no BTF, so nobody knows its structures: boot one with CONFIG_DEBUG_INFO_BTF, as Debian's have"
	[[ "$(cat "$WEIR_SYS/kernel/security/lockdown" 2>/dev/null)" != *'[confidentiality]'* ]] ||
		die 'the kernel is locked down (confidentiality), which forbids tracing: boot without lockdown=confidentiality'
	tracing=$WEIR_SYS/kernel/tracing
	[[ -d "$tracing/events" ]] || tracing=$WEIR_SYS/kernel/debug/tracing
	[[ -d "$tracing/events" ]] ||
		die 'tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing'
}

# check_tracepoints FILE: die unless the kernel has those that FILE uses.
check_tracepoints()
{
	local hook

	while read -r hook; do
		[[ ! -d "$tracing/events/${hook/://}" ]] || continue
		[[ "$hook" != weir:* ]] ||
			die "weir.ko is not loaded: modprobe tcp_weir_$script, or weir use weir_$script"
		die "this kernel has no tracepoint $hook: $script works on Linux 6.1 to 6.12"
	done < <(sed -nE 's/^tracepoint:([a-z_]+:[a-z_]+).*/\1/p' "$1" | sort -u)
}

# check_functions FILE: die if the kernel lacks one that FILE hooks. The kernel takes its time to list
# them, so this is for when bpftrace has failed.
check_functions()
{
	local hook wanted there missing=''

	wanted=$(sed -nE 's/^k(ret)?(func|probe):([a-z0-9_]+).*/\3/p' "$1" | sort -u)
	there=$(sed 's/[ \t].*//' "$tracing/available_filter_functions" 2>/dev/null | grep -xF "$wanted" | paste -sd ' ') || :
	for hook in $wanted; do
		[[ " $there " == *" $hook "* ]] || missing+=" $hook"
	done
	[[ -z "$missing" ]] ||
		die "this kernel has no function$missing to hook (renamed, inlined, or no CONFIG_FUNCTION_TRACER): $script works on Linux 6.1 to 6.12"
}

weir_main()
{
	local file

	parse_arguments "$@"
	if [[ -z "$script" ]]; then
		list_scripts
		return
	fi
	file=$TRACE_SCRIPTS/$script.bt
	[[ "$script" =~ ^[a-z0-9-]+$ && " $(script_names) " == *" $script "* ]] ||
		usage_error "no script '$script': choose one of $(script_names)"
	check_system
	[[ "$script" != bbr-kernel ]] || is_available bbr || die "the kernel's BBR is not loaded: modprobe tcp_bbr"
	[[ "$script" != bbr-kernel || "$(bbr_generation)" != v3 ]] ||
		die "this kernel's bbr is BBRv3, and bbr-kernel knows version 1: weir trace timeline shows what all algorithms have in common"
	trace_stage=$(mktemp -d)
	trap trace_cleanup EXIT
	compose "$file" >"$trace_stage/script.bt"
	check_tracepoints "$trace_stage/script.bt"
	trace_run
}
