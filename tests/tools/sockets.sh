#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# sockets.sh - what weir status and weir doctor sockets say of connections whose state is known.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$T/traffic" "$TOOLS_DIR/traffic.c"

# traffic ARGUMENT...: have it going on, until calm.
traffic() {
	mkfifo "$T/ready"
	setsid "$T/traffic" "$@" >"$T/ready" 2>"$T/traffic.err" &
	running+=($!)
	read -r -t 10 _ <"$T/ready" || { printf '# traffic %s: %s\n' "$*" "$(<"$T/traffic.err")"; return 1; }
	rm "$T/ready"
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

doctor() { "$WEIR" doctor sockets --json >"$T/doctor.json"; }
# level CHECK, text CHECK: what the doctor last said of it.
level() { jq -r --arg c "$1" '.findings[] | select(.check == $c) | .level' "$T/doctor.json"; }
text() { jq -r --arg c "$1" '.findings[] | select(.check == $c) | .text' "$T/doctor.json"; }
finds() {
	if [ "$(level "$1")" = "$2" ] && grep -qE -- "$3" <<<"$(text "$1")"; then return 0; fi
	printf '# %s: %s\n' "$(level "$1")" "$(text "$1")"
	return 1
}
# only WHAT...: whether nothing but WHAT is warned of.
only() {
	local warned
	warned=$(jq -r '.findings[] | select(.level != "ok") | .check' "$T/doctor.json" | sort | paste -sd ' ')
	[ "$warned" = "$*" ] || { printf '# warned of: %s\n' "$warned"; return 1; }
}

ip link set lo up
doctor
ok 'where nothing is wrong, nothing is found' only
ok 'everything that is looked at has a line' test "$(jq '.findings | length' "$T/doctor.json")" -eq 8

traffic time-wait 7001 40
doctor
ok '40 in TIME_WAIT are counted' finds time-wait ok '^40; harmless'
ok 'and are no fault' only
echo '40000 40049' >/proc/sys/net/ipv4/ip_local_port_range
traffic time-wait 7002 45
doctor
ok '45 of 50 ports towards one address are' finds time-wait warn '^45 of 50 local ports towards 127.0.0.1:7002'
echo '32768 60999' >/proc/sys/net/ipv4/ip_local_port_range
calm

traffic close-wait 7003 7
doctor
ok '7 fresh ones in CLOSE_WAIT are counted, with the program' finds close-wait ok '^7, all fresh: traffic \(process [0-9]+\): 7$'

traffic deaf 7004 4 9
doctor
ok 'a full queue of accepted connections is found' finds listeners warn ':7004 \(5 waiting, room for 4\)'
calm

ip link add v0 type veth peer name v1
ip link set v0 arp off
ip link set v0 up
ip link set v1 up
ip addr add 198.51.100.1/24 dev v0
traffic half-open 7005 30 198.51.100.1
doctor
ok '30 half-open connections are counted' finds half-open ok '^30 \(room for'
ok 'and are no fault' finds listeners note 'all have room now'
calm

traffic chatter 7006
doctor
ok 'small packets that wait are found' finds stalls warn '^1 connection waiting with a small packet .* -> 127.0.0.1:7006$'
ok 'and nothing else' only listeners stalls
calm

traffic stuck-sink 7007
traffic sender 7007 127.0.0.1
sleep 1
doctor
ok 'a program that does not read is found' finds unread warn '^1 connection with 64 kB .*127.0.0.1:7007 <-'
ok 'so is the sender that it holds back' finds rwnd-limited warn '^1 connection held back .*, the worst (9[0-9]|100)\.?[0-9]* % .* -> 127.0.0.1:7007$'
calm

# --- status asks the sockets
traffic sink 7008
cc=$(cat /proc/sys/net/ipv4/tcp_congestion_control)
traffic sender 7008 127.0.0.1
echo reno >/proc/sys/net/ipv4/tcp_congestion_control
traffic sender 7008 127.0.0.1
"$WEIR" status --json >"$T/status.json"
sockets() { jq --arg n "$1" '.algorithms[] | select(.name == $n) | .sockets' "$T/status.json"; }
ok "status counts the connections of $cc, opened before the change" test "$(sockets "$cc")" -ge 1
ok 'and those of reno, opened after it' test "$(sockets reno)" -ge 1
ok 'all of them' test "$(jq '[.algorithms[].sockets] | add' "$T/status.json")" -eq 4
ok 'and knows the default' test "$(jq -r .default "$T/status.json")" = reno
ok 'as text too' says '^\* reno +[12] ' "$WEIR" status
calm
tap_done
