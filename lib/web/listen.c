/*
 * listen: sockets by their text. A Unix socket is bound through a descriptor of
 * its directory, as sun_path ends at 107 bytes and stores lie deeper.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listen.h"
#include "mem.h"
#include "num.h"
#include "route.h"

#define TLS "tls:"

enum { BACKLOG = 1024, FIRST_PASSED = 3 };

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_storage room;
};

static bool
is_loopback(const union address *a)
{
	if (a->any.sa_family == AF_INET)
		return ntohl(a->in.sin_addr.s_addr) >> 24 == 127;
	if (a->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
	return a->any.sa_family == AF_UNIX;
}

/* What the socket is bound to. */
static int
describe(struct listen *l, struct fault *f)
{
	union address a;
	socklen_t n = sizeof(a);
	char host[80], port[16];

	memset(&a, 0, sizeof(a));
	if (getsockname(l->fd, &a.any, &n) < 0)
		return fault(f, OSERR, "%s: %s", l->text, strerror(errno));
	l->loopback = is_loopback(&a);
	if (a.any.sa_family == AF_UNIX) {
		if (!*l->text)
			snprintf(l->text, sizeof(l->text), "unix:%.100s", a.un.sun_path);
		return 0;
	}
	if (getnameinfo(&a.any, n, host, sizeof(host), port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV))
		return fault(f, OSERR, "%s: an address of no known kind", l->text);
	l->port = ntohs(a.any.sa_family == AF_INET ? a.in.sin_port : a.in6.sin6_port);
	snprintf(l->text, sizeof(l->text), strchr(host, ':') ? "%s[%s]:%s" : "%s%s:%s",
	    l->tls ? TLS : "", host, port);
	return 0;
}

/* "[::1]:80" to "::1" and "80" in place; -1 if there is no port. */
static int
cut_port(char *text, char **host, char **port)
{
	char *colon = strrchr(text, ':');

	if (!colon || colon == text)
		return -1;
	*colon = '\0';
	*port = colon + 1;
	*host = text;
	if (*text == '[') {
		if (colon[-1] != ']')
			return -1;
		colon[-1] = '\0';
		*host = text + 1;
	}
	return **host ? 0 : -1;
}

static int
open_tcp(struct listen *l, const struct addrinfo *a, struct fault *f)
{
	int one = 1;

	l->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return fault(f, OSERR, "%s: %s", l->text, strerror(errno));
	(void)setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (a->ai_family == AF_INET6)
		(void)setsockopt(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(l->fd, a->ai_addr, a->ai_addrlen) < 0 || listen(l->fd, BACKLOG) < 0)
		return fault(f, OSERR, "%s: %s", l->text, strerror(errno));
	return describe(l, f);
}

int
listen_open(struct listen *l, const char *text, unsigned faces, struct fault *f)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
			    .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
			*found = NULL;
	char *copy, *host, *port;
	int64_t n;
	int rc = -1;

	if (strncmp(text, "unix:", 5) == 0)
		return listen_unix(l, text + 5, faces, 0660, f);
	*l = (struct listen){
	    .fd = -1, .faces = faces, .tls = strncmp(text, TLS, strlen(TLS)) == 0};
	copy_text(l->text, sizeof(l->text), text);
	copy = xstrdup(text + (l->tls ? strlen(TLS) : 0));
	if (cut_port(copy, &host, &port) < 0 || num_parse("port", port, 0, 65535, &n, f) < 0) {
		fault(f, USAGE,
		    "\"%s\" is no address such as 127.0.0.1:8000, [::1]:8000, tls:0.0.0.0:8443 or unix:/run/outreach.sock",
		    text);
		goto out;
	}
	/* Names would need a resolver that may be away when we start. */
	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	hints.ai_flags |= AI_NUMERICHOST;
	if (getaddrinfo(host, port, &hints, &found) || !found) {
		fault(f, USAGE, "%s: \"%s\" is no numeric address (0.0.0.0 is every one)", text,
		    host);
		goto out;
	}
	rc = open_tcp(l, found, f);
out:
	if (found)
		freeaddrinfo(found);
	free(copy);
	if (rc < 0)
		listen_release(l);
	return rc;
}

/* A socket that a server left behind makes room; a file of somebody else's does not. */
static int
make_room(int at, const char *name)
{
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	return unlinkat(at, name, 0);
}

int
listen_unix(struct listen *l, const char *path, unsigned faces, int mode, struct fault *f)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *dir = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), n;
	union address a = {.un = {.sun_family = AF_UNIX}};
	int rc = -1;

	*l = (struct listen){.fd = -1, .faces = faces};
	snprintf(l->text, sizeof(l->text), "unix:%.100s", path);
	n = snprintf(a.un.sun_path, sizeof(a.un.sun_path), "/proc/self/fd/%d/%s", at, name);
	if (!*name || n >= (int)sizeof(a.un.sun_path))
		fault(f, USAGE, "%s: no name for a socket", l->text);
	else if (at < 0)
		fault(f, OSERR, "%s: %s", dir, strerror(errno));
	else if (make_room(at, name) < 0 ||
	    (l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0 ||
	    bind(l->fd, &a.any, sizeof(a.un)) < 0 || fchmodat(at, name, (mode_t)mode, 0) < 0 ||
	    listen(l->fd, BACKLOG) < 0)
		fault(f, OSERR, "%s: %s", l->text, strerror(errno));
	else
		rc = describe(l, f);
	if (rc == 0)
		l->remove = xstrdup(path);
	if (at >= 0)
		close(at);
	free(dir);
	if (rc < 0)
		listen_release(l);
	return rc;
}

static void
by_name(struct listen *l, const char *name)
{
	static const struct {
		const char *name;
		unsigned faces;
		bool tls;
	} known[] = {{"avr", FACE_AVR, false}, {"avr-tls", FACE_AVR, true},
	    {"people", FACE_PEOPLE, false}, {"people-tls", FACE_PEOPLE, true},
	    {"tls", FACE_AVR | FACE_PEOPLE, true}};

	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(name, known[i].name) == 0) {
			l->faces = known[i].faces;
			l->tls = known[i].tls;
		}
}

static int
take_passed(struct listen *l, int fd, const char *name, struct fault *f)
{
	int listens = 0;
	socklen_t len = sizeof(listens);

	*l = (struct listen){.fd = fd, .faces = FACE_AVR | FACE_PEOPLE};
	by_name(l, name);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0 || !listens)
		return fault(f, CONFIG,
		    "descriptor %d from systemd is no listening stream socket (ListenStream=)",
		    fd);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		return fault(f, OSERR, "descriptor %d: %s", fd, strerror(errno));
	return describe(l, f);
}

int
listen_passed(struct listen *list, size_t *n, struct fault *f)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	int64_t who, count;
	struct fault ignored;
	int rc = 0;

	if (!pid || !fds || num_parse("LISTEN_PID", pid, 1, INT64_MAX, &who, &ignored) < 0 ||
	    who != getpid() || num_parse("LISTEN_FDS", fds, 1, INT32_MAX, &count, &ignored) < 0)
		return 0;
	for (int i = 0; i < count && rc == 0; i++) {
		size_t len = names ? strcspn(names, ":") : 0;
		char *name = xstrndup(names ? names : "", len);

		if (*n == LISTEN_MAX)
			rc = fault(f, CONFIG, "more than %d addresses", LISTEN_MAX);
		else if ((rc = take_passed(&list[*n], FIRST_PASSED + i, name, f)) == 0)
			(*n)++;
		free(name);
		names = names && names[len] ? names + len + 1 : NULL;
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return rc;
}

void
listen_release(struct listen *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (l->remove)
		unlink(l->remove);
	free(l->remove);
	*l = (struct listen){.fd = -1};
}

/* $WATCHDOG_USEC, unless $WATCHDOG_PID means somebody else: sd_watchdog_enabled(3). */
static bool
is_watched(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	struct fault ignored;
	int64_t n;

	if (!usec || num_parse("WATCHDOG_USEC", usec, 1, INT64_MAX, &n, &ignored) < 0)
		return false;
	return !pid ||
	    (num_parse("WATCHDOG_PID", pid, 1, INT64_MAX, &n, &ignored) == 0 && n == getpid());
}

void
notify_open(struct notify *n)
{
	const char *to = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t len = to ? strlen(to) : 0;

	n->fd = -1;
	n->watchdog = is_watched();
	if (len < 2 || len >= sizeof(a.sun_path) || (*to != '/' && *to != '@'))
		return;
	memcpy(a.sun_path, to, len);
	if (*to == '@')
		a.sun_path[0] = '\0';
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd >= 0 &&
	    connect(n->fd, (struct sockaddr *)&a,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		notify_close(n);
}

void
notify_tell(const struct notify *n, const char *state)
{
	if (n->fd >= 0)
		(void)!send(n->fd, state, strlen(state), MSG_NOSIGNAL);
}

void
notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}
