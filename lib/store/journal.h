/*
 * journal: whatever happens, one row, in the transaction of the tables that
 * are projected from it; a SHA-256 chain over transactions (FIPS 180-4).
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

struct entry {
	int64_t seq;      /* given by journal_add */
	int64_t txn;      /* given by journal_add */
	int64_t at;       /* UTC ms */
	const char *kind; /* "call.ended", "campaign.applied", ... (outreach-record(5)) */
	const struct uuid *call;   /* or null */
	int64_t campaign, contact; /* 0 none */
	const char *actor;         /* null: whoever runs this process */
	const char *source;        /* "tool" "door" "exchange" "webhook" "file" */
	const char *fact; /* impersonal JSON object that projections are made from, or null */
	const char *body; /* personal or long JSON, or null (erased ones read back as null) */
	bool erased;      /* journal_next: there was a body and it is gone */
};

/* Appends inside db_begin .. db_commit; sets seq. A body about a contact that was forgotten is not kept. */
int journal_add(struct db *, struct entry *, struct fault *);

/* Seq and chain hash (hex, 65 bytes) of the last row; 0 and zeros in an empty journal. */
int journal_head(struct db *, int64_t *seq, char hex[65], struct fault *);

/*
 * Rows behind *seq in order, at most limit, each in its own short read; strings are borrowed inside cb.
 * *seq becomes the last given. cb returns -1 to stop with its own fault.
 */
int journal_page(struct db *, int64_t *seq, int limit,
    int (*cb)(void *arg, const struct entry *, struct fault *), void *arg, struct fault *);

/*
 * Recomputes the chain and every digest. 0 all is well; 1 with the fault saying where it breaks; -1 fault.
 */
int journal_verify(struct db *, int64_t *rows, int64_t *erased, struct fault *);

/* Erases the bodies of one contact's rows (inside a transaction); *n how many. The chain still verifies. */
int journal_erase(struct db *, int64_t contact, int64_t *n, struct fault *);

#endif
