#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# modules.sh - load, autoload, select, transfer, switch away live, unload, use the socket again: each module,
# in a guest that runs the distribution's own kernel.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
	cat <<'USAGE'
usage: tests/vm/modules.sh [--kernel 6.1|6.12|7.2|newest] [--cpu N] [ALGORITHM...]

Boots the lab and takes each ALGORITHM (default: each one built) through its life on a real kernel. Prints TAP.
USAGE
}

kernel=6.1 cpu=0
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?} && shift 2 ;;
	--cpu) cpu=${2:?} && shift 2 ;;
	--help) usage && exit 0 ;;
	-*) echo "modules.sh: unknown option '$1' (see --help)" >&2 && exit 2 ;;
	*) break ;;
	esac
done

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

release=$(scripts/lab/fetch --kernel "$kernel" --print release)
if [ $# -eq 0 ]; then
	for ko in "out/modules/$release"/tcp_weir_*.ko; do
		[ -e "$ko" ] || { echo "modules.sh: no modules for $release; build them with: make modules KERNEL=$kernel" >&2; exit 1; }
		name=${ko##*/tcp_}
		set -- "$@" "${name%.ko}"
	done
fi

cp -r tests/vm/guest "$work/job"
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/job/cc_lifecycle" tests/vm/guest/cc_lifecycle.c
cat >"$work/job/run" <<RUN
#!/usr/bin/env bash
set -uo pipefail
status=0
for part in registration tracepoints lifecycle; do
	/job/\$part.sh $* >/out/\$part.tap 2>/out/\$part.err || status=1
done
exit \$status
RUN
chmod +x "$work/job/run"

status=0
scripts/lab/run --quiet --kernel "$kernel" --cpu "$cpu" --timeout 600 --job "$work/job" --out "$work/out" || status=$?
for part in registration tracepoints lifecycle; do
	printf '# %s on Linux %s\n' "$part" "$release"
	sed 's/^/# /' "$work/out/$part.err" 2>/dev/null || true
	if ! cat "$work/out/$part.tap" 2>/dev/null || ! grep -q '^1\.\.' "$work/out/$part.tap"; then
		printf 'not ok - %s on Linux %s ran to its end\n' "$part" "$release"
		status=1
	fi
done
[ "$status" -eq 0 ] || tail -n 30 "$work/out/console.log" 2>/dev/null | sed 's/^/# /'
exit "$status"
