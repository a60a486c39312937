/*
 * dry: the decision that the door would make, without a claim, an intent or an
 * exchange.
 */
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "contact.h"
#include "dry.h"
#include "filter.h"
#include "num.h"
#include "policy.h"
#include "schedule.h"

struct dry {
	struct db *db;
	const struct settings *settings;
	const char *exchange;
	struct buf text;
	void (*report)(const struct fault *);
	int64_t refused;
};

/* As when dialling: told, counted, and the rest goes on. */
static int
refuse(struct dry *t, const struct fault *why)
{
	t->report(why);
	t->refused++;
	return 0;
}

/* Null: it is not in the settings. */
static const struct exchange *
exchange_of(const struct dry *t, const struct plan *plan)
{
	const char *name = t->exchange != NULL ? t->exchange : plan->exchange;

	for (size_t i = 0; i < t->settings->exchanges; i++)
		if (strcmp(t->settings->exchange[i].name, name) == 0)
			return &t->settings->exchange[i];
	return NULL;
}

/* What would be dialled: of an exchange that is told by HTTP, where the request would go. */
static int
channel_of(struct dry *t, const struct plan *plan, const struct order *o, char *out,
    size_t size, struct fault *f)
{
	const struct exchange *x = exchange_of(t, plan);
	char id[37];

	if (x == NULL || !x->http)
		return plan_dial_string(plan, o->phone, uuid_text(&o->id, id), out, size, f);
	snprintf(out, size, "%s%s", x->url, x->path);
	return 0;
}

/* The record with the decision behind its own fields. */
static void
print(struct buf *out, const struct rec *rec, const struct decision *d, const char *channel)
{
	size_t end = rec->len;
	char at[32];

	while (end > 0 && rec->p[end - 1] != '}')
		end--;
	buf_add(out, rec->p, end - 1);
	buf_member(out, "decision", verdict_name(d->verdict));
	if (d->reasons > 0) {
		buf_key(out, "reasons");
		buf_addc(out, '[');
		for (int i = 0; i < d->reasons; i++) {
			if (i > 0)
				buf_addc(out, ',');
			buf_json(out, d->reason[i].text, strlen(d->reason[i].text));
		}
		buf_addc(out, ']');
	}
	if (d->verdict == NOT_BEFORE && d->at != INT64_MAX)
		buf_member(out, "not_before", num_instant_text(d->at, at));
	buf_member(out, "channel", channel);
	buf_adds(out, "}\n");
}

static int
record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct dry *t = ctx;
	const struct plan *plan;
	struct decision d = {0};
	struct order o;
	struct uuid id;
	char channel[PLAN_DIAL_MAX + 1];
	int n = rec_text(rec, "id", &t->text, f);

	if (n < 0)
		return 1;
	if (n == 0 || uuid_parse(t->text.p, t->text.len, &id) < 0) {
		(void)rec_fault(rec, f, "a call record without a call id");
		return 1;
	}
	if ((n = calls_order(t->db, &id, &o, f)) < 0)
		return -1;
	if (n == 0 || o.campaign == 0 || o.open) {
		(void)rec_fault(rec, f,
		    n > 0 && o.open
			? "this call was made already"
			: "no claim holds under this id (never claimed, withdrawn, or claimed again)");
		return refuse(t, f);
	}
	if ((plan = campaigns_plan(t->db, o.campaign, f)) == NULL ||
	    calls_may(t->db, &o, &d, f) < 0)
		return -1;
	if (channel_of(t, plan, &o, channel, sizeof(channel), f) < 0)
		return refuse(t, f);
	print(out, rec, &d, channel);
	return 0;
}

int
dial_dry(struct db *db, const struct settings *settings, const char *exchange, bool keep_going,
    void (*report)(const struct fault *))
{
	static const char *const types[] = {"call", NULL};
	struct dry t = {.db = db, .settings = settings, .exchange = exchange, .report = report};
	const struct filter filter = {.types = types,
	    .ctx = &t,
	    .record = record,
	    .report = report,
	    .keep_going = keep_going};
	struct filter_count count = {0};
	struct fault f;
	int rc = filter_run(&filter, STDIN_FILENO, "<stdin>", &count, &f);

	buf_release(&t.text);
	if (rc < 0) {
		report(&f);
		return f.code;
	}
	return count.refused > 0 || t.refused > 0 ? SOME : OK;
}
