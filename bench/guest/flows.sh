# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# iperf3 flows whose first data leaves at a set time.
#
# Every client is started long before its flow: it connects to a server that is
# stopped (SIGSTOP) and waits there. When the timeline continues the server,
# what is left to do is a few messages over the control wire and the data
# connection's handshake over the path: one round trip and LEAD_US.

# From continuing the server to the first data segment, without the round trip:
# measured in the laboratory; a real machine is faster.
LEAD_US=7000
[[ -z "${WEIR_NATIVE:-}" ]] || LEAD_US=2000

# More are many: what each costs adds up.
MANY_FLOWS=50

declare -a SERVER_PID CLIENT_PID

# wait_until SECONDS WHAT COMMAND...: poll COMMAND; its failure is WHAT.
wait_until()
{
	local tries=$(($1 * 20)) what=$2

	shift 2
	until "$@"; do
		((tries-- > 0)) || die "$what"
		sleep 0.05
	done
}

# count_bytes_flows: set BYTES_FLOWS to the number of flows that end by size.
count_bytes_flows()
{
	local i bytes

	BYTES_FLOWS=0
	for ((i = 1; i <= FLOWS; i++)); do
		bytes=FLOW${i}_BYTES
		((${!bytes} == 0)) || BYTES_FLOWS=$((BYTES_FLOWS + 1))
	done
}

# listening, connected: every server has its socket, every client waits at it.
listening()
{
	(($(in_ns rcv ss -Htln | wc -l) >= FLOWS))
}

connected()
{
	(($(in_ns rcv ss -Htn state established | wc -l) >= FLOWS))
}

# servers_start: one per flow, listening and then stopped.
servers_start()
{
	local i

	for ((i = 1; i <= FLOWS; i++)); do
		nsenter --net="/run/netns/${PREFIX}rcv" \
			iperf3 -s -1 -J -p "$((SERVER_PORT + i))" >/dev/null &
		SERVER_PID[i]=$!
	done
	wait_until 30 "iperf3 servers do not listen" listening
	kill -STOP "${SERVER_PID[@]}"
}

# client_start I: flow I's client; it waits at its stopped server.
client_start()
{
	local cc=FLOW${1}_CC start=FLOW${1}_START_US stop=FLOW${1}_STOP_US bytes=FLOW${1}_BYTES
	local blocks
	local -a amount

	if ((${!bytes} > 0)); then
		# iperf3 sends whole blocks: as few as possible, of equal size.
		blocks=$(((${!bytes} + 131071) / 131072))
		amount=(-k "$blocks" -l "$(((${!bytes} + blocks - 1) / blocks))")
	else
		amount=(-t "$(((${!stop} - ${!start} + 999999) / 1000000))")
	fi
	nsenter --net="/run/netns/${PREFIX}s$1" iperf3 -c "$RCV_ADDR" -p "$((SERVER_PORT + $1))" \
		--cport "$((DATA_PORT + $1))" -C "${!cc}" "${amount[@]}" \
		-i 0 -J --get-server-output >"$OUT/iperf-$1.json" &
	CLIENT_PID[$1]=$!
}

clients_start()
{
	local i

	for ((i = 1; i <= FLOWS; i++)); do
		client_start "$i"
	done
	wait_until 60 "iperf3 clients do not reach their servers" connected
	((FLOWS <= MANY_FLOWS)) || clients_yield
}

# clients_yield: from its data connection's handshake until the server has taken that, iperf3 polls without a pause,
# for seconds if the path is full. Of many clients some always do: they get the time that nobody else
# wants, or packets would wait for them, and not for the link.
clients_yield()
{
	local i

	for ((i = 1; i <= FLOWS; i++)); do
		chrt --idle --pid 0 "${CLIENT_PID[i]}"
	done
}

# flow_lead I: set LEAD to how long before its start flow I is released.
flow_lead()
{
	local rtt=FLOW${1}_RTT_US

	LEAD=$((${!rtt} + 1514 * 8 * 1000000 / RATE_BPS + LEAD_US))
}
