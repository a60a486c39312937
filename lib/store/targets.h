/*
 * targets: people in campaigns, one by one: where they stand, who holds them,
 * and in which order they are called.
 */
#ifndef TARGETS_H
#define TARGETS_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "policy.h"

struct campaign;
struct person;

struct target {
	int64_t id, campaign, contact;
	int64_t priority;
	const char *state; /* waiting claimed calling unknown held done closed */
	char reason[200];
	int attempts;   /* counted ones */
	int64_t due_at; /* waiting: when it may be called; 0 else */
	enum disposition last;
	const char *zones; /* "Zone,Zone...", or null: not known. Borrowed from the store */
	enum zone_source zone_from;
	struct decision decision;
};

struct target_query {
	const char *state, *reason; /* or null */
	bool due;                   /* may be called now */
	bool without_context;
	int64_t contact; /* 0 any */
	int64_t after;   /* behind this id; not with due */
	int64_t limit;   /* 0 all */
};
/*
 * Looks, takes nothing: targets in the order of their ids (with due: in the order of claiming). The
 * decision is made anew for each. cb may be slow: no read is open while it runs.
 */
int targets_list(struct db *, const struct campaign *, const struct target_query *,
    int (*cb)(void *, const struct target *, const struct person *, struct fault *), void *arg,
    struct fault *);

/* Whose target it is, and why a person or a filter holds it (empty: nobody does). 1, 0 there is none. */
struct target_owner {
	int64_t campaign, contact;
	char held[200];
};
int targets_get(struct db *, int64_t target, struct target_owner *, struct fault *);
/* A contact's in a campaign; 0 there is none. */
int targets_find(
    struct db *, int64_t campaign, int64_t contact, int64_t *target, struct fault *);
/* Whether a call to it, or one that is about it too, may live. */
int targets_on_line(struct db *, int64_t target, bool *open, struct fault *);

/* Holds a target with a reason (journalled) and withdraws its claim. Inside a transaction. */
int targets_hold(struct db *, int64_t target, const char *reason, struct fault *);
int targets_release(struct db *, int64_t target, struct fault *);
/* Inside a transaction, journalled: higher is claimed first. 1 changed, 0 it was so. DATAERR: no such target. */
enum { TARGET_PRIORITY_MAX = 1000000 };
int targets_prioritize(struct db *, int64_t target, int64_t priority, struct fault *);

/* Appends the target record as one line. */
void target_record(
    struct buf *, const char *campaign, const struct target *, const struct person *);

#endif
