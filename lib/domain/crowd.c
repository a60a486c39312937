/*
 * crowd: phrases by the hash of their folded words. At each word of a text the
 * phrases of one, two, ... words that begin there are looked up, as many
 * lengths as the crowd has.
 */
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "fold.h"
#include "mem.h"
#include "rand.h"

enum { WORDS_MAX = 8, BYTES_MIN = 4 };

struct phrase {
	uint64_t hash; /* 0: empty */
	int64_t contact;
	size_t at, len; /* of its folded words in text */
};

struct crowd {
	struct phrase *table;
	size_t n, cap; /* cap is a power of two */
	struct buf text, folded;
	unsigned lengths; /* bit i: there are phrases of i words */
};

struct crowd *
crowd_new(void)
{
	return xcalloc(1, sizeof(struct crowd));
}

void
crowd_free(struct crowd *c)
{
	if (!c)
		return;
	free(c->table);
	buf_release(&c->text);
	buf_release(&c->folded);
	free(c);
}

static uint64_t
hash_of(const char *p, size_t len)
{
	uint64_t h = hash64(p, len, 0);

	return h ? h : 1;
}

static struct phrase *
place(const struct crowd *c, const char *p, size_t len, uint64_t hash)
{
	for (size_t i = hash & (c->cap - 1);; i = (i + 1) & (c->cap - 1)) {
		struct phrase *q = &c->table[i];

		if (!q->hash ||
		    (q->hash == hash && q->len == len && !memcmp(c->text.p + q->at, p, len)))
			return q;
	}
}

static void
grow(struct crowd *c)
{
	struct phrase *old = c->table;
	size_t cap = c->cap;

	c->cap = cap ? 2 * cap : 256;
	c->table = xcalloc(c->cap, sizeof(*c->table));
	for (size_t i = 0; i < cap; i++)
		if (old[i].hash)
			*place(c, c->text.p + old[i].at, old[i].len, old[i].hash) = old[i];
	free(old);
}

static int
words_of(const char *p, size_t len)
{
	int n = len > 0;

	for (size_t i = 0; i < len; i++)
		n += p[i] == ' ';
	return n;
}

void
crowd_add(struct crowd *c, int64_t contact, const char *text)
{
	struct phrase *q;
	uint64_t hash;
	size_t len;
	int words;

	buf_reset(&c->folded);
	text_fold(&c->folded, text, strlen(text));
	while (c->folded.len && strchr(" .", c->folded.p[c->folded.len - 1]))
		c->folded.len--;
	len = c->folded.len;
	words = words_of(c->folded.p, len);
	if (len < BYTES_MIN || words > WORDS_MAX)
		return;
	if (2 * (c->n + 1) > c->cap)
		grow(c);
	hash = hash_of(c->folded.p, len);
	q = place(c, c->folded.p, len, hash);
	if (q->hash)
		return;
	*q = (struct phrase){hash, contact, c->text.len, len};
	buf_add(&c->text, c->folded.p, len);
	c->lengths |= 1u << words;
	c->n++;
}

/* The end of the word that begins at p. */
static size_t
word_end(const struct buf *b, size_t p)
{
	while (p < b->len && b->p[p] != ' ')
		p++;
	return p;
}

void
crowd_find(const struct crowd *c, const struct buf *folded,
    int (*hit)(void *, const struct crowd_hit *), void *arg)
{
	for (size_t at = 0; c->n && at < folded->len; at = word_end(folded, at) + 1) {
		size_t end = at;

		for (int words = 1; words <= WORDS_MAX && end < folded->len; words++) {
			const struct phrase *q;

			end = word_end(folded, words > 1 ? end + 1 : end);
			if (!(c->lengths & 1u << words) || end - at < BYTES_MIN)
				continue;
			q = place(
			    c, folded->p + at, end - at, hash_of(folded->p + at, end - at));
			if (q->hash &&
			    hit(arg, &(struct crowd_hit){q->contact, at, end - at}) != 0)
				return;
		}
	}
}
