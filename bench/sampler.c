// SPDX-License-Identifier: GPL-2.0
/*
 * weir-sampler - TCP sockets and the bottleneck's queue on a fixed time grid
 *
 * usage: weir-sampler --t0 NS --duration US --out DIR --link NETNS:DEV
 *		--recv NETNS --flow I:NETNS:SADDR:SPORT:DADDR:DPORT...
 *
 * From T0 (CLOCK_MONOTONIC, ns) for the duration it writes DIR/flow-<i>.csv
 * and DIR/link.csv every 10 ms, DIR/recv-<i>.csv every 100 ms (every 10 ms in
 * the flow's first 200; of more than 50 flows, each in its turn, every 20 ms or
 * more and every 100 ms), and at the end DIR/sampler.json with its own cost.
 * docs/formats.md describes the columns. Namespaces are named as for
 * ip-netns(8).
 *
 * Each socket is asked for by its exact addresses (sock_diag, no dump), the
 * queue by its device: the cost of a tick does not depend on what else the
 * machine is doing. Ticks are absolute deadlines; nothing drifts.
 *
 * Exit status: 0; 1 with a line saying why; 2 for wrong usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/gen_stats.h>
#include <linux/inet_diag.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICK_US		10000
#define RECV_TICKS	10	/* receivers are read every tenth tick, */
#define RECV_FIRST	20	/* but at first every tick: it shows when data came */
#define TICK_FLOWS	50	/* so many senders a tick; more take turns */
#define CSV_BYTES	16384
#define ROW_BYTES	640	/* more than 27 columns of 20 digits */

/* enum tcp_state of the kernel: its user-space header has no names for it. */
enum tcp_state {
	STATE_ESTABLISHED = 1,
	STATE_FIN_WAIT1 = 4,
	STATE_FIN_WAIT2 = 5,
	STATE_CLOSE_WAIT = 8,
	STATE_LAST_ACK = 9,
	STATE_CLOSING = 11,
};

/**
 * struct csv - an output file with its own buffer
 * @path: its name
 * @fd: the file
 * @len: bytes waiting in @buf
 * @buf: rows not written yet
 */
struct csv {
	char *path;
	int fd;
	size_t len;
	char buf[CSV_BYTES];
};

/**
 * struct query - a netlink request that is sent again and again
 * @nl: the socket, opened in the namespace it asks about
 * @msg: the request
 */
struct query {
	struct mnl_socket *nl;
	char msg[128];
};

/**
 * struct flow - what is sampled of one flow
 * @sender: asks for the sending socket
 * @receiver: asks for the receiving socket
 * @sent: flow-<i>.csv
 * @received: recv-<i>.csv
 * @receipts: rows of @received
 */
struct flow {
	struct query sender;
	struct query receiver;
	struct csv sent;
	struct csv received;
	unsigned int receipts;
};

/**
 * struct link_stats - a queue
 * @backlog_bytes: bytes in it
 * @backlog_pkts: packets in it
 * @sent_bytes: bytes that left it
 * @sent_pkts: packets that left it
 * @drops: packets dropped
 */
struct link_stats {
	uint64_t backlog_bytes;
	uint64_t backlog_pkts;
	uint64_t sent_bytes;
	uint64_t sent_pkts;
	uint64_t drops;
};

static struct flow *flows;
static size_t nflows;

static __attribute__((noreturn, format(printf, 2, 3)))
void die(int status, const char *fmt, ...)
{
	va_list ap;

	fputs("weir-sampler: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(status);
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* --- Output ------------------------------------------------------------- */

static void csv_flush(struct csv *c)
{
	size_t done = 0;
	ssize_t n;

	while (done < c->len) {
		n = write(c->fd, c->buf + done, c->len - done);
		if (n < 0)
			die(1, "%s: %s", c->path, strerror(errno));
		done += n;
	}
	c->len = 0;
}

static void csv_open(struct csv *c, const char *dir, const char *name,
		     size_t i, const char *header)
{
	int n = i ? asprintf(&c->path, "%s/%s-%zu.csv", dir, name, i) :
		    asprintf(&c->path, "%s/%s.csv", dir, name);

	if (n < 0)
		die(1, "out of memory");
	c->fd = open(c->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (c->fd < 0)
		die(1, "%s: %s; give a directory that can be written", c->path,
		    strerror(errno));
	c->len = strlen(header);
	memcpy(c->buf, header, c->len);
}

/* One number and the character that follows it; the caller made room. */
static void csv_put(struct csv *c, uint64_t v, char after)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = '0' + v % 10;
		v /= 10;
	} while (v);
	while (n)
		c->buf[c->len++] = digits[--n];
	c->buf[c->len++] = after;
}

static void csv_room(struct csv *c)
{
	if (c->len + ROW_BYTES > sizeof(c->buf))
		csv_flush(c);
}

/* --- Netlink ------------------------------------------------------------ */

static int netns_enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(1, "network namespace %s: %s; create it and run as root", name,
		    strerror(errno));
	return fd;
}

/* A netlink socket belongs to the namespace it was opened in. */
static struct mnl_socket *netlink_in(const char *netns, int bus)
{
	struct mnl_socket *nl;

	close(netns_enter(netns));
	nl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die(1, "netlink in %s: %s", netns, strerror(errno));
	return nl;
}

/* Send the request and receive the one answer; its length, or < 0. */
static ssize_t query(const struct query *q, char *answer, size_t size)
{
	const struct nlmsghdr *nlh = (const void *)q->msg;

	if (mnl_socket_sendto(q->nl, nlh, nlh->nlmsg_len) < 0)
		return -1;
	return mnl_socket_recvfrom(q->nl, answer, size);
}

static void tcp_query(struct query *q, struct mnl_socket *nl,
		      const char *saddr, uint16_t sport,
		      const char *daddr, uint16_t dport)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(q->msg);
	struct inet_diag_req_v2 *req;

	q->nl = nl;
	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = AF_INET;
	req->sdiag_protocol = IPPROTO_TCP;
	/* Whoever asks for Vegas' answer gets that of the algorithm there is. */
	req->idiag_ext = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_VEGASINFO - 1);
	req->idiag_states = -1;
	req->id.idiag_sport = htons(sport);
	req->id.idiag_dport = htons(dport);
	if (inet_pton(AF_INET, saddr, req->id.idiag_src) != 1 ||
	    inet_pton(AF_INET, daddr, req->id.idiag_dst) != 1)
		die(2, "'%s' or '%s' is not an IPv4 address", saddr, daddr);
	req->id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	req->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

/*
 * Whether a socket is a connection with a history. A look-up by four addresses
 * answers with the listener when there is no such connection, or none any more.
 */
static bool connected(unsigned int state)
{
	return state == STATE_ESTABLISHED || state == STATE_FIN_WAIT1 ||
	       state == STATE_FIN_WAIT2 || state == STATE_CLOSE_WAIT ||
	       state == STATE_LAST_ACK || state == STATE_CLOSING;
}

/**
 * tcp_info_get() - ask for a socket
 * @q: the query
 * @info: filled; the kernel's may be shorter or longer than the one we know
 * @alpha: DCTCP's estimate of the marked fraction [1/1024], 0 if it has none
 *
 * Return: whether there is such a connection.
 */
static bool tcp_info_get(const struct query *q, struct tcp_info *info, uint32_t *alpha)
{
	char answer[2048] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh = (const void *)answer;
	const struct tcp_dctcp_info *dctcp;
	const struct nlattr *attr;
	ssize_t n = query(q, answer, sizeof(answer));
	bool found = false;
	size_t len;

	if (n < (ssize_t)sizeof(*nlh) || nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return false;
	*alpha = 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct inet_diag_msg)) {
		switch (mnl_attr_get_type(attr)) {
		case INET_DIAG_INFO:
			len = mnl_attr_get_payload_len(attr);
			memset(info, 0, sizeof(*info));
			memcpy(info, mnl_attr_get_payload(attr),
			       len < sizeof(*info) ? len : sizeof(*info));
			found = connected(info->tcpi_state);
			break;
		case INET_DIAG_DCTCPINFO:
			dctcp = mnl_attr_get_payload(attr);
			*alpha = dctcp->dctcp_alpha;
			break;
		}
	}
	return found;
}

static void link_query(struct query *q, const char *netns, const char *dev)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(q->msg);
	struct tcmsg *tcm;

	q->nl = netlink_in(netns, NETLINK_ROUTE);
	nlh->nlmsg_type = RTM_GETQDISC;
	/* Without NLM_F_ECHO older kernels answer only to listeners. */
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ECHO;
	tcm = mnl_nlmsg_put_extra_header(nlh, sizeof(*tcm));
	tcm->tcm_family = AF_UNSPEC;
	tcm->tcm_ifindex = if_nametoindex(dev);
	tcm->tcm_parent = TC_H_ROOT;
	if (!tcm->tcm_ifindex)
		die(1, "no device %s in %s", dev, netns);
}

static void link_stats_parse(const struct nlattr *stats, struct link_stats *l)
{
	const struct gnet_stats_queue *queue;
	const struct gnet_stats_basic *basic;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, stats) {
		switch (mnl_attr_get_type(attr)) {
		case TCA_STATS_BASIC:
			basic = mnl_attr_get_payload(attr);
			l->sent_bytes = basic->bytes;
			l->sent_pkts = basic->packets;
			break;
		case TCA_STATS_QUEUE:
			queue = mnl_attr_get_payload(attr);
			l->backlog_bytes = queue->backlog;
			l->backlog_pkts = queue->qlen;
			l->drops = queue->drops;
			break;
		}
	}
}

static bool link_stats_get(const struct query *q, struct link_stats *l)
{
	char answer[4096] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh = (const void *)answer;
	const struct nlattr *attr;
	ssize_t n = query(q, answer, sizeof(answer));

	if (n < (ssize_t)sizeof(*nlh) || nlh->nlmsg_type != RTM_NEWQDISC)
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(struct tcmsg)) {
		if (mnl_attr_get_type(attr) == TCA_STATS2) {
			link_stats_parse(attr, l);
			return true;
		}
	}
	return false;
}

/* --- Rows --------------------------------------------------------------- */

/* Returns whether there is such a connection. */
static bool sender_row(struct flow *f, int64_t t0)
{
	int64_t t_us = (clock_ns(CLOCK_MONOTONIC) - t0) / 1000;
	struct csv *c = &f->sent;
	struct tcp_info i;
	uint32_t alpha;

	if (!tcp_info_get(&f->sender, &i, &alpha))
		return false;
	csv_room(c);
	csv_put(c, t_us, ',');
	csv_put(c, i.tcpi_state, ',');
	csv_put(c, i.tcpi_ca_state, ',');
	csv_put(c, i.tcpi_snd_cwnd, ',');
	csv_put(c, i.tcpi_snd_ssthresh, ',');
	csv_put(c, i.tcpi_rtt, ',');
	csv_put(c, i.tcpi_rttvar, ',');
	csv_put(c, i.tcpi_min_rtt, ',');
	csv_put(c, i.tcpi_unacked, ',');
	csv_put(c, i.tcpi_sacked, ',');
	csv_put(c, i.tcpi_lost, ',');
	csv_put(c, i.tcpi_retrans, ',');
	csv_put(c, i.tcpi_bytes_acked, ',');
	csv_put(c, i.tcpi_bytes_sent, ',');
	csv_put(c, i.tcpi_bytes_retrans, ',');
	csv_put(c, i.tcpi_data_segs_out, ',');
	csv_put(c, i.tcpi_delivered, ',');
	csv_put(c, i.tcpi_delivered_ce, ',');
	csv_put(c, i.tcpi_total_retrans, ',');
	csv_put(c, i.tcpi_pacing_rate, ',');
	csv_put(c, i.tcpi_delivery_rate, ',');
	csv_put(c, i.tcpi_delivery_rate_app_limited, ',');
	csv_put(c, i.tcpi_busy_time, ',');
	csv_put(c, i.tcpi_rwnd_limited, ',');
	csv_put(c, i.tcpi_sndbuf_limited, ',');
	csv_put(c, i.tcpi_rcv_rtt, ',');
	csv_put(c, alpha, '\n');
	return true;
}

static void receiver_row(struct flow *f, int64_t t0)
{
	int64_t t_us = (clock_ns(CLOCK_MONOTONIC) - t0) / 1000;
	struct csv *c = &f->received;
	struct tcp_info i;
	uint32_t alpha;

	if (!tcp_info_get(&f->receiver, &i, &alpha))
		return;
	csv_room(c);
	csv_put(c, t_us, ',');
	csv_put(c, i.tcpi_bytes_received, '\n');
	f->receipts++;
}

static void link_row(const struct query *q, struct csv *c, int64_t t0)
{
	int64_t t_us = (clock_ns(CLOCK_MONOTONIC) - t0) / 1000;
	struct link_stats l = { 0 };

	if (!link_stats_get(q, &l))
		die(1, "the kernel does not tell the bottleneck's queue: %s",
		    strerror(errno));
	csv_room(c);
	csv_put(c, t_us, ',');
	csv_put(c, l.backlog_bytes, ',');
	csv_put(c, l.backlog_pkts, ',');
	csv_put(c, l.sent_bytes, ',');
	csv_put(c, l.sent_pkts, ',');
	csv_put(c, l.drops, '\n');
}

/* --- Set-up ------------------------------------------------------------- */

/* I:NETNS:SADDR:SPORT:DADDR:DPORT; flows come in order from 1. */
static void flow_add(char *spec, const char *dir, struct mnl_socket *recv_nl)
{
	char *part[6], *save = NULL, *p = spec;
	uint16_t sport, dport;
	struct flow *f;
	size_t n;

	for (n = 0; n < 6; n++, p = NULL) {
		part[n] = strtok_r(p, ":", &save);
		if (!part[n])
			die(2, "--flow wants I:NETNS:SADDR:SPORT:DADDR:DPORT");
	}
	f = &flows[nflows++];
	if (strtoul(part[0], NULL, 10) != nflows)
		die(2, "--flow %s: give the flows in order from 1", part[0]);
	sport = strtoul(part[3], NULL, 10);
	dport = strtoul(part[5], NULL, 10);
	tcp_query(&f->sender, netlink_in(part[1], NETLINK_SOCK_DIAG), part[2],
		  sport, part[4], dport);
	tcp_query(&f->receiver, recv_nl, part[4], dport, part[2], sport);
	csv_open(&f->sent, dir, "flow", nflows,
		 "t_us,state,ca_state,cwnd,ssthresh,srtt_us,rttvar_us,min_rtt_us,"
		 "unacked,sacked,lost,retrans,bytes_acked,bytes_sent,"
		 "bytes_retrans,data_segs_out,delivered,delivered_ce,"
		 "retrans_total,pacing_Bps,delivery_Bps,app_limited,busy_us,"
		 "rwnd_limited_us,sndbuf_limited_us,rcv_rtt_us,dctcp_alpha\n");
	csv_open(&f->received, dir, "recv", nflows, "t_us,bytes_received\n");
}

/* Sleep until T0 + us; how late it became, in microseconds. */
static int64_t sleep_until(int64_t t0, int64_t us)
{
	int64_t ns = t0 + us * 1000;
	struct timespec ts = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
	return (clock_ns(CLOCK_MONOTONIC) - ns) / 1000;
}

static void report(const char *dir, uint64_t ticks, int64_t cpu_ns,
		   int64_t late_us)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/sampler.json", dir);
	f = fopen(path, "we");
	if (!f)
		die(1, "%s: %s", path, strerror(errno));
	fprintf(f, "{\"ticks\": %" PRIu64 ", \"flows\": %zu, \"cpu_ns\": %" PRId64
		", \"cpu_ns_per_tick\": %" PRId64 ", \"latest_us\": %" PRId64 "}\n",
		ticks, nflows, cpu_ns, cpu_ns / (int64_t)ticks, late_us);
	if (fclose(f))
		die(1, "%s: %s", path, strerror(errno));
}

static void sample(const char *dir, const struct query *link, int64_t t0,
		   int64_t duration_us)
{
	static struct csv link_csv;
	int64_t us, late, latest = 0, cpu;
	uint64_t ticks = 0;
	size_t turns = 1 + (nflows - 1) / TICK_FLOWS, i;
	bool alive = true;

	csv_open(&link_csv, dir, "link", 0,
		 "t_us,backlog_bytes,backlog_pkts,sent_bytes,sent_pkts,drops\n");
	sleep_until(t0, -TICK_US);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	for (us = 0; us <= duration_us; us += TICK_US, ticks++) {
		late = sleep_until(t0, us);
		if (late > latest)
			latest = late;
		link_row(link, &link_csv, t0);
		for (i = 0; i < nflows; i++) {
			if ((ticks + i) % turns == 0)
				alive = sender_row(&flows[i], t0);
			if ((ticks + (turns > 1 ? i : 0)) % RECV_TICKS == 0 ||
			    (turns == 1 && alive && flows[i].receipts < RECV_FIRST))
				receiver_row(&flows[i], t0);
		}
	}
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	csv_flush(&link_csv);
	for (i = 0; i < nflows; i++) {
		csv_flush(&flows[i].sent);
		csv_flush(&flows[i].received);
	}
	report(dir, ticks, cpu, latest);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "t0", required_argument, NULL, 't' },
		{ "duration", required_argument, NULL, 'd' },
		{ "out", required_argument, NULL, 'o' },
		{ "link", required_argument, NULL, 'l' },
		{ "recv", required_argument, NULL, 'r' },
		{ "flow", required_argument, NULL, 'f' },
		{ 0 }
	};
	const struct sched_param prio = { .sched_priority = 1 };
	char **specs = calloc(argc, sizeof(*specs)), *dev = NULL;
	const char *dir = NULL, *recv = NULL, *link_ns = NULL;
	int64_t t0 = -1, duration_us = 0;
	struct mnl_socket *recv_nl;
	struct query link;
	int opt, n = 0, i;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 't':
			t0 = strtoll(optarg, NULL, 10);
			break;
		case 'd':
			duration_us = strtoll(optarg, NULL, 10);
			break;
		case 'o':
			dir = optarg;
			break;
		case 'l':
			link_ns = optarg;
			dev = strchr(optarg, ':');
			if (dev)
				*dev++ = '\0';
			break;
		case 'r':
			recv = optarg;
			break;
		case 'f':
			specs[n++] = optarg;
			break;
		default:
			return 2;
		}
	}
	if (t0 < 0 || duration_us <= 0 || !dir || !dev || !recv || !n || argv[optind])
		die(2, "need --t0, --duration, --out, --link, --recv and --flow; see the head of bench/sampler.c");
	flows = calloc(n, sizeof(*flows));
	if (!flows)
		die(1, "out of memory");
	recv_nl = netlink_in(recv, NETLINK_SOCK_DIAG);
	for (i = 0; i < n; i++)
		flow_add(specs[i], dir, recv_nl);
	link_query(&link, link_ns, dev);
	/* On time and undisturbed; without the right, as well as it can. */
	sched_setscheduler(0, SCHED_FIFO, &prio);
	sample(dir, &link, t0, duration_us);
	return 0;
}
