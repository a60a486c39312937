/*
 * ami_decode: one table from messages to events. Facts come from Uniqueid and
 * ActionID alone: an OriginateResponse of a refused duplicate carries the live
 * call's Uniqueid, so it is never matched by that.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ami_decode.h"
#include "mem.h"
#include "num.h"

enum { UUID_TEXT = 36, AST_STATE_UP = 6 };

/* "1795413006.151186" to ms; 0 if there is none. */
static int64_t
instant(const struct ami_msg *msg)
{
	const char *s = ami_text(msg, "Timestamp");
	int64_t ms = 0, digits = 0;

	for (; *s >= '0' && *s <= '9' && digits < 12; s++, digits++)
		ms = ms * 10 + (*s - '0');
	if (*s == '.')
		s++;
	for (int i = 0; i < 3; i++) {
		ms *= 10;
		if (*s >= '0' && *s <= '9')
			ms += *s++ - '0';
	}
	return ms;
}

static bool
id_is(const struct ami_msg *msg, const char *key, struct uuid *id)
{
	const char *s = ami_text(msg, key);

	return strlen(s) == UUID_TEXT && uuid_parse(s, UUID_TEXT, id) == 0;
}

/* ActionID "PREFIX.<id>": the id. */
static bool
asked(const struct ami_msg *msg, const char *prefix, struct uuid *id)
{
	const char *s = ami_text(msg, "ActionID");
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 && strlen(s + n) == UUID_TEXT &&
	    uuid_parse(s + n, UUID_TEXT, id) == 0;
}

/* ActionID "<id>.<try>". */
static bool
tried(const struct ami_msg *msg, struct voice_event *e)
{
	const char *s = ami_text(msg, "ActionID");
	struct fault ignored;
	int64_t n;

	if (strlen(s) < UUID_TEXT + 2 || s[UUID_TEXT] != '.' ||
	    uuid_parse(s, UUID_TEXT, &e->id) < 0 ||
	    num_parse("try", s + UUID_TEXT + 1, 0, 1000000, &n, &ignored) < 0)
		return false;
	e->try = (int)n;
	return true;
}

static int
response(const struct ami_msg *msg, struct voice_event *e)
{
	bool error = ami_is(msg, "Response", "Error");

	e->text = ami_text(msg, "Message");
	if (tried(msg, e)) {
		if (!error && !ami_is(msg, "Response", "Success"))
			return 0;
		e->kind = error ? VOICE_REFUSED : VOICE_QUEUED;
		return 1;
	}
	if (error && strcasecmp(e->text, "No such channel") == 0 &&
	    asked(msg, "ask.", &e->id)) {
		e->kind = VOICE_GONE;
		return 1;
	}
	if (error && strcasecmp(e->text, "Database entry not found") == 0 &&
	    asked(msg, "fence.", &e->id)) {
		e->kind = VOICE_FENCE;
		e->text = "";
		return 1;
	}
	return 0;
}

static int
newchannel(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_CHANNEL;
	return id_is(msg, "Uniqueid", &e->id);
}

static int
newstate(const struct ami_msg *msg, struct voice_event *e)
{
	const char *state = ami_text(msg, "ChannelStateDesc");

	if (strcmp(state, "Ringing") == 0)
		e->kind = VOICE_RINGING;
	else if (strcmp(state, "Up") == 0)
		e->kind = VOICE_ANSWERED;
	else
		return 0;
	return id_is(msg, "Uniqueid", &e->id);
}

/*
 * PROGRESS is SIP's 183, which many carriers send in place of 180: the phone rings, and the caller hears
 * it from them. The channel stays Down then (chan_pjsip.c, chan_pjsip_incoming_response).
 */
static int
dialstate(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_RINGING;
	return (ami_is(msg, "DialStatus", "RINGING") ||
		   ami_is(msg, "DialStatus", "PROGRESS")) &&
	    id_is(msg, "DestUniqueid", &e->id);
}

static int
dialend(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_DIAL_END;
	e->text = ami_text(msg, "DialStatus");
	return id_is(msg, "DestUniqueid", &e->id);
}

static int
originateresponse(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_RESPONSE;
	e->reason = (int)ami_int(msg, "Reason", 0);
	e->answered = ami_is(msg, "Response", "Success");
	return tried(msg, e);
}

static int
hangup(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_HANGUP;
	e->cause = (int)ami_int(msg, "Cause", 0);
	e->tech_cause = (int)ami_int(msg, "TechCause", 0);
	e->ringing = ami_is(msg, "ChannelStateDesc", "Ringing");
	e->answered = ami_is(msg, "ChannelStateDesc", "Up");
	e->text = ami_text(msg, "Cause-txt");
	if (id_is(msg, "Uniqueid", &e->id))
		return 1;
	/* The SIP code stays on the trunk's leg; our leg of a Local channel ends without it. */
	e->kind = VOICE_TRUNK;
	return e->tech_cause != 0 && id_is(msg, "Linkedid", &e->id);
}

static int
userevent(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_USER;
	e->text = ami_text(msg, "Phase");
	return ami_is(msg, "UserEvent", FENCE_USER_EVENT) && id_is(msg, "CallId", &e->id);
}

static int
status(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_LIVE;
	e->answered = ami_int(msg, "ChannelState", 0) == AST_STATE_UP;
	e->ringing = ami_is(msg, "ChannelStateDesc", "Ringing");
	return asked(msg, "ask.", &e->id);
}

static int
dbget(const struct ami_msg *msg, struct voice_event *e)
{
	e->kind = VOICE_FENCE;
	e->text = ami_text(msg, "Val");
	return asked(msg, "fence.", &e->id);
}

static const struct {
	const char *event;
	int (*decode)(const struct ami_msg *, struct voice_event *);
} decoder[] = {
    {"Newchannel", newchannel},
    {"Newstate", newstate},
    {"DialState", dialstate},
    {"DialEnd", dialend},
    {"OriginateResponse", originateresponse},
    {"Hangup", hangup},
    {"UserEvent", userevent},
    {"Status", status},
    {"DBGetResponse", dbget},
};

int
ami_decode(const struct ami_msg *msg, struct voice_event *e)
{
	const char *event = ami_get(msg, "Event");

	*e = (struct voice_event){.at = instant(msg), .text = ""};
	if (event == NULL)
		return ami_get(msg, "Response") != NULL ? response(msg, e) : 0;
	for (size_t i = 0; i < COUNT(decoder); i++)
		if (strcasecmp(decoder[i].event, event) == 0)
			return decoder[i].decode(msg, e);
	return 0;
}

/*
 * Appends text so that a Variable header takes it as one value: Asterisk splits the header at
 * commas and strips quotes and backslashes (manager.c, AST_STANDARD_APP_ARGS).
 */
static void
ami_quote(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\\",()[]", *text) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, *text);
	}
}

/* "NAME=value" with the value quoted. */
static void
put_variable(struct ami_writer *w, struct buf *scratch, const char *variable)
{
	const char *equals = strchr(variable, '=');

	buf_reset(scratch);
	if (equals == NULL)
		equals = variable + strlen(variable);
	buf_add(scratch, variable, (size_t)(equals - variable));
	buf_addc(scratch, '=');
	ami_quote(scratch, *equals != '\0' ? equals + 1 : equals);
	ami_put_bytes(w, "Variable", scratch->p, scratch->len);
}

int
ami_encode_originate(struct buf *out, const struct voice_call *call, struct fault *f)
{
	struct ami_writer w;
	struct buf b = {0};
	char id[37];

	uuid_text(&call->id, id);
	buf_printf(&b, "%s.%d", id, call->try);
	ami_begin(&w, out, AMI_ACTION_LINE_MAX, f);
	ami_put(&w, "Action", "Originate");
	ami_put(&w, "ActionID", b.p);
	ami_put(&w, "Channel", call->channel);
	ami_put(&w, "Context", call->context);
	ami_put(&w, "Exten", call->exten);
	ami_put(&w, "Priority", "1");
	ami_put_int(&w, "Timeout", call->ring_ms);
	ami_put(&w, "CallerID", call->caller_id);
	ami_put(&w, "Account", call->account);
	ami_put(&w, "ChannelId", id);
	ami_put(&w, "Async", "true");
	for (int i = 0; i < call->variables; i++)
		put_variable(&w, &b, call->variable[i]);
	buf_release(&b);
	return ami_end(&w);
}

/* Begins an action about one call: Action, and ActionID "PREFIX<id>". */
static void
begin_about(struct ami_writer *w, struct buf *out, const char *action, const char *prefix,
    const char id[37], struct fault *f)
{
	struct buf b = {0};

	buf_printf(&b, "%s%s", prefix, id);
	ami_begin(w, out, AMI_ACTION_LINE_MAX, f);
	ami_put(w, "Action", action);
	ami_put(w, "ActionID", b.p);
	buf_release(&b);
}

int
ami_encode_hangup(struct buf *out, const struct uuid *call, int cause, struct fault *f)
{
	struct ami_writer w;
	char id[37];

	begin_about(&w, out, "Hangup", "hangup.", uuid_text(call, id), f);
	ami_put(&w, "Channel", id);
	if (cause > 0)
		ami_put_int(&w, "Cause", cause);
	return ami_end(&w);
}

int
ami_encode_ask(struct buf *out, const struct uuid *call, struct fault *f)
{
	struct ami_writer w;
	char id[37];

	begin_about(&w, out, "Status", "ask.", uuid_text(call, id), f);
	ami_put(&w, "Channel", id);
	return ami_end(&w);
}

int
ami_encode_fence(struct buf *out, const struct uuid *call, struct fault *f)
{
	struct ami_writer w;
	char id[37];

	begin_about(&w, out, "DBGet", "fence.", uuid_text(call, id), f);
	ami_put(&w, "Family", FENCE_FAMILY);
	ami_put(&w, "Key", id);
	return ami_end(&w);
}
