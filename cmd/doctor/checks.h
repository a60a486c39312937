/*
 * checks: the rooms of outreach-doctor, each in a file of its own.
 */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>

#include "buf.h"
#include "db.h"
#include "settings.h"

enum finding { FINE, NOTE, WRONG };

struct doctor {
	bool table, offline;
	int wrong;
	const char *path; /* of the store */
	struct settings settings;
	struct db db;
	struct buf out;
};

/*
 * One line. what: the thing that was looked at; value: what it is, with where that comes from;
 * text (printf style, may be null): why it is worth a word, and the way out.
 */
void doctor_say(struct doctor *, enum finding, const char *what, const char *value,
    const char *from, const char *text, ...) __attribute__((format(printf, 6, 7)));

void doctor_settings(struct doctor *);
void doctor_store(struct doctor *);
void doctor_system(struct doctor *);
void doctor_exchanges(struct doctor *);

#endif
