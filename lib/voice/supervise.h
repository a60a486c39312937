/*
 * supervise: a dialer for each active campaign, as long as the process at the
 * other end of a socket lives. It is a program of its own, outreach-supervise,
 * so that outreach-serve may give up the right to run programs.
 *
 * A campaign's dialer is `outreach run NAME`: started when somebody is due or a
 * call was left open by one that is gone, again when it ended, after growing
 * pauses when it failed, and told to end when its campaign is not active any
 * more or everything is stopped. Where the
 * hangup of a call was asked for whose dialer is dead, `outreach reconcile` is
 * run: it dials nobody.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include "db.h"
#include "fault.h"

/*
 * Until fd ends: then dialers are told to make no new calls, and a little later to leave the others to
 * the exchange; returns when all have ended. Each change is a line on fd:
 * {"type":"dialer","campaign":ID,"name":..,"state":"running|waiting|failed|stopping|gone","starts":N,"code":N,"at":..}.
 * 0, or -1.
 */
int supervise_run(struct db *, int fd, struct fault *);

#endif
