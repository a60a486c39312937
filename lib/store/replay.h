/*
 * replay: the projections made again from the journal, and compared byte for
 * byte with the ones that are there.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "db.h"

/*
 * Replays the journal into a new store at path (must not exist): the projections alone.
 */
int replay_into(struct db *from, const char *path, struct fault *);
/* Compares the projections: 0 equal; 1 they differ, the fault names table and key; -1. */
int replay_compare(struct db *, const char *path, struct fault *);
/* Both, on a snapshot beside the store that is removed again: 0 equal, 1 they differ, -1. */
int replay_check(struct db *, struct fault *);
/* A canonical text dump of the projections, for tests and people. */
int replay_dump(struct db *, struct buf *, struct fault *);

#endif
