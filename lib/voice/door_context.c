/*
 * door_context: the AI must know whom it talks to. With delivery: dynamic no
 * call is begun unless outreach-serve answers, and the campaign is paused once
 * an answered call's context was not asked for; with delivery: file the text
 * lies in its file from before the call until it is over; with delivery: api
 * the channel carries it.
 */
#include <nettle/base64.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "door_parts.h"
#include "mem.h"
#include "served.h"
#include "temp.h"

enum {
	PROOF_MS = 10000, /* after the answer; connectors ask as soon as they are connected */
	RECEIPT_MS =
	    1000, /* of real time: until one that was asked for is in the journal, at least */
	PIECE = 900, /* bytes of base64 in one variable */
	PIECES = 8,
	TALK_MS = 2000 /* who hung up sooner may have left before the AI came */
};

/* An answered call whose context must have been asked for by then. */
struct door_proof {
	struct uuid id;
	int64_t campaign, due; /* mono */
	char phone[20];
};

static void
gate_changed(void *arg, bool open, const char *why)
{
	struct door *d = arg;
	struct dial_input in = {
	    .kind = DIAL_GATE, .answer = open ? ANSWER_YES : ANSWER_NO, .words = why};

	door_word(d, DOOR_SAY, "%s", open ? "outreach-serve answers" : why);
	door_feed(d, &in);
}

int
door_context_need(struct door *d, const struct plan *plan, struct fault *f)
{
	const char *dir = d->opt.settings->context_dir;

	if (plan->delivery == DELIVERY_FILE && !dir)
		return fault(f, CONFIG,
		    "campaign %s has delivery: file, and the settings name no context_dir",
		    plan->name);
	if (plan->delivery == DELIVERY_FILE && mkdir(dir, 0755) < 0 && errno != EEXIST)
		return fault(f, CONFIG, "context_dir %s: %s", dir, strerror(errno));
	if (plan->delivery == DELIVERY_DYNAMIC && !d->gate)
		d->gate = gate_new(d->opt.db->path, d->loop, gate_changed, d);
	return 0;
}

/* ---- files ------------------------------------------------------------------------- */

static char *
file_of(const struct door *d, const struct uuid *call)
{
	char id[37];

	return xasprintf("%s/%s.txt", d->opt.settings->context_dir, uuid_text(call, id));
}

static int
write_file(struct door *d, const struct order *o, struct fault *f)
{
	struct newfile file = {.fd = -1};
	struct buf system = {0};
	char *path;
	int n = served_get(d->opt.db, &o->id, &system, f), rc = -1;

	if (n <= 0) {
		buf_release(&system);
		return n < 0 ? -1 : fault(f, UNAVAILABLE, "there is no context for this call");
	}
	path = file_of(d, &o->id);
	if (newfile_open(&file, path, f) == 0) {
		buf_add(&file.out, system.p, system.len);
		rc = newfile_finish(&file, f);
		newfile_drop(&file);
	}
	if (rc < 0)
		f->code = UNAVAILABLE; /* of the folder, not of the person */
	buf_release(&system);
	free(path);
	return rc;
}

static void
remove_file(struct door *d, const struct uuid *call)
{
	char *path;

	if (!d->opt.settings->context_dir)
		return;
	path = file_of(d, call);
	unlink(path);
	free(path);
}

/* ---- variables ----------------------------------------------------------------------- */

/*
 * OUTREACH_CONTEXT_1 and so on: base64, as a comma begins another variable and a line ends the header;
 * in pieces, as Asterisk reads 1,023 bytes of a line.
 */
static int
add_context(struct door *d, const struct order *o, struct voice_call *v, struct buf *room,
    struct fault *f)
{
	struct buf system = {0}, code = {0};
	int n = served_get(d->opt.db, &o->id, &system, f), rc = -1;
	size_t at[PIECES], pieces = 0;

	if (n == 0)
		fault(f, UNAVAILABLE, "there is no context for this call");
	if (n <= 0)
		goto out;
	buf_need(&code, BASE64_ENCODE_RAW_LENGTH(system.len));
	base64_encode_raw(code.p, system.len, (const unsigned char *)system.p);
	code.len = BASE64_ENCODE_RAW_LENGTH(system.len);
	if (code.len > (size_t)PIECES * PIECE) {
		fault(f, DATAERR,
		    "the context has %zu bytes, and a channel carries %d (delivery: api); make it shorter, or have it asked for (delivery: dynamic)",
		    system.len, PIECES * PIECE / 4 * 3);
		goto out;
	}
	for (size_t i = 0; i < code.len; i += PIECE, pieces++) {
		size_t len = code.len - i < PIECE ? code.len - i : PIECE;

		at[pieces] = room->len;
		buf_printf(room, "OUTREACH_CONTEXT_%zu=", pieces + 1);
		buf_add(room, code.p + i, len);
		buf_add(room, "", 1);
	}
	/* Now that the room moves no more. */
	for (size_t i = 0; i < pieces && v->variables < VOICE_VARIABLES; i++)
		v->variable[v->variables++] = room->p + at[i];
	rc = 0;
out:
	buf_release(&system);
	buf_release(&code);
	return rc;
}

/* ---- before a call is sent ------------------------------------------------------------ */

int
door_context_ready(struct door *d, const struct plan *plan, const struct order *o,
    struct voice_call *v, struct buf *room, struct fault *f)
{
	switch (plan->delivery) {
	case DELIVERY_DYNAMIC:
		if (d->gate && gate_answered(d->gate, GATE_SEND_MS))
			return 0;
		return fault(f, UNAVAILABLE, "outreach-serve stopped answering");
	case DELIVERY_FILE: return write_file(d, o, f);
	case DELIVERY_API: return add_context(d, o, v, room, f);
	default: return 0;
	}
}

/* ---- after the answer ------------------------------------------------------------------- */

static void
forget_proof(struct door *d, const struct uuid *id)
{
	for (size_t i = 0; i < d->nproofs; i++)
		if (memcmp(&d->proof[i].id, id, sizeof(*id)) == 0) {
			d->proof[i] = d->proof[--d->nproofs];
			return;
		}
}

static void
want_proof(struct door *d, const struct order *o, int64_t ms)
{
	struct door_proof *p;

	if (d->nproofs == d->proofs_cap) {
		d->proofs_cap = d->proofs_cap * 2 + 16;
		d->proof = xrealloc(d->proof, d->proofs_cap, sizeof(*d->proof));
	}
	p = &d->proof[d->nproofs++];
	*p =
	    (struct door_proof){.id = o->id, .campaign = o->campaign, .due = clock_mono() + ms};
	copy_text(p->phone, sizeof(p->phone), o->phone);
}

/* A span of our clock, and in real time at least what the journal needs: on a clock that runs fast it does not. */
static int64_t
at_least(int64_t ms)
{
	int64_t least = RECEIPT_MS * clock_scale();

	return ms > least ? ms : least;
}

void
door_context_heard(struct door *d, const struct door_fact *fact)
{
	const struct call_event *e = &fact->fact.event;
	const struct plan *plan;
	struct fault ignored;

	if (fact->over)
		remove_file(d, &fact->id);
	if (!d->gate || fact->told)
		return;
	plan = campaigns_plan(d->opt.db, fact->call->order.campaign, &ignored);
	if (!plan || plan->delivery != DELIVERY_DYNAMIC)
		return;
	if (e->rank == RANK_ANSWERED)
		want_proof(d, &fact->call->order, at_least(PROOF_MS));
	if (e->rank != RANK_ENDED)
		return;
	/* It is over: nobody will ask any more, but the receipt may be on its way. */
	forget_proof(d, &fact->id);
	if (e->talk_ms >= at_least(TALK_MS))
		want_proof(d, &fact->call->order, at_least(RECEIPT_MS));
}

/* The campaign is paused, so that no other dialer calls the next person into the same silence. */
static void
unproven(struct door *d, const struct door_proof *p)
{
	static const char reason[] = "an answered call's context was not asked for within 10 s";
	struct fault f, why;
	bool changed;

	if (campaigns_pause(d->opt.db, p->campaign, reason, &changed, &f) < 0)
		door_word(d, DOOR_WARN, "%s", f.text);
	(void)fault(&why, CONFIG,
	    "%s was answered and nothing asked for the context within 10 s: the AI does not know whom it talks to. "
	    "The likely cause is OPENAI_INSTRUCTIONS (XAI_, GEMINI_INSTRUCTIONS) in the speech container: it goes before "
	    "OPENAI_URL_INSTRUCTIONS; take it out, or see that the URL reaches outreach-serve. The campaign is paused",
	    p->phone);
	door_halt(d, &why);
}

void
door_context_check(struct door *d)
{
	int64_t now = clock_mono();
	struct fault ignored;

	for (size_t i = 0; i < d->nproofs;) {
		struct door_proof p = d->proof[i];
		int has;

		if (p.due > now) {
			i++;
			continue;
		}
		has = served_has_receipt(d->opt.db, &p.id, &ignored);
		if (has < 0) { /* the store could not be asked: once more, later */
			d->proof[i++].due = now + at_least(PROOF_MS);
			continue;
		}
		d->proof[i] = d->proof[--d->nproofs];
		if (has == 0)
			unproven(d, &p);
	}
	if (d->finished && d->nproofs == 0)
		door_turn_soon(d);
}

void
door_context_stop(struct door *d)
{
	gate_free(d->gate);
	free(d->proof);
}
