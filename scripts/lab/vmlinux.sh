# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The ELF kernel inside a packaged one, which starts without a boot loader's
# work. Sourced by fetch.

# u8 FILE OFFSET, u32 FILE OFFSET: one little-endian number.
u8() { od -An -v -t u1 -j "$2" -N 1 "$1" | tr -d ' '; }
u32() { od -An -v -t u4 --endian=little -j "$2" -N 4 "$1" | tr -d ' '; }

# extract_vmlinux VMLINUZ TARGET: the ELF kernel inside a bzImage. The boot
# protocol's header says where (Documentation/arch/x86/boot.rst: setup_sects,
# payload_offset, payload_length); the last 4 bytes are the unpacked size.
extract_vmlinux()
{
	local offset length tool

	offset=$((($(u8 "$1" 0x1f1) + 1) * 512 + $(u32 "$1" 0x248)))
	length=$(($(u32 "$1" 0x24c) - 4))
	case $(od -An -t x1 -j "$offset" -N 4 "$1" | tr -d ' ') in
	02214c18) tool=lz4 ;;
	28b52ffd) tool=zstd ;;
	fd377a58) tool=xz ;;
	1f8b*) tool=gzip ;;
	*) die "unknown compression in $1" ;;
	esac
	need_command "$tool" "$tool"
	dd if="$1" bs=1M iflag=skip_bytes,count_bytes skip="$offset" \
		count="$length" status=none | "$tool" -dc >"$2" ||
		die "cannot unpack the kernel in $1"
	[[ "$(od -An -t x1 -N 4 "$2" | tr -d ' ')" == 7f454c46 ]] ||
		die "no ELF kernel inside $1"
}
