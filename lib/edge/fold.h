/*
 * fold: text of any script made comparable (libutf8proc): case folded,
 * compatibility forms and accents gone, words apart by one space. For finding
 * words that were spoken, not for showing.
 */
#ifndef FOLD_H
#define FOLD_H

#include "buf.h"

/*
 * Appends s as words with a space between; a '.' of its own where a sentence ends. Apostrophes join
 * ("don't" is "dont", "n'appelez" is "nappelez"); a pause written as dots or a dash parts words, not
 * sentences. Marks that change the letter stay (vowel signs of Indic scripts), accents, nukta and
 * points go. Bytes that are no UTF-8 part words.
 */
void text_fold(struct buf *, const char *s, size_t len);

#endif
