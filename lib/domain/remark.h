/*
 * remark: whether what somebody wrote about a person in a sheet ("asked not to
 * be called", "DNC") says that the person is not to be called. Phrases in the
 * form of outreach-optout(5), beside those that people say themselves.
 */
#ifndef REMARK_H
#define REMARK_H

#include <stdbool.h>
#include <stddef.h>

struct remark; /* heap */

struct remark *remark_new(void);
void remark_free(struct remark *);
bool remark_says(struct remark *, const char *text, size_t len);

/*
 * A cheap look before: false for nearly all texts, and for none that remark_says() is true of. A word that
 * stands alone, or one of those of which every phrase has one.
 */
bool remark_may(const char *text, size_t len);

#endif
