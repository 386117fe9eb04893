// SPDX-License-Identifier: GPL-2.0
/*
 * app - the application of a conformance case, and the hand on its path
 *
 * usage: app sink PORT
 *	accept connections and read what comes
 * usage: app play ADDRESS PORT CC TRACE_PIPE MARKER <SCRIPT
 *	connect with the congestion control CC and follow the script, line by
 *	line, while what the line before it asked for is sent:
 *
 *	bulk [PACKETS]		send as much as the socket takes; it takes what may
 *				wait in it (64): few, and a pause is one at once
 *	rate BYTES [US]		send BYTES per second, in lots every US (10000)
 *	send BYTES		send so much, and then nothing
 *	pause			send nothing
 *	wait STATE [COUNT]	until the flow enters this state (COUNT times)
 *	why WORD		until it changes state for this reason
 *	sleep US		meanwhile, forget what states it enters
 *	at US			the same until so long after the connection
 *	tc COMMAND		change the path: a line for tc, which is resident
 *	file PATH TEXT		write TEXT to a file
 *	mark TEXT		put TEXT into the trace
 *	end			close, and done
 *
 * States are read from TRACE_PIPE, which shows weir:weir_state alone; a line
 * that waited for one goes on some 30 microseconds later. All that is
 * done is put into the trace through MARKER, at the moment it is done.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NEVER		INT64_MAX
#define TICK_US		10000
/* What may wait in the socket beyond what has left */
#define UNSENT_PACKETS	64
#define PACKET_BYTES	1448

enum mode { PAUSE, BULK, LOTS, COUNTED };

/**
 * struct app - the application
 * @fd: the connection
 * @pipe: trace_pipe
 * @marker: trace_marker
 * @tc: standard input of the resident tc
 * @start_us: when the connection was made
 * @mode: how to send
 * @unsent: what may wait in the socket, and the most to write at once [bytes]
 * @left: COUNTED: what is still to send; LOTS: what is left of this lot [bytes]
 * @lot: LOTS: size of a lot [bytes]
 * @tick_us: LOTS: time between lots
 * @next_us: LOTS: when the next one is due
 * @until_us: the script waits until then
 * @state: the script waits for this state; -1 if for none
 * @count: so many times
 * @why: the script waits for this reason; empty if for none
 * @held: what came from trace_pipe and is not a whole line yet
 * @held_len: how much that is
 */
struct app {
	int fd;
	int pipe;
	int marker;
	FILE *tc;
	int64_t start_us;
	enum mode mode;
	int unsent;
	int64_t left;
	int64_t lot;
	int64_t tick_us;
	int64_t next_us;
	int64_t until_us;
	int state;
	int count;
	char why[16];
	char held[65536];
	size_t held_len;
};

static const char zeros[65536];

static void die(const char *what)
{
	fprintf(stderr, "app: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

static __attribute__((format(printf, 2, 3))) void mark(const struct app *app, const char *fmt, ...)
{
	char text[512];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (write(app->marker, text, len) != len)
		die("trace_marker");
}

/* --- Sending ------------------------------------------------------------------ */

static bool wants_to_write(const struct app *app)
{
	return app->mode == BULK || (app->mode != PAUSE && app->left > 0);
}

/* Write what the mode asks for; lots that find no room are lost. */
static void transmit(struct app *app)
{
	while (wants_to_write(app)) {
		size_t size = sizeof(zeros);
		ssize_t sent;

		if (app->mode != BULK && app->left < (int64_t)size)
			size = app->left;
		if (size > (size_t)app->unsent)
			size = app->unsent;
		sent = write(app->fd, zeros, size);
		if (sent < 0 && errno == EAGAIN)
			return;
		if (sent < 0)
			die("write");
		app->left -= sent;
		if (app->mode == BULK)
			return;
	}
}

static void next_lot(struct app *app)
{
	if (app->mode != LOTS || now_us() < app->next_us)
		return;
	app->left = app->lot;
	app->next_us += app->tick_us;
	transmit(app);
}

/* --- The script ----------------------------------------------------------------- */

static void set_unsent(struct app *app, int packets)
{
	app->unsent = packets * PACKET_BYTES;
	if (packets <= 0 || setsockopt(app->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &app->unsent,
				       sizeof(app->unsent)))
		die("unsent data");
}

static void set_rate(struct app *app, char *words)
{
	int64_t bytes = 0;

	app->tick_us = TICK_US;
	if (sscanf(words, "%ld %ld", &bytes, &app->tick_us) < 1 || app->tick_us <= 0)
		die("rate needs bytes per second");
	app->mode = LOTS;
	app->lot = bytes * app->tick_us / 1000000;
	app->left = 0;
	app->next_us = now_us();
}

/* PATH and TEXT, a blank between */
static void write_file(char *path)
{
	char *text = strchr(path, ' ');
	int fd;

	if (!text)
		die("file needs a path and a text");
	*text++ = '\0';
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/* Act on a line. Return: false at the end. */
static bool act(struct app *app, char *line)
{
	char verb[16] = "";
	char *rest;

	line[strcspn(line, "\n")] = '\0';
	rest = line + strspn(line, " \t");
	if (sscanf(rest, "%15s", verb) != 1 || *verb == '#')
		return true;
	rest += strlen(verb);
	rest += strspn(rest, " \t");
	mark(app, "do %s %s", verb, rest);
	if (!strcmp(verb, "bulk")) {
		app->mode = BULK;
		set_unsent(app, *rest ? atoi(rest) : UNSENT_PACKETS);
	} else if (!strcmp(verb, "pause")) {
		app->mode = PAUSE;
	} else if (!strcmp(verb, "rate")) {
		set_rate(app, rest);
	} else if (!strcmp(verb, "send")) {
		app->mode = COUNTED;
		app->left = atoll(rest);
	} else if (!strcmp(verb, "wait")) {
		app->count = 1;
		if (sscanf(rest, "%d %d", &app->state, &app->count) < 1)
			die("wait needs a state");
	} else if (!strcmp(verb, "why")) {
		if (sscanf(rest, "%15s", app->why) != 1)
			die("why needs a word");
	} else if (!strcmp(verb, "sleep")) {
		app->until_us = now_us() + atoll(rest);
	} else if (!strcmp(verb, "at")) {
		app->until_us = app->start_us + atoll(rest);
	} else if (!strcmp(verb, "tc")) {
		fprintf(app->tc, "%s\n", rest);
		fflush(app->tc);
	} else if (!strcmp(verb, "file")) {
		write_file(rest);
	} else if (!strcmp(verb, "end")) {
		return false;
	} else if (strcmp(verb, "mark")) {
		errno = EINVAL;
		die(line);
	}

	return true;
}

static bool is_waiting(const struct app *app)
{
	return app->until_us != NEVER || app->state >= 0 || *app->why;
}

/* --- States ----------------------------------------------------------------------- */

/* A line of trace_pipe: is it what the script waits for? */
static void look(struct app *app, const char *line)
{
	const char *at = strstr(line, "->"), *why = strstr(line, "why=");

	if (!at || !why)
		return;
	if (app->state >= 0 && atoi(at + 2) == app->state && --app->count == 0)
		app->state = -1;
	if (*app->why && !strncmp(why + 4, app->why, strlen(app->why)))
		*app->why = '\0';
}

/* Take lines until the one that is awaited; while asleep, all there are. */
static void watch(struct app *app)
{
	char *end;
	ssize_t got = read(app->pipe, app->held + app->held_len,
			   sizeof(app->held) - 1 - app->held_len);

	if (got > 0)
		app->held_len += got;
	app->held[app->held_len] = '\0';
	while (is_waiting(app) && (end = strchr(app->held, '\n'))) {
		*end = '\0';
		look(app, app->held);
		app->held_len -= end + 1 - app->held;
		memmove(app->held, end + 1, app->held_len + 1);
	}
}

/* --- Putting it together ------------------------------------------------------------ */

static int timeout_ms(const struct app *app, struct timespec *ts)
{
	int64_t at = app->until_us, left;

	if (app->mode == LOTS && app->next_us < at)
		at = app->next_us;
	if (at == NEVER)
		return -1;
	left = at - now_us();
	if (left < 0)
		left = 0;
	ts->tv_sec = left / 1000000;
	ts->tv_nsec = left % 1000000 * 1000;

	return 0;
}

static void play(struct app *app)
{
	char line[512];
	struct timespec ts;
	struct pollfd fds[2] = { { .fd = app->fd }, { .fd = app->pipe, .events = POLLIN } };

	for (;;) {
		if (app->until_us != NEVER && now_us() >= app->until_us)
			app->until_us = NEVER;
		watch(app);
		while (!is_waiting(app)) {
			if (!fgets(line, sizeof(line), stdin) || !act(app, line))
				return;
			watch(app);
		}
		next_lot(app);
		fds[0].events = wants_to_write(app) ? POLLOUT : 0;
		if (ppoll(fds, 2, timeout_ms(app, &ts) < 0 ? NULL : &ts, NULL) < 0)
			die("poll");
		if (fds[0].revents & (POLLERR | POLLHUP)) {
			errno = EPIPE;
			die("the connection");
		}
		transmit(app);
	}
}

static struct sockaddr_in address(const char *host, const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };

	if (inet_pton(AF_INET, host, &sin.sin_addr) != 1) {
		errno = EINVAL;
		die(host);
	}

	return sin;
}

static int dial(const char *host, const char *port, const char *cc)
{
	struct sockaddr_in sin = address(host, port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, cc, strlen(cc)))
		die(cc);
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("TCP_NODELAY");
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)))
		die("connect");
	fcntl(fd, F_SETFL, O_NONBLOCK);

	return fd;
}

static __attribute__((noreturn)) void sink(const char *port)
{
	static char buf[1 << 16];
	struct sockaddr_in sin = address("0.0.0.0", port);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) || listen(fd, 4))
		die("listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		int there = accept(fd, NULL, NULL);

		if (there < 0)
			die("accept");
		while (read(there, buf, sizeof(buf)) > 0)
			;
		close(there);
	}
}

int main(int argc, char **argv)
{
	static struct app app = { .until_us = NEVER, .state = -1 };
	struct linger hard = { .l_onoff = 1 };

	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && !strcmp(argv[1], "sink"))
		sink(argv[2]);
	if (argc != 7 || strcmp(argv[1], "play")) {
		fprintf(stderr, "app: want sink PORT, or play and five words; see the head of app.c\n");
		return 2;
	}
	app.pipe = open(argv[5], O_RDONLY | O_NONBLOCK);
	if (app.pipe < 0)
		die(argv[5]);
	app.marker = open(argv[6], O_WRONLY);
	if (app.marker < 0)
		die(argv[6]);
	app.tc = popen("tc -n mid -batch -", "w");
	if (!app.tc)
		die("tc");
	mark(&app, "connect");
	app.fd = dial(argv[2], argv[3], argv[4]);
	set_unsent(&app, UNSENT_PACKETS);
	app.start_us = now_us();
	mark(&app, "start");
	play(&app);
	mark(&app, "end");
	/* What is still in flight is of no interest. */
	setsockopt(app.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(app.fd);
	return pclose(app.tc) ? 1 : 0;
}
