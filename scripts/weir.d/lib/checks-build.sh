# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# doctor: what building and loading the modules needs.

# build_dir: the running kernel's headers.
build_dir()
{
	printf '%s/%s/build' "$WEIR_MODULES" "$(kernel_release)"
}

# have_modules: whether weir's modules are installed for the running kernel.
have_modules()
{
	[[ -n "$(module_file 'tcp_weir_*')" ]]
}

check_kernel()
{
	local release text

	release=$(kernel_release)
	text="Linux $release"
	if [[ ! -e "$WEIR_PROC/modules" ]]; then
		finding kernel fail "$text cannot load modules" "use your distribution's own kernel"
	elif kernel_before 6 1; then
		finding kernel fail "$text is older than 6.1, the oldest that works" 'upgrade the kernel and reboot'
	elif [[ ! -d "$WEIR_MODULES/$release" && -z "$(container_kind)" ]]; then
		finding kernel fail "$text runs, but its modules are gone from $WEIR_MODULES: it was upgraded" 'reboot into the new kernel'
	else
		finding kernel ok "$text"
	fi
}

check_headers()
{
	local dir level=fail

	dir=$(build_dir)
	if [[ -r "$dir/include/generated/utsrelease.h" ]]; then
		finding headers ok "in $(readlink -f "$dir")"
		return
	fi
	! have_modules || level=note
	finding headers "$level" "none for Linux $(kernel_release): modules cannot be built for it" \
		"apt-get install linux-headers-$(kernel_release); if that is no longer on offer, upgrade the kernel and reboot"
}

# compiler_of DIR: the compiler that built the kernel: COMMAND MAJOR.
compiler_of()
{
	local text name

	text=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' "$1/include/config/auto.conf" "$1/.config" 2>/dev/null | head -n 1) || :
	name=${text%% *}
	[[ "$text" != *clang* ]] || name=clang
	[[ "$text" =~ ([0-9]+)\.[0-9]+(\.[0-9]+)? ]] || return
	printf '%s %s' "${name##*/}" "${BASH_REMATCH[1]}"
}

check_compiler()
{
	local dir name major here package said

	dir=$(build_dir)
	[[ -r "$dir/include/generated/utsrelease.h" ]] || return 0
	read -r name major <<<"$(compiler_of "$dir" || :)"
	if [[ -z "$major" ]]; then
		finding compiler note 'the headers do not say what built the kernel'
		return
	fi
	package=gcc-$major
	[[ "$name" != clang ]] || package=clang-$major
	for here in "$name" "$package" "${package%-*}"; do
		! command -v "$here" >/dev/null || break
		here=
	done
	if [[ -z "$here" ]]; then
		finding compiler fail "the kernel was built by ${package%-*} $major, and none is here" "apt-get install $package"
	elif [[ "$("$here" -dumpversion 2>/dev/null | cut -d . -f 1)" != "$major" ]]; then
		finding compiler warn "the kernel was built by ${package%-*} $major; $here is $("$here" -dumpversion 2>/dev/null)" \
			"if the build fails: apt-get install $package"
	elif said=$("$dir/scripts/basic/fixdep" 2>&1 </dev/null) || [[ "$said" != *"not found"* ]]; then
		finding compiler ok "$here, as for the kernel"
	else
		finding compiler fail "the headers' own programs do not run here: $(squeeze "${said#*: }")" \
			'install headers of this distribution, or build where the headers are from'
	fi
}

check_dkms()
{
	local lines release log

	if ! command -v dkms >/dev/null; then
		finding dkms note 'not installed: the next kernel will not have the modules' \
			'apt-get install dkms, then make dkms-install, or the package weir-dkms'
		return
	fi
	lines=$(dkms status weir 2>/dev/null | grep '^weir' || :)
	release=$(kernel_release)
	if [[ -z "$lines" ]]; then
		finding dkms note 'knows nothing of weir: the next kernel will not have the modules' \
			'make dkms-install, or the package weir-dkms'
	elif grep -qF ", $release," <<<"$lines" && grep -F ", $release," <<<"$lines" | grep -q ': installed'; then
		finding dkms ok "$(grep -F ", $release," <<<"$lines" | head -n 1)"
	else
		log=$(find "${WEIR_VARLIB:-/var/lib}/dkms/weir" -name make.log -newer "${WEIR_VARLIB:-/var/lib}/dkms/weir" 2>/dev/null | head -n 1) || :
		finding dkms fail "has weir, but not for Linux $release${log:+: $(grep -m 1 -iE 'error' "$log" || :)}" \
			"dkms install $(head -n 1 <<<"$lines" | sed 's/[,:].*//') -k $release"
	fi
}

check_secure_boot()
{
	local state certificate

	state=$(secure_boot)
	if ! signatures_enforced; then
		finding secure-boot ok "$([[ "$state" == none ]] && echo 'the firmware has none' || echo "is $state"); unsigned modules load"
		return
	fi
	certificate=$(signing_certificate)
	case $([[ -n "$certificate" ]] && certificate_state "$certificate" || echo none) in
	enrolled) finding secure-boot ok "only signed modules load; the key $certificate is enrolled" ;;
	unknown)
		finding secure-boot warn "only signed modules load; whether the key $certificate is enrolled cannot be told" \
			'apt-get install mokutil, then ask again'
		;;
	*)
		finding secure-boot fail 'only signed modules load, and no key for them is enrolled' "$(signing_mend)"
		;;
	esac
}

check_container()
{
	local kind

	kind=$(container_kind)
	if [[ -z "$kind" ]]; then
		finding container ok 'none'
	else
		finding container note "this is one ($kind): it uses the host's kernel and loads no modules" \
			'on the host: modprobe tcp_weir_..., and list it in /etc/modules-load.d'
	fi
}
