/*
 * map: what the columns mean, as a person said it: --map and the map file
 * together, and the file that --save-map leaves for the next sheet.
 */
#ifndef MAP_H
#define MAP_H

#include "args.h"
#include "import.h"

struct map_file {
	char *text; /* of the file; the entries lie in it */
	const char *entry[2 * SHEET_MAPS];
	size_t n;
};

/* The entries of --map, and those of the file (may be null) whose field no --map names. */
int map_load(struct map_file *, const char *file, const struct arg_list *, struct fault *);
void map_release(struct map_file *);
/* Writes the columns that are fields now. */
int map_save(const char *file, const struct import *, struct fault *);

#endif
