/*
 * fuzz: any bytes as a sheet. A row is a person that holds what it promises
 * (text of UTF-8 without controls, numbers, attributes that are JSON, a digest
 * that is its own, the key that was told beforehand), or it is refused with a
 * reason, and asked for its wish.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "json.h"
#include "mem.h"
#include "num.h"
#include "rows.h"
#include "sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int
zone(void *arg, const char *name, struct fault *f)
{
	(void)arg;
	return strlen(name) % 2 ? 0 : fault(f, DATAERR, "no such zone");
}

static void
must(int good)
{
	if (!good)
		abort();
}

static void
check_text(const char *s, size_t max)
{
	if (!s)
		return;
	must(*s && strlen(s) <= max);
	must(utf8_bad(s, strlen(s)) < 0 && text_control(s, strlen(s)) < 0);
}

static void
check_person(const struct person *p)
{
	struct buf b = {0};
	struct fault f;
	json_t *o;

	must(p->source && p->key && p->phones > 0 && p->phones <= CONTACT_PHONES);
	check_text(p->source, CONTACT_NAME_MAX);
	check_text(p->key, CONTACT_NAME_MAX);
	check_text(p->name, CONTACT_NAME_MAX);
	check_text(p->timezone, CONTACT_NAME_MAX);
	check_text(p->language, 35);
	for (int i = 0; i < p->phones; i++) {
		char text[20];
		phone_text(p->phone[i], text);
		must(phone_check(text, strlen(text), &f) == 0);
	}
	must(p->digest == person_digest(p));
	person_record(&b, p, NULL);
	o = json_read("record", b.p, b.len - 1, &f);
	must(o != NULL && b.p[b.len - 1] == '\n' && !memchr(b.p, '\n', b.len - 1));
	json_decref(o);
	buf_release(&b);
}

/* A table's row, whose person must be the one that sheet_key says. */
static int
read_row(struct sheet *s, const struct row *row, struct person *p, struct sheet_why *why,
    struct fault *f)
{
	struct slice key;
	char *before = sheet_key(s, row->field, row->n, &key) ? slice_dup(key) : NULL;
	int rc = sheet_row(s, row->field, row->n, p, why, f);

	must(rc != 0 || (before && strcmp(before, p->key) == 0));
	free(before);
	return rc;
}

static void
check_why(const struct sheet_why *why, const struct fault *f)
{
	must(f->code == DATAERR && *f->text && why->code && *why->code);
}

/* The wish of a row that is refused; broken: it is no row at all. */
static void
check_refused(struct sheet *s, const struct row *row, int broken)
{
	struct person p = {0};
	bool unclear;

	if (row->rec && broken)
		unclear = sheet_line_refused(s, row->raw);
	else if (row->rec)
		unclear = sheet_record_refused(s, row->rec, &p);
	else
		unclear = sheet_row_refused(s, row->field, row->n, broken, &p);
	must(!unclear || !p.do_not_call);
	must(p.phones >= 0 && p.phones <= CONTACT_PHONES);
	check_text(p.source, CONTACT_NAME_MAX);
	check_text(p.key, CONTACT_NAME_MAX);
}

static void
read_sheet(int fd, struct sheet *s, enum rows_format format, uint64_t skip)
{
	struct fault f = {.code = OK};
	struct rows *rows = rows_new(fd, "fuzz", format, 0, NULL, skip, &f);
	struct sheet_why why;
	struct person p;
	struct row row;
	int got, rc;

	if (!rows) {
		must(f.code == DATAERR || (f.code == USAGE && skip));
		return;
	}
	got = 1;
	if (!rows_are_records(rows) &&
	    (rows_next(rows, &row, &f) <= 0 || sheet_header(s, row.field, row.n, &f) < 0))
		got = 0;
	while (got != 0 && (got = rows_next(rows, &row, &f)) != 0) {
		if (got < 0) {
			must(f.code == DATAERR);
			check_refused(s, &row, 1);
			continue;
		}
		rc = row.rec ? sheet_record(s, row.rec, &p, &why, &f)
			     : read_row(s, &row, &p, &why, &f);
		if (rc == 0)
			check_person(&p);
		else if (rc < 0) {
			check_why(&why, &f);
			check_refused(s, &row, 0);
		}
	}
	rows_free(rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const maps[] = {"name=n", "phone2=p", "do_not_call=d"};
	struct sheet_rules rules = {.source = "s", .zone = zone, .map = maps};
	struct fault f;
	struct sheet *s;
	int fd;

	if (len < 2)
		return 0;
	rules.id = p[0] & 1 ? "k" : NULL;
	rules.source_given = p[0] & 2;
	rules.maps = p[0] & 8 ? COUNT(maps) : 0;
	rules.accept = p[0] & 4;
	rules.region = p[0] & 32 ? "IN" : p[0] & 16 ? "DE" : NULL;
	fd = memfd_create("sheet", 0);
	must(fd >= 0 && write(fd, p + 1, len - 1) == (ssize_t)len - 1);
	s = sheet_new(&rules, &f);
	read_sheet(fd, s, (enum rows_format)(p[0] >> 4 & 3), p[0] >> 6 & 1);
	sheet_free(s);
	close(fd);
	return 0;
}
