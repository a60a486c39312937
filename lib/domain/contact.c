/*
 * contact: the checks of single fields, and what makes two imports of one
 * person the same.
 */
#include <stdbool.h>
#include <string.h>

#include "contact.h"
#include "language.h"
#include "rand.h"

enum { LANGUAGE_MAX = 35 };

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int
language_check(const char *p, size_t len, struct fault *f)
{
	size_t part = 0, parts = 0, letters = 0, first = 0;
	const char *named = NULL;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && p[i] != '-') {
			if (!is_letter(p[i]) && !(p[i] >= '0' && p[i] <= '9' && parts))
				goto bad;
			letters += is_letter(p[i]);
			part++;
			continue;
		}
		if (part == 0 || part > 8 || (parts == 0 && letters < 2))
			goto bad;
		first = parts++ ? first : part;
		part = 0;
	}
	if (first == 3)
		named = language_named(p, first);
	if (len <= LANGUAGE_MAX && first <= 3 && !named)
		return 0;
bad:
	if (named || (named = language_named(p, len)))
		return fault(f, DATAERR, "language \"%.*s\" is not a language tag; it is %s",
		    fault_shown(p, len), p, named);
	return fault(f, DATAERR,
	    "language \"%.*s\" is not a language tag (BCP 47, such as hi or pt-BR)",
	    fault_shown(p, len), p);
}

static uint64_t
hash_text(const char *s, uint64_t seed)
{
	/* Null and "" differ by the seed. */
	return s ? hash64(s, strlen(s), seed) : hash64("", 0, seed + 1);
}

int64_t
person_digest(const struct person *p)
{
	uint64_t h = hash_text(p->source, 1);

	h = hash_text(p->key, h);
	h = hash_text(p->name, h);
	h = hash_text(p->timezone, h);
	h = hash_text(p->language, h);
	h = hash_text(p->attributes, h);
	h = hash64(&p->priority, sizeof p->priority, h);
	h = hash64(p->phone, (size_t)p->phones * sizeof p->phone[0], h);
	return (int64_t)h;
}

/* ,"name":"text" with the first part as it is written: an import makes a million of these. */
static void
add_text(struct buf *b, struct slice key, const char *text)
{
	if (!text)
		return;
	buf_add(b, key.p, key.len);
	buf_json(b, text, strlen(text));
}

static void
add_phones(struct buf *b, const struct person *p)
{
	static const char *const key[CONTACT_PHONES] = {",\"phone\":\"", ",\"phone2\":\"",
	    ",\"phone3\":\"", ",\"phone4\":\"", ",\"phone5\":\"", ",\"phone6\":\"",
	    ",\"phone7\":\"", ",\"phone8\":\""};
	char text[20];

	for (int i = 0; i < p->phones; i++) {
		buf_adds(b, key[i]);
		buf_adds(b, phone_text(p->phone[i], text));
		buf_addc(b, '"');
	}
}

void
person_record(struct buf *b, const struct person *p, const char *status)
{
	buf_adds(b, "{\"type\":\"contact\",\"v\":1");
	if (p->id) {
		buf_add(b, ",\"id\":", 6);
		buf_addi(b, p->id);
	}
	add_text(b, SLICE(",\"source\":"), p->source);
	add_text(b, SLICE(",\"key\":"), p->key);
	add_text(b, SLICE(",\"name\":"), p->name);
	add_phones(b, p);
	add_text(b, SLICE(",\"timezone\":"), p->timezone);
	add_text(b, SLICE(",\"language\":"), p->language);
	if (p->priority != INT64_MIN)
		buf_member_i(b, "priority", p->priority);
	if (p->attributes) {
		buf_adds(b, ",\"attributes\":");
		buf_adds(b, p->attributes);
	}
	add_text(b, SLICE(",\"status\":"), status);
	buf_adds(b, "}\n");
}
