/*
 * transcript: the rows of transcription of a call (talk.h), which come in the
 * order of arrival.
 */
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "json.h"
#include "mem.h"
#include "talk.h"

enum { PAGE = 200 };

struct taking {
	struct transcript *t;
	struct buf words, scratch;
};

static int
key_of(const char *fact, uint64_t *key, struct fault *f)
{
	json_t *v = fact ? json_read("fact", fact, strlen(fact), f) : NULL;
	const char *text = json_string_value(json_object_get(v, "key"));

	*key = text ? strtoull(text, NULL, 16) : 0;
	json_decref(v);
	return fact && !v ? -1 : 0;
}

/* Until all is read a text is an offset. */
static int
add(struct transcript *t, const struct entry *e, const char *words, bool theirs,
    struct fault *f)
{
	struct summary_line *l;
	size_t len = strlen(words);

	if (t->n >= SUMMARY_LINES || t->text.len + len > SUMMARY_BYTES)
		return fault(f, DATAERR, "the transcript has more than %d lines or %d bytes",
		    SUMMARY_LINES, SUMMARY_BYTES);
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->line = xrealloc(t->line, t->cap, sizeof(*t->line));
	}
	l = &t->line[t->n++];
	*l = (struct summary_line){
	    .at = e->at, .theirs = theirs, .text = (const char *)(uintptr_t)t->text.len};
	buf_add(&t->text, words, len + 1);
	return key_of(e->fact, &l->key, f);
}

static int
take(void *arg, const struct entry *e, struct fault *f)
{
	struct taking *k = arg;
	bool theirs;

	if (strcmp(e->kind, "call.transcription") != 0)
		return 0;
	k->t->erased |= e->erased;
	if (!e->body ||
	    !foreign_said(e->body, strlen(e->body), &k->words, &theirs, &k->scratch))
		return 0;
	return add(k->t, e, k->words.p, theirs, f);
}

static int
by_time(const void *a, const void *b)
{
	const struct summary_line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

int
transcript_read(struct db *db, const struct uuid *call, struct transcript *t, struct fault *f)
{
	struct taking k = {.t = t};
	int64_t seq = 0, before = -1;
	int rc = 0;

	t->n = 0;
	t->erased = false;
	buf_reset(&t->text);
	while (rc == 0 && before != seq) {
		before = seq;
		rc = talk_page(db, call, &seq, PAGE, take, &k, f);
	}
	for (size_t i = 0; i < t->n; i++)
		t->line[i].text = t->text.p + (uintptr_t)t->line[i].text;
	if (t->n > 1)
		qsort(t->line, t->n, sizeof(*t->line), by_time);
	buf_release(&k.words);
	buf_release(&k.scratch);
	return rc;
}

void
transcript_release(struct transcript *t)
{
	free(t->line);
	buf_release(&t->text);
	*t = (struct transcript){.n = 0};
}
