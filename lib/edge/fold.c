/*
 * fold: one character after the other is decomposed and case folded; what is
 * neither letter, digit nor a mark that matters only separates.
 */
#include <stdbool.h>

#include <utf8proc.h>

#include "fold.h"

enum { PARTS = 32 };

enum glyph { WORD, NOTHING, SPACE, END };

/* Marks that are written over or under a letter and often left out. */
static bool
is_accent(utf8proc_int32_t c)
{
	return (c >= 0x300 && c <= 0x36f) || (c >= 0x591 && c <= 0x5c7) ||
	    (c >= 0x610 && c <= 0x61a) || (c >= 0x64b && c <= 0x65f) || c == 0x670 ||
	    c == 0x640 || /* Arabic points and the stretched line */
	    c == 0x93c || c == 0x9bc || c == 0xa3c || c == 0xabc || c == 0xb3c; /* nukta */
}

static bool
is_apostrophe(utf8proc_int32_t c)
{
	return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x2bc || c == 0x60 || c == 0xb4;
}

static bool
ends_sentence(utf8proc_int32_t c)
{
	static const utf8proc_int32_t end[] = {'!', '?', ';', '\n', 0xa1, 0xbf, 0x37e, 0x589,
	    0x61b, 0x61f, 0x6d4, 0x964, 0x965, 0x3002, 0xff01, 0xff1f};

	for (size_t i = 0; i < sizeof(end) / sizeof(end[0]); i++)
		if (c == end[i])
			return true;
	return false;
}

static enum glyph
glyph_of(utf8proc_int32_t c)
{
	if (is_accent(c) || is_apostrophe(c))
		return NOTHING;
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO: return WORD;
	case UTF8PROC_CATEGORY_CF: return NOTHING; /* joiners, directions */
	default: return ends_sentence(c) ? END : SPACE;
	}
}

static void
separate(struct buf *b)
{
	if (b->len && b->p[b->len - 1] != ' ')
		buf_addc(b, ' ');
}

static void
put(struct buf *b, utf8proc_int32_t c)
{
	utf8proc_uint8_t bytes[4];

	switch (glyph_of(c)) {
	case WORD:
		if (c == 0x901) /* chandrabindu is written as anusvara as often */
			c = 0x902;
		buf_add(b, bytes, (size_t)utf8proc_encode_char(c, bytes));
		break;
	case SPACE: separate(b); break;
	case END:
		separate(b);
		buf_adds(b, ". ");
		break;
	case NOTHING: break;
	}
}

/* One dot ends a sentence, several are a pause; how many bytes they take. */
static size_t
dots(struct buf *b, const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] == '.')
		n++;
	put(b, n == 1 ? '!' : ' ');
	return n;
}

static void
one(struct buf *b, utf8proc_int32_t c)
{
	const int how = UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD;
	utf8proc_int32_t part[PARTS];
	int class = 0;
	utf8proc_ssize_t n =
	    utf8proc_decompose_char(c, part, PARTS, (utf8proc_option_t)how, &class);

	for (utf8proc_ssize_t i = 0; i < n && n <= PARTS; i++)
		put(b, c == 0x2026 ? ' ' : part[i]); /* an ellipsis is a pause */
}

/* What needs no tables: most of most texts. */
static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void
text_fold(struct buf *b, const char *s, size_t len)
{
	utf8proc_int32_t c;
	size_t at = 0;

	separate(b);
	while (at < len) {
		if (is_plain(s[at])) {
			buf_addc(b, (char)(s[at] >= 'A' && s[at] <= 'Z' ? s[at] + 32 : s[at]));
			at++;
			continue;
		}
		utf8proc_ssize_t n = utf8proc_iterate(
		    (const utf8proc_uint8_t *)s + at, (utf8proc_ssize_t)(len - at), &c);

		if (n > 0 && c == '.') {
			at += dots(b, s + at, len - at);
			continue;
		}
		one(b, n > 0 ? c : ' ');
		at += n > 0 ? (size_t)n : 1;
	}
	while (b->len && b->p[b->len - 1] == ' ')
		b->p[--b->len] = '\0';
}
