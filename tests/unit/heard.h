/*
 * heard: a store with a call that is open, and what is said in it, for the
 * tests of what comes of words.
 */
#ifndef HEARD_H
#define HEARD_H

#include <sys/mman.h>

#include <stdlib.h>
#include <unistd.h>

#include "additions.h"
#include "calls.h"
#include "ground.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "outside.h"
#include "people.h"
#include "plan.h"
#include "schedule.h"
#include "store_parts.h"
#include "tap.h"

#define AVR   "7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a11"
#define PHONE INT64_C(442079460600)
#define AT(s) "\"timestamp\":\"2026-03-02T09:15:" s ".000Z\""
#define SAYS(role, at, text)                                    \
	"{\"uuid\":\"" AVR "\",\"type\":\"transcription\"," AT( \
	    at) ",\"payload\":{\"role\":\"" role "\",\"text\":\"" text "\"}}"

static struct foreign fo;
static char initiated[400];

/* ---- a store with a call ----------------------------------------------------------- */

static int64_t
campaign_of(struct db *db, const char *name, const char *more, const int64_t *people, size_t n)
{
	char *text = xasprintf("{\"name\":\"%s\",\"template\":\"Hello.\"," PLAN_ALWAYS
			       ",\"assume_timezone\":\"Etc/UTC\"%s}",
	    name, more);
	json_t *file = json_read("campaign", text, strlen(text), &f);
	enum apply_change change;
	struct campaign c;
	int64_t obstacles;
	size_t added;

	must(campaigns_apply(db, file, &change, NULL, &f), "a campaign is applied");
	campaigns_need(db, name, &c, &f);
	db_begin(db, &f);
	must(additions_put(db, c.id, people, n, &added, NULL, NULL, &f), "people are added");
	db_commit(db, &f);
	campaigns_need(db, name, &c, &f);
	must(campaigns_activate(db, &c, false, NULL, NULL, NULL, &obstacles, &f),
	    "it is activated");
	json_decref(file);
	free(text);
	return c.id;
}

static int64_t
person(struct db *db, const char *key, int64_t phone)
{
	struct person p = {.source = "test",
	    .key = key,
	    .name = "Asha Rao",
	    .priority = INT64_MIN,
	    .phones = 1,
	    .phone = {phone}};
	enum people_change change;

	db_begin(db, &f);
	must(people_put(db, &p, &change, &f), "a person");
	db_commit(db, &f);
	return p.id;
}

static struct uuid
call_of(struct db *db, int64_t campaign)
{
	struct campaign c;
	struct claim claim;
	enum claim_end end;
	struct intent in = {
	    .owner = "owner", .exchange = "web", .simulated = true, .posted = true};
	size_t n;

	campaigns_by_id(db, campaign, &c, &f);
	must(schedule_claim(db, &c, 1, &claim, &n, &end, NULL, &f), "somebody is claimed");
	in.id = claim.call;
	must(calls_intend(db, &in, 1, &f), "and intended");
	is_int(in.result, INTENT_OK, "which is fine");
	return claim.call;
}

/* One person in a campaign, whose call is open. */
static struct uuid
prepare(struct db *db, const char *name, const char *more)
{
	char id[37];
	struct uuid call;
	int64_t who;

	fresh(db, name);
	who = person(db, "a", PHONE);
	call = call_of(db, campaign_of(db, "hello", more, &who, 1));
	snprintf(initiated, sizeof(initiated),
	    "{\"uuid\":\"" AVR
	    "\",\"type\":\"call_initiated\"," AT("04") ",\"payload\":{\"uniqueid\":\"%s\"}}",
	    uuid_text(&call, id));
	return call;
}

static int
apply(struct db *db, const char *json)
{
	int fd = memfd_create("event", MFD_CLOEXEC), got;
	struct ndjson in;
	struct rec rec;

	if (fd < 0 || write(fd, json, strlen(json)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	ndjson_init(&in, fd, "t");
	got = ndjson_next(&in, &rec, &f);
	if (got > 0)
		got = foreign_read(&rec, 1000, &fo, &f);
	if (got > 0)
		got = outside_apply(db, &fo, &f);
	ndjson_release(&in);
	close(fd);
	return got;
}

static int
apply_alone(struct db *db, const char *json)
{
	int got;

	db_begin(db, &f);
	got = apply(db, json);
	return db_commit(db, &f) < 0 ? -1 : got;
}

#endif
