#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# crash.sh - killed at every step of applying and of reverting, weir revert still restores everything, and
# applying again still completes.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

tune() { "$WEIR" tune "$T/small.profile" --dev t0 --apply; }

# restored: revert works, and all is as before.
restored() { quietly "$WEIR" revert && same_as "$T/before"; }

# killed_at STEP COMMAND...: run it so that it kills itself at STEP; true if it got that far.
killed_at() {
	local step=$1 status=0
	shift
	# The shell's word on the killed job is not wanted.
	{ WEIR_FAULT=$step "$@" >/dev/null; } 2>/dev/null || status=$?
	[ "$status" -eq 137 ] && return
	[ "$status" -eq 0 ] || printf '# step %s: exit %s\n' "$step" "$status"
	return 1
}

# What applying twice may differ in: the journal says when, and the kernel numbers the queues anew.
comparable() { snapshot | sed '/journal f/d; s/^qdisc pfifo [0-9a-f]*:/qdisc pfifo/'; }
applied() { comparable | diff "$T/applied" - >"$T/difference" || { sed 's/^/# /' "$T/difference"; false; }; }

ip link set lo up
device t0
# Fewer keys, fewer steps: what is done at each is the same.
sed -i '/keepalive_time/,$d' "$T/small.profile"
snapshot >"$T/before"
quietly tune
comparable >"$T/applied"
quietly "$WEIR" revert

step=0 bad=''
while killed_at $((step += 1)) tune; do
	if ! restored; then
		bad+=" $step"
		quietly "$WEIR" revert --force || true
	fi
done
ok "killed while applying at each of $((step - 1)) steps, revert restores everything${bad:+ (but not:$bad)}" test -z "$bad"
ok 'there were steps to be killed at' test "$step" -gt 10
quietly "$WEIR" revert
ok 'and without a kill it applies and reverts' same_as "$T/before"

bad=''
for ((i = 1; i < step; i += 3)); do
	killed_at "$i" tune || bad+=" $i"
	{ quietly tune && applied; } || bad+=" $i"
	restored || bad+=" $i"
done
ok "killed while applying, applying again completes${bad:+ (but not:$bad)}" test -z "$bad"

step=0 bad=''
quietly tune
while killed_at $((step += 1)) "$WEIR" revert; do
	restored || bad+=" $step"
	quietly tune || bad+=" $step"
done
ok "killed while reverting at each of $((step - 1)) steps, reverting again completes${bad:+ (but not:$bad)}" test -z "$bad"
ok 'there were steps to be killed at' test "$step" -gt 10

# At moments that nobody chose: what the killed process had started may still be at work; revert waits for it.
bad=''
for delay in 0.05 0.09 0.13 0.17 0.21 0.25; do
	{ setsid "$WEIR" tune "$T/small.profile" --dev t0 --apply >/dev/null 2>&1 & } 2>/dev/null
	victim=$!
	sleep "$delay"
	kill -KILL "$victim" 2>/dev/null || true
	wait "$victim" 2>/dev/null || true
	restored || bad+=" $delay"
done
ok "killed at any moment, revert restores everything${bad:+ (but not after:$bad)}" test -z "$bad"
tap_done
