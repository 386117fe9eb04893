// SPDX-License-Identifier: GPL-2.0
/*
 * cc_lifecycle - takes one congestion control through everything that can
 * happen to a socket that uses it, on the kernel it runs on.
 *
 * A module's callbacks run before init, without init, after release, twice,
 * on sockets that never connect and on sockets whose algorithm was changed
 * under them. Each step here is one of those, with real bytes whose content
 * is checked. A kernel that survives the list prints TAP; one that does not
 * takes the guest down, which is a failure too.
 *
 * usage: cc_lifecycle NAME [restricted]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define CHUNK		65536
#define NOBODY		65534
#define NAME_MAX_CC	16

static const char *cc;

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Byte @i of every stream: cheap, and sensitive to loss, repeat and reorder. */
static uint8_t pattern(uint64_t i)
{
	return (uint8_t)((i * 2654435761u) >> 13);
}

static int set_cc(int fd, const char *name)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name));
}

/*
 * @name, or what it falls back to, which carries its name: a SYN of DCTCP is
 * ECN-capable, and a listener that is not DCTCP's answers it without ECN.
 */
static bool uses_cc(int fd, const char *name)
{
	char now[NAME_MAX_CC] = "";
	socklen_t len = sizeof(now);

	return !getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, now, &len) &&
	       !strncmp(now, name, strlen(name));
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int tcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static int listener(uint16_t *port)
{
	struct sockaddr_in sa = loopback(0);
	socklen_t len = sizeof(sa);
	int fd = tcp_socket();

	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&sa, &len))
		die("listen");
	*port = ntohs(sa.sin_port);
	return fd;
}

/**
 * struct pair - both ends of one connection and how far each stream is
 * @tx: the sending socket, which uses the algorithm under test
 * @rx: the receiving socket
 * @sent: bytes written to @tx so far
 * @got: bytes read from @rx so far
 */
struct pair {
	int tx;
	int rx;
	uint64_t sent;
	uint64_t got;
};

static struct pair connect_pair(const char *name)
{
	struct sockaddr_in sa;
	struct pair p = { 0 };
	uint16_t port;
	int l = listener(&port);

	sa = loopback(port);
	p.tx = tcp_socket();
	if (name && set_cc(p.tx, name))
		die("TCP_CONGESTION on a new socket");
	if (connect(p.tx, (struct sockaddr *)&sa, sizeof(sa)))
		die("connect");
	p.rx = accept(l, NULL, NULL);
	if (p.rx < 0)
		die("accept");
	close(l);
	return p;
}

static void close_pair(struct pair *p)
{
	close(p->tx);
	close(p->rx);
}

/**
 * transfer() - move bytes from one end to the other and check each of them
 * @p: the connection
 * @bytes: how many
 *
 * Return: true if all arrived, in order and unchanged, within 60 s of silence.
 */
static bool transfer(struct pair *p, uint64_t bytes)
{
	uint64_t goal = p->sent + bytes;
	static uint8_t buf[CHUNK];

	while (p->got < goal) {
		struct pollfd fds[2] = {
			{ .fd = p->rx, .events = POLLIN },
			{ .fd = p->sent < goal ? p->tx : -1, .events = POLLOUT },
		};
		ssize_t n;

		if (poll(fds, 2, 60000) <= 0)
			return false;
		if (fds[1].revents & POLLOUT) {
			size_t want = goal - p->sent < CHUNK ? goal - p->sent : CHUNK;

			for (size_t i = 0; i < want; i++)
				buf[i] = pattern(p->sent + i);
			n = send(p->tx, buf, want, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (n < 0 && errno != EAGAIN)
				return false;
			p->sent += n > 0 ? n : 0;
		}
		if (fds[0].revents & POLLIN) {
			n = recv(p->rx, buf, CHUNK, MSG_DONTWAIT);
			if (n <= 0)
				return false;
			for (ssize_t i = 0; i < n; i++)
				if (buf[i] != pattern(p->got + i))
					return false;
			p->got += n;
		}
	}
	return true;
}

/* get_info without the socket lock: a short buffer, a long one, TCP_INFO. */
static bool info_answers(int fd)
{
	union tcp_cc_info_room {
		uint8_t bytes[64];
	} info;
	struct tcp_info ti;
	socklen_t len = sizeof(info), four = 4, tlen = sizeof(ti);

	return !getsockopt(fd, IPPROTO_TCP, TCP_CC_INFO, &info, &len) &&
	       !getsockopt(fd, IPPROTO_TCP, TCP_CC_INFO, &info, &four) &&
	       !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &ti, &tlen);
}

/* Never connected: release runs on state that init never saw. */
static void never_connected(void)
{
	uint16_t port;
	int fd = tcp_socket();

	tap_ok(!set_cc(fd, cc) && uses_cc(fd, cc), "%s: select on a new socket", cc);
	tap_ok(info_answers(fd), "%s: get_info before connect", cc);
	tap_ok(!set_cc(fd, "reno") && !set_cc(fd, cc),
	       "%s: away and back before connect", cc);
	close(fd);

	fd = listener(&port);
	tap_ok(!set_cc(fd, cc) && info_answers(fd), "%s: select on a listener", cc);
	close(fd);
}

static void failed_connect(void)
{
	struct sockaddr_in sa;
	uint16_t port;
	int fd;

	close(listener(&port));
	sa = loopback(port);
	fd = tcp_socket();
	set_cc(fd, cc);
	tap_ok(connect(fd, (struct sockaddr *)&sa, sizeof(sa)) && errno == ECONNREFUSED,
	       "%s: a refused connect", cc);
	close(fd);
}

/* connect(AF_UNSPEC) runs release, clears the state, and close releases again. */
static void disconnected(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct pair p = connect_pair(cc);
	bool ok = transfer(&p, 200000);

	ok = ok && !connect(p.tx, &none, sizeof(none));
	tap_ok(ok && info_answers(p.tx), "%s: disconnect by AF_UNSPEC", cc);
	close_pair(&p);
}

/* A listener's children inherit the algorithm and init in softirq. */
static void inherited(void)
{
	struct sockaddr_in sa;
	struct pair p = { 0 };
	uint16_t port;
	int l = listener(&port);

	set_cc(l, cc);
	sa = loopback(port);
	p.rx = tcp_socket();
	if (connect(p.rx, (struct sockaddr *)&sa, sizeof(sa)))
		die("connect");
	p.tx = accept(l, NULL, NULL);
	tap_ok(p.tx >= 0 && uses_cc(p.tx, cc) && transfer(&p, 500000),
	       "%s: a listener's child sends 500 kB", cc);
	close_pair(&p);
	close(l);
}

static void live_switches(void)
{
	struct pair p = connect_pair(NULL);
	bool ok = transfer(&p, 300000);

	for (int i = 0; i < 5; i++) {
		ok = ok && !set_cc(p.tx, cc) && transfer(&p, 300000);
		ok = ok && info_answers(p.tx);
		ok = ok && !set_cc(p.tx, i & 1 ? "cubic" : "reno") &&
		     transfer(&p, 300000);
	}
	tap_ok(ok, "%s: five live switches in and out, 300 kB between each", cc);
	close_pair(&p);
}

/* Both ends gone with data in flight: release during loss and FIN. */
static void abrupt_close(void)
{
	static uint8_t junk[CHUNK];

	for (int i = 0; i < 8; i++) {
		struct pair p = connect_pair(cc);

		send(p.tx, junk, sizeof(junk), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (i & 1)
			close(p.tx), close(p.rx);
		else
			close(p.rx), close(p.tx);
	}
	tap_ok(true, "%s: eight closes with data in flight", cc);
}

static int run_tool(const char *tool, const char *module)
{
	char path[128];
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "/sbin/%s", tool);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		execlp(tool, tool, module, (char *)NULL);
		execl(path, path, module, (char *)NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Orphaned sockets of earlier steps may still be closing on a lossy path. */
static bool unloads_within_10s(const char *module)
{
	for (int i = 0; i < 40; i++) {
		if (!run_tool("rmmod", module))
			return true;
		usleep(250000);
	}
	return false;
}

/* Unload while a socket that has used the module lives on; then use it again. */
static void unload_under_a_socket(int round)
{
	char module[64];
	struct pair p;
	bool ok;

	snprintf(module, sizeof(module), "tcp_%s", cc);
	p = connect_pair(cc);
	ok = transfer(&p, 300000);
	tap_ok(ok && run_tool("rmmod", module) != 0,
	       "%s: round %d: a module in use cannot be unloaded", cc, round);
	ok = !set_cc(p.tx, "reno");
	tap_ok(ok && unloads_within_10s(module),
	       "%s: round %d: unloads once the socket has switched away", cc, round);
	tap_ok(transfer(&p, 300000) && info_answers(p.tx),
	       "%s: round %d: the socket goes on without it", cc, round);
	tap_ok(!set_cc(p.tx, cc) && transfer(&p, 300000),
	       "%s: round %d: autoloads by name and takes the socket back", cc, round);
	close_pair(&p);
}

static void unprivileged(bool restricted)
{
	int status, fd = tcp_socket();
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		if (setgid(NOBODY) || setuid(NOBODY))
			_exit(2);
		if (restricted)
			_exit(!(set_cc(fd, cc) && errno == EPERM));
		_exit(!!set_cc(fd, cc));
	}
	waitpid(pid, &status, 0);
	tap_ok(WIFEXITED(status) && !WEXITSTATUS(status), "%s: %s", cc,
	       restricted ? "an unprivileged program is refused" :
			    "an unprivileged program may select it");
	close(fd);
}

int main(int argc, char **argv)
{
	struct pair p;

	if (argc < 2 || argc > 3 || (argc == 3 && strcmp(argv[2], "restricted"))) {
		fprintf(stderr, "usage: cc_lifecycle NAME [restricted]\n");
		return 2;
	}
	cc = argv[1];
	never_connected();
	failed_connect();
	p = connect_pair(cc);
	tap_ok(uses_cc(p.tx, cc) && transfer(&p, 2000000), "%s: 2 MB, each byte checked", cc);
	close_pair(&p);
	disconnected();
	inherited();
	live_switches();
	abrupt_close();
	unprivileged(argc == 3);
	unload_under_a_socket(1);
	unload_under_a_socket(2);
	return tap_done();
}
