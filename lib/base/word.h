/*
 * word: the nearest of a few known words, for "did you mean".
 */
#ifndef WORD_H
#define WORD_H

#include <stddef.h>

/* Insertions, deletions, changes and swaps of neighbours between two words (capped at 64 bytes each). */
size_t word_distance(const char *, const char *);
/* The one of a null-terminated list that is near enough to be meant, or null. */
const char *word_nearest(const char *, const char *const *known);
/* Whether the list holds the word. */
int word_among(const char *, const char *const *known);

#endif
