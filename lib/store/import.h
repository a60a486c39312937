/*
 * import: sheets of people into the store. A first pass over a file finds
 * out which identities stand in the files twice; a second one stores what is
 * right and stands there once. If the store has other people under some identities, a
 * third one refuses these rows. Memory does not grow with the files.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "people.h"
#include "rows.h"
#include "sheet.h"

struct import_rules {
	struct sheet_rules sheet; /* source null: the file's name; zone is set here */
	const char *name;         /* of the file, in messages; null: its path, or "<stdin>" */
	enum rows_format format;
	char delimiter;       /* 0: detected */
	const char *encoding; /* null: UTF-8 */
	uint64_t skip_rows;   /* lines before the header */
	const char
	    *rejects; /* file for the rows that are refused, beside it FILE.why; or null */
	bool dry;     /* looks only */
	bool replace; /* another name and other numbers are the same person still */
};

struct import_count {
	uint64_t rows, accepted, updated, unchanged, refused;
	uint64_t do_not_call; /* a rule speaks for them; of refused rows too */
	uint64_t unheard; /* refused rows that ask so, or may, and nobody has a rule for it */
	uint64_t skipped; /* not among the rows: empty, or the header again */
};

struct import_refusal {
	const char *file;
	uint64_t line;
	const struct sheet_why *why; /* code also "identity", "syntax" and "encoding" */
	const char *reason;          /* without the place */
};

struct import_remark {
	const char *file;
	uint64_t line;
	const char *column, *text;
	const struct person *person;
};

/* Who is told. Any may be null; -1 stops with its fault. */
struct import_face {
	void *arg;
	/* Stored, and its transaction committed. */
	int (*person)(void *arg, const struct person *, enum people_change, struct fault *);
	int (*refused)(void *arg, const struct import_refusal *, struct fault *);
	/* Such a person is not to be called, as the text of this attribute is taken for a wish. */
	int (*remark)(void *arg, const struct import_remark *, struct fault *);
	/* Now and then, and when a signal came: bytes of work done of all there are. */
	int (*progress)(void *arg, uint64_t done, uint64_t all, const struct import_count *,
	    struct fault *);
};

struct import; /* heap */

/*
 * Opens and examines one file ("-": standard input, copied to a temporary file first). The rules and the
 * face are borrowed. Null with NOINPUT, USAGE, IOERR, or a DATAERR about the file as a whole.
 */
struct import *import_open(
    const char *path, const struct import_rules *, const struct import_face *, struct fault *);
void import_close(struct import *); /* rejects that are not complete are dropped */

/* Appends the columns that are fields, as a map file has them; nothing for NDJSON. */
void import_map(const struct import *, struct buf *);
/* sheet_unapplied(). */
const char *import_unapplied(const struct import *, size_t i, const char **field);
/*
 * Finds out who stands in several of the files, or twice in one, with different values. Once, after all
 * are open and before anything else; the array is borrowed until the last is closed.
 */
int import_compare(struct import *const *, size_t n, struct fault *);
/* Looks, before anything is stored, what is wrong with it and who is not the one that the store has. */
int import_check(struct import *, struct db *store, struct fault *);
/* Behind import_check: how many rows will be refused. */
uint64_t import_refused(const struct import *);

/*
 * Stores the rest and tells of everything; writes the rejects and one journal row. store null: only the
 * refusals are told. TEMPFAIL if the file changed meanwhile. count is valid after a fault too.
 */
int import_run(struct import *, struct db *store, struct import_count *, struct fault *);

/* Appends a refusal as the NDJSON line of FILE.why. */
void refusal_record(struct buf *, const struct import_refusal *);

#endif
