/*
 * dnc_list: lists of numbers that others keep (a registry, a client's own),
 * imported as a whole. A base table: each file leaves one journal row. A new
 * import takes over in one transaction; until then the one before is in force.
 */
#ifndef DNC_LIST_H
#define DNC_LIST_H

#include "dnc.h"

struct dnc_list {
	int64_t id;
	char name[DNC_LIST_NAME];
	int64_t as_of;   /* UTC ms: the date of what is in it */
	int64_t max_age; /* ms; 0: it does not age */
	int64_t until;   /* as_of + max_age, or INT64_MAX */
	int64_t numbers;
	int64_t at; /* imported */
	char actor[130];
};

/* The list in force under this name: 1, 0 there is none. */
int dnc_list_get(struct db *, const char *name, struct dnc_list *, struct fault *);
/* Those in force, by name behind *after ("" first): 1, 0 end; *after becomes the name. */
int dnc_list_next(struct db *, char after[DNC_LIST_NAME], struct dnc_list *, struct fault *);
/* Whether a list that is in force (or was) holds the number: 1, 0, -1. */
int dnc_list_has(struct db *, int64_t list, int64_t phone, struct fault *);

#endif
