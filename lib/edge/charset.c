/*
 * charset: iconv over a small window, with the offset in the original and the
 * line in the result kept for messages.
 */
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "charset.h"
#include "mem.h"
#include "num.h"

enum { WINDOW = 64 << 10 };

struct charset {
	int fd;
	char *file, *name;
	iconv_t cd, back; /* back: only where a byte is a character, else -1 */
	char in[WINDOW];
	size_t at, len;
	uint64_t offset, line;    /* of in[at] */
	bool end, flushed, wrong; /* wrong: what came last was no UTF-8 */
};

/*
 * Whether each of these bytes is a character by itself: the euro sign in UTF-8, which is two or fewer
 * in every encoding of several bytes.
 */
static bool
is_single(iconv_t cd)
{
	char in[] = "\xe2\x82\xac", out[16], *from = in, *to = out;
	size_t left = 3, room = sizeof out, n = 0;
	bool good = iconv(cd, &from, &left, &to, &room) != (size_t)-1;

	for (const char *p = out; p < to; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80;
	(void)iconv(cd, NULL, NULL, NULL, NULL);
	return good && n == 3;
}

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
	c->back = is_single(cd) ? iconv_open(encoding, "UTF-8") : (iconv_t)-1;
	c->line = 1;
	return c;
}

void
charset_free(struct charset *c)
{
	if (c == NULL)
		return;
	iconv_close(c->cd);
	if (c->back != (iconv_t)-1)
		iconv_close(c->back);
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

/* glibc takes F4 90 80 80 and beyond for characters: how many bytes made are before the first such. */
static size_t
good(struct charset *c, const char *out, size_t n)
{
	ptrdiff_t bad = utf8_bad(out, n);

	if (bad < 0)
		return n;
	c->wrong = true;
	c->offset -= n - (size_t)bad; /* only UTF-8 itself gives any: byte for byte */
	for (size_t i = (size_t)bad; i < n; i++)
		c->line -= out[i] == '\n';
	return (size_t)bad;
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
		n = c->at < c->len && !c->wrong ? good(c, out, convert(c, out, size, &why)) : 0;
		if (n > 0)
			return (ssize_t)n;
		if (c->wrong || why == EILSEQ)
			return illegal(c, f, "not valid");
		if (c->end && c->at < c->len)
			return illegal(c, f, "the file ends in the middle of a character of");
		if (c->end)
			return c->flushed ? 0 : (ssize_t)flush(c, out, size);
		if (fill(c, f) < 0)
			return -1;
	}
}

bool
charset_was_utf8(struct charset *c, struct slice v, struct buf *out)
{
	char *in = (char *)v.p, *to;
	size_t left = v.len, room = v.len, i = 0;

	while (i < v.len && !(v.p[i] & 0x80))
		i++;
	if (i == v.len || c->back == (iconv_t)-1)
		return false;
	buf_reset(out);
	buf_need(out, room + 1);
	to = out->p;
	(void)iconv(c->back, NULL, NULL, NULL, NULL);
	if (iconv(c->back, &in, &left, &to, &room) == (size_t)-1)
		return false;
	out->len = (size_t)(to - out->p);
	return utf8_bad(out->p, out->len) < 0;
}
