/*
 * contact: the checks of single fields, and what makes two imports of one
 * person the same. The form of a number is checked here, not whether its
 * country or its exchange exists.
 */
#include <stdbool.h>
#include <string.h>

#include "contact.h"
#include "rand.h"

enum { PHONE_MIN = 7, PHONE_MAX = 15, LANGUAGE_MAX = 35, SHOWN = 40 };

/* Enough of a wrong value to know it again; never half a character. */
static int
shown(const char *p, size_t len)
{
	size_t n = len < SHOWN ? len : SHOWN;

	while (n < len && n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

int
phone_check(const char *p, size_t len, struct fault *f)
{
	size_t i = 1;

	while (i < len && p[i] >= '0' && p[i] <= '9')
		i++;
	if (len > 1 && p[0] == '+' && i == len && p[1] != '0' && len - 1 >= PHONE_MIN &&
	    len - 1 <= PHONE_MAX)
		return 0;
	return fault(f, DATAERR,
	    "phone \"%.*s\" is not a number in E.164 form (+, the country code and the rest, %d to "
	    "%d digits, such as +14155550123)",
	    shown(p, len), p, PHONE_MIN, PHONE_MAX);
}

int64_t
phone_key(const char *e164)
{
	int64_t v = 0;

	for (const char *p = e164 + (*e164 == '+');
	     *p >= '0' && *p <= '9' && v < INT64_MAX / 20; p++)
		v = v * 10 + (*p - '0');
	return v;
}

char *
phone_text(int64_t key, char out[20])
{
	char digits[20], *p = digits + sizeof digits, *to = out;
	uint64_t v = key > 0 ? (uint64_t)key % 1000000000000000000u : 0;

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	*to++ = '+';
	memcpy(to, p, (size_t)(digits + sizeof digits - p));
	to[digits + sizeof digits - p] = '\0';
	return out;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int
language_check(const char *p, size_t len, struct fault *f)
{
	size_t part = 0, parts = 0, letters = 0;

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
		parts++;
		part = 0;
	}
	if (len <= LANGUAGE_MAX)
		return 0;
bad:
	return fault(f, DATAERR,
	    "language \"%.*s\" is not a language tag (BCP 47, such as hi or pt-BR)",
	    shown(p, len), p);
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
	if (p->id)
		buf_member_i(b, "id", p->id);
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
