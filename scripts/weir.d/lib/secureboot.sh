# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Whether this kernel loads modules that nobody it trusts has signed.

# secure_boot: on, off, or none where the firmware has no such thing.
secure_boot()
{
	local var

	for var in "$WEIR_SYS"/firmware/efi/efivars/SecureBoot-*; do
		[[ -r "$var" ]] || continue
		# Four bytes of attributes, then the value.
		if [[ "$(tail -c 1 "$var" | od -An -tu1 | tr -d ' ')" == 1 ]]; then
			echo on
		else
			echo off
		fi
		return
	done
	echo none
}

# signatures_enforced: whether the kernel refuses unsigned modules.
signatures_enforced()
{
	[[ "$(cat "$WEIR_SYS/module/module/parameters/sig_enforce" 2>/dev/null)" == Y ]] ||
		grep -qsE '\[(integrity|confidentiality)\]' "$WEIR_SYS/kernel/security/lockdown"
}

# signing_certificate: the certificate DKMS signs modules with, if there is one.
signing_certificate()
{
	local file configured

	configured=$(sed -n 's/^ *mok_certificate=["'\'']\{0,1\}\([^"'\'']*\).*/\1/p' \
		"$WEIR_SYSCONFDIR/dkms/framework.conf" 2>/dev/null | tail -n 1) || :
	for file in ${configured:+"$configured"} "${WEIR_VARLIB:-/var/lib}/shim-signed/mok/MOK.der" \
		"${WEIR_VARLIB:-/var/lib}/dkms/mok.pub"; do
		if [[ -e "$file" ]]; then
			printf '%s' "$file"
			return
		fi
	done
}

# certificate_state FILE: enrolled, missing, or unknown without mokutil.
certificate_state()
{
	local said

	command -v mokutil >/dev/null || {
		echo unknown
		return
	}
	said=$(mokutil --test-key "$1" 2>&1) || :
	if [[ "$said" == *'already enrolled'* ]]; then echo enrolled; else echo missing; fi
}

# signing_mend: what to do so that modules load.
signing_mend()
{
	local certificate

	certificate=$(signing_certificate)
	if [[ -n "$certificate" ]]; then
		printf 'mokutil --import %s, choose a password, reboot, and enrol the key on the console' "$certificate"
	else
		printf 'install with DKMS, which makes a key and signs (make dkms-install, or the package weir-dkms), then enrol the key'
	fi
}
