/*
 * foreign: events that come from outside, in the shapes that are about: our
 * own `event` record, the webhook envelope of Agent Voice Response (AVR), and
 * the two shapes of the integration plan. Recognised by their fields, turned
 * into what they say of a call. Pure: no store, no clock.
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include <stdbool.h>

#include "buf.h"
#include "call.h"
#include "fault.h"
#include "ndjson.h"
#include "summary.h"

enum foreign_shape {
	FOREIGN_EVENT, /* {"type":"event","event":..,"call":..,"at":..} */
	FOREIGN_AVR,   /* {"uuid":..,"type":..,"timestamp":..,"payload":{}} */
	FOREIGN_PLAN,  /* {"call_id":..,"event_type":..,"status":..,"metadata":{},"data":{}} */
	FOREIGN_PLAN_FLAT /* {"call_id":..,"event":..,"outcome":..,"duration":..,"timestamp":..} */
};

enum { FOREIGN_ID_MAX = 128, FOREIGN_KIND_MAX = 40 };

/* Zero it before the first use; its memory serves from record to record. */
struct foreign {
	enum foreign_shape shape;
	char id[FOREIGN_ID_MAX + 1]; /* as they name the call; lower case if it is a UUID */
	bool is_uuid;                /* then uuid is id */
	struct uuid uuid;
	bool
	    has_call; /* it names the call that was ours too: call_initiated by a UUID in uniqueid,
			 the plan's by one in metadata.call_id */
	struct uuid call;
	struct call_event event;
	char kind[FOREIGN_KIND_MAX +
	    1]; /* "ended", "transcription", "note", ...: the journal's "call.<kind>" */
	struct buf body; /* what is personal or long, a JSON object; empty if there is none */
	struct buf dial_status; /* a word of A to Z; may be empty */
	enum call_heard
	    heard; /* what the person who was called said or pressed, if that is it */
	struct buf
	    words; /* HEARD_WORDS: the utterance; HEARD_KEY: the key; HEARD_OUTCOME: that; HEARD_SUMMARY: the body */
	enum outcome outcome; /* HEARD_SUMMARY: what it says that came of the call */
	struct buf scratch;
};

/*
 * 1 and what the record says; 0 if it has none of the shapes; -1 DATAERR. now (UTC ms) is for a shape
 * of the plan without timestamp, and no part of the key then. A record that says it is from the door
 * is from a file here: the door writes its own. Times without a zone (the plan's) are UTC.
 */
int foreign_read(const struct rec *, int64_t now, struct foreign *, struct fault *);
void foreign_release(struct foreign *);

/*
 * What of this kind a body holds that was kept: in itself, or in its data, payload or metadata. words
 * is replaced; false if there is none.
 */
bool foreign_heard(const char *body, size_t len, enum call_heard, struct buf *words);
/* What anybody said, as a transcription that was kept has it, and whether it was the person who was called. */
bool foreign_said(
    const char *body, size_t len, struct buf *words, bool *theirs, struct buf *scratch);

#endif
