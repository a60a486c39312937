/*
 * diff: two texts that a target had, line by line.
 */
#include "verbs.h"

#include <stdlib.h>

#include "../tool.h"
#include "mem.h"

enum { LINES_MAX = 2000 };

struct lines {
	struct slice line[LINES_MAX];
	size_t n;
};

/* Lines behind the last one that fits are one line. */
static void
cut(const struct buf *text, struct lines *l)
{
	const char *p = text->p ? text->p : "", *end = p + text->len, *next;

	for (l->n = 0; p < end && l->n < LINES_MAX; p = next + (next < end)) {
		next = l->n + 1 < LINES_MAX ? memchr(p, '\n', (size_t)(end - p)) : NULL;
		next = next ? next : end;
		l->line[l->n++] = (struct slice){p, (size_t)(next - p)};
	}
}

static bool
same(const struct slice *a, const struct slice *b)
{
	return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static void
put(struct buf *out, char mark, const struct slice *line)
{
	buf_addc(out, mark);
	buf_add(out, line->p, line->len);
	buf_addc(out, '\n');
}

/* left[i][j]: how many lines the rests behind i and j have in common, in order. */
static void
compare(const struct lines *a, const struct lines *b, struct buf *out)
{
	size_t w = b->n + 1, i = 0, j = 0;
	uint16_t *left = xcalloc((a->n + 1) * w, sizeof(*left));

	for (i = a->n; i-- > 0;)
		for (j = b->n; j-- > 0;) {
			uint16_t down = left[(i + 1) * w + j], right = left[i * w + j + 1];

			left[i * w + j] = same(&a->line[i], &b->line[j])
			    ? (uint16_t)(left[(i + 1) * w + j + 1] + 1)
			    : down > right ? down
					   : right;
		}
	for (i = j = 0; i < a->n || j < b->n;) {
		if (i < a->n && j < b->n && same(&a->line[i], &b->line[j])) {
			put(out, ' ', &a->line[i++]);
			j++;
		} else if (j == b->n ||
		    (i < a->n && left[(i + 1) * w + j] >= left[i * w + j + 1])) {
			put(out, '-', &a->line[i++]);
		} else {
			put(out, '+', &b->line[j++]);
		}
	}
	free(left);
}

static void
head(struct buf *out, const char *mark, const struct version *v)
{
	char at[32];

	buf_printf(out, "%s %lld %s %s by %s%s\n", mark, (long long)v->seq,
	    num_instant_text(v->at, at), v->origin, v->actor, v->erased ? ", erased" : "");
}

int
verb_diff(struct review_tool *t, char **operand)
{
	static struct lines a, b;
	struct version v[2] = {{0}, {0}};
	struct buf out = {0};
	struct subject s;
	struct fault f;
	bool changed = false;
	int got = who_find(t, *operand, &s, &f);

	if (got == 0)
		got = reviews_versions(&t->db, s.target, t->from, t->to, v, &f);
	if (got == 0) {
		changed = v[0].text.len != v[1].text.len ||
		    (v[0].text.len && memcmp(v[0].text.p, v[1].text.p, v[0].text.len) != 0);
		head(&out, "---", &v[0]);
		head(&out, "+++", &v[1]);
		cut(&v[0].text, &a);
		cut(&v[1].text, &b);
		compare(&a, &b, &out);
		got = out_flush(&out, &f);
	}
	version_release(&v[0]);
	version_release(&v[1]);
	buf_release(&out);
	return got < 0 ? tool_fail(&f) : changed ? SOME : OK;
}
