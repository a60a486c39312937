/*
 * import: passes over one file. The first finds out who stands there twice
 * (import_twice.c), the second stores the rest and tells of everything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "header.h"
#include "hex.h"
#include "import_parts.h"
#include "journal.h"
#include "mem.h"
#include "num.h"
#include "tz.h"
#include "zone.h"

enum { CHUNK = 256 << 10, LOOK_EVERY = 1024 };

/* ---- the file ---------------------------------------------------------------- */

static int
check_zone(void *arg, const char *name, struct fault *f)
{
	struct buf tzif = {0};
	struct zone *zone = NULL;

	(void)arg;
	if (tz_read(name, &tzif, f) == 0)
		zone = zone_new(name, tzif.p, tzif.len, f);
	buf_release(&tzif);
	if (!zone)
		return -1;
	zone_free(zone);
	return 0;
}

/* "data/students.csv" is the source "students". */
static char *
source_of(const char *path)
{
	const char *base = strrchr(path, '/'), *dot;

	if (!strcmp(path, "-"))
		return xstrdup("stdin");
	base = base ? base + 1 : path;
	dot = strrchr(base, '.');
	return dot && dot > base ? xstrndup(base, (size_t)(dot - base)) : xstrdup(base);
}

static int
set_source(struct import *m, const char *path, struct fault *f)
{
	const char *given = m->rules->sheet.source;
	size_t len;

	m->source = given ? xstrdup(given) : source_of(path);
	len = strlen(m->source);
	if (len && len <= CONTACT_NAME_MAX && utf8_bad(m->source, len) < 0 &&
	    text_control(m->source, len) < 0)
		return 0;
	return fault(f, USAGE,
	    "%s: the source must be text of 1 to %d bytes; give one with --source", m->file,
	    CONTACT_NAME_MAX);
}

static int
show_progress(struct import *m, struct fault *f)
{
	off_t at = lseek(m->fd, 0, SEEK_CUR);

	if (!m->face->progress)
		return 0;
	return m->face->progress(m->face->arg, m->done + (at > 0 ? (uint64_t)at : 0),
	    (uint64_t)m->passes * (uint64_t)m->st.st_size, &m->count, f);
}

/* Reads all of a pipe into a file that can be read twice. */
static int
spool(struct import *m, struct fault *f)
{
	int to = temp_file(f), rc = -1;
	char *chunk = xmalloc(CHUNK);
	ssize_t n;

	if (to < 0)
		goto out;
	while ((n = read(m->fd, chunk, CHUNK)) != 0) {
		int why = errno;

		/* A pipe that is never empty interrupts no read. */
		if (show_progress(m, f) < 0)
			goto out;
		if (n < 0 && why == EINTR)
			continue;
		if (n < 0) {
			fault(f, IOERR, "%s: %s", m->file, strerror(why));
			goto out;
		}
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(to, chunk + done, (size_t)(n - done))) < 0) {
				fault(f, IOERR, "temporary file: %s", strerror(errno));
				goto out;
			}
	}
	if (m->fd != STDIN_FILENO)
		close(m->fd);
	m->fd = to;
	to = -1;
	rc = 0;
out:
	free(chunk);
	if (to >= 0)
		close(to);
	return rc;
}

static int
open_file(struct import *m, const char *path, struct fault *f)
{
	bool input = !strcmp(path, "-");

	m->file = xstrdup(m->rules->name ? m->rules->name : input ? "<stdin>" : path);
	buf_utf8(&m->name, m->file);
	m->fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (m->fd < 0 || fstat(m->fd, &m->st) < 0)
		return fault(f, NOINPUT, "%s: %s%s", path, strerror(errno),
		    errno == ENOENT ? " (the path of a sheet, or none to read standard input)"
				    : "");
	if (S_ISDIR(m->st.st_mode))
		return fault(f, NOINPUT, "%s: is a directory", path);
	/* What does not start at its beginning, or cannot go back there, is copied. */
	if ((!S_ISREG(m->st.st_mode) || lseek(m->fd, 0, SEEK_CUR) != 0) && spool(m, f) < 0)
		return -1;
	if (fstat(m->fd, &m->st) < 0)
		return fault(f, IOERR, "%s: %s", path, strerror(errno));
	return 0;
}

static int
hash_file(struct import *m, struct fault *f)
{
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	char *chunk = xmalloc(CHUNK);
	off_t at = 0;
	ssize_t n;

	sha256_init(&sha);
	while ((n = pread(m->fd, chunk, CHUNK, at)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		sha256_update(&sha, (size_t)n, (const unsigned char *)chunk);
		at += n;
	}
	free(chunk);
	if (n < 0)
		return fault(f, IOERR, "%s: %s", m->file, strerror(errno));
	sha256_digest(&sha, sizeof digest, digest);
	hex_text(digest, sizeof digest, m->sha256);
	return 0;
}

/* ---- one pass ---------------------------------------------------------------- */

enum { TITLES = 20 };

/* The line that reads like the header, if it is one of the first behind this; 0 if none does. */
static uint64_t
find_header(struct import *m)
{
	const struct import_rules *r = m->rules;
	struct fault ignored;
	uint64_t found = 0;

	for (uint64_t skip = 1; skip <= TITLES && !found; skip++) {
		struct rows *rows = rows_new(m->fd, m->file, r->format, r->delimiter,
		    r->encoding, r->skip_rows + skip, &ignored);
		struct row row;

		if (rows && rows_next(rows, &row, &ignored) > 0 &&
		    header_likely(row.field, row.n))
			found = row.line;
		rows_free(rows);
	}
	return found;
}

/* A header that is none may be a title above one. */
static int
refuse_header(struct import *m, const struct row *row, bool likely, struct fault *f)
{
	unsigned long long line = row->line, header = likely ? 0 : find_header(m);

	if (header)
		return fault(f, DATAERR,
		    "%s:%llu: is no header, and line %llu looks like one; if so, add --skip-rows %llu",
		    m->file, line, header, header - 1);
	return fault_in(f, "%s:%llu", m->file, line);
}

static int
read_header(struct import *m, const struct pass *pass, struct fault *f)
{
	struct row row;
	int got = rows_next(m->rows, &row, f);

	if (got < 0)
		return -1;
	if (got == 0)
		return m->rules->skip_rows
		    ? fault(f, DATAERR,
			  "%s: has no row behind the %llu that --skip-rows passes over",
			  m->file, (unsigned long long)m->rules->skip_rows)
		    : fault(f, DATAERR, "%s: is empty, there is not even a header", m->file);
	/* Asked before, as the fields are gone when other rows are looked at. */
	bool likely = header_likely(row.field, row.n);
	if (sheet_header(m->sheet, row.field, row.n, f) < 0)
		return refuse_header(m, &row, likely, f);
	return pass->header ? pass->header(m, &row, f) : 0;
}

static int
take_row(struct import *m, const struct row *row, const struct pass *pass, struct fault *f)
{
	struct sheet_why why = {0};
	struct person p;
	int rc = pass->over ? pass->over(m, row, f) : 0;

	if (rc)
		return rc < 0 ? -1 : 0;
	rc = row->rec ? sheet_record(m->sheet, row->rec, &p, &why, f)
		      : sheet_row(m->sheet, row->field, row->n, &p, &why, f);
	if (rc == 0)
		return pass->good(m, row, &p, f);
	if (rc > 0) {
		m->count.skipped++;
		return 0;
	}
	return f->code == DATAERR ? pass->bad(m, row, &why, f) : -1;
}

static int
walk(struct import *m, const struct pass *pass, struct fault *f)
{
	struct row row;
	int got;

	m->seen = 0;
	while ((got = rows_next(m->rows, &row, f)) != 0) {
		if (++m->seen % LOOK_EVERY == 0 && show_progress(m, f) < 0)
			return -1;
		if (got > 0) {
			if (take_row(m, &row, pass, f) < 0)
				return -1;
			continue;
		}
		struct sheet_why why = {.code = row.code};
		if (f->code != DATAERR || rows_broken(m->rows) ||
		    pass->bad(m, &row, &why, f) < 0)
			return -1;
	}
	return 0;
}

int
import_read(struct import *m, const struct pass *pass, struct fault *f)
{
	const struct import_rules *r = m->rules;
	int rc = -1;

	m->rows =
	    rows_new(m->fd, m->file, r->format, r->delimiter, r->encoding, r->skip_rows, f);
	if (m->rows && (rows_are_records(m->rows) || read_header(m, pass, f) == 0))
		rc = walk(m, pass, f);
	rows_free(m->rows);
	m->rows = NULL;
	m->done += (uint64_t)m->st.st_size;
	return rc;
}

/* ---- opening ------------------------------------------------------------------- */

struct import *
import_open(const char *path, const struct import_rules *rules, const struct import_face *face,
    struct fault *f)
{
	struct import *m = xcalloc(1, sizeof *m);

	m->rules = rules;
	m->face = face;
	m->passes = 2;
	m->strangers = spill_new();
	m->rejects.fd = m->why.fd = -1;
	if (open_file(m, path, f) < 0 || set_source(m, path, f) < 0)
		goto bad;
	m->sheet_rules = rules->sheet;
	m->sheet_rules.source_given = rules->sheet.source != NULL;
	m->sheet_rules.source = m->source;
	m->sheet_rules.zone = check_zone;
	m->sheet = sheet_new(&m->sheet_rules, f);
	if (m->sheet && hash_file(m, f) == 0 && import_note(m, f) == 0)
		return m;
bad:
	import_close(m);
	return NULL;
}

void
import_close(struct import *m)
{
	if (!m)
		return;
	newfile_drop(&m->rejects);
	newfile_drop(&m->why);
	people_batch_free(m->batch);
	import_drop_held(m);
	free(m->held);
	spill_free(m->noted);
	spill_free(m->clashes);
	spill_free(m->strangers);
	free(m->line);
	buf_release(&m->header);
	buf_release(&m->name);
	sheet_free(m->sheet);
	if (m->fd > STDIN_FILENO)
		close(m->fd);
	free(m->source);
	free(m->file);
	free(m);
}

void
import_map(const struct import *m, struct buf *b)
{
	sheet_map(m->sheet, b);
}

const char *
import_unapplied(const struct import *m, size_t i, const char **field)
{
	return sheet_unapplied(m->sheet, i, field);
}

uint64_t
import_refused(const struct import *m)
{
	return m->refused + m->strange;
}

/* ---- the second: everything is told ------------------------------------------ */

/* Somebody else has this identity: a later pass, which has the row again, tells it. */
static int
note_stranger(struct import *m, uint64_t line, const struct person *p, struct fault *f)
{
	struct spill_item item = {line, (uint64_t)p->id, 0};

	m->strange++;
	return spill_add(m->strangers, &item, f);
}

static int
tell_remark(struct import *m, uint64_t line, const struct person *p, struct fault *f)
{
	struct buf column = {0}, text = {0};
	int rc = 0;

	if (m->face->remark && sheet_remark_of(m->sheet, p, &column, &text)) {
		struct import_remark r = {m->file, line, column.p, text.p, p};
		rc = m->face->remark(m->face->arg, &r, f);
	}
	buf_release(&column);
	buf_release(&text);
	return rc;
}

int
import_put_batch(struct import *m, struct fault *f)
{
	enum people_change change;
	struct person p;

	if (people_batch_put(m->look, m->batch, !m->db || m->rules->dry, f) < 0)
		return -1;
	m->lines = 0;
	for (size_t i = 0; people_batch_get(m->batch, i, &p, &change); i++) {
		if (change == PERSON_STRANGER) {
			if (note_stranger(m, m->line[i], &p, f) < 0)
				return -1;
			continue;
		}
		if (!m->db)
			continue;
		m->count.accepted += change == PERSON_ACCEPTED;
		m->count.updated += change == PERSON_UPDATED;
		m->count.unchanged += change == PERSON_UNCHANGED;
		m->count.do_not_call += p.do_not_call;
		if (p.remark && p.do_not_call && tell_remark(m, m->line[i], &p, f) < 0)
			return -1;
		if (m->face->person && m->face->person(m->face->arg, &p, change, f) < 0)
			return -1;
	}
	people_batch_reset(m->batch);
	/* Somebody of their identity may have stood in the batch. */
	return import_tell_held(m, f);
}

static int
refuse_clash(struct import *m, const struct row *row, const struct person *p, struct fault *f)
{
	struct sheet_why why = {.code = "identity", .value = slice(p->key)};
	unsigned long long line = import_line(m->clash.a);
	const struct import *other = m->files[m->clash.a >> LINE_BITS];
	bool is_phone = p->key[0] == '+' && phone_key(p->key) == p->phone[0];

	why.field = is_phone ? "phone" : "id";
	if (other == m)
		fault(f, DATAERR,
		    "%s %s is line %llu too, with other values; both are refused%s", why.field,
		    p->key, line,
		    is_phone ? " (--id COLUMN tells people on one number apart)" : "");
	else
		fault(f, DATAERR,
		    "%s %s is %s:%llu too, with other values; both are refused"
		    " (if these are different lists, import each with a --source of its own)",
		    why.field, p->key, other->file, line);
	m->clash_left = spill_next(m->clashes, &m->clash, f);
	return m->clash_left < 0 ? -1
				 : import_refuse(m, row, &why, &(struct refused){.p = p}, f);
}

static int
collect(struct import *m, const struct row *row, const struct person *p, struct fault *f)
{
	m->count.rows++;
	if (!m->batch)
		return 0;
	if (!people_batch_add(m->batch, p)) {
		if (import_put_batch(m, f) < 0)
			return -1;
		(void)people_batch_add(m->batch, p);
	}
	if (m->lines == m->lines_cap) {
		m->lines_cap = m->lines_cap ? 2 * m->lines_cap : 256;
		m->line = xrealloc(m->line, m->lines_cap, sizeof *m->line);
	}
	m->line[m->lines++] = row->line;
	return 0;
}

static int
load_good(struct import *m, const struct row *row, const struct person *p, struct fault *f)
{
	if (m->clash_left > 0 && m->clash.key == row->line)
		return refuse_clash(m, row, p, f);
	return collect(m, row, p, f);
}

/* ---- beside them: who is not the one that the store has ------------------------- */

static int
check_good(struct import *m, const struct row *row, const struct person *p, struct fault *f)
{
	if (m->clash_left <= 0 || m->clash.key != row->line)
		return collect(m, row, p, f);
	m->refused++;
	m->clash_left = spill_next(m->clashes, &m->clash, f);
	return m->clash_left < 0 ? -1 : 0;
}

static int
check_bad(struct import *m, const struct row *row, struct sheet_why *why, struct fault *f)
{
	(void)row;
	(void)why;
	(void)f;
	m->refused++;
	return 0;
}

int
import_pass_over(
    struct import *m, const struct row *row, struct sheet_why *why, struct fault *f)
{
	(void)m;
	(void)row;
	(void)why;
	(void)f;
	return 0;
}

static void
obey(struct import *m)
{
	struct buf reason = {0}, remark = {0};

	buf_printf(&reason, "do_not_call of %s", m->name.p);
	buf_printf(&remark, "a remark in %s", m->name.p);
	people_batch_obey(m->batch, reason.p, remark.p);
	buf_release(&reason);
	buf_release(&remark);
}

/* One pass; with a store, those who are right go there, or are only looked for. */
static int
collect_all(struct import *m, const struct pass *pass, struct db *db, struct fault *f)
{
	if (spill_rewind(m->clashes, f) < 0)
		return -1;
	m->clash_left = spill_next(m->clashes, &m->clash, f);
	if (db) {
		m->look = db;
		m->batch = people_batch_new();
		if (!m->rules->replace)
			people_batch_be_careful(m->batch);
		obey(m);
	}
	if (m->clash_left < 0 || import_read(m, pass, f) < 0)
		return -1;
	return db ? import_put_batch(m, f) : 0;
}

int
import_check(struct import *m, struct db *db, struct fault *f)
{
	static const struct pass pass = {NULL, NULL, check_good, check_bad};
	int rc;

	m->passes++;
	rc = collect_all(m, &pass, m->rules->replace ? NULL : db, f);
	people_batch_free(m->batch);
	m->batch = NULL;
	return rc;
}

/* The name and the first number, as far as they are known. */
static void
buf_who(struct buf *b, const struct person *p)
{
	char phone[PHONE_SIZE];

	if (p->name)
		buf_printf(b, "\"%s\", ", p->name);
	buf_adds(b, p->phones ? phone_text(p->phone[0], phone) : "without a number");
}

static int
is_known(struct import *m, const struct row *row, struct fault *f)
{
	(void)f;
	return m->clash_left <= 0 || m->clash.key != row->line;
}

static int
refuse_stranger(
    struct import *m, const struct row *row, const struct person *p, struct fault *f)
{
	struct sheet_why why = {.code = "identity", .field = "id", .value = slice(p->key)};
	int64_t id = (int64_t)m->clash.a;
	struct person stored;
	struct buf who = {0};
	int rc;

	/* Its strings are the store's, those of the row are the sheet's. */
	if ((rc = people_get(m->look, id, &stored, f)) < 0)
		return -1;
	buf_who(&who, p);
	if (rc)
		buf_adds(&who, " here, and ");
	if (rc)
		buf_who(&who, &stored);
	fault(f, DATAERR,
	    "id %s of source %s is contact %lld, somebody else (%s): for another list give"
	    " --source NAME, if it is the same person --replace",
	    p->key, p->source, (long long)id, who.p);
	buf_release(&who);
	m->clash_left = spill_next(m->strangers, &m->clash, f);
	return m->clash_left < 0
	    ? -1
	    : import_refuse(m, row, &why, &(struct refused){.p = p, .stranger = true}, f);
}

/* Their rows are gone by the time that the store is asked, so that they are read again. */
static int
tell_strangers(struct import *m, struct fault *f)
{
	static const struct pass pass = {NULL, is_known, refuse_stranger, import_pass_over};
	uint64_t skipped = m->count.skipped;

	if (!m->strange)
		return 0;
	m->passes++;
	m->count.rows -= m->strange; /* counted when they are told */
	if (spill_rewind(m->strangers, f) < 0)
		return -1;
	m->clash_left = spill_next(m->strangers, &m->clash, f);
	if (m->clash_left < 0 || import_read(m, &pass, f) < 0)
		return -1;
	m->count.skipped = skipped;
	return m->batch ? import_put_batch(m, f) : 0;
}

static int
open_rejects(struct import *m, struct fault *f)
{
	const char *path = m->rules->rejects;
	char *why;
	int rc;

	if (!path)
		return 0;
	why = xasprintf("%s.why", path);
	rc = newfile_open(&m->rejects, path, f) < 0 || newfile_open(&m->why, why, f) < 0;
	free(why);
	return rc ? -1 : 0;
}

static int
close_rejects(struct import *m, struct fault *f)
{
	if (!m->rules->rejects)
		return 0;
	return newfile_finish(&m->rejects, f) < 0 ? -1 : newfile_finish(&m->why, f);
}

static int
add_journal_row(struct import *m, struct fault *f)
{
	struct entry e = {.at = clock_wall(), .kind = "import.done", .source = "file"};
	struct buf fact = {0}, body = {0};
	int rc = -1;

	buf_member_i(&fact, "rows", (int64_t)m->count.rows);
	buf_member_i(&fact, "accepted", (int64_t)m->count.accepted);
	buf_member_i(&fact, "updated", (int64_t)m->count.updated);
	buf_member_i(&fact, "unchanged", (int64_t)m->count.unchanged);
	buf_member_i(&fact, "refused", (int64_t)m->count.refused);
	buf_member(&fact, "sha256", m->sha256);
	buf_addc(&fact, '}');
	buf_member(&body, "file", m->name.p);
	buf_member(&body, "source", m->source);
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = body.p;
	if (db_begin(m->db, f) < 0)
		goto out;
	if (people_tidy(m->db, f) < 0 || journal_add(m->db, &e, f) < 0)
		db_rollback(m->db);
	else
		rc = db_commit(m->db, f);
out:
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

/* The passes must have seen the same file. */
static int
unchanged(struct import *m, struct fault *f)
{
	struct stat now;

	if (fstat(m->fd, &now) < 0)
		return fault(f, IOERR, "%s: %s", m->file, strerror(errno));
	if (now.st_size == m->st.st_size && now.st_mtim.tv_sec == m->st.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == m->st.st_mtim.tv_nsec)
		return 0;
	return fault(
	    f, TEMPFAIL, "%s: changed while it was imported; import it again", m->file);
}

int
import_run(struct import *m, struct db *db, struct import_count *count, struct fault *f)
{
	static const struct pass pass = {
	    import_keep_header, NULL, load_good, import_refuse_bad};
	int rc = -1;

	m->db = db;
	m->count = (struct import_count){0};
	if (open_rejects(m, f) < 0 || collect_all(m, &pass, db, f) < 0 ||
	    tell_strangers(m, f) < 0)
		goto out;
	if (unchanged(m, f) < 0 || close_rejects(m, f) < 0)
		goto out;
	rc = db && !m->rules->dry ? add_journal_row(m, f) : 0;
out:
	*count = m->count;
	return rc;
}
