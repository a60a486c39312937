/*
 * note: a knowledge note (outreach-note(5)): Markdown behind a head of YAML
 * between two lines of three dashes: title, tags, priority, active.
 */
#ifndef NOTE_H
#define NOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

enum { NOTE_MAX = 256 << 10, NOTE_TAGS = 32, NOTE_WORD_MAX = 63 };

struct note {        /* strings owned */
	char *name;  /* lower-case letters, digits, - and _ */
	char *title; /* of the head, else the name */
	char *tag[NOTE_TAGS];
	int tags;
	int priority; /* -1000 to 1000, higher first; 0 */
	bool active;  /* true; an inactive one is never used */
	char *text;   /* what stands behind the head, without empty lines around it */
};

/*
 * Reads the bytes of a file. name: of the note; file: for messages. 0, or -1 with a DATAERR
 * "file:line:col: why". Release in either case.
 */
int note_read(struct note *, const char *name, const char *file, const char *bytes, size_t,
    struct fault *);
/* The name that a file gives: its last part without ".md". DATAERR if that is no name. */
int note_name(const char *file, char out[NOTE_WORD_MAX + 1], struct fault *);
void note_release(struct note *);

#endif
