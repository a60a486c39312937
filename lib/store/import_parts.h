/*
 * import_parts: what import.c (passes over a file, and what becomes of its
 * rows), import_refuse.c (those that are refused), import_wish.c (what they
 * ask for) and import_twice.c (who stands there twice) share.
 */
#ifndef IMPORT_PARTS_H
#define IMPORT_PARTS_H

#include <nettle/sha2.h>
#include <sys/stat.h>

#include "import.h"
#include "spill.h"
#include "temp.h"

enum { LINE_BITS = 44 /* of a place; above them is the file's number */ };

struct import {
	const struct import_rules *rules;
	const struct import_face *face;
	char *file, *source;
	struct buf name; /* the file as the store and records have it: UTF-8 */
	int fd;
	struct stat st;
	char sha256[2 * SHA256_DIGEST_SIZE + 1];
	struct sheet_rules sheet_rules;
	struct sheet *sheet;
	struct rows *rows;
	struct spill *noted;         /* of the first pass, see import_twice.c */
	uint64_t meaning;            /* hash of the header: equal rows below it say the same */
	struct import *const *files; /* with which it is compared, this one among them */
	struct spill *clashes;       /* key: a line, a: the other place; in order of lines */
	struct spill_item clash;
	int clash_left;
	struct spill *strangers; /* key: a line, a: the contact that the store has */
	uint64_t refused;        /* found by import_check */
	uint64_t strange;        /* besides: their number */
	uint64_t *line;          /* of each person of the batch */
	size_t lines, lines_cap;
	struct held *held; /* refused rows that are still to be told (import_refuse.c) */
	size_t holds, held_bytes;
	struct buf header; /* for the rejects, until there are any */
	struct import_count count;
	struct newfile rejects, why;
	struct people_batch *batch;
	struct db *db, *look; /* to store, or only to look */
	int passes;
	uint64_t done, seen; /* bytes of earlier passes; rows of this one */
};

/* What a pass does with each row: a person, or why and a fault that refuse it. */
struct pass {
	int (*header)(struct import *, const struct row *, struct fault *);
	/* Or null: asked first; 1 if the row's values are of no interest. */
	int (*over)(struct import *, const struct row *, struct fault *);
	int (*good)(struct import *, const struct row *, const struct person *, struct fault *);
	int (*bad)(struct import *, const struct row *, struct sheet_why *, struct fault *);
};

/*
 * Stores what was collected, if it is to be; then, and only then, tells of it. So with the wishes of refused
 * rows.
 */
int import_put_batch(struct import *, struct fault *);
/* Reads the file from its beginning. */
int import_read(struct import *, const struct pass *, struct fault *);
/* bad of a pass that leaves it to another. */
int import_pass_over(struct import *, const struct row *, struct sheet_why *, struct fault *);
/* header and bad of the pass that tells of everything. */
int import_keep_header(struct import *, const struct row *, struct fault *);
int import_refuse_bad(struct import *, const struct row *, struct sheet_why *, struct fault *);
/* The first pass: notes who stands where, for import_compare. */
int import_note(struct import *, struct fault *);
/* Whom a refused row is about, as far as that is known. */
struct refused {
	const struct person *p;
	bool stranger; /* the identity is somebody else's */
	bool unclear;  /* p does not ask not to be called, but the row may */
};

/* Refuses a row; the fault says why. It is told now, or by import_put_batch. */
int import_refuse(struct import *, const struct row *, struct sheet_why *,
    const struct refused *, struct fault *);
/* Stores the wishes of those that are held, and tells of them; or gives them up. */
int import_tell_held(struct import *, struct fault *);
void import_drop_held(struct import *);
/*
 * Rules for a refused row that asks not to be called, if anything is stored at all: for the contact, if it
 * is known, and for the row's numbers. note gets what became of it. Inside a transaction.
 */
int import_wish(
    struct import *, uint64_t line, const struct refused *, struct buf *note, struct fault *);
/* The line of a place. */
uint64_t import_line(uint64_t place);

#endif
