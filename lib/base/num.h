/*
 * num: numbers, durations, instants and UTF-8 from text, checked to the last byte.
 */
#ifndef NUM_H
#define NUM_H

#include <stddef.h>
#include <stdint.h>

struct fault;

/* The whole text is a decimal integer in [min, max]: 0, else -1 with a fault that names what. */
int num_parse(
    const char *what, const char *s, int64_t min, int64_t max, int64_t *, struct fault *);

/* "90s" "15m" "4h" "2d" "500ms", or several joined ("1h30m") to milliseconds. */
int num_duration(const char *what, const char *s, int64_t *ms, struct fault *);
/* The shortest such text for ms, into out; returns out. */
char *num_duration_text(int64_t ms, char out[32]);

/* RFC 3339 section 5.6 in UTC with milliseconds: "2026-03-02T09:00:00.000Z"; returns out. */
char *num_instant_text(int64_t ms, char out[32]);
/* RFC 3339 date-time with Z or an offset to UTC epoch milliseconds. */
int num_instant(const char *what, const char *s, int64_t *ms, struct fault *);
/* "0.5" or "2", up to three places, to thousandths; -1 if it is no such decimal. */
int64_t num_milli(const char *);

/* Offset of the first byte that is not well-formed UTF-8 (RFC 3629), or -1 when all is. */
ptrdiff_t utf8_bad(const char *, size_t);
/* Length of the well-formed character of several bytes that starts here, 0 if there is none. */
size_t utf8_multi(const char *, size_t);
/* How many of len bytes, at most max, can be kept without a character that is cut in its middle. */
size_t utf8_cut(const char *, size_t len, size_t max);
/* Offset of the first control character (C0 or DEL, C1 as UTF-8), or -1. Tab counts. */
ptrdiff_t text_control(const char *, size_t);

#endif
