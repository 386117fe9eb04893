# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2094
#
# Reading tuning profiles and the catalogue of keys they may set.
#
# A profile is a text file. `title`, `rate`, `rtt` and `qdisc` describe it; every
# other line sets a sysctl, and the indented lines below say why:
#
#	net.core.somaxconn >= 8192
#		A burst of connections ...
#
# `=` sets the value, `>=` only raises it, `<=` only lowers it. @receive and @send are the buffers that
# the rate and the round-trip time ask for.

# Keys that no profile may set, and why.
declare -gA PROFILE_NEVER=(
	[net.ipv4.tcp_tw_recycle]='it broke clients behind NAT and was removed in Linux 4.12'
	[net.ipv4.tcp_low_latency]='it has done nothing since Linux 4.14'
	[net.ipv4.tcp_fack]='it has done nothing since Linux 4.15'
	[net.ipv4.tcp_mem]='the kernel sizes it from memory, for all connections together'
	[net.ipv4.tcp_max_orphans]='lowering it breaks closing connections'
	[net.ipv4.tcp_max_tw_buckets]='lowering it breaks TIME_WAIT'
)

known_keys=

# profile_names: the profiles that come with weir.
profile_names()
{
	local file

	for file in "$WEIR_LIB"/tune/*.profile; do
		file=${file##*/}
		printf '%s\n' "${file%.profile}"
	done
}

# profile_file NAME: its path; a NAME with a slash is a path.
profile_file()
{
	local file=$WEIR_LIB/tune/$1.profile

	[[ "$1" != */* ]] || file=$1
	[[ ("$1" == */* || "$1" =~ ^[a-z][a-z-]*$) && -f "$file" && -r "$file" ]] ||
		usage_error "no profile '$1': choose one of $(profile_names | paste -sd ' '), or give the path of one"
	printf '%s' "$file"
}

# profile_load FILE: set prof_title, prof_rate, prof_rtt, prof_qdisc, and for each
# sysctl prof_key, prof_op, prof_value, prof_why.
profile_load()
{
	local file=$1 line number=0 n=-1

	prof_title='' prof_rate='' prof_rtt='' prof_qdisc=''
	prof_key=() prof_op=() prof_value=() prof_why=()
	while IFS= read -r line || [[ -n "$line" ]]; do
		number=$((number + 1))
		case $line in
		'' | '#'*) ;;
		[[:blank:]]*)
			((n >= 0)) || profile_fault "$file" "$number" 'a reason without a key above it'
			squeeze_to "prof_why[$n]" "${prof_why[n]} $line"
			;;
		*)
			[[ "$line" =~ ^([a-zA-Z0-9_.-]+)[[:blank:]]*(=|\>=|\<=)[[:blank:]]*(.*[^[:blank:]])[[:blank:]]*$ ]] ||
				profile_fault "$file" "$number" "expected KEY = VALUE, >= VALUE or <= VALUE, found '$line'"
			profile_line "$file" "$number" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
			;;
		esac
	done <"$file"
	[[ -n "$prof_title" && -n "$prof_rate" && -n "$prof_rtt" ]] ||
		profile_fault "$file" "$number" 'title, rate and rtt are required'
	for n in "${!prof_key[@]}"; do
		[[ -n "${prof_why[n]}" ]] || profile_fault "$file" "$number" "${prof_key[n]} has no reason below it"
	done
}

# profile_line FILE NUMBER KEY OP VALUE: one setting.
profile_line()
{
	local key=$3

	case $key in
	title | rate | rtt | qdisc)
		[[ "$4" == = ]] || profile_fault "$1" "$2" "$key takes ="
		printf -v "prof_$key" '%s' "$5"
		return
		;;
	esac
	[[ -z "${PROFILE_NEVER[$key]:-}" ]] || profile_fault "$1" "$2" "$key is never set: ${PROFILE_NEVER[$key]}"
	known_keys=${known_keys:-$(key_names)}
	[[ $'\n'"$known_keys"$'\n' == *$'\n'"$key"$'\n'* ]] || profile_fault "$1" "$2" "$key is not in $WEIR_LIB/tune/keys, which says what keys do"
	[[ " ${prof_key[*]} " != *" $key "* ]] || profile_fault "$1" "$2" "$key is set twice"
	n=${#prof_key[@]}
	prof_key+=("$key") prof_op+=("$4") prof_value+=("$5") prof_why+=('')
}

profile_fault()
{
	die "$1, line $2: $3"
}

# key_field KEY FIELD: what the catalogue says of KEY: what, hurts, default, source.
key_field()
{
	awk -v key="$1" -v field="$2" '
		/^[^ \t#]/ { inside = ($1 == key); open = 0 }
		inside && $1 ~ /^[a-z]+:$/ { open = ($1 == field ":"); if (open) $1 = "" }
		inside && open { sub(/^[ \t]+/, ""); text = text " " $0 }
		END { sub(/^ +/, "", text); gsub(/ +/, " ", text); if (text != "") print text }
	' "$WEIR_LIB/tune/keys"
}

key_names()
{
	sed -n 's/^\([a-z][a-zA-Z0-9_.]*\)$/\1/p' "$WEIR_LIB/tune/keys"
}
