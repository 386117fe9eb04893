// SPDX-License-Identifier: GPL-2.0
/*
 * traffic - connections in a state that is known, for tests to find
 *
 * usage: traffic close-wait PORT N     N connections that the peer has closed
 *        traffic time-wait PORT N      N connections, closed by the client
 *        traffic deaf PORT BACKLOG N   N clients of a listener that accepts none
 *        traffic half-open PORT N ADDRESS  N handshakes with ADDRESS, a local one,
 *                                      that nobody completes
 *        traffic chatter PORT          two writes and a read, over and over
 *        traffic sink PORT             a receiver that reads as fast as it can
 *        traffic stuck-sink PORT       a receiver that accepts and never reads
 *        traffic sender PORT ADDRESS [SNDBUF]
 *                                      sends without end, if told so with a
 *                                      send buffer of its own choice [bytes]
 *        traffic caller PORT ADDRESS   sends 64 kB and falls silent
 *
 * Without an ADDRESS it is all on the loopback. It prints "ready" when the
 * state is reached and holds it until it is killed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void hold(void)
{
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

static struct sockaddr_in address(const char *host, int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (inet_pton(AF_INET, host, &sin.sin_addr) != 1) {
		fprintf(stderr, "traffic: '%s' is no IPv4 address\n", host);
		exit(2);
	}

	return sin;
}

/* A listener on any address; nodelay and the like are left at their defaults. */
static int listener(int port, int backlog)
{
	struct sockaddr_in sin = address("0.0.0.0", port);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) || listen(fd, backlog))
		die("listen");

	return fd;
}

static int client(const char *host, int port, int flags)
{
	struct sockaddr_in sin = address(host, port);
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);

	if (fd < 0)
		die("socket");
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) && errno != EINPROGRESS)
		die("connect");

	return fd;
}

static void closed_by_peer(int port, int n, int server_too)
{
	int fd = listener(port, n);

	while (n--) {
		int here = client("127.0.0.1", port, 0);
		int there = accept(fd, NULL, NULL);

		if (there < 0)
			die("accept");
		close(here);
		if (server_too)
			close(there);
	}
	hold();
}

static void deaf(int port, int backlog, int n)
{
	listener(port, backlog);
	while (n--)
		client("127.0.0.1", port, SOCK_NONBLOCK);
	hold();
}

/* Of an even number of bytes. */
static unsigned short checksum(const void *data, size_t length)
{
	unsigned int sum = 0;
	unsigned short word;
	size_t i;

	for (i = 0; i < length; i += sizeof(word)) {
		memcpy(&word, (const char *)data + i, sizeof(word));
		sum += word;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);

	return ~sum;
}

/*
 * SYNs from addresses of TEST-NET-2 that must lead to a device where nobody
 * answers, so that the listener's half of the handshake stays open.
 */
static void half_open(int port, int n, const char *host)
{
	struct sockaddr_in to = address(host, port);
	int one = 1, raw = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	struct {
		struct {
			unsigned int from, to;
			unsigned char zero, protocol;
			unsigned short length;
		} pseudo;
		struct tcphdr tcp;
	} segment;
	struct {
		struct iphdr ip;
		struct tcphdr tcp;
	} packet;
	int i;

	listener(port, 4096);
	if (raw < 0 || setsockopt(raw, IPPROTO_IP, IP_HDRINCL, &one, sizeof(one)))
		die("raw socket");
	for (i = 0; i < n; i++) {
		memset(&segment, 0, sizeof(segment));
		segment.pseudo.from = htonl(0xc6336400 + 2 + i % 250);
		segment.pseudo.to = to.sin_addr.s_addr;
		segment.pseudo.protocol = IPPROTO_TCP;
		segment.pseudo.length = htons(sizeof(segment.tcp));
		segment.tcp.source = htons(10000 + i);
		segment.tcp.dest = htons(port);
		segment.tcp.seq = htonl(1000 * i);
		segment.tcp.doff = sizeof(segment.tcp) / 4;
		segment.tcp.syn = 1;
		segment.tcp.window = htons(8192);
		segment.tcp.check = checksum(&segment, sizeof(segment));
		memset(&packet, 0, sizeof(packet));
		packet.ip.version = 4;
		packet.ip.ihl = sizeof(packet.ip) / 4;
		packet.ip.ttl = 64;
		packet.ip.protocol = IPPROTO_TCP;
		packet.ip.saddr = segment.pseudo.from;
		packet.ip.daddr = segment.pseudo.to;
		packet.tcp = segment.tcp;
		if (sendto(raw, &packet, sizeof(packet), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			die("send SYN");
	}
	hold();
}

/* Nagle's algorithm holds back the second write until the first is acknowledged. */
static void chatter(int port)
{
	int off = 0, fd = listener(port, 1);
	int here = client("127.0.0.1", port, 0), there = accept(fd, NULL, NULL);
	char buf[200] = "";
	ssize_t got;

	if (there < 0)
		die("accept");
	if (!fork()) {
		for (;;) {
			/* Delayed acknowledgements, as on a connection that has settled. */
			setsockopt(there, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
			for (got = 0; got < 200;) {
				ssize_t n = read(there, buf, sizeof(buf));

				if (n <= 0)
					exit(0);
				got += n;
			}
			if (write(there, buf, 100) != 100)
				exit(0);
		}
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (write(here, buf, 100) != 100 || write(here, buf, 100) != 100)
			die("write");
		for (got = 0; got < 100;) {
			ssize_t n = read(here, buf, sizeof(buf));

			if (n <= 0)
				die("read");
			got += n;
		}
	}
}

/* Accepts connections; reads them only if asked to. */
static void sink(int port, int reading)
{
	static char buf[1 << 16];
	int fd = listener(port, 16);

	puts("ready");
	fflush(stdout);
	for (;;) {
		int there = accept(fd, NULL, NULL);

		if (there < 0)
			die("accept");
		if (fork())
			continue;
		while (reading && read(there, buf, sizeof(buf)) > 0)
			;
		for (;;)
			pause();
	}
}

static void caller(int port, const char *host)
{
	static char buf[1 << 16];

	if (write(client(host, port, 0), buf, sizeof(buf)) != sizeof(buf))
		die("write");
	hold();
}

static void sender(int port, const char *host, int sndbuf)
{
	static char buf[1 << 16];
	int fd = client(host, port, 0);

	if (sndbuf && setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf)))
		die("SO_SNDBUF");
	puts("ready");
	fflush(stdout);
	while (write(fd, buf, sizeof(buf)) > 0)
		;
	die("write");
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	int port = argc > 2 ? atoi(argv[2]) : 0, n = argc > 3 ? atoi(argv[3]) : 0;

	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(what, "close-wait") && n > 0)
		closed_by_peer(port, n, 0);
	else if (!strcmp(what, "time-wait") && n > 0)
		closed_by_peer(port, n, 1);
	else if (!strcmp(what, "deaf") && argc > 4)
		deaf(port, n, atoi(argv[4]));
	else if (!strcmp(what, "half-open") && n > 0 && argc > 4)
		half_open(port, n, argv[4]);
	else if (!strcmp(what, "chatter"))
		chatter(port);
	else if (!strcmp(what, "sink"))
		sink(port, 1);
	else if (!strcmp(what, "stuck-sink"))
		sink(port, 0);
	else if (!strcmp(what, "caller") && argc > 3)
		caller(port, argv[3]);
	else if (!strcmp(what, "sender") && argc > 3)
		sender(port, argv[3], argc > 4 ? atoi(argv[4]) : 0);
	fprintf(stderr, "traffic: see the head of traffic.c for what it does\n");

	return 2;
}
