// SPDX-License-Identifier: GPL-2.0
/*
 * trace-flow - one TCP connection whose limits are known, and what its socket says of them
 *
 * usage: trace-flow sink KEY=VALUE...
 *        trace-flow send KEY=VALUE...
 *
 * sink accepts connections, one after the other, and reads them to their end:
 *   port=N     to listen on
 *   rcvbuf=N   receive buffer [bytes]
 *   cc=NAME    congestion control, which the connections inherit
 *   every=N    read chunk= bytes each N us instead of at once
 * send sends, waits until all of it is acknowledged, and prints the socket's counters, and for how
 * long the program waited in write():
 *   addr=A     IPv4 or IPv6 address
 *   port=N
 *   cc=NAME    congestion control
 *   bytes=N    to send
 *   chunk=N    bytes of a write (65536)
 *   every=N    a write each N us instead of at once
 *   sndbuf=N   send buffer [bytes]
 *   pace=N     SO_MAX_PACING_RATE [bytes/s]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_MAX_PACING_RATE
#define SO_MAX_PACING_RATE 47
#endif

static int arguments;
static char **argument;

static void die(const char *what)
{
	fprintf(stderr, "trace-flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The value of a KEY=VALUE argument, or NULL */
static const char *text(const char *key)
{
	size_t length = strlen(key);

	for (int i = 2; i < arguments; i++)
		if (!strncmp(argument[i], key, length) && argument[i][length] == '=')
			return argument[i] + length + 1;

	return NULL;
}

static long number(const char *key, long otherwise)
{
	const char *value = text(key);

	return value ? strtol(value, NULL, 10) : otherwise;
}

static void set(int fd, int level, int name, const char *key)
{
	int value = (int)number(key, 0);

	if (value && setsockopt(fd, level, name, &value, sizeof(value)))
		die(key);
}

/* Sleep until the next multiple of us microseconds since the first call */
static void pause_until(struct timespec *at, long us)
{
	if (!us)
		return;
	if (!at->tv_sec)
		clock_gettime(CLOCK_MONOTONIC, at);
	at->tv_nsec += us * 1000;
	at->tv_sec += at->tv_nsec / 1000000000;
	at->tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, at, NULL);
}

static void sink(void)
{
	static char buffer[65536];
	struct sockaddr_in6 sin = { .sin6_family = AF_INET6, .sin6_port = htons(number("port", 0)) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), one = 1, peer;
	size_t chunk = (size_t)number("chunk", sizeof(buffer));
	const char *cc = text("cc");

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		die("socket");
	if (cc && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, cc, strlen(cc)))
		die(cc);
	set(fd, SOL_SOCKET, SO_RCVBUF, "rcvbuf");
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) || listen(fd, 8))
		die("listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct timespec at = { 0 };

		peer = accept(fd, NULL, NULL);
		if (peer < 0)
			die("accept");
		do {
			pause_until(&at, number("every", 0));
		} while (read(peer, buffer, chunk < sizeof(buffer) ? chunk : sizeof(buffer)) > 0);
		close(peer);
	}
}

static int connected(void)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(number("port", 0)) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(number("port", 0)) };
	const char *addr = text("addr") ? text("addr") : "", *cc = text("cc");
	int is_four = inet_pton(AF_INET, addr, &four.sin_addr) == 1, fd;
	unsigned int pace = (unsigned int)number("pace", 0);

	if (!is_four && inet_pton(AF_INET6, addr, &six.sin6_addr) != 1)
		die("addr");
	fd = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM, 0);
	if (fd < 0)
		die("socket");
	if (cc && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, cc, strlen(cc)))
		die(cc);
	set(fd, SOL_SOCKET, SO_SNDBUF, "sndbuf");
	if (pace && setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &pace, sizeof(pace)))
		die("pace");
	if (connect(fd, is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six,
		    is_four ? sizeof(four) : sizeof(six)))
		die("connect");

	return fd;
}

static int send_all(void)
{
	static char buffer[1 << 20];
	long left = number("bytes", 0), chunk = number("chunk", 65536);
	struct timespec at = { 0 }, before, after;
	long long blocked = 0;
	struct tcp_info info, end;
	socklen_t length;
	int fd = connected();

	while (left > 0) {
		ssize_t n;

		clock_gettime(CLOCK_MONOTONIC, &before);
		n = write(fd, buffer, (size_t)(left < chunk ? left : chunk));
		clock_gettime(CLOCK_MONOTONIC, &after);
		blocked += (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
		if (n < 0)
			die("write");
		left -= n;
		pause_until(&at, number("every", 0));
	}
	do {
		usleep(5000);
		length = sizeof(info);
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length))
			die("TCP_INFO");
	} while (info.tcpi_unacked || info.tcpi_notsent_bytes);
	/* The FIN counts as a packet: its acknowledgement may echo a mark, and have the least RTT. */
	shutdown(fd, SHUT_WR);
	do {
		usleep(5000);
		length = sizeof(end);
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &end, &length))
			die("TCP_INFO");
	} while (end.tcpi_state != BPF_TCP_FIN_WAIT2 && end.tcpi_state != BPF_TCP_TIME_WAIT &&
		 end.tcpi_state != BPF_TCP_CLOSE);
	printf("busy_us=%llu rwnd_us=%llu sndbuf_us=%llu retrans=%u segs=%u delivered=%u delivered_ce=%u lost_bytes=%llu min_rtt_us=%u rtt_us=%u blocked_us=%lld\n",
	       (unsigned long long)info.tcpi_busy_time, (unsigned long long)info.tcpi_rwnd_limited,
	       (unsigned long long)info.tcpi_sndbuf_limited, info.tcpi_total_retrans,
	       info.tcpi_data_segs_out, info.tcpi_delivered, end.tcpi_delivered_ce,
	       (unsigned long long)info.tcpi_bytes_retrans, end.tcpi_min_rtt, info.tcpi_rtt, blocked / 1000);
	close(fd);

	return 0;
}

int main(int argc, char **argv)
{
	arguments = argc;
	argument = argv;
	if (argc > 1 && !strcmp(argv[1], "sink"))
		sink();
	if (argc > 1 && !strcmp(argv[1], "send"))
		return send_all();
	fprintf(stderr, "trace-flow: first argument: sink or send\n");

	return 2;
}
