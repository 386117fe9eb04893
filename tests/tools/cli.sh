#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# cli.sh - help, manual pages and completion agree; what is wrong is refused in one line, with the mend.
set -euo pipefail
# shellcheck source=tests/tools/env.sh
. "$(dirname "$0")/env.sh"
own_namespace "$@"

# options COMMAND: the options that its help names.
options() { "$WEIR" "$1" --help | grep -oE -- '--[a-z-]+' | sort -u; }

# page COMMAND: its manual page as text, without the escapes.
page() { sed 's/\\-/-/g; s/\\f.//g' "$TREE/scripts/man/weir-$1.1"; }

# in_page COMMAND: every option of the help is in the page, and the other way round.
in_page() { diff <(options "$1") <(page "$1" | grep -v '^\.\\"' | grep -oE -- '--[a-z-]+' | sort -u) | sed 's/^/# /' >"$T/options"; ! grep . "$T/options"; }

# completes WORDS... :: WANTED...: whether completing the last word offers all of WANTED.
completes() {
	local -a COMP_WORDS=() COMPREPLY=()
	local COMP_CWORD word
	while [ "$1" != :: ]; do COMP_WORDS+=("$1") && shift; done
	shift
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_weir
	for word in "$@"; do
		[[ " ${COMPREPLY[*]} " == *" $word "* ]] || { printf '# offers %s\n' "${COMPREPLY[*]}"; return 1; }
	done
}

ok 'weir alone shows the help on standard error' refuses '^usage: weir' "$WEIR"
ok 'weir --version says the version of modules/weir.h' says \
	"^weir $(sed -n 's/^.define WEIR_VERSION "\(.*\)"/\1/p' "$TREE/modules/weir.h")$" "$WEIR" --version
ok 'a command that does not exist is refused' one_line 2 "no command 'dance': choose one of .*tune" "$WEIR" dance
ok 'so is one that would leave the directory' one_line 2 'no command' "$WEIR" ../lib/common
# shellcheck source=scripts/completion/weir
. "$TREE/scripts/completion/weir"
for command in $("$WEIR" --commands); do
	ok "weir --help names $command" says "^  $command " "$WEIR" --help
	ok "weir $command --help shows the usage" says "^usage: weir $command" "$WEIR" "$command" --help
	ok "weir $command has a manual page with the same options" in_page "$command"
	ok "weir $command refuses an unknown option" one_line 2 "un(known|expected).*--dance.*--help" "$WEIR" "$command" --dance
	# shellcheck disable=SC2046 # one word an option
	ok "weir $command: completion offers the same options" completes "$WEIR" "$command" -- :: $(options "$command")
done
ok 'completion offers the commands' completes "$WEIR" '' :: doctor status use tune revert
ok 'completion offers the profiles' completes "$WEIR" tune '' :: wan lan server satellite datacenter
ok 'completion offers the algorithms' completes "$WEIR" use '' :: reno

# --- refusals
ok 'tune: no profile' one_line 2 'which profile\? choose one of .*server' "$WEIR" tune
ok 'tune: an unknown profile' one_line 2 "no profile 'fast': choose one of .*wan" "$WEIR" tune fast
ok 'tune: a rate of 0' one_line 2 "rate '0gbit': no path is like that" "$WEIR" tune wan --rate 0gbit --rtt 10ms
ok 'tune: a rate beyond reason' one_line 2 "rate '5tbit': no path is like that" "$WEIR" tune wan --rate 5tbit --rtt 10ms
ok 'tune: a rate in a unit that tc means otherwise' one_line 2 "rate '10mbps': give a number and kbit" "$WEIR" tune wan --rate 10mbps --rtt 10ms
ok 'tune: a negative rate' one_line 2 "rate '-1gbit'" "$WEIR" tune wan --rate -1gbit --rtt 10ms
ok 'tune: a round trip beyond reason' one_line 2 "rtt '30s': no path is like that" "$WEIR" tune wan --rate 1gbit --rtt 30s
ok 'tune: a round trip without a unit' one_line 2 "rtt '50': give a number and us, ms or s" "$WEIR" tune wan --rate 1gbit --rtt 50
ok 'tune: more in flight than a window holds' one_line 2 'no TCP window is larger than 1.07 GB' "$WEIR" tune wan --rate 1tbit --rtt 1s
ok 'tune: a rate without a round trip' one_line 2 'give --rate and --rtt together' "$WEIR" tune wan --rate 1gbit
ok 'tune: no such device' one_line 2 "dev 'eth77': no such device here" "$WEIR" tune wan --dev eth77
ok 'tune --apply: not root' one_line 1 'not root: .*sudo weir tune' nobody "$WEIR" tune wan --apply
ok 'tune: but everybody may see the plan' quietly nobody "$WEIR" tune wan
ok 'use: no algorithm' one_line 2 'which algorithm\? registered: .*reno' "$WEIR" use
ok 'use: a name that cannot be one' one_line 2 "cannot be the name of an algorithm" "$WEIR" use 'a name; of sorts'
ok 'use: a name that is too long' one_line 2 'at most 15' "$WEIR" use weir_much_too_long
ok 'use: not root' one_line 1 'not root: .*sudo weir use' nobody "$WEIR" use reno
ok 'use: --route and --persist' one_line 2 'exclude each other' "$WEIR" use reno --route default --persist
ok 'use: a prefix that is none' one_line 2 "route 'there': give a prefix" "$WEIR" use reno --route there
ok 'use: no such route' one_line 1 "no route '192.0.2.0/24' here" "$WEIR" use reno --route 192.0.2.0/24
ok 'revert: not root' one_line 1 'not root: .*sudo weir revert' nobody "$WEIR" revert
ok 'revert: --keep and --force' one_line 2 'exclude each other' "$WEIR" revert --keep --force
ok 'doctor: an unknown check' one_line 2 "no check 'teeth': choose from kernel" "$WEIR" doctor teeth
ok 'doctor: no time to watch' one_line 2 "seconds '0'" "$WEIR" doctor sockets --seconds 0

# --- profiles of one's own
profile() { printf 'title = X\nrate = 1gbit\nrtt = 10ms\n%s\n' "$1" >"$T/own.profile" && "$WEIR" tune "$T/own.profile"; }
for key in tcp_tw_recycle tcp_low_latency tcp_fack tcp_mem; do
	ok "a profile may not set $key" one_line 1 "line 4: net.ipv4.$key is never set: " profile "net.ipv4.$key = 1"
done
ok 'a profile may not set a key that nobody explained' one_line 1 'line 4: kernel.panic is not in .*keys' profile 'kernel.panic = 1'
ok 'a profile must give a reason' one_line 1 'somaxconn has no reason below it' profile 'net.core.somaxconn = 1'
ok 'a profile may set a key only once' one_line 1 'line 6: net.core.somaxconn is set twice' \
	profile $'net.core.somaxconn = 1\n\twhy\nnet.core.somaxconn = 2\n\twhy'
ok 'a line that is none is refused' one_line 1 "line 4: expected KEY = VALUE" profile 'somaxconn 4096'
tap_done
