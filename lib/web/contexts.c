/*
 * contexts: a hash table under a lock. An id stands in a node; a call's texts
 * in what all of its nodes point to.
 */
#include <nettle/sha2.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "contexts.h"
#include "mem.h"

enum { FIRST_BUCKETS = 1024 };

struct node {
	struct uuid id;
	struct held *held;
	struct node *next;    /* in its bucket */
	struct node *sibling; /* of the same call */
};

struct held {
	struct node own; /* the call's own id; the others are its siblings */
	struct buf json;
	bool given;
	unsigned char digest[CONTEXT_DIGEST];
};

struct contexts {
	pthread_mutex_t lock;
	struct node **bucket;
	size_t buckets, nodes, calls;
	struct receipt *receipt;
	size_t receipts, cap;
};

struct contexts *
contexts_new(void)
{
	struct contexts *k = xcalloc(1, sizeof(*k));

	pthread_mutex_init(&k->lock, NULL);
	k->buckets = FIRST_BUCKETS;
	k->bucket = xcalloc(k->buckets, sizeof(struct node *));
	return k;
}

/* The tail of a UUIDv7 is random; of another it is at least not all there is. */
static struct node **
bucket_of(const struct contexts *k, const struct uuid *id)
{
	return &k->bucket[hash64(id->b, sizeof(id->b), 0) % k->buckets];
}

static struct node *
find(const struct contexts *k, const struct uuid *id)
{
	struct node *n = *bucket_of(k, id);

	while (n && memcmp(&n->id, id, sizeof(*id)) != 0)
		n = n->next;
	return n;
}

static void
grow(struct contexts *k)
{
	struct node **old = k->bucket;
	size_t n = k->buckets;

	k->buckets *= 4;
	k->bucket = xcalloc(k->buckets, sizeof(struct node *));
	for (size_t i = 0; i < n; i++)
		for (struct node *x = old[i], *next; x; x = next) {
			struct node **at = bucket_of(k, &x->id);

			next = x->next;
			x->next = *at;
			*at = x;
		}
	free(old);
}

static void
add_node(struct contexts *k, struct node *n, const struct uuid *id, struct held *h)
{
	struct node **at;

	if (k->nodes >= k->buckets)
		grow(k);
	at = bucket_of(k, id);
	n->id = *id;
	n->held = h;
	n->next = *at;
	*at = n;
	k->nodes++;
}

static void
drop_held(struct contexts *k, struct held *h)
{
	for (struct node *n = &h->own, *sibling; n; n = sibling) {
		struct node **at = bucket_of(k, &n->id);

		sibling = n->sibling;
		while (*at != n)
			at = &(*at)->next;
		*at = n->next;
		if (n != &h->own)
			free(n);
		k->nodes--;
	}
	buf_release(&h->json);
	free(h);
	k->calls--;
}

void
contexts_free(struct contexts *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->buckets; i++)
		while (k->bucket[i])
			drop_held(k, k->bucket[i]->held);
	pthread_mutex_destroy(&k->lock);
	free(k->bucket);
	free(k->receipt);
	free(k);
}

void
contexts_put(struct contexts *k, const struct uuid *call, struct slice system)
{
	struct sha256_ctx sha;
	struct node *n;
	struct held *h;

	pthread_mutex_lock(&k->lock);
	n = find(k, call);
	h = n ? n->held : NULL;
	if (!h) {
		h = xcalloc(1, sizeof(*h));
		k->calls++;
		add_node(k, &h->own, call, h);
	}
	sha256_init(&sha);
	sha256_update(&sha, system.len, (const unsigned char *)system.p);
	sha256_digest(&sha, sizeof(h->digest), h->digest);
	h->given = false;
	buf_reset(&h->json);
	buf_need(&h->json, system.len + 32);
	buf_adds(&h->json, "{\"system\":");
	buf_json(&h->json, system.p, system.len);
	buf_adds(&h->json, "}\n");
	pthread_mutex_unlock(&k->lock);
}

void
contexts_alias(struct contexts *k, const struct uuid *id, const struct uuid *call)
{
	struct node *of, *n;

	pthread_mutex_lock(&k->lock);
	of = find(k, call);
	if (of && !find(k, id)) {
		n = xcalloc(1, sizeof(*n));
		n->sibling = of->held->own.sibling;
		of->held->own.sibling = n;
		add_node(k, n, id, of->held);
	}
	pthread_mutex_unlock(&k->lock);
}

void
contexts_drop(struct contexts *k, const struct uuid *call)
{
	struct node *n;

	pthread_mutex_lock(&k->lock);
	n = find(k, call);
	if (n && n == &n->held->own)
		drop_held(k, n->held);
	pthread_mutex_unlock(&k->lock);
}

bool
contexts_has(struct contexts *k, const struct uuid *call)
{
	bool has;

	pthread_mutex_lock(&k->lock);
	has = find(k, call) != NULL;
	pthread_mutex_unlock(&k->lock);
	return has;
}

size_t
contexts_count(struct contexts *k)
{
	size_t n;

	pthread_mutex_lock(&k->lock);
	n = k->calls;
	pthread_mutex_unlock(&k->lock);
	return n;
}

/* ---- giving and receipts ------------------------------------------------------- */

static void
add_receipt(struct contexts *k, const struct receipt *r)
{
	if (k->receipts == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 64;
		k->receipt = xrealloc(k->receipt, k->cap, sizeof(*k->receipt));
	}
	k->receipt[k->receipts++] = *r;
}

bool
contexts_give(struct contexts *k, const struct uuid *id, int64_t now, struct buf *out)
{
	struct node *n;

	pthread_mutex_lock(&k->lock);
	n = find(k, id);
	if (n) {
		buf_add(out, n->held->json.p, n->held->json.len);
		if (!n->held->given) {
			struct receipt r = {.call = n->held->own.id, .at = now};

			memcpy(r.digest, n->held->digest, sizeof(r.digest));
			add_receipt(k, &r);
			n->held->given = true;
		}
	}
	pthread_mutex_unlock(&k->lock);
	return n != NULL;
}

struct receipt *
contexts_receipts(struct contexts *k, size_t *n)
{
	struct receipt *all;

	pthread_mutex_lock(&k->lock);
	all = k->receipts ? k->receipt : NULL;
	*n = k->receipts;
	if (all) {
		k->receipt = NULL;
		k->receipts = k->cap = 0;
	}
	pthread_mutex_unlock(&k->lock);
	return all;
}

void
contexts_give_back(struct contexts *k, const struct receipt *r, size_t n)
{
	pthread_mutex_lock(&k->lock);
	for (size_t i = 0; i < n; i++)
		add_receipt(k, &r[i]);
	pthread_mutex_unlock(&k->lock);
}

int
context_key(const char *text, struct uuid *id)
{
	size_t n;

	text += strspn(text, " \t");
	n = strcspn(text, " \t");
	return text[n + strspn(text + n, " \t")] ? -1 : uuid_parse(text, n, id);
}
