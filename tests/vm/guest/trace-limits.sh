#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# trace-limits.sh - connections that each have one limit, known beforehand. In the guest.
set -uo pipefail
# shellcheck source=tests/vm/guest/trace-env.sh
. "$(dirname "$0")/trace-env.sh"

path
functions
sink port=6001
sink port=6002 rcvbuf=8192
trace limits
trace pacing
trace select
attached limits pacing select || exit 1

# Who selects what. An unprivileged program may use reno and cubic, and no other.
ip netns exec a sh -c 'echo reno >/proc/sys/net/ipv4/tcp_congestion_control'
flow inherited port=6001 bytes=1448
flow chosen port=6001 bytes=1448 cc=cubic
flow unknown port=6001 bytes=1448 cc=nosuch 2>/dev/null
modprobe tcp_dctcp
ip netns exec a setpriv --reuid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
	/job/trace-flow send addr=10.0.2.1 port=6001 bytes=1448 cc=dctcp 2>/dev/null
ip netns exec a setpriv --reuid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
	/job/trace-flow send addr=10.0.2.1 port=6001 bytes=1448 cc=cubic >/dev/null
ip netns exec a sh -c 'echo cubic >/proc/sys/net/ipv4/tcp_congestion_control'

sink port=6003
sink port=6004
sink port=6005
sink port=6006
sink port=6007
flow app port=6003 bytes=144800 chunk=1448 every=20000
flow rwnd port=6002 bytes=200000
flow sndbuf port=6004 bytes=300000 chunk=1448 sndbuf=8192
flow paced port=6005 bytes=400000 pace=250000
ip netns exec a tc qdisc replace dev va root fq
flow fq port=6006 bytes=400000 pace=250000
ip netns exec a tc qdisc replace dev va root pfifo
flow bulk port=6007 bytes=1500000 cc=cubic
traced
