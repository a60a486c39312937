/*
 * logged: rows keep ids; their readers want names.
 */
#include "logged.h"
#include "num.h"

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
