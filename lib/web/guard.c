/*
 * guard: RFC 9112 says which lengths a message may have; what has any other is
 * refused rather than repaired, as the program in front of us may repair it
 * differently.
 */
#include <string.h>
#include <strings.h>

#include "guard.h"

/* tchar of RFC 9110 section 5.6.2; a blank before the colon is none. */
static bool
is_token(struct slice s)
{
	static const char more[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') && (!c || !strchr(more, c)))
			return false;
	}
	return s.len > 0;
}

static bool
is_named(struct slice s, const char *name)
{
	return s.len == strlen(name) && strncasecmp(s.p, name, s.len) == 0;
}

/* 1*DIGIT that a 63-bit number holds; a sign, a list or a blank is none. */
static bool
is_length(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0 && s.len <= 18;
}

/* field-vchar, obs-text, blank and tab. */
static bool
is_value(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

const char *
guard_fields(const struct guard_field *field, size_t n, bool newer)
{
	size_t lengths = 0, codings = 0, hosts = 0;

	if (n > GUARD_FIELDS)
		return "the header has too many fields";
	for (size_t i = 0; i < n; i++) {
		const struct guard_field *h = &field[i];

		if (!is_token(h->name))
			return "the header has a field without a proper name";
		if (!is_value(h->value))
			return "a header field holds a control character";
		if (is_named(h->name, "content-length")) {
			lengths++;
			if (!is_length(h->value))
				return "Content-Length is not a number";
		} else if (is_named(h->name, "transfer-encoding")) {
			codings++;
			if (!is_named(h->value, "chunked"))
				return "the only Transfer-Encoding is chunked";
		} else if (is_named(h->name, "host")) {
			hosts++;
		}
	}
	if (lengths > 1)
		return "Content-Length stands there twice";
	if (codings > 1)
		return "Transfer-Encoding stands there twice";
	if (lengths && codings)
		return "Content-Length and Transfer-Encoding exclude each other";
	if (codings && !newer)
		return "HTTP/1.0 has no Transfer-Encoding";
	if (hosts > 1 || (newer && hosts == 0))
		return "Host must stand there once";
	return NULL;
}
