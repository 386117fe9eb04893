# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# tap.sh - the Test Anything Protocol for shell tests; source it, check, then tap_done.

tap_count=0
tap_failures=0

# ok DESCRIPTION COMMAND...: passes if the command succeeds.
ok() {
	local what=$1 mark=ok
	shift
	tap_count=$((tap_count + 1))
	if ! "$@"; then
		mark='not ok'
		tap_failures=$((tap_failures + 1))
	fi
	printf '%s %d - %s\n' "$mark" "$tap_count" "$what"
}

# refuses PATTERN COMMAND...: true if the command fails and says PATTERN on standard error.
refuses() {
	local pattern=$1 said
	shift
	if said=$("$@" 2>&1 >/dev/null); then
		printf '# succeeded, but should have been refused: %s\n' "$*"
		return 1
	fi
	grep -qiE -- "$pattern" <<<"$said" && return 0
	printf '# refused, but said: %s\n' "$said"
	return 1
}

# logged PATTERN: true if the kernel log holds it.
logged() {
	dmesg | grep -qE -- "$1"
}

tap_done() {
	printf '1..%d\n' "$tap_count"
	[ "$tap_failures" -eq 0 ]
}
