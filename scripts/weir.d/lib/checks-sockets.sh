# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154,SC2016
#
# doctor sockets: what holds connections up, and who can mend it.

# A connection counts as held back when that took this share of the time it was
# busy while watched, if it was for so long.
LIMITED_PERCENT=10
LIMITED_BUSY_MS=100
# How often the connections are looked at: so often a second, and at most so often in all.
LOOKS_PER_SECOND=8
LOOKS_MAX=200

# watch_sockets SECONDS: sample the connections, and the kernel's counters before
# and after. Sets sock_samples, their number sock_looks, sock_before, sock_after.
watch_sockets()
{
	local i pause looks=$(($1 * LOOKS_PER_SECOND))

	watch_seconds=$1
	((looks <= LOOKS_MAX)) || looks=$LOOKS_MAX
	sock_looks=$((looks + 1))
	pause=$(awk -v s="$1" -v n="$looks" 'BEGIN { print s / n }')
	sock_before=$(tcp_counters)
	sock_samples=
	for ((i = 1; i <= sock_looks; i++)); do
		((i == 1)) || sleep "$pause"
		sock_samples+="sample $i"$'\n'$(ss -tinmHO state connected exclude time-wait exclude syn-recv 2>/dev/null)$'\n'
	done
	sock_after=$(tcp_counters)
}

# tcp_counters: the kernel's TcpExt counters: NAME VALUE.
tcp_counters()
{
	awk '$1 == "TcpExt:" {
		if (!n) { n = split($0, name); next }
		for (i = 2; i <= n; i++) print name[i], $i
	}' "$WEIR_PROC/self/net/netstat"
}

# counter NAME: its value now; grown NAME: its growth while watching.
counter()
{
	awk -v n="$1" '$1 == n { v = $2 } END { print v + 0 }' <<<"$sock_after"
}

grown()
{
	printf '%s' "$(($(counter "$1") - $(awk -v n="$1" '$1 == n { v = $2 } END { print v + 0 }' <<<"$sock_before")))"
}

# connections N: "1 connection", "2 connections".
connections()
{
	printf '%s connection%s' "$1" "$(if (($1 != 1)); then echo s; fi)"
}

# scan PROGRAM [ASSIGNMENT...]: run an awk program over the samples; it may call
# read_socket() and median(), and knows the last sample's number as last.
scan()
{
	local program=$1

	shift
	awk -v last="$sock_looks" "$@" -f "$WEIR_LIB/weir.d/lib/ss.awk" -f <(printf '%s\n' "$program") <<<"$sock_samples"
}

check_time_wait()
{
	local count top peer low high ports limit

	count=$(ss -tanH state time-wait 2>/dev/null | wc -l)
	read -r low high <<<"$(sysctl_get net.ipv4.ip_local_port_range)"
	ports=$((high - low + 1))
	limit=$(sysctl_get net.ipv4.tcp_max_tw_buckets || echo 0)
	# What can run out is the local ports towards one address and port.
	read -r top peer <<<"$(ss -tanH state time-wait 2>/dev/null |
		awk -v low="$low" -v high="$high" '{
			port = $3; sub(/.*:/, "", port)
			host = $3; sub(/:[^:]*$/, "", host)
			if (port >= low && port <= high) n[host " " $4]++
		} END { for (p in n) if (n[p] > top) { top = n[p]; best = p } sub(/^[^ ]* /, "", best); print top + 0, best }')"
	if ((top * 100 >= ports * 80)); then
		finding time-wait warn "$top of $ports local ports towards $peer wait out their minute: new connections there will fail" \
			'in the program keep connections open and use them again; else weir tune datacenter (wider port range, tcp_tw_reuse)'
	elif ((limit > 0 && count * 10 >= limit * 9)); then
		finding time-wait warn "$count of at most $limit: the kernel drops the rest unprotected" \
			'let the clients close first; do not lower tcp_max_tw_buckets'
	else
		finding time-wait ok "$count; harmless: the side that closes first keeps each for 60 s"
	fi
}

check_close_wait()
{
	local stuck=0 fresh=0 who

	read -r stuck fresh <<<"$(scan '
		/^sample/ { s = $2; next }
		s == last { read_socket(); if (state == "CLOSE-WAIT") { if (field["lastrcv"] + 0 > 10000) old++; else new++ } }
		END { print old + 0, new + 0 }')"
	if ((stuck + fresh == 0)); then
		finding close-wait ok '0'
		return
	fi
	who=$(ss -tanpH state close-wait 2>/dev/null | grep -oE '"[^"]*",pid=[0-9]+' | sort | uniq -c | sort -rn |
		sed -E 's/^ *([0-9]+) "([^"]*)",pid=([0-9]+)/\2 (process \3): \1/' | head -n 3 | paste -sd ,)
	if ((stuck)); then
		finding close-wait warn "$stuck for over 10 s: the peer has closed, the program here has not${who:+: ${who//,/, }}" \
			'a fault of the program: it must close the socket when reading says end of file; no setting helps, a restart does for a while'
	else
		finding close-wait ok "$fresh, all fresh${who:+: ${who//,/, }}"
	fi
}

check_listeners()
{
	local full overflows new

	# Of a listener the queues are: connections waiting, and most that may.
	full=$(ss -tlnH 2>/dev/null | awk '$2 > $3 { printf "%s%s (%d waiting, room for %d)", n++ ? ", " : "", $4, $2, $3 }')
	overflows=$(counter ListenOverflows)
	new=$(grown ListenOverflows)
	if [[ -n "$full" ]]; then
		finding listeners warn "the program does not accept fast enough: $full; $overflows turned away so far" \
			'make the program accept faster; room is the smaller of its listen() backlog and net.core.somaxconn (weir tune server)'
	elif ((new)); then
		finding listeners warn "$(connections "$new") turned away in ${watch_seconds} s: a queue of accepted connections was full" \
			'as above: accept faster, or a larger listen() backlog and net.core.somaxconn (weir tune server)'
	elif ((overflows)); then
		finding listeners note "all have room now; $(connections "$overflows") turned away since boot"
	else
		finding listeners ok 'all have room, none was turned away'
	fi
}

check_half_open()
{
	local count limit cookies drops

	count=$(ss -tanH state syn-recv 2>/dev/null | wc -l)
	limit=$(sysctl_get net.ipv4.tcp_max_syn_backlog || echo 0)
	cookies=$(grown TCPReqQFullDoCookies)
	drops=$(grown TCPReqQFullDrop)
	if ((drops)); then
		finding half-open warn "$drops handshakes dropped in ${watch_seconds} s: too many are half open, and cookies are off" \
			'sysctl net.ipv4.tcp_syncookies=1, and a larger net.ipv4.tcp_max_syn_backlog (weir tune server)'
	elif ((cookies)); then
		finding half-open warn "$cookies handshakes answered with cookies in ${watch_seconds} s: more are half open than the queue holds" \
			'a flood, and cookies hold it off; or true load: net.ipv4.tcp_max_syn_backlog and the listen() backlog (weir tune server)'
	else
		finding half-open ok "$count (room for $limit); answered with cookies since boot: $(counter TCPReqQFullDoCookies), dropped: $(counter TCPReqQFullDrop)"
	fi
}

check_stalls()
{
	local count example

	# Less than a packet waits, and neither window holds it: Nagle's algorithm
	# does, until the peer acknowledges, which it delays by up to 40 ms.
	read -r count example <<<"$(scan '
		/^sample/ { next }
		{
			read_socket()
			# What is left of a line is text until it is added to.
			waits = field["notsent"] + 0
			flies = field["unacked"] + 0
			if (waits > 0 && waits < field["mss"] + 0 && flies > 0 &&
			    flies + 1 < field["cwnd"] + 0 && !field["lost"])
				seen[from " -> " to]++
		}
		END { for (k in seen) if (seen[k] * 3 >= last) { n++; if (seen[k] > most) { most = seen[k]; best = k } } print n + 0, best }')"
	if ((count)); then
		finding stalls warn "$(connections "$count") waiting with a small packet until the last is acknowledged: $example" \
			'in the program: write a message with one call, or set TCP_NODELAY; no setting of the system does it'
	else
		finding stalls ok 'no small packet waits for an acknowledgement'
	fi
}

# limited FIELD: connections that FIELD held back while they were watched: COUNT
# PERCENT FROM -> TO, the worst. The kernel counts from the start of a connection,
# when every window is small; what matters is now.
limited()
{
	scan '
		/^sample/ { s = $2; next }
		{
			read_socket()
			# 123ms(4.5%): a number with something behind it counts as the number.
			name = from " -> " to
			if (s == 1) {
				busy[name] = field["busy"] + 0
				held[name] = field[what] + 0
			} else if (s == last && name in busy) {
				long = field["busy"] - busy[name]
				share = long >= least_ms ? 100 * (field[what] - held[name]) / long : 0
				if (share >= least) {
					n++
					if (share > worst) { worst = share; who = name }
				}
			}
		}
		END { printf "%d %.0f %s\n", n, worst, who }' -v what="$1" -v least="$LIMITED_PERCENT" -v least_ms="$LIMITED_BUSY_MS"
}

# starved: connections whose send buffer was full while both windows had room and
# nothing was left to send, in a fifth of the samples or more: COUNT PERCENT FROM -> TO,
# the worst. The kernel's own count misses those that fill the congestion window in
# bursts: a packet that leaves makes room in the last buffer, which is filled without
# asking how much is queued, until the window is full; then the program waits until
# two thirds of the buffer are free, for most of a round trip.
starved()
{
	scan '
		/^sample/ { s = $2; next }
		{
			read_socket()
			name = from " -> " to
			acked = field["bytes_acked"] + 0
			if (!(name in first))
				first[name] = acked
			moved[name] = acked > first[name]
			# w is queued with its overhead, tb the most that may be.
			split(field["skmem"], memory, ",")
			queued = most = 0
			for (i in memory) {
				if (memory[i] ~ /^w[0-9]/)
					queued = substr(memory[i], 2) + 0
				else if (memory[i] ~ /^tb[0-9]/)
					most = substr(memory[i], 3) + 0
			}
			flies = field["unacked"] + 0
			if (state == "ESTAB" && most && queued * 3 >= most * 2 && !field["notsent"] &&
			    flies < field["cwnd"] + 0 &&
			    (!field["snd_wnd"] || (flies + 1) * field["mss"] < field["snd_wnd"] + 0))
				seen[name]++
		}
		END {
			for (name in seen)
				if (seen[name] * 5 >= last && moved[name]) {
					n++
					if (seen[name] > worst) { worst = seen[name]; who = name }
				}
			printf "%d %.0f %s\n", n, 100 * worst / last, who
		}'
}

check_sndbuf_limited()
{
	local count percent who count2 percent2 who2

	read -r count percent who <<<"$(limited sndbuf_limited)"
	read -r count2 percent2 who2 <<<"$(starved)"
	if ((count2 > count || (count2 == count && percent2 > percent))); then
		count=$count2 percent=$percent2 who=$who2
	fi
	if ((count)); then
		finding sndbuf-limited warn "$(connections "$count") held back by the send buffer, the worst $percent % of its time: $who" \
			'raise the most of tcp_wmem: weir tune wan --rate R --rtt T for its path; or the program sets SO_SNDBUF, and should not'
	else
		finding sndbuf-limited ok 'no send buffer is too small'
	fi
}

check_rwnd_limited()
{
	local count percent who

	read -r count percent who <<<"$(limited rwnd_limited)"
	if ((count)); then
		finding rwnd-limited warn "$(connections "$count") held back by the receiver's window, the worst $percent % of its time: $who" \
			'at the other end: the program must read faster, or the most of its tcp_rmem be raised (weir tune wan --rate R --rtt T there)'
	else
		finding rwnd-limited ok 'no receiver holds a sender back'
	fi
}

check_unread()
{
	local count who

	read -r count who <<<"$(scan '
		/^sample/ { next }
		{ read_socket(); if (state == "ESTAB" && recvq >= 65536) seen[from " <- " to]++ }
		END { for (k in seen) if (seen[k] == last) { n++; best = k } print n + 0, best }')"
	if ((count)); then
		finding unread warn "$(connections "$count") with 64 kB or more that the program here does not read: $who" \
			'the program is too slow, or stuck; its peer will be told to wait'
	else
		finding unread ok 'programs read what arrives'
	fi
}
