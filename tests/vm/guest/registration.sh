#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# registration.sh - loading, autoloading by name, refusing what is wrong, unloading: for each module
# named on the command line. Runs in the guest as root.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/vm/guest/tap.sh
. "$here/tap.sh"

sysctl_cc=/proc/sys/net/ipv4/tcp_congestion_control
available=/proc/sys/net/ipv4/tcp_available_congestion_control
before=$(cat "$sysctl_cc")
cleanup() { echo "$before" >"$sysctl_cc"; }
trap cleanup EXIT

loaded() { grep -q "^$1 " /proc/modules; }
not_loaded() { ! loaded "$1"; }
listed() { grep -qw -- "$1" "$available"; }
not_listed() { ! listed "$1"; }
is_default() { [ "$(cat "$sysctl_cc")" = "$1" ]; }
set_default() { echo "$1" 2>/dev/null >"$sysctl_cc"; }

# Another module that claims the same name: the same file under another module name.
clashing_copy() {
	local cc=$1 to=$2
	LC_ALL=C sed "s/tcp_${cc}\\x00/tcp_${cc%?}X\\x00/g" "$(modinfo -F filename "tcp_$cc")" >"$to"
}

for cc in "$@"; do
	mod=tcp_$cc
	ok "$cc: not loaded to begin with" not_loaded "$mod"
	ok "$cc: modprobe loads it" modprobe "$mod"
	ok "$cc: registered" listed "$cc"
	ok "$cc: a second insmod is refused" refuses 'exists' insmod "$(modinfo -F filename "$mod")"
	clashing_copy "$cc" /tmp/clash.ko
	# Newer kernels keep EEXIST for a module that is loaded, and make EBUSY of it here.
	ok "$cc: another module with its name is refused" refuses 'exists|resource busy' insmod /tmp/clash.ko
	ok "$cc: and leaves nothing behind" not_loaded "tcp_${cc%?}X"
	ok "$cc: the first is still registered" listed "$cc"
	ok "$cc: unloads" rmmod "$mod"
	ok "$cc: no longer registered" not_listed "$cc"

	ok "$cc: sysctl loads it by name" set_default "$cc"
	ok "$cc: sysctl reads it back" is_default "$cc"
	ok "$cc: the default cannot be unloaded" refuses 'in use|busy|unavailable' rmmod "$mod"
	ip netns add inherits
	ok "$cc: a new namespace inherits it" \
		test "$(ip netns exec inherits cat "$sysctl_cc")" = "$cc"
	ip netns del inherits
	echo "$before" >"$sysctl_cc"
	# The namespace lets go of its reference from a work queue.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		rmmod "$mod" 2>/dev/null && break
		sleep 0.2
	done
	ok "$cc: unloads once another is the default" not_loaded "$mod"

	for p in $(modinfo -F parm "$mod" | cut -d: -f1); do
		ok "$cc: parameter $p=rubbish is refused" \
			refuses 'invalid' modprobe "$mod" "$p=rubbish"
		ok "$cc: and nothing stays loaded" not_loaded "$mod"
		ok "$cc: nor registered" not_listed "$cc"
		modprobe "$mod"
		now=$(cat "/sys/module/$mod/parameters/$p")
		ok "$cc: parameter $p=-987654321 is refused at run time" \
			refuses 'invalid|range' bash -c "echo -987654321 >/sys/module/$mod/parameters/$p"
		ok "$cc: parameter $p keeps its value" \
			test "$(cat "/sys/module/$mod/parameters/$p")" = "$now"
		rmmod "$mod"
	done
done
tap_done
