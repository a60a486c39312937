/*
 * import: the list of somebody else, whole or not at all. Files are read to
 * their end before the store is written.
 */
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "../tool.h"
#include "column.h"
#include "dnc_list.h"
#include "keys.h"
#include "mem.h"
#include "numbers.h"
#include "numset.h"
#include "word.h"

#define DAY INT64_C(86400000)

struct importing {
	struct dnc_tool *t;
	enum column_format format;
	struct numset *set;
	struct dnc_file *file;
	size_t files;
	uint64_t refused;
};

static int
refuse(struct importing *m, struct dnc_file *file, const struct fault *f)
{
	if (f->code != DATAERR || !m->t->keep_going)
		return -1;
	tool_report(f);
	file->refused++;
	m->refused++;
	return 0;
}

static int
read_rows(struct importing *m, struct column *c, struct dnc_file *file, struct fault *f)
{
	struct slice s;
	uint64_t line;
	int64_t phone;
	int got;

	while ((got = column_next(c, &s, &line, f)) != 0) {
		if (got > 0 && number_read(s.p, s.len, m->t->region, &phone, f) == 0) {
			file->numbers++;
			if (numset_add(m->set, (uint64_t)phone, f) < 0)
				return -1;
			continue;
		}
		if (got > 0)
			fault_in(f, "%s:%llu", file->name, (unsigned long long)line);
		if (refuse(m, file, f) < 0)
			return -1;
	}
	column_digest(c, file->sha256);
	return 0;
}

static int
read_file(struct importing *m, const char *path, struct fault *f)
{
	struct dnc_file *file;
	struct column *c;
	int fd = STDIN_FILENO, rc;

	m->file = xrealloc(m->file, m->files + 1, sizeof *m->file);
	file = &m->file[m->files++];
	*file = (struct dnc_file){.name = strcmp(path, "-") ? path : "<stdin>"};
	if (strcmp(path, "-") && (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return fault(f, NOINPUT, "%s: %s", path, strerror(errno));
	c = column_new(fd, file->name, m->format, m->t->column, f);
	rc = c ? read_rows(m, c, file, f) : -1;
	column_free(c);
	if (fd != STDIN_FILENO)
		close(fd);
	return rc;
}

/* A date is the start of its day in UTC. */
static int
as_of(const char *text, int64_t *at, struct fault *f)
{
	char full[40];

	if (strlen(text) == 10)
		snprintf(full, sizeof full, "%sT00:00:00Z", text);
	else
		copy_text(full, sizeof full, text);
	if (num_instant("--as-of", full, at, f) < 0)
		return fault(f, USAGE,
		    "--as-of \"%.40s\" is no date such as 2026-03-01 (or 2026-03-01T06:00:00Z)",
		    text);
	if (*at > clock_wall() + DAY)
		return fault(f, USAGE, "--as-of %s is in the future", text);
	return 0;
}

static int
rules(struct importing *m, struct dnc_import *in, struct fault *f)
{
	static const char *const formats[] = {"lines", "csv", "ndjson", NULL};
	struct dnc_tool *t = m->t;
	size_t i = 0;

	if (!t->list || !keys_name_ok(t->list) || !strcmp(t->list, "all") ||
	    !strcmp(t->list, "none"))
		return fault(f, USAGE,
		    "--list NAME must name the list: lower-case letters, digits, - and _");
	if (t->max_age && !t->as_of)
		return fault(
		    f, USAGE, "--max-age needs --as-of DATE: how old a list is, its date says");
	*in = (struct dnc_import){.name = t->list, .as_of = clock_wall(), .update = t->update};
	if (t->max_age &&
	    (num_duration("--max-age", t->max_age, &in->max_age, f) < 0 || in->max_age <= 0))
		return fault(
		    f, USAGE, "--max-age \"%.20s\" is no time such as 31d", t->max_age);
	if (t->as_of && as_of(t->as_of, &in->as_of, f) < 0)
		return -1;
	if (word_check("--format", t->format, formats, f) < 0)
		return -1;
	while (t->format && strcmp(t->format, formats[i]))
		i++;
	m->format = t->format ? (enum column_format)(COLUMN_LINES + i) : COLUMN_DETECT;
	return check_region(t, f);
}

static void
say(const struct importing *m, const struct dnc_list *l)
{
	char date[32];

	fprintf(stderr, TOOL ": the list %s of %.10s is in force: %lld number%s", l->name,
	    num_instant_text(l->as_of, date), (long long)l->numbers, &"s"[l->numbers == 1]);
	if (l->max_age)
		fprintf(stderr, ", until %s%s", num_instant_text(l->until, date),
		    l->until <= clock_wall() ? " (which is over)" : "");
	if (m->refused)
		fprintf(stderr, "; %llu refused", (unsigned long long)m->refused);
	fputc('\n', stderr);
}

static int
import(struct importing *m, char **files, struct dnc_list *now, struct fault *f)
{
	struct dnc_import in;

	if (rules(m, &in, f) < 0)
		return -1;
	if (!*files && read_file(m, "-", f) < 0)
		return -1;
	for (; *files; files++)
		if (read_file(m, *files, f) < 0)
			return -1;
	in.file = m->file;
	in.files = m->files;
	return dnc_list_import(&m->t->db, &in, m->set, now, f);
}

int
verb_import(struct dnc_tool *t, char **files)
{
	struct importing m = {.t = t, .set = numset_new()};
	struct dnc_list now;
	struct fault f;
	int rc = import(&m, files, &now, &f);

	numset_free(m.set);
	free(m.file);
	if (rc < 0)
		return tool_fail(&f);
	if (!t->quiet)
		say(&m, &now);
	return m.refused ? SOME : OK;
}
