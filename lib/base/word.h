/*
 * word: one of a few known words, and the nearest of them for "did you mean".
 */
#ifndef WORD_H
#define WORD_H

#include <stddef.h>

#include "fault.h"

/* Insertions, deletions, changes and swaps of neighbours between two words (capped at 64 bytes each). */
size_t word_distance(const char *, const char *);
/*
 * The one of a null-terminated list that is near enough to be meant: by a letter in three, else the
 * first that has the word in it (timezone: assume_timezone); or null.
 */
const char *word_nearest(const char *, const char *const *known);
/* Whether the list holds the word. */
int word_among(const char *, const char *const *known);
/* The end of a message about a word that is none: " (did you mean X?)", or "" if none is near; returns out. */
enum { WORD_HINT = 100 };
const char *word_hint(const char *, const char *const *known, char out[WORD_HINT]);
/* The value of an option (null: not given) must be in the list: USAGE with all of them. */
int word_check(const char *option, const char *, const char *const *known, struct fault *);

#endif
