/*
 * view: the lines of a report in its three forms: a table for people, records
 * and CSV for programs.
 */
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "buf.h"
#include "form.h"
#include "report.h"

enum view_unit { UNIT_COUNT, UNIT_MS, UNIT_PERMILLE };

struct view {
	enum form format;
	const char *campaign; /* its name */
	const char *zone;     /* whose hours and days these are */
	struct buf out;
	const char *section; /* the last one shown, for the table's headings */
};

/* The first line, where the form has one: of numbers, or of people. */
void view_start(struct view *, bool people);
/* One number; answered is -1 where the question does not arise. section must stay. */
void view_number(struct view *, const char *section, const char *name, int64_t n,
    enum view_unit, int64_t answered);
void view_person(struct view *, const struct report_person *, const struct person *);

#endif
