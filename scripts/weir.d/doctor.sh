# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# weir doctor - check what has to be right, and say how to mend what is not
#
# usage: weir doctor [--json] [CHECK...]
#        weir doctor sockets [--seconds N] [--json]
#
# Checks kernel, headers, compiler, dkms, secure-boot, container, modules,
# algorithms, default, sockets-by-algorithm, queues, files and tuning, each in a line: ok,
# note (worth knowing), warn or fail, and what to do. As root it sees more.
#
# doctor sockets watches the connections here: TIME_WAIT and CLOSE_WAIT, listeners
# that overflow, small packets that wait for an acknowledgement, connections that
# a buffer holds back.
#
#   --seconds N  watch for so long (default 1)
#   --json       as JSON
#
# Exit status: 0, or 1 if anything failed.

# shellcheck source=scripts/weir.d/lib/txn.sh
source "$WEIR_LIB/weir.d/lib/txn.sh"
# shellcheck source=scripts/weir.d/lib/algorithms.sh
source "$WEIR_LIB/weir.d/lib/algorithms.sh"
# shellcheck source=scripts/weir.d/lib/devices.sh
source "$WEIR_LIB/weir.d/lib/devices.sh"
# shellcheck source=scripts/weir.d/lib/profile.sh
source "$WEIR_LIB/weir.d/lib/profile.sh"
# shellcheck source=scripts/weir.d/lib/plan.sh
source "$WEIR_LIB/weir.d/lib/plan.sh"
# shellcheck source=scripts/weir.d/lib/checks-build.sh
source "$WEIR_LIB/weir.d/lib/checks-build.sh"
# shellcheck source=scripts/weir.d/lib/checks-run.sh
source "$WEIR_LIB/weir.d/lib/checks-run.sh"
# shellcheck source=scripts/weir.d/lib/checks-sockets.sh
source "$WEIR_LIB/weir.d/lib/checks-sockets.sh"

CHECKS=(kernel headers compiler dkms secure-boot container modules algorithms
	default sockets-by-algorithm queues files tuning)
SOCKET_CHECKS=(time-wait close-wait listeners half-open stalls sndbuf-limited
	rwnd-limited unread)

# finding CHECK LEVEL TEXT [MEND]: add one.
finding()
{
	found_check+=("$1") found_level+=("$2") found_text+=("$3") found_mend+=("${4:-}")
}

show_text()
{
	local i

	for i in "${!found_check[@]}"; do
		printf '%-5s %-*s %s\n' "${found_level[i]}" "$1" "${found_check[i]}" "${found_text[i]}"
		[[ -z "${found_mend[i]}" ]] || printf '%-5s %-*s -> %s\n' '' "$1" '' "${found_mend[i]}"
	done
}

show_json()
{
	local i separator=

	printf '{"schema": "weir-doctor-1", "kernel": %s, "version": %s, "findings": [' \
		"$(json_string "$(kernel_release)")" "$(json_string "$(weir_version)")"
	for i in "${!found_check[@]}"; do
		printf '%s\n {"check": %s, "level": %s, "text": %s, "mend": %s}' "$separator" \
			"$(json_string "${found_check[i]}")" "$(json_string "${found_level[i]}")" \
			"$(json_string "${found_text[i]}")" "$(json_string "${found_mend[i]}")"
		separator=,
	done
	printf ']}\n'
}

# run_checks NAME...: call each check_NAME. What one cannot find out must not keep
# the others from running.
run_checks()
{
	local name before

	for name in "$@"; do
		before=${#found_check[@]}
		"check_${name//-/_}" || ((${#found_check[@]} > before)) ||
			finding "$name" note 'could not be found out here'
	done
}

weir_main()
{
	local format=text known name seconds=1
	local -a checks=()

	found_check=() found_level=() found_text=() found_mend=()
	known=" ${CHECKS[*]} sockets "
	while (($#)); do
		case $1 in
		--json) format=json ;;
		--seconds)
			need_value "$1" $#
			[[ "$2" =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "--seconds '$2': give a whole number from 1 to 9999"
			seconds=$2
			shift
			;;
		-h | --help)
			command_help
			return
			;;
		-*) usage_error "unknown option '$1'" ;;
		*)
			[[ "$known" == *" $1 "* ]] || usage_error "no check '$1': choose from ${CHECKS[*]} sockets"
			checks+=("$1")
			;;
		esac
		shift
	done
	if [[ " ${checks[*]} " == *' sockets '* ]]; then
		((${#checks[@]} == 1)) || usage_error 'sockets is a check-up of its own: name no other'
		need_tool ss iproute2
		watch_sockets "$seconds"
		run_checks "${SOCKET_CHECKS[@]}"
	else
		((${#checks[@]})) || checks=("${CHECKS[@]}")
		run_checks "${checks[@]}"
	fi
	"show_$format" 14
	for name in "${found_level[@]}"; do
		[[ "$name" != fail ]] || exit 1
	done
}
