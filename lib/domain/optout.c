/*
 * optout: phrases are compiled to hashes of their folded words, so an
 * utterance is folded once and compared by numbers. What an exception covers
 * is no wish; what reaches further than the exception is one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "fold.h"
#include "mem.h"
#include "num.h"
#include "optout.h"
#include "rand.h"

enum { TOKENS = 12, GAPS = 3, GAP_WORDS = 3, ALTERNATIVES = 64, ALTERNATIVE_WORDS = 4 };

enum kind { ANYWHERE, WHOLE, EXCEPTION, FILLER };

#define SENTENCE_END 0 /* no word hashes to it */

struct alternative {
	uint64_t word[ALTERNATIVE_WORDS];
	int words;
};

struct token { /* one of several, or a gap of a few words of any kind */
	struct alternative *any;
	int n;
};

struct phrase {
	enum kind kind;
	struct token token[TOKENS];
	int tokens;
	char *text;
	const char *language;
};

struct start { /* which phrases may begin with a word */
	uint64_t word;
	size_t phrase;
};

struct optout {
	struct phrase *phrase;
	size_t phrases;
	struct start *start; /* sorted */
	size_t starts;
	char **language;
	size_t languages;
};

struct words {
	uint64_t *w;
	size_t n, cap;
};

/* ---- words ---------------------------------------------------------------------- */

static uint64_t
word_hash(const char *s, size_t len)
{
	uint64_t h = len == 1 && *s == '.' ? SENTENCE_END : hash64(s, len, 0);

	return h == SENTENCE_END && *s != '.' ? 1 : h;
}

/* The words of a folded text behind those that are there. */
static void
words_add_folded(struct words *to, const struct buf *b)
{
	size_t at = 0, end;

	for (; at < b->len; at = end + 1) {
		const char *space = memchr(b->p + at, ' ', b->len - at);

		end = space ? (size_t)(space - b->p) : b->len;
		if (to->n == to->cap)
			to->w = xrealloc(
			    to->w, to->cap = to->cap ? 2 * to->cap : 64, sizeof(*to->w));
		to->w[to->n++] = word_hash(b->p + at, end - at);
	}
}

static void
words_add(struct words *to, const char *text, size_t len)
{
	struct buf b = {0};

	text_fold(&b, text, len);
	words_add_folded(to, &b);
	buf_release(&b);
}

/* ---- phrases -------------------------------------------------------------------- */

static int
start_order(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	if (x->word != y->word)
		return x->word < y->word ? -1 : 1;
	return x->phrase < y->phrase ? -1 : x->phrase > y->phrase;
}

/* "do_not" is two words in a row. Returns what is wrong, or null. */
static const char *
add_alternative(struct token *t, const char *s, size_t len)
{
	struct alternative *a;
	struct words w = {0};
	char *text;

	if (t->n == ALTERNATIVES)
		return "more than 64 words between two spaces";
	text = xstrndup(s, len);
	for (char *c = text; *c; c++)
		if (*c == '_')
			*c = ' ';
	words_add(&w, text, strlen(text));
	free(text);
	t->any = xrealloc(t->any, (size_t)t->n + 1, sizeof(*t->any));
	a = &t->any[t->n++];
	*a = (struct alternative){.words = (int)w.n};
	for (size_t i = 0; i < w.n && i < ALTERNATIVE_WORDS; i++)
		a->word[i] = w.w[i];
	free(w.w);
	if (!a->words || a->words > ALTERNATIVE_WORDS)
		return a->words ? "more than four words joined by _"
				: "nothing where a word should be";
	for (int i = 0; i < a->words; i++)
		if (a->word[i] == SENTENCE_END)
			return "a full stop inside";
	return NULL;
}

/* "a|b_c", or "*" which leaves any empty. */
static const char *
add_token(struct phrase *p, const char *s, size_t len)
{
	struct token *t = &p->token[p->tokens];
	const char *wrong = NULL;
	int gaps = 0;

	if (p->tokens == TOKENS)
		return "more than 12 parts";
	p->tokens++;
	if (len == 1 && *s == '*') {
		for (int i = 0; i < p->tokens; i++)
			gaps += p->token[i].n == 0;
		return p->tokens == 1 ? "begins with *" : gaps > GAPS ? "more than 3 *" : NULL;
	}
	while (!wrong) {
		const char *bar = memchr(s, '|', len);
		size_t n = bar ? (size_t)(bar - s) : len;

		wrong = add_alternative(t, s, n);
		if (!bar)
			break;
		s += n + 1;
		len -= n + 1;
	}
	return wrong;
}

static void
phrase_release(struct phrase *p)
{
	for (int i = 0; i < p->tokens; i++)
		free(p->token[i].any);
	free(p->text);
}

static const char *
phrase_parse(struct phrase *p, const char *s)
{
	static const char mark[] = {[WHOLE] = '=', [EXCEPTION] = '-', [FILLER] = '~'};
	const char *wrong = NULL;

	for (enum kind k = WHOLE; k <= FILLER; k++)
		if (*s == mark[k] && s[1] == ' ') {
			p->kind = k;
			s++;
		}
	while (!wrong && *(s += strspn(s, " \t"))) {
		size_t n = strcspn(s, " \t");

		if (p->kind == FILLER)
			p->tokens = 0; /* each part is one more alternative of one token */
		wrong = add_token(p, s, n);
		s += n;
	}
	if (!wrong && p->tokens && p->token[p->tokens - 1].n == 0)
		wrong = "ends with *";
	return wrong ? wrong : p->tokens ? NULL : "no words";
}

static void
phrase_keep(struct optout *o, const struct phrase *p)
{
	o->phrase = xrealloc(o->phrase, o->phrases + 1, sizeof(*o->phrase));
	o->phrase[o->phrases] = *p;
	for (int i = 0; i < p->token[0].n; i++) {
		o->start = xrealloc(o->start, o->starts + 1, sizeof(*o->start));
		o->start[o->starts++] = (struct start){p->token[0].any[i].word[0], o->phrases};
	}
	o->phrases++;
}

/* "[xx]": what follows is of that language. */
static const char *
section(struct optout *o, const char *line)
{
	size_t n = strlen(line);

	if (n < 4 || n > 12 || line[n - 1] != ']' ||
	    strspn(line + 1, "abcdefghijklmnopqrstuvwxyz-") != n - 2)
		return "a language is two letters, such as [ta]";
	o->language = xrealloc(o->language, o->languages + 1, sizeof(*o->language));
	o->language[o->languages++] = xstrndup(line + 1, n - 2);
	return NULL;
}

static const char *
one_line(struct optout *o, const char *line)
{
	struct phrase p = {.kind = ANYWHERE};
	const char *wrong;

	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return NULL;
	if (*line == '[')
		return section(o, line);
	p.text = xstrdup(line);
	p.language = o->languages ? o->language[o->languages - 1] : "";
	if ((wrong = phrase_parse(&p, line)))
		phrase_release(&p);
	else
		phrase_keep(o, &p);
	return wrong;
}

int
optout_add(struct optout *o, const char *file, const char *text, size_t len, struct fault *f)
{
	const char *wrong = NULL;
	unsigned long long number = 0;

	if (len > OPTOUT_FILE_MAX)
		return fault(f, DATAERR, "%s: is longer than 1 MiB", file);
	while (len && !wrong) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline ? (size_t)(newline - text) : len;
		char *line = xstrndup(text, n);
		size_t used = strlen(line);

		while (used && strchr(" \t\r", line[used - 1]))
			line[--used] = '\0';
		number++;
		if (n > OPTOUT_LINE_MAX)
			wrong = "the line is longer than 2000 bytes";
		else if (memchr(text, '\0', n) || utf8_bad(line, used) >= 0)
			wrong = "is not UTF-8 text";
		else
			wrong = one_line(o, line);
		free(line);
		text += n + (newline != NULL);
		len -= n + (newline != NULL);
	}
	if (o->starts)
		qsort(o->start, o->starts, sizeof(*o->start), start_order);
	return wrong
	    ? fault(f, DATAERR, "%s:%llu: %s (outreach-optout(5))", file, number, wrong)
	    : 0;
}

struct optout *
optout_new(bool shipped)
{
	struct optout *o = xcalloc(1, sizeof(*o));
	struct fault ignored; /* a unit test sees that there is none */

	if (shipped)
		(void)optout_add(
		    o, "shipped", optout_shipped, strlen(optout_shipped), &ignored);
	return o;
}

void
optout_free(struct optout *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->phrases; i++)
		phrase_release(&o->phrase[i]);
	for (size_t i = 0; i < o->languages; i++)
		free(o->language[i]);
	free(o->phrase);
	free(o->start);
	free(o->language);
	free(o);
}

/* ---- matching ------------------------------------------------------------------- */

/* The furthest end of a match of the tokens from t on at word i; 0 if there is none. */
static size_t
match(const struct phrase *p, int t, const struct words *w, size_t i)
{
	const struct token *k = &p->token[t];
	size_t best = 0, end;

	if (t == p->tokens)
		return i;
	if (!k->n) {
		for (size_t gap = 0; gap <= GAP_WORDS; gap++) {
			if ((end = match(p, t + 1, w, i + gap)) > best)
				best = end;
			if (i + gap >= w->n || w->w[i + gap] == SENTENCE_END)
				break;
		}
		return best;
	}
	for (int j = 0; j < k->n; j++) {
		const struct alternative *a = &k->any[j];

		if (i + (size_t)a->words > w->n ||
		    memcmp(w->w + i, a->word, (size_t)a->words * sizeof(*w->w)))
			continue;
		if ((end = match(p, t + 1, w, i + (size_t)a->words)) > best)
			best = end;
	}
	return best;
}

/* The first of the phrases that may begin with this word. */
static size_t
first_start(const struct optout *o, uint64_t word)
{
	size_t low = 0, high = o->starts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->start[middle].word < word)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The furthest end of a phrase of one kind at word i, or 0; which it is. */
static size_t
phrase_at(const struct optout *o, enum kind kind, const struct words *w, size_t i,
    const struct phrase **which)
{
	size_t best = 0;

	for (size_t s = first_start(o, w->w[i]); s < o->starts && o->start[s].word == w->w[i];
	     s++) {
		const struct phrase *p = &o->phrase[o->start[s].phrase];
		size_t end = p->kind == kind ? match(p, 0, w, i) : 0;

		if (end > best) {
			best = end;
			*which = p;
		}
	}
	return best;
}

/*
 * A phrase anywhere, and the word at which it begins; with a seam one that goes over it. An exception
 * covers what lies in it, and what begins behind its own beginning.
 */
static const struct phrase *
find(const struct optout *o, const struct words *w, size_t seam, size_t *at)
{
	const struct phrase *p = NULL, *exception;
	size_t covered =
	    0; /* words before this one are, but for what begins with its exception */

	for (size_t i = 0; i < w->n; i++) {
		size_t except = phrase_at(o, EXCEPTION, w, i, &exception);
		size_t end = i < covered ? 0 : phrase_at(o, ANYWHERE, w, i, &p);

		if (end > except && (!seam || (i < seam && end > seam))) {
			*at = i;
			return p;
		}
		covered = except > covered ? except : covered;
	}
	return NULL;
}

/* Nothing but whole phrases, once or several times, and what may stand around them. */
static const struct phrase *
find_whole(const struct optout *o, const struct words *w)
{
	const struct phrase *p = NULL, *found = NULL, *filler;
	size_t i = 0, end;

	while (i < w->n) {
		if (w->w[i] == SENTENCE_END) {
			i++;
		} else if ((end = phrase_at(o, WHOLE, w, i, &p))) {
			i = end;
			found = p;
		} else if ((end = phrase_at(o, FILLER, w, i, &filler))) {
			i = end;
		} else {
			return NULL;
		}
	}
	return found;
}

static bool
tell(const struct phrase *p, struct optout_hit *hit)
{
	if (p && hit)
		*hit = (struct optout_hit){p->language, p->text};
	return p != NULL;
}

bool
optout_says(const struct optout *o, const char *text, size_t len, struct optout_hit *hit)
{
	struct words w = {0};
	const struct phrase *p;
	size_t at;

	words_add(&w, text, len);
	if (!(p = find(o, &w, 0, &at)))
		p = find_whole(o, &w);
	free(w.w);
	return tell(p, hit);
}

bool
optout_says_split(const struct optout *o, const char *first, size_t first_len, const char *then,
    size_t then_len, struct optout_hit *hit)
{
	struct words w = {0};
	const struct phrase *p;
	size_t seam, at;

	words_add(&w, first, first_len);
	while (w.n &&
	    w.w[w.n - 1] == SENTENCE_END) /* it went on, whatever the transcript thinks */
		w.n--;
	seam = w.n;
	words_add(&w, then, then_len);
	p = seam && seam < w.n ? find(o, &w, seam, &at) : NULL;
	free(w.w);
	return tell(p, hit);
}

size_t
optout_find(const struct optout *o, const struct buf *folded, struct optout_hit *hit)
{
	struct words w = {0};
	const struct phrase *p;
	size_t word, at = 0;

	words_add_folded(&w, folded);
	p = find(o, &w, 0, &word);
	free(w.w);
	if (!tell(p, hit))
		return SIZE_MAX;
	for (; word > 0; word--)
		at = (size_t)((const char *)memchr(folded->p + at, ' ', folded->len - at) -
			 folded->p) +
		    1;
	return at;
}

bool
optout_role(const char *role)
{
	static const char *const callee[] = {"user", "callee", "customer", "contact", "human"};

	for (size_t i = 0; i < COUNT(callee); i++)
		if (!strcasecmp(role, callee[i]))
			return true;
	return false;
}
