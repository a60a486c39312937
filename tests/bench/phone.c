/*
 * phone: each line of standard input read as a number of IN, typed and written
 * in E.164, as tests/bench/phone_peer.cc does with libphonenumber.
 */
#include <string.h>
#include <unistd.h>

#include "phone.h"

enum { SIZE = 1 << 20, LINE = 64 };

static int
put(const char *p, size_t n)
{
	while (n) {
		ssize_t got = write(STDOUT_FILENO, p, n);

		if (got <= 0)
			return -1;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

int
main(void)
{
	static char in[SIZE], out[SIZE + LINE];
	size_t have = 0, n = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, in + have, SIZE - have)) > 0) {
		char *p = in, *end = in + (have += (size_t)got), *newline;

		for (; (newline = memchr(p, '\n', (size_t)(end - p))); p = newline + 1) {
			struct phone ph;
			struct fault f;

			if (phone_read(p, (size_t)(newline - p), "IN", &ph, &f) < 0) {
				out[n++] = '-';
			} else {
				n += strlen(phone_text(ph.key, out + n));
				out[n++] = ' ';
				out[n++] = (char)('a' + ph.type);
			}
			out[n++] = '\n';
			if (n > SIZE - LINE) {
				if (put(out, n) < 0)
					return 74;
				n = 0;
			}
		}
		have = (size_t)(end - p);
		memmove(in, p, have);
	}
	return put(out, n) < 0 ? 74 : 0;
}
