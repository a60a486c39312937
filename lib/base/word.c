/*
 * word: restricted Damerau-Levenshtein distance over short words.
 */
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "word.h"

enum { LONGEST = 64 };

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

size_t
word_distance(const char *a, const char *b)
{
	size_t row[3][LONGEST + 1], n = strlen(a), m = strlen(b), i, j;
	size_t *before = row[0], *last = row[1], *now = row[2], *turn;

	n = n < LONGEST ? n : LONGEST;
	m = m < LONGEST ? m : LONGEST;
	for (j = 0; j <= m; j++)
		last[j] = before[j] = j;
	for (i = 1; i <= n; i++) {
		now[0] = i;
		for (j = 1; j <= m; j++) {
			size_t change = a[i - 1] != b[j - 1];

			now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1, now[j]);
		}
		turn = before;
		before = last;
		last = now;
		now = turn;
	}
	return last[m];
}

const char *
word_nearest(const char *word, const char *const *known)
{
	const char *best = NULL, *longer = NULL;
	size_t len = strlen(word), least_seen = len < 3 ? 2 : (len + 1) / 3 + 1;

	for (; *known != NULL; known++) {
		size_t d = word_distance(word, *known);

		if (d < least_seen) {
			least_seen = d;
			best = *known;
		}
		if (longer == NULL && len >= 3 && strstr(*known, word) != NULL)
			longer = *known;
	}
	return best != NULL ? best : longer;
}

int
word_among(const char *word, const char *const *known)
{
	for (; *known != NULL; known++)
		if (strcmp(word, *known) == 0)
			return 1;
	return 0;
}

const char *
word_hint(const char *word, const char *const *known, char out[WORD_HINT])
{
	const char *near = word_nearest(word, known);

	*out = '\0';
	if (near != NULL)
		(void)snprintf(out, WORD_HINT, " (did you mean %.60s?)", near);
	return out;
}

int
word_check(const char *option, const char *word, const char *const *known, struct fault *f)
{
	struct buf all = {0};
	char hint[WORD_HINT];

	if (word == NULL || word_among(word, known))
		return 0;
	buf_adds(&all, "");
	for (size_t i = 0; known[i] != NULL; i++)
		buf_printf(&all, i > 0 ? ", %s" : "%s", known[i]);
	(void)fault(f, USAGE, "%s: %.*s is none of %s%s", option,
	    fault_shown(word, strlen(word)), word, all.p, word_hint(word, known, hint));
	buf_release(&all);
	return -1;
}
