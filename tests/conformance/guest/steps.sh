# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# steps.sh - what several cases have the sender do, for their steps().

# detoured_in_probe_up US: the steps of a case in which what leaves in PROBE_UP takes the side road for US microseconds;
# its path() says how long that road is.
detoured_in_probe_up() {
	cat <<-STEPS
		bulk
		wait 5
		sleep 60000
		tc filter add dev s ingress prio 1 matchall action mirred egress redirect dev ifb0
		sleep $1
		tc filter del dev s ingress prio 1
		wait 5
		wait 2
		sleep 100000
		end
	STEPS
}

# through_probe_rtt: the steps of a case that ends a second after PROBE_RTT.
through_probe_rtt() {
	cat <<-STEPS
		bulk
		wait 6
		wait 3
		sleep 1000000
		end
	STEPS
}
