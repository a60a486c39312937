/*
 * told: the words of outreach-import.
 */
#include "told.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "out.h"
#include "temp.h"

enum { LINES = 20, SHOWN = 60, FLUSH = 64 << 10, QUIET_MS = 500, REDRAW_MS = 200 };

static const char tool[] = "outreach-import";

volatile sig_atomic_t told_signal;

static void
on_signal(int signo)
{
	told_signal = signo;
}

void
told_catch_signals(void)
{
	/* Without SA_RESTART: a read of a pipe that gives nothing must end too. */
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static int
interrupted(struct fault *f)
{
	return told_signal ? fault(f, TEMPFAIL, "interrupted; the same command again goes on")
			   : 0;
}

int
told_flush(struct told *t, struct fault *f)
{
	return out_flush(&t->out, f);
}

static int
on_person(void *arg, const struct person *p, enum people_change change, struct fault *f)
{
	struct told *t = arg;

	person_record(&t->out, p, people_change_name(change));
	if (t->all.dry) {
		t->out.len -= 2; /* }\n */
		buf_adds(&t->out, ",\"dry_run\":true}\n");
	}
	if (t->out.len < FLUSH)
		return 0;
	return interrupted(f) < 0 ? -1 : out_flush(&t->out, f);
}

static void
clear_progress(struct told *t)
{
	if (t->drawn)
		fputs("\r\033[K", stderr);
	t->drawn = false;
}

static int
on_refused(void *arg, const struct import_refusal *r, struct fault *f)
{
	struct told *t = arg;

	imported_refused(&t->all, r->why->code);
	if (++t->refusals > LINES && !t->verbose)
		return interrupted(f);
	clear_progress(t);
	fprintf(stderr, "%s: %s:%llu:", tool, r->file, (unsigned long long)r->line);
	if (r->why->column)
		fprintf(stderr, "%zu:", r->why->column);
	fprintf(stderr, " %s\n", r->reason);
	return interrupted(f);
}

/* The beginning of a text of several lines, no character by half. */
static void
say_line(const char *text)
{
	size_t n = strlen(text), len = n;

	for (n = n < SHOWN ? n : SHOWN; n < len && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	for (size_t i = 0; i < n; i++)
		fputc((unsigned char)text[i] < ' ' ? ' ' : text[i], stderr);
	fputs(n < len ? "..." : "", stderr);
}

static int
on_remark(void *arg, const struct import_remark *r, struct fault *f)
{
	struct told *t = arg;

	if (++t->remarks > LINES && !t->verbose)
		return interrupted(f);
	clear_progress(t);
	fprintf(stderr, "%s: %s:%llu: warning: %s \"", tool, r->file,
	    (unsigned long long)r->line, r->column);
	say_line(r->text);
	fputs("\" is taken for a wish not to be called\n", stderr);
	return interrupted(f);
}

/* " (3 phone, 1 fields)": how many of each kind were refused. */
static void
say_kinds(const struct told *t)
{
	for (int i = 0; i < IMPORTED_KINDS && t->all.kind[i].code; i++)
		fprintf(stderr, "%s%llu %s", i ? ", " : " (",
		    (unsigned long long)t->all.kind[i].n, t->all.kind[i].code);
	if (t->all.kind[0].code)
		fputc(')', stderr);
}

static int
on_progress(
    void *arg, uint64_t done, uint64_t all, const struct import_count *count, struct fault *f)
{
	struct told *t = arg;
	int64_t now = clock_mono();

	if (!t->terminal) {
		t->terminal = !t->quiet && isatty(STDERR_FILENO) == 1 ? 1 : -1;
		t->started = now;
	}
	if (t->terminal > 0 && now - t->started >= QUIET_MS && now - t->shown >= REDRAW_MS) {
		fprintf(stderr, "\r%s: %3llu %%, %llu rows, %llu refused", tool,
		    (unsigned long long)(all ? done * 100 / all : 0),
		    (unsigned long long)count->rows, (unsigned long long)count->refused);
		say_kinds(t);
		fputs("\033[K", stderr);
		fflush(stderr);
		t->shown = now;
		t->drawn = true;
	}
	return interrupted(f);
}

struct import_face
told_face(struct told *t)
{
	return (struct import_face){t, on_person, on_refused, on_remark, on_progress};
}

void
told_unapplied(struct told *t, const char *file, const char *column, const char *field)
{
	struct buf name = {0};

	clear_progress(t);
	buf_shell(&name, slice(column));
	fprintf(stderr,
	    "%s: %s: warning: column %s is kept as an attribute, and nobody is on do-not-call "
	    "for it; --map %s=%s obeys it, --map attribute=%s says that it is no wish\n",
	    tool, strcmp(file, "-") ? file : "<stdin>", name.p, field, name.p, name.p);
	buf_release(&name);
}

void
told_end(struct told *t, const char *file, size_t files)
{
	const struct import_count *c = &t->all.count;

	clear_progress(t);
	if (t->refusals > LINES && !t->verbose)
		fprintf(stderr, "%s: and %llu more refused rows (-v shows all)\n", tool,
		    (unsigned long long)t->refusals - LINES);
	if (t->remarks > LINES && !t->verbose)
		fprintf(stderr, "%s: and %llu more of such texts (-v shows all)\n", tool,
		    (unsigned long long)t->remarks - LINES);
	if (t->remarks)
		fprintf(stderr,
		    "%s: warning: %llu %s on do-not-call for a text of their row; outreach-dnc remove takes "
		    "that back, --map attribute=COLUMN passes a column over\n",
		    tool, (unsigned long long)t->remarks,
		    t->remarks == 1 ? "person is" : "people are");
	/* Whatever -q says, and however many lines were not shown. */
	if (c->unheard)
		fprintf(stderr,
		    "%s: warning: %llu refused %s not to be called, or may, and nobody is on do-not-call "
		    "for it (outreach-dnc add)\n",
		    tool, (unsigned long long)c->unheard,
		    c->unheard == 1 ? "row asks" : "rows ask");
	/* A sheet of nobody is rarely what was meant. */
	if (t->quiet && c->rows)
		return;
	if (file)
		fprintf(stderr, "%s: %s: ", tool, strcmp(file, "-") ? file : "<stdin>");
	else
		fprintf(stderr, "%s: %zu files: ", tool, files);
	fprintf(stderr, "%llu %s: %llu accepted, %llu updated, %llu unchanged, %llu refused",
	    (unsigned long long)c->rows, c->rows == 1 ? "row" : "rows",
	    (unsigned long long)c->accepted, (unsigned long long)c->updated,
	    (unsigned long long)c->unchanged, (unsigned long long)c->refused);
	say_kinds(t);
	if (c->do_not_call)
		fprintf(stderr, ", %llu on do-not-call", (unsigned long long)c->do_not_call);
	if (c->skipped)
		fprintf(
		    stderr, ", %llu empty or the header again", (unsigned long long)c->skipped);
	fputs(t->all.dry ? " (dry run)\n" : "\n", stderr);
}

int
told_summary(struct told *t, const char *path, size_t files, struct fault *f)
{
	struct newfile n;
	int rc = newfile_open(&n, path, f);

	if (rc == 0) {
		t->all.files = files;
		imported_record(&t->all, tool, &n.out);
		rc = newfile_finish(&n, f);
	}
	newfile_drop(&n);
	return rc;
}

void
told_release(struct told *t)
{
	buf_release(&t->out);
}
