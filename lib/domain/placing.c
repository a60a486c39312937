/*
 * placing: the status decides, the body only names. What is not understood is
 * not clear, and what is not clear may have rung.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "placing.h"

enum { WORDS_MAX = 120 };

/*
 * Answers that say that nothing was done. alone: for what stands in this request. 408 is not among
 * them (a proxy may give it for a request that went on), nor 409 (there is such a call), nor 423 to
 * 425, nor what no standard has.
 */
static const struct {
	int status;
	bool alone;
} refusals[] = {{400, true}, {401, false}, {402, false}, {403, false}, {404, false},
    {405, false}, {406, false}, {410, false}, {411, false}, {413, true}, {414, false},
    {415, false}, {417, false}, {422, true}, {426, false}, {428, false}, {429, true},
    {431, false}, {451, true}};

/* The body as an object; false if it is none. */
static bool
as_object(const char *body, size_t len, struct rec *rec)
{
	while (len > 0 && isspace((unsigned char)body[len - 1]))
		len--;
	while (len > 0 && isspace((unsigned char)*body))
		body++, len--;
	*rec = (struct rec){.p = body, .len = len, .line = 1, .file = "reply"};
	return len > 0 && *body == '{' && json_scan(body, len, NULL, NULL) == (ptrdiff_t)len;
}

/* A member's object; false if there is none. */
static bool
inside(const struct rec *rec, const char *key, struct rec *inner)
{
	struct slice v;

	if (!rec_find(rec, key, &v) || *v.p != '{')
		return false;
	*inner = (struct rec){.p = v.p, .len = v.len, .line = 1, .file = "reply"};
	return true;
}

/* An id as text or as a number, one line; false if this object has none. */
static bool
id_of(const struct rec *rec, char out[FOREIGN_ID_MAX + 1], struct buf *text)
{
	static const char *const keys[] = {"call_id", "uuid", "id"};
	struct fault ignored;
	struct uuid id;
	int64_t n;

	for (size_t i = 0; i < COUNT(keys); i++) {
		buf_reset(text);
		if (rec_int(rec, keys[i], &n, &ignored) > 0)
			buf_addi(text, n);
		else if (rec_text(rec, keys[i], text, &ignored) <= 0)
			continue;
		if (text->len == 0 || text->len > FOREIGN_ID_MAX ||
		    text_control(text->p, text->len) >= 0)
			continue;
		if (uuid_parse(text->p, text->len, &id) == 0)
			uuid_text(&id, out); /* as webhooks will be read */
		else
			memcpy(out, text->p, text->len + 1);
		return true;
	}
	return false;
}

static void
read_alias(const struct rec *rec, struct placing_reply *r, struct buf *text)
{
	static const char *const places[] = {"data", "call"};
	struct rec inner;

	if (id_of(rec, r->alias, text))
		return;
	for (size_t i = 0; i < COUNT(places); i++)
		if (inside(rec, places[i], &inner) && id_of(&inner, r->alias, text))
			return;
}

/* Words of its own, cut. A digit could be of somebody's number: each becomes #. */
static void
read_words(const struct rec *rec, struct placing_reply *r, struct buf *text)
{
	static const char *const keys[] = {"detail", "message", "error", "title"};
	struct fault ignored;
	size_t n = strlen(r->text), len;

	buf_reset(text);
	for (size_t i = 0; i < COUNT(keys); i++)
		if (rec_text(rec, keys[i], text, &ignored) > 0 && text->len)
			break;
	len = text->len < WORDS_MAX ? text->len : WORDS_MAX;
	while (len < text->len && len > 0 && ((unsigned char)text->p[len] & 0xc0) == 0x80)
		len--; /* no half character */
	if (len == 0)
		return;
	n += (size_t)snprintf(r->text + n, sizeof(r->text) - n, " (");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text->p[i];

		r->text[n++] = c >= '0' && c <= '9' ? '#' : c < ' ' ? ' ' : (char)c;
	}
	r->text[n++] = ')';
	r->text[n] = '\0';
}

void
placing_read(int status, const char *body, size_t len, struct placing_reply *r)
{
	struct buf text = {0};
	struct rec rec;

	*r = (struct placing_reply){.said = PLACING_UNCLEAR};
	if (status >= 200 && status < 300)
		r->said = PLACING_PLACED;
	for (size_t i = 0; i < COUNT(refusals); i++)
		if (refusals[i].status == status) {
			r->said = PLACING_REFUSED;
			r->alone = refusals[i].alone;
			r->busy = status == 429;
		}
	snprintf(r->text, sizeof(r->text), "HTTP %d", status);
	if (!as_object(body, len, &rec))
		return;
	if (r->said == PLACING_PLACED)
		read_alias(&rec, r, &text);
	else
		read_words(&rec, r, &text);
	buf_release(&text);
}

size_t
placing_own(const char *text)
{
	const char *status = strstr(text, "HTTP "), *words;

	words = status != NULL ? strstr(status, " (") : NULL;
	return words != NULL ? (size_t)(words - text) : strlen(text);
}
