# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# weir tune - propose kernel settings for a path; apply them if asked
#
# usage: weir tune PROFILE [--rate RATE --rtt TIME] [--dev DEVICE]... [OPTION]
#        weir tune --list | --explain KEY | PROFILE --explain
#
# Show what the profile would change here, and why. Nothing is changed without
# --apply. Profiles: wan, lan, server, satellite, datacenter, or the path of one
# of your own.
#
#   --rate RATE      of the path, like 10gbit: sizes the buffers
#   --rtt TIME       round-trip time of the path, like 50ms
#   --dev DEVICE     give this device the profile's queueing discipline as well;
#                    repeatable. Without it only devices that come up later get it
#   --apply          make the changes, and have them made at every boot
#   --check          print nothing; exit 0 if all is so already, 1 if not
#   --json           print the plan as JSON
#   --list           name the profiles
#   --explain [KEY]  what each key does, when it hurts, its default and source
#
# Applying keeps the values it found in /var/lib/weir and writes one file,
# /etc/sysctl.d/90-weir.conf. weir revert takes everything back. In a network
# namespace other than the system's only the namespace changes, and no file.

# shellcheck source=scripts/weir.d/lib/txn.sh
source "$WEIR_LIB/weir.d/lib/txn.sh"
# shellcheck source=scripts/weir.d/lib/bdp.sh
source "$WEIR_LIB/weir.d/lib/bdp.sh"
# shellcheck source=scripts/weir.d/lib/profile.sh
source "$WEIR_LIB/weir.d/lib/profile.sh"
# shellcheck source=scripts/weir.d/lib/devices.sh
source "$WEIR_LIB/weir.d/lib/devices.sh"
# shellcheck source=scripts/weir.d/lib/plan.sh
source "$WEIR_LIB/weir.d/lib/plan.sh"

# parse_arguments ARGUMENT...: sets the globals that the rest uses.
parse_arguments()
{
	profile='' rate='' rtt='' devices=() mode=plan explain=''
	while (($#)); do
		case $1 in
		--rate | --rtt | --dev)
			need_value "$1" $#
			case $1 in
			--rate) rate=$2 ;;
			--rtt) rtt=$2 ;;
			--dev) [[ " ${devices[*]} " == *" $2 "* ]] || devices+=("$2") ;;
			esac
			shift
			;;
		--apply | --check | --json | --list)
			[[ "$mode" == plan ]] || usage_error "--$mode and $1 exclude each other"
			mode=${1#--}
			;;
		--explain)
			mode=explain
			if [[ "${2:-}" == net.* ]]; then
				explain=$2
				shift
			fi
			;;
		-h | --help)
			command_help
			exit
			;;
		-*) usage_error "unknown option '$1'" ;;
		*)
			[[ -z "$profile" ]] || usage_error "one profile at a time: '$profile' or '$1'"
			profile=$1
			;;
		esac
		shift
	done
	[[ -n "$profile" || "$mode" == list || -n "$explain" ]] ||
		usage_error "which profile? choose one of $(profile_names | paste -sd ' ')"
	[[ -z "$rate$rtt" || (-n "$rate" && -n "$rtt") ]] ||
		usage_error 'the buffers depend on both: give --rate and --rtt together'
}

list_profiles()
{
	local name

	for name in $(profile_names); do
		profile_load "$(profile_file "$name")"
		printf '%-11s %s (%s, %s)\n' "$name" "$prof_title" "$prof_rate" "$prof_rtt"
	done
}

# explain_key KEY: what the catalogue says.
explain_key()
{
	local field text

	[[ -n "$(key_field "$1" what)" ]] || usage_error "no key '$1' in the catalogue: choose one of $(key_names | paste -sd ' ')"
	printf '%s\n' "$1"
	for field in what hurts default source; do
		text=$(key_field "$1" "$field")
		printf '%s\n' "$field: $text" | wrap
	done
}

# wrap: each line, indented, broken before column 92.
wrap()
{
	awk '{
		line = "   "
		for (i = 1; i <= NF; i++) {
			if (length(line) + length($i) > 90) { print line; line = "   " }
			line = line " " $i
		}
		print line
	}'
}

explain_profile()
{
	local i

	for i in "${!prof_key[@]}"; do
		explain_key "${prof_key[i]}"
		printf '%s\n' "here: ${prof_op[i]} ${prof_value[i]}. ${prof_why[i]}" | wrap
	done
}

# show_plan: the plan as text.
show_plan()
{
	local i line

	printf 'profile    %s: %s\n' "$profile" "$prof_title"
	buffers_shown "$rate_bps" "$rtt_us"
	printf '\n%-9s %-35s %-24s %s\n' '' key now proposed
	for i in "${!row_key[@]}"; do
		printf '%-9s %-35s %-24s %s\n%-9s   %s\n' "${row_action[i]}" "${row_key[i]}" \
			"${row_now[i]}" "${row_new[i]}" '' "${row_why[i]}"
	done
	for i in "${!dev_name[@]}"; do
		printf '%-9s %-35s %-24s %s\n' "${dev_action[i]}" "queues of ${dev_name[i]}" "${dev_now[i]}" "$prof_qdisc"
		[[ -z "${dev_why[i]}" ]] || printf '%-9s   %s\n' '' "${dev_why[i]}"
	done
	printf '\n'
	while read -r line; do
		printf 'unchanged  %s: only devices that come up later get %s; to change it now: --dev %s\n' \
			"$line" "$prof_qdisc" "${line%% *}"
	done < <(plan_devices_left)
	while read -r line; do
		printf 'overridden at boot by a file that is read later: %s\n' "$line"
	done < <(! in_main_netns || plan_overrides "$dropin")
	in_main_netns || printf 'namespace  this is not the network namespace the system booted with: no file is written\n'
}

plan_json()
{
	local i separator=

	printf '{"schema": "weir-plan-1", "profile": %s, "rate_bps": %s, "rtt_us": %s,\n' \
		"$(json_string "$profile")" "$rate_bps" "$rtt_us"
	printf ' "bdp_bytes": %s, "receive_bytes": %s, "send_bytes": %s, "cap_bytes": %s,\n "keys": [' \
		"$BUF_BDP" "$BUF_RECEIVE" "$BUF_SEND" "$BUF_CAP"
	for i in "${!row_key[@]}"; do
		printf '%s\n  {"key": %s, "now": %s, "proposed": %s, "action": %s, "reason": %s}' "$separator" \
			"$(json_string "${row_key[i]}")" "$(json_string "${row_now[i]}")" \
			"$(json_string "${row_new[i]}")" "$(json_string "${row_action[i]}")" "$(json_string "${row_why[i]}")"
		separator=,
	done
	printf '],\n "devices": ['
	separator=
	for i in "${!dev_name[@]}"; do
		printf '%s\n  {"device": %s, "now": %s, "proposed": %s, "action": %s, "reason": %s}' "$separator" \
			"$(json_string "${dev_name[i]}")" "$(json_string "${dev_now[i]}")" \
			"$(json_string "$prof_qdisc")" "$(json_string "${dev_action[i]}")" "$(json_string "${dev_why[i]}")"
		separator=,
	done
	printf ']}\n'
}

# wanted: whether anything is left to change.
wanted()
{
	[[ " ${row_action[*]} ${dev_action[*]} " == *' set '* || " ${row_action[*]} " == *' restore '* ]]
}

# complete: whether the last apply was not killed half way, and its file is there.
complete()
{
	[[ "$txn_state" != begun ]] || return 1
	! txn_find file "$dropin" || [[ -e "$dropin" ]]
}

# apply_plan: make the change the rows describe.
apply_plan()
{
	local i title

	title="tune $profile, $(human_rate "$rate_bps"), $(human_us "$rtt_us")"
	for i in "${!row_action[@]}"; do
		[[ "${row_action[i]}" != readonly ]] || wanted ||
			die "${row_key[i]} is read-only here$(container_hint "${row_key[i]}=${row_new[i]}")"
	done
	# First the devices, so that reverting sets the default before it lets the
	# kernel choose again.
	for i in "${!dev_name[@]}"; do
		if [[ "${dev_action[i]}" == 'set' ]] ||
			{ [[ "${dev_action[i]}" == keep ]] && txn_find qdisc "${dev_name[i]}"; }; then
			txn_plan qdisc "${dev_name[i]}" "$prof_qdisc"
		fi
	done
	for i in "${!row_key[@]}"; do
		if [[ "${row_action[i]}" == 'set' ]] ||
			{ [[ "${row_action[i]}" == keep ]] && txn_find sysctl "${row_key[i]}"; }; then
			txn_plan sysctl "${row_key[i]}" "${row_new[i]}"
		fi
	done
	if in_main_netns && [[ " ${plan_kind[*]} " == *' sysctl '* ]]; then
		txn_content "$(plan_dropin "$title")"
		txn_plan dir "${dropin%/*}" present
		txn_plan file "$dropin" "$txn_hash"
	fi
	txn_apply "$title"
}

# container_hint SETTING: what to do instead, in a container.
container_hint()
{
	local kind

	kind=$(container_kind)
	if [[ -n "$kind" ]]; then
		printf ' (a container: %s): set it from outside, as with docker run --sysctl %q' "$kind" "$1"
	else
		printf ': mount %s/sys so that it can be written, or run this outside' "$WEIR_PROC"
	fi
}

# check_dropin: refuse a file there that is not as weir left it.
check_dropin()
{
	[[ -e "$dropin" ]] || return 0
	txn_find file "$dropin" ||
		die "$dropin is there, but not from this installation: move it away, then try again"
	item_read file "$dropin"
	txn_ours "$txn_at" "$REPLY" ||
		die "$dropin was changed since weir wrote it: move your lines to a file of your own, then weir revert --force"
}

weir_main()
{
	local dev file

	parse_arguments "$@"
	case $mode in
	list)
		list_profiles
		return
		;;
	explain)
		if [[ -n "$explain" ]]; then
			explain_key "$explain"
		else
			file=$(profile_file "$profile")
			profile_load "$file"
			explain_profile
		fi
		return
		;;
	apply) need_root ;;
	esac
	file=$(profile_file "$profile")
	profile_load "$file"
	rate_bps=$(parse_rate "${rate:-$prof_rate}")
	rtt_us=$(parse_rtt "${rtt:-$prof_rtt}")
	buffers_for "$rate_bps" "$rtt_us"
	dropin=$WEIR_SYSCONFDIR/sysctl.d/90-weir.conf
	[[ "$mode" != apply ]] || txn_lock
	txn_open tune
	# Devices changed before stay changed, until they are reverted.
	for dev in "${!txn_kind[@]}"; do
		[[ "${txn_kind[dev]}" != qdisc || " ${devices[*]} " == *" ${txn_name[dev]} "* ]] ||
			! read_qdisc "${txn_name[dev]}" >/dev/null || devices+=("${txn_name[dev]}")
	done
	[[ -n "$prof_qdisc" || "${#devices[@]}" == 0 ]] || usage_error "profile $profile names no queueing discipline: --dev does nothing"
	plan_build "${devices[@]}"
	case $mode in
	json) plan_json ;;
	check) ! wanted ;;
	plan)
		show_plan
		if wanted; then
			printf 'Nothing was changed. The same command with --apply makes the changes.\n'
		else
			printf 'Nothing is left to change.\n'
		fi
		;;
	apply)
		! in_main_netns || check_dropin
		show_plan
		if ! wanted && complete && [[ " ${row_action[*]} " != *' readonly '* ]]; then
			printf 'Nothing is left to change.\n'
			return
		fi
		apply_plan
		printf 'Applied. weir revert takes it back.\n'
		;;
	esac
}
