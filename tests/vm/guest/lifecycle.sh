#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# lifecycle.sh - cc_lifecycle for each algorithm named on the command line, on a clean path, on one that
# loses and reorders, and with ECN. Runs in the guest as root.
set -euo pipefail
here=$(dirname "$0")
status=0

cleanup() {
	tc qdisc del dev lo root 2>/dev/null || true
	echo 2 >/proc/sys/net/ipv4/tcp_ecn
}
trap cleanup EXIT

# The instruments and the data-centre algorithm are not for everybody.
kind() {
	case $1 in
	weir_fixed | weir_dctcp) echo restricted ;;
	esac
}

for path in '' 'netem delay 2ms loss 2% reorder 5% gap 3 limit 10000'; do
	if [ -n "$path" ]; then
		# shellcheck disable=SC2086 # the path is a list of words
		tc qdisc replace dev lo root $path
		echo 1 >/proc/sys/net/ipv4/tcp_ecn
	fi
	for cc in "$@"; do
		printf '# %s on %s\n' "$cc" "${path:-a clean loopback}"
		# shellcheck disable=SC2046 # empty for all but the restricted ones
		"$here/cc_lifecycle" "$cc" $(kind "$cc") || status=1
	done
done
exit "$status"
