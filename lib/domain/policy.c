/*
 * policy: rules in groups (store, number, attempts, time), each adding its
 * reasons; the verdict is the strictest of them. The calendar works on local
 * readings: within one offset of a zone, windows are plain arithmetic.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "policy.h"

#define MINUTE   INT64_C(60000)
#define DAY      (1440 * MINUTE)
#define HORIZON  (731 * DAY)
#define MERGE    (8 * DAY)                /* openings that touch are joined that far */
#define TIME_MAX INT64_C(253402300800000) /* the year 10000: local sums cannot overflow */

static int64_t
floor_day(int64_t local)
{
	return local / DAY - (local % DAY < 0);
}

/* ---- the calendar ---- */

/* The local instants of one window that starts on that day. */
static bool
window_on(
    const struct plan *p, const struct window *w, int64_t day, int64_t *start, int64_t *end)
{
	unsigned weekday = (unsigned)(((day + 4) % 7 + 7) % 7);

	if ((p->days >> weekday & 1) == 0 || (p->from_day != 0 && day < p->from_day) ||
	    (p->until_day != 0 && day > p->until_day))
		return false;
	*start = day * DAY + w->from * MINUTE;
	*end = day * DAY + (w->to < w->from ? w->to + 1440 : w->to) * MINUTE;
	return *start < *end;
}

/* The first open local instant at or after local, or INT64_MAX. */
static int64_t
local_opens(const struct plan *p, int64_t local)
{
	int64_t day = floor_day(local) - 1, start, end, best = INT64_MAX;

	if (p->from_day != 0 && day < p->from_day)
		day = p->from_day;
	/* Windows of one day start before those of the next; nine days hold each weekday. */
	for (int64_t last = day + 9; day <= last && best == INT64_MAX; day++)
		for (int i = 0; i < p->windows; i++) {
			if (!window_on(p, &p->window[i], day, &start, &end) || end <= local)
				continue;
			start = start > local ? start : local;
			best = start < best ? start : best;
		}
	return best;
}

/* Until when it is open from local on, where it is open; windows that touch are one. */
static int64_t
local_closes(const struct plan *p, int64_t local)
{
	int64_t until = local, before, start, end;

	do {
		before = until;
		for (int64_t day = floor_day(until) - 1; day <= floor_day(before); day++)
			for (int i = 0; i < p->windows; i++)
				if (window_on(p, &p->window[i], day, &start, &end) &&
				    start <= until && end > until)
					until = end;
	} while (until > before && until - local < MERGE);
	return until;
}

static int64_t
offset_ms(const struct zone *z, int64_t t)
{
	return zone_offset(z, t) * INT64_C(1000);
}

static int64_t
zone_opens(const struct plan *p, const struct zone *z, int64_t t, int64_t limit)
{
	int64_t offset, opens, next;

	for (; t < limit; t = next) {
		offset = offset_ms(z, t);
		opens = local_opens(p, t + offset);
		if (opens == t + offset)
			return t;
		next = zone_next_change(z, t);
		if (opens != INT64_MAX && opens - offset < next)
			return opens - offset;
	}
	return INT64_MAX;
}

static int64_t
zone_closes(const struct plan *p, const struct zone *z, int64_t t)
{
	int64_t offset, closes, next, limit = t + MERGE;

	for (;;) {
		offset = offset_ms(z, t);
		closes = local_closes(p, t + offset) - offset;
		next = zone_next_change(z, t);
		if (closes < next)
			return closes;
		/* The clock is set while it is open: does the new reading lie in a window too? */
		if (next >= limit ||
		    local_opens(p, next + offset_ms(z, next)) != next + offset_ms(z, next))
			return next;
		t = next;
	}
}

int64_t
policy_window(
    const struct plan *p, const struct zone *const *z, int zones, int64_t now, int64_t *closes)
{
	int64_t limit, t = now, opens, end;
	int agreed = 0;

	*closes = INT64_MAX;
	if (zones <= 0 || now > TIME_MAX || now < -TIME_MAX)
		return INT64_MAX;
	limit = now + HORIZON;
	for (int i = 0; agreed < zones; i = (i + 1) % zones) {
		if ((opens = zone_opens(p, z[i], t, limit)) == INT64_MAX || opens >= limit)
			return INT64_MAX;
		agreed = opens == t ? agreed + 1 : 1;
		t = opens;
	}
	for (int i = 0; i < zones; i++)
		if ((end = zone_closes(p, z[i], t)) < *closes)
			*closes = end;
	return t;
}

/* Like policy_window, but openings that the guard leaves nothing of are passed over. */
static int64_t
usable_window(const struct plan *p, const struct zone *const *z, int zones, int64_t now)
{
	int64_t t = now, closes;

	while (t - now < HORIZON) {
		if ((t = policy_window(p, z, zones, t, &closes)) == INT64_MAX)
			break;
		if (closes - t > POLICY_GUARD_MS)
			return t;
		t = closes;
	}
	return INT64_MAX;
}

/* ---- reasons ---- */

static struct reason *
add(struct decision *d, enum verdict v, const char *code, const char *cite)
{
	struct reason *r =
	    &d->reason[d->reasons < POLICY_REASONS ? d->reasons++ : POLICY_REASONS - 1];

	*r = (struct reason){.verdict = v, .code = code, .cite = cite};
	if (v > d->verdict)
		d->verdict = v;
	return r;
}

/* A hold may say more than there is room for. */
static void __attribute__((format(printf, 2, 0)))
say(struct reason *r, const char *fmt, va_list ap)
{
	char text[512];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	copy_words(r->text, sizeof(r->text), text);
}

/* A reason about this person. */
static void __attribute__((format(printf, 5, 6))) refuse(struct decision *d, enum verdict v,
    const char *code, const char *cite, const char *fmt, ...)
{
	struct reason *r = add(d, v, code, cite);
	va_list ap;

	d->personal = r->personal = true;
	va_start(ap, fmt);
	say(r, fmt, ap);
	va_end(ap);
}

/* A reason of the store or the campaign. */
static void
suspend(
    struct decision *d, enum verdict v, const char *code, const char *cite, const char *text)
{
	(void)copy_text(add(d, v, code, cite)->text, sizeof(d->reason[0].text), text);
}

static void __attribute__((format(printf, 5, 6))) postpone(
    struct decision *d, int64_t until, const char *code, const char *cite, const char *fmt, ...)
{
	struct reason *r = add(d, NOT_BEFORE, code, cite);
	va_list ap;

	r->until = until;
	va_start(ap, fmt);
	say(r, fmt, ap);
	va_end(ap);
}

static int64_t
later(int64_t t, int64_t ms)
{
	int64_t sum;

	return __builtin_add_overflow(t, ms, &sum) ? INT64_MAX : sum;
}

/* ---- rules ---- */

static void
day_text(int64_t day, char out[32])
{
	int y, m, d;

	civil_from_days(day, &y, &m, &d);
	(void)snprintf(out, 32, "%04d-%02d-%02d", y, m, d);
}

static void
judge_lists(const struct facts *f, int64_t now, struct decision *d)
{
	char text[120], day[32];

	if (f->dnc_list == NULL || f->dnc_until > now)
		return;
	day_text(floor_day(f->dnc_until), day);
	(void)snprintf(text, sizeof(text),
	    "the do-not-call list %.40s %s%.10s (outreach-dnc import)", f->dnc_list,
	    f->dnc_until != 0 ? "is too old since " : "was never imported",
	    f->dnc_until != 0 ? day : "");
	suspend(d, HELD, "dnc_stale", "dnc_lists", text);
}

static void
judge_store(const struct facts *f, int64_t now, struct decision *d)
{
	if (f->stopped)
		suspend(d, HELD, "stopped", "outreach stop",
		    "everything is stopped until outreach resume");
	switch (f->campaign) {
	case CAMPAIGN_ACTIVE: break;
	case CAMPAIGN_DRAFT:
		suspend(d, HELD, "campaign", "activate", "the campaign is a draft");
		break;
	case CAMPAIGN_PAUSED:
		suspend(d, HELD, "campaign", "pause", "the campaign is paused");
		break;
	case CAMPAIGN_CANCELLED:
		suspend(d, NEVER, "campaign", "cancel", "the campaign is cancelled");
		break;
	default:
		suspend(
		    d, HELD, "campaign", "state", "the campaign is in a state not known here");
	}
	if (f->trial_over)
		suspend(d, HELD, "trial", "resume",
		    "the first calls are made: a person must say resume");
	judge_lists(f, now, d);
}

static void
judge_number(const struct facts *f, const struct plan *p, int64_t now, struct decision *d)
{
	char gap[32];
	int64_t until = later(f->last_dial, p->min_gap_ms);

	if (f->do_not_call)
		refuse(d, NEVER, "dnc", "do-not-call",
		    "the number is on the do-not-call list%s%.60s",
		    f->dnc_source != NULL ? ", from " : "",
		    f->dnc_source != NULL ? f->dnc_source : "");
	if (f->number_closed)
		refuse(d, NEVER, "number_closed", "invalid",
		    "an earlier call said the number is invalid");
	if (f->number_wrong)
		refuse(d, NEVER, "wrong_number", "wrong number",
		    "somebody there said that the number is not this person's");
	if (f->held != NULL)
		refuse(d, HELD, "held", "held", "held: %s", f->held);
	if (f->line_open)
		postpone(d, later(now, POLICY_LOOK_AGAIN_MS), "line_open", "one line a number",
		    "a line to this number is open");
	if (f->last_dial != 0 && until > now)
		postpone(d, until, "gap", "min_gap", "the number was called less than %s ago",
		    num_duration_text(p->min_gap_ms, gap));
}

/* Another call was asked for: only from then on, and every other rule holds then too. */
static void
judge_callback(const struct facts *f, int64_t now, struct decision *d)
{
	if (f->callback_why != NULL)
		refuse(d, HELD, "callback", "callback", "%s", f->callback_why);
	else if (f->callback_at > now)
		postpone(d, f->callback_at, "callback", "callback",
		    "the next call was asked for then");
}

/* It may cost, or reach a service: only for a campaign that says so. */
static void
judge_type(const struct facts *f, const struct plan *p, struct decision *d)
{
	if (PHONE_REFUSED & ~p->allow_numbers & 1u << f->number_type)
		refuse(d, NEVER, "number_type", "allow_numbers",
		    "the number is %s, which this campaign does not allow",
		    phone_type_name(f->number_type));
	if (f->number_unknown)
		refuse(d, HELD, "number_unknown", NULL,
		    "no plan of numbers gives the number out: give another, or correct it");
}

/* What is not on record was not given. */
static void
judge_consent(const struct facts *f, const struct plan *p, int64_t now, struct decision *d)
{
	const char *kind = consent_name(p->consent);
	char day[32];

	if (p->consent == CONSENT_NONE || f->consent_until > now)
		return;
	if (f->consent_revoked) {
		refuse(d, NEVER, "consent", "consent", "the consent was revoked");
	} else if (f->consent_until != 0) {
		day_text(floor_day(f->consent_until), day);
		refuse(d, HELD, "consent", "consent", "the consent ended on %s", day);
	} else {
		refuse(d, HELD, "consent", "consent",
		    "no %s consent is on record (outreach-dnc consent add)", kind);
	}
}

/* What was rejected nobody hears; what must be approved nobody hears before. */
static void
judge_review(const struct facts *f, const struct plan *p, struct decision *d)
{
	bool wanted = p->context != NULL && p->context->review;

	if (f->review == REVIEW_REJECTED)
		refuse(d, HELD, "review", "context.review",
		    "the context was rejected (outreach-context edit or regenerate)");
	else if (wanted && f->review != REVIEW_APPROVED)
		refuse(d, HELD, "review", "context.review", "%s",
		    f->review == REVIEW_NONE
			? "there is no context that a person could approve (outreach-context)"
			: "the context is not approved (outreach-context approve)");
}

/* To whom the AI cannot speak nobody speaks. */
static void
judge_language(const struct facts *f, const struct plan *p, struct decision *d)
{
	struct plan_texts texts;

	if (!plan_texts(p, f->language, &texts))
		refuse(d, HELD, "language", "languages_only",
		    "the campaign has no texts in the language %s", f->language);
}

/* The delay of a rule before the nth further attempt, counted from 1. */
static int64_t
rule_delay(const struct retry_rule *rule, int n)
{
	if (rule->delays <= 0)
		return 0;
	return rule->delay[n <= rule->delays ? n - 1 : rule->delays - 1];
}

/* How long after the last attempt's end the next may come; -1 never. */
static int64_t
retry_delay(const struct facts *f, const struct plan *p, int *used)
{
	enum disposition last = f->attempt[f->attempts - 1].disposition;
	const struct retry_rule *rule = &p->retry[last];
	int64_t delay, least = POLICY_BACKOFF_MS;

	*used = 0;
	for (int i = 0; i < f->attempts; i++)
		*used += f->attempt[i].disposition == last;
	if (rule->max > 0 && *used > rule->max)
		return -1;
	delay = rule_delay(rule, *used);
	if (disposition_counts(last) && !disposition_closes_number(last))
		return rule->max > 0 ? delay : -1;
	if (rule->max > 0)
		return delay > least ? delay : least;
	for (int i = f->attempts - 1;
	     i > 0 && !disposition_counts(f->attempt[i - 1].disposition); i--)
		least = least * 2 < POLICY_BACKOFF_MAX_MS ? least * 2 : POLICY_BACKOFF_MAX_MS;
	return least;
}

/* The last call settled it: another attempt is not to be asked for, however many there may be. */
static bool
judge_last(const struct facts *f, const struct plan *p, struct decision *d)
{
	enum disposition last = f->attempt[f->attempts - 1].disposition;

	if (last == DISP_UNWANTED) {
		refuse(d, NEVER, "dnc", "SIP 607", "the last call was marked as unwanted");
		return true;
	}
	if (disposition_reached(last) && (last == DISP_ANSWERED || p->retry[last].max <= 0)) {
		refuse(d, NEVER, "reached", "retry", "the person was reached (%s)",
		    disposition_name(last));
		return true;
	}
	return false;
}

/* True: there is no further attempt. */
static bool
judge_retry(const struct facts *f, const struct plan *p, int64_t now, struct decision *d)
{
	const struct attempt *last = &f->attempt[f->attempts - 1];
	const char *name = disposition_name(last->disposition);
	int64_t delay, until;
	int used;

	if ((delay = retry_delay(f, p, &used)) < 0) {
		refuse(d, NEVER, "retry", "retry", "%s: %d of %d further attempts are made",
		    name, used - 1, p->retry[last->disposition].max);
		return true;
	}
	until = later(last->ended_at != 0 ? last->ended_at : last->at, delay);
	if (until > now)
		postpone(d, until, "retry", "retry", "after %s the next attempt waits", name);
	return false;
}

static void
judge_attempts(const struct facts *f, const struct plan *p, int64_t now, struct decision *d)
{
	int counted = 0;
	bool unknown = false, open = false, settled;

	if (f->attempts <= 0)
		return;
	if (f->attempts > POLICY_ATTEMPTS) {
		refuse(d, HELD, "attempts", "max_attempts", "%d attempts", f->attempts);
		return;
	}
	for (int i = 0; i < f->attempts; i++) {
		counted += disposition_counts(f->attempt[i].disposition);
		unknown |= f->attempt[i].disposition == DISP_UNKNOWN ||
		    (unsigned)f->attempt[i].disposition >= DISP_COUNT;
		open |= f->attempt[i].disposition == DISP_NONE;
	}
	d->unknown = unknown;
	/* What is not settled is not judged: its outcome may be anything. */
	if (unknown)
		refuse(d, HELD, "unknown", "unknown", "how an earlier call ended is not known");
	if (open)
		refuse(
		    d, HELD, "line_open", "one line a number", "a call to this person is open");
	if (unknown || open)
		return;
	settled = judge_last(f, p, d); /* reached at the last attempt is reached */
	if (counted >= p->max_attempts)
		refuse(d, NEVER, "attempts", "max_attempts", "%d of %d attempts are made",
		    counted, p->max_attempts);
	else if (f->attempts >= POLICY_ATTEMPTS)
		refuse(d, HELD, "attempts", "max_attempts",
		    "%d attempts, most of them not charged", f->attempts);
	if (!settled)
		settled = judge_retry(f, p, now, d);
	d->reached = (settled || counted >= p->max_attempts) &&
	    disposition_reached(f->attempt[f->attempts - 1].disposition);
}

/* ---- dates, days and hours ---- */

/* "09:00-12:30, 14:00-18:00" */
static void
hours_text(const struct plan *p, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (int i = 0; i < p->windows; i++) {
		if (n + 14 >= size) { /* what is left out is said */
			(void)snprintf(out + n, size - n, ", ...");
			return;
		}
		n += (size_t)snprintf(out + n, size - n, "%s%02d:%02d-%02d:%02d",
		    i > 0 ? ", " : "", p->window[i].from / 60 % 100, p->window[i].from % 60,
		    p->window[i].to / 60 % 100, p->window[i].to % 60);
	}
}

/*
 * Says in the words of the first closed zone why that is no time to call: now, or the instant at which
 * all other rules would allow it.
 */
static void
postpone_hours(const struct plan *p, const struct zone *const *z, int zones, int64_t at,
    int64_t opens, bool behind, struct decision *d)
{
	static const char *const names[] = {
	    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
	const char *then = behind ? "by then " : "";
	char text[64];
	struct civil c;
	int i;

	for (i = 0; i < zones && zone_opens(p, z[i], at, at + 1) == at; i++)
		;
	if (i == zones) {
		postpone(d, opens, "hours", "hours", "%sthe window closes within %d s", then,
		    POLICY_GUARD_MS / 1000);
		return;
	}
	zone_civil(z[i], at, &c);
	if (p->from_day != 0 && civil_days(c.year, c.month, c.day) < p->from_day) {
		day_text(p->from_day, text);
		postpone(d, opens, "date", "from", "the campaign starts on %s", text);
	} else if ((p->days >> c.weekday & 1) == 0) {
		postpone(d, opens, "day", "days", "%sit is %s in %.60s", then, names[c.weekday],
		    zone_name(z[i]));
	} else {
		hours_text(p, text, sizeof(text));
		postpone(d, opens, "hours", "hours", "%sit is %02d:%02d in %.36s, hours are %s",
		    then, c.hour, c.minute, zone_name(z[i]), text);
	}
}

/* No opening from then on: because the campaign ends, or because the zones share no hour. */
static void
refuse_hours(const struct plan *p, const struct zone *const *z, int zones, bool from_number,
    int64_t from, struct decision *d)
{
	struct plan endless = *p;
	char text[32];

	endless.until_day = 0;
	if (p->until_day != 0 && usable_window(&endless, z, zones, from) != INT64_MAX) {
		day_text(p->until_day, text);
		refuse(d, NEVER, "date", "until", "the campaign ends on %s", text);
	} else {
		refuse(d, HELD, "hours", "hours",
		    "no hour within two years is open in %s%d zone%s of the %s",
		    zones > 1 ? "all " : "", zones, zones > 1 ? "s" : "",
		    from_number ? "number" : "person");
	}
}

static bool
zones_of(const struct facts *f, const struct zone *const **z, int *zones)
{
	*z = f->zones > 0 ? f->zone : &f->assumed;
	*zones = f->zones > 0 ? f->zones : 1;
	for (int i = 0; i < *zones; i++)
		if (i >= POLICY_ZONES || (*z)[i] == NULL)
			return false;
	return true;
}

static void
judge_time(const struct facts *f, const struct plan *p, int64_t now, struct decision *d)
{
	const struct zone *const *z;
	int64_t opens, from = now;
	int zones;

	if (!zones_of(f, &z, &zones)) {
		if (f->zones > 0)
			refuse(d, HELD, "zone", "tzdata",
			    "the tz database of this system lacks a zone of the %s",
			    f->zone_from == ZONE_NUMBER ? "number" : "person");
		else
			refuse(d, HELD, "zone", "assume_timezone",
			    "the time zone of the person is not known");
		return;
	}
	for (int i = 0; i < d->reasons; i++)
		if (d->reason[i].until > from)
			from = d->reason[i].until;
	if ((opens = usable_window(p, z, zones, now)) != INT64_MAX && opens > now)
		postpone_hours(p, z, zones, now, opens, false, d);
	/* The other rules are lower bounds, so the first opening behind them all satisfies all. */
	if (opens < from) {
		opens = usable_window(p, z, zones, from);
		if (opens != INT64_MAX && opens > from && d->verdict <= NOT_BEFORE)
			postpone_hours(p, z, zones, from, opens, true, d);
	}
	if (opens == INT64_MAX)
		refuse_hours(p, z, zones, f->zones > 0 && f->zone_from == ZONE_NUMBER, from, d);
	else
		d->at = opens;
}

void
policy_decide(const struct facts *f, const struct plan *p, int64_t now, struct decision *d)
{
	*d = (struct decision){.verdict = CALL_NOW};
	judge_store(f, now, d);
	judge_number(f, p, now, d);
	judge_callback(f, now, d);
	judge_type(f, p, d);
	judge_language(f, p, d);
	judge_review(f, p, d);
	judge_consent(f, p, now, d);
	judge_attempts(f, p, now, d);
	judge_time(f, p, now, d);
	if (d->verdict != NOT_BEFORE)
		d->at = 0;
}

const struct reason *
policy_reason(const struct decision *d)
{
	const struct reason *best = NULL;

	for (int i = 0; i < d->reasons; i++) {
		const struct reason *r = &d->reason[i];

		if (r->verdict == d->verdict &&
		    (best == NULL || r->until > best->until ||
			(r->personal && !best->personal)))
			best = r;
	}
	/* More reasons than there is room for: the last ones went. */
	return best != NULL || d->reasons == 0 ? best : &d->reason[0];
}

const char *
policy_standing(const struct decision *d)
{
	if (d->unknown)
		return "unknown";
	if (d->verdict == HELD)
		return "held";
	return d->reached ? "done" : "closed";
}

/* ---- names ---- */

const char *const policy_codes[] = {"attempts", "callback", "campaign", "consent", "date",
    "day", "dnc", "dnc_stale", "gap", "held", "hours", "language", "line_open", "number_closed",
    "number_type", "number_unknown", "reached", "retry", "review", "stopped", "trial",
    "unknown", "wrong_number", "zone", NULL};

const char *
zone_source_name(enum zone_source s)
{
	static const char *const names[] = {"", "own", "number", "assumed"};

	return (unsigned)s < COUNT(names) ? names[s] : "";
}

const char *
verdict_name(enum verdict v)
{
	static const char *const names[] = {"call_now", "not_before", "held", "never"};

	return (unsigned)v < COUNT(names) ? names[v] : "";
}

static const char *const reviews[] = {"none", "made", "approved", "rejected"};

const char *
review_name(enum review r)
{
	return (unsigned)r < COUNT(reviews) ? reviews[r] : "";
}

int
review_parse(const char *s)
{
	for (int i = 0; s != NULL && i < (int)COUNT(reviews); i++)
		if (strcmp(s, reviews[i]) == 0)
			return i;
	return -1;
}

static const char *const states[CAMPAIGN_STATES] = {"draft", "active", "paused", "cancelled"};

const char *
campaign_state_name(enum campaign_state s)
{
	return (unsigned)s < COUNT(states) ? states[s] : "";
}

int
campaign_state_parse(const char *s)
{
	for (int i = 0; s != NULL && i < (int)COUNT(states); i++)
		if (strcmp(s, states[i]) == 0)
			return i;
	return -1;
}
