# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The kinds of things weir changes. Each kind has three functions:
#   read_KIND NAME          print its value now; false if there is no such thing;
#                           item_read KIND NAME sets REPLY to it
#   write_KIND NAME VALUE   give it that value; on failure set txn_reason, false
#   same_KIND A B           whether A, as read, is the value B
# A value that was read can be written back.

# item_read KIND NAME: set REPLY to its value; false if there is no such thing.
item_read()
{
	if [[ "$1" == sysctl ]]; then
		sysctl_read "$2"
	else
		REPLY=$("read_$1" "$2")
	fi
}

# --- sysctl: NAME is a key, VALUE its text ----------------------------------

read_sysctl()
{
	sysctl_get "$1"
}

write_sysctl()
{
	local path=$WEIR_PROC/sys/${1//.//}

	! { printf '%s\n' "$2" >"$path"; } 2>/dev/null || return 0
	# Once more, for the reason.
	txn_reason=$({ printf '%s\n' "$2" >"$path"; } 2>&1) && return
	txn_reason="$1 = $(squeeze "$2"): ${txn_reason##*: }"
	return 1
}

same_sysctl()
{
	local a b

	[[ "$1" != "$2" ]] || return 0
	squeeze_to a "$1"
	squeeze_to b "$2"
	[[ "$a" == "$b" ]]
}

# --- file: a file of our own; VALUE is absent or sha256:HASH ----------------
#
# The wanted content lies in the journal's directory under its hash.

read_file()
{
	if [[ -e "$1" ]]; then
		printf 'sha256:%s\n' "$(sha256sum <"$1" | cut -d ' ' -f 1)"
	else
		printf 'absent\n'
	fi
}

# file_scratch NAME: where a new content is written before it is put in place.
# Not *.conf, so nobody reads it.
file_scratch()
{
	printf '%s/.%s.weir-new' "${1%/*}" "${1##*/}"
}

write_file()
{
	local scratch

	scratch=$(file_scratch "$1")
	if [[ "$2" == absent ]]; then
		txn_reason=$(rm -f "$scratch" "$1" 2>&1) && return
	elif txn_reason=$({ cat "$txn_dir/$2" >"$scratch" && chmod 644 "$scratch"; } 2>&1); then
		txn_step
		txn_reason=$(mv -f "$scratch" "$1" 2>&1) && return
	fi
	txn_reason="$1: ${txn_reason##*: }"
	return 1
}

same_file()
{
	[[ "$1" == "$2" ]]
}

# --- dir: VALUE is absent or present ----------------------------------------

read_dir()
{
	if [[ -d "$1" ]]; then echo present; else echo absent; fi
}

write_dir()
{
	if [[ "$2" == absent ]]; then
		# Somebody else's file in it keeps it.
		rmdir "$1" 2>/dev/null || :
	else
		txn_reason=$(mkdir -p "$1" 2>&1)
	fi
}

same_dir()
{
	[[ "$1" == "$2" ]]
}

# --- qdisc: NAME is a device; VALUE what tc shows of it, or a kind to set ---
#
# Only a queueing discipline that the kernel chose itself (handle 0:) is ever
# replaced: it has no configuration, so the kernel can put it back exactly. A
# device with several queues keeps one of the wanted kind on each (mq).

# The handle of the root that weir sets: tells it from everybody else's.
QDISC_HANDLE=7e12

read_qdisc()
{
	tc qdisc show dev "$1" 2>/dev/null
}

# qdisc_kind VALUE: kind of the root.
qdisc_kind()
{
	sed -n '1s/^qdisc \([^ ]*\).*/\1/p' <<<"$1"
}

# qdisc_leaf VALUE: kind that queues packets: the root, or what is below mq.
qdisc_leaf()
{
	sed -n 's/^qdisc \([^ ]*\).*/\1/p' <<<"$1" | sort -u | grep -vx mq | paste -sd ' ' || :
}

# qdisc_is_default VALUE: whether the kernel chose it, for lack of anybody else.
qdisc_is_default()
{
	[[ "$1" =~ ^qdisc\ [^\ ]+\ 0:\ root ]] &&
		! grep -qvE '^qdisc [^ ]+ 0: (root|parent :)' <<<"$1"
}

# qdisc_is_ours VALUE: whether the root is one that weir set.
qdisc_is_ours()
{
	[[ "$1" =~ ^qdisc\ [^\ ]+\ $QDISC_HANDLE:\ root ]]
}

write_qdisc()
{
	local dev=$1 want=$2 now

	now=$(read_qdisc "$dev") || return 0 # the device is gone, its qdisc with it
	if [[ "$want" != qdisc\ * ]]; then
		txn_reason=$(set_qdisc "$dev" "$want" "$now" 2>&1) && return
	elif same_qdisc "$now" "$want"; then
		return
	else
		# Deleting a root makes the kernel choose again; one that it chose
		# cannot be deleted, so it is replaced first.
		txn_reason=$({ ! qdisc_is_default "$now" || tc qdisc replace dev "$dev" root handle "$QDISC_HANDLE": pfifo; } 2>&1 &&
			tc qdisc del dev "$dev" root 2>&1) && return
	fi
	txn_reason="qdisc of $dev: $(squeeze "$txn_reason")"
	return 1
}

# set_qdisc DEV KIND NOW: one KIND, or one for each transmit queue.
set_qdisc()
{
	local queue

	if [[ "$(qdisc_kind "$3")" != mq ]]; then
		tc qdisc replace dev "$1" root handle "$QDISC_HANDLE": "$2"
		return
	fi
	qdisc_is_ours "$3" || tc qdisc replace dev "$1" root handle "$QDISC_HANDLE": mq || return
	while read -r queue; do
		tc qdisc replace dev "$1" parent "$QDISC_HANDLE:$queue" "$2" || return
	done < <(sed -n 's/^qdisc [^ ]* [^ ]* parent [^:]*:\([0-9a-f]*\).*/\1/p' <<<"$3")
}

same_qdisc()
{
	if [[ "$2" == qdisc\ * ]]; then
		[[ "$1" == "$2" ]]
	else
		[[ "$(qdisc_leaf "$1")" == "$2" ]] && ! qdisc_is_default "$1"
	fi
}

# --- allowed: NAME is an algorithm; VALUE is yes or no ----------------------
#
# Whether programs without privilege may select it. The kernel says yes for
# whatever becomes the default, and goes on saying so afterwards.

read_allowed()
{
	local list

	list=$(sysctl_get net.ipv4.tcp_allowed_congestion_control) || return
	if [[ " $(squeeze "$list") " == *" $1 "* ]]; then echo yes; else echo no; fi
}

write_allowed()
{
	local key=net.ipv4.tcp_allowed_congestion_control list

	list=" $(squeeze "$(sysctl_get "$key")") "
	list=${list/ $1 / }
	[[ "$2" != yes ]] || list+=$1
	write_sysctl "$key" "$(squeeze "$list")"
}

same_allowed()
{
	[[ "$1" == "$2" ]]
}

# --- module: VALUE is absent or loaded --------------------------------------

read_module()
{
	if grep -qs "^${1//-/_} " "$WEIR_PROC/modules"; then echo loaded; else echo absent; fi
}

write_module()
{
	if [[ "$2" == loaded ]]; then
		txn_reason=$(modprobe "$1" 2>&1) && return
		txn_reason=$(module_failure "$1" "$(squeeze "$txn_reason")")
		return 1
	fi
	# Sockets may go on using it for as long as they live: that is no failure.
	modprobe -r "$1" 2>/dev/null ||
		note "module $1 stays loaded: sockets still use it; later: modprobe -r $1"
}

same_module()
{
	[[ "$1" == "$2" ]]
}

# module_failure MODULE REASON: why modprobe failed, in words that help.
module_failure()
{
	case $2 in
	*'Key was rejected'* | *'Required key'* | *'Operation not permitted'*)
		printf 'the kernel does not trust the signature of %s (Secure Boot): %s' "$1" "$(signing_mend)"
		;;
	*'Exec format'* | *'nvalid module format'* | *'disagrees about version'*)
		printf '%s was built for another kernel than %s: rebuild it (dkms autoinstall, or make install)' \
			"$1" "$(kernel_release)"
		;;
	*) printf '%s' "$2" ;;
	esac
}

# --- route: NAME is FAMILY PREFIX; VALUE is the route as ip shows it --------

read_route()
{
	local shown

	shown=$(ip "${1%% *}" route show exact "${1#* }" 2>/dev/null) && [[ -n "$shown" ]] || return
	# What is the route's state is not its settings.
	sed -E 's/ (linkdown|dead|offload|trap|rt_offload|rt_trap)\b//g; s/ (expires [0-9]+sec|error -?[0-9]+)//g; s/ *$//' <<<"$shown"
}

write_route()
{
	local -a words

	read -ra words <<<"$2"
	txn_reason=$(ip "${1%% *}" route replace "${words[@]}" 2>&1) && return
	txn_reason="route ${1#* }: $(squeeze "$txn_reason")"
	return 1
}

same_route()
{
	# ip has an order of its own for what it shows.
	[[ "$(tr ' ' '\n' <<<"$(squeeze "$1")" | sort)" == "$(tr ' ' '\n' <<<"$(squeeze "$2")" | sort)" ]]
}
