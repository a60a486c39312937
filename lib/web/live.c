/*
 * live: streams of the journal. The HTTP threads copy bytes out of pages under
 * the lock; a stream with nothing to send is paused, and the main loop goes on
 * with it. What lies further back than the shared pages is read from the store
 * page by page, as fast as that one reader takes it.
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "live.h"
#include "logged.h"
#include "mem.h"
#include "num.h"
#include "web_parts.h"

enum {
	PAGE_ROWS = LIVE_ROWS,
	PAGE_BYTES = 64 << 10, /* or one row, if that is longer */
	KEPT_BYTES = 2 << 20,  /* of all shared pages */
	BUDGET_US = 10000,     /* of the main loop at a time */
	BEAT_MS = 15000,
	STUCK_MS = 5000
};

/* Rows first..last as they are sent. */
struct page {
	struct page *next;
	int refs;
	int64_t first, last;
	size_t at[PAGE_ROWS]; /* where each row begins */
	struct buf text;
	size_t frame[PAGE_ROWS + 1], frames; /* the same as frames, made when first asked for */
	struct buf framed;
	bool full; /* while it is made */
};

enum state { SENDING, AT_HEAD, WANTS_PAGE, BEING_READ };

struct stream {
	struct stream *next, *prev;
	struct live *live;
	struct request *r;
	int64_t seq; /* of the last row that was sent whole */
	struct page *page;
	size_t off;
	enum state state; /* but for SENDING it is paused */
	int64_t since;    /* mono ms: it last took something */
	bool greeted, beat, end, cut;
	unsigned char token[TOKEN_HASH];
};

struct live {
	struct web *web;
	struct campaign campaign; /* of the row before */
	int wake;
	pthread_mutex_t lock; /* of all below, and of the streams */
	struct stream *first;
	int streams;
	int64_t dropped;
	struct page *oldest, *newest; /* shared, without gaps */
	size_t kept;
	int64_t seq; /* the last row in them */
	bool closing;
	int64_t beat_at;
};

/* ---- pages ------------------------------------------------------------------------ */

static void
page_drop(struct page *p)
{
	if (!p || --p->refs > 0)
		return;
	buf_release(&p->text);
	buf_release(&p->framed);
	free(p);
}

struct making {
	struct live *live;
	struct page *page;
};

static int
add_row(void *arg, const struct entry *e, struct fault *f)
{
	struct making *m = arg;
	struct page *p = m->page;
	size_t row = p->first ? (size_t)(e->seq - p->first) : 0;

	if (row >= PAGE_ROWS || p->text.len >= PAGE_BYTES) {
		p->full = true;
		return -1;
	}
	if (!p->first)
		p->first = e->seq;
	p->last = e->seq;
	p->at[row] = p->text.len;
	buf_printf(&p->text, "id: %lld\ndata: ", (long long)e->seq);
	if (logged_record(&p->text, m->live->web->db, e, &m->live->campaign, true, f) < 0)
		return -1;
	buf_addc(&p->text, '\n');
	return 0;
}

/* The rows behind seq, or null: there are none, or (-1) a fault. */
static struct page *
page_make(struct live *l, int64_t seq, int *rc)
{
	struct page *p = xcalloc(1, sizeof(*p));
	struct making m = {l, p};
	struct fault f;

	p->refs = 1;
	*rc = journal_page(l->web->db, &seq, PAGE_ROWS, add_row, &m, &f);
	if (*rc < 0 && p->full)
		*rc = 0;
	if (*rc == 0 && p->first)
		return p;
	page_drop(p);
	return NULL;
}

/* ---- sending: in the HTTP threads --------------------------------------------------- */

static void
pause_as(struct stream *s, enum state state)
{
	s->state = state;
	server_pause(s->r);
	if (state == WANTS_PAGE)
		(void)!write(s->live->wake, &(uint64_t){1}, sizeof(uint64_t));
}

/* The page that goes on behind the last row: true, or the stream is paused or has ended. */
static bool
take_page(struct stream *s)
{
	struct live *l = s->live;
	struct page *p = l->oldest;

	if (s->seq >= l->seq) {
		pause_as(s, AT_HEAD);
		return false;
	}
	if (!p || p->first > s->seq + 1) {
		pause_as(s, WANTS_PAGE);
		return false;
	}
	while (p->last <= s->seq)
		p = p->next;
	p->refs++;
	s->page = p;
	s->off = p->at[s->seq + 1 - p->first];
	return true;
}

static ssize_t
literal(char *to, size_t max, const char *text)
{
	size_t n = strlen(text);

	if (n > max)
		return 0;
	memcpy(to, text, n);
	return (ssize_t)n;
}

static ssize_t
next_bytes(struct stream *s, char *to, size_t max)
{
	size_t n;

	s->since = clock_mono();
	if (s->page && s->off == s->page->text.len) {
		s->seq = s->page->last;
		page_drop(s->page);
		s->page = NULL;
	}
	if (s->live->closing || s->end)
		return -1;
	if (!s->greeted) {
		s->greeted = true;
		return literal(to, max, "retry: 1000\n\n");
	}
	if (s->beat && !s->page) {
		s->beat = false;
		return literal(to, max, ":\n\n");
	}
	if (!s->page && !take_page(s))
		return 0;
	n = s->page->text.len - s->off;
	if (n > max)
		n = max;
	memcpy(to, s->page->text.p + s->off, n);
	s->off += n;
	return (ssize_t)n;
}

static ssize_t
send_more(struct request *r, char *to, size_t max)
{
	struct stream *s = r->data;
	ssize_t n;

	pthread_mutex_lock(&s->live->lock);
	n = next_bytes(s, to, max);
	pthread_mutex_unlock(&s->live->lock);
	return n;
}

static void
stream_free(void *arg)
{
	struct stream *s = arg;
	struct live *l = s->live;

	pthread_mutex_lock(&l->lock);
	if (s->prev)
		s->prev->next = s->next;
	else
		l->first = s->next;
	if (s->next)
		s->next->prev = s->prev;
	l->streams--;
	page_drop(s->page);
	pthread_mutex_unlock(&l->lock);
	free(s);
}

int
live_from(struct request *r, int64_t *seq)
{
	const char *id = request_field(r, "Last-Event-ID");
	struct buf text = {0};
	struct slice raw;
	struct fault f;
	int rc = 0;

	if (id && *id) {
		rc = num_parse("Last-Event-ID", id, 0, INT64_MAX - 1, seq, &f) < 0 ? -1 : 1;
	} else if (route_query(r->query, "from", &raw)) {
		if (route_text(raw, &text) < 0)
			rc = fault(&f, DATAERR, "from is no number");
		else
			rc = num_parse("from", text.p, 1, INT64_MAX - 1, seq, &f) < 0 ? -1 : 1;
		*seq -= 1;
	}
	if (rc < 0)
		request_problem(r, 400, "%s", f.text);
	buf_release(&text);
	return rc;
}

int
live_reaches(struct web *w, int64_t seq, struct fault *f)
{
	char hex[65];
	int64_t head;

	if (journal_head(w->db, &head, hex, f) < 0)
		return -1;
	return seq <= head
	    ? 0
	    : fault(f, DATAERR,
		  "the journal ends at %lld, before what is asked for: it is another one than was read; begin anew",
		  (long long)head);
}

static void
open_at(struct request *r, bool has, int64_t seq)
{
	struct live *l = ((struct web *)r->web)->live;
	struct stream *s;

	s = xcalloc(1, sizeof(*s));
	s->live = l;
	s->r = r;
	s->since = clock_mono();
	memcpy(s->token, r->token, sizeof(s->token));
	pthread_mutex_lock(&l->lock);
	s->seq = has ? seq : l->seq;
	s->next = l->first;
	if (s->next)
		s->next->prev = s;
	l->first = s;
	l->streams++;
	pthread_mutex_unlock(&l->lock);
	r->data = s;
	r->release = stream_free;
	r->stream = send_more;
	r->status = 200;
	r->type = "text/event-stream";
	request_add(r, "Cache-Control", "no-store");
	request_add(r, "X-Accel-Buffering", "no"); /* a proxy passes on each piece */
}

/* The pages are behind the journal by a moment: whether there is such a row the main loop knows. */
void
live_open(struct request *r)
{
	struct live *l = ((struct web *)r->web)->live;
	int64_t seq = 0;
	int has = live_from(r, &seq);
	bool ahead;

	if (has < 0)
		return;
	pthread_mutex_lock(&l->lock);
	ahead = has && seq > l->seq;
	pthread_mutex_unlock(&l->lock);
	if (!ahead)
		open_at(r, has, seq);
}

int
live_open_ahead(struct request *r, struct fault *f)
{
	int64_t seq = 0;

	(void)live_from(r, &seq);
	if (live_reaches(r->web, seq, f) == 0)
		open_at(r, true, seq);
	else if (f->code == DATAERR)
		request_problem(r, 409, "%s", f->text);
	else
		return -1;
	return SERVE_DONE;
}

/* ---- feeding: in the main loop ------------------------------------------------------ */

static void
go_on(struct stream *s)
{
	s->state = SENDING;
	s->since = clock_mono();
	server_continue(s->r);
}

/* Takes a page into the shared ones; those that wait at the head go on. */
static void
publish(struct live *l, struct page *p)
{
	if (l->newest)
		l->newest->next = p;
	else
		l->oldest = p;
	l->newest = p;
	l->kept += p->text.len;
	l->seq = p->last;
	while (l->kept > KEPT_BYTES && l->oldest != l->newest) {
		struct page *old = l->oldest;

		l->oldest = old->next;
		l->kept -= old->text.len;
		page_drop(old);
	}
	for (struct stream *s = l->first; s; s = s->next)
		if (s->state == AT_HEAD)
			go_on(s);
}

static void
forget_pages(struct live *l)
{
	while (l->oldest) {
		struct page *old = l->oldest;

		l->oldest = old->next;
		page_drop(old);
	}
	l->newest = NULL;
	l->kept = 0;
}

/* Streams that take nothing: their reader does not read. */
static void
cut_stuck(struct live *l)
{
	int64_t now = clock_mono();

	for (struct stream *s = l->first; s; s = s->next)
		if (s->state == SENDING && !s->cut && now - s->since > STUCK_MS) {
			s->cut = s->end = true;
			l->dropped++;
			server_cut(s->r);
		}
}

void
live_check(struct live *l)
{
	pthread_mutex_lock(&l->lock);
	for (struct stream *s = l->first; s; s = s->next) {
		if (s->end || auth_holds(l->web, s->token))
			continue;
		s->end = true;
		if (s->state == AT_HEAD)
			go_on(s);
	}
	pthread_mutex_unlock(&l->lock);
}

static void
beat(struct live *l)
{
	if (clock_mono() < l->beat_at)
		return;
	l->beat_at = clock_mono() + BEAT_MS;
	for (struct stream *s = l->first; s; s = s->next) {
		s->beat = true;
		if (s->state == AT_HEAD)
			go_on(s);
	}
}

void
live_tick(struct live *l)
{
	int64_t start = clock_real_us();
	struct page *p;
	int rc;

	pthread_mutex_lock(&l->lock);
	if (!l->streams) {
		forget_pages(l);
		l->seq = l->web->seq; /* where context_follow is */
		pthread_mutex_unlock(&l->lock);
		return;
	}
	beat(l);
	pthread_mutex_unlock(&l->lock);
	while (clock_real_us() - start < BUDGET_US && (p = page_make(l, l->seq, &rc))) {
		pthread_mutex_lock(&l->lock);
		publish(l, p);
		pthread_mutex_unlock(&l->lock);
	}
	pthread_mutex_lock(&l->lock);
	cut_stuck(l);
	pthread_mutex_unlock(&l->lock);
}

static struct stream *
next_wanting(struct live *l)
{
	struct stream *s;

	for (s = l->first; s && s->state != WANTS_PAGE; s = s->next)
		;
	if (s)
		s->state = BEING_READ; /* paused: nobody forgets it meanwhile */
	return s;
}

static void
on_wake(void *arg, short revents)
{
	struct live *l = arg;
	int64_t start = clock_real_us();
	struct stream *s;
	uint64_t n;

	(void)!read(l->wake, &n, sizeof(n));
	pthread_mutex_lock(&l->lock);
	while ((s = next_wanting(l))) {
		struct page *p;
		int rc;

		pthread_mutex_unlock(&l->lock);
		p = page_make(l, s->seq, &rc);
		pthread_mutex_lock(&l->lock);
		s->page = p;
		s->off = 0;
		s->end = !p; /* the store is not to be had: it may resume */
		go_on(s);
		if (clock_real_us() - start > BUDGET_US) { /* webhooks come in between */
			(void)!write(l->wake, &(uint64_t){1}, sizeof(uint64_t));
			break;
		}
	}
	pthread_mutex_unlock(&l->lock);
}

/* ---- streams of the main loop --------------------------------------------------------- */

int64_t
live_join(struct live *l)
{
	int64_t seq;

	pthread_mutex_lock(&l->lock);
	l->streams++;
	seq = l->seq;
	pthread_mutex_unlock(&l->lock);
	return seq;
}

void
live_leave(struct live *l, bool dropped)
{
	pthread_mutex_lock(&l->lock);
	l->streams--;
	l->dropped += dropped;
	pthread_mutex_unlock(&l->lock);
}

/* What is in `data: ` of each event, framed; only the main loop asks, so it needs no lock. */
static void
frame_rows(struct page *p)
{
	size_t rows = (size_t)(p->last - p->first) + 1;

	for (size_t i = 0; i < rows; i++) {
		size_t end = i + 1 < rows ? p->at[i + 1] : p->text.len;
		const char *from = strstr(p->text.p + p->at[i], "data: ") + 6;

		p->frame[i] = p->framed.len;
		/* Behind the record is the newline of its own and the one that ends the event. */
		ws_frame(&p->framed, from, (size_t)(p->text.p + end - from) - 2);
	}
	p->frame[rows] = p->framed.len;
	p->frames = rows;
}

static struct page *
shared_page(const struct live *l, int64_t seq)
{
	struct page *p = l->oldest;

	if (!p || p->first > seq + 1)
		return NULL;
	while (p && p->last <= seq)
		p = p->next;
	return p;
}

int
live_take(struct live *l, int64_t seq, struct live_page *out)
{
	struct page *p;
	int rc = 0;

	pthread_mutex_lock(&l->lock);
	if (l->closing || seq >= l->seq) {
		pthread_mutex_unlock(&l->lock);
		return 0;
	}
	if ((p = shared_page(l, seq)))
		p->refs++;
	pthread_mutex_unlock(&l->lock);
	if (!p && !(p = page_make(l, seq, &rc)))
		return rc < 0 ? -1 : 0;
	if (!p->frames)
		frame_rows(p);
	*out = (struct live_page){p->first, p->last, p->framed.p, p->frame, p->frames, p};
	return 1;
}

void
live_put_back(struct live *l, struct live_page *k)
{
	pthread_mutex_lock(&l->lock);
	page_drop(k->page);
	pthread_mutex_unlock(&l->lock);
	k->page = NULL;
}

/* ---- from start to end ---------------------------------------------------------------- */

struct live *
live_new(struct web *w, struct fault *f)
{
	struct live *l = xcalloc(1, sizeof(*l));

	l->web = w;
	l->seq = w->seq;
	pthread_mutex_init(&l->lock, NULL);
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->wake >= 0) {
		loop_fd(w->loop, l->wake, POLLIN, on_wake, l);
		return l;
	}
	fault(f, OSERR, "eventfd: no descriptor is left");
	live_free(l);
	return NULL;
}

void
live_close(struct live *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->closing = true;
	for (struct stream *s = l->first; s; s = s->next)
		if (s->state != SENDING)
			go_on(s);
	pthread_mutex_unlock(&l->lock);
}

void
live_free(struct live *l)
{
	if (!l)
		return;
	forget_pages(l);
	if (l->wake >= 0) {
		loop_fd_remove(l->web->loop, l->wake);
		close(l->wake);
	}
	pthread_mutex_destroy(&l->lock);
	free(l);
}

int
live_streams(struct live *l)
{
	int n;

	pthread_mutex_lock(&l->lock);
	n = l->streams;
	pthread_mutex_unlock(&l->lock);
	return n;
}

int64_t
live_dropped(struct live *l)
{
	int64_t n;

	pthread_mutex_lock(&l->lock);
	n = l->dropped;
	pthread_mutex_unlock(&l->lock);
	return n;
}
