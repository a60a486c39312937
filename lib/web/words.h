/*
 * words: what the library says to people at a shell, said to who asks by HTTP:
 * an option becomes a key of the query or the body, a command a request.
 */
#ifndef WORDS_H
#define WORDS_H

#include "buf.h"

/* Appends the text; what a shell would have unquoted is in the form of a URL. */
void words_http(struct buf *, const char *text);
/* Appends bytes as a value of a query or a segment of a path. */
void words_url(struct buf *, struct slice);

#endif
