# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# weir revert - put back what weir tune and weir use found
#
# usage: weir revert [tune | use] [--dry-run] [--keep | --force]
#
# Restore the values that were there before, remove the files weir wrote, and
# forget about it. Without a name both are reverted. If somebody changed a value
# since, nothing is done until you say which value counts.
#
#   --dry-run  say what would be put back, and do nothing
#   --keep     leave what was changed since as it is; put the rest back
#   --force    put everything back, also what was changed since
#
# Safe to run again, also after it or weir tune or weir use was killed.

# shellcheck source=scripts/weir.d/lib/txn.sh
source "$WEIR_LIB/weir.d/lib/txn.sh"

# show_journal: what reverting the opened journal would do.
show_journal()
{
	local i now

	printf '%s, applied %s\n' "$txn_title" "$txn_when"
	for ((i = ${#txn_kind[@]} - 1; i >= 0; i--)); do
		item_read "${txn_kind[i]}" "${txn_name[i]}" || {
			printf '  %-36s is gone\n' "${txn_name[i]}"
			continue
		}
		now=$REPLY
		if "same_${txn_kind[i]}" "$now" "${txn_old[i]}"; then
			printf '  %-36s %s already\n' "${txn_name[i]}" "$(value_shown "${txn_old[i]}")"
		else
			printf '  %-36s %s, back to %s\n' "${txn_name[i]}" "$(value_shown "$now")" "$(value_shown "${txn_old[i]}")"
		fi
	done
}

# value_shown VALUE: short, for people.
value_shown()
{
	case $1 in
	sha256:*) printf 'written' ;;
	'qdisc '*) printf 'queue %s' "$(qdisc_leaf "$1")" ;;
	*) squeeze "$1" ;;
	esac
}

weir_main()
{
	local dry=no how='' owner changed found=no
	local -a owners=()

	while (($#)); do
		case $1 in
		tune | use) owners+=("$1") ;;
		--dry-run) dry=yes ;;
		--keep | --force)
			[[ -z "$how" || "$how" == "${1#--}" ]] || usage_error '--keep and --force exclude each other'
			how=${1#--}
			;;
		-h | --help)
			command_help
			return
			;;
		*) usage_error "unknown argument '$1'" ;;
		esac
		shift
	done
	((${#owners[@]})) || owners=(use tune)
	if [[ "$dry" == no ]]; then
		need_root
		txn_lock
	fi
	for owner in "${owners[@]}"; do
		txn_open "$owner"
		changed=$(txn_changed)
		[[ -z "$changed" || -n "$how" || "$dry" == yes ]] || {
			printf '%s\n' "$changed" | sed "s/^/$WEIR_NAME: /" >&2
			die 'changed by somebody else since, so nothing was done: --keep leaves these as they are, --force puts them back too'
		}
	done
	for owner in "${owners[@]}"; do
		txn_open "$owner"
		if [[ ! -e "$txn_dir/journal" ]]; then
			[[ "$dry" == yes ]] || rm -rf "$txn_dir"
			continue
		fi
		found=yes
		show_journal
		[[ "$dry" == no ]] || continue
		txn_undo "$how" || die "$txn_reason; the rest was put back; mend that, then run this again"
	done
	if [[ "$found" == no ]]; then
		printf 'nothing to revert\n'
	elif [[ "$dry" == no ]]; then
		printf 'Reverted.\n'
	fi
}
