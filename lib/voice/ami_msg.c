/*
 * ami_msg: the parser keeps offsets into its buffer, since the buffer may move
 * while a message is still incomplete; they become pointers when it is whole.
 * No line is ever cut or guessed at: a message is right or the link is given up.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ami_msg.h"
#include "num.h"

void
ami_parser_init(struct ami_parser *p)
{
	memset(p, 0, sizeof(*p));
}

void
ami_parser_release(struct ami_parser *p)
{
	buf_release(&p->in);
	memset(p, 0, sizeof(*p));
}

void
ami_parser_feed(struct ami_parser *p, const void *bytes, size_t n)
{
	if (p->start > 0) {
		size_t gone = p->start;

		memmove(p->in.p, p->in.p + gone, p->in.len - gone);
		p->in.len -= gone;
		for (size_t i = 0; i < p->n; i++) {
			p->at[i].key -= (uint32_t)gone;
			p->at[i].value -= (uint32_t)gone;
		}
		p->line -= gone;
		p->scan -= gone;
		p->start = 0;
	}
	if (!p->broken)
		buf_add(&p->in, bytes, n);
}

static int
parser_fault(struct ami_parser *p, struct fault *f, const char *why)
{
	p->broken = true;
	return fault(f, DATAERR, "manager message: %s", why);
}

/* Where the key ends: at the first ": ", since a key may hold a channel's name; else at ':'. */
static char *
key_end(char *line, size_t len)
{
	char *colon = memchr(line, ':', len);

	for (char *c = colon; c != NULL; c = memchr(c + 1, ':', (size_t)(line + len - c - 1)))
		if (c + 1 == line + len || c[1] == ' ')
			return c;
	return colon;
}

static int
take_line(struct ami_parser *p, size_t len, struct fault *f)
{
	char *line = p->in.p + p->line, *end = line + len, *colon, *value;

	if (p->n == AMI_HEADERS_MAX)
		return parser_fault(p, f, "more than 256 headers");
	if (memchr(line, 0, len) != NULL)
		return parser_fault(p, f, "a NUL byte");
	*end = '\0';
	colon = key_end(line, len);
	if (colon == NULL) {
		p->at[p->n].key = (uint32_t)(end - p->in.p);
		p->at[p->n++].value = (uint32_t)p->line;
		return 0;
	}
	*colon = '\0';
	value = colon + 1;
	while (*value == ' ')
		value++;
	p->at[p->n].key = (uint32_t)p->line;
	p->at[p->n++].value = (uint32_t)(value - p->in.p);
	return 0;
}

static void
give(struct ami_parser *p, struct ami_msg *msg)
{
	for (size_t i = 0; i < p->n; i++) {
		msg->header[i].key = p->in.p + p->at[i].key;
		msg->header[i].value = p->in.p + p->at[i].value;
	}
	msg->n = p->n;
	p->n = 0;
	p->start = p->line;
}

int
ami_parser_next(struct ami_parser *p, struct ami_msg *msg, struct fault *f)
{
	if (p->broken)
		return parser_fault(p, f, "the link is out of step");
	while (p->scan < p->in.len) {
		char *nl = memchr(p->in.p + p->scan, '\n', p->in.len - p->scan);
		size_t end = nl != NULL ? (size_t)(nl - p->in.p) : p->in.len;
		size_t len = end - p->line;

		if (nl != NULL && len > 0 && p->in.p[end - 1] == '\r')
			len--;
		/* A line still without its end may hold the CR of it. */
		if (len > AMI_LINE_MAX + (nl == NULL ? 1 : 0))
			return parser_fault(p, f, "a line over 4096 bytes");
		if (end - p->start > AMI_MESSAGE_MAX)
			return parser_fault(p, f, "over 65536 bytes");
		if (nl == NULL) {
			p->scan = end;
			break;
		}
		if (len > 0 && take_line(p, len, f) < 0)
			return -1;
		p->line = p->scan = end + 1;
		if (len == 0 && p->n > 0) {
			give(p, msg);
			return 1;
		}
		if (p->n == 0)
			p->start = p->line;
	}
	return 0;
}

const char *
ami_each(const struct ami_msg *msg, const char *key, size_t *at)
{
	while (*at < msg->n) {
		const struct ami_header *h = &msg->header[(*at)++];

		if (strcasecmp(h->key, key) == 0)
			return h->value;
	}
	return NULL;
}

const char *
ami_get(const struct ami_msg *msg, const char *key)
{
	size_t at = 0;

	return ami_each(msg, key, &at);
}

const char *
ami_text(const struct ami_msg *msg, const char *key)
{
	const char *value = ami_get(msg, key);

	return value != NULL ? value : "";
}

bool
ami_is(const struct ami_msg *msg, const char *key, const char *value)
{
	const char *has = ami_get(msg, key);

	return has != NULL && strcasecmp(has, value) == 0;
}

int64_t
ami_int(const struct ami_msg *msg, const char *key, int64_t other)
{
	const char *value = ami_get(msg, key);
	struct fault ignored;
	int64_t n;

	if (value == NULL || num_parse(key, value, INT64_MIN, INT64_MAX, &n, &ignored) < 0)
		return other;
	return n;
}

void
ami_begin(struct ami_writer *w, struct buf *out, size_t line_max, struct fault *f)
{
	*w = (struct ami_writer){.out = out, .mark = out->len, .line_max = line_max, .f = f};
}

static void
refuse(struct ami_writer *w, const char *key, const char *why)
{
	if (!w->refused)
		fault(w->f, DATAERR, "manager message: %s: %s", key, why);
	w->refused = true;
}

void
ami_put_bytes(struct ami_writer *w, const char *key, const char *value, size_t len)
{
	size_t key_len = strlen(key);

	if (w->refused)
		return;
	if (key_len == 0 || strchr(key, ':') != NULL || text_control(key, key_len) >= 0)
		refuse(w, key, "not a header's name");
	else if (memchr(value, 0, len) != NULL || text_control(value, len) >= 0)
		refuse(w, key, "control characters cannot be sent");
	else if (key_len + 2 + len > w->line_max)
		refuse(w, key, "too long for one line");
	else if (++w->headers > AMI_HEADERS_MAX)
		refuse(w, key, "too many headers");
	if (w->refused)
		return;
	buf_add(w->out, key, key_len);
	buf_add(w->out, ": ", 2);
	buf_add(w->out, value, len);
	buf_add(w->out, "\r\n", 2);
}

void
ami_put(struct ami_writer *w, const char *key, const char *value)
{
	if (value != NULL)
		ami_put_bytes(w, key, value, strlen(value));
}

void
ami_put_int(struct ami_writer *w, const char *key, int64_t value)
{
	struct buf b = {0};

	buf_addi(&b, value);
	ami_put_bytes(w, key, b.p, b.len);
	buf_release(&b);
}

int
ami_end(struct ami_writer *w)
{
	if (!w->refused && w->out->len + 2 - w->mark > AMI_MESSAGE_MAX)
		refuse(w, "message", "over 65536 bytes");
	if (w->refused) {
		w->out->len = w->mark;
		if (w->out->p != NULL)
			w->out->p[w->mark] = '\0';
		return -1;
	}
	buf_add(w->out, "\r\n", 2);
	return 0;
}
