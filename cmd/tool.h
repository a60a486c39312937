/*
 * tool: how a command speaks and opens its store; for commands alone, as the
 * library neither prints nor exits. Define TOOL, the command's name, first.
 */
#ifndef TOOL_H
#define TOOL_H

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "db.h"
#include "fault.h"
#include "num.h"
#include "out.h"
#include "renumber.h"
#include "settings.h"
#include "word.h"
#include "zones.h"

/* The stop that was shown; weak: one for all files of a tool. */
__attribute__((weak)) char tool_noted[sizeof(((struct fault *)0)->text)];

/* One line on stderr; not twice that everything is stopped. */
__attribute__((unused)) static void
tool_report(const struct fault *f)
{
	if (f->code != REFUSED || strcmp(f->text, tool_noted) != 0)
		fprintf(stderr, TOOL ": %s\n", f->text);
}

/* The same; returns the exit code. */
__attribute__((unused)) static int
tool_fail(const struct fault *f)
{
	tool_report(f);
	return f->code;
}

/* What is wrong with the command line, and how it should look. */
__attribute__((unused)) static int
tool_misused(const struct fault *f, const char *usage)
{
	fprintf(stderr, TOOL ": %s\n%s", f->text, usage);
	return USAGE;
}

__attribute__((unused)) static int
tool_help(const char *usage)
{
	fputs(usage, stdout);
	return out_close(TOOL, OK);
}

/* A text that is going to be stored: UTF-8 without control characters, at most max bytes. */
__attribute__((unused)) static int
tool_check_text(const char *what, const char *text, size_t max, struct fault *f)
{
	size_t len = text ? strlen(text) : 0;

	if (len > max)
		return fault(f, USAGE, "%s has more than %zu bytes", what, max);
	if (len && (utf8_bad(text, len) >= 0 || text_control(text, len) >= 0))
		return fault(f, USAGE, "%s must be one line of UTF-8 text", what);
	return 0;
}

/* --format table or ndjson; without it a table at a terminal and records elsewhere. */
__attribute__((unused)) static int
tool_format(const char *format, bool *table, struct fault *f)
{
	static const char *const forms[] = {"table", "ndjson", NULL};

	*table = format ? *format == 't' : isatty(STDOUT_FILENO) == 1;
	return word_check("--format", format, forms, f);
}

/* A stop is shown by every tool. */
__attribute__((unused)) static void
tool_note_stop(struct db *db)
{
	struct fault stopped;

	if (control_check(db, &stopped) < 0 && stopped.code == REFUSED) {
		fprintf(stderr, TOOL ": note: %s\n", stopped.text);
		memcpy(tool_noted, stopped.text, sizeof(tool_noted));
	}
}

/*
 * Settings, then the store that they (or -d) name. After -1 nothing is open.
 */
__attribute__((unused)) static int
tool_open(struct db *db, struct settings *settings, const char *path, enum db_mode mode,
    struct fault *f)
{
	struct fault other;

	if (clock_init(f) < 0)
		return -1;
	if (mode == DB_WRITE)
		signal(SIGPIPE,
		    SIG_IGN); /* a gone reader is a failed write, not an end in mid-step */
	if (settings_load(settings, f) < 0 ||
	    db_open(db, path ? path : settings->database, mode, f) < 0) {
		settings_release(settings);
		return -1;
	}
	if (zones_use(db, settings->phone_zones, f) < 0) {
		db_close(db);
		settings_release(settings);
		return -1;
	}
	tool_note_stop(db);
	if (numbers_check(db, &other) < 0 && other.code == CONFIG)
		fprintf(stderr, TOOL ": note: %s\n", other.text);
	return 0;
}

__attribute__((unused)) static void
tool_close(struct db *db, struct settings *settings)
{
	db_close(db);
	settings_release(settings);
}

/* A signal that was waited out ends the process by itself, so that the shell sees it. */
__attribute__((unused)) static void
tool_end_by(int signo)
{
	sigset_t one;

	fflush(NULL);
	signal(signo, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, signo);
	raise(signo);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
}

#endif
