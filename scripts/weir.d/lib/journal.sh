# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The journal of txn.sh: found, read, locked, written, removed.
#
# It is a text file, DIR/journal; item lines are separated by tabs:
#   item KIND NAME OLD VIA NEW
# and a line before them says the state: begun, until all is applied, then done.
# OLD is what was found before weir came, VIA what was there when this journal
# was written (differs from OLD after a second apply), NEW what weir sets.

# txn_open OWNER: choose the journal of OWNER (tune or use) in this network
# namespace. Namespaces other than the system's end at the latest with it, so
# their journals are kept where a reboot clears them.
txn_open()
{
	if in_main_netns; then
		txn_dir=$WEIR_STATEDIR/$1
	else
		txn_dir=$WEIR_RUNDIR/netns-$(netns_id)/$1
	fi
	txn_reset
	[[ ! -e "$txn_dir/journal" ]] || txn_load
}

txn_reset()
{
	txn_kind=() txn_name=() txn_old=() txn_via=() txn_new=()
	txn_title='' txn_when='' txn_state='none'
}

# txn_load: read the journal.
txn_load()
{
	local word a b c d e

	while IFS=$'\t' read -r word a b c d e; do
		case $word in
		weir-journal)
			[[ "$a" == 1 ]] || die "$txn_dir/journal is of format $a: revert with the weir that wrote it"
			;;
		title) txn_title=$a ;;
		when) txn_when=$a ;;
		state) txn_state=$a ;;
		item)
			txn_kind+=("$a")
			txn_name+=("$b")
			printf -v c '%b' "$c"
			printf -v d '%b' "$d"
			printf -v e '%b' "$e"
			txn_old+=("$c") txn_via+=("$d") txn_new+=("$e")
			;;
		esac
	done <"$txn_dir/journal"
}

# txn_lock: one change at a time. What this process started holds the lock too,
# so that it is free only when the last write of a killed process is done.
txn_lock()
{
	local fd

	mkdir -p "$WEIR_RUNDIR" 2>/dev/null || :
	[[ -w "$WEIR_RUNDIR" ]] || die "cannot write $WEIR_RUNDIR/lock: is the file system read-only?"
	exec {fd}>"$WEIR_RUNDIR/lock"
	flock -w 10 "$fd" || die "another weir is changing settings: try again when it is done (it holds $WEIR_RUNDIR/lock)"
}

# txn_save: write the journal whole or not at all.
txn_save()
{
	local i old via new

	mkdir -p "$txn_dir" 2>/dev/null || die "cannot write $txn_dir: the old values have to be kept there"
	{
		printf 'weir-journal\t1\ntitle\t%s\nwhen\t%s\nstate\t%s\n' "$txn_title" "$txn_when" "$txn_state"
		for i in "${!txn_kind[@]}"; do
			escape_to old "${txn_old[i]}"
			escape_to via "${txn_via[i]}"
			escape_to new "${txn_new[i]}"
			printf 'item\t%s\t%s\t%s\t%s\t%s\n' "${txn_kind[i]}" "${txn_name[i]}" "$old" "$via" "$new"
		done
	} >"$txn_dir/journal.new"
	txn_step
	sync "$txn_dir/journal.new"
	mv -f "$txn_dir/journal.new" "$txn_dir/journal"
	sync "$txn_dir"
}

# txn_find KIND NAME: set txn_at to the item's index in the journal as loaded;
# false if it is not there.
txn_find()
{
	for txn_at in "${!txn_kind[@]}"; do
		[[ "${txn_kind[txn_at]}" != "$1" || "${txn_name[txn_at]}" != "$2" ]] || return 0
	done
	return 1
}

# txn_ours I VALUE: whether VALUE of item I is one that weir itself wrote, or a
# device's queueing discipline half way there or back, or the kernel's choice anew.
txn_ours()
{
	local kind=${txn_kind[$1]}

	"same_$kind" "$2" "${txn_new[$1]}" || "same_$kind" "$2" "${txn_via[$1]}" || {
		[[ "$kind" == qdisc ]] && {
			qdisc_is_default "$2" || {
				[[ "${txn_new[$1]}" != qdisc\ * || "$(qdisc_kind "$2")" == pfifo ]] &&
					qdisc_is_ours "$2"
			}
		}
	}
}

# txn_base KIND NAME VALUE: set REPLY to what was there before weir, given what
# is now.
txn_base()
{
	REPLY=$3
	! txn_find "$1" "$2" || ! txn_ours "$txn_at" "$3" || REPLY=${txn_old[txn_at]}
}

# txn_forget: remove the journal first, then what lies around it.
txn_forget()
{
	txn_step
	rm -f "$txn_dir/journal"
	txn_step
	rm -rf "$txn_dir"
	# The directories above, as far as they were only for this.
	rmdir "${txn_dir%/*}" 2>/dev/null || :
	txn_reset
}
