#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# docs.sh - what docs/operations.md says is tested is: each test it names exists, each check it quotes is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/guest/tap.sh
. tests/vm/guest/tap.sh

work=$(mktemp -d)
cleanup() { rm -rf "$work"; }
trap cleanup EXIT

# One item a line, whatever the line breaks.
awk '/^## / { on = /^## Fifteen/ } !on { next } /^[0-9]+\. / { if (item) print item; item = $0; next } item { item = item " " $0 }
	END { print item }' docs/operations.md >"$work/items"
# Every check's title, as far as it is fixed: `$variable` becomes a space. No quote is left in it.
cat tests/*.sh tests/tools/*.sh tests/vm/*.sh tests/vm/guest/*.sh | sed 's/\${[^}]*}/ /g; s/\$[a-z_]*/ /g' | tr -d "\"'\\\\" |
	tr -s ' ' >"$work/tests"

# unknown ITEM: what it quotes in *italics* that no test has, and each NAME.sh that is no test.
unknown() {
	local title name
	while IFS= read -r title; do
		title=$(sed 's/[.[*^$]/\\&/g; s/…/.*/g' <<<"${title//\'/}" | tr -s ' ')
		grep -q -- "$title" "$work/tests" || printf '*%s* ' "$title"
	done < <(grep -oE '(^|[ (])\*[^* ][^*]*[^* ]\*' <<<"$1" | sed 's/^[ (]*\*//; s/\*$//')
	while IFS= read -r name; do
		[ -e "tests/tools/$name" ] || [ -e "$name" ] || [ -e "tests/vm/$name" ] || printf '%s ' "$name"
	done < <(grep -oE '[a-z/-]+\.sh' <<<"$1")
}
# evidence ITEM: whether it names a test or shows a transcript.
evidence() { grep -qE '[a-z]\.sh`|  +\$ |        [a-z]' <<<"$1" || [[ "$1" == *'The table above'* ]]; }

ok 'fifteen things that go wrong are there' test "$(wc -l <"$work/items")" -eq 15
while IFS= read -r item; do
	number=${item%%.*}
	missing=$(unknown "$item")
	ok "$number: each test and check it names exists${missing:+ (not: $missing)}" test -z "$missing"
	ok "$number: names a test, or shows what is printed" evidence "$item"
done <"$work/items"
tap_done
