/*
 * campaigns_parts: what the files of campaigns share. Not for anyone else.
 */
#ifndef CAMPAIGNS_PARTS_H
#define CAMPAIGNS_PARTS_H

#include "campaigns.h"

/* Begins a transaction and reads the campaign in it: -1 leaves none open. DATAERR: there is no such. */
int campaign_begin_state(struct db *, int64_t id, struct campaign *, struct fault *);
/* Inside it: journals and projects. reason: or null. */
int campaign_set_state(struct db *, int64_t id, enum campaign_state, const char *kind,
    bool confirm, const char *reason, struct fault *);
/* Commits if rc is 0, else rolls back. */
int campaign_end_state(struct db *, int rc, struct fault *);

/* The schedule is to be rebuilt; released: who was held for want of a context waits for one again. */
int campaign_mark_rebuild(struct db *, int64_t campaign, bool released, struct fault *);

#endif
