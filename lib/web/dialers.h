/*
 * dialers: what outreach-supervise says of the campaigns' dialers. It is
 * started before anything is given up, and runs programs in our place.
 */
#ifndef DIALERS_H
#define DIALERS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "loop.h"

struct dialers;

/* Starts it; word gets a line if it ends before it was told to. Null with a fault. */
struct dialers *dialers_start(const char *store, struct loop *,
    void (*word)(void *arg, const char *), void *arg, struct fault *);
/* Appends ,"dialer":{"state":..} of a campaign; nothing if there are no dialers (null). active: it should have one. */
void dialers_member(const struct dialers *, struct buf *, int64_t campaign, bool active);
/* No new calls; each of these takes null. */
void dialers_stop(struct dialers *);
bool dialers_over(const struct dialers *); /* all have ended */
void dialers_free(struct dialers *);

#endif
