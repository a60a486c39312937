/*
 * fault: why something failed, in words, with the exit code it deserves.
 * The place that knows the cause sets both; main only forwards.
 * Nothing here prints or exits.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdarg.h>
#include <stddef.h>

/* The closed set of exit codes (outreach(7), EXIT STATUS). */
enum code {
	OK = 0,           /* all done, all written */
	SOME = 1,         /* finished, some records refused; or the answer is no */
	USAGE = 64,       /* the command line is wrong */
	DATAERR = 65,     /* a record or file is wrong: fix it, do not retry */
	NOINPUT = 66,     /* an input cannot be opened */
	UNAVAILABLE = 69, /* the remote said no for good */
	SOFTWARE = 70,    /* our bug */
	OSERR = 71,       /* memory, fork, pipe */
	IOERR = 74,       /* read or write failed, stdout included */
	TEMPFAIL = 75,    /* busy, timeout: retry later, nothing half-done */
	REFUSED = 77,     /* policy, budget or a stop forbids the whole command */
	CONFIG = 78       /* campaign, settings or schema version unusable */
};

struct fault {
	enum code code;
	char text[1000]; /* one line, no newline, valid UTF-8 whatever it quotes */
};

/* Sets code and text (printf style; control characters and what is no UTF-8 become ?); returns -1. */
int fault(struct fault *, enum code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "PREFIX: " before the text that is there; returns -1. */
int fault_in(struct fault *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* How many bytes of a wrong value a message shows (printf "%.*s"): never half a character. */
int fault_shown(const char *, size_t len);

#endif
