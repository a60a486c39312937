/*
 * names: titles are those that are no names themselves ("Sr." may be senior).
 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fold.h"
#include "mem.h"

enum { WORDS = 128 };

struct words {
	struct buf text[2]; /* folded: what stands behind a comma, and before it */
	const char *word[WORDS];
	size_t n;
	bool man, woman; /* as a title says */
};

static bool
is_title(struct words *w, const char *word)
{
	static const struct {
		const char *word;
		char of;
	} titles[] = {{"dr", 0}, {"prof", 0}, {"professor", 0}, {"mr", 'm'}, {"mister", 'm'},
	    {"herr", 'm'}, {"monsieur", 'm'}, {"senor", 'm'}, {"shri", 'm'}, {"mrs", 'w'},
	    {"ms", 'w'}, {"miss", 'w'}, {"frau", 'w'}, {"madame", 'w'}, {"mme", 'w'},
	    {"mlle", 'w'}, {"senora", 'w'}, {"senorita", 'w'}, {"smt", 'w'}};

	for (size_t i = 0; i < COUNT(titles); i++)
		if (!strcmp(titles[i].word, word)) {
			w->man |= titles[i].of == 'm';
			w->woman |= titles[i].of == 'w';
			return true;
		}
	return false;
}

/* false: too many words to tell. */
static bool
add_part(struct words *w, struct buf *text, const char *s, size_t len)
{
	bool leading = true;
	char *rest;

	text_fold(text, s, len);
	for (char *word = text->p ? strtok_r(text->p, " ", &rest) : NULL; word;
	     word = strtok_r(NULL, " ", &rest)) {
		if (!strcmp(word, ".") || (leading && is_title(w, word)))
			continue;
		leading = false;
		if (w->n == WORDS)
			return false;
		w->word[w->n++] = word;
	}
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In their order. */
static bool
read_words(struct words *w, const char *s)
{
	size_t len = strlen(s), first = strcspn(s, ",");
	size_t behind = first < len ? first + 1 : len;

	if (!add_part(w, &w->text[0], s + behind, len - behind) ||
	    !add_part(w, &w->text[1], s, first))
		return false;
	qsort(w->word, w->n, sizeof w->word[0], by_text);
	return true;
}

static bool
same_words(const struct words *a, const struct words *b)
{
	if (a->n != b->n || a->n == 0 || (a->man && b->woman) || (a->woman && b->man))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->word[i], b->word[i]))
			return false;
	return true;
}

bool
names_same(const char *a, const char *b)
{
	struct words x = {.n = 0}, y = {.n = 0};
	bool same;

	if (!a || !b)
		return (!a || !*a) && (!b || !*b);
	if (!strcmp(a, b))
		return true;
	same = read_words(&x, a) && read_words(&y, b) && same_words(&x, &y);
	for (size_t i = 0; i < COUNT(x.text); i++) {
		buf_release(&x.text[i]);
		buf_release(&y.text[i]);
	}
	return same;
}
