/*
 * charset: iconv over a small window, with the offset in the original and the
 * line in the result kept for messages.
 */
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "charset.h"
#include "mem.h"

enum { WINDOW = 64 << 10 };

struct charset {
	int fd;
	char *file, *name;
	iconv_t cd;
	char in[WINDOW];
	size_t at, len;
	uint64_t offset, line; /* of in[at] */
	bool end, flushed;
};

struct charset *
charset_new(int fd, const char *file, const char *encoding, struct fault *f)
{
	/* A slash would begin iconv's own flags, //IGNORE among them. */
	iconv_t cd = strchr(encoding, '/') != NULL || *encoding == '\0'
	    ? (iconv_t)-1
	    : iconv_open("UTF-8", encoding);
	struct charset *c;

	if (cd == (iconv_t)-1) {
		(void)fault(
		    f, USAGE, "encoding \"%s\" is not known (iconv -l lists them)", encoding);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	c->file = xstrdup(file);
	c->name = xstrdup(encoding);
	c->cd = cd;
	c->line = 1;
	return c;
}

void
charset_free(struct charset *c)
{
	if (c == NULL)
		return;
	iconv_close(c->cd);
	free(c->file);
	free(c->name);
	free(c);
}

static int
fill(struct charset *c, struct fault *f)
{
	ssize_t n;

	memmove(c->in, c->in + c->at, c->len - c->at);
	c->len -= c->at;
	c->at = 0;
	do
		n = read(c->fd, c->in + c->len, sizeof(c->in) - c->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault(f, IOERR, "%s: cannot read: %s", c->file, strerror(errno));
	c->end = n == 0;
	c->len += (size_t)n;
	return 0;
}

/* Converts what is in the window; the count of bytes made, errno in *why (0 if all went). */
static size_t
convert(struct charset *c, char *out, size_t size, int *why)
{
	char *in = c->in + c->at, *to = out, *nl;
	size_t left = c->len - c->at, room = size;

	errno = 0;
	*why = iconv(c->cd, &in, &left, &to, &room) == (size_t)-1 ? errno : 0;
	c->offset += (size_t)(in - (c->in + c->at));
	c->at = c->len - left;
	for (nl = out; (nl = memchr(nl, '\n', (size_t)(to - nl))) != NULL; nl++)
		c->line++;
	return size - room;
}

static int
illegal(const struct charset *c, struct fault *f, const char *what)
{
	return fault(f, DATAERR, "%s:%llu: byte %llu: %s %s", c->file,
	    (unsigned long long)c->line, (unsigned long long)c->offset, what, c->name);
}

/* What a stateful encoding still holds back. */
static size_t
flush(struct charset *c, char *out, size_t size)
{
	char *to = out;
	size_t room = size;

	c->flushed = true;
	(void)iconv(c->cd, NULL, NULL, &to, &room);
	return size - room;
}

ssize_t
charset_read(void *charset, char *out, size_t size, struct fault *f)
{
	struct charset *c = charset;
	int why = 0;
	size_t n;

	for (;;) {
		n = c->at < c->len ? convert(c, out, size, &why) : 0;
		if (n > 0)
			return (ssize_t)n;
		if (why == EILSEQ)
			return illegal(c, f, "not valid");
		if (c->end && c->at < c->len)
			return illegal(c, f, "the file ends in the middle of a character of");
		if (c->end)
			return c->flushed ? 0 : (ssize_t)flush(c, out, size);
		if (fill(c, f) < 0)
			return -1;
	}
}
