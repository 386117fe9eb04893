# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# How a guest is started: QEMU's arguments, the kernel command line, the host
# CPU. docs/lab.md gives the measured effect of every flag.

# qemu_command MB [SLEEP]: set QEMU_COMMAND, all but the files. SLEEP=on lets
# idle time pass as on the wall instead of skipping it.
qemu_command()
{
	local icount=shift=0,sleep=off,align=off,rr=record,rrfile=/dev/null

	[[ "${2:-off}" == off ]] || icount=shift=0,sleep=on,align=off
	QEMU_COMMAND=(
		qemu-system-x86_64
		# A plain PC has an HPET, whose timers need no calibration loop.
		-M "pc,i8042=off,vmport=off,smbus=off" -bios qboot.rom
		# RDRAND draws on -seed, so the kernel's random pool is ready at
		# boot, and repeatable; RDSEED adds nothing.
		-cpu "qemu64,+rdrand,-rdseed" -seed 1
		-smp 1 -m "$1" -accel tcg
		# One instruction is one nanosecond; idle time is skipped. Record
		# mode orders the clock's idle warp and the CPU's accounting.
		-icount "$icount"
		-rtc "base=2026-01-01T00:00:00,clock=vm"
		# Nothing asynchronous: no network, no disk, no display. The port
		# for the results works in the CPU's own thread without an eventfd.
		-nic none -nodefaults -no-user-config -display none -no-reboot
		-device "virtio-serial-pci,ioeventfd=off,disable-legacy=on"
		-device "virtserialport,chardev=result"
	)
}

# guest_cmdline SEED: the kernel command line.
guest_cmdline()
{
	local skip=hpet_late_init,hpet_init,init_acpi_pm_clocksource

	skip+=,crypto_kdf108_init,load_system_certificate_list
	printf '%s' \
		"console=ttyS0 loglevel=5 rdinit=/init reboot=t panic=-1 oops=panic" \
		" nokaslr norandmaps random.trust_cpu=on mitigations=off" \
		" tsc=reliable tsc_early_khz=1000000 nolapic_timer no_timer_check" \
		" nosoftlockup nowatchdog audit=0 lsm= psi=0 init_on_alloc=0" \
		" hardened_usercopy=off randomize_kstack_offset=off" \
		" cryptomgr.notests=1 initcall_blacklist=$skip weir_seed=$1"
}

# allowed_cpus: the CPUs this process may run on, one a line.
allowed_cpus()
{
	local part

	for part in $(taskset -cp $$ | sed 's/^.*: //; s/,/ /g'); do
		seq "${part%-*}" "${part#*-}"
	done
}

# hold_cpu N: fail if another run holds CPU N, else hold it to this run's end.
hold_cpu()
{
	local fd

	exec {fd}>"$WEIR_CACHE/lock/cpu-$1"
	if ! flock -n "$fd"; then
		exec {fd}>&-
		return 1
	fi
}

# check_cpu N: exit 2 unless this process may run on CPU N.
check_cpu()
{
	allowed_cpus | grep -x "$1" >/dev/null ||
		usage_error "--cpu '$1': choose one of $(allowed_cpus | paste -sd ' ')"
}

# pick_cpu: set cpu to the one asked for, else to one that no other run holds,
# else to any.
pick_cpu()
{
	local candidate

	make_cache "$WEIR_CACHE/lock"
	for candidate in ${cpu:-$(allowed_cpus | tac)}; do
		if hold_cpu "$candidate"; then
			cpu=$candidate
			return
		fi
	done
	cpu=${cpu:-$(allowed_cpus | shuf -n 1)}
}
