/*
 * sim: what the files of the simulated switch share (simswitch, simact,
 * simcall, simpath, simevent); nobody else includes it.
 */
#ifndef SIM_H
#define SIM_H

#include "buf.h"
#include "simswitch.h"

enum {
	SIM_NAME_MAX = 240, /* of a channel */
	SIM_ID_MAX = 149,   /* AST_MAX_PUBLIC_UNIQUEID */
	SIM_WORD_MAX = 80   /* AST_MAX_EXTENSION, AST_MAX_CONTEXT */
};

struct sim_timer {
	int64_t at; /* mono */
	uint64_t age;
	void (*fire)(struct simswitch *, void *arg);
	void *arg;
	size_t place; /* in the heap, from 1; 0: not set */
};

struct sim_action { /* one that waits behind a synchronous Originate */
	struct sim_action *next;
	struct buf bytes;
};

struct sim_session {
	struct sim_session *next;
	void *peer;
	bool in, events, ended;
	const struct sim_account *account;
	char challenge[16];
	char *failed; /* ActionID of a refused login that is not answered yet */
	struct sim_timer refusal;
	struct sim_call *blocked; /* by this synchronous Originate */
	struct sim_action *waiting, **last;
};

enum sim_state { SIM_DOWN = 0, SIM_RING = 4, SIM_RINGING = 5, SIM_UP = 6, SIM_STATE_BUSY = 7 };

struct sim_who {
	char num[SIM_WORD_MAX + 1], name[SIM_WORD_MAX + 1];
};

/* Leg ;1, which is the call; leg ;2, which runs the far dialplan; the leg that this dials. */
enum sim_leg { SIM_ONE, SIM_TWO, SIM_FAR, SIM_LEGS };

struct sim_chan {
	struct sim_call *call;
	enum sim_leg leg;
	bool live, has_vars;
	enum sim_state state;
	const char *type;
	char name[SIM_NAME_MAX + 1], id[SIM_ID_MAX + 3];
	char context[SIM_WORD_MAX + 1], exten[SIM_WORD_MAX + 1], account[SIM_WORD_MAX + 1];
	int priority;
	struct sim_who caller, connected;
	char app[20], data[SIM_NAME_MAX + 1]; /* what it runs, or ran last before h */
	int64_t began, answered;              /* wall ms; 0: never */
};

enum sim_path { SIM_TRUNK, SIM_CARRIER, SIM_FENCE };

struct sim_call {
	struct simswitch *sw;
	struct sim_call *next, **prev;
	struct sim_session *session; /* that waits for a synchronous Originate; or null */
	char *action_id, *channel, *context, *exten, *account, *channel_id, *other_id;
	struct sim_who caller;
	bool async, has_caller, answered, no_room;
	int64_t timeout_ms;
	char **variable; /* NAME=value */
	int variables;
	enum sim_path path;
	/* who; the same with the fence's id; trunk or context */
	char number[SIM_WORD_MAX + 1], dialed[SIM_WORD_MAX + 1], target[SIM_WORD_MAX + 1];
	char fence_id[SIM_ID_MAX + 1];
	struct sim_outcome outcome;
	struct sim_chan chan[SIM_LEGS];
	struct sim_timer stage, limit; /* what comes next; Timeout */
};

struct simswitch {
	struct sim_options opt;
	struct sim_owner owner;
	uint64_t dice;
	int64_t mono, wall, started, stamp_us, place_at;
	struct sim_timer **heap;
	size_t timers, heap_cap;
	uint64_t age;
	struct sim_session *sessions;
	struct sim_call *calls;
	int live;
	uint64_t asked, processed;
	unsigned trunk_serial, local_serial, chan_serial;
	bool stopping;
	struct buf out;
};

/* simswitch.c */
void sim_at(struct simswitch *, struct sim_timer *, int64_t delay_ms,
    void (*fire)(struct simswitch *, void *), void *arg);
void sim_cancel(struct simswitch *, struct sim_timer *);
uint64_t sim_dice(struct simswitch *, uint64_t sides);
/* Sends one whole message to a session. */
void sim_say(struct simswitch *, struct sim_session *, const struct buf *);
void sim_put(struct simswitch *, const char *family, const char *key, const char *value);
void sim_unblock(struct simswitch *, struct sim_session *);

/*
 * simevent.c: a burst is the events of one moment. Events of one lane keep
 * their order, so do pairs joined by sim_after; the rest is shuffled by the
 * seed, as the topics of a real switch overtake each other.
 */
enum sim_lane {
	LANE_ONE,
	LANE_TWO,
	LANE_FAR,
	LANE_DIAL,
	LANE_DIAL_FAR,
	LANE_RESPONSE,
	LANE_CDR,
	LANE_CDR_TWO,
	LANE_USER,
	LANES
};
enum { SIM_BURST_MAX = 32 };

struct sim_burst {
	struct simswitch *sw;
	int n, last[LANES], floor; /* whatever is added comes after item floor (-1: none) */
	struct {
		const char *event;
		unsigned right;
		uint32_t after;
		struct ami_writer w;
		struct buf body;
	} item[SIM_BURST_MAX];
	struct fault ignored;
};

void sim_burst_begin(struct sim_burst *, struct simswitch *);
/* Adds an event; its fields go to the writer until the next one is added. */
struct ami_writer *sim_event(
    struct sim_burst *, enum sim_lane, const char *event, unsigned right);
/* What is added next comes after item number earlier (-1: nothing). */
void sim_after(struct sim_burst *, int earlier);
void sim_burst_send(struct sim_burst *);

/* The fields of a channel, each name behind prefix. */
void sim_put_chan(struct ami_writer *, const char *prefix, const struct sim_chan *);
/* The events of one channel, or about it; each is the burst's newest item. */
void sim_newchannel(struct sim_burst *, struct sim_chan *);
void sim_newstate(struct sim_burst *, struct sim_chan *, enum sim_state);
void sim_about(struct sim_burst *, const struct sim_chan *, const char *event);
void sim_newcallerid(struct sim_burst *, const struct sim_chan *);
void sim_newaccount(struct sim_burst *, const struct sim_chan *);
enum { SIM_NO_CAUSE = -1 };
void sim_hangup_request(struct sim_burst *, const struct sim_chan *, int cause, int tech);
void sim_soft_hangup(struct sim_burst *, const struct sim_chan *);
void sim_hangup(struct sim_burst *, struct sim_chan *, int cause, int tech);
/* by: the leg that dials, or null for the switch itself. */
void sim_dial(struct sim_burst *, const char *event, const struct sim_chan *by,
    const struct sim_chan *dest, const char *key, const char *value);
void sim_cdr(struct sim_burst *, const struct sim_chan *, const char *exten, const char *far,
    const char *disposition);
void sim_response(struct sim_burst *, const struct sim_call *, int reason);
/* A UserEvent of leg; was may be null. */
void sim_userevent(struct sim_burst *, const struct sim_chan *, const char *name,
    const char *id, const char *phase, const char *was);

/* simcall.c: taking an Originate, and a call's life. */
void sim_originate(struct simswitch *, struct sim_session *, const struct ami_msg *);
/* Ends a call from outside (Action: Hangup). */
void sim_call_hangup(struct sim_call *, int cause);
struct sim_chan *sim_chan_find(struct simswitch *, const char *name_or_id);
const char *sim_variable(const struct sim_chan *, const char *name);
void sim_call_free(struct sim_call *);
void sim_fact(struct sim_call *, enum sim_fact_kind, int cause);

/* simpath.c: what the legs of each path say at each step. */
void sim_say_begin(
    struct sim_call *, struct sim_burst *);              /* Newchannel to DialBegin of leg ;1 */
void sim_say_far(struct sim_call *, struct sim_burst *); /* the fence dials the trunk */
void sim_say_duplicate(struct sim_call *, struct sim_burst *, const char *was);
void sim_say_ringing(struct sim_call *, struct sim_burst *);
void sim_say_answer(struct sim_call *, struct sim_burst *);
void sim_say_failed(struct sim_call *, struct sim_burst *, int cause, int tech);
void sim_say_timeout(struct sim_call *, struct sim_burst *);
void sim_say_cancelled(struct sim_call *, struct sim_burst *, int cause);
enum sim_over { SIM_OVER_AI, SIM_OVER_CALLEE, SIM_OVER_ACTION, SIM_OVER_NO_ROOM };
void sim_say_over(struct sim_call *, struct sim_burst *, enum sim_over, int cause);

/* simact.c: every other action. */
void sim_act(struct simswitch *, struct sim_session *, const struct ami_msg *);
/* Response: Success or Error with Message and the ActionID of the action. */
void sim_reply(struct simswitch *, struct sim_session *, const char *response,
    const char *action_id, const char *message);

#endif
