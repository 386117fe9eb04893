#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fetch.sh - which packages scripts/lab/fetch asks apt for, and what it says and leaves when it gets none. That the
# real ones build and boot is for the guest tests.
# shellcheck disable=SC2016 # expanded by the fake commands
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"

export WEIR_CACHE=$T/cache T
fetch=$TREE/scripts/lab/fetch

# asked PACKAGE: apt was asked to download it, by exactly that name.
asked() { grep -qxF -- "$1" "$T/asked" || { sed 's/^/# asked for /' "$T/asked"; return 1; }; }
nothing_left() { [ -z "$(find "$WEIR_CACHE/kernel" -mindepth 1 ! -name .lock)" ]; }

# An archive between the upload of kernel 6.1.9-2 and its signing: the signed image is 6.1.9-1 still, its kbuild gone.
fake_command apt-cache <<'END'
[ "$1" = show ] || exit 0
case ${!#} in
linux-image-cloud-amd64) echo 'Depends: linux-image-6.1.0-9-cloud-amd64 (= 6.1.9-1)' ;;
linux-image-6.1.0-9-cloud-amd64) echo 'Version: 6.1.9-1' ;;
linux-headers-6.1.0-9-cloud-amd64)
	echo 'Depends: linux-headers-6.1.0-9-common (= 6.1.9-1), linux-kbuild-6.1 (>= 6.1.9-1), linux-compiler-gcc-12-x86' ;;
esac
END
fake_command apt-get <<'END'
while [ "$1" != download ]; do shift; done
shift
printf '%s\n' "$@" >"$T/asked"
echo 'E: made-up trouble' >&2
exit 100
END
ok 'a failed download: what apt said, and the mend' refuses 'download failed: E: made-up trouble; .*apt-get update' "$fetch"
ok 'nothing half-done stays in the cache' nothing_left
ok 'the image that the meta package names' asked linux-image-6.1.0-9-cloud-amd64=6.1.9-1
ok 'its headers' asked linux-headers-6.1.0-9-cloud-amd64=6.1.9-1
ok 'and those of all flavours' asked linux-headers-6.1.0-9-common=6.1.9-1
ok 'kbuild as new as the archive has it' asked linux-kbuild-6.1
ok 'nothing else' test "$(wc -l <"$T/asked")" -eq 4

fake_command apt-cache </dev/null
ok 'without package lists: one line with the mend' one_line 1 'knows no package linux-image-cloud-amd64: .*apt-get update' "$fetch"
ok 'an unknown kernel: the choice' one_line 2 "no kernel '2.4': choose one of 6.1 " "$fetch" --kernel 2.4
ok 'an unknown thing to print: the choice' one_line 2 'choose one of kdir ' "$fetch" --print money
tap_done
