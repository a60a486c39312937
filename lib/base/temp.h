/*
 * temp: files that nobody sees half: without a name, or under their name only
 * when they are whole.
 */
#ifndef TEMP_H
#define TEMP_H

#include "buf.h"
#include "fault.h"

/* A descriptor of a file without a name in $TMPDIR or /tmp, or -1 with an IOERR. */
int temp_file(struct fault *);

/* A new file that takes its name, and the place of what had it before, at the end. */
struct newfile {
	char *path, *tmp; /* tmp null: a device or a pipe, written as it is */
	int fd;           /* -1: not open */
	struct buf out;   /* append here */
};

int newfile_open(struct newfile *, const char *path, struct fault *);
/* Writes out what was appended once it is large; call it after each append. IOERR. */
int newfile_more(struct newfile *, struct fault *);
int newfile_finish(struct newfile *, struct fault *); /* on the disk, then renamed */
void newfile_drop(struct newfile *);                  /* nothing remains; fine after finish */

/*
 * Removes what a process that died left under path: files path.WORD-PID and path.WORD-PID-journal,
 * path.WORD-PID.turn and the like, where no process PID lives. Faults are nobody's: it stays then.
 */
void temp_sweep(const char *path, const char *word);

/* Such a file of one line, a number: a port or a process id that somebody waits for. IOERR. */
int newfile_number(const char *path, long number, struct fault *);

#endif
