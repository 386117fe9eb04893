// SPDX-License-Identifier: GPL-2.0
#include "defs.h"

#include <ctype.h>
#include <string.h>

#include "mem.h"

const struct metric_def metric_defs[] = {
	{
		"total", "goodput_bps",
		"bytes that came into order at all receivers in the window, times 8, over its length",
	},
	{
		"total", "goodput_5s_bps",
		"the same over the first 5 s after T0, warm-up or not",
	},
	{
		"total", "delivered_bps",
		"packets newly acknowledged or SACKed in the window, all senders, times MSS (1448 bytes) times 8, over its length: beside goodput, which counts what a hole held up when it comes into order, even if it was sent in the warm-up",
	},
	{
		"total", "retransmit_pct",
		"bytes retransmitted over bytes sent (retransmissions included), all senders, in the window",
	},
	{
		"total", "retrans_pkts",
		"segments retransmitted in the window",
	},
	{
		"total", "cwnd_mean_pkts",
		"sum over the flows of the time-weighted mean congestion window; of one flow, the average window W_avg of RFC 9438",
	},
	{
		"total", "window_by_rate_pkts",
		"goodput times mean smoothed RTT over MSS (1448 bytes): the average window found without reading cwnd",
	},
	{
		"total", "inflight_mean_pkts",
		"sum over the flows of the time-weighted mean of unacked - sacked - lost + retrans",
	},
	{
		"total", "silence_max_s",
		"longest time in the window in which nothing of some flow was delivered, acknowledged or SACKed, to the time between samples",
	},
	{
		"total", "recv_stall_max_s",
		"longest time in the window in which some flow's receiver got no new data in order: a hole holds up what is behind it; to the 0.1 s between samples",
	},
	{
		"total", "srtt_p5_us",
		"5th percentile of the smoothed RTT, all flows pooled",
	},
	{
		"total", "srtt_p50_us",
		"median of the smoothed RTT, all flows pooled",
	},
	{
		"total", "srtt_p95_us",
		"95th percentile of the smoothed RTT, all flows pooled",
	},
	{
		"total", "srtt_p99_us",
		"99th percentile of the smoothed RTT, all flows pooled",
	},
	{
		"total", "srtt_mean_us",
		"mean of the smoothed RTT, all flows pooled",
	},
	{
		"total", "power_bits_per_s_per_s",
		"goodput over mean smoothed RTT",
	},

	{
		"link", "utilisation_pct",
		"bytes that left the bottleneck in the window, Ethernet header included, over what its rate allows; the capacity follows rate changes",
	},
	{
		"link", "utilisation_lull_pct",
		"lowest utilisation of any 200 ms in the window: what PROBE_RTT leaves",
	},
	{
		"link", "queue_delay_p50_us",
		"median of the queueing delay: bottleneck backlog times 8 over its rate at that time, the packet being sent included",
	},
	{
		"link", "queue_delay_p95_us",
		"95th percentile of the queueing delay",
	},
	{
		"link", "queue_delay_p99_us",
		"99th percentile of the queueing delay",
	},
	{
		"link", "queue_delay_mean_us",
		"mean of the queueing delay",
	},
	{
		"link", "queue_delay_max_us",
		"largest sampled queueing delay",
	},
	{
		"link", "queue_p50_pkts",
		"median queue length, the packet being sent included",
	},
	{
		"link", "queue_p95_pkts",
		"95th percentile of the queue length",
	},
	{
		"link", "queue_mean_pkts",
		"mean queue length",
	},
	{
		"link", "queue_max_pkts",
		"largest sampled queue length",
	},
	{
		"link", "sent_pkts",
		"packets that left the bottleneck in the window",
	},
	{
		"link", "dropped_pkts",
		"packets dropped at the bottleneck in the window, by a full buffer or by random loss",
	},
	{
		"link", "drop_pct",
		"dropped over sent plus dropped",
	},

	{
		"fairness", "jain",
		"Jain's index (sum x)^2 / (n sum x^2) of the receivers' bytes while all flows are active, warm-up excluded; undefined for one flow",
	},
	{
		"fairness", "max_min_ratio",
		"largest share over smallest, same interval",
	},
	{
		"fairness", "test_share_pct",
		"share of the flows that run the algorithm under test, same interval; undefined if all do",
	},
	{
		"fairness", "convergence_s",
		"from the last flow's start to the first whole second from which Jain's index of each second is at least 0.95 for 10 seconds; undefined if that never happens",
	},
	{
		"fairness", "jain_1s_min",
		"smallest Jain's index of a second while all flows are active, warm-up excluded",
	},
	{
		"fairness", "jain_1s_min_converged",
		"the same from convergence on",
	},

	{
		"flow", "goodput_bps",
		"bytes that came into order at the receiver in the flow's window, times 8, over its length; between samples by straight line",
	},
	{
		"flow", "goodput_5s_bps",
		"the same over the flow's first 5 s, warm-up or not",
	},
	{
		"flow", "delivered_bps",
		"packets newly acknowledged or SACKed in the window, times MSS (1448 bytes) times 8, over its length",
	},
	{
		"flow", "retransmit_pct",
		"bytes retransmitted over bytes sent, in the window",
	},
	{
		"flow", "retrans_pkts",
		"segments retransmitted in the window",
	},
	{
		"flow", "lost_mean_pkts",
		"time-weighted mean of the packets marked lost and not yet repaired",
	},
	{
		"flow", "recoveries",
		"entries into fast recovery seen on the 10 ms grid",
	},
	{
		"flow", "rtos",
		"entries into the loss state (retransmission timeout) seen on the 10 ms grid",
	},
	{
		"flow", "cwnd_mean_pkts",
		"time-weighted mean congestion window",
	},
	{
		"flow", "cwnd_p50_pkts",
		"median congestion window",
	},
	{
		"flow", "cwnd_max_pkts",
		"largest sampled congestion window",
	},
	{
		"flow", "window_by_rate_pkts",
		"goodput times mean smoothed RTT over MSS (1448 bytes)",
	},
	{
		"flow", "inflight_mean_pkts",
		"time-weighted mean of unacked - sacked - lost + retrans",
	},
	{
		"flow", "srtt_p5_us",
		"5th percentile of the smoothed RTT",
	},
	{
		"flow", "srtt_p50_us",
		"median of the smoothed RTT",
	},
	{
		"flow", "srtt_p95_us",
		"95th percentile of the smoothed RTT",
	},
	{
		"flow", "srtt_p99_us",
		"99th percentile of the smoothed RTT",
	},
	{
		"flow", "srtt_mean_us",
		"mean of the smoothed RTT",
	},
	{
		"flow", "pacing_mean_bps",
		"time-weighted mean pacing rate; undefined if never paced",
	},
	{
		"flow", "ce_mark_pct",
		"packets delivered with a CE mark over packets delivered",
	},
	{
		"flow", "dctcp_alpha_mean",
		"time-weighted mean of DCTCP's estimate of the marked fraction; undefined if it has none",
	},
	{
		"flow", "dctcp_alpha_p5",
		"5th percentile of it",
	},
	{
		"flow", "dctcp_alpha_p95",
		"95th percentile of it",
	},
	{
		"flow", "state1_pct",
		"part of the window that the algorithm spent in its state 1 (its page says which that is); undefined unless traced",
	},
	{
		"flow", "state2_pct",
		"the same, state 2",
	},
	{
		"flow", "state1_return_us",
		"from the last packet delivered of the last flow to end before this one, to this one's next being in state 1, 0 if it is there; undefined unless traced, or if that never happens",
	},
	{
		"flow", "rwnd_limited_pct",
		"time the receive window held the flow back",
	},
	{
		"flow", "sndbuf_limited_pct",
		"time the send buffer held the flow back",
	},
	{
		"flow", "silence_max_s",
		"longest time in the window in which nothing was delivered, acknowledged or SACKed, to the time between samples",
	},
	{
		"flow", "recv_stall_max_s",
		"longest time in the window in which the receiver got no new data in order, to the 0.1 s between samples",
	},
	{
		"flow", "completion_us",
		"from the flow's start to its last byte acknowledged; for flows that end after a number of bytes",
	},
	{
		"flow", "share_pct",
		"its part of what all flows received while all were active",
	},
	{
		"flow", "whole_goodput_bps",
		"receiver's goodput over the flow's whole life",
	},
	{
		"flow", "iperf_goodput_bps",
		"what iperf3 reports as received, over the same",
	},
	{
		"flow", "iperf_diff_pct",
		"the former relative to the latter; undefined for a flow that went on after the samples' end, because its handshake was lost at first",
	},
};

const size_t metric_defs_n = ARRAY_SIZE(metric_defs);

/**
 * metric_defined() - is this the name of a metric?
 * @name: a flow's with its prefix, "flow2.goodput_bps"
 *
 * Return: true if it is; whether the run has that flow is not asked.
 */
bool metric_defined(const char *name)
{
	bool flow = false;

	if (!strncmp(name, "flow", 4) && isdigit((unsigned char)name[4])) {
		flow = true;
		name += 4 + strspn(name + 4, "0123456789");
		if (*name++ != '.')
			return false;
	}
	for (size_t i = 0; i < metric_defs_n; i++)
		if (!strcmp(metric_defs[i].name, name) &&
		    !strcmp(metric_defs[i].scope, "flow") == flow)
			return true;
	return false;
}

/**
 * metric_defs_json() - the definitions for the result
 *
 * Return: {scope: {name: text}}, a new reference.
 */
json_t *metric_defs_json(void)
{
	json_t *o = json_object();

	for (size_t i = 0; i < metric_defs_n; i++) {
		const struct metric_def *d = &metric_defs[i];

		if (!json_object_get(o, d->scope))
			json_object_set_new(o, d->scope, json_object());
		json_object_set_new(json_object_get(o, d->scope), d->name,
				    json_string(d->text));
	}
	return o;
}
