#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# tools.sh - the weir command with weir's own modules, real queueing disciplines, and connections over paths
# whose limits are known: in a guest that runs the distribution's own kernel.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
	cat <<'USAGE'
usage: tests/vm/tools.sh [--kernel 6.1|6.12|7.2|newest] [--cpu N] [PART...]

Boots the lab and has the weir command select, tune, revert and diagnose there. Prints TAP. Parts: use, tune, path
(default: all).
USAGE
}

kernel=6.1 cpu=0 parts=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?} && shift 2 ;;
	--cpu) cpu=${2:?} && shift 2 ;;
	--help) usage && exit 0 ;;
	use | tune | path) parts+=("$1") && shift ;;
	*) echo "tools.sh: unknown argument '$1' (see --help)" >&2 && exit 2 ;;
	esac
done
[ "${#parts[@]}" -gt 0 ] || parts=(use tune path)

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

release=$(scripts/lab/fetch --kernel "$kernel" --print release)
for name in reno cubic dctcp; do
	[ -e "out/modules/$release/tcp_weir_$name.ko" ] || {
		echo "tools.sh: no tcp_weir_$name.ko for $release; build the modules: make modules KERNEL=$kernel" >&2
		exit 1
	}
done
mkdir -p "$work/job/scripts" "$work/job/modules"
cp -r scripts/weir scripts/weir.d scripts/tune "$work/job/scripts/"
cp modules/weir.h "$work/job/modules/"
cp tests/vm/guest/tap.sh tests/vm/guest/namespaces.sh tests/vm/guest/tools-*.sh "$work/job/"
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/job/traffic" tests/tools/traffic.c
cat >"$work/job/run" <<RUN
#!/usr/bin/env bash
set -uo pipefail
status=0
for part in ${parts[*]}; do
	/job/tools-\$part.sh >/out/\$part.tap 2>/out/\$part.err || status=1
	echo "\$part ended at \$(cut -d ' ' -f 1 /proc/uptime) s"
done
exit \$status
RUN
chmod +x "$work/job/run"

status=0
scripts/lab/run --quiet --kernel "$kernel" --cpu "$cpu" --timeout 2400 --job "$work/job" --out "$work/out" || status=$?
for part in "${parts[@]}"; do
	printf '# %s on Linux %s\n' "$part" "$release"
	sed 's/^/# /' "$work/out/$part.err" 2>/dev/null || true
	if ! cat "$work/out/$part.tap" 2>/dev/null || ! grep -q '^1\.\.' "$work/out/$part.tap"; then
		printf 'not ok - %s on Linux %s ran to its end\n' "$part" "$release"
		status=1
	fi
done
[ "$status" -eq 0 ] || tail -n 30 "$work/out/console.log" 2>/dev/null | sed 's/^/# /'
exit "$status"
