/*
 * simpath: what each leg says at each step of a call, for the three ways to a
 * person: straight over a trunk, through a Local channel whose dialplan is the
 * far end (carrier), and through the fence, whose leg ;2 dials the trunk. All
 * names, extensions, priorities and causes are those of the captures.
 */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sim.h"

#define FENCE_TRUNK "trunk"

static void
place(struct sim_chan *c, const char *context, const char *exten, int priority)
{
	if (context != NULL)
		copy_text(c->context, sizeof(c->context), context);
	copy_text(c->exten, sizeof(c->exten), exten);
	c->priority = priority;
}

static void
runs(struct sim_chan *c, const char *app, const char *data)
{
	copy_text(c->app, sizeof(c->app), app);
	copy_text(c->data, sizeof(c->data), data);
}

/* The newest event, for sim_after. */
static int
newest(const struct sim_burst *b)
{
	return b->n - 1;
}

static struct sim_chan *
leg(struct sim_call *call, enum sim_leg which)
{
	struct sim_chan *c = &call->chan[which];

	c->call = call;
	c->leg = which;
	return c;
}

/* Leg ;1 takes account and caller ID from the Originate. */
static void
dress(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *one = &call->chan[SIM_ONE];

	one->has_vars = true;
	if (call->account != NULL) {
		copy_text(one->account, sizeof(one->account), call->account);
		sim_after(b, newest(b));
		sim_newaccount(b, one);
	}
	if (call->has_caller) {
		one->caller = call->caller;
		sim_after(b, newest(b));
		sim_newcallerid(b, one);
		one->connected = call->caller;
		sim_after(b, newest(b));
		sim_about(b, one, "NewConnectedLine");
	}
}

/* Leg ;2 gets all of it from leg ;1 at once. */
static void
dress_two(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];

	two->has_vars = true;
	two->caller = two->connected = one->caller;
	copy_text(two->account, sizeof(two->account), one->account);
	if (call->has_caller) {
		sim_after(b, newest(b));
		sim_newcallerid(b, two);
	}
	if (call->account != NULL) {
		sim_after(b, newest(b));
		sim_newaccount(b, two);
	}
	if (call->has_caller) {
		sim_after(b, newest(b));
		sim_about(b, two, "NewConnectedLine");
	}
}

static void
local_bridge(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *two = &call->chan[SIM_TWO];
	struct ami_writer *w;

	sim_after(b, newest(b));
	w = sim_event(b, LANE_ONE, "LocalBridge", SIM_CALL);
	sim_put_chan(w, "LocalOne", &call->chan[SIM_ONE]);
	sim_put_chan(w, "LocalTwo", two);
	ami_put(w, "Context", two->context);
	ami_put(w, "Exten", two->exten);
	ami_put(w, "LocalOptimization", "No");
}

void
sim_say_begin(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *one = leg(call, SIM_ONE), *two = leg(call, SIM_TWO);

	runs(one, "AppDial2", "(Outgoing Line)");
	sim_newchannel(b, one);
	if (call->path != SIM_TRUNK) {
		two->state = SIM_RING;
		sim_after(b, newest(b));
		sim_newchannel(b, two);
	}
	dress(call, b);
	if (call->path != SIM_TRUNK) {
		dress_two(call, b);
		b->floor = newest(b);
		local_bridge(call, b);
		b->last[LANE_TWO] = newest(b);
	}
	sim_after(b, newest(b));
	sim_dial(b, "DialBegin", NULL, one, "DialString", strchr(call->channel, '/') + 1);
}

static void
far_name(const struct sim_call *call, char *out, size_t size)
{
	snprintf(out, size, "%s@" FENCE_TRUNK, call->number);
}

void
sim_say_far(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *two = &call->chan[SIM_TWO], *far = leg(call, SIM_FAR);
	char to[SIM_NAME_MAX], exten[SIM_WORD_MAX + 1], data[SIM_NAME_MAX + 40];

	copy_text(exten, sizeof(exten), two->exten);
	place(two, NULL, exten, 8);
	sim_userevent(b, two, "OutreachCall", call->fence_id, "dialing", NULL);
	far_name(call, to, sizeof(to));
	snprintf(data, sizeof(data), "PJSIP/%s,%lld", to, (long long)(call->timeout_ms / 1000));
	place(two, NULL, exten, 9);
	runs(two, "Dial", data);

	far->type = "PJSIP";
	snprintf(far->name, sizeof(far->name), "PJSIP/" FENCE_TRUNK "-%08x",
	    call->sw->trunk_serial++);
	place(far, "inbound", "s", 1);
	runs(far, "AppDial", "(Outgoing Line)");
	sim_after(b, newest(b));
	sim_newchannel(b, far);
	far->has_vars = true;
	place(far, NULL, exten, 1);
	copy_text(far->account, sizeof(far->account), two->account);
	copy_text(far->caller.num, sizeof(far->caller.num), exten);
	copy_text(far->caller.name, sizeof(far->caller.name), two->caller.name);
	far->connected = two->caller;
	sim_newcallerid(b, far);
	if (far->account[0] != '\0')
		sim_newaccount(b, far);
	sim_about(b, far, "NewConnectedLine");
	sim_after(b, newest(b));
	sim_dial(b, "DialBegin", two, far, "DialString", to);
	two->connected = far->caller;
	sim_after(b, newest(b));
	sim_about(b, two, "NewConnectedLine");
}

/* Leg ;1 learns the dialled number as its caller ID, once. */
static void
learn_number(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *one = &call->chan[SIM_ONE];

	if (strcmp(one->caller.num, call->chan[SIM_FAR].caller.num) == 0)
		return;
	one->caller = call->chan[SIM_FAR].caller;
	sim_newcallerid(b, one);
}

void
sim_say_ringing(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *far = &call->chan[SIM_FAR];
	bool state_first = call->path != SIM_TRUNK || sim_dice(call->sw, 2) == 0;

	if (call->path == SIM_FENCE) {
		sim_newstate(b, far, SIM_RINGING);
		one->caller = far->caller;
		sim_after(b, newest(b));
		sim_newstate(b, one, SIM_RINGING);
		sim_newcallerid(b, one);
		sim_after(b, b->last[LANE_FAR]);
		sim_dial(b, "DialState", &call->chan[SIM_TWO], far, "DialStatus", "RINGING");
		sim_after(b, b->last[LANE_ONE]);
		sim_dial(b, "DialState", NULL, one, "DialStatus", "RINGING");
		return;
	}
	if (state_first) {
		sim_after(b, newest(b));
		sim_newstate(b, one, SIM_RINGING);
		sim_after(b, newest(b));
	}
	sim_dial(b, "DialState", NULL, one, "DialStatus", "RINGING");
	if (!state_first) {
		sim_after(b, newest(b));
		sim_newstate(b, one, SIM_RINGING);
	}
}

/* The far dialplan's extension for a number: o- and its last two digits. */
static void
far_exten(struct sim_call *call, int priority)
{
	size_t len = strlen(call->number);
	char exten[8];

	snprintf(exten, sizeof(exten), "o-%s", call->number + (len > 2 ? len - 2 : 0));
	place(&call->chan[SIM_TWO], NULL, exten, priority);
}

/* The answered leg goes on in our dialplan: to the AI. */
static void
take_up(struct sim_call *call, struct sim_burst *b, int up)
{
	struct simswitch *sw = call->sw;
	struct sim_chan *one = &call->chan[SIM_ONE];
	const char *uuid = sim_variable(one, "AVR_UUID"), *id = sim_variable(one, "CALL_ID");
	char data[SIM_NAME_MAX + 1], epoch[SIM_ID_MAX + 40];

	place(one, call->context, call->exten, 1);
	if (call->no_room)
		return;
	if (strcmp(call->exten, "marked") == 0 || strncmp(call->context, "outreach-", 9) == 0) {
		one->priority = 2;
		snprintf(
		    epoch, sizeof(epoch), "%lld:%s", (long long)(sw->wall / 1000), one->id);
		if (id != NULL && *id != '\0')
			sim_put(sw, "placed", id, epoch);
		sim_after(b, up);
		sim_userevent(b, one, "OutreachCall", id != NULL ? id : "", "answered", NULL);
	}
	place(one, NULL, "s", 4);
	if (uuid != NULL && *uuid != '\0')
		snprintf(data, sizeof(data), "%.200s,127.0.0.1:5001", uuid);
	else
		snprintf(data, sizeof(data), "%08llx-0000-4000-8000-%012llx,127.0.0.1:5001",
		    (unsigned long long)sim_dice(sw, UINT32_MAX),
		    (unsigned long long)sim_dice(sw, UINT64_C(1) << 48));
	runs(one, "AudioSocket", data);
}

void
sim_say_answer(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];
	int up;

	if (call->path == SIM_CARRIER) {
		far_exten(call, call->outcome.ring_ms > 0 ? 3 : 1);
		sim_newstate(b, two, SIM_UP);
		two->priority++;
		if (call->outcome.end == SIM_CALLEE)
			runs(two, "Wait", "3");
		else
			runs(two, "Wait", "120");
	}
	if (call->path == SIM_FENCE) {
		struct sim_chan *far = &call->chan[SIM_FAR];

		sim_newstate(b, far, SIM_UP);
		place(far, NULL, "", 1);
		up = newest(b);
		sim_after(b, up);
		sim_dial(b, "DialEnd", two, far, "DialStatus", "ANSWER");
		sim_after(b, up);
		sim_newstate(b, two, SIM_UP);
		learn_number(call, b);
	}
	sim_newstate(b, one, SIM_UP);
	up = newest(b);
	sim_dial(b, "DialEnd", NULL, one, "DialStatus", "ANSWER");
	sim_response(b, call, 4);
	take_up(call, b, up);
}

/* Q.850 to DialStatus (dial.c). */
static const char *
dial_status(int cause)
{
	switch (cause) {
	case 17: return "BUSY";
	case 34: return "CONGESTION";
	case 3:
	case 20: return "CHANUNAVAIL";
	default: return "NOANSWER";
	}
}

static const char *
disposition(int cause)
{
	return cause == 17 ? "BUSY" : cause == 34 ? "CONGESTION" : "NO ANSWER";
}

static void
cdr_one(struct sim_call *call, struct sim_burst *b, const char *what)
{
	sim_cdr(b, &call->chan[SIM_ONE], call->chan[SIM_ONE].exten, "", what);
}

/* A carrier's dialplan ran Hangup(cause): leg ;2 ends first and takes leg ;1 with it. */
static void
carrier_failed(struct sim_call *call, struct sim_burst *b, int cause)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];
	char data[16];

	far_exten(call, one->state == SIM_RINGING ? 3 : 1);
	snprintf(data, sizeof(data), "%d", cause);
	runs(two, "Hangup", data);
	sim_soft_hangup(b, two);
	sim_after(b, newest(b));
	sim_after(b, b->last[LANE_DIAL]);
	sim_hangup_request(b, one, cause, 0);
	sim_cdr(b, two, two->exten, "", disposition(cause));
	sim_after(b, b->last[LANE_ONE]);
	sim_hangup(b, two, cause, 0);
	sim_hangup(b, one, cause, 0);
	sim_dial(b, "DialEnd", NULL, one, "DialStatus", dial_status(cause));
	sim_response(b, call, 0);
	cdr_one(call, b, disposition(cause));
}

/* It ran Busy() or Congestion(): leg ;1 ends with cause 0, only status and reason tell. */
static void
carrier_tone(struct sim_call *call, struct sim_burst *b, int cause)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];

	far_exten(call, 1);
	runs(two, cause == 17 ? "Busy" : "Congestion", "1");
	sim_newstate(b, two, SIM_STATE_BUSY);
	sim_hangup_request(b, two, 0, 0);
	sim_soft_hangup(b, two);
	sim_hangup(b, two, cause, 0);
	sim_cdr(b, two, two->exten, "", disposition(cause));
	sim_dial(b, "DialEnd", NULL, one, "DialStatus", dial_status(cause));
	sim_response(b, call, cause == 17 ? 5 : 8);
	cdr_one(call, b, disposition(cause));
	sim_after(b, b->last[LANE_DIAL]);
	sim_hangup(b, one, 0, 0);
}

static void
fence_failed(struct sim_call *call, struct sim_burst *b, int cause, int tech)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];
	struct sim_chan *far = &call->chan[SIM_FAR];
	char data[16], exten[SIM_WORD_MAX + 1];

	copy_text(exten, sizeof(exten), two->exten);
	sim_hangup_request(b, far, cause, tech);
	sim_after(b, newest(b));
	sim_dial(b, "DialEnd", two, far, "DialStatus", dial_status(cause));
	sim_hangup(b, far, cause, tech);
	sim_cdr(b, two, exten, far->name, disposition(cause));
	snprintf(data, sizeof(data), "%d", cause);
	runs(two, "Hangup", data);
	place(two, NULL, exten, 11);
	sim_after(b, b->last[LANE_DIAL_FAR]);
	sim_soft_hangup(b, two);
	sim_cdr(b, two, exten, "", disposition(cause));
	sim_after(b, b->last[LANE_TWO]);
	learn_number(call, b);
	sim_after(b, b->last[LANE_TWO]);
	sim_hangup_request(b, one, cause, 0);
	place(two, NULL, "h", 2);
	sim_hangup(b, two, cause, 0);
	sim_after(b, b->last[LANE_DIAL_FAR]);
	sim_dial(b, "DialEnd", NULL, one, "DialStatus", dial_status(cause));
	sim_response(b, call, 0);
	cdr_one(call, b, disposition(cause));
	sim_hangup(b, one, cause, 0);
}

void
sim_say_failed(struct sim_call *call, struct sim_burst *b, int cause, int tech)
{
	struct sim_chan *one = &call->chan[SIM_ONE];

	if (call->path == SIM_FENCE) {
		fence_failed(call, b, cause, tech);
	} else if (call->path == SIM_CARRIER &&
	    (call->outcome.end == SIM_BUSY_TONE || call->outcome.end == SIM_CONGESTION_TONE)) {
		carrier_tone(call, b, cause);
	} else if (call->path == SIM_CARRIER) {
		carrier_failed(call, b, cause);
	} else {
		sim_hangup_request(b, one, cause, tech);
		sim_after(b, newest(b));
		sim_dial(b, "DialEnd", NULL, one, "DialStatus", dial_status(cause));
		sim_response(b, call, 0);
		sim_hangup(b, one, cause, tech);
		cdr_one(call, b, disposition(cause));
	}
}

void
sim_say_duplicate(struct sim_call *call, struct sim_burst *b, const char *was)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];
	int cause = was != NULL ? 81 : 96;
	char exten[SIM_WORD_MAX + 1], data[16];

	copy_text(exten, sizeof(exten), two->exten);
	if (was != NULL) {
		place(two, NULL, exten, 13);
		sim_userevent(b, two, "OutreachCall", call->fence_id, "duplicate", was);
		sim_after(b, newest(b));
	}
	snprintf(data, sizeof(data), "%d", cause);
	runs(two, "Hangup", data);
	place(two, NULL, exten, was != NULL ? 14 : 15);
	sim_soft_hangup(b, two);
	sim_after(b, newest(b));
	sim_hangup_request(b, one, cause, 0);
	sim_cdr(b, two, exten, "", "FAILED");
	place(two, NULL, "h", 2);
	sim_after(b, b->last[LANE_ONE]);
	sim_hangup(b, two, cause, 0);
	sim_dial(b, "DialEnd", NULL, one, "DialStatus", "NOANSWER");
	sim_hangup(b, one, cause, 0);
	sim_response(b, call, 0);
	cdr_one(call, b, "NO ANSWER");
}

/* Legs ;2 and far end because leg ;1 did. */
static void
followers(struct sim_call *call, struct sim_burst *b, int cause, const char *status)
{
	struct sim_chan *two = &call->chan[SIM_TWO], *far = &call->chan[SIM_FAR];
	char exten[SIM_WORD_MAX + 1];
	bool bridged = far->state == SIM_UP;

	if (call->path == SIM_TRUNK)
		return;
	if (call->path == SIM_CARRIER && two->state != SIM_UP) {
		far_exten(call, 2);
		runs(two, "Wait", "300");
	}
	copy_text(exten, sizeof(exten), two->exten);
	sim_hangup_request(b, two, cause, 0);
	sim_cdr(b, two, exten, call->path == SIM_FENCE && far->live ? far->name : "", status);
	if (far->live && !bridged) {
		sim_after(b, b->last[LANE_TWO]);
		sim_dial(b, "DialEnd", two, far, "DialStatus", "CANCEL");
	}
	sim_soft_hangup(b, two);
	if (far->live) {
		sim_after(b, b->last[LANE_TWO]);
		sim_hangup(b, far, cause, 0);
	}
	if (call->path == SIM_FENCE)
		place(two, NULL, "h", 2);
	sim_hangup(b, two, cause, 0);
}

void
sim_say_timeout(struct sim_call *call, struct sim_burst *b)
{
	struct sim_chan *one = &call->chan[SIM_ONE];

	followers(call, b, 19, "NO ANSWER");
	sim_response(b, call, 3);
	sim_hangup(b, one, 19, call->path == SIM_TRUNK ? 480 : 0);
	cdr_one(call, b, "NO ANSWER");
}

void
sim_say_cancelled(struct sim_call *call, struct sim_burst *b, int cause)
{
	struct sim_chan *one = &call->chan[SIM_ONE];

	followers(call, b, cause, "NO ANSWER");
	sim_dial(b, "DialEnd", NULL, one, "DialStatus", "NOANSWER");
	sim_response(b, call, 0);
	sim_hangup(b, one, cause, 0);
	cdr_one(call, b, "NO ANSWER");
}

/* The person hung up: the far leg ends first. */
static void
callee_over(struct sim_call *call, struct sim_burst *b, int cause)
{
	struct sim_chan *one = &call->chan[SIM_ONE], *two = &call->chan[SIM_TWO];
	struct sim_chan *far = &call->chan[SIM_FAR];
	char exten[SIM_WORD_MAX + 1];

	if (call->path == SIM_TRUNK) {
		sim_hangup_request(b, one, SIM_NO_CAUSE, 0);
		return;
	}
	copy_text(exten, sizeof(exten), two->exten);
	if (call->path == SIM_FENCE) {
		sim_hangup_request(b, far, SIM_NO_CAUSE, 0);
		sim_after(b, newest(b));
	} else {
		runs(two, "Hangup", "16");
		place(two, NULL, exten, 5);
	}
	sim_soft_hangup(b, two);
	sim_after(b, newest(b));
	sim_hangup_request(b, one, cause, 0);
	if (call->path == SIM_FENCE) {
		sim_cdr(b, two, exten, far->name, "ANSWERED");
		sim_hangup(b, far, cause, 0);
		place(two, NULL, "h", 2);
	} else
		sim_cdr(b, two, exten, "", "ANSWERED");
	sim_hangup(b, two, cause, 0);
}

void
sim_say_over(struct sim_call *call, struct sim_burst *b, enum sim_over how, int cause)
{
	struct sim_chan *one = &call->chan[SIM_ONE];
	char exten[SIM_WORD_MAX + 1];

	if (how == SIM_OVER_AI) {
		place(one, NULL, "s", 6);
		runs(one, "Hangup", "");
	}
	copy_text(exten, sizeof(exten), one->exten);
	if (how == SIM_OVER_CALLEE)
		callee_over(call, b, cause);
	if (how != SIM_OVER_NO_ROOM)
		sim_soft_hangup(b, one);
	if (how != SIM_OVER_CALLEE) {
		sim_after(b, b->last[LANE_ONE]);
		followers(call, b, cause, "ANSWERED");
	}
	sim_cdr(b, one, exten, "", "ANSWERED");
	if (how != SIM_OVER_NO_ROOM)
		place(one, NULL, "h", 2);
	sim_hangup(b, one, cause, 0);
}
