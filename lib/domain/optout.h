/*
 * optout: whether somebody says "do not call me again". Phrases, not single
 * words, in several languages; what is close and means something else is
 * written down beside them. Pure: no store, no clock.
 */
#ifndef OPTOUT_H
#define OPTOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "fault.h"

enum {
	OPTOUT_SPLIT_MS = 8000, /* two utterances this close may be one wish, cut in two */
	OPTOUT_LINE_MAX = 2000,
	OPTOUT_FILE_MAX = 1 << 20
};

struct optout; /* heap: phrases, ready to be matched */

/* With the phrases that ship (en, hi in Devanagari and romanised, es, fr, de), or none yet. */
struct optout *optout_new(bool shipped);
void optout_free(struct optout *);

/*
 * Adds the phrases of a text, a line each (outreach-optout(5)): DATAERR "file:line: ..." for one that is
 * no phrase; those before it are in.
 */
int optout_add(struct optout *, const char *file, const char *text, size_t len, struct fault *);

/* The phrases that ship, as such a text. */
extern const char optout_shipped[];

struct optout_hit {           /* borrowed from the phrases */
	const char *language; /* the section that the phrase stands in */
	const char *phrase;   /* as it stands there */
};

/* Whether an utterance says so. hit may be null. */
bool optout_says(const struct optout *, const char *text, size_t len, struct optout_hit *hit);
/*
 * The byte of a folded text (edge/fold.h) at which the first phrase begins that counts anywhere, or
 * SIZE_MAX; what a hit names is set.
 */
size_t optout_find(const struct optout *, const struct buf *folded, struct optout_hit *);
/*
 * Whether two utterances, one behind the other, say so together where neither does alone: what is
 * found goes over the seam.
 */
bool optout_says_split(const struct optout *, const char *first, size_t first_len,
    const char *then, size_t then_len, struct optout_hit *hit);

/* Whether the role of a transcript is the person who was called: "user" and its synonyms, in any case. */
bool optout_role(const char *role);

#endif
