/*
 * simact: the simulated switch's actions, each with the right it needs and the
 * answer Asterisk 22 gives (manager.c, db.c).
 */
#include <nettle/md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "mem.h"
#include "num.h"
#include "sim.h"

enum { REFUSAL_MS = 1000 }; /* a refused login is answered late, against guessing */

static void
begin(struct simswitch *sw, struct ami_writer *w, struct fault *f, const char *key,
    const char *value)
{
	buf_reset(&sw->out);
	ami_begin(w, &sw->out, AMI_LINE_MAX, f);
	ami_put(w, key, value);
}

static void
end(struct simswitch *sw, struct sim_session *s, struct ami_writer *w)
{
	if (ami_end(w) == 0)
		sim_say(sw, s, &sw->out);
}

void
sim_reply(struct simswitch *sw, struct sim_session *s, const char *response,
    const char *action_id, const char *message)
{
	struct ami_writer w;
	struct fault ignored;

	begin(sw, &w, &ignored, "Response", response);
	ami_put(&w, "ActionID", action_id);
	ami_put(&w, "Message", message);
	end(sw, s, &w);
}

static void
reply(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg,
    const char *response, const char *message)
{
	sim_reply(sw, s, response, ami_get(msg, "ActionID"), message);
}

/* The two messages around a list. */
static void
list_begin(
    struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg, const char *message)
{
	struct ami_writer w;
	struct fault ignored;

	begin(sw, &w, &ignored, "Response", "Success");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	ami_put(&w, "EventList", "start");
	ami_put(&w, "Message", message);
	end(sw, s, &w);
}

static void
list_end(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg,
    const char *event, int n, bool items)
{
	struct ami_writer w;
	struct fault ignored;

	begin(sw, &w, &ignored, "Event", event);
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	ami_put(&w, "EventList", "Complete");
	ami_put_int(&w, "ListItems", n);
	if (items)
		ami_put_int(&w, "Items", n);
	end(sw, s, &w);
}

/* Login. */

static const struct sim_account *
account_named(const struct simswitch *sw, const char *user)
{
	for (int i = 0; i < sw->opt.naccounts; i++)
		if (strcasecmp(sw->opt.accounts[i].user, user) == 0)
			return &sw->opt.accounts[i];
	return NULL;
}

/* Key: the MD5 of challenge and secret, in hex (AuthType: MD5). */
static bool
key_fits(const struct sim_session *s, const char *secret, const char *key)
{
	struct md5_ctx md5;
	uint8_t digest[MD5_DIGEST_SIZE];
	char hex[2 * MD5_DIGEST_SIZE + 1];

	md5_init(&md5);
	md5_update(&md5, strlen(s->challenge), (const uint8_t *)s->challenge);
	md5_update(&md5, strlen(secret), (const uint8_t *)secret);
	md5_digest(&md5, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return s->challenge[0] != '\0' && strcasecmp(hex, key) == 0;
}

static void
refused(struct simswitch *sw, void *arg)
{
	struct sim_session *s = arg;

	sim_reply(sw, s, "Error", s->failed, "Authentication failed");
	s->ended = true;
	sw->owner.end(sw->owner.arg, s->peer);
}

static void
fully_booted(struct simswitch *sw, struct sim_session *s)
{
	struct ami_writer w;
	struct fault ignored;

	begin(sw, &w, &ignored, "Event", "FullyBooted");
	ami_put(&w, "Privilege", "system,all");
	ami_put_int(&w, "Uptime", (sw->wall - sw->started) / 1000);
	ami_put_int(&w, "LastReload", (sw->wall - sw->started) / 1000);
	ami_put(&w, "Status", "Fully Booted");
	end(sw, s, &w);
}

static bool
wants_events(const char *mask)
{
	return strcasecmp(mask, "off") != 0 && strcasecmp(mask, "no") != 0 &&
	    strcasecmp(mask, "false") != 0 && strcmp(mask, "0") != 0;
}

static void
login(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	const struct sim_account *a = account_named(sw, ami_text(msg, "Username"));
	bool good = a != NULL;

	if (s->in) {
		reply(sw, s, msg, "Success", "Already authenticated");
		return;
	}
	if (good && ami_is(msg, "AuthType", "MD5"))
		good = key_fits(s, a->secret, ami_text(msg, "Key"));
	else if (good)
		good = strcmp(a->secret, ami_text(msg, "Secret")) == 0;
	if (!good) {
		free(s->failed);
		s->failed =
		    ami_get(msg, "ActionID") != NULL ? xstrdup(ami_get(msg, "ActionID")) : NULL;
		sim_at(sw, &s->refusal, REFUSAL_MS, refused, s);
		return;
	}
	s->in = true;
	s->account = a;
	s->events = wants_events(ami_text(msg, "Events"));
	reply(sw, s, msg, "Success", "Authentication accepted");
	if (s->events && (a->read & SIM_SYSTEM) != 0)
		fully_booted(sw, s);
}

static void
challenge(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	struct ami_writer w;
	struct fault ignored;

	if (!ami_is(msg, "AuthType", "MD5")) {
		reply(sw, s, msg, "Error", "Must specify AuthType");
		return;
	}
	snprintf(s->challenge, sizeof(s->challenge), "%09llu",
	    (unsigned long long)sim_dice(sw, 1000000000));
	begin(sw, &w, &ignored, "Response", "Success");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	ami_put(&w, "Challenge", s->challenge);
	end(sw, s, &w);
}

static void
logoff(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	reply(sw, s, msg, "Goodbye", "Thanks for all the fish.");
	s->ended = true;
	sw->owner.end(sw->owner.arg, s->peer);
}

static void
events(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	struct ami_writer w;
	struct fault ignored;

	s->events = wants_events(ami_text(msg, "EventMask"));
	begin(sw, &w, &ignored, "Response", "Success");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	ami_put(&w, "Events", s->events ? "On" : "Off");
	end(sw, s, &w);
}

static void
ping(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	struct ami_writer w;
	struct fault ignored;
	char time[40];

	snprintf(time, sizeof(time), "%lld.%06d", (long long)(sw->wall / 1000),
	    (int)(sw->wall % 1000) * 1000);
	begin(sw, &w, &ignored, "Response", "Success");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	ami_put(&w, "Ping", "Pong");
	ami_put(&w, "Timestamp", time);
	end(sw, s, &w);
}

/* The switch. */

static void
put_civil(struct ami_writer *w, const char *date_key, const char *time_key, int64_t wall)
{
	time_t t = (time_t)(wall / 1000);
	struct tm tm;
	char text[32];

	if (gmtime_r(&t, &tm) == NULL)
		return;
	strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	ami_put(w, date_key, text);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	ami_put(w, time_key, text);
}

static void
corestatus(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	struct ami_writer w;
	struct fault ignored;

	begin(sw, &w, &ignored, "Response", "Success");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	put_civil(&w, "CoreStartupDate", "CoreStartupTime", sw->started);
	put_civil(&w, "CoreReloadDate", "CoreReloadTime", sw->started);
	ami_put_int(&w, "CoreCurrentCalls", sw->live);
	ami_put_int(&w, "CoreProcessedCalls", (int64_t)sw->processed);
	end(sw, s, &w);
}

static void
coresettings(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	struct ami_writer w;
	struct fault ignored;

	begin(sw, &w, &ignored, "Response", "Success");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	ami_put(&w, "AMIversion", "11.0.0");
	ami_put(&w, "AsteriskVersion", SIM_VERSION);
	ami_put(&w, "SystemName", "sim");
	ami_put_int(&w, "CoreMaxCalls", sw->opt.max_calls);
	ami_put(&w, "CoreMaxLoadAvg", "0.000000");
	ami_put(&w, "CoreRunUser", "");
	ami_put(&w, "CoreRunGroup", "");
	ami_put(&w, "CoreMaxFilehandles", "65535");
	ami_put(&w, "CoreRealTimeEnabled", "No");
	ami_put(&w, "CoreCDRenabled", "Yes");
	ami_put(&w, "CoreHTTPenabled", "No");
	ami_put(&w, "SoundsSearchCustomDir", "No");
	end(sw, s, &w);
}

/* Channels. */

static void
put_variables(struct ami_writer *w, const struct sim_chan *c, const char *names)
{
	struct buf b = {0};

	while (*names != '\0') {
		size_t len = strcspn(names, ",");
		char *name = xstrndup(names, len);
		const char *value = sim_variable(c, name);

		buf_reset(&b);
		buf_printf(&b, "%s=%s", name, value != NULL ? value : "");
		ami_put(w, "Variable", b.p);
		free(name);
		names += len + (names[len] == ',');
	}
	buf_release(&b);
}

static void
status_of(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg,
    const struct sim_chan *c)
{
	struct ami_writer w;
	struct fault ignored;

	begin(sw, &w, &ignored, "Event", "Status");
	ami_put(&w, "Privilege", "Call");
	sim_put_chan(&w, "", c);
	ami_put(&w, "Type", c->type);
	ami_put(&w, "DNID", "");
	ami_put(&w, "EffectiveConnectedLineNum",
	    *c->connected.num != '\0' ? c->connected.num : "<unknown>");
	ami_put(&w, "EffectiveConnectedLineName",
	    *c->connected.name != '\0' ? c->connected.name : "<unknown>");
	ami_put(&w, "TimeToHangup", "0");
	ami_put(&w, "BridgeID", "");
	ami_put(&w, "Application", c->app);
	ami_put(&w, "Data", c->data);
	ami_put(&w, "Nativeformats", "(ulaw)");
	ami_put(&w, "Readformat", "slin");
	ami_put(&w, "Readtrans", "(ulaw@8000)->(slin@8000)");
	ami_put(&w, "Writeformat", "slin");
	ami_put(&w, "Writetrans", "(slin@8000)->(ulaw@8000)");
	ami_put(&w, "Callgroup", "0");
	ami_put(&w, "Pickupgroup", "0");
	ami_put_int(&w, "Seconds", (sw->wall - c->began) / 1000);
	put_variables(&w, c, ami_text(msg, "Variables"));
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	end(sw, s, &w);
}

/* Calls show for each live channel; returns how many there are. */
static int
each_channel(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg,
    void (*show)(struct simswitch *, struct sim_session *, const struct ami_msg *,
	const struct sim_chan *))
{
	int n = 0;

	for (struct sim_call *call = sw->calls; call != NULL; call = call->next)
		for (int i = 0; i < SIM_LEGS; i++)
			if (call->chan[i].live) {
				show(sw, s, msg, &call->chan[i]);
				n++;
			}
	return n;
}

static void
status(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	const char *name = ami_text(msg, "Channel");
	const struct sim_chan *c = *name != '\0' ? sim_chan_find(sw, name) : NULL;
	int n = 1;

	if (*name != '\0' && c == NULL) {
		reply(sw, s, msg, "Error", "No such channel");
		return;
	}
	list_begin(sw, s, msg, "Channel status will follow");
	if (c != NULL)
		status_of(sw, s, msg, c);
	else
		n = each_channel(sw, s, msg, status_of);
	list_end(sw, s, msg, "StatusComplete", n, true);
}

static void
core_channel(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg,
    const struct sim_chan *c)
{
	struct ami_writer w;
	struct fault ignored;
	long seconds = (long)((sw->wall - c->began) / 1000);
	char text[40];

	snprintf(text, sizeof(text), "%02ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60,
	    seconds % 60);
	begin(sw, &w, &ignored, "Event", "CoreShowChannel");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	sim_put_chan(&w, "", c);
	ami_put(&w, "Application", c->app);
	ami_put(&w, "ApplicationData", c->data);
	ami_put(&w, "Duration", text);
	ami_put(&w, "BridgeId", "");
	end(sw, s, &w);
}

static void
coreshowchannels(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	int n;

	list_begin(sw, s, msg, "Channels will follow");
	n = each_channel(sw, s, msg, core_channel);
	list_end(sw, s, msg, "CoreShowChannelsComplete", n, false);
}

static void
hangup(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	const char *name = ami_text(msg, "Channel");
	int64_t cause = ami_int(msg, "Cause", 0);
	struct sim_chan *c;

	if (*name == '\0') {
		reply(sw, s, msg, "Error", "No channel specified");
		return;
	}
	c = sim_chan_find(sw, name);
	if (c == NULL) {
		reply(sw, s, msg, "Error", "No such channel");
		return;
	}
	reply(sw, s, msg, "Success", "Channel Hungup");
	sim_call_hangup(c->call, cause >= 0 && cause <= 127 ? (int)cause : 0);
}

static void
getvar(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	const char *name = ami_text(msg, "Channel"), *variable = ami_text(msg, "Variable");
	const struct sim_chan *c = *name != '\0' ? sim_chan_find(sw, name) : NULL;
	const char *value = c != NULL ? sim_variable(c, variable) : NULL;
	struct ami_writer w;
	struct fault ignored;

	if (*variable == '\0') {
		reply(sw, s, msg, "Error", "No variable specified");
		return;
	}
	if (*name != '\0' && c == NULL) {
		reply(sw, s, msg, "Error", "No such channel");
		return;
	}
	begin(sw, &w, &ignored, "Response", "Success");
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	ami_put(&w, "Variable", variable);
	ami_put(&w, "Value", value != NULL ? value : "");
	end(sw, s, &w);
}

static void
dbget(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	const char *family = ami_text(msg, "Family"), *key = ami_text(msg, "Key"), *value;
	struct ami_writer w;
	struct fault ignored;

	if (*family == '\0' || *key == '\0') {
		reply(sw, s, msg, "Error",
		    *family == '\0' ? "No family specified." : "No key specified.");
		return;
	}
	value = simdb_get(sw->opt.db, family, key);
	if (value == NULL) {
		reply(sw, s, msg, "Error", "Database entry not found");
		return;
	}
	list_begin(sw, s, msg, "Result will follow");
	begin(sw, &w, &ignored, "Event", "DBGetResponse");
	ami_put(&w, "Family", family);
	ami_put(&w, "Key", key);
	ami_put(&w, "Val", value);
	ami_put(&w, "ActionID", ami_get(msg, "ActionID"));
	end(sw, s, &w);
	list_end(sw, s, msg, "DBGetComplete", 1, false);
}

static void
userevent(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	struct sim_burst b;
	struct ami_writer *w;

	reply(sw, s, msg, "Success", "Event Sent");
	sim_burst_begin(&b, sw);
	w = sim_event(&b, LANE_USER, "UserEvent", SIM_USEREVENT);
	for (size_t i = 0; i < msg->n; i++)
		if (strcasecmp(msg->header[i].key, "Action") != 0)
			ami_put(w, msg->header[i].key, msg->header[i].value);
	sim_burst_send(&b);
}

/* The right an action needs, any of; 0: none but being logged in. */
static const struct {
	const char *name;
	unsigned right;
	void (*act)(struct simswitch *, struct sim_session *, const struct ami_msg *);
} actions[] = {
    {"Login", 0, login},
    {"Challenge", 0, challenge},
    {"Logoff", 0, logoff},
    {"Events", 0, events},
    {"Ping", 0, ping},
    {"Originate", SIM_ORIGINATE, sim_originate},
    {"Hangup", SIM_SYSTEM | SIM_CALL, hangup},
    {"Status", SIM_SYSTEM | SIM_CALL | SIM_REPORTING, status},
    {"CoreShowChannels", SIM_SYSTEM | SIM_REPORTING, coreshowchannels},
    {"CoreStatus", SIM_SYSTEM | SIM_REPORTING, corestatus},
    {"CoreSettings", SIM_SYSTEM | SIM_REPORTING, coresettings},
    {"Getvar", SIM_CALL | SIM_REPORTING, getvar},
    {"DBGet", SIM_SYSTEM | SIM_REPORTING, dbget},
    {"UserEvent", SIM_USEREVENT, userevent},
    {"Command", SIM_SYSTEM, NULL},
    {"DBPut", SIM_SYSTEM, NULL},
    {"DBDel", SIM_SYSTEM, NULL},
};

/* A line longer than Asterisk reads, or a value this simulator could not send on. */
static const char *
unreadable(const struct ami_msg *msg)
{
	for (size_t i = 0; i < msg->n; i++) {
		size_t key = strlen(msg->header[i].key), value = strlen(msg->header[i].value);

		if (key + 2 + value > AMI_ACTION_LINE_MAX)
			return "Failed to parse message: line too long";
		if (text_control(msg->header[i].key, key) >= 0 ||
		    text_control(msg->header[i].value, value) >= 0)
			return "Control characters are refused by outreach-sim";
	}
	return NULL;
}

void
sim_act(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	const char *name = ami_text(msg, "Action"), *why = unreadable(msg);
	size_t i = 0;

	if (why == NULL && *name == '\0')
		why = "Missing action in request";
	while (why == NULL && i < COUNT(actions) && strcasecmp(actions[i].name, name) != 0)
		i++;
	if (why == NULL && !s->in && i != 0 && i != 1 && i != 2)
		why = "Permission denied";
	else if (why == NULL && i == COUNT(actions))
		why = "Invalid/unknown command. Use Action: ListCommands to show available "
		      "commands.";
	else if (why == NULL && actions[i].right != 0 &&
	    (actions[i].act == NULL || (s->account->write & actions[i].right) == 0))
		why = "Permission denied";
	if (why != NULL)
		reply(sw, s, msg, "Error", why);
	else
		actions[i].act(sw, s, msg);
}
