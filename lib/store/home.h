/*
 * home: making a store, knowing whether this file is the one that was made,
 * copying it while it is in use, and moving it to a newer version.
 */
#ifndef HOME_H
#define HOME_H

#include "db.h"

/* Creates the file with its schema; DATAERR if it exists. */
int home_make(const char *path, struct fault *);
/*
 * REFUSED if the file is a copy of the store that init or adopt made (says `outreach adopt`); CONFIG if
 * its numbers were read with other tables (renumber.h).
 */
int home_may_dial(struct db *, struct fault *);
int home_adopt(
    struct db *, struct fault *); /* this file is the store from now on; journalled */
/* Online copy to a new file, safe while calls are open; DATAERR if it exists. */
int home_backup(struct db *, const char *to, struct fault *);
/* Migrates after a backup beside the file. *from is the version it was. REFUSED while lines are open. */
int home_upgrade(const char *path, int *from, struct fault *);

#endif
