#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# plan.sh - scenarios to cells: what is refused, how, and the arithmetic of what is not; prints TAP.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

export ASAN_OPTIONS=detect_leaks=0 # it ends in the middle of what it was doing when the input is wrong
plan=$work/weir-plan
cc -std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -o "$plan" bench/plan.c bench/plan/*.c -lm

# scenario LINE...: a right scenario with lines replaced (by key), removed (-key) or added (+line); sets FILE
scenario() {
	local line key
	FILE=$work/case.conf
	printf '%s\n' 'title = a case' 'rate = 50mbit' 'rtt = 40ms' 'buffer = 1bdp' 'duration = 30s' 'warmup = 5s' 'cc = weir_reno' >"$FILE"
	for line in "$@"; do
		key=${line%% =*}
		case $line in
		+*) printf '%s\n' "${line#+}" >>"$FILE" ;;
		-*) sed -i "/^${line#-} =/d" "$FILE" ;;
		*) sed -i "s|^$key =.*|$line|" "$FILE" ;;
		esac
	done
}

# refused PATTERN [OPTION...]: status 2, one line that fits, nothing written
refused() {
	local pattern=$1 status=0
	shift
	"$plan" "$@" "$FILE" "$work/refused" >"$work/out" 2>"$work/err" || status=$?
	if [ "$status" -eq 2 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ] &&
		grep -qE -- "$pattern" "$work/err" && ! compgen -G "$work/refused/*" >/dev/null; then
		return 0
	fi
	echo "# status $status: $(head -c 500 "$work/err")"
	return 1
}

# bad NAME PATTERN LINE...: a scenario with these lines is refused, naming the place
bad() {
	local name=$1 pattern=$2
	shift 2
	scenario "$@"
	ok "refused: $name" refused "case.conf.*$pattern"
}

# --- refused ---------------------------------------------------------------------------------------------------

bad 'unknown key' ":8: there is no key 'rat'" '+rat = 5mbit'
bad 'a key twice' "second time, first in line 2" '+rate = 5mbit'
bad 'no value' ":8: 'loss' has no value" '+loss ='
bad 'no equals sign' ":8: 'loss 1%' has no '='" '+loss 1%'
bad 'a missing key' "'rtt' is missing" '-rtt'
bad 'rate of zero' ':2: rate = 0mbit is outside 1kbit to 1gbit' 'rate = 0mbit'
bad 'negative rate' ':2: rate = -5mbit is not a rate' 'rate = -5mbit'
bad 'rate without a unit' ':2: rate = 50 is not a rate' 'rate = 50'
bad 'rate in another spelling' ':2: rate = 50Mbit is not a rate' 'rate = 50Mbit'
bad 'rate beyond the lab' 'outside 1kbit to 1gbit' 'rate = 10gbit'
bad 'rate of broken bytes' 'whole number of bytes' 'rate = 1.001kbit'
bad 'hexadecimal' 'is not a rate' 'rate = 0x10mbit'
bad 'exponent' 'is not a rate' 'rate = 1e3kbit'
bad 'infinity' 'is not a time' 'rtt = infs'
bad 'rtt of zero' 'outside 0.01ms to 10s' 'rtt = 0ms'
bad 'rtt beyond ten seconds' 'outside 0.01ms to 10s' 'rtt = 11s'
bad 'rtt finer than a microsecond' 'finer than a microsecond' 'rtt = 40.0001ms'
bad 'buffer of minus one' ':4: buffer = -1pkt is not a size' 'buffer = -1pkt'
bad 'buffer of nothing' 'less than one packet' 'buffer = 0bdp'
bad 'buffer of less than a packet' 'less than one packet' 'buffer = 1kB'
bad 'buffer of half a packet' 'less than one packet|whole number of packets' 'buffer = 0.5pkt'
bad 'absurd buffer' 'more than 100000 packets' 'buffer = 1000MB'
bad 'absurd duration' 'longer than an hour' 'duration = 3601s'
bad 'no duration' 'no time at all' 'duration = 0s' 'warmup = 0s'
bad 'warm-up as long as the run' ':6: the warm-up is not shorter' 'warmup = 30s'
bad 'loss above one' 'more than 100%' '+loss = 101%'
bad 'loss without percent' 'is not a loss rate' '+loss = 0.1'
bad 'loss finer than the kernel takes' 'finer than one in a million' '+loss = 0.00001%'
bad 'every packet dropped' 'whole number from 2' '+drop-every = 1'
bad 'quickack neither yes nor no' 'neither yes nor no' '+quickack = 1'
bad 'unknown algorithm' ":7: there is no algorithm 'weir_best'" 'cc = weir_best'
bad 'path for an algorithm' 'there is no algorithm' 'cc = weir_/../reno'
bad 'an algorithm twice' 'stands twice' 'cc = reno reno'
bad 'unknown algorithm of a flow' "there is no algorithm 'nonesuch'" '+flow = cc=nonesuch'
bad 'unknown word of a flow' "a flow has no 'port'" '+flow = port=1'
bad 'flow that starts too late' 'run is over' '+flow = start=30s'
bad 'flow that stops before it starts' 'stop after it starts' '+flow = start=10s stop=10s'
bad 'flow of broken seconds' 'whole seconds' '+flow = stop=1.5s'
bad 'a thousand and one flows' 'from 1 to 1000' '+flow = count=1001'
bad 'flows beyond a thousand in all' 'more than 1000 flows' '+flow = count=1000' '+flow = cc=@'
bad 'event after the end' 'run is over' '+at = 30s rate=1mbit'
bad 'event that changes nothing' 'time and what changes' '+at = 10s'
bad 'event out of order' 'order of their times' '+at = 10s rate=1mbit' '+at = 5s rate=2mbit'
bad 'event for the buffer' "not 'buffer'" '+at = 5s buffer=1bdp'
bad 'threshold of nothing' ':8: mark-at = 0ms is not a time of' '+mark-at = 0ms'
bad 'threshold and loss' 'has no random loss; use drop-every' '+mark-at = 1ms' '+loss = 1%'
bad 'threshold and later loss' 'has no random loss; change' '+mark-at = 1ms' '+at = 5s loss=1%'
bad 'no flows' ':8: flows = 0 is not a whole number' '+flows = 0'
bad 'flows twice over' 'contradict each other' '+flows = 2' '+flow = cc=@'
bad 'three sweeps' 'sweep in 2 directions' '+sweep = rate: 1mbit' '+sweep = rtt: 1ms' '+sweep = loss: 1%'
bad 'sweep of a title' "'title' cannot be swept" '+sweep = title: a b'
bad 'bad value in a sweep' ':8: loss = 1 is not a loss rate' '+sweep = loss: 0.1% 1'
bad 'sweep group with a value missing' 'value 2 of the sweep' '+sweep = rtt/rate: 1ms/1mbit 2ms'
bad 'two points of one name' "both called 'loss=1%'" '+sweep = loss: 1% 1%'
bad 'parameter of no module' 'names no parameter' '+param = cwnd = 5'
bad 'unknown parameter' "has no parameter 'window'" '+param = weir_fixed.window = 5'
bad 'parameter out of range' 'comes to 0 here, outside 1 to' '+param = weir_fixed.cwnd = 0'
bad 'expectation without a source' "is 'METRIC" '+expect = goodput_bps : 1..2'
bad 'expectation without a band' 'is no band' '+expect = goodput_bps : 5 ; me'
bad 'expectation upside down' 'lower bound lies above' '+expect = goodput_bps : 2..1 ; me'
bad 'expectation of an unknown name' "'speed' has no value" '+expect = goodput_bps : speed..9 ; me'
bad 'expectation that divides by zero' 'not a finite number' '+expect = goodput_bps : 1/0.. ; me'
bad 'a line too long' 'longer than' "+about = $(printf 'x%.0s' {1..1100})"
scenario
ok 'refused: unknown algorithm on the command line' refused "weir-plan: there is no algorithm 'x'" --cc x
ok 'refused: no seeds' refused 'whole number from 1 to 1000' --seeds 0
ok 'refused: too many cells' refused 'asks for 20000 cells' --cc reno,cubic,bbr,vegas,bic,htcp,nv,lp,veno,yeah,hybla,illinois,scalable,highspeed,cdg,dctcp,westwood,weir_reno,weir_cubic,weir_bbr --seeds 1000
FILE=$work/none.conf
ok 'refused: no such file' refused 'cannot be read: No such file'
scenario
cp "$FILE" "$work/Big Name.conf"
FILE="$work/Big Name.conf"
ok 'refused: a name that is no name' refused 'rename it'

# --- expansion -------------------------------------------------------------------------------------------------

# expand OPTION...: plan FILE into an empty folder; its cells are in $work/ids
expand() {
	rm -rf "$work/cells"
	"$plan" "$@" "$FILE" "$work/cells" >"$work/ids"
}

# has CELL LINE...: the cell has these lines
has() {
	local cell=$1 line
	shift
	for line in "$@"; do
		grep -qxF -- "$line" "$work/cells/$cell/cell.conf" || { echo "# no $line in:" && sed 's/^/# /' "$work/cells/$cell/cell.conf" && return 1; }
	done
}

scenario '+sweep = loss: 0.1% 1%' '+sweep = rtt/rate: 100ms/100mbit 10ms/300mbit'
expand --cc reno,cubic,weir_cubic --seeds 5
ok 'expand: sweep × sweep × algorithms × seeds' [ "$(wc -l <"$work/ids")" -eq 60 ]
ok 'expand: a folder for each id' [ "$(find "$work/cells" -name cell.conf | wc -l)" -eq 60 ]
ok 'expand: seed moves fastest' [ "$(sed -n '1p;2p;6p' "$work/ids" | paste -sd ' ')" = 'loss=0.1pc_rtt=100ms-reno-s1 loss=0.1pc_rtt=100ms-reno-s2 loss=0.1pc_rtt=100ms-cubic-s1' ]
ok 'expand: point, order, keys that move together' has loss=1pc_rtt=10ms-weir_cubic-s5 'POINT=loss=1%,rtt=10ms' ORDER=60 SEED=5 CC=weir_cubic RTT_US=10000 RATE_BPS=300000000 LOSS_PPM=10000
expand
cp -r "$work/cells" "$work/before"
expand
ok 'expand: twice gives the same' diff -r "$work/before" "$work/cells"
sourced() {
	local file
	for file in "$work"/cells/*/cell.conf; do
		sh -eu -c ". $file; test -n \"\$SCENARIO\$TITLE\$CC\"" || return 1
	done
}
scenario "title = it's a \$HOME of \`quotes\`, \"really\""
expand
ok 'expand: a shell may source a cell whatever its title' sourced
# shellcheck disable=SC2016
ok 'expand: and gets the title as it was' [ "$(sh -c ". $work/cells/weir_reno-s1/cell.conf; printf %s \"\$TITLE\"")" = 'it'\''s a $HOME of `quotes`, "really"' ]

# --- arithmetic ------------------------------------------------------------------------------------------------

cell=weir_reno-s1
# BDP = 50e6 * 0.04 / (8 * 1514) = 165.13
expand
ok 'bdp: nearest packet' has $cell BUFFER_PKTS=165 BUFFER_TEXT=1bdp RATE_BPS=50000000 RTT_US=40000
scenario 'buffer = 1.5bdp' && expand # 247.69
ok 'bdp: rounded up' has $cell BUFFER_PKTS=248
scenario 'buffer = 0.001bdp' && expand
ok 'bdp: at least one' has $cell BUFFER_PKTS=1
scenario 'buffer = 64kB' && expand # 42.27
ok 'bytes: rounded down' has $cell BUFFER_PKTS=42 BUFFER_TEXT=64kB
scenario 'buffer = 1514B' && expand
ok 'bytes: exactly one packet' has $cell BUFFER_PKTS=1
scenario '+loss = 0.0001%' 'rate = 128kbit' 'rtt = 0.5ms' '+quickack = yes' '+drop-every = 1000' && expand
ok 'units' has $cell LOSS_PPM=1 RATE_BPS=128000 RTT_US=500 QUICKACK=1 DROP_EVERY=1000 DURATION_US=30000000 WARMUP_US=5000000
scenario '+flow = cc=@ count=3 every=250ms' '+flow = cc=bbr start=10s stop=20s rtt=80ms' '+flow = bytes=10kB' && expand
ok 'flows' has $cell FLOWS=5 FLOW1_CC=weir_reno FLOW3_START_US=500000 FLOW3_STOP_US=30000000 FLOW4_CC=bbr FLOW4_START_US=10000000 FLOW4_STOP_US=20000000 FLOW4_RTT_US=80000 FLOW5_BYTES=10000 FLOW5_RTT_US=40000
scenario '+mark-at = 1ms' '+trace = yes' '+sweep = flows: 1 4' '+expect = queue_mean_pkts flows=4 : flows * mark_at .. ; arithmetic' && expand
ok 'marks, trace, number of flows' has flows=4-weir_reno-s1 MARK_AT_US=1000 TRACE=1 FLOWS=4 FLOW4_CC=weir_reno FLOW4_STOP_US=30000000 EXPECT1_LOW=0.004
ok 'one flow' has flows=1-weir_reno-s1 FLOWS=1 EXPECTS=0
scenario '+sweep = mark-at: 1ms off' && expand
ok 'marks at one point only' has mark-at=off-weir_reno-s1 MARK_AT_US=0 TRACE=0
scenario '+at = 10s rate=20mbit' '+at = 20s loss=1% rtt=80ms' && expand
ok 'events' has $cell EVENTS=2 EVENT1_AT_US=10000000 EVENT1_RATE_BPS=20000000 EVENT2_LOSS_PPM=10000 EVENT2_RTT_US=80000
ok 'events: what does not change is not there' [ "$(grep -c '^EVENT' "$work/cells/$cell/cell.conf")" -eq 6 ]
scenario 'cc = weir_fixed cubic' '+param = weir_fixed.cwnd = 0.5bdp' && expand # 82.57
ok 'parameter in packets' has weir_fixed-s1 PARAMS=1 PARAM1=tcp_weir_fixed/cwnd=83
ok 'parameter of an algorithm that no flow uses' has cubic-s1 PARAMS=0
scenario 'cc = weir_fixed' '+sweep = weir_fixed.cwnd: 0.5bdp 10' '+expect = goodput_bps weir_fixed.cwnd=10 : weir_fixed.cwnd * mss * 8 / (rtt + ser) +-0.5% ; arithmetic' && expand
ok 'swept parameter' has weir_fixed.cwnd=10-weir_fixed-s1 PARAM1=tcp_weir_fixed/cwnd=10 EXPECTS=1
# 10 * 1448 * 8 / (0.04 + 1514 * 8 / 50e6) = 2878567.40; 0.5% of it on both sides
ok 'expectation is computed' has weir_fixed.cwnd=10-weir_fixed-s1 EXPECT1_LOW=2864174.56 EXPECT1_HIGH=2892960.23 EXPECT1_SOURCE=arithmetic
ok 'expectation of another point' has weir_fixed.cwnd=0.5bdp-weir_fixed-s1 EXPECTS=0
scenario 'cc = reno cubic' '+expect = cwnd_mean_pkts cc=cubic,bbr : max(10, sqrt(16)).. ; a floor' && expand
ok 'expectation with an open side, for one algorithm' has cubic-s1 EXPECT1_LOW=10 EXPECT1_HIGH= "EXPECT1_SOURCE='a floor'"
ok 'expectation not for the other' has reno-s1 EXPECTS=0

# --- what we ship ----------------------------------------------------------------------------------------------

for FILE in bench/scenarios/*.conf; do
	ok "scenario: $(basename "$FILE" .conf)" "$plan" --check "$FILE"
done
tap_done
