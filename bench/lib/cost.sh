# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a counted cell says: bench/cost's arithmetic, and what it refuses to believe.

# What cubic and reno, which the kernel has built in, are made of.
COST_BUILTIN='cubictcp_[a-z_]*|tcp_reno_(ssthresh|cong_avoid|undo_cwnd)'
# Callbacks, by the names that they have here and in the kernel, without which no flow carries data.
COST_ALWAYS='(_init|cong_control(_[0-9]+)?|bbr_main|cong_avoid|in_ack_event|westwood_ack|update_alpha|_acked|min_tso_segs)$'

# netstat FILE GROUP NAME: a counter of /proc/net/snmp or netstat.
netstat() {
	awk -v group="$2:" -v want="$3" '
		$1 == group && !n { for (i = 2; i <= NF; i++) if ($i == want) n = i; next }
		$1 == group { print $n; exit }' "$1"
}

# cost_of DIR: JSON of one counted cell, of which DIR has cell.conf, symbols, plugin.log, snmp and netstat; or one line, and 1.
#
# Each call that began must have ended. What every flow calls must have been called, and ssthresh if there was a reduction.
# DCTCP is another algorithm, the kernel's Reno, where nothing marks: there it only begins.
cost_of() {
	local CC POINT SEED MARK_AT_US acks reductions always=$COST_ALWAYS
	# shellcheck source=/dev/null
	source <(grep -E '^(CC|POINT|SEED|MARK_AT_US)=' "$1/cell.conf")
	acks=$(netstat "$1/snmp" Tcp InSegs)
	reductions=$(($(netstat "$1/netstat" TcpExt TCPSackRecovery) + $(netstat "$1/netstat" TcpExt TCPDeliveredCE)))
	if [[ $CC == *dctcp && $MARK_AT_US == 0 ]]; then
		always='_init$' reductions=0
	fi
	awk -v cc="$CC" -v acks="$acks" -v point="$POINT" -v seed="$SEED" -v builtin="^($COST_BUILTIN)$" \
		-v always="$always" -v reductions="$reductions" '
		function owner(symbol, module) {
			if (module != "")
				return module == "[tcp_" cc "]"
			return symbol ~ builtin && ((cc == "cubic" && symbol ~ /^cubictcp/) || (cc == "reno" && symbol ~ /^tcp_reno/))
		}
		function refuse(why) {
			printf "%s %s seed %d: %s\n", cc, point, seed, why >"/dev/stderr"
			refused = 1
			exit 1
		}
		NR == FNR {
			if ($2 ~ /^[tT]$/ && owner($3, $4) && $3 !~ /^__|(_info|register|init_module|cleanup_module)$/)
				name[$1] = $3
			next
		}
		$1 in name {
			if ($2 != $3)
				refuse($2 " calls of " name[$1] " began, " $3 " ended: the plugin lost some")
			called[$1]
			list = list sprintf("%s{\"name\":\"%s\",\"calls\":%d,\"instructions\":%d,\"median\":%d}",
				list == "" ? "" : ",", name[$1], $3, $4, $5)
		}
		END {
			if (refused)
				exit 1
			for (addr in name) {
				n++
				if (!(addr in called) && (name[addr] ~ always || (reductions && name[addr] ~ /ssthresh$/)))
					refuse(name[addr] " was not called, which no such flow can do without")
			}
			if (!n)
				refuse("nothing in /proc/kallsyms belongs to the algorithm")
			if (!acks)
				refuse("no segment came in")
			printf "{\"cc\":\"%s\",\"point\":\"%s\",\"seed\":%d,\"acks\":%d,\"callbacks\":[%s]}\n", cc, point, seed, acks, list
		}' "$1/symbols" "$1/plugin.log" |
		jq -c '.callbacks |= sort_by(-.instructions, .name)
			| .instructions = ([.callbacks[].instructions] | add // 0)
			| .per_ack = (.instructions / .acks * 10 | round / 10)'
}

# cost_summary KERNEL: cost.json of the cells on standard input, in their order.
cost_summary() {
	jq -s --arg kernel "$1" '
		def tenth: . * 10 | round / 10;
		def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;
		def spread: {median: (median | tenth), min: min, max: max, n: length};
		def order: reduce .[] as $c ([]; if any(.[]; . == $c) then . else . + [$c] end);
		. as $cells
		| {schema: "weir-cost-2", kernel: $kernel,
		   costs: [[.[] | {cc, point}] | order | .[] as $k
			| [$cells[] | select(.cc == $k.cc and .point == $k.point)] as $seeds
			| $k + {per_ack: ([$seeds[].per_ack] | spread), seeds: [$seeds[] | del(.cc, .point)]}]}'
}

# cost_table CALLBACKS: the table of the cost.json on standard input; CALLBACKS: with a line for each callback of the first seed.
cost_table() {
	jq -r --arg callbacks "$1" '
		["algorithm", "point", "instructions/ACK", "min–max", "n", "ACKs", "callbacks"],
		(.costs[]
			| .seeds[0] as $first
			| [.cc, if .point == "" then "-" else .point end, .per_ack.median, "\(.per_ack.min)–\(.per_ack.max)", .per_ack.n,
			   $first.acks, ($first.callbacks | length)],
			(if $callbacks == "" then empty else
				$first.callbacks[]
				| ["", "  " + .name, (.instructions / $first.acks * 10 | round / 10), "median \(.median)", "", .calls, ""]
			end))
		| @tsv' | column -t -s $'\t'
}
