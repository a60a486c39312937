/*
 * The simulated exchange in this process: calls in virtual time, as a dialer
 * sees them, and a dialer that dies and comes back.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "clock.h"
#include "mem.h"
#include "simvoice.h"
#include "tap.h"

static struct loop *loop;
static struct simhost *host;
static struct voice *voice;
static int rings, over;

static struct {
	int kinds[VOICE_USER + 1];
	int cause, tech_cause, trunk_tech;
	bool ringing, answered;
	char text[100], fence[100];
	int64_t hung_at, up_at;
} seen;

static void
on_event(void *arg, const struct voice_event *e)
{
	seen.kinds[e->kind]++;
	if (e->kind == VOICE_UP)
		seen.up_at = e->started_at;
	if (e->kind == VOICE_HANGUP) {
		seen.cause = e->cause;
		seen.tech_cause = e->tech_cause;
		seen.ringing = e->ringing;
		seen.hung_at = e->at;
	}
	if (e->kind == VOICE_TRUNK)
		seen.trunk_tech = e->tech_cause;
	if (e->kind == VOICE_LIVE)
		seen.answered = e->answered;
	if (e->kind == VOICE_FENCE)
		copy_text(seen.fence, sizeof(seen.fence), e->text);
	if (e->kind == VOICE_USER || e->kind == VOICE_REFUSED)
		copy_text(seen.text, sizeof(seen.text), e->text);
}

static void
on_fact(void *arg, const struct sim_fact *fact)
{
	rings += fact->kind == SIM_RANG;
	over += fact->kind == SIM_HUNGUP;
}

static void
stop(void *arg)
{
	loop_stop(loop);
}

static void
run_for(int64_t ms)
{
	struct fault f;

	loop_at(loop, clock_mono() + ms, stop, NULL);
	loop_run(loop, &f);
}

/* where: "/TRUNK", or a context for a Local channel. */
static struct uuid
dial(const char *number, const char *where, int ring_ms, int *result)
{
	struct voice_call call = {.try = 1,
	    .context = "avr",
	    .exten = "s",
	    .caller_id = "Acme <39>",
	    .ring_ms = ring_ms};
	struct fault f;
	char id[37], *variable, *channel;

	call.id = uuid_make(clock_wall());
	variable = xasprintf("CALL_ID=%s", uuid_text(&call.id, id));
	channel = xasprintf(
	    "%s/%s@%s", *where == '/' ? "PJSIP" : "Local", number, where + (*where == '/'));
	call.channel = channel;
	call.variable[0] = variable;
	call.variables = 1;
	*result = voice->ops->originate(voice, &call, &f);
	free(variable);
	free(channel);
	return call.id;
}

static void
forget(void)
{
	memset(&seen, 0, sizeof(seen));
}

static void
test_calls(void)
{
	int result;
	struct uuid id;
	int64_t from = clock_wall();

	dial("39055510000", "/trunk", 20000, &result);
	is_int(result, 0, "an originate is taken");
	is_int(seen.kinds[VOICE_QUEUED], 0, "nothing is answered inside the call");
	run_for(60000);
	ok(seen.kinds[VOICE_QUEUED] == 1 && seen.kinds[VOICE_CHANNEL] == 1 &&
		seen.kinds[VOICE_RINGING] == 2 && seen.kinds[VOICE_ANSWERED] == 1 &&
		seen.kinds[VOICE_DIAL_END] == 1 && seen.kinds[VOICE_RESPONSE] == 1 &&
		seen.kinds[VOICE_HANGUP] == 1,
	    "a whole call");
	is_int(seen.cause, 16, "ended by the AI");
	ok(seen.hung_at >= from + 5000 && seen.hung_at < from + 5100, "after 2 s and 3 s");
	forget();
	dial("39055510003", "/trunk", 5000, &result);
	run_for(10000);
	ok(seen.cause == 19 && seen.tech_cause == 480 && seen.ringing, "nobody answers");
	forget();
	dial("39055510000", "/dead", 5000, &result);
	run_for(10000);
	ok(seen.cause == 19 && !seen.ringing, "a dead trunk never rings");
	forget();
	dial("39055510006", "outreach-once/n", 20000, &result);
	run_for(10000);
	ok(seen.cause == 21 && seen.tech_cause == 0 && seen.trunk_tech == 603,
	    "behind the fence the SIP code comes from the trunk's leg");
	forget();
	id = dial("39055510003", "outreach-once/n", 60000, &result);
	run_for(1000);
	voice->ops->ask(voice, &id);
	voice->ops->fence(voice, &id);
	run_for(10);
	ok(seen.kinds[VOICE_LIVE] == 1 && !seen.answered, "it is live, not answered");
	ok(strstr(seen.fence, ":39055510003:dialing") != NULL, "the fence knows it");
	voice->ops->hangup(voice, &id, 16);
	run_for(10);
	is_int(seen.cause, 16, "hung up with our cause");
	voice->ops->ask(voice, &id);
	run_for(10);
	is_int(seen.kinds[VOICE_GONE], 1, "then it is gone");
}

static void
test_crash(void)
{
	int result;
	struct uuid id;

	forget();
	rings = over = 0;
	id = dial("39055510000", "outreach-once/n", 20000, &result);
	voice->ops->close(voice);
	voice = simvoice_open(host, on_event, NULL);
	run_for(1000);
	is_int(seen.kinds[VOICE_UP], 1, "a new dialer is logged in");
	voice->ops->ask(voice, &id);
	run_for(10);
	is_int(seen.kinds[VOICE_LIVE], 1, "and finds the call of the dead one");
	run_for(20000);
	ok(rings == 1 && over == 1, "which rang once and ended");
	voice->ops->fence(voice, &id);
	run_for(10);
	ok(strstr(seen.fence, ":ANSWER:16") != NULL, "as the fence tells");
}

int
main(void)
{
	struct sim_world *world = sim_world_new(1, 3000);
	struct simdb *db = simdb_new();
	struct sim_options opt = {.seed = 1, .world = world, .db = db};
	int result;

	clock_virtual(1795413006000);
	loop = loop_new();
	host = simhost_new(loop, &opt, on_fact, NULL);
	voice = simvoice_open(host, on_event, NULL);
	dial("39055510000", "/trunk", 20000, &result);
	is_int(result, -1, "no originate before the login is answered");
	run_for(10);
	ok(seen.kinds[VOICE_UP] == 1 && voice->up && seen.up_at == 1795413006000, "logged in");
	forget();
	test_calls();
	test_crash();
	voice->ops->close(voice);
	simhost_free(host);
	loop_free(loop);
	simdb_free(db);
	sim_world_free(world);
	return done_testing();
}
