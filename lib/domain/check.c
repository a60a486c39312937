/*
 * check: each rule is a function that looks at one context. Words are compared
 * folded (edge/fold.h), numbers as quantities; sentences are cut out of the
 * text as it stands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "check.h"
#include "fold.h"
#include "mem.h"
#include "optout.h"
#include "quantity.h"

enum { FINDINGS = 20 };

struct check {
	struct check_rules rules;
	const struct crowd *crowd;
	struct optout *turns; /* phrases of check_turns */
	struct buf plain, folded, known, phrase;
	struct quantities quantities;
	/* Of the context that is being looked at: */
	const struct check_text *text;
	void (*found)(void *arg, const struct check_finding *);
	void *arg;
	int findings;
};

/* ---- telling --------------------------------------------------------------------- */

/* So many bytes of p, at most max: never half a character. */
static int
cut(const char *p, size_t len, size_t max)
{
	size_t n = len < max ? len : max;

	while (n > 0 && n < len && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

/* The length of what ends a sentence at p, 0 if nothing does. */
static size_t
ends_sentence(const char *p, size_t left)
{
	if (*p == '\n' || *p == '!' || *p == '?' || (*p == '.' && (left < 2 || p[1] == ' ')))
		return 1;
	if (left >= 3 && (!memcmp(p, "।", 3) || !memcmp(p, "。", 3)))
		return 3;
	return 0;
}

/* The sentence in which byte at stands, cut at a character. */
static void
cut_sentence(const char *text, size_t at, char *out, size_t size)
{
	size_t len = strlen(text), from = at, to = at, n;

	while (from > 0 && !ends_sentence(text + from - 1, len - from + 1) &&
	    !(from >= 3 && ends_sentence(text + from - 3, len - from + 3) == 3))
		from--;
	while (text[from] == ' ')
		from++;
	while (to < len && !(n = ends_sentence(text + to, len - to)))
		to++;
	if (to < len && text[to] != '\n')
		to += n;
	n = (size_t)cut(text + from, to - from, size - 1);
	memcpy(out, text + from, n);
	out[n] = '\0';
}

static void
tell(struct check *c, struct check_finding *w, const char *code, size_t at)
{
	w->code = code;
	if (at != SIZE_MAX)
		cut_sentence(c->text->context, at, w->sentence, sizeof(w->sentence));
	if (c->findings++ < FINDINGS)
		c->found(c->arg, w);
}

/* ---- folded words ------------------------------------------------------------------ */

static bool
at_word(const struct buf *b, size_t at, size_t len)
{
	return (at == 0 || b->p[at - 1] == ' ') &&
	    (at + len == b->len || b->p[at + len] == ' ');
}

/* Where the words stand in a folded text; SIZE_MAX: nowhere. */
static size_t
find_words(const struct buf *b, const char *words, size_t len)
{
	const char *p = b->len ? b->p : NULL;

	if (!len)
		return SIZE_MAX;
	while (p && (p = memmem(p, b->len - (size_t)(p - b->p), words, len))) {
		if (at_word(b, (size_t)(p - b->p), len))
			return (size_t)(p - b->p);
		p++;
	}
	return SIZE_MAX;
}

/* A phrase of people, folded, its last point gone. */
static void
fold_phrase(struct check *c, const char *text)
{
	buf_reset(&c->phrase);
	text_fold(&c->phrase, text, strlen(text));
	while (c->phrase.len && strchr(" .", c->phrase.p[c->phrase.len - 1]))
		c->phrase.len--;
}

/*
 * The byte of the text at which the folded word number n begins: folding keeps the order of words.
 * Sentences are found by it, so a word more or less does no harm.
 */
static size_t
unfold(const struct check *c, size_t folded_at)
{
	struct buf b = {0};
	size_t low = 0, high = c->plain.len;

	while (low < high) {
		size_t mid = (low + high) / 2;

		buf_reset(&b);
		text_fold(&b, c->plain.p, mid);
		if (b.len <= folded_at)
			low = mid + 1;
		else
			high = mid;
	}
	buf_release(&b);
	return low > 0 ? low - 1 : 0;
}

/* Lines that a paragraph was broken into are one: a line's end alone ends no sentence. */
static void
fold_context(struct check *c)
{
	buf_reset(&c->plain);
	buf_adds(&c->plain, c->text->context);
	for (size_t i = 1; i + 1 < c->plain.len; i++)
		if (c->plain.p[i] == '\n' && c->plain.p[i - 1] != '\n' &&
		    c->plain.p[i + 1] != '\n')
			c->plain.p[i] = ' ';
	buf_reset(&c->folded);
	text_fold(&c->folded, c->plain.p ? c->plain.p : "", c->plain.len);
}

/* ---- the rules ------------------------------------------------------------------------ */

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void
check_length(struct check *c)
{
	size_t n = characters(c->text->context);
	struct check_finding w = {0};

	if (c->rules.min_length && n < c->rules.min_length)
		snprintf(w.text, sizeof(w.text), "%zu characters, fewer than %zu", n,
		    c->rules.min_length);
	else if (c->rules.max_length && n > c->rules.max_length)
		snprintf(w.text, sizeof(w.text), "%zu characters, more than %zu", n,
		    c->rules.max_length);
	else
		return;
	tell(c, &w, "length", SIZE_MAX);
}

/* "[Student Name]", "{amount}", "<name>": words in brackets that stand for something. */
static bool
is_blank_to_fill(const char *p)
{
	static const char *const words[] = {
	    "name", "insert", "your ", "amount", "date", "student", "company", "phone"};
	const char close[] = {*p == '[' ? ']' : *p == '{' ? '}' : '>', '\n', '\0'};
	size_t n = strcspn(p + 1, close);
	char inner[48];

	if (p[1 + n] != close[0] || n >= sizeof(inner) || strchr(" \"", p[1]))
		return false;
	memcpy(inner, p + 1, n);
	inner[n] = '\0';
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasestr(inner, words[i]))
			return true;
	return false;
}

static void
check_placeholders(struct check *c)
{
	const char *text = c->text->context;

	for (const char *p = strpbrk(text, "{}[<"); p; p = strpbrk(p + 1, "{}[<")) {
		struct check_finding w = {0};

		if (!(strncmp(p, "{{", 2) == 0 || strncmp(p, "}}", 2) == 0 ||
			(*p != '}' && is_blank_to_fill(p))))
			continue;
		snprintf(w.text, sizeof(w.text), "a placeholder was not filled in");
		tell(c, &w, "placeholder", (size_t)(p - text));
		return;
	}
}

/* All that may be drawn on, folded once a text. */
static const struct buf *
known_words(struct check *c)
{
	if (!c->known.len)
		text_fold(&c->known, c->text->known, strlen(c->text->known));
	return &c->known;
}

/* A number that cannot be read is known only as it stands. */
static bool
is_known(struct check *c, const struct quantity *q)
{
	if (q->readings > 0)
		return quantities_have(&c->quantities, q);
	buf_reset(&c->phrase);
	text_fold(&c->phrase, c->text->context + q->at, q->len);
	return find_words(known_words(c), c->phrase.p, c->phrase.len) != SIZE_MAX;
}

static void
check_numbers(struct check *c)
{
	const char *text = c->text->context;
	size_t from = 0, len = strlen(text);
	struct quantity q;

	c->quantities.n = 0;
	quantities_add_text(&c->quantities, c->text->known, strlen(c->text->known));
	while (quantity_next(text, len, &from, &q)) {
		struct check_finding w = {0};

		if (is_known(c, &q))
			continue;
		snprintf(w.text, sizeof(w.text),
		    "\"%.*s\" stands neither in the contact's data nor in the notes",
		    cut(text + q.at, q.len, 60), text + q.at);
		tell(c, &w, "number", q.at);
	}
}

static int
somebody(void *arg, const struct crowd_hit *hit)
{
	struct check *c = arg;
	struct check_finding w = {.other = hit->contact};

	if (hit->contact == c->text->contact ||
	    find_words(known_words(c), c->folded.p + hit->at, hit->len) != SIZE_MAX)
		return 0;
	snprintf(w.text, sizeof(w.text), "\"%.*s\" belongs to contact %lld",
	    cut(c->folded.p + hit->at, hit->len, 80), c->folded.p + hit->at,
	    (long long)hit->contact);
	tell(c, &w, "other", unfold(c, hit->at));
	return c->findings >= FINDINGS;
}

static void
check_banned(struct check *c)
{
	for (const char *const *p = c->rules.banned; p && *p; p++) {
		struct check_finding w = {0};
		size_t at;

		fold_phrase(c, *p);
		if ((at = find_words(&c->folded, c->phrase.p, c->phrase.len)) == SIZE_MAX)
			continue;
		snprintf(w.text, sizeof(w.text), "\"%.*s\" may not be said",
		    cut(*p, strlen(*p), 100), *p);
		tell(c, &w, "banned", unfold(c, at));
	}
}

static void
check_disclosure(struct check *c)
{
	struct check_finding w = {0};
	struct buf message = {0};
	bool said = false;

	if (!c->rules.disclosure || !*c->rules.disclosure)
		return;
	text_fold(&message, c->text->system_message, strlen(c->text->system_message));
	for (const char *const *p = c->rules.disclosure; *p && !said; p++) {
		fold_phrase(c, *p);
		said = find_words(&message, c->phrase.p, c->phrase.len) != SIZE_MAX;
	}
	buf_release(&message);
	if (said)
		return;
	snprintf(w.text, sizeof(w.text), "nothing of the disclosure is said (\"%.*s\", ...)",
	    cut(c->rules.disclosure[0], strlen(c->rules.disclosure[0]), 100),
	    c->rules.disclosure[0]);
	tell(c, &w, "disclosure", SIZE_MAX);
}

static void
check_instructions(struct check *c)
{
	size_t at = optout_find(c->turns, &c->folded, NULL);
	struct check_finding w = {.text = "it tells the agent to leave its task"};

	if (at != SIZE_MAX)
		tell(c, &w, "instruction", unfold(c, at));
}

/* ---- scripts ------------------------------------------------------------------------- */

enum script {
	LATIN,
	DEVANAGARI,
	BENGALI,
	GURMUKHI,
	GUJARATI,
	ORIYA,
	TAMIL,
	TELUGU,
	KANNADA,
	MALAYALAM,
	ARABIC,
	CYRILLIC,
	GREEK,
	HEBREW,
	THAI,
	HAN,
	HANGUL,
	SCRIPTS
};

static const struct {
	const char *name, *tag; /* for people; ISO 15924, as it stands in a language tag */
	uint32_t first, last;   /* of its main block (Unicode, Blocks) */
	const char *languages;  /* ISO 639 codes that are written in it */
} scripts[SCRIPTS] = {
    [LATIN] = {"Latin", "Latn", 0x41, 0x24f, ""},
    [DEVANAGARI] = {"Devanagari", "Deva", 0x900, 0x97f, "hi mr ne sa kok mai bho"},
    [BENGALI] = {"Bengali", "Beng", 0x980, 0x9ff, "bn as"},
    [GURMUKHI] = {"Gurmukhi", "Guru", 0xa00, 0xa7f, "pa"},
    [GUJARATI] = {"Gujarati", "Gujr", 0xa80, 0xaff, "gu"},
    [ORIYA] = {"Odia", "Orya", 0xb00, 0xb7f, "or"},
    [TAMIL] = {"Tamil", "Taml", 0xb80, 0xbff, "ta"},
    [TELUGU] = {"Telugu", "Telu", 0xc00, 0xc7f, "te"},
    [KANNADA] = {"Kannada", "Knda", 0xc80, 0xcff, "kn"},
    [MALAYALAM] = {"Malayalam", "Mlym", 0xd00, 0xd7f, "ml"},
    [ARABIC] = {"Arabic", "Arab", 0x600, 0x6ff, "ar ur fa ps sd"},
    [CYRILLIC] = {"Cyrillic", "Cyrl", 0x400, 0x52f, "ru uk bg sr be kk mk"},
    [GREEK] = {"Greek", "Grek", 0x370, 0x3ff, "el"},
    [HEBREW] = {"Hebrew", "Hebr", 0x590, 0x5ff, "he yi"},
    [THAI] = {"Thai", "Thai", 0xe00, 0xe7f, "th"},
    [HAN] = {"Han or Kana", "Hani", 0x3040, 0x9fff, "zh ja"},
    [HANGUL] = {"Hangul", "Hang", 0xac00, 0xd7af, "ko"},
};

/* The script that a language tag names, else the usual one of its language. */
static enum script
script_of_language(const char *tag)
{
	size_t n = strcspn(tag, "-");
	char lower[9];

	for (const char *p = strchr(tag, '-'); p; p = strchr(p + 1, '-'))
		for (int s = 0; s < SCRIPTS; s++)
			if (strcspn(p + 1, "-") == 4 && !strncasecmp(p + 1, scripts[s].tag, 4))
				return (enum script)s;
	if (n > 3)
		return LATIN;
	for (size_t i = 0; i < n; i++)
		lower[i] = tag[i] >= 'A' && tag[i] <= 'Z' ? (char)(tag[i] + 32) : tag[i];
	for (int s = 1; s < SCRIPTS; s++)
		for (const char *p = scripts[s].languages; *p; p += strspn(p, " ")) {
			size_t len = strcspn(p, " ");

			if (len == n && !memcmp(p, lower, n))
				return (enum script)s;
			p += len;
		}
	return LATIN;
}

static bool
is_sign(uint32_t c) /* between letters of the Latin blocks */
{
	return c < 0x80 ? !((c | 32) >= 'a' && (c | 32) <= 'z')
			: c < 0xc0 || c == 0xd7 || c == 0xf7;
}

/* How many letters of the text belong to each script; returns how many letters there are. */
static size_t
count_scripts(const char *text, size_t count[SCRIPTS])
{
	const unsigned char *p = (const unsigned char *)text;
	size_t all = 0;

	while (*p) {
		int more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
		uint32_t c = more ? *p & (0x3fu >> more) : *p;

		for (p++; more > 0 && (*p & 0xc0) == 0x80; more--)
			c = c << 6 | (*p++ & 0x3f);
		if (c < 0x80) {
			count[LATIN] += !is_sign(c);
			all += !is_sign(c);
			continue;
		}
		for (int s = 0; s < SCRIPTS; s++)
			if (c >= scripts[s].first && c <= scripts[s].last &&
			    (s != LATIN || !is_sign(c))) {
				count[s]++;
				all++;
			}
	}
	return all;
}

static void
check_language(struct check *c)
{
	enum script want = script_of_language(c->text->language);
	size_t count[SCRIPTS] = {0}, all = count_scripts(c->text->context, count);
	struct check_finding w = {0};

	/* Names and terms may stand in another script; the text may not. */
	if (!all || 2 * count[want] >= all)
		return;
	snprintf(w.text, sizeof(w.text),
	    "the person's language is %.20s, and %zu of 100 letters are %s", c->text->language,
	    100 * count[want] / all, scripts[want].name);
	tell(c, &w, "language", SIZE_MAX);
}

/* ---- from outside ----------------------------------------------------------------------- */

struct check *
check_new(const struct check_rules *rules, const struct crowd *crowd)
{
	struct check *c = xcalloc(1, sizeof(*c));
	struct fault ignored; /* a unit test sees that there is none */

	c->rules = *rules;
	c->crowd = crowd;
	c->turns = optout_new(false);
	(void)optout_add(c->turns, "turns", check_turns, strlen(check_turns), &ignored);
	return c;
}

void
check_free(struct check *c)
{
	if (!c)
		return;
	optout_free(c->turns);
	buf_release(&c->plain);
	buf_release(&c->folded);
	buf_release(&c->known);
	buf_release(&c->phrase);
	quantities_release(&c->quantities);
	free(c);
}

int
check_run(struct check *c, const struct check_text *text,
    void (*found)(void *, const struct check_finding *), void *arg)
{
	c->text = text;
	c->found = found;
	c->arg = arg;
	c->findings = 0;
	buf_reset(&c->known);
	fold_context(c);
	check_length(c);
	check_placeholders(c);
	if (c->rules.language && *text->language)
		check_language(c);
	if (c->rules.numbers)
		check_numbers(c);
	if (c->rules.others && c->crowd)
		crowd_find(c->crowd, &c->folded, somebody, c);
	check_banned(c);
	check_disclosure(c);
	if (c->rules.instructions)
		check_instructions(c);
	return c->findings < FINDINGS ? c->findings : FINDINGS;
}
