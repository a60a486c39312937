/*
 * metrics: families in the order of a table, each with its type and help, and
 * at the end `# EOF` (OpenMetrics 1.0, sections 4 and 5).
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "mem.h"
#include "metrics.h"
#include "policy.h"
#include "tally.h"
#include "web_parts.h"

/* What requests are about: one histogram each. */
enum about { WEBHOOKS, CONTEXTS, PROMPTS, OTHERS, ABOUTS };
static const char *const about_name[ABOUTS] = {"webhook", "context", "prompt", "other"};

enum result { FRESH, KNOWN, UNAUTHORISED, WRONG, BUSY, RESULTS };
static const char *const result_name[RESULTS] = {
    "new", "repeated", "unauthorized", "refused", "unavailable"};

static const struct {
	int64_t us;
	const char *text;
} bound[] = {{1000, "0.001"}, {2500, "0.0025"}, {5000, "0.005"}, {10000, "0.01"},
    {25000, "0.025"}, {50000, "0.05"}, {100000, "0.1"}, {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1.0"}, {2500000, "2.5"}, {5000000, "5.0"}};

enum { BOUNDS = COUNT(bound), CLASSES = 6, US = 1000000 };

struct metrics {
	_Atomic int64_t webhooks[RESULTS];
	_Atomic int64_t answers[CLASSES]; /* 0: no answer; 2xx, 3xx, ... */
	struct {
		_Atomic int64_t n[BOUNDS + 1]; /* each alone; the last is +Inf */
		_Atomic int64_t sum_us;
	} took[ABOUTS];
};

struct metrics *
metrics_new(void)
{
	return xcalloc(1, sizeof(struct metrics));
}

void
metrics_free(struct metrics *m)
{
	free(m);
}

/* ---- counting ------------------------------------------------------------------------ */

static enum about
about_of(const struct request *r)
{
	if (r->route->auth == AUTH_SECRET)
		return WEBHOOKS;
	if (strstr(r->route->path, "context"))
		return CONTEXTS;
	return strcmp(r->route->path, "/prompt-stream") == 0 ? PROMPTS : OTHERS;
}

static enum result
result_of(const struct request *r)
{
	switch (r->status) {
	case 200: return r->fresh ? FRESH : KNOWN;
	case 401: return UNAUTHORISED;
	case 0: /* its sender went before the answer */
	case 500:
	case 503: return BUSY;
	default: return WRONG;
	}
}

void
metrics_count(struct metrics *m, const struct request *r, int64_t took_us)
{
	int class = r->status / 100;
	size_t i = 0;
	enum about about;

	if (class >= 0 && class < CLASSES)
		atomic_fetch_add(&m->answers[class], 1);
	if (!r->route)
		return;
	about = about_of(r);
	if (about == WEBHOOKS)
		atomic_fetch_add(&m->webhooks[result_of(r)], 1);
	if (r->stream || r->taken ||
	    took_us < 0) /* lasts as long as somebody listens; was never whole */
		return;
	while (i < BOUNDS && took_us > bound[i].us)
		i++;
	atomic_fetch_add(&m->took[about].n[i], 1);
	atomic_fetch_add(&m->took[about].sum_us, took_us);
}

/* ---- text ------------------------------------------------------------------------------ */

void
metrics_label(struct buf *b, const char *value)
{
	buf_addc(b, '"');
	for (; *value; value++)
		switch (*value) {
		case '\n': buf_adds(b, "\\n"); break;
		case '\\':
		case '"': buf_addc(b, '\\'); /* fall through */
		default: buf_addc(b, *value);
		}
	buf_addc(b, '"');
}

static void
family(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# TYPE outreach_%s %s\n# HELP outreach_%s %s\n", name, type, name, help);
}

static void
sample(struct buf *b, const char *name, const char *key, const char *value, int64_t n)
{
	buf_printf(b, "outreach_%s", name);
	if (key) {
		buf_printf(b, "{%s=", key);
		metrics_label(b, value);
		buf_addc(b, '}');
	}
	buf_printf(b, " %lld\n", (long long)n);
}

static void
one(struct buf *b, const char *name, const char *type, const char *help, int64_t n)
{
	family(b, name, type, help);
	sample(b, name, NULL, NULL, n);
}

static void
put_took(struct buf *b, const struct metrics *m)
{
	family(b, "request_duration_seconds", "histogram",
	    "From a whole request until its answer has left.");
	buf_adds(b, "# UNIT outreach_request_duration_seconds seconds\n");
	for (int a = 0; a < ABOUTS; a++) {
		int64_t n = 0, us = m->took[a].sum_us;

		for (size_t i = 0; i <= BOUNDS; i++) {
			n += m->took[a].n[i];
			buf_printf(b,
			    "outreach_request_duration_seconds_bucket{about=\"%s\",le=\"%s\"} %lld\n",
			    about_name[a], i < BOUNDS ? bound[i].text : "+Inf", (long long)n);
		}
		buf_printf(b,
		    "outreach_request_duration_seconds_count{about=\"%s\"} %lld\n"
		    "outreach_request_duration_seconds_sum{about=\"%s\"} %lld.%06lld\n",
		    about_name[a], (long long)n, about_name[a], (long long)(us / US),
		    (long long)(us % US));
	}
}

static void
put_process(struct buf *b, struct web *w)
{
	static const char *const class[CLASSES] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
	struct metrics *m = w->metrics;

	family(b, "build", "info", "What runs.");
	buf_adds(b, "outreach_build_info{version=\"" OUTREACH_VERSION "\"} 1\n");
	family(b, "webhooks", "counter", "Events that came, by what became of them.");
	for (int i = 0; i < RESULTS; i++)
		sample(b, "webhooks_total", "result", result_name[i], m->webhooks[i]);
	family(b, "requests", "counter", "Requests by the class of their answer.");
	for (int i = 0; i < CLASSES; i++)
		sample(b, "requests_total", "code", class[i], m -> answers[i]);
	put_took(b, m);
	one(b, "contexts", "gauge", "Open calls whose context is given out.",
	    (int64_t)contexts_count(w->contexts));
	one(b, "live_streams", "gauge", "Streams of the journal that are open.",
	    live_streams(w->live));
	family(b, "live_dropped", "counter", "Streams that were ended as too slow.");
	sample(b, "live_dropped_total", NULL, NULL, live_dropped(w->live));
	one(b, "ready", "gauge", "Whether events are taken, as /readyz says.",
	    alive_why(w) == NULL);
}

/* ---- the store --------------------------------------------------------------------------- */

struct campaigns {
	struct buf intents;
	int64_t in[CAMPAIGN_STATES];
};

static int
add_campaign(void *arg, const char *name, const char *state, int64_t intents)
{
	struct campaigns *k = arg;
	int s = campaign_state_parse(state);

	if (s >= 0)
		k->in[s]++;
	sample(&k->intents, "intents_total", "campaign", name, intents);
	return 0;
}

static int
add_open(void *arg, const char *campaign, enum call_rank rank, int64_t n)
{
	struct buf *b = arg;

	buf_adds(b, "outreach_open_calls{campaign=");
	metrics_label(b, campaign);
	buf_printf(b, ",state=\"%s\"} %lld\n", rank_name(rank), (long long)n);
	return 0;
}

static int
put_campaigns(struct buf *b, struct db *db, struct fault *f)
{
	struct campaigns k = {.in = {0}};
	int rc = tally_campaigns(db, add_campaign, &k, f);

	family(b, "campaigns", "gauge", "Campaigns by state.");
	for (int s = 0; s < CAMPAIGN_STATES; s++)
		sample(b, "campaigns", "state", campaign_state_name((enum campaign_state)s),
		    k.in[s]);
	family(b, "intents", "counter", "Calls that were ever intended.");
	buf_add(b, k.intents.len ? k.intents.p : "", k.intents.len);
	buf_release(&k.intents);
	return rc;
}

int
metrics_get(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct buf *b = &r->out;
	int64_t n[DISP_COUNT], seq;
	char hex[65];

	if (journal_head(w->db, &seq, hex, f) < 0 || tally_dispositions(w->db, n, f) < 0)
		return -1;
	put_process(b, w);
	one(b, "journal_position", "gauge", "The last row of the journal.", seq);
	if (put_campaigns(b, w->db, f) < 0)
		return -1;
	family(b, "open_calls", "gauge", "Calls whose line is open.");
	if (tally_open(w->db, add_open, b, f) < 0)
		return -1;
	family(b, "calls", "gauge",
	    "Calls that are over or unknown, by how they ended; evidence may move one.");
	for (int d = DISP_NONE + 1; d < DISP_COUNT; d++)
		sample(b, "calls", "disposition", disposition_name((enum disposition)d), n[d]);
	buf_adds(b, "# EOF\n");
	request_json(r, 200);
	r->type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
	request_add(r, "Cache-Control", "no-store");
	return 0;
}
