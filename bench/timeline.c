// SPDX-License-Identifier: GPL-2.0
/*
 * weir-timeline - do things at set times
 *
 * usage: weir-timeline now
 *	print CLOCK_MONOTONIC in nanoseconds
 * usage: weir-timeline T0_NS [LATE_US] <SCHEDULE >LOG
 *	LATE_US: how late an action may begin, 1000 unless told
 *	SCHEDULE: one action a line, in time order, times in microseconds after
 *	T0_NS of CLOCK_MONOTONIC:
 *		T_US cont PID		continue a stopped process
 *		T_US write FILE TEXT	write TEXT and a newline to FILE, which
 *					was opened when the program started
 *		T_US sh WHAT COMMAND	run COMMAND by the shell, meanwhile go on
 *		T_US lowat PID PORT BYTES
 *			as soon as process PID has received BYTES over its TCP
 *			connection from PORT, let it wake up for no less
 *	LOG: a header and, for each action as it ends, when it was planned,
 *	when it began, when it had ended, and what it was (WHAT for sh).
 *
 * lowat costs nothing if it fails: the process then only wakes up more often.
 *
 * A resident process with real-time priority acts within some ten
 * microseconds; a shell that sleeps and then forks acts milliseconds late.
 *
 * Exit status: 0; 1 when an action failed, or a cont or write began more than
 * LATE_US late; 2 for wrong usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LATE_US		1000	/* what is later than this was not at its time */
#define LOWAT_FDS	64	/* descriptors of another process we look at */
#define LOWAT_POLL_US	20000
#define LOWAT_TRIES	500	/* ten seconds: a lost SYN or three */
#define TCP_INFO_BYTES	256	/* more than any struct tcp_info */

enum verb { VERB_CONT, VERB_WRITE, VERB_SH, VERB_LOWAT };

/**
 * struct action - one line of the schedule
 * @verb: what to do
 * @at_us: when, after T0
 * @pid: VERB_CONT, VERB_LOWAT: whom
 * @port: VERB_LOWAT: the peer's port
 * @bytes: VERB_LOWAT: the mark
 * @fd: VERB_WRITE: where
 * @text: VERB_WRITE, VERB_SH: the text
 * @what: for the log
 */
struct action {
	enum verb verb;
	int64_t at_us;
	pid_t pid;
	int port;
	int bytes;
	int fd;
	char *text;
	char *what;
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	struct timespec ts = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static __attribute__((noreturn)) void usage(const char *what, unsigned int line)
{
	if (line)
		fprintf(stderr, "weir-timeline: schedule line %u: %s\n", line, what);
	else
		fprintf(stderr, "weir-timeline: %s; see the head of bench/timeline.c\n", what);
	exit(2);
}

/* Cut the next blank-separated word off *s; NULL at the end. */
static char *word(char **s)
{
	char *w;

	*s += strspn(*s, " \t");
	if (!**s)
		return NULL;
	w = *s;
	*s += strcspn(*s, " \t");
	if (**s)
		*(*s)++ = '\0';
	return w;
}

static void parse(char *line, unsigned int no, struct action *a)
{
	char *at, *verb, *arg, *end;

	line[strcspn(line, "\n")] = '\0';
	at = word(&line);
	verb = word(&line);
	arg = word(&line);
	if (!at || !verb || !arg)
		usage("need T_US, an action and its argument", no);
	a->at_us = strtoll(at, &end, 10);
	if (*end || end == at)
		usage("the time is not a number of microseconds", no);
	a->text = strdup(line);
	if (!strcmp(verb, "cont")) {
		a->verb = VERB_CONT;
		a->pid = strtol(arg, &end, 10);
		if (*end || a->pid <= 1)
			usage("cont needs a process number", no);
	} else if (!strcmp(verb, "write")) {
		a->verb = VERB_WRITE;
		a->fd = open(arg, O_WRONLY | O_CLOEXEC);
		if (a->fd < 0)
			usage(strerror(errno), no);
	} else if (!strcmp(verb, "sh")) {
		a->verb = VERB_SH;
	} else if (!strcmp(verb, "lowat")) {
		a->verb = VERB_LOWAT;
		a->pid = strtol(arg, NULL, 10);
		if (sscanf(a->text, "%d %d", &a->port, &a->bytes) != 2 || a->pid <= 1)
			usage("lowat needs a process number, a port and a number of bytes", no);
	} else {
		usage("the action is none of cont, write, sh, lowat", no);
	}
	if (asprintf(&a->what, "%s %s", verb,
		     a->verb == VERB_WRITE ? a->text : arg) < 0 || !a->text)
		usage("out of memory", no);
}

static void log_action(const struct action *a, int64_t t0, int64_t begin)
{
	/* One write a line: the children of VERB_SH share the file. */
	printf("%" PRId64 ",%" PRId64 ",%" PRId64 ",%s\n", a->at_us,
	       (begin - t0) / 1000, (now_ns() - t0) / 1000, a->what);
	fflush(stdout);
}

static bool write_line(const struct action *a)
{
	size_t len = strlen(a->text);
	bool ok;

	a->text[len] = '\n';
	ok = write(a->fd, a->text, len + 1) == (ssize_t)len + 1;
	a->text[len] = '\0';
	return ok;
}

static bool shell(const struct action *a, int64_t t0)
{
	pid_t pid = fork();
	int64_t begin;
	int status;

	if (pid)
		return pid > 0;
	begin = now_ns();
	status = system(a->text);
	log_action(a, t0, begin);
	_exit(!WIFEXITED(status) || WEXITSTATUS(status));
}

/*
 * What the peers say to each other before the data is less than the mark: with
 * the mark set, whoever waits for it would wait for ever.
 */
static bool data_flows(int fd, const struct action *a)
{
	union {
		struct tcp_info info;
		char room[TCP_INFO_BYTES];
	} u = { 0 };
	socklen_t len = sizeof(u);

	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &u, &len) &&
	       u.info.tcpi_bytes_received >= (__u64)a->bytes;
}

/* Set the mark on the connection from a->port if the process has it. */
static bool lowat_once(const struct action *a, int pidfd)
{
	struct sockaddr_storage peer;
	bool done = false;
	socklen_t len;
	int fd, i;

	for (i = 0; i < LOWAT_FDS && !done; i++) {
		fd = syscall(SYS_pidfd_getfd, pidfd, i, 0);
		if (fd < 0)
			continue;
		len = sizeof(peer);
		/* The port is at the same place for IPv4 and IPv6. */
		if (!getpeername(fd, (struct sockaddr *)&peer, &len) &&
		    ntohs(((struct sockaddr_in *)&peer)->sin_port) == a->port &&
		    data_flows(fd, a))
			done = !setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &a->bytes,
					   sizeof(a->bytes));
		close(fd);
	}
	return done;
}

/* In a child: the connection may be late, and nothing waits for this. */
static bool lowat(const struct action *a, int64_t t0)
{
	pid_t pid = fork();
	int64_t begin;
	int pidfd, i;

	if (pid)
		return pid > 0;
	begin = now_ns();
	pidfd = syscall(SYS_pidfd_open, a->pid, 0);
	for (i = 0; i < LOWAT_TRIES && !lowat_once(a, pidfd); i++)
		usleep(LOWAT_POLL_US);
	log_action(a, t0, begin);
	_exit(0);
}

static bool act(const struct action *a, int64_t t0, int64_t limit_us)
{
	int64_t begin = now_ns();
	int64_t late = (begin - t0) / 1000 - a->at_us;
	bool exact = a->verb == VERB_CONT || a->verb == VERB_WRITE;
	bool ok = false;

	switch (a->verb) {
	case VERB_CONT:
		ok = !kill(a->pid, SIGCONT);
		log_action(a, t0, begin);
		break;
	case VERB_WRITE:
		ok = write_line(a);
		log_action(a, t0, begin);
		break;
	case VERB_SH:
		ok = shell(a, t0);
		break;
	case VERB_LOWAT:
		ok = lowat(a, t0);
		break;
	}
	if (!ok)
		fprintf(stderr, "weir-timeline: failed: %s\n", a->what);
	if (exact && late > limit_us)
		fprintf(stderr, "weir-timeline: %" PRId64 " us late: %s\n", late, a->what);
	return ok && (!exact || late <= limit_us);
}

int main(int argc, char **argv)
{
	const struct sched_param prio = { .sched_priority = 2 };
	struct action *list = NULL;
	size_t cap = 0, n = 0, i;
	char *line = NULL, *rest;
	bool bad = false;
	int64_t t0, limit_us = LATE_US;
	int status;

	if (argc == 2 && !strcmp(argv[1], "now")) {
		printf("%" PRId64 "\n", now_ns());
		return 0;
	}
	if (argc != 2 && argc != 3)
		usage("want now, or T0 in nanoseconds and perhaps a limit in microseconds", 0);
	t0 = strtoll(argv[1], &rest, 10);
	if (*rest || rest == argv[1])
		usage("T0 is not a number of nanoseconds", 0);
	if (argc == 3) {
		limit_us = strtoll(argv[2], &rest, 10);
		if (*rest || limit_us <= 0)
			usage("the limit is not a number of microseconds", 0);
	}
	while (getline(&line, &cap, stdin) >= 0) {
		list = realloc(list, (n + 1) * sizeof(*list));
		if (!list)
			usage("out of memory", 0);
		parse(line, n + 1, &list[n]);
		if (n && list[n].at_us < list[n - 1].at_us)
			usage("comes before the line above it; sort the schedule", n + 1);
		n++;
	}
	signal(SIGPIPE, SIG_IGN);
	/* Children go back to the ordinary class. Without the right, go on. */
	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &prio);
	puts("planned_us,begin_us,end_us,what");
	fflush(stdout);
	for (i = 0; i < n; i++) {
		sleep_until(t0 + list[i].at_us * 1000);
		bad |= !act(&list[i], t0, limit_us);
	}
	while (wait(&status) > 0)
		bad |= !WIFEXITED(status) || WEXITSTATUS(status);
	return bad;
}
