/*
 * hangup: ends one call: its dialer does, or we where it is dead or deaf.
 */
#include "hangup.h"
#include "verbs.h"

#include "../tool.h"

static void
word(void *arg, enum door_word kind, const char *text)
{
	if (kind != DOOR_SAY && !((const struct calls_tool *)arg)->quiet)
		fprintf(stderr, TOOL ": %s\n", text);
}

/* Stored before the exchange is asked: whoever has the line obeys, also later. */
static int
ask(struct calls_tool *t, const struct order *o, struct fault *f)
{
	struct exchange x;

	/* Settings that do not say who that is are no reason not to store it: its dialer knows. */
	if (settings_exchange(&t->settings, o->exchange, &x, f) == 0 && x.http &&
	    !x.hangup_path)
		return fault(f, UNAVAILABLE,
		    "exchange %s cannot be told to hang up: no hangup_path (outreach.conf(5))",
		    o->exchange);
	if (o->hangup_at)
		return 0;
	if (db_begin(&t->db, f) < 0)
		return -1;
	if (calls_ask_hangup_one(&t->db, o, f) == 0)
		return db_commit(&t->db, f);
	db_rollback(&t->db);
	return -1;
}

static int
hang_up(struct calls_tool *t, const char *text, struct fault *f)
{
	struct order o;
	bool was;
	int rc;

	if (calls_need(t, text, &o, f) < 0)
		return -1;
	was = o.call.line_open;
	if (was) {
		if (ask(t, &o, f) < 0)
			return -1;
		rc = hangup_one(&t->db, &t->settings, &o, word, t, f);
		if (calls_order(&t->db, &o.id, &o, f) < 0 || (rc < 0 && o.call.line_open))
			return -1;
	}
	if (o.call.line_open)
		return fault(f, TEMPFAIL,
		    "call %s is open still; whoever has its line is asked to hang up (outreach reconcile)",
		    text);
	if (!t->quiet)
		fprintf(stderr, TOOL ": call %s %s\n", text,
		    was ? "is hung up" : "was over already");
	return 0;
}

int
verb_hangup(struct calls_tool *t, char **id)
{
	struct fault f;

	return hang_up(t, *id, &f) < 0 ? tool_fail(&f) : OK;
}
