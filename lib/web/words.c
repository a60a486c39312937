/*
 * words: the few phrases that name an option or a command, with what stands for
 * them. In a phrase * is a word as buf_shell writes it, # a number.
 */
#include <stdbool.h>
#include <string.h>

#include "mem.h"
#include "words.h"

static const struct {
	const char *shell, *http;
} phrases[] = {
    {"--accept-map", "accept_map=1"},
    {"--encoding NAME", "encoding=NAME"},
    {"--encoding", "encoding"},
    {"--except-obstacles", "except_obstacles"},
    {"--format ndjson", "format=ndjson"},
    {"--id COLUMN", "id=COLUMN"},
    {"--map *", "map=*"},
    {"--region", "region"},
    {"--replace", "replace=1"},
    {"--skip-rows #", "skip_rows=#"},
    {"--skip-rows", "skip_rows"},
    {"--source NAME", "source=NAME"},
    {"--source", "source"},
    {"--where source=", "source="},
    {"outreach-campaign add *", "POST /api/v1/campaigns/*/targets"},
    {"outreach-campaign list shows them", "GET /api/v1/campaigns shows them"},
    {"outreach-campaign targets * says why", "GET /api/v1/campaigns/*/targets says why"},
    {"outreach-contacts forget #", "a DELETE of /api/v1/contacts/#?forget=1"},
    {"outreach-contacts lists them", "GET /api/v1/contacts lists them"},
    {"outreach-dnc add", "POST /api/v1/dnc"},
    {"| outreach-import --source NAME", "and POST that"},
};

/* One word of a shell, unquoted; returns behind it. */
static const char *
read_word(const char *p, struct buf *word)
{
	bool quoted = false;

	for (; *p && (quoted || !strchr(" ;)", *p)); p++)
		if (*p == '\'')
			quoted = !quoted;
		else if (*p == '\\' && !quoted && p[1])
			buf_addc(word, *++p);
		else
			buf_addc(word, *p);
	return p;
}

/* The phrase at p: behind it, with what stands for its * or # in word; null if it is another one. */
static const char *
match(const char *p, const char *phrase, struct buf *word)
{
	for (; *phrase; phrase++) {
		const char *from = p;

		if (*phrase == '*')
			p = read_word(p, word);
		else if (*phrase == '#')
			buf_add(word, from, strspn(p, "0123456789")), p += word->len;
		else if (*p != *phrase)
			return NULL;
		else
			p++;
		if (p == from)
			return NULL;
	}
	return (*p >= 'a' && *p <= 'z') || *p == '-' ? NULL : p; /* a longer word is another */
}

void
words_url(struct buf *b, struct slice word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_.~=";

	for (size_t i = 0; i < word.len; i++)
		if (memchr(plain, word.p[i], sizeof(plain) - 1))
			buf_addc(b, word.p[i]);
		else
			buf_printf(b, "%%%02X", (unsigned char)word.p[i]);
}

static void
put(struct buf *b, const char *http, struct slice word)
{
	for (; *http; http++)
		if (*http == '*' || *http == '#')
			words_url(b, word);
		else
			buf_addc(b, *http);
}

/* The phrase that begins at p, put as its counterpart: behind it; null if none does. */
static const char *
take(struct buf *b, const char *p)
{
	struct buf word = {0};
	const char *end = NULL;

	for (size_t i = 0; !end && i < COUNT(phrases); i++) {
		buf_reset(&word);
		if ((end = match(p, phrases[i].shell, &word)))
			put(b, phrases[i].http, (struct slice){word.p, word.len});
	}
	buf_release(&word);
	return end;
}

void
words_http(struct buf *b, const char *text)
{
	for (const char *p = text, *end; *p;)
		if ((p == text || strchr(" (", p[-1])) && (end = take(b, p)))
			p = end;
		else
			buf_addc(b, *p++);
}
