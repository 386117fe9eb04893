# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# What a run leaves besides its samples.

# looks: ss-<i>.at, when a flow was looked at, from the timeline's log.
looks()
{
	local began ended what

	while IFS=, read -r _ began ended what; do
		what=${what#sh }
		[[ "$what" != ss-* ]] || echo "$began,$ended" >"$OUT/$what.at"
	done <"$OUT/events.csv"
}

# sysctls_now: TCP's settings in the namespace it is called in, as JSON members.
sysctls_now()
{
	local file value sep=

	for file in /proc/sys/net/ipv4/tcp_*; do
		[[ "$file" != */tcp_fastopen_key ]] || continue
		read -r value 2>/dev/null <"$file" || continue
		printf '%s\n"%s": "%s"' "$sep" "${file##*/}" "${value//$'\t'/ }"
		sep=,
	done
}

# versions: the modules under test, as JSON members NAME: VERSION.
versions()
{
	local file version sep=

	for file in /sys/module/{weir,tcp_*}/srcversion; do
		[[ -e "$file" ]] || continue
		read -r version <"$file"
		file=${file%/*}
		printf '%s"%s": "%s"' "$sep" "${file##*/}" "$version"
		sep=', '
	done
}

# Packets that a receiver's TCP threw away though they had come: it had no room, or nobody took them.
RECEIVER_DROPS='TCPBacklogDrop|TCPRcvQDrop|TCPZeroWindowDrop|RcvPruned|OfoPruned'

# receiver_drops: how many of them, by name, as JSON members.
receiver_drops()
{
	local -a name value
	local i sep=

	{ read -ra name && read -ra value; } < <(in_ns rcv grep ^TcpExt: /proc/net/netstat)
	for i in "${!name[@]}"; do
		[[ "${name[i]}" =~ ^($RECEIVER_DROPS)$ ]] || continue
		printf '%s"%s": %s' "$sep" "${name[i]}" "${value[i]}"
		sep=', '
	done
}

# sender_drops: packets that the senders' own queues dropped, before the path.
sender_drops()
{
	local i sum=0

	for ((i = 1; i <= FLOWS; i++)); do
		[[ ! "$(tc -n "${PREFIX}s$i" -s qdisc show dev eth0)" =~ \(dropped\ ([0-9]+), ]] ||
			sum=$((sum + BASH_REMATCH[1]))
	done
	echo "$sum"
}

# meta: what this run ran on, as the kernel says it.
meta()
{
	local native=false

	[[ -z "${WEIR_NATIVE:-}" ]] || native=true
	printf '{"kernel": "%s", "native": %s, "algorithms": "%s",\n' "$(uname -r)" \
		$native "$(algorithms | paste -sd ' ')"
	printf '"modules": {%s},\n' "$(versions)"
	printf '"sampler": %s,\n' "$(<"$OUT/sampler.json")"
	printf '"drops": {"sender": %s, %s},\n"sysctls": {' "$(sender_drops)" "$(receiver_drops)"
	in_ns s1 bash -c "$(declare -f sysctls_now); sysctls_now"
	printf '\n}}\n'
}

# drops_elsewhere: packets dropped by mid's queues but the bottleneck's. What
# the deterministic dropper takes is counted by its clsact, which is no queue.
drops_elsewhere()
{
	local line sum=0 dev=

	while read -r line; do
		[[ "$line" != qdisc\ * ]] || dev=rcv
		[[ ! "$line" =~ ^qdisc\ netem\ .*\ dev\ ([^ ]*) ]] || dev=${BASH_REMATCH[1]}
		[[ "$dev" == rcv || ! "$line" =~ \(dropped\ ([0-9]+), ]] ||
			sum=$((sum + BASH_REMATCH[1]))
	done < <(tc -n "${PREFIX}mid" -s qdisc show)
	echo "$sum"
}

# queues_check: nothing but the bottleneck may have dropped anything.
queues_check()
{
	local lost

	tc -n "${PREFIX}mid" -s -j qdisc show dev rcv >"$OUT/tc-end.json"
	lost=$(drops_elsewhere)
	((lost == 0)) ||
		die "$lost acknowledgements were dropped on their way: this is not the path asked for"
	lost=$(($(softnet_drops) - DROPS_BEFORE))
	((lost == 0)) ||
		die "$lost packets were lost between namespaces, not at the bottleneck; raise net.core.netdev_max_backlog"
}
