/*
 * quantity: digits with their separators are read first, then a word that
 * multiplies; where no digit stands, number words, and a word that multiplies
 * what nobody could read.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "quantity.h"

enum { DIGITS_MAX = 15, WORD_MAX = 32 };

/* ---- characters ----------------------------------------------------------------- */

/* Decimal digits of the scripts that our users write, and those of mathematics (Unicode, category Nd), by their zero. */
static const uint32_t zeros[] = {'0', 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6,
    0xc66, 0xce6, 0xd66, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6};

/* One character of valid or invalid UTF-8; its length, at least 1. */
static size_t
character(const char *p, size_t left, uint32_t *c)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t n = *u < 0x80 ? 1 : *u < 0xe0 ? 2 : *u < 0xf0 ? 3 : 4;

	*c = n == 1 ? *u : (uint32_t)(*u & (0xff >> (n + 1)));
	if (n > left) {
		*c = 0xfffd;
		return 1;
	}
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80) {
			*c = 0xfffd;
			return 1;
		}
		*c = *c << 6 | (u[i] & 0x3f);
	}
	return n;
}

static int
digit(const char *p, size_t left, size_t *n)
{
	uint32_t c;

	if (!left)
		return -1;
	*n = character(p, left, &c);
	if (c < 0x80)
		return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
	for (size_t i = 0; i < COUNT(zeros); i++)
		if (c >= zeros[i] && c <= zeros[i] + 9)
			return (int)(c - zeros[i]);
	return -1;
}

/* Of a word. Beyond ASCII all is, but spaces and the marks that end or part sentences. */
static bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	return c > 0xbf && c != 0x964 && c != 0x965 && !(c >= 0x2000 && c <= 0x206f) &&
	    !(c >= 0x3000 && c <= 0x3003) && c != 0xff0c && c != 0xfffd;
}

/* Between the words of one number, beside nothing. */
static bool
is_gap(uint32_t c)
{
	return c == ' ' || c == '-' || c == 0xa0 || c == 0x202f;
}

/* Where the character begins that ends at `at`, which is not 0. */
static size_t
character_before(const char *text, size_t at, uint32_t *c)
{
	size_t i = at - 1;

	while (i > 0 && at - i < 4 && ((unsigned char)text[i] & 0xc0) == 0x80)
		i--;
	(void)character(text + i, at - i, c);
	return i;
}

/* Where the word before `at` begins, behind one gap; `at` itself if there is none. */
static size_t
word_before(const char *text, size_t at)
{
	size_t end, from, i;
	uint32_t c;

	if (at == 0)
		return at;
	end = from = character_before(text, at, &c);
	if (!is_gap(c))
		return at;
	while (from > 0 && (i = character_before(text, from, &c), is_letter(c)))
		from = i;
	return from < end ? from : at;
}

/* A comma, point, apostrophe, or a space that does not break (U+00A0, U+202F): its length, or 0. */
static size_t
separator(const char *p, size_t left, char *kind)
{
	uint32_t c;
	size_t n = left ? character(p, left, &c) : 0;

	if (!n ||
	    !(c == ',' || c == '.' || c == '\'' || c == 0x2019 || c == 0xa0 || c == 0x202f))
		return 0;
	*kind = c == ',' ? ',' : c == '.' ? '.' : ' ';
	return n;
}

/* ---- words -------------------------------------------------------------------------- */

struct number {
	const char *word;
	int64_t value;
};

static const struct number multipliers[] = {{"k", 1000}, {"thousand", 1000}, {"tausend", 1000},
    {"mil", 1000}, {"mille", 1000}, {"hazar", 1000}, {"hazaar", 1000}, {"हज़ार", 1000},
    {"हजार", 1000}, {"lakh", 100000}, {"lakhs", 100000}, {"lac", 100000}, {"lacs", 100000},
    {"लाख", 100000}, {"million", 1000000}, {"millions", 1000000}, {"millón", 1000000},
    {"millones", 1000000}, {"millionen", 1000000}, {"mn", 1000000}, {"crore", 10000000},
    {"crores", 10000000}, {"करोड़", 10000000}, {"करोड", 10000000}, {"billion", 1000000000},
    {"billions", 1000000000}, {"milliarde", 1000000000}, {"milliarden", 1000000000},
    {"milliards", 1000000000}, {"milhão", 1000000}, {"milhões", 1000000}};

/* They multiply a number alone: without one they may be another word, or "millions" of something. */
static const char *const idle[] = {"k", "mil", "mille", "lakhs", "lacs", "millions", "millones",
    "millionen", "mn", "crores", "billions", "milliarden", "milliards", "milhões"};

/* Read only before a multiplier: alone they are other words too. */
static const struct number smalls[] = {{"a", 1}, {"an", 1}, {"ek", 1}, {"un", 1}, {"une", 1},
    {"ein", 1}, {"eine", 1}, {"एक", 1}, {"do", 2}, {"teen", 3}, {"char", 4}, {"chaar", 4},
    {"panch", 5}, {"paanch", 5}, {"chhah", 6}, {"saat", 7}, {"aath", 8}, {"nau", 9},
    {"das", 10}, {"दो", 2}, {"तीन", 3}, {"चार", 4}, {"पाँच", 5}, {"पांच", 5}, {"छह", 6},
    {"छः", 6}, {"सात", 7}, {"आठ", 8}, {"नौ", 9}, {"दस", 10}, {"dos", 2}, {"tres", 3},
    {"cuatro", 4}, {"cinco", 5}, {"seis", 6}, {"siete", 7}, {"ocho", 8}, {"nueve", 9},
    {"diez", 10}, {"deux", 2}, {"trois", 3}, {"quatre", 4}, {"cinq", 5}, {"sept", 7},
    {"huit", 8}, {"neuf", 9}, {"dix", 10}, {"zwei", 2}, {"drei", 3}, {"vier", 4}, {"fünf", 5},
    {"sechs", 6}, {"sieben", 7}, {"acht", 8}, {"neun", 9}, {"zehn", 10}, {"ग्यारह", 11},
    {"बारह", 12}, {"पंद्रह", 15}, {"बीस", 20}, {"पच्चीस", 25}, {"तीस", 30}, {"चालीस", 40},
    {"पचास", 50}, {"साठ", 60}, {"सत्तर", 70}, {"अस्सी", 80}, {"नब्बे", 90}, {"सौ", 100},
    {"barah", 12}, {"pandrah", 15}, {"bees", 20}, {"pachees", 25}, {"pachchees", 25},
    {"tees", 30}, {"chalis", 40}, {"chaalis", 40}, {"pachas", 50}, {"pachaas", 50},
    {"sattar", 70}, {"assi", 80}, {"nabbe", 90}, {"sau", 100}, {"doce", 12}, {"quince", 15},
    {"veinte", 20}, {"treinta", 30}, {"cuarenta", 40}, {"cincuenta", 50}, {"sesenta", 60},
    {"setenta", 70}, {"ochenta", 80}, {"noventa", 90}, {"cien", 100}, {"doscientos", 200},
    {"trescientos", 300}, {"cuatrocientos", 400}, {"quinientos", 500}, {"douze", 12},
    {"quinze", 15}, {"vingt", 20}, {"trente", 30}, {"quarante", 40}, {"cinquante", 50},
    {"soixante", 60}, {"cent", 100}, {"dois", 2}, {"três", 3}, {"quatro", 4}, {"sete", 7},
    {"oito", 8}, {"nove", 9}, {"dez", 10}, {"vinte", 20}, {"trinta", 30}, {"quarenta", 40},
    {"cinquenta", 50}, {"sessenta", 60}, {"oitenta", 80}, {"cem", 100}, {"duzentos", 200},
    {"trezentos", 300}, {"quinhentos", 500}};

static const struct number cardinals[] = {{"zero", 0}, {"one", 1}, {"two", 2}, {"three", 3},
    {"four", 4}, {"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9}, {"ten", 10},
    {"eleven", 11}, {"twelve", 12}, {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15},
    {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},
    {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60}, {"seventy", 70},
    {"eighty", 80}, {"ninety", 90}, {"hundred", 100},
    /* and what German writes as one word */ {"zweitausend", 2000}, {"dreitausend", 3000},
    {"viertausend", 4000}, {"fünftausend", 5000}, {"sechstausend", 6000},
    {"siebentausend", 7000}, {"achttausend", 8000}, {"neuntausend", 9000},
    {"zehntausend", 10000}, {"zwölftausend", 12000}, {"fünfzehntausend", 15000},
    {"zwanzigtausend", 20000}, {"dreißigtausend", 30000}, {"vierzigtausend", 40000},
    {"fünfzigtausend", 50000}, {"sechzigtausend", 60000}, {"siebzigtausend", 70000},
    {"achtzigtausend", 80000}, {"neunzigtausend", 90000}, {"hunderttausend", 100000},
    {"einhunderttausend", 100000}};

/* The letters at p, lower case; their length in the text, 0 if there are none or too many. */
static size_t
word_at(const char *p, size_t left, char out[WORD_MAX])
{
	size_t n = 0, one;
	uint32_t c;

	for (; n < left; n += one) {
		one = character(p + n, left - n, &c);
		if (!is_letter(c))
			break;
		if (n + one >= WORD_MAX)
			return 0;
		memcpy(out + n, p + n, one);
		if (c >= 'A' && c <= 'Z')
			out[n] = (char)(c + 32);
	}
	out[n] = '\0';
	return n;
}

static const struct number *
look_up(const struct number *table, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (*table[i].word == *word && !strcmp(table[i].word, word))
			return &table[i];
	return NULL;
}

static bool
has_word(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], word))
			return true;
	return false;
}

static int64_t
multiplier(const char *word)
{
	const struct number *m = look_up(multipliers, COUNT(multipliers), word);

	return m ? m->value : 0;
}

static int64_t
cardinal(const char *word)
{
	const struct number *c = look_up(cardinals, COUNT(cardinals), word);

	return c ? c->value : -1;
}

/* The bytes between the words of one number; 0: nothing. */
static size_t
gap(const char *p, size_t left)
{
	uint32_t c;
	size_t n;

	if (!left)
		return 0;
	n = character(p, left, &c);
	return is_gap(c) ? n : 0;
}

/* The word behind a number that multiplies it; 1 if there is none. *n: bytes to it and of it. */
static int64_t
multiplier_behind(const char *p, size_t left, size_t *n)
{
	char word[WORD_MAX];
	size_t g = gap(p, left), w = word_at(p + g, left - g, word);
	int64_t m = w ? multiplier(word) : 0;

	*n = m ? g + w : 0;
	return m ? m : 1;
}

/* ---- numerals ------------------------------------------------------------------------ */

enum { GROUPS = 8, NUMERAL_MAX = 64 };

struct numeral {
	char digit[NUMERAL_MAX]; /* 0 to 9, without what parts them; further ones are dropped */
	int end[GROUPS];         /* of each group in digit */
	char before[GROUPS];     /* the separator before each */
	int groups;
};

static void
reading(struct quantity *q, int64_t milli)
{
	for (int i = 0; i < q->readings; i++)
		if (q->milli[i] == milli)
			return;
	if (q->readings < QUANTITY_READINGS)
		q->milli[q->readings++] = milli;
}

/* The digits from one place to another as a number; of too many the last ones. */
static int64_t
number(const struct numeral *m, int from, int to)
{
	int64_t v = 0;

	for (int i = to - from > DIGITS_MAX ? to - DIGITS_MAX : from; i < to; i++)
		v = v * 10 + m->digit[i];
	return v;
}

/* Saturates: two texts that say more than that are not told apart. */
static int64_t
milli_of(int64_t whole, int64_t times)
{
	int64_t v;

	if (__builtin_mul_overflow(whole, times * 1000, &v))
		return INT64_MAX;
	return v;
}

static void
read_numeral(const struct numeral *m, int64_t times, struct quantity *q)
{
	int last = m->groups - 1, whole = last ? m->end[last - 1] : 0;
	int64_t v, fraction;

	/* Every separator parts thousands (or a phone's groups). */
	reading(q, milli_of(number(m, 0, m->end[last]), times));
	if (!last || m->before[last] == ' ' || m->end[last] - whole > 6)
		return;
	for (int i = 1; i < last; i++)
		if (m->before[i] == m->before[last])
			return; /* "1,00,000": no fraction behind a repeated separator */
	fraction = number(m, whole, m->end[last]) * times * 1000;
	for (int i = whole; i < m->end[last]; i++)
		fraction /= 10;
	v = milli_of(number(m, 0, whole), times);
	reading(q, v > INT64_MAX - fraction ? INT64_MAX : v + fraction);
}

/* Between the digits of a phone number. */
static size_t
phone_gap(const char *p, size_t left, char *kind)
{
	size_t n = 0;

	while (n < left && strchr(" -()", p[n]) && p[n])
		n++;
	if (n)
		*kind = ' ';
	return n;
}

/* Digits and what parts them from p on; the bytes they take. */
static size_t
scan_numeral(const char *p, size_t left, bool phone, struct numeral *m)
{
	size_t at = 0, n, s;
	int d, digits = 0;
	char kind = 0;

	memset(m, 0, sizeof(*m));
	for (;;) {
		m->before[m->groups] = kind;
		while ((d = digit(p + at, left - at, &n)) >= 0) {
			if (digits < NUMERAL_MAX)
				m->digit[digits++] = (char)d;
			at += n;
		}
		m->end[m->groups++] = digits;
		s = separator(p + at, left - at, &kind);
		if (!s && phone)
			s = phone_gap(p + at, left - at, &kind);
		if (!s || m->groups == GROUPS || digit(p + at + s, left - at - s, &n) < 0)
			return at;
		at += s;
	}
}

/* "2. " and "3) " at the head of a line count the lines. */
static bool
counts_lines(const char *text, size_t at, size_t end, size_t len)
{
	size_t head = at;

	while (head > 0 && (text[head - 1] == ' ' || text[head - 1] == '\t'))
		head--;
	if (head > 0 && text[head - 1] != '\n')
		return false;
	return end - at <= 2 && end + 1 < len && (text[end] == '.' || text[end] == ')') &&
	    text[end + 1] == ' ';
}

static void
take_numeral(const char *text, size_t len, size_t at, size_t *end, struct quantity *q)
{
	bool phone = at > 0 && text[at - 1] == '+';
	struct numeral m;
	size_t n = scan_numeral(text + at, len - at, phone, &m), behind;
	int64_t times = phone ? 1 : multiplier_behind(text + at + n, len - at - n, &behind);

	q->at = at;
	q->len = n + (times > 1 ? behind : 0);
	read_numeral(&m, times, q);
	*end = at + q->len;
}

/* ---- number words --------------------------------------------------------------------- */

static int64_t
times(int64_t a, int64_t b)
{
	int64_t v;

	return __builtin_mul_overflow(a, b, &v) ? INT64_MAX : v;
}

static int64_t
plus(int64_t a, int64_t b)
{
	int64_t v;

	return __builtin_add_overflow(a, b, &v) ? INT64_MAX : v;
}

/*
 * English number words, and German ones in one word, from at on: "two lakh fifty thousand", "one hundred and twenty-five"; before them
 * stood one that is worth part, or none (-1). 1 with the quantity, 0 if there is none that counts.
 */
static int
take_words(
    const char *text, size_t len, size_t at, int64_t part, size_t *end, struct quantity *q)
{
	int64_t sum = 0, c, m;
	char word[WORD_MAX];
	size_t p = at, last = at, n;
	bool big = false;

	while ((n = word_at(text + p, len - p, word))) {
		if (part >= 0 && !strcmp(word, "and"))
			;
		else if ((c = cardinal(word)) >= 0) {
			part = c == 100 ? times(part > 0 ? part : 1, 100)
					: plus(part > 0 ? part : 0, c);
			big |= c > 10;
			last = p + n;
		} else if (part >= 0 && (m = multiplier(word)) > 0) {
			sum = plus(sum, times(part, m));
			part = 0;
			big = true;
			last = p + n;
		} else
			break;
		p += n;
		p += gap(text + p, len - p);
	}
	*end = p > at ? p : at + 1;
	if (!big)
		return 0;
	*end = last;
	*q = (struct quantity){.at = at, .len = last - at, .words = true};
	reading(q, milli_of(plus(sum, part > 0 ? part : 0), 1));
	return 1;
}

/* Before a number they make it another: "half a", "साढ़े तीन". */
static const char *const parts[] = {"half", "quarter", "quarters", "third", "sadhe", "saadhe",
    "sava", "savaa", "paune", "media", "demi", "halbe", "\u0938\u093e\u0922\u093c\u0947",
    "\u0938\u093e\u095d\u0947", /* saadhe, in two forms */
    "\u0938\u0935\u093e", "\u092a\u094c\u0928\u0947"};

/* Whether the word makes another number of what stands behind it: also one more of them ("quatre-vingt mille"). */
static bool
is_part(const char *word)
{
	const struct number *s = look_up(smalls, COUNT(smalls), word);

	return has_word(parts, COUNT(parts), word) || (s && s->value > 1);
}

/* What the word before a multiplier is worth, and where the number begins; -1 that is not known. */
static int64_t
before_multiplier(const char *text, size_t at, size_t *from)
{
	const struct number *s;
	char word[WORD_MAX];
	size_t before;

	*from = word_before(text, at);
	if (*from == at || !word_at(text + *from, at - *from, word) ||
	    !(s = look_up(smalls, COUNT(smalls), word)))
		return -1;
	before = word_before(text, *from);
	if (before < *from && word_at(text + before, *from - before, word) && is_part(word)) {
		*from = before;
		return -1;
	}
	return s->value;
}

/* A multiplier of n bytes at `at` behind no numeral and no English number: 1 with the quantity, 0 it is none. */
static int
take_multiplier(const char *text, size_t len, size_t at, const struct number *m, size_t *end,
    struct quantity *q)
{
	size_t from, n = strlen(m->word);
	int64_t part = before_multiplier(text, at, &from);

	if (part <= 1 && has_word(idle, COUNT(idle), m->word))
		return 0;
	if (part > 0) {
		(void)take_words(text, len, at, part, end, q);
	} else {
		*q = (struct quantity){.at = at, .len = n, .words = true};
		*end = at + n;
	}
	q->len += at - from;
	q->at = from;
	return 1;
}

int
quantity_next(const char *text, size_t len, size_t *from, struct quantity *q)
{
	const struct number *m;
	char word[WORD_MAX];
	size_t at = *from, n;
	uint32_t c;

	memset(q, 0, sizeof(*q));
	while (at < len) {
		if (digit(text + at, len - at, &n) >= 0) {
			size_t start = at;

			memset(q, 0, sizeof(*q));
			take_numeral(text, len, start, &at, q);
			if (counts_lines(text, start, at, len))
				continue;
			*from = at;
			return 1;
		}
		n = character(text + at, len - at, &c);
		if (!is_letter(c)) {
			at += n;
			continue;
		}
		if (word_at(text + at, len - at, word)) {
			if (cardinal(word) >= 0) {
				if (!take_words(text, len, at, -1, &at, q))
					continue;
				*from = at;
				return 1;
			}
			m = look_up(multipliers, COUNT(multipliers), word);
			if (m && take_multiplier(text, len, at, m, &at, q)) {
				*from = at;
				return 1;
			}
		}
		do
			at += n;
		while (at < len && (n = character(text + at, len - at, &c), is_letter(c)) &&
		    digit(text + at, len - at, &n) < 0);
	}
	*from = len;
	return 0;
}

/* ---- sets ----------------------------------------------------------------------------- */

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

void
quantities_add_text(struct quantities *s, const char *text, size_t len)
{
	struct quantity q;
	size_t from = 0;

	while (quantity_next(text, len, &from, &q)) {
		if (s->n + QUANTITY_READINGS > s->cap) {
			s->cap = s->cap ? 2 * s->cap : 64;
			s->milli = xrealloc(s->milli, s->cap, sizeof(*s->milli));
		}
		for (int i = 0; i < q.readings; i++)
			s->milli[s->n++] = q.milli[i];
	}
	s->sorted = false;
}

bool
quantities_have(struct quantities *s, const struct quantity *q)
{
	if (!s->n)
		return false;
	if (!s->sorted)
		qsort(s->milli, s->n, sizeof(*s->milli), by_value);
	s->sorted = true;
	for (int i = 0; i < q->readings; i++)
		if (bsearch(&q->milli[i], s->milli, s->n, sizeof(*s->milli), by_value))
			return true;
	return false;
}

void
quantities_release(struct quantities *s)
{
	free(s->milli);
	memset(s, 0, sizeof(*s));
}
