/*
 * settings_parts: how the sections of the settings file read a key. For the
 * files of settings alone.
 */
#ifndef SETTINGS_PARTS_H
#define SETTINGS_PARTS_H

#include "keys.h"
#include "settings.h"

/* One reading of the file. */
struct load {
	struct settings *s;
	struct yaml y;
	int wrong;
};

void settings_remember(struct settings *, const char *key, const char *value, const char *from);
/* Remembers a value with its line in the file, or as a default if it does not stand there. */
void settings_remember_key(
    struct load *, const struct keys *, const char *key, const char *value);
void settings_remember_number(struct load *, const struct keys *, const char *key, int64_t);

/* A text without control characters, not remembered yet: 1, 0 absent, -1 reported. */
int settings_text(struct keys *, const char *key, const char **);
/* The same without spaces, else the standard (or null: nothing). */
void settings_word(
    struct load *, struct keys *, const char *key, const char *standard, const char **);
/* A path: one that does not begin with / counts from the file's directory. 1, 0 absent, -1 reported. */
int settings_path(struct load *, struct keys *, const char *key, char **);
/* A flag that is remembered where it is given. */
void settings_flag(struct load *, struct keys *, const char *key, bool *);
/* A text or a list of them; paths count from the file's directory. */
void settings_texts(struct load *, struct keys *, const char *key, bool path, struct texts *);

/* The sections that have files of their own, from the keys of the whole file. */
void settings_read_exchanges(struct load *, struct keys *);
void settings_read_serve(struct load *, struct keys *);
void settings_read_llm(struct load *, struct keys *);

#endif
