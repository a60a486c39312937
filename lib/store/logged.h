/*
 * logged: a row of the journal as others read it.
 */
#ifndef LOGGED_H
#define LOGGED_H

#include "campaigns.h"
#include "journal.h"

/*
 * Appends the journal record (outreach-record(5)) as one line. last is the campaign of the row before,
 * zeroed at first: who names one is looked up once.
 */
int logged_record(struct buf *, struct db *, const struct entry *, struct campaign *last,
    bool with_body, struct fault *);

/*
 * Whether rows can be of that kind ("dnc.added"), or all of those below a word ("dnc"): else a USAGE fault of the
 * option with the words that there are.
 */
int logged_check(const char *option, const char *kind, struct fault *);

#endif
