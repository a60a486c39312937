/*
 * desk: one a campaign, opened with its first question; the key is read once.
 */
#include "desk.h"

#include <stdlib.h>
#include <string.h>

#include "campaigns.h"
#include "llm_rate.h"
#include "mem.h"
#include "secret.h"

enum { BILLIONTHS = 1000000 /* in a thousandth */ };

struct desk {
	struct desks *of;
	struct desk *next;
	struct plan plan;
	int64_t revision; /* of the plan */
	struct desk_setup setup;
	struct llm *llm;
	struct spent spent;            /* as the store has it */
	struct desk_estimate unsaved;  /* of answers that it has not yet */
	struct desk_estimate reserved; /* of questions under way */
};

struct desks {
	struct db *db;
	struct loop *loop;
	const struct desk_terms *terms;
	const struct desk_kind *kind;
	struct desk_count *count;
	struct desk *first;
	char *key;
	struct desk_estimate reserved; /* at all of them */
};

struct desks *
desks_new(struct db *db, struct loop *loop, const struct desk_terms *terms,
    const struct desk_kind *kind, struct desk_count *count)
{
	struct desks *all = xcalloc(1, sizeof(*all));

	*all = (struct desks){
	    .db = db, .loop = loop, .terms = terms, .kind = kind, .count = count};
	return all;
}

static void
desk_free(struct desk *d)
{
	llm_free(d->llm);
	if (d->of->kind->clear)
		d->of->kind->clear(d->setup.own);
	json_decref(d->setup.parameters);
	plan_release(&d->plan);
	free(d);
}

void
desks_free(struct desks *all)
{
	struct desk *d;

	while ((d = all->first)) {
		all->first = d->next;
		desk_free(d);
	}
	secret_free(all->key);
	free(all);
}

static int
furnish(struct desk *d, int64_t campaign, struct fault *f)
{
	const struct desk_kind *kind = d->of->kind;

	if (campaigns_copy_plan(d->of->db, campaign, &d->plan, &d->revision, f) < 0 ||
	    written_spent(d->of->db, campaign, &d->spent, f) < 0)
		return -1;
	d->setup = (struct desk_setup){.campaign = campaign,
	    .plan = &d->plan,
	    .how = d->plan.context ? *d->plan.context : *context_standard()};
	return kind->furnish(kind->arg, &d->setup, f);
}

struct desk *
desk_of(struct desks *all, int64_t campaign, struct fault *f)
{
	struct desk *d;

	for (d = all->first; d; d = d->next)
		if (d->setup.campaign == campaign)
			return d;
	d = xcalloc(1, sizeof(*d));
	d->of = all;
	if (furnish(d, campaign, f) < 0) {
		desk_free(d);
		return NULL;
	}
	/* Only now: nobody finds one that lacks something. */
	d->next = all->first;
	all->first = d;
	return d;
}

const struct desk_setup *
desk_setup(const struct desk *d)
{
	return &d->setup;
}

int
desk_is_current(const struct desk *d, bool *is, struct fault *f)
{
	int64_t revision;

	if (campaigns_plan_revision(d->of->db, d->setup.campaign, &revision, f) < 0)
		return -1;
	*is = revision == d->revision;
	return 0;
}

/* ---- budgets -------------------------------------------------------------------- */

void
desk_estimate(const struct desk *d, size_t bytes, struct desk_estimate *e)
{
	int64_t in = llm_estimate(bytes);

	e->tokens = in + d->setup.how.max_tokens;
	e->cost = context_cost(&d->setup.how, in, d->setup.how.max_tokens);
}

/* A budget, and what it is asked for. */
struct limit {
	const char *of, *where; /* whose it is; where it stands */
	const char *unit;       /* a currency, in billionths; else tokens */
	int64_t all;            /* 0: there is none */
	int64_t spent, kept;    /* kept for questions under way */
	int64_t more;           /* for this one, at most */
};

/* Tokens as they are; money to the millionth, with no zeros behind its second place. */
static const char *
amount(const struct limit *l, int64_t n, char out[40])
{
	int len;

	if (strcmp(l->unit, "tokens") == 0) {
		snprintf(out, 40, "%lld", (long long)n);
		return out;
	}
	len = snprintf(out, 40, "%lld.%06lld", (long long)(n / 1000000000),
	    (long long)(n / 1000 % 1000000));
	for (int least = len - 4; len > least && out[len - 1] == '0';)
		out[--len] = '\0';
	return out;
}

static int
keep_to(const struct limit *l, struct fault *f)
{
	char spent[40], all[40], more[40];

	if (!l->all || l->spent + l->kept + l->more <= l->all)
		return 0;
	if (l->kept)
		return 1;
	return fault(f, REFUSED,
	    "%s does not allow another question: %s of %s %s are spent, and it may take %s (%s)",
	    l->of, amount(l, l->spent, spent), amount(l, l->all, all), l->unit,
	    amount(l, l->more, more), l->where);
}

static int
check_campaign(const struct desk *d, const struct desk_estimate *e, struct fault *f)
{
	const struct plan_context *c = &d->setup.how;
	char of[160];
	struct limit money = {of,
	    "context.budget.money; outreach-campaign targets --without-context shows who is left",
	    c->currency, c->budget_milli * BILLIONTHS, d->spent.cost + d->unsaved.cost,
	    d->reserved.cost, e->cost};
	struct limit tokens = {of, "context.budget.tokens", "tokens", c->budget_tokens,
	    d->spent.tokens_in + d->spent.tokens_out + d->unsaved.tokens, d->reserved.tokens,
	    e->tokens};
	int got;

	snprintf(of, sizeof(of), "the budget of campaign %.120s", d->plan.name);
	got = keep_to(&money, f);
	return got ? got : keep_to(&tokens, f);
}

static int
check_currency(const struct desk *d, struct fault *f)
{
	const char *first = d->of->count->cost[0].currency, *ours = d->setup.how.currency;

	if (!*ours)
		return fault(f, CONFIG,
		    "--budget cannot be kept: campaign %s has no price (context.price in its file)",
		    d->plan.name);
	if (*first && strcmp(first, ours) != 0)
		return fault(f, CONFIG,
		    "--budget is in %s so far, and campaign %s counts in %s: make two runs of it",
		    first, d->plan.name, ours);
	return 0;
}

/* --budget and --tokens. */
static int
check_terms(const struct desk *d, const struct desk_estimate *e, struct fault *f)
{
	const struct desk_terms *t = d->of->terms;
	const struct desk_count *n = d->of->count;
	struct limit tokens = {"this run", "--tokens", "tokens", t->budget_tokens,
	    n->tokens_in + n->tokens_out, d->of->reserved.tokens, e->tokens};
	struct limit money = {"this run", "--budget", d->setup.how.currency,
	    t->budget_milli * BILLIONTHS, n->cost[0].cost, d->of->reserved.cost, e->cost};
	int got = keep_to(&tokens, f);

	if (got || !t->budget_milli)
		return got;
	return check_currency(d, f) < 0 ? -1 : keep_to(&money, f);
}

int
desk_check(const struct desk *d, const struct desk_estimate *e, struct fault *f)
{
	int got = check_campaign(d, e, f);

	return got ? got : check_terms(d, e, f);
}

static void
add(struct desk_estimate *to, const struct desk_estimate *e, int sign)
{
	to->tokens += sign * e->tokens;
	to->cost += sign * e->cost;
}

static struct desk_estimate
price(const struct desk *d, int64_t tokens_in, int64_t tokens_out)
{
	return (struct desk_estimate){
	    tokens_in + tokens_out, context_cost(&d->setup.how, tokens_in, tokens_out)};
}

/* Of a ninth currency the tokens alone are told. */
static void
count_cost(struct desk_count *n, const char *currency, int64_t cost)
{
	int i = 0;

	while (i < DESK_CURRENCIES && *n->cost[i].currency &&
	    strcmp(n->cost[i].currency, currency) != 0)
		i++;
	if (i == DESK_CURRENCIES || !*currency)
		return;
	(void)copy_text(n->cost[i].currency, sizeof(n->cost[i].currency), currency);
	n->cost[i].cost += cost;
}

/* The currency of a run with a budget in money is that of its first question. */
static void
reserve(struct desk *d, const struct desk_estimate *e, int sign)
{
	add(&d->reserved, e, sign);
	add(&d->of->reserved, e, sign);
	if (d->of->terms->budget_milli)
		count_cost(d->of->count, d->setup.how.currency, 0);
}

static void
spend(struct desk *d, int64_t tokens_in, int64_t tokens_out)
{
	struct desk_estimate e = price(d, tokens_in, tokens_out);
	struct desk_count *n = d->of->count;

	add(&d->unsaved, &e, 1);
	n->tokens_in += tokens_in;
	n->tokens_out += tokens_out;
	count_cost(n, d->setup.how.currency, e.cost);
}

void
desk_count_text(const struct desk_count *n, struct buf *b)
{
	buf_printf(b, "%lld + %lld tokens", (long long)n->tokens_in, (long long)n->tokens_out);
	for (int i = 0; i < DESK_CURRENCIES && *n->cost[i].currency; i++)
		buf_printf(b, "%s %lld.%06lld %s", i ? " and" : ",",
		    (long long)(n->cost[i].cost / 1000000000),
		    (long long)(n->cost[i].cost / 1000 % 1000000), n->cost[i].currency);
	if (!*n->cost[0].currency && n->tokens_in + n->tokens_out > 0)
		buf_adds(b, ", no price is known (context.price)");
}

void
desk_pretend(struct desk *d, const struct desk_estimate *e)
{
	spend(d, e->tokens - d->setup.how.max_tokens, d->setup.how.max_tokens);
}

/* ---- questions -------------------------------------------------------------------- */

static int
open_llm(struct desk *d, struct fault *f)
{
	const struct plan_context *c = &d->setup.how;
	const struct desk_terms *t = d->of->terms;
	const struct llm_settings *s = &t->settings->llm;
	struct llm_config config = {.url = s->url,
	    .model = c->model,
	    .azure = s->azure,
	    .parameters = d->setup.parameters,
	    .spare_temperature = c->temperature_milli < 0,
	    .max_tokens = c->max_tokens,
	    .timeout_ms = c->timeout_ms,
	    .tries = c->tries,
	    .concurrent = t->concurrent ? t->concurrent : (int)s->concurrent,
	    .requests_per_minute = s->requests_per_minute,
	    .tokens_per_minute = s->tokens_per_minute};
	const char *from;

	if (!d->of->key && !(d->of->key = llm_key(t->settings, &from, f)))
		return -1;
	config.key = d->of->key;
	return (d->llm = llm_new(d->of->loop, &config, f)) ? 0 : -1;
}

int
desk_ask(struct desk *d, const struct llm_question *q, const struct desk_estimate *e,
    struct fault *f)
{
	if (!d->llm && open_llm(d, f) < 0)
		return -1;
	reserve(d, e, 1);
	llm_ask(d->llm, q);
	return 0;
}

void
desk_answered(struct desk *d, const struct desk_estimate *e, const struct llm_answer *a)
{
	reserve(d, e, -1);
	if (a->tokens_in || a->tokens_out)
		spend(d, a->tokens_in, a->tokens_out);
}

int
desk_stored(struct desk *d, const struct llm_answer *a, struct fault *f)
{
	struct desk_estimate e = price(d, a->tokens_in, a->tokens_out);

	add(&d->unsaved, &e, -1);
	return written_spent(d->of->db, d->setup.campaign, &d->spent, f);
}

void
desks_stop(struct desks *all, const struct fault *why)
{
	for (struct desk *d = all->first; d; d = d->next)
		if (d->llm)
			llm_stop(d->llm, why);
}
