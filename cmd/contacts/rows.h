/*
 * rows: contacts on their way out, in the three forms.
 */
#ifndef CONTACTS_ROWS_H
#define CONTACTS_ROWS_H

#include "contact.h"
#include "form.h"
#include "sheet_out.h"

struct rows {
	enum form form;
	bool whole; /* a table shows every field, one a line */
	struct sheet_out *sheet;
	struct buf out;
	uint64_t n;
};

void rows_init(struct rows *, enum form, bool whole);
void rows_release(struct rows *);

/* The first line, where the form has one; for CSV every contact was looked at before. */
void rows_start(struct rows *);
/* Callbacks of people_page with a struct rows: look at it, write it. */
int rows_look(void *, const struct person *, struct fault *);
int rows_put(void *, const struct person *, struct fault *);
int rows_end(struct rows *, struct fault *);

#endif
