/*
 * hex: bytes as lower-case hexadecimal digits, and back.
 */
#ifndef HEX_H
#define HEX_H

#include <stddef.h>

/* Writes 2 * n digits and a NUL; returns out. */
char *hex_text(const void *, size_t n, char *out);
/* Reads n bytes from 2 * n digits of either case. 0, or -1 if the text is anything else. */
int hex_read(const char *text, void *out, size_t n);

#endif
