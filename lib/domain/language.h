/*
 * language: language tags (BCP 47) and which of several a person is served in.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * RFC 4647 section 3.4, lookup: cuts the last part off the tag until one of the n is the same but
 * for case; a single letter or digit that then stands last goes with it. Its index, -1 if none is,
 * or the tag is null or empty.
 */
int language_lookup(const char *tag, const char *const *have, size_t n);
/*
 * The tag of a language that is not written as one: its English name, some own names, and the codes of
 * three letters that a tag of two stands for ("Hindi", "eng"), without regard to the case of A to Z.
 * Null if it is none of these.
 */
const char *language_named(const char *, size_t len);
/* Whether two tags are the same but for case; null is none, and two of none are the same. */
bool language_same(const char *, const char *);

#endif
