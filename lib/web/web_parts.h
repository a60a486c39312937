/*
 * web_parts: what the files of lib/web share: the application around the server.
 * Nobody else includes it.
 */
#ifndef WEB_PARTS_H
#define WEB_PARTS_H

#include <stdatomic.h>

#include "control.h"
#include "loop.h"
#include "request.h"
#include "secrets.h"
#include "server.h"
#include "web.h"

struct web {
	struct web_options o;
	struct db *db; /* the main loop's alone */
	struct loop *loop;
	struct server *server;
	struct secrets secrets; /* of webhooks; only read once the server runs */
	struct owner only;      /* one server a store */
	struct loop_timer *tick;
	int64_t ticks;
	_Atomic int64_t beat_us; /* when the main loop last turned */
	atomic_bool store_bad;   /* the last transaction failed */
	bool stopping;
	int64_t stop_by; /* mono */
};

/* web.c: a line for people, without a newline */
void web_word(const struct web *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* routes.c: the table */
extern const struct route web_routes[];
extern const size_t web_route_count;

/* group.c: answers all of them. */
void group_run(struct web *, struct request *list);

/* alive.c */
void alive_healthz(struct request *);
void alive_readyz(struct request *);

/* webhook.c */
void webhook_read(struct request *);
int webhook_apply(struct request *, struct fault *);

/* auth.c: see server_options.authorise */
int auth_request(struct request *, bool whole);

#endif
