# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# weir status - what runs now: algorithms of live connections, defaults, queues
#
# usage: weir status [--json]
#
# Ask the sockets themselves, not the list of loaded modules: a module that is
# loaded may serve nobody, and a built-in algorithm is in no list.
#
#   --json   the same as JSON
#
# A median RTT and the share of bytes sent again are over all connections of an
# algorithm; rate is the sum of what they delivered when they last were busy.

# shellcheck source=scripts/weir.d/lib/txn.sh
source "$WEIR_LIB/weir.d/lib/txn.sh"
# shellcheck source=scripts/weir.d/lib/algorithms.sh
source "$WEIR_LIB/weir.d/lib/algorithms.sh"
# shellcheck source=scripts/weir.d/lib/bdp.sh
source "$WEIR_LIB/weir.d/lib/bdp.sh"
# shellcheck source=scripts/weir.d/lib/devices.sh
source "$WEIR_LIB/weir.d/lib/devices.sh"

# algorithm_rows: sockets by algorithm, then those without sockets of which the
# kernel knows: NAME SOCKETS SENT AGAIN RTT_US RATE_BPS.
algorithm_rows()
{
	local rows name

	rows=$(sockets_by_algorithm)
	[[ -z "$rows" ]] || printf '%s\n' "$rows"
	for name in $(available_algorithms); do
		grep -q "^$name " <<<"$rows" || printf '%s 0 0 0 0 0\n' "$name"
	done
}

# described NAME: where its code is from; of bbr, which one it is.
described()
{
	local generation

	[[ "$1" == bbr ]] && generation=$(bbr_generation) || generation=
	printf '%s%s' "$(origin "$1")" "${generation:+, BBR$generation}"
}

# interface_rows: DEVICE KIND...
interface_rows()
{
	local dev

	for dev in $(device_names); do
		printf '%s %s\n' "$dev" "$(qdisc_leaf "$(read_qdisc "$dev")")"
	done
}

# route_rows: routes that choose an algorithm: PREFIX NAME.
route_rows()
{
	{ ip -4 route show table all; ip -6 route show table all; } 2>/dev/null |
		sed -nE 's/^([^ ]+).* congctl (lock )?([^ ]+).*/\1 \3/p' || :
}

# change_rows: what weir changed and can revert: OWNER TAB TITLE TAB WHEN TAB COUNT.
change_rows()
{
	local owner

	for owner in use tune; do
		txn_open "$owner"
		[[ ! -e "$txn_dir/journal" ]] || printf '%s\t%s\t%s\t%s\n' "$owner" "$txn_title" "$txn_when" \
			"$(txn_changed | grep -c . || :)"
	done
}

show_text()
{
	local name sockets sent again rtt rate shared kind owner title when count

	printf 'Linux %s, weir %s\n\n' "$(kernel_release)" "$(weir_version)"
	printf '  %-16s %7s %9s %7s %9s %13s  %s\n' algorithm sockets sent again 'med. RTT' rate from
	while read -r name sockets sent again rtt rate; do
		shared=$(awk -v a="$again" -v s="$sent" 'BEGIN { if (s > 0) printf "%.2f%%", 100 * a / s; else printf "-" }')
		printf '%s %-16s %7s %9s %7s %9s %13s  %s\n' "$([[ "$name" == "$default" ]] && echo '*' || echo ' ')" \
			"$name" "$sockets" "$(human_bytes "$sent")" "$shared" \
			"$(if [[ "$rtt" == 0 ]]; then echo -; else human_us "$rtt"; fi)" \
			"$(if [[ "$rate" == 0 ]]; then echo -; else human_rate "$rate"; fi)" "$(described "$name")"
	done < <(algorithm_rows)
	printf '* is the default for new connections%s\n' \
		"$(in_main_netns || echo ' of this network namespace')"
	while read -r name kind; do
		printf 'route    %s uses %s\n' "$name" "$kind"
	done < <(route_rows)
	while read -r name kind; do
		printf 'queues   %s %s\n' "$name" "${kind:--}"
	done < <(interface_rows)
	while IFS=$'\t' read -r owner title when count; do
		printf 'changed  weir %s at %s%s; to undo: weir revert %s\n' "$title" "$when" \
			"$( ((count == 0)) || printf ', %s of it changed again since' "$count")" "$owner"
	done < <(change_rows)
}

show_json()
{
	local name sockets sent again rtt rate kind owner title when count separator=

	printf '{"schema": "weir-status-1", "kernel": %s, "version": %s, "default": %s,\n "algorithms": [' \
		"$(json_string "$(kernel_release)")" "$(json_string "$(weir_version)")" "$(json_string "$default")"
	while read -r name sockets sent again rtt rate; do
		printf '%s\n  {"name": %s, "sockets": %s, "bytes_sent": %s, "bytes_retrans": %s, "rtt_us": %s, "delivery_bps": %s, "origin": %s}' \
			"$separator" "$(json_string "$name")" "$sockets" "$sent" "$again" "$rtt" "$rate" \
			"$(json_string "$(described "$name")")"
		separator=,
	done < <(algorithm_rows)
	printf '],\n "routes": ['
	separator=
	while read -r name kind; do
		printf '%s{"prefix": %s, "algorithm": %s}' "$separator" "$(json_string "$name")" "$(json_string "$kind")"
		separator=', '
	done < <(route_rows)
	printf '],\n "interfaces": ['
	separator=
	while read -r name kind; do
		printf '%s{"device": %s, "qdisc": %s}' "$separator" "$(json_string "$name")" "$(json_string "$kind")"
		separator=', '
	done < <(interface_rows)
	printf '],\n "changes": ['
	separator=
	while IFS=$'\t' read -r owner title when count; do
		printf '%s{"by": %s, "what": %s, "when": %s, "changed_since": %s}' "$separator" \
			"$(json_string "$owner")" "$(json_string "$title")" "$(json_string "$when")" "$count"
		separator=', '
	done < <(change_rows)
	printf ']}\n'
}

weir_main()
{
	local format=text

	while (($#)); do
		case $1 in
		--json) format=json ;;
		-h | --help)
			command_help
			return
			;;
		*) usage_error "unknown argument '$1'" ;;
		esac
		shift
	done
	need_tool ss iproute2
	default=$(sysctl_get net.ipv4.tcp_congestion_control)
	"show_$format"
}
