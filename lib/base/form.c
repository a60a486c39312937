/*
 * form: --format, and cells that are as wide as their characters, not their
 * bytes.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "form.h"
#include "word.h"

int
form_parse(const char *s, enum form *form, struct fault *f)
{
	static const char *const name[] = {"table", "ndjson", "csv", NULL};

	if (!s) {
		*form = isatty(STDOUT_FILENO) == 1 ? FORM_TABLE : FORM_NDJSON;
		return 0;
	}
	for (*form = FORM_TABLE; name[*form] && strcmp(s, name[*form]); ++*form)
		;
	return word_check("--format", s, name, f);
}

void
form_cell(struct buf *b, const char *text, int width)
{
	int n = 0;

	for (const char *c = text; *c; c++)
		n += ((unsigned char)*c & 0xc0) != 0x80;
	buf_adds(b, text);
	for (; n < width; n++)
		buf_addc(b, ' ');
	buf_addc(b, ' ');
}

void
form_cell_i(struct buf *b, int64_t v, int width)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	form_cell(b, text, width);
}

void
form_end(struct buf *b)
{
	while (b->len && b->p[b->len - 1] == ' ')
		b->len--;
	buf_addc(b, '\n');
}
