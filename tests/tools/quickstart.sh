#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# quickstart.sh - the commands of the README, taken from it and run: what builds and installs in a bare Debian 12,
# what selects and verifies on that system's kernel, in a guest that holds nothing but what was installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

usage() {
	cat <<'USAGE'
usage: tests/tools/quickstart.sh [--cpu N] [FILE]

Takes the first block of commands below the heading "Use the modules" or "Quick start" (of FILE, default README.md) and runs
them as they stand, those up to `make install` in a Debian 12 root file system without compiler or headers, the
others in a guest with what was installed there. Prints TAP. Needs root, mmdebstrap and the network (90 MB), and
some minutes: `make check` does not call it.
USAGE
}

cpu=0 file=README.md
while [ $# -gt 0 ]; do
	case $1 in
	--cpu) cpu=${2:?} && shift ;;
	--help) usage && exit 0 ;;
	-*) echo "quickstart.sh: unknown option '$1' (see --help)" >&2 && exit 2 ;;
	*) file=$1 ;;
	esac
	shift
done
# shellcheck source=tests/tools/rootfs.sh
. tests/tools/rootfs.sh

awk '/^##+ / { on = /Use the modules|Quick start/ } on && /^    / { sub(/^    /, ""); sub(/ +# .*/, ""); print; seen = 1; next } seen { exit }' \
	"$file" >"$work/commands"
sed 's/^/# /' "$work/commands"
ok 'there are commands, three at most' test "$(wc -l <"$work/commands")" -ge 1 -a "$(wc -l <"$work/commands")" -le 3
# Each part of `this && that`, in order.
sed 's/ && /\n/g' "$work/commands" >"$work/parts"
last=$(grep -n 'make install' "$work/parts" | tail -n 1 | cut -d : -f 1)
ok 'make install is one of them' test -n "$last"

# --- a bare Debian 12 with a kernel
rootfs bare minbase linux-image-cloud-amd64,iproute2,sudo,ca-certificates
release=$(basename "$work"/root/lib/modules/6.1*)
ok 'the laboratory has the same kernel (else: scripts/lab/fetch --update)' \
	test "$release" = "$(scripts/lab/fetch --kernel 6.1 --print release)"
cloned weir
cp -L /etc/resolv.conf "$work/root/etc/"
# The machine that runs this test has another kernel than the one it stands for.
# shellcheck disable=SC2016 # for that shell
printf '#!/bin/sh\n[ "$1" = -r ] && echo %s || exec /usr/bin/uname "$@"\n' "$release" >"$work/root/usr/local/bin/uname"
chmod +x "$work/root/usr/local/bin/uname"

# in_root COMMAND: as a user would type it, in the tree; apt-get asks nobody.
# shellcheck disable=SC2016 # for the shell inside
in_root() {
	unshare --mount bash -euc '
		mount -t proc proc "$1/proc"
		mount --rbind /dev "$1/dev"
		exec chroot "$1" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LC_ALL=C \
			DEBIAN_FRONTEND=noninteractive bash -euc "cd /weir && $2"
	' bash "$work/root" "$1" >"$work/log" 2>&1 </dev/null || { tail -n 5 "$work/log" | sed 's/^/# /'; return 1; }
}
printf 'APT::Get::Assume-Yes "true";\n' >"$work/root/etc/apt/apt.conf.d/yes"
ok 'apt-get update' in_root 'apt-get update'
while read -r command; do
	ok "$command" in_root "$command"
done < <(head -n "$last" "$work/parts")

# --- that kernel, with what was installed and nothing else of weir
rm "$work/root/usr/local/bin/uname"
# harmless: what the kernel printed meanwhile, each line one that docs/operations.md explains.
harmless() {
	sed 's/^/# /' "$work/out/dmesg"
	grep -q . "$work/out/dmesg" && ! grep -vE 'loading out-of-tree module taints kernel|module verification failed: signature' "$work/out/dmesg"
}
mkdir "$work/job"
cp -r "$work/root/usr/local" "$work/job/local"
cp -r "$work/root/lib/modules/$release/updates" "$work/job/updates"
tail -n +"$((last + 1))" "$work/parts" >"$work/job/parts"
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/job/traffic" tests/tools/traffic.c
cat >"$work/job/run" <<'RUN'
#!/usr/bin/env bash
set -uo pipefail
rm -rf "/lib/modules/$(uname -r)/extra"
cp -r /job/updates "/lib/modules/$(uname -r)/"
cp -r /job/local/. /usr/local/
depmod -a
mkdir -p /etc/sysctl.d /etc/modules-load.d
# There is no other user here.
printf '#!/bin/sh\nexec "$@"\n' >/usr/local/bin/sudo
chmod +x /usr/local/bin/sudo
dmesg --clear
part=0 talking=no
while read -r command; do
	part=$((part + 1))
	# A connection to see, made by the last command that changes something.
	if [[ "$command" != *sudo* && "$talking" = no ]]; then
		talking=yes
		/job/traffic sink 6001 >/dev/null &
		sleep 1
		/job/traffic caller 6001 127.0.0.1 >/dev/null &
		sleep 1
	fi
	bash -euc "$command" >"/out/$part" 2>&1
	echo $? >"/out/$part.status"
done </job/parts
ss -tinHO state established >/out/ss
dmesg | grep -E 'weir|taint|module|BTF|BUG|WARNING|Oops|Call Trace' >/out/dmesg
RUN
chmod +x "$work/job/run"
scripts/lab/run --quiet --kernel 6.1 --cpu "$cpu" --timeout 600 --job "$work/job" --out "$work/out" >"$work/log" 2>&1 ||
	sed 's/^/# /' "$work/log"
part=0
while read -r command; do
	part=$((part + 1))
	ok "$command" test "$(cat "$work/out/$part.status" 2>&1)" = 0
	sed 's/^/# /' "$work/out/$part" 2>/dev/null || true
done <"$work/job/parts"
ok 'its last line shows a connection of weir_bbr3' grep -qE '^\* weir_bbr3 +[1-9]' "$work/out/$part"
ok 'and the kernel says the same of both ends' test "$(grep -c ' weir_bbr3 ' "$work/out/ss")" -eq 2
ok 'of its modules the kernel says nothing but what is harmless' harmless
tap_done
