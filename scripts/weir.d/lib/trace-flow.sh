# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# Which connections to trace, and the script for them. Sourced, never run.

# parse_flow TEXT: DST:PORT, DST, :PORT, [DST]:PORT; sets flow_port (network byte
# order), flow_v4 (a number) or flow_v6 (four), as a little-endian kernel stores them.
parse_flow()
{
	local host port=''

	if [[ "$1" =~ ^\[([0-9a-fA-F:.]+)\](:([0-9]+))?$ ]]; then
		host=${BASH_REMATCH[1]} port=${BASH_REMATCH[3]}
		[[ -z "${BASH_REMATCH[2]}" || -n "$port" ]] || bad_flow "$1"
		[[ "$host" == *:* ]] || bad_flow "$1"
	elif [[ "$1" =~ ^([0-9.]*):([0-9]+)$ ]]; then
		host=${BASH_REMATCH[1]} port=${BASH_REMATCH[2]}
	else
		host=$1
	fi
	if [[ -n "$port" ]]; then
		((${#port} <= 5 && 10#$port >= 1 && 10#$port <= 65535)) ||
			usage_error "--flow '$1': a port is a number from 1 to 65535"
		port=$((10#$port))
		flow_port=$((port >> 8 | (port & 255) << 8))
	fi
	case $host in
	'') [[ -n "$port" ]] || bad_flow "$1" ;;
	*:*) ipv6_words "$host" || bad_flow "$1" ;;
	*) ipv4_word "$host" || bad_flow "$1" ;;
	esac
}

bad_flow()
{
	usage_error "--flow '$1': give ADDRESS:PORT, ADDRESS or :PORT, like 192.0.2.1:443, :443, [2001:db8::1]:443"
}

# ipv4_word ADDRESS: set flow_v4; false if it is no address.
ipv4_word()
{
	local part
	local -a parts

	[[ "$1" =~ ^[0-9]{1,3}(\.[0-9]{1,3}){3}$ ]] || return
	IFS=. read -ra parts <<<"$1"
	for part in "${parts[@]}"; do
		((10#$part <= 255)) || return
	done
	flow_v4=$((10#${parts[0]} | 10#${parts[1]} << 8 | 10#${parts[2]} << 16 | 10#${parts[3]} << 24))
}

# ipv6_words ADDRESS: set flow_v6, of ::ffff:A.B.C.D flow_v4; false if it is no address.
ipv6_words()
{
	local group head=$1 tail='' i
	local -a groups=() after=()

	if [[ "${1,,}" =~ ^::ffff:([0-9.]+)$ ]]; then
		ipv4_word "${BASH_REMATCH[1]}"
		return
	fi
	[[ "$1" != *::*::* && "$1" != *:::* ]] || return
	if [[ "$1" == *::* ]]; then
		head=${1%%::*} tail=${1#*::}
	fi
	[[ -z "$head" ]] || IFS=: read -ra groups <<<"$head"
	[[ -z "$tail" ]] || IFS=: read -ra after <<<"$tail"
	if [[ "$1" == *::* ]]; then
		while ((${#groups[@]} + ${#after[@]} < 8)); do
			groups+=(0)
		done
	fi
	groups+=("${after[@]}")
	((${#groups[@]} == 8)) || return
	for group in "${groups[@]}"; do
		[[ "$group" =~ ^[0-9a-fA-F]{1,4}$ ]] || return
	done
	for ((i = 0; i < 8; i += 2)); do
		flow_v6+=($((16#${groups[i]} >> 8 | (16#${groups[i]} & 255) << 8 |
			16#${groups[i + 1]} >> 8 << 16 | (16#${groups[i + 1]} & 255) << 24)))
	done
}

# compose FILE: print the script as it is to run: with the flow's address in each
# predicate, with what belongs to it if certain modules are loaded, and with the
# kernel's names for the reasons of drops.
compose()
{
	local part address='' words="\\\\1->__sk_common.skc_v6_daddr.in6_u.u6_addr32" i
	local -a parts=()

	# They come first: what declares a struct must stand before all probes.
	if [[ "$script" == timeline ]]; then
		[[ "$(bbr_generation)" != v1 ]] || parts+=("${1%/*}/part-bbr.bt")
		[[ ! -d "$tracing/events/weir" ]] || parts+=("${1%/*}/part-weir.bt")
	fi
	parts+=("$1")
	[[ -z "$flow_v4" ]] || address=" \\&\\& \\1->__sk_common.skc_daddr == $flow_v4"
	for i in "${!flow_v6[@]}"; do
		address+=" \\&\\& ${words//\\\\/\\}[$i] == ${flow_v6[i]}"
	done
	drop_names >"$trace_stage/names"
	for part in "${parts[@]}"; do
		if [[ -n "$address" ]]; then
			sed -E "s#^/(.1 == 0 \\|\\| (.*)->__sk_common\\.skc_dport == .1)/#/(\\1)${address//\\1/\\2}/#; s#^/.1 == 0/#/0 == 1/#" "$part"
		else
			cat "$part"
		fi
	done | sed -e "/^\t\/\/ names/{ r $trace_stage/names" -e 'd; }'
}

# drop_names: the running kernel's names for the reasons of skb:kfree_skb.
drop_names()
{
	grep -oE '\{ *(0x)?[0-9a-f]+, "[A-Z0-9_]+" *\}' "$tracing/events/skb/kfree_skb/format" 2>/dev/null |
		sed -E 's/\{ *([0-9a-fx]+), ("[A-Z0-9_]+") *\}/\t@name[\1] = \2;/' || :
}
