# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Changes that can be taken back, also after being killed half way.
#
# Before anything is changed, a journal is written that holds for every item
# its value as it was found. Each item is then written and read back. Reverting
# walks the journal backwards; it is removed last. So at every moment the
# journal says how to get back, and doing either twice does no harm.

# shellcheck source=scripts/weir.d/lib/journal.sh
source "$WEIR_LIB/weir.d/lib/journal.sh"
# shellcheck source=scripts/weir.d/lib/items.sh
source "$WEIR_LIB/weir.d/lib/items.sh"
# shellcheck source=scripts/weir.d/lib/secureboot.sh
source "$WEIR_LIB/weir.d/lib/secureboot.sh"

txn_steps=0
plan_kind=() plan_name=() plan_new=()

# txn_step: a point where being killed must do no lasting harm. Tests have the
# process kill itself at the Nth of them.
txn_step()
{
	txn_steps=$((txn_steps + 1))
	[[ "${WEIR_FAULT:-}" != "$txn_steps" ]] || kill -KILL $$
}

# txn_plan KIND NAME NEW: add to the change that txn_apply will make.
txn_plan()
{
	plan_kind+=("$1")
	plan_name+=("$2")
	plan_new+=("$3")
}

# txn_content TEXT: keep the content of a file to be; set txn_hash to its value.
txn_content()
{
	txn_hash=sha256:$(printf '%s\n' "$1" | sha256sum | cut -d ' ' -f 1)
	mkdir -p "$txn_dir" 2>/dev/null || die "cannot write $txn_dir: the old values have to be kept there"
	printf '%s\n' "$1" >"$txn_dir/$txn_hash"
	sync "$txn_dir/$txn_hash"
}

# txn_merge: plan and journal together make the new journal. What the last
# journal changed and the plan does not mention goes back to what it was.
txn_merge()
{
	local -a m_kind=() m_name=() m_old=() m_via=() m_new=()
	local i now
	local -A seen=()

	for i in "${!plan_kind[@]}"; do
		seen[${plan_kind[i]} ${plan_name[i]}]=1
		item_read "${plan_kind[i]}" "${plan_name[i]}" || die "${plan_name[i]}: cannot be read"
		now=$REPLY
		m_kind+=("${plan_kind[i]}") m_name+=("${plan_name[i]}") m_via+=("$now") m_new+=("${plan_new[i]}")
		txn_base "${plan_kind[i]}" "${plan_name[i]}" "$now"
		m_old+=("$REPLY")
	done
	for i in "${!txn_kind[@]}"; do
		[[ -z "${seen[${txn_kind[i]} ${txn_name[i]}]:-}" ]] || continue
		item_read "${txn_kind[i]}" "${txn_name[i]}" || continue
		now=$REPLY
		txn_ours "$i" "$now" || continue
		# Last, so that it is first when walking backwards.
		m_kind+=("${txn_kind[i]}") m_name+=("${txn_name[i]}") m_via+=("$now")
		m_new+=("${txn_old[i]}") m_old+=("${txn_old[i]}")
	done
	txn_kind=("${m_kind[@]}") txn_name=("${m_name[@]}") txn_old=("${m_old[@]}")
	txn_via=("${m_via[@]}") txn_new=("${m_new[@]}")
}

# txn_set I VALUE: write item I, read it back; on failure txn_reason says why.
txn_set()
{
	local kind=${txn_kind[$1]} name=${txn_name[$1]}

	item_read "$kind" "$name" || return 0
	! "same_$kind" "$REPLY" "$2" || return 0
	txn_step
	"write_$kind" "$name" "$2" || return
	txn_step
	# A module in use and a directory with others' files in it may stay.
	[[ "$kind" != module && "$kind" != dir ]] || return 0
	item_read "$kind" "$name" || return 0
	"same_$kind" "$REPLY" "$2" || {
		txn_reason="$name: wrote '$(squeeze "$2")', reads back '$(squeeze "$REPLY")'"
		return 1
	}
}

# txn_apply TITLE: make the planned change; on any failure make it undone, so
# that what was before the call is again, earlier changes included.
txn_apply()
{
	local i
	local -a was_kind=("${txn_kind[@]}") was_name=("${txn_name[@]}") was_old=("${txn_old[@]}")
	local -a was_via=("${txn_via[@]}") was_new=("${txn_new[@]}")
	local title=$txn_title when=$txn_when state=$txn_state

	txn_merge
	txn_state=begun
	txn_title=$1
	txn_when=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	txn_save
	for i in "${!txn_kind[@]}"; do
		txn_set "$i" "${txn_new[i]}" || {
			txn_back "$i"
			txn_kind=("${was_kind[@]}") txn_name=("${was_name[@]}") txn_old=("${was_old[@]}")
			txn_via=("${was_via[@]}") txn_new=("${was_new[@]}")
			txn_title=$title txn_when=$when txn_state=$state
			if ((${#txn_kind[@]})); then txn_save; else txn_forget; fi
			die "$txn_reason; nothing was changed"
		}
	done
	txn_settle
}

# txn_back I: items up to I as they were before txn_apply; it failed at I.
txn_back()
{
	local i why=$txn_reason

	for ((i = $1; i >= 0; i--)); do
		txn_set "$i" "${txn_via[i]}" || die "$why; and this could not be put back: $txn_reason; run: weir revert"
		[[ "${txn_kind[i]}" != file ]] || rm -f "$(file_scratch "${txn_name[i]}")"
	done
	txn_reason=$why
}

# txn_settle: the change is made; keep in the journal what there is to revert,
# and of a queueing discipline how it looks, to tell a later change by.
txn_settle()
{
	local -a m_kind=() m_name=() m_old=() m_new=()
	local i now file

	for i in "${!txn_kind[@]}"; do
		item_read "${txn_kind[i]}" "${txn_name[i]}" || continue
		now=$REPLY
		! "same_${txn_kind[i]}" "$now" "${txn_old[i]}" || continue
		[[ "${txn_kind[i]}" == qdisc ]] || now=${txn_new[i]}
		m_kind+=("${txn_kind[i]}") m_name+=("${txn_name[i]}") m_old+=("${txn_old[i]}") m_new+=("$now")
	done
	txn_kind=("${m_kind[@]}") txn_name=("${m_name[@]}") txn_old=("${m_old[@]}")
	txn_via=("${m_new[@]}") txn_new=("${m_new[@]}")
	if ((${#txn_kind[@]} == 0)); then
		txn_forget
		return
	fi
	txn_state='done'
	txn_save
	for file in "$txn_dir"/sha256:*; do
		[[ " ${txn_new[*]} " == *" ${file##*/} "* ]] || rm -f "$file"
	done
}

# txn_is_changed I: whether somebody changed item I after weir did; sets txn_now.
txn_is_changed()
{
	item_read "${txn_kind[$1]}" "${txn_name[$1]}" || return
	txn_now=$REPLY
	! "same_${txn_kind[$1]}" "$txn_now" "${txn_old[$1]}" && ! txn_ours "$1" "$txn_now"
}

# txn_changed: what somebody changed since, one a line.
txn_changed()
{
	local i

	for i in "${!txn_kind[@]}"; do
		! txn_is_changed "$i" || printf '%s is now %s; weir had set %s\n' "${txn_name[i]}" \
			"$(squeeze "$txn_now")" "$(squeeze "${txn_new[i]}")"
	done
}

# txn_undo [keep]: put everything back, last change first; with keep, leave what
# somebody changed since. False if something could not be put back, with the
# first reason in txn_reason; the journal stays, to try again.
txn_undo()
{
	local i first=

	for ((i = ${#txn_kind[@]} - 1; i >= 0; i--)); do
		if [[ "${1:-}" == keep ]] && txn_is_changed "$i"; then
			continue
		fi
		txn_set "$i" "${txn_old[i]}" || first=${first:-$txn_reason}
		[[ "${txn_kind[i]}" != file ]] || rm -f "$(file_scratch "${txn_name[i]}")"
	done
	txn_reason=$first
	[[ -z "$first" ]] || return 1
	txn_forget
}
