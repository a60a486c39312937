/*
 * people_run: one run over a batch: rows into contact, contact_phone and dnc,
 * some at a time by one statement. Inside a transaction; for people_bulk.c.
 */
#ifndef PEOPLE_RUN_H
#define PEOPLE_RUN_H

#include "people_pack.h"

enum { RUN_RANGES = 64 };

/* What one run over a batch keeps. */
struct people_run {
	struct db *db;
	struct people_batch *b;
	bool dry, here; /* here: the transaction is the caller's */
	bool expect_new;
	bool awaited;        /* somebody is (awaited.h) */
	int64_t first, last; /* ids that this batch gave */
	struct {
		int64_t first, last;
	} range[RUN_RANGES]; /* of imports that are not finished */
	int ranges;
	size_t next; /* item */
	size_t rows; /* of the next transaction */
	const struct packed_person *before;
	sqlite3_stmt *insert, *find, *find_some, *phone, *some_contacts, *some_phones;
};

int run_prepare(struct people_run *, struct fault *);
/* The first of n items, or some: how many, or -1. */
int run_put_contacts(struct people_run *, const struct sort_item *, size_t n, struct fault *);
int run_put_numbers(struct people_run *, const struct sort_item *, size_t n, struct fault *);
int run_put_wish(struct people_run *, const struct sort_item *, size_t n, struct fault *);

#endif
