# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How a guest is started: QEMU's arguments, the kernel command line, the host
# CPU. docs/lab.md gives the reason and the measured effect of every flag.

# qemu_command MB: set QEMU_COMMAND, all but the files.
qemu_command()
{
	QEMU_COMMAND=(
		qemu-system-x86_64
		-M pc -cpu "qemu64,-rdrand,-rdseed" -smp 1 -m "$1"
		-accel tcg
		-icount "shift=0,sleep=off,align=off,rr=record,rrfile=/dev/null"
		-rtc "base=2026-01-01T00:00:00,clock=vm" -seed 1
		-nic none -nodefaults -no-user-config -display none -no-reboot
	)
}

# guest_cmdline SEED: the kernel command line.
guest_cmdline()
{
	printf '%s' "console=ttyS0 loglevel=5 reboot=t panic=-1 oops=panic" \
		" nokaslr norandmaps random.trust_cpu=off mitigations=off" \
		" tsc=reliable nosoftlockup nowatchdog audit=0 selinux=0 apparmor=0" \
		" init_on_alloc=0 rdinit=/init weir_seed=$1"
}

# pack_job DIR: DIR as /job, an archive to append to the image.
pack_job()
{
	mkdir -p "$stage/pack/job"
	cp -rL --no-preserve=ownership,timestamps "$1/." "$stage/pack/job/"
	chmod -R u=rwX,go=rX "$stage/pack"
	pack "$stage/pack"
	rm -rf "$stage/pack"
}

# allowed_cpus: the CPUs this process may run on, one a line.
allowed_cpus()
{
	local part

	for part in $(taskset -cp $$ | sed 's/^.*: //; s/,/ /g'); do
		seq "${part%-*}" "${part#*-}"
	done
}

# check_cpu N: exit 2 unless this process may run on CPU N.
check_cpu()
{
	[[ " $(allowed_cpus | paste -sd " ") " == *" $1 "* ]] ||
		usage_error "--cpu '$1': choose one of $(allowed_cpus | paste -sd ' ')"
}

# pick_cpu: set cpu to one that no other run holds, else to any of them.
# The lock is held until this process ends.
pick_cpu()
{
	local candidate fd

	make_cache "$WEIR_CACHE/lock"
	for candidate in $(allowed_cpus | tac); do
		exec {fd}>"$WEIR_CACHE/lock/cpu-$candidate"
		if flock -n "$fd"; then
			cpu=$candidate
			return
		fi
		exec {fd}>&-
	done
	cpu=$(allowed_cpus | shuf -n 1)
}
