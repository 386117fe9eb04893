#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# plan.sh - what profiles propose: the arithmetic of buffers, on old and new kernels; few keys, all explained.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

# The plan that was last made, and what is in it.
planned() { "$WEIR" tune "$@" --json >"$T/plan"; }
value() { jq -r --arg key "$1" '.keys[] | select(.key == $key) | .proposed' "$T/plan"; }
action() { jq -r --arg key "$1" '.keys[] | select(.key == $key) | .action' "$T/plan"; }
number() { jq -r ".$1" "$T/plan"; }
equals() { [ "$1" = "$2" ] || { printf '# %s, not %s\n' "$1" "$2" && false; }; }

refuses_text() { ! "$WEIR" tune server | grep "overridden.*$1"; }
refuses_profiles() { ! grep -nE "^net[a-z0-9.]*\.$1" "$TREE"/scripts/tune/*.profile; }

# --- Linux 6.1: half of a buffer is window
fake_system 6.1.0-99-test
planned wan --rate 10gbit --rtt 50ms
ok '10 Gbit/s x 50 ms are 62.5 MB in flight' equals "$(number bdp_bytes)" 62500000
ok 'before Linux 6.6 the receive buffer is twice that, in whole pages' equals "$(number receive_bytes)" 125001728
ok 'so is the send buffer' equals "$(number send_bytes)" 125001728
ok 'only the most of tcp_rmem is raised' equals "$(value net.ipv4.tcp_rmem)" '4096 131072 125001728'
ok 'the arithmetic is shown' says '10.0 Gbit/s / 8 x 50 ms = 62.5 MB' "$WEIR" tune wan --rate 10gbit --rtt 50ms
ok 'and where the factor is from' says '62.5 MB x 2 = 125 MB: Linux 6.1.0-99-test advertises 50 %' "$WEIR" tune wan --rate 10gbit --rtt 50ms
echo -2 >"$WEIR_PROC/sys/net/ipv4/tcp_adv_win_scale"
planned wan --rate 1gbit --rtt 40ms
ok 'with tcp_adv_win_scale -2 it is four times' equals "$(number receive_bytes)" 20000768
echo 2 >"$WEIR_PROC/sys/net/ipv4/tcp_adv_win_scale"
planned wan --rate 1gbit --rtt 40ms
ok 'with tcp_adv_win_scale 2 it is 4/3' equals "$(number receive_bytes)" 6668288
echo 1 >"$WEIR_PROC/sys/net/ipv4/tcp_adv_win_scale"

# --- later kernels measure
fake_system 6.12.9-test
echo -2 >"$WEIR_PROC/sys/net/ipv4/tcp_adv_win_scale"
planned wan --rate 10gbit --rtt 50ms
ok 'from Linux 6.6 on the receive buffer is less than twice' test "$(number receive_bytes)" -lt 125000000
ok 'and more than what is in flight' test "$(number receive_bytes)" -gt 62500000
for release in 6.5.13-test:2 6.6.0-rc1:1 6.10.1-arch1:1 5.19.0:2 7.2.3:1; do
	fake_system "${release%:*}"
	planned wan --rate 10gbit --rtt 50ms
	ok "Linux ${release%:*} is told apart" test "$((($(number receive_bytes) + 1000000) / 62500000))" -eq "${release#*:}"
done

# --- only raised, only lowered, never beyond memory
fake_system
printf '4096\t131072\t268435456\n' >"$WEIR_PROC/sys/net/ipv4/tcp_rmem"
echo 65535 >"$WEIR_PROC/sys/net/core/somaxconn"
echo 120 >"$WEIR_PROC/sys/net/ipv4/tcp_keepalive_time"
echo $'1024\t60000' >"$WEIR_PROC/sys/net/ipv4/ip_local_port_range"
planned server
ok 'a larger buffer is not made smaller' equals "$(action net.ipv4.tcp_rmem)" keep
ok 'a longer queue is not made shorter' equals "$(action net.core.somaxconn)" keep
ok 'a shorter keepalive is not made longer' equals "$(action net.ipv4.tcp_keepalive_time)" keep
planned datacenter
ok 'a range of ports is only widened' equals "$(value net.ipv4.ip_local_port_range)" '1024 60999'
printf 'MemTotal: 1048576 kB\n' >"$WEIR_PROC/meminfo"
planned wan --rate 10gbit --rtt 100ms
ok 'on 1 GiB no buffer is proposed above 64 MiB' equals "$(value net.ipv4.tcp_wmem)" "4096 16384 67108864"
ok 'and it says so' says 'capped +67.1 MB, a sixteenth' "$WEIR" tune wan --rate 10gbit --rtt 100ms
rm "$WEIR_PROC/sys/net/ipv4/tcp_notsent_lowat"
planned server
ok 'a key that the kernel has not is named' equals "$(action net.ipv4.tcp_notsent_lowat)" absent

# --- files that are read later win
fake_system
mkdir -p "$WEIR_SYSCONFDIR/sysctl.d"
printf '# x\n-net/core/somaxconn = 128\nnet.ipv4.tcp_fastopen=3\n' >"$WEIR_SYSCONFDIR/sysctl.d/99-admin.conf"
printf 'net.core.somaxconn = 64\n' >"$WEIR_SYSCONFDIR/sysctl.d/10-vendor.conf"
ok 'a later file that overrides is named' says 'overridden at boot .*somaxconn = 128 .*99-admin.conf' "$WEIR" tune server
ok 'one that agrees is not' refuses_text tcp_fastopen
ok 'nor is an earlier one' refuses_text vendor
rm -r "$WEIR_SYSCONFDIR/sysctl.d"

# --- the profiles themselves
for profile in wan lan server satellite datacenter; do
	planned "$profile"
	ok "$profile has few keys" test "$(jq '.keys | length' "$T/plan")" -le 14
	ok "$profile sizes both buffers and paces" test "$(jq '[.keys[].key] | map(select(. == "net.ipv4.tcp_rmem" or . == "net.ipv4.tcp_wmem" or . == "net.core.default_qdisc")) | length' "$T/plan")" -eq 3
	jq -r '.keys[].key' "$T/plan" >>"$T/keys"
done
sort -u "$T/keys" >"$T/used"
sed -n 's/^\(net\.[a-z0-9_.]*\)$/\1/p' "$TREE/scripts/tune/keys" | sort >"$T/explained"
ok 'every key of a profile is explained, and nothing else' diff "$T/used" "$T/explained"
missing=
while read -r key; do
	"$WEIR" tune --explain "$key" >"$T/explanation"
	for field in what hurts default source; do
		grep -q "^    $field: ." "$T/explanation" || missing+=" $key:$field"
	done
done <"$T/explained"
ok "each says what, when it hurts, default and source${missing:+ (not:$missing)}" test -z "$missing"
ok 'no profile names a key that does nothing or harm' refuses_profiles 'tcp_(tw_recycle|low_latency|fack|mem|max_tw_buckets|syncookies|abort_on_overflow)'
tap_done
