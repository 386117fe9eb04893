# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Network devices.

# device_names: network devices here, but for the loopback.
device_names()
{
	ip -o link show 2>/dev/null | sed -n 's/^[0-9]*: \([^:@]*\)[:@].*/\1/p' | grep -vx lo | paste -sd ' ' || :
}
