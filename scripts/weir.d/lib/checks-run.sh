# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# doctor: what runs, what new connections will use, and what the files say.

check_modules()
{
	local release file name loaded onfile count=0 version=''

	release=$(kernel_release)
	while read -r file; do
		count=$((count + 1))
		name=${file##*/}
		name=${name%%.ko*}
		onfile=$(file_version "$file")
		version=${version:-$onfile}
		loaded=$(loaded_version "$name")
		if [[ -n "$loaded" && "$(read_module "$name")" == loaded && "$loaded" != "$onfile" ]]; then
			finding modules warn "$name $loaded is loaded, the file has $onfile" \
				"reboot, or once no connection uses it: modprobe -r $name && modprobe $name"
		fi
	done < <(find "$WEIR_MODULES/$release" -name 'tcp_weir_*.ko*' 2>/dev/null | sort)
	file=$(find "$WEIR_MODULES/$release" -name 'tcp_weir_*.ko*' -printf '%f\n' 2>/dev/null | sort | uniq -d | head -n 1)
	[[ -z "$file" ]] || finding modules warn "$file is installed twice, in $(find "$WEIR_MODULES/$release" -name "$file" -printf '%h ' | sed "s|$WEIR_MODULES/$release/||g")" \
		'keep one: make uninstall, or make dkms-remove'
	if ((count == 0)); then
		[[ -n "$(container_kind)" ]] ||
			finding modules fail "no module of weir is installed for Linux $release" 'make dkms-install, or make install, or the package weir-dkms'
	else
		finding modules ok "$count algorithms of weir ${version:-without a version} for Linux $release, $(grep -cs '^tcp_weir_' "$WEIR_PROC/modules" || :) loaded"
	fi
}

check_algorithms()
{
	local name loadable generation closed=''

	for name in $(available_algorithms); do
		! is_restricted "$name" || closed+=" $name"
	done
	loadable=$(squeeze "$(loadable_algorithms)")
	finding algorithms ok "registered: $(available_algorithms)${closed:+; for the privileged only:$closed}"
	[[ "$loadable" != *weir_* ]] || finding algorithms note \
		"not loaded: $(tr ' ' '\n' <<<"$loadable" | grep '^weir_' | paste -sd ' '); unprivileged programs and containers can use them only once loaded" \
		'modprobe tcp_NAME, and at boot: weir use NAME --persist, or a file in /etc/modules-load.d'
	generation=$(bbr_generation)
	[[ -z "$generation" ]] || finding algorithms note "bbr is the kernel's BBR$generation"
}

# other_namespaces: default of every other network namespace: PID NAME.
other_namespaces()
{
	local dir id own pid
	local -A seen=()

	((EUID == 0)) || return 0
	own=$(netns_id)
	for dir in "$WEIR_PROC"/[0-9]*; do
		pid=${dir##*/}
		id=$(stat -Lc %i "$dir/ns/net" 2>/dev/null) || continue
		[[ "$id" != "$own" && -z "${seen[$id]:-}" ]] || continue
		seen[$id]=1
		printf '%s %s\n' "$pid" "$(nsenter -t "$pid" -n cat /proc/sys/net/ipv4/tcp_congestion_control 2>/dev/null || echo unknown)"
	done
}

# named_namespaces: default of the namespaces that ip netns lists: NAME ALGORITHM.
named_namespaces()
{
	local name

	((EUID == 0)) || return 0
	for name in $(ip netns list 2>/dev/null | cut -d ' ' -f 1); do
		printf '%s %s\n' "$name" "$(ip netns exec "$name" cat /proc/sys/net/ipv4/tcp_congestion_control 2>/dev/null || echo unknown)"
	done
}

check_default()
{
	local now others boot='' file value

	now=$(sysctl_get net.ipv4.tcp_congestion_control)
	others=$({
		named_namespaces | awk '{ print "netns " $1 ": " $2 }'
		other_namespaces | awk '{ n[$2]++ } END { for (a in n) print n[a] " with processes: " a }'
	} | paste -sd , | sed 's/,/, /g')
	finding default ok "$now$(in_main_netns || echo ' in this network namespace')${others:+; $others}"
	while read -r file value; do
		boot="$value ($file)"
	done < <(boot_settings net.ipv4.tcp_congestion_control)
	value=${boot%% *}
	if [[ -z "$boot" ]]; then
		[[ "$now" != weir_* ]] || ! in_main_netns ||
			finding default note "nothing makes $now the default at boot" "weir use $now --persist"
	elif ! is_available "$value" && [[ -z "$(module_file "tcp_$value")" ]]; then
		finding default warn "at boot $boot is wanted, and there is no such algorithm" 'correct that line'
	elif [[ "$value" != "$now" ]] && in_main_netns; then
		finding default note "at boot it becomes $boot"
	fi
}

check_sockets_by_algorithm()
{
	local list

	list=$(sockets_by_algorithm | awk '{ print $2 " " $1 }' | paste -sd , | sed 's/,/, /g')
	finding sockets ok "${list:-no connections}"
}

check_queues()
{
	local dev leaf list=''

	for dev in $(device_names); do
		leaf=$(qdisc_leaf "$(read_qdisc "$dev")")
		[[ "$leaf" == noqueue || -z "$leaf" ]] || list+=", $dev $leaf"
	done
	leaf=$(sysctl_get net.core.default_qdisc || :)
	finding queues ok "${list:+${list#, }; }${leaf:+devices that come up later get $leaf}"
	[[ "$list" == *' fq' || "$list" == *' fq,'* || -z "$list" ]] || finding queues note \
		'no device has fq: paced algorithms pace themselves, with a timer in each socket' \
		'for many connections: weir tune PROFILE --dev DEVICE --apply'
}

# boot_settings KEY: what the files read at boot set it to: FILE VALUE, in order.
boot_settings()
{
	local file

	while read -r file; do
		[[ -r "$file" ]] || continue
		sed -nE "s|^[[:space:]]*-?${1//./[./]}[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$|$file \1|p" "$file"
	done < <(sysctl_files)
}

check_files()
{
	local key where bad=0 file

	for key in "${!PROFILE_NEVER[@]}"; do
		where=$(boot_settings "$key" | cut -d ' ' -f 1 | sort -u | paste -sd ' ')
		[[ -z "$where" ]] || {
			bad=1
			finding files warn "$key is set in $where: ${PROFILE_NEVER[$key]}" 'remove that line'
		}
	done
	while read -r file; do
		[[ ! -r "$file" ]] || ! grep -qE '^[^#;]*=[^#]*[[:space:]][#;]' "$file" || {
			bad=1
			finding files warn "$file has a comment behind a value: it becomes part of the value" 'put comments on lines of their own'
		}
	done < <(sysctl_files)
	((bad)) || finding files ok 'nothing harmful in the sysctl files'
}

check_tuning()
{
	local owner changed title=''

	for owner in use tune; do
		txn_open "$owner"
		[[ -e "$txn_dir/journal" ]] || continue
		title+="; weir $txn_title, $txn_when"
		changed=$(txn_changed | paste -sd '|')
		[[ -z "$changed" ]] || finding tuning note "changed since: ${changed//|/, and }" "weir revert $owner --keep leaves that, --force puts it back"
	done
	title=${title:-; weir changed nothing}
	finding tuning ok "${title#; }"
}
