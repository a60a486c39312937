/*
 * sheet_parts: what sheet.c (tables) and sheet_record.c (records) share: the
 * meaning of columns, and a row while it is read.
 */
#ifndef SHEET_PARTS_H
#define SHEET_PARTS_H

#include "cell.h"
#include "sheet.h"

enum role {
	ROLE_ATTRIBUTE,
	ROLE_ID,
	ROLE_NAME,
	ROLE_TIMEZONE,
	ROLE_LANGUAGE,
	ROLE_PRIORITY,
	ROLE_DNC,     /* several columns may be it: one yes is enough */
	ROLE_ALLOWED, /* whether one may call; likewise, and one no */
	ROLE_PHONE,   /* ROLE_PHONE + 1 is phone2 */
	ROLES = ROLE_PHONE + CONTACT_PHONES,
	ROLE_SOURCE, /* of a contact record */
	ROLE_NESTED, /* its attributes */
	ROLE_SPARE,  /* a column without a name, which must be empty */
	ROLE_PART,   /* of the name, which stands in several columns */
	ROLE_IGNORED
};

enum { SHEET_PARTS = 4, SHEET_UNAPPLIED = 8 };

enum { SHEET_ZONES = 16 };

struct column {
	enum role role;
	char *name;
	struct buf key; /* ,"name": of an attribute */
};

struct map {
	enum role role;
	char *column;
};

/* A number of a person, and the column that it came from: 0 is phone, 1 phone2. */
struct number {
	int64_t key;
	int at;
};

enum { SHEET_NUMBERS = CONTACT_PHONES * CONTACT_PHONES };

/* ,"name":value in the buffer of attributes. */
struct span {
	size_t at, len;
};

struct sheet {
	struct sheet_rules rules;
	struct map map[SHEET_MAPS + 1];
	size_t maps;
	struct column *column;
	size_t columns;
	size_t known[ROLES]; /* the column of each role and 1; 0: none */
	size_t *order; /* attribute columns by name: their order in a sheet means nothing */
	size_t ordered;
	struct span *span; /* attributes of a record */
	size_t spans, spans_cap;
	struct buf text, attributes, scratch;
	char zone[SHEET_ZONES][72]; /* those that exist, found lately */
	size_t zones;
	struct cell_numbers cell;
	struct number number[SHEET_NUMBERS]; /* of the row that is read */
	size_t numbers;
	int zero;           /* phone_needs_zero of the region: 1 yes, -1 no, 0 not asked yet */
	struct slice first; /* the first value of the row, if it is one of a table */
	size_t part[SHEET_PARTS], parts; /* columns of the name, in its order; or none */
	char *unapplied
	    [SHEET_UNAPPLIED]; /* attributes that look like wishes, the first of them */
	size_t unapplieds;
	uint64_t looked[64];   /* hashes of names of which that is known */
	bool wishes;           /* a record had a wish */
	struct remark *remark; /* when it is asked first */
};

/* One row that is being read. */
struct reading {
	struct sheet *s;
	struct person *p;
	struct sheet_why *why;
	struct fault *f;
	uint32_t seen; /* a bit for each role */
	const char *source;
};

extern const char *const sheet_role_name[ROLES + 1];

/* What a column of this name is, maps first. */
enum role sheet_meaning(const struct sheet *, struct slice name);
/* Whether "field=column" is one, for --map; else -1 with a USAGE fault. */
int sheet_map_check(const char *entry, enum role *, struct fault *);
/* An attribute whose name may be that of a wish is remembered for sheet_unapplied. */
void sheet_note_wish(struct sheet *, struct slice name);
/* Of the roles that tell who is not to be called. */
static inline bool
sheet_is_wish(enum role role)
{
	return role == ROLE_DNC || role == ROLE_ALLOWED;
}
/* Whether the rules name a column for this role. */
bool sheet_is_mapped(const struct sheet *, enum role);

/* room: bytes of all texts that will be kept; pointers into them hold until the next row. */
void sheet_start(struct reading *, size_t room);
const char *sheet_keep(struct sheet *, struct slice);
/* Offset of the first control character, -1 if there is none; lines: line breaks and tabs are none. */
ptrdiff_t sheet_control(const char *, size_t, bool lines);
/* A value without the spaces around it. */
static inline struct slice
sheet_tidy(struct slice v)
{
	const unsigned char *p = (const unsigned char *)v.p;

	if (!v.len ||
	    (p[0] != ' ' && p[0] < 0x80 && p[v.len - 1] != ' ' && p[v.len - 1] < 0x80))
		return v;
	return cell_trim(v);
}

/* Valid UTF-8, no control characters (lines: but line breaks and tabs), at most max bytes. */
int sheet_check_text(struct reading *, const char *field, struct slice, size_t max, bool lines);
/* One value that is not empty and belongs to a known field; to an attribute. */
int sheet_take(struct reading *, enum role, struct slice);
int sheet_take_attribute(struct reading *, const struct column *, struct slice);
/* The numbers that were read, in the order of their columns, each once. */
int sheet_set_phones(struct reading *);
/* Whether the text of an attribute says that its person is not to be called. */
bool sheet_remark(struct sheet *, const char *column, struct slice text);
/* If so, it is the person's wish. */
void sheet_heed(struct reading *, const char *column, struct slice text);
/* What must be there (has_allowed: a word on who may be called), and what follows from the rest. */
int sheet_finish(struct reading *, bool has_id, bool has_allowed);

/* ---- of a row that is refused (sheet_refused.c) ---- */

/* Whether a value of this role tells who a refused row is, or that they are not to be called. */
bool sheet_tells_wish(enum role);
/* sheet_finish of a row that is refused: the key, the numbers and the source, as far as they were read. */
void sheet_finish_refused(struct reading *, bool has_id);
/* Sets the code; returns -1. */
int sheet_refuse(struct reading *, const char *code);

#endif
