/*
 * simdb: an open hash table of "family/key" to value. Nothing is ever deleted:
 * the fence must remember.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rand.h"
#include "simdb.h"

struct row {
	char *key, *value; /* key null: free */
};

struct simdb {
	struct row *row;
	size_t n, cap; /* cap is a power of two */
};

struct simdb *
simdb_new(void)
{
	struct simdb *db = xcalloc(1, sizeof(*db));

	db->cap = 64;
	db->row = xcalloc(db->cap, sizeof(*db->row));
	return db;
}

void
simdb_free(struct simdb *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->cap; i++) {
		free(db->row[i].key);
		free(db->row[i].value);
	}
	free(db->row);
	free(db);
}

/* The row of key, or the free one where it belongs. */
static struct row *
find(const struct simdb *db, const char *key)
{
	size_t at = (size_t)hash64(key, strlen(key), 0);

	for (;; at++) {
		struct row *r = &db->row[at & (db->cap - 1)];

		if (r->key == NULL || strcmp(r->key, key) == 0)
			return r;
	}
}

static void
grow(struct simdb *db)
{
	struct simdb bigger = {.cap = db->cap * 2, .n = db->n};

	bigger.row = xcalloc(bigger.cap, sizeof(*bigger.row));
	for (size_t i = 0; i < db->cap; i++)
		if (db->row[i].key != NULL)
			*find(&bigger, db->row[i].key) = db->row[i];
	free(db->row);
	*db = bigger;
}

static void
put(struct simdb *db, const char *key, const char *value)
{
	struct row *r = find(db, key);

	if (r->key == NULL) {
		if (db->n * 4 >= db->cap * 3) {
			grow(db);
			r = find(db, key);
		}
		r->key = xstrdup(key);
		db->n++;
	}
	free(r->value);
	r->value = xstrdup(value);
}

void
simdb_put(struct simdb *db, const char *family, const char *key, const char *value)
{
	char *path = xasprintf("%s/%s", family, key);

	put(db, path, value);
	free(path);
}

const char *
simdb_get(const struct simdb *db, const char *family, const char *key)
{
	char *path = xasprintf("%s/%s", family, key);
	const struct row *r = find(db, path);

	free(path);
	return r->value;
}

int
simdb_load(struct simdb *db, const char *text, size_t len, struct fault *f)
{
	const char *end = text + len, *nl;

	for (int line = 1; (nl = memchr(text, '\n', (size_t)(end - text))) != NULL; line++) {
		const char *tab = memchr(text, '\t', (size_t)(nl - text));
		char *key, *value;

		if (tab == NULL || memchr(text, '/', (size_t)(tab - text)) == NULL)
			return fault(f, DATAERR, "%d: not \"family/key<TAB>value\"", line);
		key = xstrndup(text, (size_t)(tab - text));
		value = xstrndup(tab + 1, (size_t)(nl - tab - 1));
		put(db, key, value);
		free(key);
		free(value);
		text = nl + 1;
	}
	return 0;
}
