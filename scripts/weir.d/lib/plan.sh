# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# What a profile would change here: rows of key, now, proposed, action, reason.
#
# An action is one of
#   set       would be written
#   keep      is so already
#   restore   weir changed it for another profile: goes back to what was found
#   absent    this kernel, or this network namespace, has no such setting
#   readonly  may not be written here
#   leave     a device that is better left alone

# plan_row KEY NOW PROPOSED ACTION WHY: add a row.
plan_row()
{
	row_key+=("$1") row_now+=("$2") row_new+=("$3") row_action+=("$4") row_why+=("$5")
}

# plan_build: rows from the loaded profile and the buffers it needs.
plan_build()
{
	local i dev

	row_key=() row_now=() row_new=() row_action=() row_why=()
	for i in "${!prof_key[@]}"; do
		plan_key "${prof_key[i]}" "${prof_op[i]}" "${prof_value[i]}" "${prof_why[i]}"
	done
	for i in "${!txn_kind[@]}"; do
		[[ "${txn_kind[i]}" != sysctl || " ${prof_key[*]} " == *" ${txn_name[i]} "* ]] || plan_restore "$i"
	done
	dev_name=() dev_now=() dev_action=() dev_why=()
	for dev in "$@"; do
		plan_device "$dev"
	done
}

# plan_key KEY OP VALUE WHY: one row.
plan_key()
{
	local now base proposed why=$4 limit

	if ! sysctl_read "$1"; then
		if in_first_netns; then
			why="Linux $(kernel_release) has no such setting."
		else
			why='It belongs to the whole system, or this kernel has none: it is not in this network namespace.'
		fi
		plan_row "$1" - "$3" absent "$why"
		return
	fi
	squeeze_to now "$REPLY"
	txn_base sysctl "$1" "$now"
	squeeze_to base "$REPLY"
	case $3 in
	@receive | @send)
		limit=$BUF_RECEIVE
		[[ "$3" != @send ]] || limit=$BUF_SEND
		((limit <= BUF_CAP)) || limit=$BUF_CAP
		((limit >= ${base##* })) || limit=${base##* }
		proposed="${base% *} $limit"
		;;
	*)
		plan_value "$1" "$2" "$base" "$3"
		proposed=$REPLY
		;;
	esac
	if [[ "$now" == "$proposed" ]]; then
		plan_row "$1" "$now" "$proposed" keep "$why"
	elif ! sysctl_writable "$1" && ((EUID == 0)); then
		plan_row "$1" "$now" "$proposed" readonly 'It cannot be written here: a container, or a namespace other than the first.'
	else
		plan_row "$1" "$now" "$proposed" 'set' "$why"
	fi
}

# plan_restore I: a row for a key that only an earlier profile set.
plan_restore()
{
	local now

	sysctl_read "${txn_name[$1]}" || return 0
	now=$REPLY
	if txn_ours "$1" "$now" && ! same_sysctl "$now" "${txn_old[$1]}"; then
		plan_row "${txn_name[$1]}" "$(squeeze "$now")" "$(squeeze "${txn_old[$1]}")" restore \
			"An earlier weir tune set it; this profile does not."
	fi
}

# plan_value KEY OP BASE WANTED: set REPLY to what OP makes of them.
plan_value()
{
	local -a base wanted

	read -ra base <<<"$3"
	read -ra wanted <<<"$4"
	if [[ "$1" == net.ipv4.ip_local_port_range && "$2" == '>=' ]]; then
		# A wider range has a lower first port.
		REPLY="$((base[0] < wanted[0] ? base[0] : wanted[0])) $((base[1] > wanted[1] ? base[1] : wanted[1]))"
	elif [[ ("$2" == '>=' && "$3" -gt "$4") || ("$2" == '<=' && "$3" -lt "$4") ]]; then
		REPLY=$3
	else
		REPLY=${wanted[*]}
	fi
}

# plan_device DEV: what becomes of its queueing discipline.
plan_device()
{
	local now default leaf

	now=$(read_qdisc "$1") || :
	[[ -n "$now" ]] || usage_error "--dev '$1': no such device here: choose one of $(device_names)"
	leaf=$(qdisc_leaf "$now")
	default=$leaf
	if sysctl_read net.core.default_qdisc; then
		txn_base sysctl net.core.default_qdisc "$REPLY"
		default=$REPLY
	fi
	dev_name+=("$1") dev_now+=("$leaf")
	if [[ "$leaf" == "$prof_qdisc" ]]; then
		dev_action+=(keep) dev_why+=('')
	elif qdisc_is_ours "$now"; then
		dev_action+=('set') dev_why+=('')
	elif ! qdisc_is_default "$now"; then
		dev_action+=(leave) dev_why+=("somebody configured it; to replace it yourself: tc qdisc replace dev $1 root $prof_qdisc")
	elif [[ "$leaf" != noqueue && "$leaf" != "$default" ]]; then
		dev_action+=(leave) dev_why+=("the default is $default today, so $leaf could not be put back; to replace it yourself: tc qdisc replace dev $1 root $prof_qdisc")
	else
		dev_action+=('set') dev_why+=('')
	fi
}

# plan_devices_left: devices that were not named, and queue otherwise for want of
# somebody who chose.
plan_devices_left()
{
	local dev leaf now

	for dev in $(device_names); do
		[[ " ${dev_name[*]} " != *" $dev "* ]] || continue
		now=$(read_qdisc "$dev") || continue
		qdisc_is_default "$now" || continue
		leaf=$(qdisc_leaf "$now")
		case $leaf in
		'' | noqueue | "$prof_qdisc") ;;
		*) printf '%s (%s)\n' "$dev" "$leaf" ;;
		esac
	done
}

# plan_overrides FILE: settings of ours that a file read after FILE sets again.
plan_overrides()
{
	local i file key value
	local -a later

	mapfile -t later < <(sysctl_files | awk -v own="${1##*/}" -F / '$NF > own || /sysctl\.conf$/')
	for file in "${later[@]}"; do
		[[ -r "$file" && "$file" != "$1" ]] || continue
		while IFS='=' read -r key value; do
			key=$(squeeze "$key")
			key=${key#-}
			key=${key//\//.}
			for i in "${!row_key[@]}"; do
				[[ "$key" != "${row_key[i]}" || "$(squeeze "$value")" == "${row_new[i]}" ]] ||
					printf '%s = %s (%s)\n' "$key" "$(squeeze "$value")" "$file"
			done
		done < <(grep -vE '^[[:space:]]*([#;]|$)' "$file")
	done
}

# sysctl_files: the files that set sysctls at boot, in the order they are read.
# A file in /etc hides one of the same name elsewhere.
sysctl_files()
{
	local dir
	local -a dirs=("$WEIR_SYSCONFDIR/sysctl.d")

	[[ "$WEIR_SYSCONFDIR" != /etc ]] ||
		dirs+=(/run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d)
	for dir in "${dirs[@]}"; do
		find "$dir" -maxdepth 1 -name '*.conf' 2>/dev/null || :
	done | awk -F / '!seen[$NF]++ { print $NF "\t" $0 }' | LC_ALL=C sort | cut -f 2
	printf '%s/sysctl.conf\n' "$WEIR_SYSCONFDIR"
}

# plan_dropin TITLE: the file that makes the change last.
plan_dropin()
{
	local i

	printf '# Written by weir: %s\n' "$1"
	printf '# To change it run weir tune again, to remove it weir revert. Put settings of\n'
	printf '# your own in a file of your own.\n'
	for i in "${!row_key[@]}"; do
		case ${row_action[i]} in
		'set') ;;
		keep) txn_find sysctl "${row_key[i]}" || continue ;;
		*) continue ;;
		esac
		printf '\n# %s\n%s = %s\n' "${row_why[i]}" "${row_key[i]}" "${row_new[i]}"
	done
}
