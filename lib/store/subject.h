/*
 * subject: whom a call or target record is about, by its id alone: the store
 * believes itself.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdbool.h>

#include "db.h"
#include "ndjson.h"
#include "siblings.h"

/* What a record is about, as the store knows it. */
struct subject {
	int64_t target, campaign, contact;
	struct uuid call;
	bool is_call;
	bool placed;    /* a call is under way: what was said to the AI stands */
	char phone[20]; /* empty: the person's first */
	char held[200];
	struct siblings with; /* whom the call is about beside */
};

/* 0, or 1 with the fault that refuses the record, or -1. text is scratch memory. */
int subject_find(
    struct db *, const struct rec *, struct subject *, struct buf *text, struct fault *);

#endif
