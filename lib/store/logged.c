/*
 * logged: rows keep ids; their readers want names.
 */
#include <stdio.h>
#include <string.h>

#include "logged.h"
#include "mem.h"
#include "num.h"
#include "word.h"

/* Of calls more: a note has the word that its sender gave it. */
static const struct {
	const char *of, *word[12];
} kinds[] = {
    {"call", {NULL}},
    {"campaign", {"activated", "added", "applied", "cancelled", "paused", "resumed", NULL}},
    {"consent", {"given", "revoked", NULL}},
    {"contact", {"deleted", "forgotten", "put", "wrong_number", NULL}},
    {"context",
	{"approved", "dropped", "edited", "made", "rejected", "served", "summarized",
	    "unwritten", "written", NULL}},
    {"dnc",
	{"added", "awaited", "imported", "lifted", "list_removed", "optout", "removed",
	    "reviewed", NULL}},
    {"import", {"done", NULL}},
    {"note", {"put", "removed", NULL}},
    {"number", {"changed", "left", "unknown", NULL}},
    {"retention", {"done", NULL}},
    {"store", {"adopted", "created", "renumbered", "resumed", "stopped", NULL}},
    {"target", {"callback", "held", "priority", "released", "requeued", NULL}},
    {"token", {"added", "removed", NULL}},
    {"zones", {"stated", NULL}},
};

int
logged_check(const char *option, const char *kind, struct fault *f)
{
	const char *of[COUNT(kinds) + 1] = {NULL};
	char name[80], first[32];
	size_t len = strcspn(kind, "."), i = 0;

	snprintf(first, sizeof first, "%.*s", (int)(len < 31 ? len : 31), kind);
	for (size_t k = 0; k < COUNT(kinds); k++)
		of[k] = kinds[k].of;
	if (word_check(option, first, of, f) < 0)
		return -1;
	while (strcmp(kinds[i].of, first) != 0)
		i++;
	if (!kind[len] || i == 0)
		return 0;
	snprintf(name, sizeof name, "%.40s %s.", option, first);
	return word_check(name, kind + len + 1, kinds[i].word, f);
}

static int
campaign_member(
    struct buf *b, struct db *db, int64_t id, struct campaign *last, struct fault *f)
{
	if (!id)
		return 0;
	if (last->id != id && campaigns_by_id(db, id, last, f) < 0)
		return -1;
	if (last->id == id)
		buf_member(b, "campaign", last->name);
	return 0;
}

int
logged_record(struct buf *b, struct db *db, const struct entry *e, struct campaign *last,
    bool with_body, struct fault *f)
{
	char at[32], call[37];

	buf_adds(b, "{\"type\":\"journal\",\"v\":1");
	buf_member_i(b, "seq", e->seq);
	buf_member_i(b, "txn", e->txn);
	buf_member(b, "at", num_instant_text(e->at, at));
	buf_member(b, "kind", e->kind);
	buf_member(b, "call", e->call ? uuid_text(e->call, call) : NULL);
	if (campaign_member(b, db, e->campaign, last, f) < 0)
		return -1;
	if (e->contact)
		buf_member_i(b, "contact", e->contact);
	buf_member(b, "actor", e->actor);
	buf_member(b, "source", e->source);
	if (e->fact) {
		buf_key(b, "fact");
		buf_adds(b, e->fact);
	}
	if (e->body && with_body) {
		buf_key(b, "body");
		buf_adds(b, e->body);
	}
	if (e->erased)
		buf_adds(b, ",\"erased\":true");
	buf_adds(b, "}\n");
	return 0;
}
