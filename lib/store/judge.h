/*
 * judge: the checks of a campaign over contexts from anywhere, against what
 * the store knows of the person, of the notes, and of everybody else in the
 * campaign.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "check.h"
#include "db.h"
#include "subject.h"

enum { JUDGE_CROWD = 20000 }; /* so many people of a campaign are looked out for */

struct judge; /* heap; reads a campaign's people and notes once for each revision of its file */

struct judge *judge_new(struct db *);
void judge_free(struct judge *);

/*
 * Checks a context; system_message null: the campaign's base prompt and the context. found is called for
 * each thing that is wrong. How many; JUDGE_NONE: the campaign has no block context and so no checks; -1
 * with a fault: DATAERR if the person was forgotten, or a template of the campaign does not resolve.
 */
enum { JUDGE_NONE = -2 };
int judge_run(struct judge *, const struct subject *, const char *context,
    const char *system_message, void (*found)(void *arg, const struct check_finding *),
    void *arg, struct fault *);

/* The hash under which the model's answer for this person is kept: 1, 0 no model is asked, -1 as judge_run. */
int judge_input(
    struct judge *, const struct subject *, unsigned char input[32], struct fault *);

#endif
