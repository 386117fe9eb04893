#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# trace.sh - weir trace without a kernel to trace: what it refuses, the script it makes of a flow, its JSON, and that
# its sums survive however it ends. bpftrace is played by a program that does what bpftrace 0.17 does there.
# tests/vm/trace.sh is about what the scripts say.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"
fake_system

SCRIPTS=$TREE/scripts/trace
names=$(sed -n 's/^ \* \([a-z0-9-]*\) - .*/\1/p' "$SCRIPTS"/*.bt)
trace() { "$WEIR" trace "$@"; }

# --- the scripts
ok 'the list names each subject' test "$("$WEIR" trace | cut -d ' ' -f 1 | sort | paste -sd ' ')" = \
	"$(for f in "$SCRIPTS"/*.bt; do basename "$f" .bt; done | grep -v '^part-' | sort | paste -sd ' ')"
for name in $names; do
	ok "$name says what its hooks are, and why they work" grep -qE '^ \* Hooks?:' "$SCRIPTS/$name.bt"
	# What is only for the script itself must not be among the sums.
	ok "$name has a predicate for the flow in each probe that prints" test \
		"$(awk '/^(kfunc|kretfunc|kprobe|tracepoint):/ { wanted = 1; has = 0 } /dport == \$1|\$1 == 0/ { has = 1 } /printf\(/ && wanted && !has { print FNR }' "$SCRIPTS/$name.bt")" = ''
	ok "$name is in docs/tracing.md" grep -q "weir trace $name" "$TREE/docs/tracing.md"
done

# --- refusals
ok 'a name that does not exist' one_line 2 "no script 'rrt': choose one of .*rtt" trace rrt
ok 'a name that would leave the directory' one_line 2 "no script '../x'" trace ../x
ok 'two names' one_line 2 "one script at a time: 'rtt' or 'undo'" trace rtt undo
for time in 0s 50ms 25h 99999999999s 10 -3s ten; do
	ok "--for $time" one_line 2 "^weir trace: --for '$time': " trace rtt --for "$time"
done
ok '--for without a time' one_line 2 '[-]-for needs a value' trace rtt --for
ok '--every 2h' one_line 2 "^weir trace: --every '2h': choose from" trace timeline --every 2h
for flow in 10.0.0.1:0 10.0.0.1:65536 :99999999; do
	ok "--flow $flow" one_line 2 "a port is a number from 1 to 65535" trace rtt --flow "$flow"
done
for flow in '' : 10.0.0:1 256.0.0.1 host:80 1::2::3 ::12345 1:2:3 '[10.0.0.1]:80' '[::1]:' 1.2.3.4:80:90; do
	ok "--flow '$flow'" one_line 2 'give ADDRESS:PORT, ADDRESS or :PORT' trace rtt --flow "$flow"
done
ok 'not root' one_line 1 'not root: .*run: sudo weir trace rtt' nobody "$WEIR" trace rtt

fake_command bpftrace <<<'echo bpftrace v0.16.0'
ok 'an old bpftrace' one_line 1 'bpftrace 0.16 is too old: install 0.17 or newer' trace rtt

# The part of bpftrace that counts here: run the child, print what $T/lines holds, and the sums when the child has
# ended. SIGINT kills it without its sums. What it was called with is kept.
fake_command bpftrace <<-EOP
	[ "\$1" != --version ] || { echo bpftrace v0.17.0; exit; }
	printf '%s\n' "\$@" >$T/called
	cp "\${@: -\$((\$# - \$(sed -n '/script.bt/=' $T/called) + 1)):1}" $T/composed
	[ ! -e $T/error ] || { cat $T/error >&2; exit 1; }
	[ ! -e $T/slow ] || sleep 30
	while [ "\$1" != -c ]; do shift; done
	\$2 &
	cat $T/lines
	wait
	sleep 0.3
	cat $T/sums
EOP
ok 'a kernel without BTF' one_line 1 'no BTF.*CONFIG_DEBUG_INFO_BTF' trace rtt
mkdir -p "$WEIR_SYS/kernel/btf" "$WEIR_SYS/kernel/security"
: >"$WEIR_SYS/kernel/btf/vmlinux"
echo 'none integrity [confidentiality]' >"$WEIR_SYS/kernel/security/lockdown"
ok 'a kernel that is locked down' one_line 1 'locked down .confidentiality.*boot without' trace rtt
echo 'none [integrity] confidentiality' >"$WEIR_SYS/kernel/security/lockdown"
ok 'no tracefs' one_line 1 'tracefs is not mounted: mount -t tracefs' trace rtt
tracing=$WEIR_SYS/kernel/tracing
mkdir -p "$tracing"/events/{tcp/{tcp_cong_state_set,tcp_retransmit_skb},skb/kfree_skb}
echo 'print fmt: "reason: %s", __print_symbolic(REC->reason, { 1, "NOT_SPECIFIED" }, { 57, "QDISC_DROP" })' >"$tracing/events/skb/kfree_skb/format"
sed -nE 's/^k(ret)?func:([a-z0-9_]+).*/\2/p' "$SCRIPTS"/*.bt | sort -u >"$tracing/available_filter_functions"
ok "no weir.ko" one_line 1 'weir.ko is not loaded: modprobe tcp_weir_bbr3' trace bbr3
ok "no BBR of the kernel's" one_line 1 'BBR is not loaded: modprobe tcp_bbr' trace bbr-kernel
echo 'ERROR: Error attaching probe' >"$T/error"
sed -i '/^tcp_rate_gen/d' "$tracing/available_filter_functions"
ok 'a function that cannot be hooked' one_line 1 'no function tcp_rate_gen to hook .*works on Linux 6.1 to 6.12' trace rtt
rm "$T/error"
echo 'tcp_rate_gen [some_module]' >>"$tracing/available_filter_functions"
rmdir "$tracing/events/tcp/tcp_cong_state_set"
ok 'a tracepoint that is not there' one_line 1 'no tracepoint tcp:tcp_cong_state_set: ca-state works on' trace ca-state
mkdir "$tracing/events/tcp/tcp_cong_state_set"

# --- running
cat >"$T/lines" <<'E1'
{"type": "printf", "data": "12.000345 10.0.1.1:40000>10.0.2.1:5201 retransmit cause=fast segs=1 seq=4294967295\n"}
{"type": "printf", "data": "12.000346 2001:db8::1:40000>2001:db8::2:443 ca from=Open to=Loss error=-2\n"}
{"type": "printf", "data": "12.000347 - default algorithm=reno pid=7 comm=a \"b\" c=d 5\n"}
E1
cat >"$T/sums" <<'E2'


{"type": "map", "data": {"@segs": {"fast": 3}}}
{"type": "map", "data": {"@name": {}}}
E2
json() { trace rtt --json --for 200ms "$@" 2>/dev/null; }
ok '--json: events as objects, the sums after them, and nothing else' test "$(json | jq -c .)" = \
	'{"time_s":12.000345,"event":"retransmit","flow":"10.0.1.1:40000>10.0.2.1:5201","src":"10.0.1.1","sport":40000,"dst":"10.0.2.1","dport":5201,"cause":"fast","segs":1,"seq":4294967295}
{"time_s":12.000346,"event":"ca","flow":"2001:db8::1:40000>2001:db8::2:443","src":"2001:db8::1","sport":40000,"dst":"2001:db8::2","dport":443,"from":"Open","to":"Loss","error":-2}
{"time_s":12.000347,"event":"default","algorithm":"reno","pid":7,"comm":"a \"b\" c=d 5"}
{"type":"map","data":{"@segs":{"fast":3}}}'
parameters() { sed '1,/script.bt/d' "$T/called" | paste -sd ' '; }
ok 'the parameters: port, events, interval' test "$(json >/dev/null --flow :5201 --every 2s && parameters)" = '20756 1 2000 0 0'
ok 'and for drops the address' test "$(trace drops --for 100ms --flow 10.0.2.1 >/dev/null 2>&1 && parameters)" = '0 0 100 16908298 0'
ok 'an IPv6 address' test "$(trace drops --for 100ms --flow '[2001:db8::1]:443' >/dev/null 2>&1 && parameters)" = '47873 0 100 0 3087860000 0 0 16777216'
ok "drops: the running kernel's names" grep -qxF $'\t@name[57] = "QDISC_DROP";' "$T/composed"
# composed FLOW: how many predicates of undo have the address.
composed() { trace undo --for 100ms --flow "$1" >/dev/null 2>&1 && grep -cF "/(\$1 == 0 || args->sk->__sk_common.skc_dport == \$1) && args->sk->__sk_common.$2/" "$T/composed"; }
ok 'an address is in each predicate' test "$(composed 10.0.2.1:5201 'skc_daddr == 16908298')" = \
	"$(grep -c '^/.1 == 0 || ' "$SCRIPTS/undo.bt")"
ok 'so is that of an IPv4 address in IPv6' test "$(composed '::ffff:10.0.2.1' 'skc_daddr == 16908298')" = 2
ok 'timeline has no part for modules that are not loaded' test "$(trace timeline --for 100ms >/dev/null 2>&1; grep -cE 'weir_state|bbr_main' "$T/composed")" = 0
mkdir -p "$tracing/events/weir/weir_state"
echo 'reno cubic bbr' >"$WEIR_PROC/sys/net/ipv4/tcp_available_congestion_control"
ok 'and one for each that is' test "$(trace timeline --for 100ms >/dev/null 2>&1; grep -cE '^tracepoint:weir:weir_state|^kprobe:bbr_main' "$T/composed")" = 2

# running COMMAND...: have it run until it says that it traces.
running() {
	"$@" >"$T/out" 2>"$T/err" &
	pid=$!
	for _ in $(seq 100); do
		! grep -q ': tracing' "$T/err" || return 0
		sleep 0.1
	done
	return 1
}
sums() { wait "$pid" && grep -q '"@segs"' "$T/out"; }
running "$WEIR" trace rtt
kill -TERM "$pid"
ok 'SIGTERM: the sums are printed' sums
running setsid env --default-signal=INT "$WEIR" trace rtt
kill -INT -- "-$pid"
sleep 0.1
kill -INT -- "-$pid"
ok 'Ctrl-C twice: the sums are printed' sums
: >"$T/slow"
"$WEIR" trace rtt >"$T/out" 2>"$T/err" &
pid=$!
sleep 0.5
begin=$SECONDS
kill -TERM "$pid"
wait "$pid" || true
ok 'SIGTERM before anything is attached: ends at once' test $((SECONDS - begin)) -lt 5
rm "$T/slow"
echo 'ERROR: Error attaching probe: kfunc:tcp_rate_gen' >"$T/error"
ok 'bpftrace fails: what it says, in one line' one_line 1 'could not attach: ERROR: Error attaching probe' trace rtt --for 1s
tap_done
