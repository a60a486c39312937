/*
 * dnc_list: lists of numbers that others keep (a registry, a client's own),
 * imported as a whole. A base table: each file leaves one journal row. A new
 * import takes over in one transaction; until then the one before is in force.
 */
#ifndef DNC_LIST_H
#define DNC_LIST_H

#include "dnc.h"

struct dnc_list {
	int64_t id;
	char name[DNC_LIST_NAME];
	int64_t as_of;   /* UTC ms: the date of what is in it */
	int64_t max_age; /* ms; 0: it does not age */
	int64_t until;   /* as_of + max_age, or INT64_MAX */
	int64_t numbers;
	int64_t at; /* imported */
	char actor[130];
};

/* The list in force under this name: 1, 0 there is none. */
int dnc_list_get(struct db *, const char *name, struct dnc_list *, struct fault *);
/* Those in force, by name behind *after ("" first): 1, 0 end; *after becomes the name. */
int dnc_list_next(struct db *, char after[DNC_LIST_NAME], struct dnc_list *, struct fault *);
/* Whether a list that is in force (or was) holds the number: 1, 0, -1. */
int dnc_list_has(struct db *, int64_t list, int64_t phone, struct fault *);

/*
 * REFUSED if one of the lists that the plan uses (null: of all) is too old at that time, or was never
 * imported: who is not on it may not be called either.
 */
int dnc_lists_check(struct db *, const struct plan *, int64_t now, struct fault *);
/* A list in ascending order, as many numbers a time: one and the distances (numset.h) to the next ones. */
int dnc_list_runs(struct db *, int64_t list,
    int (*cb)(void *arg, uint64_t first, const unsigned char *rest, size_t len, struct fault *),
    void *arg, struct fault *);
/* Every number of a list in ascending order; no read is open while cb works, -1 from it stops. */
int dnc_list_numbers(struct db *, int64_t list,
    int (*cb)(void *arg, int64_t phone, struct fault *), void *arg, struct fault *);

struct numset;

/* One file that was read for an import. */
struct dnc_file {
	const char *name;
	char sha256[65];
	uint64_t numbers, refused;
};

struct dnc_import {
	const char *name;
	int64_t as_of, max_age; /* ms; max_age 0: it does not age */
	bool update;            /* the numbers of the list in force stay in it */
	const struct dnc_file *file;
	size_t files;
};

/*
 * Makes the list of these numbers and puts it in force, in transactions of at most 50 ms; before the
 * last one nothing is in force but what was. Claims on its numbers are withdrawn at once, and people
 * whom it or the list before keeps out are decided anew. DATAERR: no number; REFUSED: the list in force is of
 * a later date; TEMPFAIL: another import is under way. After a kill, the same import again.
 */
int dnc_list_import(
    struct db *, const struct dnc_import *, struct numset *, struct dnc_list *, struct fault *);
/* Takes a list out of force: 1, 0 there is none. TEMPFAIL as above. */
int dnc_list_remove(struct db *, const char *name, const char *reason, struct fault *);

/* People whom a rule or list that is gone kept out wait again. Own transactions. */
int dnc_settle(struct db *, struct fault *);

#endif
