/*
 * listen: the addresses to listen on, as they are written on a command line or
 * passed by systemd (sd_listen_fds(3)), and the news that we do (sd_notify(3)).
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

enum { LISTEN_MAX = 16 };

struct listen {
	int fd;
	unsigned faces; /* enum face */
	bool loopback;  /* nobody outside this machine reaches it: 127/8, ::1, a Unix socket */
	bool tls;
	int port; /* 0: a Unix socket */
	char text
	    [120];    /* "127.0.0.1:8000", "[::1]:8000", "tls:...", "unix:/run/outreach.sock" */
	char *remove; /* the path of a Unix socket of ours */
};

/*
 * Opens ADDRESS:PORT (a number or localhost; [..] around IPv6; port 0: any free one), tls:ADDRESS:PORT
 * or unix:PATH.
 * USAGE for what is neither, OSERR if it cannot be had.
 */
int listen_open(struct listen *, const char *text, unsigned faces, struct fault *);
/* A Unix socket at a path of ours, whatever was there before; long paths too. */
int listen_unix(struct listen *, const char *path, unsigned faces, int mode, struct fault *);
/*
 * The sockets that systemd passed: adds them behind *n. One named avr or people (FileDescriptorName=)
 * is for that alone, others for both; one named tls, avr-tls or people-tls speaks it. CONFIG if one does not listen.
 */
int listen_passed(struct listen *, size_t *n, struct fault *);
void listen_release(struct listen *);

/*
 * How systemd is told of our state, if it asks ($NOTIFY_SOCKET, sd_notify(3)): "READY=1", "STOPPING=1",
 * "WATCHDOG=1".
 * The socket is opened at once, as a sandbox may keep us from it later. A failure is nobody's.
 */
struct notify {
	int fd; /* -1: nobody asks */
	bool
	    watchdog; /* it wants to hear WATCHDOG=1 now and then, else it starts us anew (WatchdogSec=) */
};

void notify_open(struct notify *);
void notify_tell(const struct notify *, const char *state);
void notify_close(struct notify *);

#endif
