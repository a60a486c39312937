/*
 * ask: what the command line of outreach-contacts asks for.
 */
#ifndef CONTACTS_ASK_H
#define CONTACTS_ASK_H

#include <stdbool.h>

#include "db.h"
#include "form.h"
#include "people.h"

struct verb {
	const char *name;
	enum db_mode mode;
	enum { LOOK, SHOW, EXPORT, GO } kind;
	int (*go)(struct db *, int64_t id, struct fault *); /* GO: in a transaction */
	const char *done;
};

struct ask {
	const struct verb *verb;
	struct people_query query; /* its fields are the heap's */
	const char *path;
	enum form form;
	bool help, keep_going, dry, quiet;
	int64_t *id; /* the operands, heap; null: all contacts */
	size_t ids;
};

extern const char ask_usage[];

/* 0, or -1 with a USAGE fault. Release in either case. */
int ask_read(struct ask *, int argc, char **argv, struct fault *);
void ask_release(struct ask *);

#endif
