/*
 * upload: POST /api/v1/contacts/import: a sheet of people, by the code of
 * outreach-import. It runs in a child, as it takes longer than the main loop
 * has; the child tells how it ended through a pipe, and what was refused in a
 * file that is the answer. One at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api.h"
#include "imported.h"
#include "mem.h"
#include "phone.h"
#include "temp.h"
#include "words.h"

enum { FLUSH_AT = 64 << 10, RETRY_S = 5 };
enum { CHILD_ANSWER = STDERR_FILENO + 1, CHILD_TOLD, CHILD_END }; /* its descriptors */

/* What was asked; the texts lie in text. */
struct asked {
	struct import_rules rules;
	struct buf text[8 + SHEET_MAPS];
	size_t texts;
	const char *map[SHEET_MAPS];
	bool ignore_wishes; /* a column that looks like do_not_call is meant as an attribute */
};

struct upload {
	struct web *web;
	struct request *r;
	pid_t pid;
	int told;   /* the pipe that the child writes its fault to */
	int answer; /* NDJSON */
};

/* ---- what is asked: in the HTTP thread --------------------------------------------------- */

static void
forget_asked(void *data)
{
	struct asked *a = data;

	for (size_t i = 0; i < COUNT(a->text); i++)
		buf_release(&a->text[i]);
	free(a);
}

static int
type_of(const struct request *r, enum rows_format *format)
{
	static const struct {
		const char *type;
		enum rows_format format;
	} known[] = {{"text/csv", ROWS_CSV}, {"text/tab-separated-values", ROWS_TSV},
	    {"application/x-ndjson", ROWS_NDJSON}};
	const char *type = request_field(r, "Content-Type");

	for (size_t i = 0; type && i < COUNT(known); i++)
		if (strncasecmp(type, known[i].type, strlen(known[i].type)) == 0) {
			*format = known[i].format;
			return 0;
		}
	return -1;
}

/* A text of the query, kept; null if it is not there. -1 answered. */
static int
text_of(struct request *r, struct asked *a, const char *key, const char **to)
{
	struct buf *b = &a->text[a->texts++];
	int got = api_query(r, key, b);

	if (got > 0)
		*to = b->p;
	return got < 0 ? -1 : 0;
}

static int
flag_of(struct request *r, const char *key, bool *to)
{
	int64_t v = 0;
	int rc = api_query_int(r, key, 0, 1, &v);

	*to = v == 1;
	return rc;
}

/* map may stand several times: FIELD=COLUMN. */
static int
maps_of(struct request *r, struct asked *a)
{
	struct slice rest = r->query, raw;

	while (route_query(rest, "map", &raw)) {
		struct buf *b = &a->text[a->texts];

		if (a->rules.sheet.maps == SHEET_MAPS || route_text(raw, b) < 0) {
			request_problem(
			    r, 400, "map must be text, and stand at most %d times", SHEET_MAPS);
			return -1;
		}
		a->map[a->rules.sheet.maps++] = b->p;
		a->texts++;
		rest.len -= (size_t)(raw.p + raw.len - rest.p);
		rest.p = raw.p + raw.len;
	}
	a->rules.sheet.map = a->map;
	return 0;
}

static int
delimiter_of(struct request *r, struct asked *a)
{
	const char *text = NULL;

	if (text_of(r, a, "delimiter", &text) < 0)
		return -1;
	if (text && strcmp(text, "tab") == 0)
		text = "\t";
	if (text && (!*text || !strchr(",;\t|", *text) || text[1])) {
		request_problem(r, 400, "delimiter must be one of , ; | and tab");
		return -1;
	}
	a->rules.delimiter = text ? *text : '\0';
	return 0;
}

static int
read_asked(struct request *r, struct asked *a)
{
	static const char *const keys[] = {"accept_map", "delimiter", "dry_run", "encoding",
	    "id", "ignore_wishes", "map", "region", "replace", "skip_rows", "source", NULL};
	struct web *w = r->web;
	struct sheet_rules *sheet = &a->rules.sheet;
	int64_t skip = 0;
	struct fault f;

	sheet->source = a->rules.name = "upload";
	sheet->region = w->o.settings->region;
	if (api_known(r, keys) < 0 || text_of(r, a, "source", &sheet->source) < 0 ||
	    text_of(r, a, "id", &sheet->id) < 0 ||
	    text_of(r, a, "region", &sheet->region) < 0 ||
	    text_of(r, a, "encoding", &a->rules.encoding) < 0 || delimiter_of(r, a) < 0 ||
	    api_query_int(r, "skip_rows", 0, 1000, &skip) < 0 ||
	    flag_of(r, "accept_map", &sheet->accept) < 0 ||
	    flag_of(r, "ignore_wishes", &a->ignore_wishes) < 0 ||
	    flag_of(r, "replace", &a->rules.replace) < 0 ||
	    flag_of(r, "dry_run", &a->rules.dry) < 0 || maps_of(r, a) < 0)
		return -1;
	a->rules.skip_rows = (uint64_t)skip;
	sheet->source_given = strcmp(sheet->source, "upload") != 0;
	if (sheet->region && !phone_region_known(sheet->region))
		request_problem(
		    r, 400, "region: \"%.20s\" is no region such as IN or GB", sheet->region);
	struct sheet *trial = r->status ? NULL : sheet_new(sheet, &f);
	if (!trial && !r->status)
		request_problem(r, 400, "%s", f.text);
	sheet_free(trial);
	return r->status ? -1 : 0;
}

void
upload_read(struct request *r)
{
	struct asked *a = xcalloc(1, sizeof(*a));

	r->data = a;
	r->release = forget_asked;
	if (type_of(r, &a->rules.format) < 0)
		request_problem(r, 415,
		    "what is taken here is text/csv, text/tab-separated-values or application/x-ndjson");
	else if (r->file < 0)
		request_problem(r, 400, "the body is empty: it must be a sheet");
	else
		(void)read_asked(r, a);
}

/* ---- the child ----------------------------------------------------------------------------- */

struct child {
	int answer;
	struct imported sum;
	struct buf out;
};

static int
flush(struct child *c, size_t over, struct fault *f)
{
	if (c->out.len <= over)
		return 0;
	if (write(c->answer, c->out.p, c->out.len) != (ssize_t)c->out.len)
		return fault(
		    f, IOERR, "a temporary file cannot be written: %s", strerror(errno));
	buf_reset(&c->out);
	return 0;
}

static int
on_refused(void *arg, const struct import_refusal *refusal, struct fault *f)
{
	struct import_refusal said = *refusal;
	struct child *c = arg;
	struct buf reason = {0};

	words_http(&reason, refusal->reason);
	said.reason = reason.p;
	imported_refused(&c->sum, refusal->why->code);
	refusal_record(&c->out, &said);
	buf_release(&reason);
	return flush(c, FLUSH_AT, f);
}

/* Nobody reads a warning here: a column of wishes is obeyed, or somebody says that it is none. */
static int
check_wishes(const struct import *m, const struct asked *a, struct fault *f)
{
	const char *field, *column = import_unapplied(m, 0, &field);

	if (!column || a->ignore_wishes)
		return 0;
	return fault(f, DATAERR,
	    "column \"%s\" looks as if it said who must not be called, and is not mapped: add"
	    " map=%s=%s, or ignore_wishes=1 if it is no more than an attribute",
	    column, field, column);
}

static int
import_body(struct child *c, const struct asked *a, struct db *db, struct fault *f)
{
	struct import_face face = {.arg = c, .refused = on_refused};
	struct import *m = import_open("-", &a->rules, &face, f);
	struct import_count count = {0};
	int rc = m ? check_wishes(m, a, f) : -1;

	if (rc == 0)
		rc = import_compare(&m, 1, f);
	if (rc == 0)
		rc = import_run(m, db, &count, f);
	if (rc == 0) {
		c->sum.files = 1;
		c->sum.dry = a->rules.dry;
		c->sum.unapplied = import_unapplied(m, 0, NULL);
		imported_add(&c->sum, &count);
		imported_record(&c->sum, "outreach-serve", &c->out);
	}
	import_close(m);
	return rc < 0 ? -1 : flush(c, 0, f);
}

/*
 * The body is its standard input; of ours it keeps nothing but the answer and the pipe, and opens the
 * store anew: SQLite's connection is not to be carried over a fork.
 */
static void
child_main(const struct request *r, const struct asked *a, int answer, int told)
{
	const struct web *w = r->web;
	struct child c = {.answer = CHILD_ANSWER};
	struct db db;
	struct fault f;
	int rc = -1;

	/* Through numbers that none of them is to have. */
	const int body = fcntl(r->file, F_DUPFD, CHILD_END),
		  out = fcntl(answer, F_DUPFD, CHILD_END),
		  word = fcntl(told, F_DUPFD, CHILD_END);

	if (lseek(body, 0, SEEK_SET) < 0 || dup2(body, STDIN_FILENO) < 0 ||
	    dup2(out, CHILD_ANSWER) < 0 || dup2(word, CHILD_TOLD) < 0)
		_exit(OSERR);
	close_range(CHILD_END, ~0u, 0);
	if (db_open(&db, w->db->path, a->rules.dry ? DB_READ : DB_WRITE, &f) == 0) {
		copy_text(db.actor, sizeof(db.actor), *r->actor ? r->actor : w->actor);
		rc = import_body(&c, a, &db, &f);
		db_close(&db);
	}
	if (rc == 0)
		f = (struct fault){.code = OK};
	(void)!write(CHILD_TOLD, &f, sizeof(f));
	_exit(rc < 0 ? (int)f.code : OK);
}

/* ---- the answer ------------------------------------------------------------------------------- */

/* In the HTTP thread. */
static ssize_t
send_file(struct request *r, char *to, size_t max)
{
	ssize_t n = read(r->file, to, max);

	return n <= 0 ? -1 : n;
}

static void
answer(struct upload *u, const struct fault *f)
{
	struct request *r = u->r;

	if (f->code == OK) {
		lseek(u->answer, 0, SEEK_SET);
		close(r->file); /* the body, which is done with */
		r->file = u->answer;
		u->answer = -1;
		r->status = 200;
		r->type = "application/x-ndjson";
		r->stream = send_file;
	} else {
		request_fault(r, f);
	}
	server_answered(u->web->server, r);
}

static void
upload_free(struct upload *u)
{
	loop_fd_remove(u->web->loop, u->told);
	close(u->told);
	if (u->answer >= 0)
		close(u->answer);
	u->web->upload = NULL;
	free(u);
}

static void
on_told(void *arg, short revents)
{
	struct upload *u = arg;
	struct fault f;

	if (read(u->told, &f, sizeof(f)) != (ssize_t)sizeof(f))
		fault(&f, TEMPFAIL,
		    "the import was ended in the middle; what was stored is stored, and the same body again completes it");
	f.text[sizeof(f.text) - 1] = '\0';
	(void)waitpid(u->pid, NULL, 0);
	answer(u, &f);
	upload_free(u);
}

void
upload_end(struct web *w)
{
	struct upload *u = w->upload;

	if (!u)
		return;
	kill(u->pid, SIGKILL);
	on_told(u, 0);
}

static int
begin(struct upload *u, const struct asked *a, struct fault *f)
{
	int ends[2];

	if ((u->answer = temp_file(f)) < 0)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fault(f, OSERR, "pipe: %s", strerror(errno));
	u->told = ends[0];
	u->pid = fork();
	if (u->pid == 0)
		child_main(u->r, a, u->answer, ends[1]);
	close(ends[1]);
	if (u->pid > 0)
		return 0;
	close(ends[0]);
	return fault(f, OSERR, "fork: %s", strerror(errno));
}

int
upload_import(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct upload *u;

	if (w->upload) {
		request_problem(r, 503, "another file is being imported");
		request_add(r, "Retry-After", "%d", RETRY_S);
		return SERVE_DONE;
	}
	u = xcalloc(1, sizeof(*u));
	*u = (struct upload){.web = w, .r = r, .told = -1, .answer = -1};
	if (begin(u, r->data, f) < 0) {
		if (u->answer >= 0)
			close(u->answer);
		free(u);
		return -1;
	}
	w->upload = u;
	loop_fd(w->loop, u->told, POLLIN, on_told, u);
	return SERVE_LATER;
}
