/*
 * simcall: a call of the simulated switch from Originate to Hangup: what may be
 * placed, when the next step comes, and who ends it. What the steps look like
 * is simpath's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "sim.h"

enum {
	PLACE_MS = 4,  /* between two calls placed: 250/s, as measured (a burst queues up) */
	SIGNAL_MS = 7, /* INVITE to its first answer */
	SILENCE_MS = 32000, /* a silent trunk: SIP timer B */
	TIMEOUT_MS = 30000  /* of an Originate without Timeout */
};

static void stage_place(struct simswitch *, void *);

void
sim_fact(struct sim_call *call, enum sim_fact_kind kind, int cause)
{
	const struct sim_chan *one = &call->chan[SIM_ONE];
	struct sim_fact fact = {.kind = kind,
	    .call = one->id[0] != '\0' ? one->id : "",
	    .number = call->number,
	    .outcome = call->outcome.name != NULL ? call->outcome.name : "",
	    .caller = call->caller.num,
	    .channel = one->name,
	    .exten = call->exten != NULL ? call->exten : "",
	    .ai = !call->no_room && call->outcome.end != SIM_DROPPED,
	    .cause = cause,
	    .at = call->sw->wall};

	if (one->id[0] == '\0')
		fact.call = call->channel_id != NULL ? call->channel_id : call->fence_id;
	if (call->sw->owner.fact != NULL)
		call->sw->owner.fact(call->sw->owner.arg, &fact);
}

void
sim_call_free(struct sim_call *call)
{
	sim_cancel(call->sw, &call->stage);
	sim_cancel(call->sw, &call->limit);
	if (call->prev != NULL) {
		*call->prev = call->next;
		if (call->next != NULL)
			call->next->prev = call->prev;
	}
	for (int i = 0; i < call->variables; i++)
		free(call->variable[i]);
	free(call->variable);
	free(call->action_id);
	free(call->channel);
	free(call->context);
	free(call->exten);
	free(call->account);
	free(call->channel_id);
	free(call->other_id);
	free(call);
}

/* The value of a variable as this leg sees it: a far leg inherits only _NAME and __NAME. */
const char *
sim_variable(const struct sim_chan *c, const char *name)
{
	size_t len = strlen(name);
	const char *found = NULL;

	if (!c->has_vars)
		return NULL;
	for (int i = 0; i < c->call->variables; i++) {
		const char *v = c->call->variable[i];

		if (c->leg == SIM_FAR && *v != '_')
			continue;
		for (int inherited = 0; *v == '_' && inherited < 2; inherited++)
			v++;
		if (strncmp(v, name, len) == 0 && v[len] == '=')
			found = v + len + 1;
	}
	if (c->leg == SIM_TWO && c->call->path == SIM_FENCE && strcmp(name, "CALL_ID") == 0 &&
	    c->call->fence_id[0] != '\0')
		return c->call->fence_id;
	return found;
}

struct sim_chan *
sim_chan_find(struct simswitch *sw, const char *name_or_id)
{
	for (struct sim_call *call = sw->calls; call != NULL; call = call->next)
		for (int i = 0; i < SIM_LEGS; i++) {
			struct sim_chan *c = &call->chan[i];

			if (c->live &&
			    (strcasecmp(c->id, name_or_id) == 0 ||
				strcasecmp(c->name, name_or_id) == 0))
				return c;
		}
	return NULL;
}

/* Whether a new id is a live one or the beginning of it, without case (channelstorage). */
static bool
id_conflicts(struct simswitch *sw, const char *id)
{
	size_t len = strlen(id);

	for (struct sim_call *call = sw->calls; call != NULL; call = call->next)
		for (int i = 0; i < SIM_LEGS; i++)
			if (call->chan[i].live && strncasecmp(call->chan[i].id, id, len) == 0)
				return true;
	return false;
}

/* "Acme <390551234>", "\"Acme\" <39...>", "39...". */
static void
parse_caller(struct sim_call *call, const char *text)
{
	const char *open = strrchr(text, '<'), *close = open != NULL ? strchr(open, '>') : NULL;
	char *s = xstrdup(text), *name = s;
	size_t len;

	call->has_caller = *text != '\0';
	if (close != NULL) {
		s[close - text] = '\0';
		copy_text(call->caller.num, sizeof(call->caller.num), s + (open - text) + 1);
		s[open - text] = '\0';
		len = strlen(s);
		while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '"'))
			s[--len] = '\0';
		while (*name == ' ' || *name == '"')
			name++;
		copy_text(call->caller.name, sizeof(call->caller.name), name);
	} else if (strspn(text, "+0123456789*#") == strlen(text))
		copy_text(call->caller.num, sizeof(call->caller.num), text);
	else
		copy_text(call->caller.name, sizeof(call->caller.name), text);
	free(s);
}

static void
add_variable(struct sim_call *call, const char *text, size_t len)
{
	call->variable =
	    xrealloc(call->variable, (size_t)call->variables + 1, sizeof(*call->variable));
	call->variable[call->variables++] = xstrndup(text, len);
}

/* One Variable header: several at commas outside quotes, parentheses and brackets; quotes and
 * backslashes are stripped (AST_STANDARD_APP_ARGS). */
static void
parse_variables(struct sim_call *call, const char *text)
{
	struct buf b = {0};
	int nested = 0;
	bool quoted = false;

	for (;; text++) {
		if (*text == '\0' || (*text == ',' && nested == 0 && !quoted)) {
			if (b.len > 0 && memchr(b.p, '=', b.len) != NULL)
				add_variable(call, b.p, b.len);
			buf_reset(&b);
			if (*text == '\0')
				break;
			continue;
		}
		if (*text == '\\' && text[1] != '\0') {
			buf_addc(&b, *++text);
			continue;
		}
		if (*text == '"') {
			quoted = !quoted;
			continue;
		}
		if (*text == '(' || *text == '[')
			nested++;
		else if ((*text == ')' || *text == ']') && nested > 0)
			nested--;
		buf_addc(&b, *text);
	}
	buf_release(&b);
}

/* Why Asterisk answers an Originate with an error, or null. */
static const char *
wrong(const struct simswitch *sw, const struct ami_msg *msg)
{
	const char *channel = ami_text(msg, "Channel"), *exten = ami_text(msg, "Exten");
	const char *context = ami_text(msg, "Context"), *id = ami_text(msg, "ChannelId");

	if (sw->stopping)
		return "Asterisk is shutting down";
	if (*channel == '\0')
		return "Channel not specified";
	if (strlen(id) > SIM_ID_MAX || strlen(ami_text(msg, "OtherChannelId")) > SIM_ID_MAX)
		return "Uniqueid length exceeds maximum of 149";
	if (ami_get(msg, "Priority") != NULL && ami_int(msg, "Priority", -1) < 1)
		return "Invalid priority";
	if (ami_get(msg, "Timeout") != NULL && ami_int(msg, "Timeout", INT64_MAX) == INT64_MAX)
		return "Invalid timeout";
	if (strchr(channel, '/') == NULL)
		return "Invalid channel";
	if (*exten == '\0' || *context == '\0' || ami_get(msg, "Priority") == NULL)
		return "Originate with 'Exten' requires 'Context' and 'Priority'";
	if (strcmp(exten, "nosuch") == 0 || strcmp(context, "nosuch") == 0)
		return "Extension does not exist.";
	return NULL;
}

static char *
text_or_null(const struct ami_msg *msg, const char *key)
{
	const char *s = ami_get(msg, key);

	return s != NULL && *s != '\0' ? xstrdup(s) : NULL;
}

static struct sim_call *
call_new(struct simswitch *sw, const struct ami_msg *msg)
{
	struct sim_call *call = xcalloc(1, sizeof(*call));
	const char *v;
	size_t at = 0;

	call->sw = sw;
	call->action_id = text_or_null(msg, "ActionID");
	call->channel = xstrdup(ami_text(msg, "Channel"));
	call->context = xstrdup(ami_text(msg, "Context"));
	call->exten = xstrdup(ami_text(msg, "Exten"));
	call->account = text_or_null(msg, "Account");
	call->channel_id = text_or_null(msg, "ChannelId");
	call->other_id = text_or_null(msg, "OtherChannelId");
	call->timeout_ms = ami_int(msg, "Timeout", TIMEOUT_MS);
	parse_caller(call, ami_text(msg, "CallerID"));
	while ((v = ami_each(msg, "Variable", &at)) != NULL)
		parse_variables(call, v);
	return call;
}

static bool
is_local(const struct sim_call *call)
{
	return strncasecmp(call->channel, "Local/", 6) == 0;
}

/* The fence cuts the number from NUMBER-ID and takes CALL_ID, or else ID. */
static void
read_fence(struct sim_call *call)
{
	char *dash = strchr(call->number, '-');
	const char *id;

	call->chan[SIM_ONE].call = call;
	call->chan[SIM_ONE].has_vars = true;
	id = sim_variable(&call->chan[SIM_ONE], "CALL_ID");
	call->chan[SIM_ONE].has_vars = false;
	if (id == NULL || *id == '\0')
		id = dash != NULL ? dash + 1 : "";
	copy_text(call->fence_id, sizeof(call->fence_id), id);
	if (dash != NULL)
		*dash = '\0';
}

/* "NUMBER@PLACE[/options]", "PLACE": who is called, and where. */
static void
parse_target(struct sim_call *call)
{
	const char *data = strchr(call->channel, '/') + 1, *at = strchr(data, '@');
	size_t len = at != NULL ? (size_t)(at - data) : strcspn(data, "/");
	size_t end;

	snprintf(call->number, sizeof(call->number), "%.*s", (int)len, data);
	copy_text(call->dialed, sizeof(call->dialed), call->number);
	if (at == NULL) {
		copy_text(call->target, sizeof(call->target), call->number);
		return;
	}
	end = strcspn(at + 1, "/");
	snprintf(call->target, sizeof(call->target), "%.*s", (int)end, at + 1);
	if (is_local(call))
		call->path =
		    strcmp(call->target, "outreach-once") == 0 ? SIM_FENCE : SIM_CARRIER;
	if (call->path == SIM_FENCE)
		read_fence(call);
}

/* True if a channel can be made at all. */
static bool
reachable(const struct sim_call *call)
{
	bool local = is_local(call);

	if (!local && strncasecmp(call->channel, "PJSIP/", 6) != 0)
		return false;
	if (*call->target == '\0' || *call->number == '\0' ||
	    strcmp(call->target, "nosuch") == 0)
		return false;
	return !local || strchr(call->channel, '@') != NULL;
}

/* Names, ids and the far end, once the call may be placed. */
static void
name_legs(struct sim_call *call)
{
	struct simswitch *sw = call->sw;
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];
	long long epoch = (long long)(sw->wall / 1000);

	if (call->channel_id != NULL)
		copy_text(one->id, sizeof(one->id), call->channel_id);
	else
		snprintf(one->id, sizeof(one->id), "sim-%lld.%u", epoch, sw->chan_serial++);
	if (call->path == SIM_TRUNK) {
		one->type = "PJSIP";
		snprintf(one->name, sizeof(one->name), "PJSIP/%s-%08x", call->target,
		    sw->trunk_serial++);
		copy_text(one->context, sizeof(one->context), "inbound");
		copy_text(one->exten, sizeof(one->exten), "s");
		one->priority = 1;
		return;
	}
	if (call->other_id != NULL)
		copy_text(two->id, sizeof(two->id), call->other_id);
	else if (call->channel_id != NULL)
		snprintf(two->id, sizeof(two->id), "%s;2", call->channel_id);
	else
		snprintf(two->id, sizeof(two->id), "sim-%lld.%u", epoch, sw->chan_serial++);
	for (int i = SIM_ONE; i <= SIM_TWO; i++) {
		struct sim_chan *c = &call->chan[i];

		c->type = "Local";
		snprintf(c->name, sizeof(c->name), "Local/%s@%s-%08x;%d", call->dialed,
		    call->target, sw->local_serial, i + 1);
		copy_text(c->context, sizeof(c->context), call->target);
		copy_text(c->exten, sizeof(c->exten), call->dialed);
		c->priority = 1;
	}
	sw->local_serial++;
}

void
sim_originate(struct simswitch *sw, struct sim_session *session, const struct ami_msg *msg)
{
	const char *why = wrong(sw, msg), *async = ami_text(msg, "Async");
	struct sim_call *call;
	int64_t pause;

	if (why != NULL) {
		sim_reply(sw, session, "Error", ami_get(msg, "ActionID"), why);
		return;
	}
	call = call_new(sw, msg);
	parse_target(call);
	call->next = sw->calls;
	if (call->next != NULL)
		call->next->prev = &call->next;
	call->prev = &sw->calls;
	sw->calls = call;
	sw->asked++;
	sim_fact(call, SIM_ASKED, 0);
	call->async = strcasecmp(async, "true") == 0 || strcasecmp(async, "yes") == 0 ||
	    strcmp(async, "1") == 0;
	if (call->async) {
		sim_reply(
		    sw, session, "Success", call->action_id, "Originate successfully queued");
	} else {
		call->session = session;
		session->blocked = call;
	}
	pause = 1 + (int64_t)sim_dice(sw, 5) + (sim_dice(sw, 100) == 0 ? 8 : 0);
	if (sw->place_at < sw->mono + pause)
		sw->place_at = sw->mono + pause;
	sim_at(sw, &call->stage, sw->place_at - sw->mono, stage_place, call);
	sw->place_at += PLACE_MS;
}

/* Ends a synchronous Originate's wait. */
static void
sim_call_answered(struct sim_call *call, bool success)
{
	struct simswitch *sw = call->sw;
	struct sim_session *session = call->session;

	if (session == NULL)
		return;
	call->session = NULL;
	sim_reply(sw, session, success ? "Success" : "Error", call->action_id,
	    success ? "Originate successfully queued" : "Originate failed");
	sim_unblock(sw, session);
}

/* The call is over: what the fence remembers, and the end of its memory. */
static void
finish(struct sim_call *call, const char *status, int cause)
{
	struct simswitch *sw = call->sw;
	char value[SIM_WORD_MAX + 80];

	if (call->path == SIM_FENCE && call->chan[SIM_FAR].id[0] != '\0') {
		snprintf(value, sizeof(value), "%lld:%s:%s:%d", (long long)(sw->wall / 1000),
		    call->number, status, cause);
		sim_put(sw, "outreach", call->fence_id, value);
	}
	sim_call_answered(call, false);
	sim_fact(call, SIM_HUNGUP, cause);
	if (call->answered)
		sw->live--;
	sim_call_free(call);
}

static void
stage_over(struct simswitch *sw, void *arg)
{
	struct sim_call *call = arg;
	struct sim_burst b;
	enum sim_over how = SIM_OVER_AI;
	int cause = 16;

	sim_burst_begin(&b, sw);
	if (call->no_room || call->outcome.end == SIM_DROPPED) {
		how = call->no_room ? SIM_OVER_NO_ROOM : SIM_OVER_ACTION;
		cause = 0;
	} else if (call->outcome.end == SIM_CALLEE) {
		how = SIM_OVER_CALLEE;
		cause = call->path == SIM_CARRIER ? 16 : 0;
	}
	sim_say_over(call, &b, how, cause);
	sim_burst_send(&b);
	finish(call, "ANSWER", cause);
}

/* Says why the far end said no; returns the cause. */
static int
fail(struct sim_call *call, struct sim_burst *b)
{
	const struct sim_outcome *o = &call->outcome;
	int cause = o->cause, tech = o->sip;

	if (o->end == SIM_DEAD) {
		cause = 18;
		tech = 408;
	} else if (o->end == SIM_BUSY_TONE || o->end == SIM_CONGESTION_TONE)
		tech = o->end == SIM_BUSY_TONE ? 486 : 503;
	sim_say_failed(call, b, cause, tech);
	return cause;
}

/* What Dial() leaves in DIALSTATUS (app_dial.c, handle_cause): not what DialEnd says. */
static const char *
fence_status(int cause)
{
	switch (cause) {
	case 17: return "BUSY";
	case 34: return "CONGESTION";
	case 16:
	case 19: return "NOANSWER";
	default: return "CHANUNAVAIL";
	}
}

static void
stage_failed(struct simswitch *sw, void *arg)
{
	struct sim_call *call = arg;
	struct sim_burst b;
	int cause;

	sim_burst_begin(&b, sw);
	cause = fail(call, &b);
	sim_burst_send(&b);
	finish(call, fence_status(cause), cause);
}

static void
stage_timeout(struct simswitch *sw, void *arg)
{
	struct sim_call *call = arg;
	struct sim_burst b;

	sim_burst_begin(&b, sw);
	sim_say_timeout(call, &b);
	sim_burst_send(&b);
	finish(call, "CANCEL", 19);
}

static void
stage_answer(struct simswitch *sw, void *arg)
{
	struct sim_call *call = arg;
	const struct sim_outcome *o = &call->outcome;
	struct sim_burst b;
	int64_t talk = o->talk_ms;

	sim_cancel(sw, &call->limit);
	if (call->chan[SIM_ONE].state != SIM_RINGING)
		sim_fact(call, SIM_RANG, 0);
	call->answered = true;
	call->no_room = sw->opt.max_calls > 0 && sw->live >= sw->opt.max_calls;
	sw->live++;
	sw->processed++;
	sim_burst_begin(&b, sw);
	sim_say_answer(call, &b);
	sim_burst_send(&b);
	sim_fact(call, SIM_ANSWERED, 0);
	if (call->no_room || o->end == SIM_DROPPED)
		talk = 2;
	sim_at(sw, &call->stage, talk, stage_over, call);
	/* Last: an action that waited behind it may hang this very call up. */
	sim_call_answered(call, true);
}

/* After ringing, or in its place. */
static void
await_end(struct sim_call *call, int64_t after_ms)
{
	switch (call->outcome.end) {
	case SIM_TALK:
	case SIM_CALLEE:
	case SIM_DROPPED: sim_at(call->sw, &call->stage, after_ms, stage_answer, call); break;
	case SIM_FAIL:
	case SIM_BUSY_TONE:
	case SIM_CONGESTION_TONE:
		sim_at(call->sw, &call->stage, after_ms, stage_failed, call);
		break;
	case SIM_DEAD: sim_at(call->sw, &call->stage, SILENCE_MS, stage_failed, call); break;
	case SIM_RINGS: break;
	}
}

static void
ring(struct sim_call *call, struct sim_burst *b)
{
	sim_say_ringing(call, b);
	sim_fact(call, SIM_RANG, 0);
	await_end(call, call->outcome.ring_ms);
}

static void
stage_ring(struct simswitch *sw, void *arg)
{
	struct sim_burst b;

	sim_burst_begin(&b, sw);
	ring(arg, &b);
	sim_burst_send(&b);
}

/* The number was sent to the trunk; its first answer takes some ms. */
static void
dialed(struct sim_call *call)
{
	int64_t first = SIGNAL_MS - 3 + (int64_t)sim_dice(call->sw, 6);

	sim_fact(call, SIM_DIALED, 0);
	if (call->outcome.ring_ms > 0)
		sim_at(call->sw, &call->stage, first, stage_ring, call);
	else
		await_end(call, first);
}

static void
stage_fence(struct simswitch *sw, void *arg)
{
	struct sim_call *call = arg;
	const char *was =
	    *call->fence_id != '\0' ? simdb_get(sw->opt.db, "outreach", call->fence_id) : NULL;
	struct sim_burst b;
	char value[SIM_WORD_MAX + 40];

	sim_burst_begin(&b, sw);
	if (was != NULL || *call->fence_id == '\0') {
		sim_say_duplicate(call, &b, was);
		sim_burst_send(&b);
		finish(call, "", was != NULL ? 81 : 96);
		return;
	}
	snprintf(value, sizeof(value), "%lld:%s:dialing", (long long)(sw->wall / 1000),
	    call->number);
	sim_put(sw, "outreach", call->fence_id, value);
	snprintf(call->chan[SIM_FAR].id, sizeof(call->chan[SIM_FAR].id), "sim-%lld.%u",
	    (long long)(sw->wall / 1000), sw->chan_serial++);
	sim_say_far(call, &b);
	sim_burst_send(&b);
	dialed(call);
}

/* A carrier's dialplan acts within the moment of its call. True if the call ended in it. */
static bool
carrier(struct sim_call *call, struct sim_burst *b)
{
	enum sim_end end = call->outcome.end;

	sim_fact(call, SIM_DIALED, 0);
	if (call->outcome.ring_ms > 0)
		ring(call, b);
	else if ((end == SIM_FAIL || end == SIM_BUSY_TONE || end == SIM_CONGESTION_TONE) &&
	    sim_dice(call->sw, 2) == 0) {
		fail(call, b);
		return true;
	} else
		await_end(call, 0);
	return false;
}

static void
refuse(struct sim_call *call)
{
	struct sim_burst b;

	sim_burst_begin(&b, call->sw);
	sim_response(&b, call, 0);
	sim_burst_send(&b);
	sim_call_answered(call, false);
	sim_call_free(call);
}

static void
stage_place(struct simswitch *sw, void *arg)
{
	struct sim_call *call = arg;
	bool over = false;
	struct sim_burst b;

	if (!reachable(call) ||
	    (call->channel_id != NULL && id_conflicts(sw, call->channel_id))) {
		refuse(call);
		return;
	}
	name_legs(call);
	call->outcome = sim_world_outcome(
	    sw->opt.world, call->number, call->chan[SIM_ONE].id, call->path == SIM_CARRIER);
	if (call->path == SIM_TRUNK && strcmp(call->target, "dead") == 0)
		call->outcome = (struct sim_outcome){.name = "dead_trunk", .end = SIM_DEAD};
	sim_burst_begin(&b, sw);
	sim_say_begin(call, &b);
	if (call->timeout_ms >= 0)
		sim_at(sw, &call->limit, call->timeout_ms, stage_timeout, call);
	if (call->path == SIM_CARRIER)
		over = carrier(call, &b);
	else if (call->path == SIM_FENCE)
		sim_at(sw, &call->stage, 1 + (int64_t)sim_dice(sw, 13), stage_fence, call);
	else
		dialed(call);
	sim_burst_send(&b);
	if (over)
		finish(call, "", call->outcome.cause);
}

void
sim_call_hangup(struct sim_call *call, int cause)
{
	struct simswitch *sw = call->sw;
	const char *status = call->answered ? "ANSWER" : "CANCEL";
	struct sim_burst b;

	sim_burst_begin(&b, sw);
	if (call->answered)
		sim_say_over(call, &b, SIM_OVER_ACTION, cause);
	else
		sim_say_cancelled(call, &b, cause);
	sim_burst_send(&b);
	finish(call, status, cause);
}
