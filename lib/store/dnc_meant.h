/*
 * dnc_meant: whom a new rule about many numbers means, a prefix or a list, page
 * by page: they may be a whole campaign. Nobody of them is called in the
 * meantime, who is asked for is decided anew; but until then they count as due.
 */
#ifndef DNC_MEANT_H
#define DNC_MEANT_H

#include "dnc.h"

/* How far it came; zero it first. */
struct dnc_walk {
	int more;               /* of a prefix: digits behind it */
	int64_t phone, contact; /* the last that was looked at */
};

/* Decides anew for the next of them, in a transaction of its own of at most 50 ms: 1 more may remain, 0 done. */
int dnc_meant_page(struct db *, const struct dnc *, struct dnc_walk *, struct fault *);
/* All of them. */
int dnc_meant_settle(struct db *, const struct dnc *, struct fault *);

#endif
