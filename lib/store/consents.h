/*
 * consents: who agreed to what, when and how, and who took it back; by number
 * or by contact. What counts, policy asks (domain/consent.h).
 */
#ifndef CONSENTS_H
#define CONSENTS_H

#include "consent.h"
#include "db.h"
#include "policy.h"

struct consent_fact {
	int64_t phone, contact; /* one of them; the other 0 */
	int64_t before;         /* another form of the number, whose consent this is; or 0 */
	struct consent_row row; /* kind NONE: a revocation */
	const char *how;        /* "paper" "web" "phone" ...: impersonal, or null */
	const char *text;       /* what was agreed to, or why it was revoked; or null */
	const char
	    *evidence; /* SHA-256 of a document in hex, or null: of text, if there is one */
};

/*
 * Journals it, in the open transaction or one of its own: 1, 0 it was known (subject, kind and time).
 * A revocation withdraws claims at once. DATAERR: no such contact, a time to come, an end before the
 * beginning.
 */
int consents_put(struct db *, const struct consent_fact *, struct fault *);

/* SHA-256 of a document, in hex: what evidence is kept of it. */
void consents_sha256(const void *, size_t, char hex[65]);

/*
 * Inside a transaction: the contact loses the number. What it took back stays taken back for the number: who
 * comes back with it may be somebody new.
 */
int consents_keep(struct db *, int64_t contact, int64_t phone, struct fault *);

/*
 * What policy needs: consents of the number that would be called and of the contact. A revocation speaks
 * against whom a do-not-call rule would (dnc.h): everybody who has the number, or a number of its contact.
 */
int consents_facts(struct db *, enum consent need, int64_t contact, int64_t phone,
    struct facts *, struct fault *);

struct consent_entry {
	int64_t id, phone, contact;
	struct consent_row row;
	struct buf fact, body; /* JSON of the journal row; body empty: erased */
};

/*
 * The next behind *after about this number or contact (both 0: all), revocations of who shares a number with
 * it included: 1, 0 end. Release fact and body once.
 */
int consents_next(struct db *, int64_t phone, int64_t contact, int64_t *after,
    struct consent_entry *, struct fault *);

#endif
