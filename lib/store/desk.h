/*
 * desk: what a campaign's questions to a model have in common: the campaign
 * file as it was when the first was asked, the server, the price, the budgets,
 * and what was spent of them. Money is in billionths of the unit of the
 * campaign's currency.
 */
#ifndef DESK_H
#define DESK_H

#include <jansson.h>
#include <stdbool.h>

#include "campaign.h"
#include "db.h"
#include "llm.h"
#include "settings.h"
#include "written.h"

struct desk_terms {
	const struct settings *settings;
	int concurrent; /* 0: as the settings say */
	int64_t
	    budget_milli; /* thousandths of the unit of the one currency of this run; 0: none */
	int64_t budget_tokens; /* 0: none */
};

enum { DESK_CURRENCIES = 8 };

/* What a run spent, of all campaigns. */
struct desk_count {
	int64_t tokens_in, tokens_out;
	struct desk_cost {
		char currency[4]; /* ISO 4217; empty: from here on there is none */
		int64_t cost;
	} cost[DESK_CURRENCIES];
};
/* Appends it for people: "100 + 20 tokens, 0.000140 USD". */
void desk_count_text(const struct desk_count *, struct buf *);

/* What a desk asks with. All of it is the desk's, and stays as it is until desks_free. */
struct desk_setup {
	int64_t campaign;
	const struct plan
	    *plan; /* a copy: a file that is applied meanwhile does not touch it */
	struct plan_context how; /* the plan's block context, else context_standard() */
	json_t *parameters;      /* sent with every question */
	void *own;               /* whatever else the caller needs for a campaign's questions */
};

/* How a new desk is furnished. */
struct desk_kind {
	/*
	 * Sets parameters and own, and changes how, whose strings stay the plan's or the caller's. What is set
	 * is released by the desk, after a fault too.
	 */
	int (*furnish)(void *arg, struct desk_setup *, struct fault *);
	void (*clear)(void *own); /* releases own, which may be null; or null */
	void *arg;
};

struct desks; /* heap */

struct desks *desks_new(struct db *, struct loop *, const struct desk_terms *,
    const struct desk_kind *, struct desk_count *);
void desks_free(struct desks *); /* what is under way ends as llm_free says */

struct desk;
/* The campaign's; null with a fault, and then there is none. */
struct desk *desk_of(struct desks *, int64_t campaign, struct fault *);
const struct desk_setup *desk_setup(const struct desk *);
/* Whether the campaign's file is still the one that the desk was opened with. */
int desk_is_current(const struct desk *, bool *is, struct fault *);

/* What a question may take at most. */
struct desk_estimate {
	int64_t tokens, cost;
};
void desk_estimate(const struct desk *, size_t bytes, struct desk_estimate *);
/*
 * 0 a question of that size is within the budgets; 1 it is not yet: what is kept for those under way may turn
 * out to be more than they take; -1: REFUSED, or CONFIG if the run has a budget in money, and the campaign no
 * price, or one in another currency than those before it.
 */
int desk_check(const struct desk *, const struct desk_estimate *, struct fault *);
/* As if it had been asked, for a dry run. */
void desk_pretend(struct desk *, const struct desk_estimate *);
/* Asks; the estimate is kept from the budgets until desk_answered. -1: no server, or no key. */
int desk_ask(
    struct desk *, const struct llm_question *, const struct desk_estimate *, struct fault *);
void desk_answered(struct desk *, const struct desk_estimate *, const struct llm_answer *);
/* Inside the transaction that stored the answer: what others spent meanwhile counts from here on too. */
int desk_stored(struct desk *, const struct llm_answer *, struct fault *);
/* No question more is begun, at any desk. */
void desks_stop(struct desks *, const struct fault *);

#endif
