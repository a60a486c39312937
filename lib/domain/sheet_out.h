/*
 * sheet_out: contacts as a sheet that outreach-import reads back as the same
 * contacts: its header names, the key as id, each attribute a column. All
 * contacts are looked at before the header is known.
 */
#ifndef SHEET_OUT_H
#define SHEET_OUT_H

#include "contact.h"
#include "fault.h"

struct sheet_out; /* heap */

struct sheet_out *sheet_out_new(void);
void sheet_out_free(struct sheet_out *);

/*
 * Before the first row: that this contact is going to be one. DATAERR where no sheet could hold it
 * beside the others: of another source, an attribute called as a field is, too many attributes.
 */
int sheet_out_look(struct sheet_out *, const struct person *, struct fault *);
/* After the last look: appends the header. */
void sheet_out_header(struct sheet_out *, struct buf *);
/* Appends the row. TEMPFAIL if the contact became one that was not looked at. */
int sheet_out_row(struct sheet_out *, const struct person *, struct buf *, struct fault *);
/* Rows with attributes that are no text in the store and would be after an import. */
uint64_t sheet_out_odd(const struct sheet_out *);

#endif
