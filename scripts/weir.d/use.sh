# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# weir use - make an algorithm the default, or that of a route
#
# usage: weir use ALGORITHM [--persist] [--route PREFIX]
#
# Load the module if need be, make the algorithm the default of this network
# namespace, read it back, and say what stays as it is.
#
#   --persist       at every boot as well: writes sysctl.d/90-weir-use.conf and
#                   modules-load.d/weir-use.conf in /etc
#   --route PREFIX  only for connections over this route (a prefix, or default);
#                   the default algorithm stays
#
# The values found are kept in /var/lib/weir; weir revert use puts them back.

# shellcheck source=scripts/weir.d/lib/txn.sh
source "$WEIR_LIB/weir.d/lib/txn.sh"
# shellcheck source=scripts/weir.d/lib/algorithms.sh
source "$WEIR_LIB/weir.d/lib/algorithms.sh"

# parse_arguments ARGUMENT...: sets algorithm, persist, route.
parse_arguments()
{
	algorithm='' persist=no route=''
	while (($#)); do
		case $1 in
		--persist) persist=yes ;;
		--route)
			need_value "$1" $#
			route=$2
			shift
			;;
		-h | --help)
			command_help
			exit
			;;
		-*) usage_error "unknown option '$1'" ;;
		*)
			[[ -z "$algorithm" ]] || usage_error "one algorithm at a time: '$algorithm' or '$1'"
			algorithm=$1
			;;
		esac
		shift
	done
	[[ -n "$algorithm" ]] || usage_error "which algorithm? registered: $(available_algorithms)"
	[[ "$algorithm" =~ ^[a-zA-Z0-9_-]{1,15}$ ]] ||
		usage_error "'$algorithm' cannot be the name of an algorithm: they have at most 15 letters, digits, _ and -"
	[[ "$persist" == no || -z "$route" ]] ||
		usage_error '--route and --persist exclude each other: routes are kept by your network configuration; add "congctl '"$algorithm"'" to the route there'
	if [[ -n "$route" ]]; then
		[[ "$route" == default || "$route" =~ ^[0-9a-fA-F.:]+(/[0-9]+)?$ ]] ||
			usage_error "--route '$route': give a prefix like 192.0.2.0/24 or 2001:db8::/32, or default"
	fi
}

# plan_module: have the algorithm's module loaded, if it is not registered yet;
# refuse what cannot work.
plan_module()
{
	local file kind

	! is_available "$algorithm" || return 0
	kind=$(container_kind)
	[[ -z "$kind" ]] || die "$algorithm is not loaded, and a container ($kind) cannot load modules: on the host run: modprobe tcp_$algorithm"
	file=$(module_file "tcp_$algorithm")
	if [[ -z "$file" ]]; then
		[[ "$algorithm" != weir_* ]] ||
			die "$algorithm is not installed for Linux $(kernel_release): install it (make dkms-install, or the package weir-dkms); weir doctor says what is missing"
		die "no algorithm '$algorithm': registered: $(available_algorithms)$(loadable_list)"
	fi
	if signatures_enforced && [[ -z "$(modinfo -F signer "$file" 2>/dev/null)" ]]; then
		die "$file is not signed and this kernel loads only signed modules (Secure Boot): $(signing_mend)"
	fi
	txn_plan module "tcp_$algorithm" loaded
}

loadable_list()
{
	local list

	list=$(loadable_algorithms)
	[[ -z "$list" ]] || printf '; can be loaded: %s' "$(squeeze "$list")"
}

# plan_route: one route gets the algorithm.
plan_route()
{
	local family=-4 shown

	need_tool ip iproute2
	[[ "$route" != *:* ]] || family=-6
	! grep -qE ' proto ra| expires ' <<<"$(ip "$family" route show exact "$route" 2>/dev/null)" ||
		die "$route comes from router advertisements, which set it again: add the algorithm where your network is configured"
	shown=$(read_route "$family $route") || die "no route '$route' here: ip $family route lists them"
	[[ "$shown" != *$'\n'* ]] || die "$route has several routes or next hops: set it by hand, with ip $family route replace ... congctl $algorithm"
	[[ "$shown" != *' congctl '* ]] || shown=$(sed -E 's/ congctl (lock )?[^ ]+//' <<<"$shown")
	txn_plan route "$family $route" "$shown congctl $algorithm"
}

# plan_default: the default of this network namespace, now and at boot.
plan_default()
{
	in_first_netns || is_available "$algorithm" ||
		die "$algorithm is not loaded, and this is not the system's first network namespace, which may load it: run modprobe tcp_$algorithm, then this again"
	in_first_netns || ! is_restricted "$algorithm" ||
		die "$algorithm is not for everybody, so only the system's first network namespace may make it the default: run this outside, or allow it there with net.ipv4.tcp_allowed_congestion_control"
	txn_plan sysctl net.ipv4.tcp_congestion_control "$algorithm"
	# Of a module that is loaded now only the module itself knows whom it is for;
	# when it is unloaded again that is settled.
	! is_available "$algorithm" || ! in_first_netns ||
		! sysctl_writable net.ipv4.tcp_allowed_congestion_control ||
		txn_plan allowed "$algorithm" yes
	[[ "$persist" == yes ]] || return 0
	in_main_netns || die '--persist is for the network namespace the system boots with: others do not outlive a boot'
	plan_file "$WEIR_SYSCONFDIR/sysctl.d/90-weir-use.conf" \
		"# Written by weir use; weir revert use removes it.
net.ipv4.tcp_congestion_control = $algorithm"
	# The kernel loads the module when the sysctl is set. Listed here it is
	# there for containers too, which may not have modules loaded.
	[[ -z "$(module_file "tcp_$algorithm")" ]] ||
		plan_file "$WEIR_SYSCONFDIR/modules-load.d/weir-use.conf" \
			"# Written by weir use; weir revert use removes it.
tcp_$algorithm"
}

# plan_file FILE TEXT: a file of ours.
plan_file()
{
	if [[ -e "$1" ]]; then
		item_read file "$1"
		if ! txn_find file "$1" || ! txn_ours "$txn_at" "$REPLY"; then
			die "$1 is there, but not as weir writes it: move it away, then try again"
		fi
	fi
	txn_content "$2"
	txn_plan dir "${1%/*}" present
	txn_plan file "$1" "$txn_hash"
}

# keep_the_rest: what earlier calls changed and this one does not touch stays
# changed, and stays in the journal.
keep_the_rest()
{
	local i j
	local -a kind=("${plan_kind[@]}") name=("${plan_name[@]}") new=("${plan_new[@]}")

	plan_kind=() plan_name=() plan_new=()
	# Modules first: going back, they are unloaded when nothing names them any more.
	for i in "${!kind[@]}"; do
		[[ "${kind[i]}" != module ]] || txn_plan module "${name[i]}" "${new[i]}"
	done
	for i in "${!txn_kind[@]}"; do
		[[ "${txn_kind[i]}" != module ]] || txn_plan module "${txn_name[i]}" "${txn_new[i]}"
	done
	for i in "${!txn_kind[@]}"; do
		# An algorithm that is no longer the default is allowed to whom it was.
		[[ -z "$route" && "${txn_kind[i]}" == allowed || "${txn_kind[i]}" == module ]] || txn_is_changed "$i" ||
			txn_plan "${txn_kind[i]}" "${txn_name[i]}" "${txn_new[i]}"
	done
	for i in "${!kind[@]}"; do
		for j in "${!plan_kind[@]}"; do
			[[ "${plan_kind[j]} ${plan_name[j]}" != "${kind[i]} ${name[i]}" ]] || {
				plan_new[j]=${new[i]}
				continue 2
			}
		done
		txn_plan "${kind[i]}" "${name[i]}" "${new[i]}"
	done
}

# say_what_stays: what the change does not reach.
say_what_stays()
{
	local others routes

	others=$(sockets_by_algorithm | awk -v new="$algorithm" '$1 != new { print $2, $1 }' | paste -sd , | sed 's/,/, /g')
	[[ -z "$others" ]] || note "connections that are open keep theirs: $others"
	[[ -z "$route" ]] || return 0
	routes=$({ ip -4 route show table all; ip -6 route show table all; } 2>/dev/null | grep -F ' congctl ' |
		sed -E 's/^([^ ]+).* congctl (lock )?([^ ]+).*/\1 (\3)/' | paste -sd ' ') || :
	[[ -z "$routes" ]] || note "routes with an algorithm of their own keep it: $routes"
	note 'programs that choose for themselves (TCP_CONGESTION) and other network namespaces keep theirs'
	[[ "$persist" == yes ]] || ! in_main_netns || note 'the next boot starts as before: --persist makes it last'
	case $algorithm in
	weir_fixed | weir_dctcp)
		note "$algorithm is not safe on a path shared with others: weir revert use undoes this"
		;;
	esac
}

weir_main()
{
	local now

	parse_arguments "$@"
	need_root
	txn_lock
	txn_open use
	plan_module
	if [[ -n "$route" ]]; then
		plan_route
	else
		plan_default
	fi
	keep_the_rest
	txn_apply "use $algorithm${route:+ --route $route}"
	if [[ -n "$route" ]]; then
		printf '%s: %s\n' "$algorithm" "$(read_route "$([[ "$route" == *:* ]] && echo -6 || echo -4) $route")"
	else
		now=$(sysctl_get net.ipv4.tcp_congestion_control)
		printf '%s is the default%s.\n' "$now" "$([[ "$persist" == no ]] || echo ', also at boot')"
	fi
	say_what_stays
	printf 'To see that it works: weir status. To go back: weir revert use.\n'
}
