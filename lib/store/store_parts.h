/*
 * store_parts: what the rooms of the store do for one another at the edges of
 * a transaction. Not for anyone else.
 */
#ifndef STORE_PARTS_H
#define STORE_PARTS_H

#include "call.h"
#include "db.h"
#include "zone.h"

enum { DB_HEADER = 100 };

/*
 * Looks at the file before SQLite sees it (opening one in WAL mode would already take part in WAL)
 * and gives its first bytes. Faults as db_open, versions apart.
 */
int db_check_file(const char *path, unsigned char h[DB_HEADER], struct fault *);

/* The writers' turn alone, without a transaction. */
int db_take_turn(struct db *, struct fault *);
void db_give_turn(struct db *);

/* Writes the journal rows that are still in memory: before SQL that reads them in their own transaction. */
int journal_flush(struct db *, struct fault *);
/* Closes the open journal transaction: its row with the chain's next hash. */
int journal_close(struct db *, struct fault *);
void journal_drop(struct db *);         /* after a rollback */
void journal_forget_state(struct db *); /* at close */

/* Writes back the calls that were touched. */
int calls_flush(struct db *, struct fault *);
void calls_drop(struct db *);
void calls_forget_state(struct db *);

void plans_forget_state(struct db *);
void zones_forget_state(struct db *);
void people_forget_state(struct db *);

/* The store's numbers are read with the tables of this outreach (renumber.h); inside a transaction. */
int numbers_note(struct db *, struct fault *);

/* A zone by its IANA name, kept while the store is open; null with a fault. */
const struct zone *zones_one(struct db *, const char *name, struct fault *);
struct zones;
/* A set by the names of zones.h, as the schedule keeps it. */
int zones_named(struct db *, const char *names, struct zones *, struct fault *);
/* zones_follow, inside a transaction. */
int zones_note(struct db *, struct fault *);

/*
 * Inside a transaction: a campaign's file, or a note that its model is told, is another now. What was claimed
 * has not been placed and is claimed anew; its schedule is to be rebuilt.
 */
int campaign_changed(struct db *, int64_t campaign, struct fault *);

/* The claim's row, which is the fence, and no more: was says whether it was there. */
int claim_delete(struct db *, const struct uuid *call, bool *was, struct fault *);
/* Withdraws one claim: its target is decided anew. */
int claim_withdraw(struct db *, const struct uuid *call, int64_t target, struct fault *);
/* Withdraws the claims of a target, else on a number, else of a campaign; who had one goes back to the schedule. */
int claims_withdraw(
    struct db *, int64_t campaign, int64_t phone, int64_t target, struct fault *);
/* Decides anew for every target whose person has this number (do-not-call was lifted, say). */
int targets_of_number_settle(struct db *, int64_t phone, struct fault *);

/*
 * A person's number or zone is another now: claims made with the old ones are withdrawn, and the
 * person's targets are decided anew; who was held for want of a context waits for one again.
 */
int targets_of_contact_changed(struct db *, int64_t contact, struct fault *);

#endif
