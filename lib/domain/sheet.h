/*
 * sheet: what the columns of somebody's sheet mean, and each row as a person,
 * every value checked. Nothing is guessed: a row is right, or it is refused
 * with the reason. Rooms below it: header (names), cell (damage), phone.
 */
#ifndef SHEET_H
#define SHEET_H

#include <stdbool.h>

#include "contact.h"
#include "ndjson.h"

enum { SHEET_MAPS = 32 };

struct sheet_rules {
	const char *source;     /* the identity is (source, key) */
	bool source_given;      /* by a person: contact records do not keep their own */
	const char *id;         /* the column of the key; null: "id", else the first number */
	const char *const *map; /* "field=column" */
	size_t maps;
	const char
	    *region; /* reads national numbers (phone.h); null: international ones only */
	bool accept; /* columns that look like a field are that field */
	/* 0 if there is such a zone, -1 with the fault that says not. */
	int (*zone)(void *arg, const char *name, struct fault *);
	void *arg;
};

/* Why a row is refused; the fault has the words. */
struct sheet_why {
	size_t column;     /* of a table from 1, of a record the byte from 1; 0 the whole row */
	const char *field; /* borrowed, null for the whole row */
	struct slice value; /* as it stood there, borrowed; null if there is none */
	/*
	 * "phone" "emergency" "short" "several" "extension" "zeros" "grouped" "scientific" "decimal" "formula" "apostrophe" "error"
	 * "timezone" "language" "priority" "do_not_call" "call_allowed" "fields" "unnamed" "footer" "utf8" "control" "long" "type"
	 * "missing" (see outreach-contact(5))
	 */
	const char *code;
};

struct sheet; /* heap */

/* Whether a column of exactly this name is a field, whatever the rules. */
bool sheet_is_field(struct slice name);
/* The rules stay the caller's. Null with a USAGE fault for a wrong map. */
struct sheet *sheet_new(const struct sheet_rules *, struct fault *);
void sheet_free(struct sheet *);

/*
 * The first row of a table. DATAERR: no column is the phone, or a column only looks like a field (says
 * the --map to use), two are one field, a name is doubled or no text, a mapped column is not there.
 */
int sheet_header(struct sheet *, const struct slice *name, size_t n, struct fault *);
/* Behind it: appends the columns that are fields, a line "field=column" each, as sheet_map_read takes. */
void sheet_map(const struct sheet *, struct buf *);
/*
 * The i-th column that looks like do_not_call or call_allowed (field, may be null) and is an attribute that no
 * map calls one, as far as was read; null: there is none.
 */
const char *sheet_unapplied(const struct sheet *, size_t i, const char **field);
/*
 * A row behind it. The person's texts are borrowed until the next row. 0; 1 for nobody, where the row is
 * empty or the header again; or -1 with DATAERR and why.
 */
int sheet_row(struct sheet *, const struct slice *field, size_t n, struct person *,
    struct sheet_why *, struct fault *);
/*
 * Of a person who is not to be called for the text of an attribute: appends the column's name and the text.
 * False: there is none.
 */
bool sheet_remark_of(
    struct sheet *, const struct person *, struct buf *column, struct buf *text);
/*
 * Who that row is, without a look at what it need not: the key that sheet_row gives its person, borrowed
 * until the next row. False if there is none, or one for which the row is refused.
 */
bool sheet_key(struct sheet *, const struct slice *field, size_t n, struct slice *key);
/*
 * A record: top-level keys are the columns. Of a contact record (outreach-record(5)) key and source
 * are the identity and the members of attributes the unknown columns.
 */
int sheet_record(
    struct sheet *, const struct rec *, struct person *, struct sheet_why *, struct fault *);

/*
 * Who a row is that was refused, and whether it says that they are not to be called (do_not_call): key,
 * source and numbers as far as they can be read, borrowed likewise. Texts of an earlier person or why
 * are gone. True: they may say so, in a way that cannot be read.
 *
 * Of a row of too many or too few values, and of cells that were cut from a line that is no row (cut), a
 * column may be any of a few: each number that may be theirs counts, and each yes that may be the wish. Such
 * a row has no key.
 */
bool sheet_row_refused(
    struct sheet *, const struct slice *field, size_t n, bool cut, struct person *);
bool sheet_record_refused(struct sheet *, const struct rec *, struct person *);
/* Whether a line that is no record may hold a wish; null: it was too long to keep. */
bool sheet_line_refused(const struct sheet *, struct slice line);

/*
 * The lines of a map file, whose text it cuts up: at most SHEET_MAPS entries "field=column" as
 * sheet_rules.map takes them, borrowed from text (len bytes and a NUL). Empty lines and those that
 * begin with # say nothing. 0, or -1 with a DATAERR "file:line: why".
 */
int sheet_map_read(const char *file, char *text, size_t len, const char *map[SHEET_MAPS],
    size_t *maps, struct fault *);

#endif
