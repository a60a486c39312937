/*
 * simevent: the simulated switch's events, field by field as Asterisk 22 writes
 * them (manager.c, manager_channels.c), and the order in which those of one
 * moment leave.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "disposition.h"
#include "sim.h"

static const char *const channelvars[] = {"CALL_ID", "CAMPAIGN", "AVR_UUID"};
static const char unknown[] = "<unknown>";

static const char *
sim_state_text(enum sim_state state)
{
	switch (state) {
	case SIM_DOWN: return "Down";
	case SIM_RING: return "Ring";
	case SIM_RINGING: return "Ringing";
	case SIM_UP: return "Up";
	case SIM_STATE_BUSY: return "Busy";
	}
	return "Unknown";
}

void
sim_burst_begin(struct sim_burst *b, struct simswitch *sw)
{
	memset(b, 0, sizeof(*b));
	b->sw = sw;
	b->floor = -1;
	for (int i = 0; i < LANES; i++)
		b->last[i] = -1;
}

struct ami_writer *
sim_event(struct sim_burst *b, enum sim_lane lane, const char *event, unsigned right)
{
	int n = b->n < SIM_BURST_MAX ? b->n++ : SIM_BURST_MAX - 1;

	b->item[n].event = event;
	b->item[n].right = right;
	if (b->last[lane] >= 0)
		b->item[n].after |= 1u << b->last[lane];
	if (b->floor >= 0)
		b->item[n].after |= 1u << b->floor;
	b->last[lane] = n;
	ami_begin(&b->item[n].w, &b->item[n].body, AMI_LINE_MAX, &b->ignored);
	return &b->item[n].w;
}

void
sim_after(struct sim_burst *b, int earlier)
{
	if (earlier >= 0 && b->n < SIM_BURST_MAX)
		b->item[b->n].after |= 1u << earlier;
}

static const char *
right_text(unsigned right)
{
	switch (right) {
	case SIM_CDR: return "cdr,all";
	case SIM_USEREVENT: return "user,all";
	case SIM_SYSTEM: return "system,all";
	default: return "call,all";
	}
}

static void
send_item(struct sim_burst *b, int n)
{
	struct simswitch *sw = b->sw;
	struct buf *out = &sw->out;

	sw->stamp_us += 1 + (int64_t)sim_dice(sw, 60);
	if (sw->stamp_us < sw->wall * 1000)
		sw->stamp_us = sw->wall * 1000;
	buf_reset(out);
	buf_printf(out,
	    "Event: %s\r\nPrivilege: %s\r\nTimestamp: %lld.%06lld\r\nSystemName: sim\r\n",
	    b->item[n].event, right_text(b->item[n].right), (long long)(sw->stamp_us / 1000000),
	    (long long)(sw->stamp_us % 1000000));
	buf_add(out, b->item[n].body.p, b->item[n].body.len);
	buf_add(out, "\r\n", 2);
	for (struct sim_session *s = sw->sessions; s != NULL; s = s->next)
		if (s->in && s->events && (s->account->read & b->item[n].right) != 0)
			sim_say(sw, s, out);
}

void
sim_burst_send(struct sim_burst *b)
{
	uint32_t sent = 0;

	for (int left = b->n; left > 0; left--) {
		int ready[SIM_BURST_MAX], n = 0, pick;

		for (int i = 0; i < b->n; i++)
			if ((sent & 1u << i) == 0 && (b->item[i].after & ~sent) == 0)
				ready[n++] = i;
		/* The usual order twice as often as all others together. */
		pick = sim_dice(b->sw, 3) < 2 ? ready[0] : ready[sim_dice(b->sw, (uint64_t)n)];
		send_item(b, pick);
		sent |= 1u << pick;
	}
	for (int i = 0; i < b->n; i++)
		buf_release(&b->item[i].body);
}

static enum sim_lane
lane_of(const struct sim_chan *c)
{
	return c->leg == SIM_ONE ? LANE_ONE : c->leg == SIM_TWO ? LANE_TWO : LANE_FAR;
}

/* Puts "PREFIXkey: value". */
static void
put(struct ami_writer *w, const char *prefix, const char *key, const char *value)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", prefix, key);
	ami_put(w, name, value);
}

static void
put_int(struct ami_writer *w, const char *prefix, const char *key, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	put(w, prefix, key, text);
}

static const char *
or_unknown(const char *s)
{
	return *s != '\0' ? s : unknown;
}

static void
put_vars(struct ami_writer *w, const char *key, const struct sim_chan *c)
{
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(channelvars) / sizeof(channelvars[0]); i++) {
		const char *value = sim_variable(c, channelvars[i]);

		buf_reset(&b);
		buf_printf(&b, "%s=%s", channelvars[i], value != NULL ? value : "");
		ami_put_bytes(w, key, b.p, b.len);
	}
	buf_release(&b);
}

void
sim_put_chan(struct ami_writer *w, const char *prefix, const struct sim_chan *c)
{
	char vars[64];

	put(w, prefix, "Channel", c->name);
	put_int(w, prefix, "ChannelState", c->state);
	put(w, prefix, "ChannelStateDesc", sim_state_text(c->state));
	put(w, prefix, "CallerIDNum", or_unknown(c->caller.num));
	put(w, prefix, "CallerIDName", or_unknown(c->caller.name));
	put(w, prefix, "ConnectedLineNum", or_unknown(c->connected.num));
	put(w, prefix, "ConnectedLineName", or_unknown(c->connected.name));
	put(w, prefix, "Language", "en");
	put(w, prefix, "AccountCode", c->account);
	put(w, prefix, "Context", c->context);
	put(w, prefix, "Exten", c->exten);
	put_int(w, prefix, "Priority", c->priority);
	put(w, prefix, "Uniqueid", c->id);
	put(w, prefix, "Linkedid", c->call->chan[SIM_ONE].id);
	snprintf(vars, sizeof(vars), "%sChanVariable", prefix);
	put_vars(w, vars, c);
}

void
sim_about(struct sim_burst *b, const struct sim_chan *c, const char *event)
{
	sim_put_chan(sim_event(b, lane_of(c), event, SIM_CALL), "", c);
}

void
sim_newchannel(struct sim_burst *b, struct sim_chan *c)
{
	c->live = true;
	c->began = c->call->sw->wall;
	sim_about(b, c, "Newchannel");
}

void
sim_newstate(struct sim_burst *b, struct sim_chan *c, enum sim_state state)
{
	c->state = state;
	if (state == SIM_UP)
		c->answered = c->call->sw->wall;
	sim_about(b, c, "Newstate");
}

void
sim_newcallerid(struct sim_burst *b, const struct sim_chan *c)
{
	sim_about(b, c, "NewCallerid");
	ami_put(
	    &b->item[b->n - 1].w, "CID-CallingPres", "0 (Presentation Allowed, Not Screened)");
}

void
sim_newaccount(struct sim_burst *b, const struct sim_chan *c)
{
	sim_about(b, c, "NewAccountCode");
	ami_put(&b->item[b->n - 1].w, "OldAccountCode", "");
}

void
sim_hangup_request(struct sim_burst *b, const struct sim_chan *c, int cause, int tech)
{
	struct ami_writer *w;

	sim_about(b, c, "HangupRequest");
	w = &b->item[b->n - 1].w;
	if (cause != SIM_NO_CAUSE)
		ami_put_int(w, "Cause", cause);
	if (tech > 0)
		ami_put_int(w, "TechCause", tech);
}

void
sim_soft_hangup(struct sim_burst *b, const struct sim_chan *c)
{
	sim_about(b, c, "SoftHangupRequest");
	/* Not a cause but the flag of a soft hangup, the same whatever the cause. */
	ami_put_int(&b->item[b->n - 1].w, "Cause", 16);
}

void
sim_hangup(struct sim_burst *b, struct sim_chan *c, int cause, int tech)
{
	struct ami_writer *w;

	sim_about(b, c, "Hangup");
	w = &b->item[b->n - 1].w;
	ami_put_int(w, "Cause", cause);
	ami_put(w, "Cause-txt", cause_text(cause));
	if (tech > 0)
		ami_put_int(w, "TechCause", tech);
	c->live = false;
}

void
sim_dial(struct sim_burst *b, const char *event, const struct sim_chan *by,
    const struct sim_chan *dest, const char *key, const char *value)
{
	enum sim_lane lane = dest->leg == SIM_FAR ? LANE_DIAL_FAR : LANE_DIAL;
	struct ami_writer *w = sim_event(b, lane, event, SIM_CALL);

	if (by != NULL)
		sim_put_chan(w, "", by);
	sim_put_chan(w, "Dest", dest);
	ami_put(w, key, value);
}

/* "2026-11-23 05:50:06", empty for 0. */
static const char *
civil(int64_t wall_ms, char out[32])
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	out[0] = '\0';
	if (wall_ms != 0 && gmtime_r(&t, &tm) != NULL)
		strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm);
	return out;
}

void
sim_cdr(struct sim_burst *b, const struct sim_chan *c, const char *exten, const char *far,
    const char *disposition)
{
	struct ami_writer *w =
	    sim_event(b, c->leg == SIM_ONE ? LANE_CDR : LANE_CDR_TWO, "Cdr", SIM_CDR);
	int64_t now = c->call->sw->wall;
	struct buf id = {0};
	char time[32];

	buf_printf(&id, "\"%s\" <%s>", c->caller.name, c->caller.num);
	ami_put(w, "AccountCode", c->account);
	ami_put(w, "Source", c->caller.num);
	ami_put(w, "Destination", exten);
	ami_put(w, "DestinationContext", c->context);
	ami_put(w, "CallerID", id.p);
	ami_put(w, "Channel", c->name);
	ami_put(w, "DestinationChannel", far);
	ami_put(w, "LastApplication", c->app);
	ami_put(w, "LastData", c->data);
	ami_put(w, "StartTime", civil(c->began, time));
	ami_put(w, "AnswerTime", civil(c->answered, time));
	ami_put(w, "EndTime", civil(now, time));
	ami_put_int(w, "Duration", (now - c->began) / 1000);
	ami_put_int(w, "BillableSeconds", c->answered != 0 ? (now - c->answered) / 1000 : 0);
	ami_put(w, "Disposition", disposition);
	ami_put(w, "AMAFlags", "DOCUMENTATION");
	ami_put(w, "UniqueID", c->id);
	ami_put(w, "UserField", "");
	ami_put(w, "CallId", "");
	buf_release(&id);
}

void
sim_response(struct sim_burst *b, const struct sim_call *call, int reason)
{
	const struct sim_chan *c = &call->chan[SIM_ONE];
	bool up = reason == 4;
	struct ami_writer *w;
	struct buf key = {0};

	if (!call->async) /* a synchronous Originate is answered by its Response alone */
		return;
	w = sim_event(b, LANE_RESPONSE, "OriginateResponse", SIM_CALL);
	ami_put(w, "ActionID", call->action_id);
	ami_put(w, "Response", up ? "Success" : "Failure");
	ami_put(w, "Channel", up ? c->name : call->channel);
	ami_put(w, "Context", call->context);
	ami_put(w, "Exten", call->exten);
	ami_put_int(w, "Reason", reason);
	ami_put(w, "Uniqueid",
	    up                             ? c->id
		: call->channel_id != NULL ? call->channel_id
					   : unknown);
	ami_put(w, "CallerIDNum", or_unknown(call->caller.num));
	ami_put(w, "CallerIDName", or_unknown(call->caller.name));
	if (up) {
		buf_printf(&key, "ChanVariable(%s)", c->name);
		put_vars(w, key.p, c);
	}
	buf_release(&key);
}

void
sim_userevent(struct sim_burst *b, const struct sim_chan *c, const char *name, const char *id,
    const char *phase, const char *was)
{
	struct ami_writer *w = sim_event(b, LANE_USER, "UserEvent", SIM_USEREVENT);

	sim_put_chan(w, "", c);
	ami_put(w, "UserEvent", name);
	ami_put(w, "CallId", id);
	ami_put(w, "Phase", phase);
	ami_put(w, "Was", was);
}
