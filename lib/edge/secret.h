/*
 * secret: passwords and keys from files, systemd credentials and, last, the
 * environment; never from argv, a URL or a record. No fault repeats a secret,
 * and who has read one leaves no core file (proc_keep_secret).
 */
#ifndef SECRET_H
#define SECRET_H

#include "fault.h"

enum { SECRET_MAX = 4096 };

/* The text of a file, heap, one trailing newline cut. Null with a CONFIG fault: not there, readable by group
 * or others, empty, over SECRET_MAX bytes, or holding a control character. */
char *secret_read(const char *file, struct fault *);

/*
 * The secret called name ("pbx-secret"): file if not null, else $CREDENTIALS_DIRECTORY/NAME, else
 * $OUTREACH_NAME (upper case, - as _). 1 with *secret (heap), 0 if nothing is set, -1 CONFIG.
 * from, if not null, becomes a word for the origin: "file", "credential" or "environment".
 */
int secret_find(
    const char *name, const char *file, char **secret, const char **from, struct fault *);

void secret_free(char *); /* wipes it first; null is fine */

#endif
