/*
 * bearers: a list under a lock. Hashes are compared, each of them to its end
 * and all of them, so that the time tells nothing of any.
 */
#include <nettle/memops.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bearers.h"
#include "mem.h"

struct bearers {
	pthread_mutex_t lock;
	struct token v[TOKENS_MAX];
	size_t n;
};

struct bearers *
bearers_new(void)
{
	struct bearers *b = xcalloc(1, sizeof(*b));

	pthread_mutex_init(&b->lock, NULL);
	return b;
}

void
bearers_free(struct bearers *b)
{
	if (!b)
		return;
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void
bearers_set(struct bearers *b, const struct token *t, size_t n)
{
	pthread_mutex_lock(&b->lock);
	b->n = n < TOKENS_MAX ? n : TOKENS_MAX;
	if (b->n)
		memcpy(b->v, t, b->n * sizeof(*t));
	pthread_mutex_unlock(&b->lock);
}

size_t
bearers_count(struct bearers *b)
{
	size_t n;

	pthread_mutex_lock(&b->lock);
	n = b->n;
	pthread_mutex_unlock(&b->lock);
	return n;
}

enum token_role
bearers_of(struct bearers *b, const unsigned char hash[TOKEN_HASH], char name[TOKEN_NAME])
{
	enum token_role role = TOKEN_GONE;

	*name = '\0';
	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < b->n; i++)
		if (memeql_sec(hash, b->v[i].hash, TOKEN_HASH)) {
			role = b->v[i].role;
			copy_text(name, TOKEN_NAME, b->v[i].name);
		}
	pthread_mutex_unlock(&b->lock);
	return role;
}

const char *
bearer_of(const char *authorization)
{
	if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
		return NULL;
	authorization += 7;
	authorization += strspn(authorization, " ");
	return *authorization ? authorization : NULL;
}
