/*
 * notes: knowledge notes kept in the store, so that what a model was told is
 * what was there. A projection: each change is a row of the journal.
 */
#ifndef NOTES_H
#define NOTES_H

#include <jansson.h>

#include "buf.h"
#include "db.h"
#include "note.h"

enum note_change { NOTE_ADDED, NOTE_CHANGED, NOTE_SAME };

/*
 * Own transaction when none is open. The campaigns whose model was told the note, or is to be, have no
 * current context any more, and what was claimed of them goes back.
 */
int notes_put(struct db *, const struct note *, enum note_change *, struct fault *);
int notes_remove(
    struct db *, const char *name, struct fault *); /* 1 removed, 0 there is none */
/* Behind all changes, outside a transaction: the schedules of those campaigns are as they should be. */
int notes_settle(struct db *, struct fault *);
/* 1 found (release it), 0 not. */
int notes_get(struct db *, const char *name, struct note *, struct fault *);
/* The note behind *after in the order of names; *after (63 bytes and NUL) becomes its name. 1, 0 end. */
int notes_next(struct db *, char after[NOTE_WORD_MAX + 1], struct note *, struct fault *);

/*
 * Appends what a model is told: of the active notes that have one of the names or tags (null-terminated),
 * in the order of priority and name, each with its title, as many as fit into so many tokens (edge/llm.h);
 * the names of those that did not fit go to dropped, with ", " between. DATAERR if a word is neither a name nor a tag.
 */
int notes_tell(struct db *, char *const *words, int64_t tokens, struct buf *out,
    struct buf *dropped, struct fault *);

/* For replay; text null: it is removed. */
struct note_row {
	const char *name, *title, *tags, *text; /* tags: with a space before and behind each */
	int64_t priority;
	bool active;
	const json_t *campaigns; /* ids of those that were told of it; null: none */
};
int project_note(struct db *, const struct note_row *, struct fault *);

#endif
