/*
 * api: what the handlers under /api/v1 share: parameters, queries, bodies,
 * lists that are read by pages. All of it in the main loop.
 */
#ifndef API_H
#define API_H

#include <jansson.h>

#include "calls.h"
#include "campaigns.h"
#include "people.h"
#include "web_parts.h"

enum {
	API_PAGE = 100,
	API_PAGE_MAX = 1000,
	API_BYTES = 1 << 20 /* a list ends behind so many, whatever its limit */
};

/* Each of these answers the request where it returns -1 (and the handler returns 0). */

/* Parameter i of the path as text or as an id; 404 if it is none. */
int api_text(struct request *, int i, struct buf *);
int api_id(struct request *, int i, int64_t *);
/* 400 for a key of the query that is not in the null-terminated list. */
int api_known(struct request *, const char *const *keys);
/* The value of a key: 1, 0 absent, -1. */
int api_query(struct request *, const char *key, struct buf *);
int api_query_int(
    struct request *, const char *key, int64_t min, int64_t max, int64_t *); /* absent: kept */
/* Whose national numbers are read: the query's region, else the settings'; null: nobody's. text keeps it. */
int api_region(struct request *, struct buf *text, const char **region);
/* "after" and "limit" of a list by ids. */
int api_page(struct request *, int64_t *after, int64_t *limit, int64_t most);
/*
 * The body as a JSON object with no keys but these (null: any); an empty body is an empty object. Caller
 * frees; null if it is answered (400, 422).
 */
json_t *api_body(struct request *, const char *const *keys);

/* These return 1 found, 0 answered 404, -1 with a fault. */
int api_campaign(struct request *, struct campaign *, struct fault *); /* parameter 0 */
int api_person(struct request *, struct person *, struct fault *);     /* parameter 0 */

int api_call(struct request *, struct order *, struct fault *); /* parameter 0; not a claim */

/*
 * Inside a transaction: the contact that the object is, found by its source and key or stored; their wish
 * (do_not_call) is a rule. 0 with the id; -1 DATAERR: what is wrong with it, or that it is known with another
 * number. Fields are added to body.
 */
int api_store_person(
    struct request *, json_t *body, const char *region, int64_t *id, struct fault *);

/* The activation of a campaign, a step a turn; null with a fault. */
struct activating;
struct activating *api_activation(
    struct request *, int64_t campaign, bool except, struct fault *);
/* 1 more remains, 0 it is active or (r->status) the request is answered, -1. */
int api_activation_step(struct request *, struct activating *, int64_t *held, struct fault *);
void api_activation_free(struct activating *); /* null is fine */

/* {"items":[RECORD,...],"next":...}: begin; a record was appended as a line; end. */
void api_list(struct request *);
void api_item(struct request *);
/* next: the value of "after" that asks for what follows, as JSON; null: these were the last. */
void api_list_end(struct request *, const char *next);

/* Rows of the journal as a list's items: api_row takes one, of whoever pages through them. */
struct api_rows {
	struct request *r;
	struct campaign last; /* that of the row before */
	int64_t n;
};
struct entry;
int api_row(void *rows, const struct entry *, struct fault *);

/* The handlers, in the order of the table. */
void campaign_read(struct request *);
int campaign_create(struct request *, struct fault *);
int status_show(struct request *, struct fault *);
int campaign_list(struct request *, struct fault *);
int campaign_show(struct request *, struct fault *);
int campaign_activate(struct request *, struct fault *);
int campaign_pause(struct request *, struct fault *);
int campaign_resume(struct request *, struct fault *);
int campaign_cancel(struct request *, struct fault *);
int campaign_progress(struct request *, struct fault *);
int campaign_targets(struct request *, struct fault *);
int campaign_add(struct request *, struct fault *);
int target_change(struct request *, struct fault *);
int call_list(struct request *, struct fault *);
int call_show(struct request *, struct fault *);
int call_events(struct request *, struct fault *);
int call_ask_hangup(struct request *, struct fault *);
int journal_list(struct request *, struct fault *);
int person_list(struct request *, struct fault *);
void upload_read(struct request *);
int upload_import(struct request *, struct fault *);
int person_export(struct request *, struct fault *);
int person_delete(struct request *, struct fault *);
int person_show(struct request *, struct fault *);
int person_add(struct request *, struct fault *);
int person_change(struct request *, struct fault *);
int plan_start(struct request *, struct fault *);
int dnc_list_rules(struct request *, struct fault *);
int dnc_check(struct request *, struct fault *);
int dnc_add_rule(struct request *, struct fault *);
int dnc_remove_rule(struct request *, struct fault *);

/* openapi.c */
void openapi_get(struct request *);
/* The document, appended. */
void openapi_write(struct buf *, const struct route *, size_t routes);

#endif
