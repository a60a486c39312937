/*
 * Fuzz target: any actions, at any pace, to a switch with one session logged
 * in; whatever it says must be whole messages that our own parser takes.
 */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simswitch.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct ami_msg msg, said;

static void
on_send(void *arg, void *peer, const char *bytes, size_t len)
{
	struct fault f;

	ami_parser_feed(peer, bytes, len);
	while (ami_parser_next(peer, &said, &f) > 0)
		assert(ami_get(&said, "Event") != NULL || ami_get(&said, "Response") != NULL);
	assert(ami_parser_next(peer, &said, &f) == 0);
}

static void
on_end(void *arg, void *peer)
{
	*(bool *)arg = true;
}

static void
take(struct simswitch *sw, struct sim_session *s, struct ami_parser *p, const void *bytes,
    size_t n)
{
	struct fault f;

	ami_parser_feed(p, bytes, n);
	while (ami_parser_next(p, &msg, &f) > 0)
		simswitch_take(sw, s, &msg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char login[] = "Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n";
	static const struct sim_account account = {"u", "s", 0xff, 0xff};
	struct sim_world *world = sim_world_new(1, 3000);
	struct simdb *db = simdb_new();
	struct sim_options opt = {
	    .seed = 1, .world = world, .accounts = &account, .naccounts = 1};
	struct ami_parser actions, answers;
	bool ended = false;
	struct sim_owner owner = {.arg = &ended, .send = on_send, .end = on_end};
	struct simswitch *sw;
	struct sim_session *s;
	int64_t now = 0;

	opt.db = db;
	ami_parser_init(&actions);
	ami_parser_init(&answers);
	sw = simswitch_new(&opt, &owner);
	s = simswitch_connect(sw, &answers);
	take(sw, s, &actions, login, sizeof(login) - 1);
	for (size_t at = 0; at < n && !ended; at += 64) {
		take(sw, s, &actions, data + at, n - at < 64 ? n - at : 64);
		now += data[at] * 8;
		simswitch_run(sw, now, now);
	}
	for (int turns = 0; turns < 10000 && simswitch_due(sw) != INT64_MAX; turns++) {
		if (simswitch_due(sw) > now)
			now = simswitch_due(sw);
		simswitch_run(sw, now, now);
	}
	simswitch_disconnect(sw, s);
	simswitch_free(sw);
	ami_parser_release(&actions);
	ami_parser_release(&answers);
	simdb_free(db);
	sim_world_free(world);
	return 0;
}
