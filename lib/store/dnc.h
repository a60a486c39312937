/*
 * dnc: who must not be called: by number, by the first digits of many, by
 * contact, for all campaigns or one; and by the lists of others (dnc_list.h).
 * Whatever speaks against one number of a person speaks against the person.
 */
#ifndef DNC_H
#define DNC_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "campaign.h"
#include "db.h"
#include "policy.h"

enum dnc_kind { DNC_NUMBER = 1, DNC_PREFIX, DNC_CONTACT, DNC_LIST, DNC_OPTOUT };

enum { DNC_LIST_NAME = 64 };

/* One rule. */
struct dnc {
	enum dnc_kind kind;
	int64_t value; /* digits of the number or the prefix; id of the contact or the list */
	int64_t campaign;                          /* 0: all */
	int64_t at;                                /* when it was added; a list: imported */
	char source[100], reason[200], actor[130]; /* reason: empty if none was given */
	char list[DNC_LIST_NAME];                  /* DNC_LIST: its name */
};

const char *dnc_kind_name(enum dnc_kind); /* "number" "prefix" "contact" "list" "optout" */
int dnc_kind_parse(const char *);         /* -1 if it is none */

/*
 * 1 added, 0 it was there: kind, value, campaign, source and reason (null: none) count. Own transaction
 * when none is open; claims that it speaks against are withdrawn at once, and whom it means waits no more
 * (of a prefix: dnc_meant.h). A contact's rule means every
 * number that it has when the question is asked; what it loses by an update, or by being deleted or
 * forgotten, stays as a rule of that number. So it is with the contact of an opt-out's call. DATAERR if
 * there is no such contact.
 */
int dnc_put(struct db *, const struct dnc *, struct fault *);
/* 1 removed, 0 it was not there; the people that it kept out wait again. */
int dnc_drop(struct db *, const struct dnc *, struct fault *);
/* The same for a number in all campaigns. */
int dnc_add(struct db *, int64_t phone, const char *source, const char *reason, struct fault *);

/* Rules behind *after (zeroed: from the first) in the order of kind and value, at most n: how many, or -1. */
int dnc_page(struct db *, struct dnc *after, struct dnc *rules, int n, struct fault *);

enum { DNC_ANY_CAMPAIGN = -1 };
/*
 * Every rule that speaks against a number: of all campaigns and of this one (0: none, or
 * DNC_ANY_CAMPAIGN), and lists if with_lists. cb must not use the store; 1 from it ends the search,
 * which returns it then, else 0; -1 fault.
 */
int dnc_match(struct db *, int64_t phone, int64_t campaign, bool with_lists,
    int (*cb)(void *arg, const struct dnc *, struct fault *), void *arg, struct fault *);

/* One rule as a line (outreach-record(5)); asked: the number that it speaks against, or 0. */
int dnc_record(struct db *, struct buf *, const struct dnc *, int64_t asked, struct fault *);

/* ---- for lib/store ---- */

/*
 * The numbers on which :contact opted out, in a call to it or in one that was about it too (siblings.h): who
 * spoke there is not known, so it holds for all of them.
 */
#define DNC_OPTED_OUT                                                         \
	"(SELECT phone FROM optout WHERE contact = :contact AND verdict <> 2" \
	" UNION ALL SELECT o.phone FROM target t"                             \
	" CROSS JOIN call_sibling s ON s.target = t.id"                       \
	" CROSS JOIN optout o ON o.call = s.call"                             \
	" WHERE t.contact = :contact AND o.verdict <> 2)"

/* Whether a list holds in the campaigns of this plan. */
bool dnc_plan_uses(const struct plan *, const char *list);

/* dnc_put of a rule that another form of its number has (renumber.h): who is forgotten takes both along. */
int dnc_put_beside(struct db *, const struct dnc *, int64_t before, struct fault *);
/* A call was refused as unwanted (SIP 607), a wish: its number is on do-not-call from that time on. */
int dnc_unwanted(struct db *, const struct uuid *call, int64_t at, struct fault *);
/*
 * A rule holds from now on, inside a transaction: the claims of people one of whose numbers it means are
 * withdrawn, and they are decided anew, so that nobody counts as due who is not called. Those of a prefix,
 * who may be many, are not: dnc_meant.h.
 */
int dnc_enforce(struct db *, const struct dnc *, struct fault *);
/* What policy needs to know about a person in a campaign; phone: one to ask about too, or 0. */
int dnc_facts(struct db *, const struct plan *, int64_t campaign, int64_t contact,
    int64_t phone, struct facts *, struct fault *);
/* A contact is about to lose the numbers that are not among these: what its rule kept stays kept. */
int dnc_keep_numbers(
    struct db *, int64_t contact, const int64_t *staying, int n, struct fault *);
/* Withdraws every claim that a rule or list speaks against now. Own transactions of at most 50 ms. */
int dnc_recheck_claims(struct db *, struct fault *);
/* People whom do-not-call kept out are decided anew at the next claim (inside a transaction). */
int dnc_mark_settle(struct db *, struct fault *);

#endif
