# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# tools-env.sh - what the tests of the weir command in the guest share.

here=$(dirname "$0")
# shellcheck source=tests/vm/guest/tap.sh
. "$here/tap.sh"
# shellcheck disable=SC2034
weir=/job/scripts/weir
mkdir -p /etc/sysctl.d

get() { tr -s '\t' ' ' <"/proc/sys/${1//.//}"; }
is() { [ "$(get "$1")" = "$2" ] || { printf '# %s is %s, not %s\n' "$1" "$(get "$1")" "$2" && false; }; }
quietly() { "$@" >/dev/null 2>&1; }
# says PATTERN COMMAND...: true if the command succeeds and prints PATTERN.
says() {
	local pattern=$1 said
	shift
	if said=$("$@" 2>&1) && grep -qE -- "$pattern" <<<"$said"; then return 0; fi
	printf '# said: %s\n' "${said//$'\n'/$'\n'# }"
	return 1
}

# snapshot: every sysctl that can be set, every qdisc and route, the modules, and the files.
snapshot() {
	# Some may not be read.
	{ grep -rs '' /proc/sys/net/ipv4/tcp_* /proc/sys/net/ipv4/ip_local_port_range /proc/sys/net/core || true; } | sort
	tc qdisc show
	ip route show table all
	{ grep -o '^tcp_weir[a-z0-9_]*' /proc/modules || true; } | sort
	find /etc -type f -exec sha256sum {} + | sort
	{ find /etc/sysctl.d /etc/modules-load.d /var/lib/weir 2>/dev/null || true; } | sort
}
same_as() { snapshot | diff "$1" - >/tmp/difference || { sed 's/^/# /' /tmp/difference && false; }; }

# traffic ARGUMENT...: have it going on, until calm; in network namespace NS if that is set.
traffic() {
	rm -f /tmp/ready
	mkfifo /tmp/ready
	if [ -n "${NS:-}" ]; then
		setsid ip netns exec "$NS" /job/traffic "$@" >/tmp/ready 2>&1 &
	else
		setsid /job/traffic "$@" >/tmp/ready 2>&1 &
	fi
	running+=($!)
	read -r -t 10 _ </tmp/ready
}
calm() {
	local pid
	for pid in "${running[@]}"; do
		kill -- "-$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	running=()
}
running=()
trap calm EXIT
