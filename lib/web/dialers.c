/*
 * dialers: one child, a socket, and the last line about each campaign.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dialers.h"
#include "mem.h"
#include "ndjson.h"
#include "proc.h"

struct dialer {
	struct dialer *next;
	int64_t campaign, starts, code;
	char state[16], at[32];
};

struct dialers {
	struct loop *loop;
	struct dialer *all;
	struct ndjson in;
	struct buf text;
	pid_t pid;
	int fd; /* -1: it has ended */
	bool stopping;
	void (*word)(void *arg, const char *);
	void *arg;
};

static struct dialer *
find(const struct dialers *d, int64_t campaign)
{
	struct dialer *k = d->all;

	while (k != NULL && k->campaign != campaign)
		k = k->next;
	return k;
}

static void
forget(struct dialers *d, const struct dialer *gone)
{
	struct dialer **at = &d->all, *k;

	while ((k = *at) != gone)
		at = &k->next;
	*at = k->next;
	free(k);
}

static void
take(struct dialers *d, const struct rec *rec)
{
	struct fault ignored;
	struct dialer *k;
	int64_t campaign;

	if (!slice_is(rec->type, "dialer") ||
	    rec_int(rec, "campaign", &campaign, &ignored) <= 0)
		return;
	if ((k = find(d, campaign)) == NULL) {
		k = xcalloc(1, sizeof(*k));
		k->campaign = campaign;
		k->next = d->all;
		d->all = k;
	}
	(void)rec_int(rec, "starts", &k->starts, &ignored);
	(void)rec_int(rec, "code", &k->code, &ignored);
	if (rec_text(rec, "at", &d->text, &ignored) > 0 && d->text.len)
		copy_text(k->at, sizeof(k->at), d->text.p);
	if (rec_text(rec, "state", &d->text, &ignored) > 0 && d->text.len)
		copy_text(k->state, sizeof(k->state), d->text.p);
	if (strcmp(k->state, "gone") == 0)
		forget(d, k);
}

static void
over(struct dialers *d)
{
	loop_fd_remove(d->loop, d->fd);
	close(d->fd);
	d->fd = -1;
	(void)waitpid(d->pid, NULL, WNOHANG); /* no child of others */
	if (!d->stopping)
		d->word(d->arg,
		    "outreach-supervise has ended: no campaign gets a dialer until outreach-serve is started again");
}

static void
readable(void *arg, short revents)
{
	struct dialers *d = arg;
	struct fault ignored;
	struct rec rec;
	int got = 1;

	while (ndjson_ready(&d->in) && (got = ndjson_next(&d->in, &rec, &ignored)) > 0)
		take(d, &rec);
	if (got < 0 || d->in.end)
		over(d);
}

static int
start(struct dialers *d, const char *store, struct fault *f)
{
	char *path = proc_find("outreach-supervise");
	char *argv[] = {path, "-d", (char *)(uintptr_t)store, NULL};
	int ends[2], rc;

	if (path == NULL)
		return fault(f, CONFIG, "outreach-supervise is not installed (serve.dialer)");
	rc = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	if (rc < 0) {
		fault(f, OSERR, "socketpair: %s", strerror(errno));
	} else {
		rc = proc_start(argv, ends[1], ends[1], &d->pid, f);
		close(ends[1]);
		if (rc < 0)
			close(ends[0]);
		else
			d->fd = ends[0];
	}
	free(path);
	return rc;
}

struct dialers *
dialers_start(const char *store, struct loop *loop, void (*word)(void *, const char *),
    void *arg, struct fault *f)
{
	struct dialers *d = xcalloc(1, sizeof(*d));

	d->loop = loop;
	d->word = word;
	d->arg = arg;
	d->fd = -1;
	if (start(d, store, f) < 0) {
		free(d);
		return NULL;
	}
	ndjson_init(&d->in, d->fd, "outreach-supervise");
	loop_fd(loop, d->fd, POLLIN, readable, d);
	return d;
}

void
dialers_member(const struct dialers *d, struct buf *b, int64_t campaign, bool active)
{
	const struct dialer *k = d != NULL ? find(d, campaign) : NULL;

	if (d == NULL || (k == NULL && !active))
		return;
	buf_key(b, "dialer");
	buf_addc(b, '{');
	if (k == NULL) {
		buf_member(b, "state", d->fd >= 0 ? "starting" : "unsupervised");
	} else {
		buf_member(b, "state", d->fd >= 0 ? k->state : "unsupervised");
		buf_member(b, "since", k->at);
		buf_member_i(b, "starts", k->starts);
		buf_member_i(b, "last_code", k->code);
	}
	buf_addc(b, '}');
}

void
dialers_stop(struct dialers *d)
{
	if (d == NULL || d->fd < 0)
		return;
	d->stopping = true;
	shutdown(d->fd, SHUT_WR);
}

bool
dialers_over(const struct dialers *d)
{
	return d == NULL || d->fd < 0;
}

void
dialers_free(struct dialers *d)
{
	struct dialer *k;

	if (d == NULL)
		return;
	if (d->fd >= 0) {
		loop_fd_remove(d->loop, d->fd);
		close(d->fd);
	}
	while ((k = d->all) != NULL) {
		d->all = k->next;
		free(k);
	}
	ndjson_release(&d->in);
	buf_release(&d->text);
	free(d);
}
