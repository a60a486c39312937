/*
 * webfloor: the least server that answers behind the commit: one thread, epoll,
 * what is ready goes into one transaction of one table. No routes, no checks,
 * no calls: webfloor PORT STORE.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sqlite3.h>

#include "number.h"

enum { ROOM = 8192, READY = 512 };

struct link {
	int fd, waits;
	size_t have;
	char in[ROOM];
};

static sqlite3 *db;
static sqlite3_stmt *begin, *insert, *commit;

static sqlite3_stmt *
prepare(const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	return s;
}

static void
run(sqlite3_stmt *s)
{
	if (sqlite3_step(s) != SQLITE_DONE)
		errx(1, "%s", sqlite3_errmsg(db));
	sqlite3_reset(s);
}

static void
open_store(const char *path)
{
	if (sqlite3_open(path, &db) ||
	    sqlite3_exec(db,
		"PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;"
		"CREATE TABLE IF NOT EXISTS inbox (seq INTEGER PRIMARY KEY, body TEXT)",
		NULL, NULL, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	begin = prepare("BEGIN IMMEDIATE");
	insert = prepare("INSERT INTO inbox (body) VALUES (?)");
	commit = prepare("COMMIT");
}

/* The requests that are whole go into the transaction; 0 once the other side has closed. */
static int
take(struct link *l, long *rows)
{
	ssize_t n = read(l->fd, l->in + l->have, ROOM - 1 - l->have);
	char *end, *length;

	if (n <= 0)
		return 0;
	l->have += (size_t)n;
	l->in[l->have] = '\0';
	while ((end = strstr(l->in, "\r\n\r\n"))) {
		size_t body, head = (size_t)(end + 4 - l->in);

		length = strcasestr(l->in, "content-length:");
		body = length && length < end ? strtoul(length + 15, NULL, 10) : 0;
		if (l->have < head + body)
			break;
		if ((*rows)++ == 0)
			run(begin);
		sqlite3_bind_text(insert, 1, l->in + head, (int)body, SQLITE_STATIC);
		run(insert);
		l->waits++;
		l->have -= head + body;
		memmove(l->in, l->in + head + body, l->have + 1);
	}
	return 1;
}

static int
listen_on(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 1024) < 0)
		err(1, "port %d", port);
	return fd;
}

static void
welcome(int at, int ep)
{
	struct epoll_event e = {.events = EPOLLIN};
	struct link *l;
	int fd, one = 1;

	while ((fd = accept4(at, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		l = calloc(1, sizeof(*l));
		if (!l)
			err(1, "memory");
		l->fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		e.data.ptr = l;
		epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
	}
}

int
main(int argc, char **argv)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	struct rlimit files = {4096, 4096};
	struct epoll_event e = {.events = EPOLLIN}, ready[READY];
	int at, ep = epoll_create1(0);

	if (argc != 3)
		errx(64, "usage: webfloor PORT STORE");
	setrlimit(RLIMIT_NOFILE, &files);
	open_store(argv[2]);
	at = listen_on((int)number("PORT", argv[1], 1, 65535));
	epoll_ctl(ep, EPOLL_CTL_ADD, at, &e);
	for (;;) {
		int n = epoll_wait(ep, ready, READY, -1);
		long rows = 0;

		for (int i = 0; i < n; i++) {
			struct link *l = ready[i].data.ptr;

			if (!l)
				welcome(at, ep);
			else if (!take(l, &rows)) {
				close(l->fd);
				free(l);
				ready[i].data.ptr = NULL;
			}
		}
		if (rows)
			run(commit);
		for (int i = 0; i < n; i++)
			for (struct link *l = ready[i].data.ptr; l && l->waits; l->waits--)
				if (write(l->fd, answer, sizeof(answer) - 1) < 0)
					break;
	}
}
