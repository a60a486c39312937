/*
 * tap: the smallest Test Anything Protocol producer. A test is a program that
 * calls ok, is_int, is_str and is_slice and ends with `return done_testing();`.
 */
#ifndef TAP_H
#define TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

__attribute__((unused, format(printf, 2, 3))) static int
ok(int good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	tap_failed += !good;
	return good;
}

/* Prints a value so that control characters cannot disturb the protocol. */
__attribute__((unused)) static void
tap_show(const char *label, const char *p, size_t len)
{
	printf("# %s: ", label);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c < 0x20 || c == 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
}

__attribute__((unused)) static int
is_int(int64_t got, int64_t want, const char *name)
{
	if (ok(got == want, "%s", name))
		return 1;
	printf("# got: %" PRId64 "\n# want: %" PRId64 "\n", got, want);
	return 0;
}

__attribute__((unused)) static int
is_bytes(const char *got, size_t got_len, const char *want, size_t want_len, const char *name)
{
	if (ok(got_len == want_len && (!want_len || memcmp(got, want, want_len) == 0), "%s",
		name))
		return 1;
	tap_show("got", got, got_len);
	tap_show("want", want, want_len);
	return 0;
}

/* Null texts are equal to one another only. */
__attribute__((unused)) static int
is_str(const char *got, const char *want, const char *name)
{
	if (!got || !want)
		return ok(got == want, "%s (got %s)", name, got ? got : "null");
	return is_bytes(got, strlen(got), want, strlen(want), name);
}

/* The program's last line. */
__attribute__((unused)) static int
done_testing(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed != 0 || fflush(stdout) != 0;
}

#endif
