# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# From a rate and a round-trip time to the size of buffers.
#
# A connection fills a path when a bandwidth-delay product (BDP) of data is in
# flight. The receiver must be able to advertise that much, the sender to hold
# it until it is acknowledged.

# The largest window TCP can express: 65535 << 14 (RFC 7323, section 2.2).
BDP_MAX=1073725440

# parse_rate TEXT: bits per second.
parse_rate()
{
	local value

	[[ "$1" =~ ^([0-9]{1,7})(\.([0-9]{1,6}))?([kmgt])bit$ ]] ||
		usage_error "--rate '$1': give a number and kbit, mbit, gbit or tbit, like 2.5gbit"
	value=$(scale "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}" \
		"$(case ${BASH_REMATCH[4]} in k) echo 3 ;; m) echo 6 ;; g) echo 9 ;; t) echo 12 ;; esac)")
	((value >= 64000 && value <= 1000000000000)) ||
		usage_error "--rate '$1': no path is like that; give 64kbit to 1tbit"
	printf '%s' "$value"
}

# parse_rtt TEXT: microseconds.
parse_rtt()
{
	local value

	[[ "$1" =~ ^([0-9]{1,8})(\.([0-9]{1,6}))?(us|ms|s)$ ]] ||
		usage_error "--rtt '$1': give a number and us, ms or s, like 50ms"
	value=$(scale "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}" \
		"$(case ${BASH_REMATCH[4]} in us) echo 0 ;; ms) echo 3 ;; s) echo 6 ;; esac)")
	((value >= 1 && value <= 10000000)) ||
		usage_error "--rtt '$1': no path is like that; give 1us to 10s"
	printf '%s' "$value"
}

# scale WHOLE FRACTION EXPONENT: WHOLE.FRACTION times ten to the EXPONENT.
scale()
{
	local fraction=${2:-}000000000000

	printf '%s' "$((10#$1 * 10 ** $3 + 10#${fraction:0:$3}0 / 10))"
}

# bdp_bytes RATE_BPS RTT_US
bdp_bytes()
{
	# Bits to bytes first: the product of the largest still fits 64 bits.
	# shellcheck disable=SC2017
	printf '%s' "$((($1 / 8 * $2 + 999999) / 1000000))"
}

# receive_share: how much of a receive buffer is advertised as window, in 256ths.
#
# Before Linux 6.6 tcp_adv_win_scale fixes it, by default at one half. Since
# then the kernel measures how much of a packet's memory is payload, and the
# setting does nothing; see docs/tuning.md for the figure.
receive_share()
{
	local scale

	kernel_before 6 6 || {
		printf '%s' "$RECEIVE_SHARE_MEASURED"
		return
	}
	scale=$(sysctl_get net.ipv4.tcp_adv_win_scale) || scale=1
	if ((scale <= 0)); then
		printf '%s' "$((256 >> -scale))"
	else
		printf '%s' "$((256 - (256 >> scale)))"
	fi
}

# Measured on Linux 6.12 with full-sized Ethernet packets: 61 % of the memory of
# single ones is payload; 76 % where the device merges them, which may not be.
RECEIVE_SHARE_MEASURED=156

# human_bytes N: with three digits and a decimal unit.
human_bytes()
{
	awk -v n="$1" 'BEGIN {
		split("B kB MB GB TB", unit, " ")
		for (i = 1; n >= 999.5 && i < 5; i++)
			n /= 1000
		printf (n < 9.995 && i > 1) ? "%.2f %s" : (n < 99.95 && i > 1) ? "%.1f %s" : "%.0f %s", n, unit[i]
	}'
}

human_rate()
{
	human_bytes "$1" | sed 's/ B$/ bit\/s/; s/ kB$/ kbit\/s/; s/ MB$/ Mbit\/s/; s/ GB$/ Gbit\/s/; s/ TB$/ Tbit\/s/'
}

human_us()
{
	awk -v n="$1" 'BEGIN { if (n < 1000) print n " us"; else if (n < 1000000) print n / 1000 " ms"; else print n / 1000000 " s" }'
}

# buffers_for RATE_BPS RTT_US: set BUF_BDP, BUF_RECEIVE, BUF_SEND, BUF_CAP [bytes].
buffers_for()
{
	local share ram

	BUF_BDP=$(bdp_bytes "$1" "$2")
	((BUF_BDP <= BDP_MAX)) || usage_error "$(human_rate "$1") over $(human_us "$2") is $(human_bytes "$BUF_BDP") in flight: no TCP window is larger than $(human_bytes "$BDP_MAX"); use several connections and give the rate of one"
	share=$(receive_share)
	BUF_SHARE=$share
	BUF_RECEIVE=$(round_page $((BUF_BDP * 256 / share)))
	BUF_SEND=$(round_page $((BUF_BDP * 2)))
	ram=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' "$WEIR_PROC/meminfo")
	BUF_CAP=$(round_page $((ram * 1024 / 16)))
	((BUF_CAP <= 2147479552)) || BUF_CAP=2147479552
}

round_page()
{
	printf '%s' "$((($1 + 4095) / 4096 * 4096))"
}

# buffers_shown RATE_BPS RTT_US: the arithmetic, as lines of text.
buffers_shown()
{
	local why

	printf 'in flight  %s / 8 x %s = %s (the bandwidth-delay product)\n' \
		"$(human_rate "$1")" "$(human_us "$2")" "$(human_bytes "$BUF_BDP")"
	if kernel_before 6 6; then
		why="Linux $(kernel_release) advertises $((BUF_SHARE * 100 / 256)) % of a buffer as window (tcp_adv_win_scale)"
	else
		why="about $((BUF_SHARE * 100 / 256)) % of the memory of full-sized packets is payload"
	fi
	printf 'receive    %s x %s = %s: %s\n' "$(human_bytes "$BUF_BDP")" \
		"$(awk -v s="$BUF_SHARE" 'BEGIN { printf "%.3g", 256 / s }')" "$(human_bytes "$BUF_RECEIVE")" "$why"
	printf 'send       %s x 2 = %s: one product in flight, one waiting behind it\n' \
		"$(human_bytes "$BUF_BDP")" "$(human_bytes "$BUF_SEND")"
	if ((BUF_RECEIVE > BUF_CAP || BUF_SEND > BUF_CAP)); then
		printf 'capped     %s, a sixteenth of this machine'"'"'s memory: it cannot fill that path with one connection\n' \
			"$(human_bytes "$BUF_CAP")"
	fi
}
