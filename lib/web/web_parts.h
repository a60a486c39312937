/*
 * web_parts: what the files of lib/web share: the application around the server.
 * Nobody else includes it.
 */
#ifndef WEB_PARTS_H
#define WEB_PARTS_H

#include <stdatomic.h>

#include "bearers.h"
#include "confined.h"
#include "contexts.h"
#include "control.h"
#include "dialers.h"
#include "leftover.h"
#include "live.h"
#include "loop.h"
#include "metrics.h"
#include "request.h"
#include "secrets.h"
#include "server.h"
#include "speech.h"
#include "ws.h"
#include "web.h"

struct web {
	struct web_options o;
	struct db *db; /* the main loop's alone */
	struct loop *loop;
	struct server *server;
	struct secrets secrets; /* of webhooks; only read once the server runs */
	struct contexts *contexts;
	struct bearers *bearers;
	bool bearers_old;     /* tokens may have changed since they were read */
	char actor[128];      /* who runs this process: db->actor while nobody else acts */
	struct request *jobs; /* go on step by step, linked by next */
	struct loop_timer *job_timer;
	struct upload *upload; /* that is being imported; one at a time */
	size_t together;       /* requests of the last group */
	int64_t seq;           /* of the journal, up to which contexts are followed */
	bool missed;           /* inside context_follow */
	struct live *live;
	struct dialers *dialers; /* null: the settings want none */
	struct sockets *ws;
	struct speeches *speeches;
	struct metrics *metrics;
	struct listen inside;    /* the socket beside the store */
	struct owner only;       /* one server a store */
	struct leftover sockets; /* our Unix sockets, removed when we end */
	struct confined confined;
	struct tls tls;
	bool cut_off; /* the store's journal is no more within reach */
	struct loop_timer *tick;
	int64_t ticks;
	_Atomic int64_t beat_us; /* when the main loop last turned */
	atomic_bool store_bad;   /* the last transaction failed */
	const char *_Atomic
	    why_not; /* the store cannot be written now; null: it can, as far as is known */
	bool stopping;
	int64_t stop_by; /* mono */
};

/* web.c: a line for people, without a newline */
void web_word(const struct web *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* routes.c: the table */
extern const struct route web_routes[];
extern const size_t web_route_count;

/* auth.c: reads the tokens of the store. */
int auth_load(struct web *, struct fault *);

/*
 * confine.c: gives up what is not needed any more, as the settings say. CONFIG if they require what the
 * kernel has not.
 */
int confine(struct web *, struct fault *);

/* group.c: answers all of them. */
void group_run(struct web *, struct request *list);
/* Answers those that still go on: the server stops. */
void group_end(struct web *);
/* Commits receipts that wait for no group: whether some were, and not all, for want of time. */
bool group_receipts(struct web *);

/* alive.c */
void alive_healthz(struct request *);
void alive_readyz(struct request *);
/* Why events cannot be taken now; null: they can. Any thread. */
const char *alive_why(struct web *);
/* In the main loop, about once a second: looks whether the store can be written. */
void alive_look(struct web *);

/* page.c: its files, as the Makefile made them of lib/web/page */
void page_index(struct request *);
void page_file(struct request *);

/* webhook.c */
void webhook_read(struct request *);
int webhook_apply(struct request *, struct fault *);

/* upload.c: ends the import that runs, which is no loss: sent again it goes on. */
void upload_end(struct web *);

/* context.c */
void context_get(struct request *);
int context_find(struct request *, struct fault *);
int context_load(struct web *, const struct uuid *call, struct fault *);
int context_load_all(struct web *, struct fault *);
void context_follow(struct web *); /* what other processes did since */
int context_receipt(struct web *, const struct receipt *, struct fault *);

/* auth.c: see server_options.authorise */
int auth_request(struct request *, bool whole);
/* Whether who asks may look, where the route asks nobody: 0, else answered. In the HTTP thread. */
int auth_looks(struct request *);
/*
 * Whether a stream may begin by what was shown (null: nothing), never for a page of another site: 0; 1
 * its first message must show a token; else the status of the answer. In the HTTP thread.
 */
int auth_socket(struct request *, const char *shown);
/* Whether a stream that was let in by that token, or by none (zeros), may go on. */
bool auth_holds(struct web *, const unsigned char token[TOKEN_HASH]);

#endif
