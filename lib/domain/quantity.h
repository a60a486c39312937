/*
 * quantity: the numbers that a text says, however they are written: 1,00,000,
 * 100,000, 100.000, "one lakh", "1.5 lakh", १,००,०००. For comparing texts, not
 * for arithmetic. Pure.
 */
#ifndef QUANTITY_H
#define QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUANTITY_READINGS = 3 };

struct quantity {
	size_t at, len; /* where it stands in the text, in bytes */
	/* What it may mean, in thousandths: "1.500" is 1500 or 1.5. Phone numbers mean their digits. */
	int64_t milli[QUANTITY_READINGS];
	int readings; /* 0: it is a number, and its worth is not known here ("half a million") */
	bool words;   /* no digit in it */
};

/*
 * The next one at or behind *from, which becomes the byte behind it: 1, or 0 at the end. Numerals at
 * the head of a line that only count ("2. ", "3) ") are none, nor are the words one to ten alone; words are
 * read in English, and "lakh", "crore", "thousand", "million", "billion" with their usual forms, in
 * Hindi, Spanish, French and German too, multiply the number before them: a numeral, an English number, a
 * word for two to ten in those languages, an article. Behind any other word they are a number without a
 * reading. Over 15 digits: the reading is the last 15.
 */
int quantity_next(const char *text, size_t len, size_t *from, struct quantity *);

/* A set of readings; zero it first. */
struct quantities {
	int64_t *milli;
	size_t n, cap;
	bool sorted;
};

void quantities_add_text(struct quantities *, const char *text, size_t len);
/* Whether a reading of it is in the set; never without one. */
bool quantities_have(struct quantities *, const struct quantity *);
void quantities_release(struct quantities *);

#endif
