/*
 * store_parts: what the rooms of the store do for one another at the edges of
 * a transaction. Not for anyone else.
 */
#ifndef STORE_PARTS_H
#define STORE_PARTS_H

#include "call.h"
#include "db.h"

/* Closes the open journal transaction: its row with the chain's next hash. */
int journal_close(struct db *, struct fault *);
void journal_drop(struct db *);		/* after a rollback */
void journal_forget_state(struct db *); /* at close */

/* Writes back the calls that were touched. */
int calls_flush(struct db *, struct fault *);
void calls_drop(struct db *);
void calls_forget_state(struct db *);

void plans_forget_state(struct db *);
void people_forget_state(struct db *);

/* Withdraws the claims on a number or of a campaign (0: any of that one); they go back to the schedule. */
int claims_withdraw(struct db *, int64_t campaign, int64_t phone, int64_t target, struct fault *);

#endif
