# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# env.sh - what the tests of the weir command share: a network namespace of their own, with a process
# namespace, so that it counts as the system's; a place for files; a picture of all that weir could change.

TOOLS_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TREE=$(cd "$TOOLS_DIR/../.." && pwd)
# shellcheck disable=SC2034
WEIR=$TREE/scripts/weir
# shellcheck source=tests/vm/guest/tap.sh
. "$TREE/tests/vm/guest/tap.sh"

# nobody COMMAND...: run it without root's rights.
nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; }

# open_tree: have the tree where everybody may read it, should it lie in somebody's private folder.
open_tree() {
	! nobody test -r "$WEIR" || return 0
	mount --bind "$TREE" /mnt
	TREE=/mnt WEIR=/mnt/scripts/weir
	cd "$TREE" || return
}

# own_namespace ARGUMENT...: run the calling test again in namespaces of its own; as root in a user
# namespace if it is not root here.
own_namespace() {
	local -a how=(--net --mount --pid --fork --mount-proc)

	if [ "${WEIR_TEST_NAMESPACE:-}" = "$0" ]; then
		open_tree
		return
	fi
	[ "$EUID" -eq 0 ] || how+=(--user --map-root-user)
	if ! unshare "${how[@]}" true 2>/dev/null; then
		printf '1..0 # SKIP cannot make namespaces here: run as root, or allow unprivileged user namespaces\n'
		exit 0
	fi
	cleanup
	WEIR_TEST_NAMESPACE=$0 exec unshare "${how[@]}" --kill-child "$0" "$@"
}

# The place for files; removed at the end.
T=$(mktemp -d "${TMPDIR:-$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)}/weir-tools.XXXXXX")
cleanup() { rm -rf "$T"; }
trap cleanup EXIT
export WEIR_SYSCONFDIR=$T/etc WEIR_STATEDIR=$T/lib WEIR_RUNDIR=$T/run WEIR_VARLIB=$T/varlib
mkdir -p "$T/etc" "$T/bin"

# snapshot: every sysctl of the network, every qdisc, route and file there is.
snapshot() {
	# Some may not be read, and one counts.
	{ grep -rs '' /proc/sys/net || true; } | grep -v nf_conntrack_count | sort
	tc qdisc show
	ip route show
	{ find "$T/etc" "$T/lib" -mindepth 1 -printf '%P %y %m %u %g ' \( -type f -exec sha256sum {} \; -o -printf '\n' \) 2>/dev/null || true; } | sort
}

# same_as FILE: whether nothing differs from the snapshot in FILE.
same_as() {
	snapshot | diff "$1" - >"$T/difference" && return
	sed 's/^/# /' "$T/difference" | head -n 20
	return 1
}

# says PATTERN COMMAND...: true if the command succeeds and prints PATTERN.
says() {
	local pattern=$1 said
	shift
	if said=$("$@" 2>&1) && grep -qE -- "$pattern" <<<"$said"; then
		return 0
	fi
	printf '# said: %s\n' "${said//$'\n'/$'\n'# }"
	return 1
}

# one_line STATUS PATTERN COMMAND...: true if the command exits with STATUS and says PATTERN in one line
# on standard error and nothing else.
one_line() {
	local want=$1 pattern=$2 status=0
	shift 2
	"$@" >"$T/stdout" 2>"$T/stderr" || status=$?
	if [ "$status" -eq "$want" ] && [ ! -s "$T/stdout" ] && [ "$(wc -l <"$T/stderr")" -eq 1 ] &&
		grep -qE -- "$pattern" "$T/stderr"; then
		return 0
	fi
	printf '# exit %s, wanted %s, and: %s\n' "$status" "$want" "$pattern"
	sed 's/^/# /' "$T/stdout" "$T/stderr" | head -n 20
	return 1
}

# quietly COMMAND...: its status alone.
quietly() {
	"$@" >/dev/null 2>&1
}

# device NAME: a network device with two transmit queues, up, with the kernel's own choice of qdisc.
device() {
	ip tuntap add "$1" mode tap multi_queue 2>/dev/null || ip link add "$1" numtxqueues 2 type ifb
	ip link set "$1" up
}

# A profile with a few keys and a qdisc that every kernel has.
cat >"$T/small.profile" <<'EOP'
title = For the tests
rate = 1gbit
rtt = 200ms
qdisc = pfifo

net.core.somaxconn >= 8192
	Reason one.
net.ipv4.tcp_wmem >= @send
	Reason two.
net.ipv4.tcp_keepalive_time <= 600
	Reason three.
net.ipv4.tcp_notsent_lowat = 131072
	Reason four.
EOP

# fake_system RELEASE: point weir at a made-up system below $T/sys: kernel RELEASE, 16 GiB, cubic as default.
# shellcheck disable=SC2120
fake_system() {
	local key value release=${1:-6.1.0-99-test}
	rm -rf "$T/sys"
	export WEIR_PROC=$T/sys/proc WEIR_SYS=$T/sys/sys WEIR_MODULES=$T/sys/modules
	mkdir -p "$WEIR_PROC/self/net" "$WEIR_PROC/1" "$WEIR_SYS/module" "$WEIR_MODULES/$release/kernel/net/ipv4"
	: >"$WEIR_PROC/1/environ"
	printf 'MemTotal:       16777216 kB\n' >"$WEIR_PROC/meminfo"
	printf 'tcp_cubic 16384 1 - Live 0x0\n' >"$WEIR_PROC/modules"
	printf '0000000000000000 t bbr_main\t[tcp_bbr]\n' >"$WEIR_PROC/kallsyms"
	cp /proc/net/netstat "$WEIR_PROC/self/net/netstat"
	while IFS='=' read -r key value; do
		mkdir -p "$WEIR_PROC/sys/$(dirname "${key//.//}")"
		printf '%s\n' "$value" >"$WEIR_PROC/sys/${key//.//}"
	done <<-KEYS
		kernel.osrelease=$release
		net.core.default_qdisc=fq_codel
		net.core.netdev_max_backlog=1000
		net.core.somaxconn=4096
		net.ipv4.ip_local_port_range=32768	60999
		net.ipv4.tcp_adv_win_scale=1
		net.ipv4.tcp_allowed_congestion_control=reno cubic
		net.ipv4.tcp_available_congestion_control=reno cubic
		net.ipv4.tcp_congestion_control=cubic
		net.ipv4.tcp_fastopen=1
		net.ipv4.tcp_fin_timeout=60
		net.ipv4.tcp_keepalive_intvl=75
		net.ipv4.tcp_keepalive_probes=9
		net.ipv4.tcp_keepalive_time=7200
		net.ipv4.tcp_max_syn_backlog=1024
		net.ipv4.tcp_mtu_probing=0
		net.ipv4.tcp_notsent_lowat=4294967295
		net.ipv4.tcp_rmem=4096	131072	6291456
		net.ipv4.tcp_slow_start_after_idle=1
		net.ipv4.tcp_timestamps=1
		net.ipv4.tcp_tw_reuse=2
		net.ipv4.tcp_window_scaling=1
		net.ipv4.tcp_wmem=4096	16384	4194304
	KEYS
}

# fake_command NAME: a command that stands for NAME; its body is on standard input.
fake_command() {
	{ printf '#!/bin/bash\n' && cat; } >"$T/bin/$1"
	chmod +x "$T/bin/$1"
	PATH=$T/bin:${PATH#"$T/bin:"}
}
