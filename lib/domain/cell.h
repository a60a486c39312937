/*
 * cell: what people and spreadsheets do to a value before it reaches us. What
 * is certain is undone (spaces that nobody sees, several numbers in one cell);
 * what lost something is refused with the way out. Nothing is guessed.
 */
#ifndef CELL_H
#define CELL_H

#include <stdbool.h>

#include "buf.h"
#include "contact.h"
#include "fault.h"

/* Without the spaces around it, the no-break, zero-width and direction marks among them. */
struct slice cell_trim(struct slice);
/* Appends it with each of those inside as one plain space (those of no width as nothing). */
void cell_plain(struct buf *, struct slice);

/*
 * What a spreadsheet made of a value: null if nothing is seen, else the code of a refusal (sheet.h)
 * with the fault in words that begin with what. number: the field is a number or an identity, where
 * 1.5E+09 and 12.0 are damage and no text.
 */
const char *cell_damage(const char *what, struct slice, bool number, struct fault *);

/* The texts of single numbers, to be read as numbers; they lie in text or in the cell. */
struct cell_numbers {
	struct slice part[CONTACT_PHONES];
	size_t n;
	char text[CONTACT_PHONES][CONTACT_NAME_MAX + 1];
};

/*
 * Takes a cell of numbers apart: at / , ; | a line break or "or". A short number behind one is
 * completed from the one before only where that is certain: four digits and more that repeat its
 * end but for the last two, or one or two digits behind a / that count on by one. 0, or -1 with a
 * DATAERR and the code. At most CONTACT_NAME_MAX bytes of UTF-8.
 */
int cell_numbers(
    const char *what, struct slice, struct cell_numbers *, const char **code, struct fault *);

/*
 * A whole number with thousands separators, without them: 1,00,000 or 1,234,567 into out, false if
 * it is none or could be a decimal (1,000).
 */
bool cell_ungroup(struct slice, char *out, size_t size);

/* Whether a row without a number that begins so is the end of a sheet: Total, Page 2, Printed on. */
bool cell_footer(struct slice);

#endif
