/*
 * project: the projections, one function a kind of journal row. They apply
 * facts and decide nothing; the live path and replay call the same ones.
 * Inside lib/store only; inside a transaction.
 */
#ifndef PROJECT_H
#define PROJECT_H

#include "call.h"
#include "db.h"
#include "dnc.h"
#include "policy.h"
#include "siblings.h"

/* What the targets of somebody who was forgotten are held for. */
#define HELD_FORGOTTEN "forgotten"

int project_stop(struct db *, int64_t at, const char *actor, const char *reason, bool hangup,
    struct fault *);
int project_resume(struct db *, struct fault *);

/* 1 changed, 0 it was so. */
int project_dnc_add(
    struct db *, const struct dnc *, int64_t at, const char *actor, struct fault *);
/* 1 it is new, 0 it was there. */
int project_awaited(struct db *, int64_t who, int64_t seq, int64_t at, const char *source,
    const char *reason, struct fault *);
int project_awaited_lifted(struct db *, int64_t who, struct fault *);
int project_dnc_remove(struct db *, const struct dnc *, struct fault *);

/* Creates the campaign or changes its file; contexts made from the file before are stale and go. */
int project_campaign(
    struct db *, int64_t id, const char *name, const char *plan, int64_t at, struct fault *);
/* What contexts were made from is another now, though the file is the same (a note). */
int project_campaign_touched(struct db *, int64_t id, struct fault *);
int project_campaign_state(
    struct db *, int64_t id, enum campaign_state, bool confirm, struct fault *);
/* Pairs of contact and priority become the targets first, first + 1, ... */
int project_targets(struct db *, int64_t campaign, int64_t first, const int64_t *pairs,
    size_t n, struct fault *);
int project_hold(
    struct db *, int64_t target, const char *reason, struct fault *); /* null: released */
int project_priority(struct db *, int64_t target, int64_t priority, struct fault *);
int project_context(struct db *, int64_t target, int64_t campaign, int64_t plan_revision,
    int64_t contact_digest, int64_t seq, const unsigned char digest[32], const char *origin,
    struct fault *);
/* Row seq is about somebody beside the contact that it names: a contact, or the mark of a number. */
int project_about(struct db *, int64_t seq, int64_t who, struct fault *);
/* The text that row seq made is about these too (their targets count). */
int project_shared(struct db *, int64_t seq, const struct siblings *, struct fault *);
/* A person said something of the context that row seq made; of no other one. */
int project_review(struct db *, int64_t target, int64_t seq, enum review, int64_t at,
    const char *actor, struct fault *);
int project_context_drop(struct db *, int64_t target, struct fault *);

/* Another call is asked for (again.h). */
struct again {
	int64_t target, since, due_at; /* UTC ms; due_at 0: any time */
	const char *why;               /* a person must say when; or null */
	int64_t said_at;               /* of the summary that says so; 0: a person did */
	uint64_t key;
};
int project_again(struct db *, const struct again *, struct fault *);
/* 1, 0 there was none. */
int project_again_drop(struct db *, int64_t target, int64_t since, struct fault *);
/* A person says that there is to be none. */
int project_again_none(struct db *, int64_t target, int64_t since, struct fault *);

/* A person is forgotten; their calls: project_mark; rules and consents: project_*_marked. */
int project_forget(struct db *, int64_t contact, struct fault *);

/* ---- calls (project_calls.c) ---- */

/* Whom a call belongs to, as its row says; 0 where it has none. */
struct call_parents {
	int64_t campaign, contact, target;
};
int project_parents(struct db *, const struct uuid *, struct call_parents *, struct fault *);

/* The joined call in the transaction's cache; null with a fault. *exists says whether a row was there. */
struct call *project_call(struct db *, const struct uuid *, bool *exists, struct fault *);

/* A call is intended: its row, and one more of the campaign's intents. */
struct intent_fact {
	struct uuid id;
	int64_t at, campaign, target, contact, phone; /* phone 0: it was erased */
	int64_t context; /* the journal row that has what the AI is told; 0: none is stored */
	const char *exchange, *owner;
	int attempt;
	bool fenced;
	bool simulated;       /* the exchange proved to be the simulator */
	bool posted;          /* it tells nothing of the line (http) */
	struct siblings with; /* targets alone */
};
int project_intent(struct db *, const struct intent_fact *, struct fault *);

/* 1 new, 0 seen before. */
int project_call_event(
    struct db *, const struct uuid *, const struct call_event *, struct fault *);
/* Maps once; what the orphan under the id of the foreign name knows is joined into the call. */
int project_alias(struct db *, const char *uuid, const struct uuid *orphan,
    const struct uuid *call, struct fault *);
/* The AI was given the text of that digest. */
int project_receipt(struct db *, const struct uuid *, int64_t at,
    const unsigned char digest[32], struct fault *);
int project_hangup(struct db *, const struct uuid *, int64_t at, struct fault *);

/* ---- wishes (project_wishes.c) ---- */

/* The person who was called was heard. */
int project_heard(struct db *, const struct uuid *call, const struct call_event *,
    enum call_heard, int64_t seq, struct fault *);
/* What a summary says that came of its call. */
int project_summary(struct db *, const struct uuid *call, const struct call_event *,
    const char *outcome, int64_t seq, struct fault *);

/* A number is not this person's: 1 it is new, 0 it was known. */
int project_wrong_number(struct db *, int64_t contact, int64_t phone, const struct uuid *call,
    int64_t seq, struct fault *);

enum optout_verdict { OPTOUT_OPEN, OPTOUT_CONFIRMED, OPTOUT_DISMISSED };
struct optout_fact {
	struct uuid call;
	uint64_t key;
	int64_t at, seq;
	enum call_heard how;
	const char *actor;
};
/* 1 it is new, 0 it was known. The number is the call's; it is on do-not-call as long as one stands. */
int project_optout(struct db *, const struct optout_fact *, struct fault *);
/* Of an opt-out, or of a wrong number. */
int project_optout_verdict(struct db *, int64_t seq, enum optout_verdict, struct fault *);

/* The number of a forgotten person's call becomes its mark, in the call and in its opt-outs. */
int project_mark(struct db *, const struct uuid *call, int64_t mark, struct fault *);

/*
 * What was said of a forgotten person's number is said of its mark from now on: a rule with no more
 * than since when and by whom, and a consent.
 */
int project_rule_marked(
    struct db *, int64_t mark, int64_t campaign, int64_t at, const char *actor, struct fault *);
int project_consent_marked(struct db *, int64_t id, int64_t mark, struct fault *);

/* A contact's number is another one now: its calls and opt-outs count for that. */
int project_renumber(
    struct db *, int64_t contact, int64_t before, int64_t after, struct fault *);

/* A consent or a revocation: 1 it is new, 0 it was known. value 0: it was erased. */
int project_consent(struct db *, int64_t id, int subject, int64_t value,
    const struct consent_row *, struct fault *);

#endif
