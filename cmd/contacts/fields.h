/*
 * fields: what --where may name.
 */
#ifndef CONTACTS_FIELDS_H
#define CONTACTS_FIELDS_H

#include "people.h"

/*
 * DATAERR if there are contacts, and a query names what is neither a field nor an attribute that any of
 * them has: says which there are.
 */
int fields_check(struct db *, const struct people_query *, struct fault *);

#endif
