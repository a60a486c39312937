/*
 * mem: allocation that does not fail. Out of memory ends the process with
 * OSERR, the one place below cmd/ that may.
 */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

void *xmalloc(size_t) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
/* As xcalloc, for looking up at random: on whole cache lines and, if large, on large pages. */
void *xtable(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *, size_t n, size_t size)
    __attribute__((returns_nonnull)); /* overflow-checked */
char *xstrdup(const char *) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *, size_t) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...)
    __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

/* Copies src into dst of dstsize bytes, always NUL-terminated; -1 if it did not fit: what is there then
 * ends with a whole character. */
int copy_text(char *dst, size_t dstsize, const char *src);
/* The same for people: what is too long ends behind a word, with "...". */
int copy_words(char *dst, size_t dstsize, const char *src);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
