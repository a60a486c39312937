/*
 * ami_decode: what the dialer says to Asterisk and what Asterisk's messages
 * mean to it; shared by the AMI client and the simulated exchange, so that
 * both faces take the same path. Pure: no connection, no clock, no memory.
 *
 * Our calls are known by Uniqueid = call id (leg ;1 of a Local channel), our
 * questions by ActionID: "<id>.<try>" originate, "hangup.<id>", "ask.<id>"
 * (Status), "fence.<id>" (DBGet).
 */
#ifndef AMI_DECODE_H
#define AMI_DECODE_H

#include "ami_msg.h"
#include "voice.h"

/* The AstDB family and the UserEvent of the dialplan's fence, outreach-once. */
#define FENCE_FAMILY     "outreach"
#define FENCE_USER_EVENT "OutreachCall"

/*
 * 1 and the event that the message means, or 0: it is none of ours. text is borrowed from the
 * message. at is 0 where the message has no Timestamp. Never gives VOICE_UP or VOICE_DOWN, nor
 * started_at. Answers to ask and fence that say neither yes nor no (Permission denied) give 0.
 */
int ami_decode(const struct ami_msg *, struct voice_event *);

/* Each appends one action to out: 0, or -1 with a DATAERR and nothing appended. */
int ami_encode_originate(struct buf *out, const struct voice_call *, struct fault *);
int ami_encode_hangup(struct buf *out, const struct uuid *, int cause, struct fault *);
int ami_encode_ask(struct buf *out, const struct uuid *, struct fault *);
int ami_encode_fence(struct buf *out, const struct uuid *, struct fault *);

#endif
