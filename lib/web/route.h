/*
 * route: which request goes where, as a table: path, methods, on which of our
 * addresses it is answered, who may ask, how long its body may be. Pure.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "fault.h"

struct request;

/* What an address is for; one may be for several. */
enum face {
	FACE_AVR = 1,    /* AVR's containers: webhooks, context by uuid */
	FACE_PEOPLE = 2, /* people and programs: control, data, the page */
	FACE_INSIDE = 4  /* the socket beside the store: are you there? */
};

enum method {
	METHOD_GET = 1, /* HEAD too */
	METHOD_POST = 2,
	METHOD_PUT = 4,
	METHOD_PATCH = 8,
	METHOD_DELETE = 16,
	METHOD_OTHER = 32
};

enum route_auth {
	AUTH_NONE,
	AUTH_SECRET,  /* the webhook secret, which opens nothing else */
	AUTH_VIEWER,  /* a token that may look */
	AUTH_OPERATOR /* a token that may act */
};

enum { ROUTE_MEMORY = 2 << 20 };
enum { ROUTE_PARAMS = 4, ROUTE_TARGET_MAX = 4096 };

/* What serve returns beside -1. */
enum {
	SERVE_DONE,
	SERVE_AGAIN, /* it is called again behind what waits */
	SERVE_LATER, /* it is kept: server_answered comes when it comes */
	SERVE_PIECE /* out is a piece of the answer: it is called again, with out empty, once that has left */
};

/* One path. Exactly one of handle, apply and serve is set, or handle and one of the others. */
struct route {
	const char *path; /* "/api/v1/campaigns/{name}": {...} is one segment, not empty */
	unsigned methods, faces;
	enum route_auth auth;
	size_t body_max;  /* bytes; 0: no body is taken; over ROUTE_MEMORY: it is in a file */
	const char *type; /* the media type that a body must have; null: any */
	/*
	 * In the HTTP thread, when the request is whole: answers it or, by leaving it unanswered,
	 * passes it on to apply or serve. It must not touch the store.
	 */
	void (*handle)(struct request *);
	/*
	 * In the main loop, in the transaction that all requests share that came together: the
	 * answer leaves behind the commit. -1 with a DATAERR refuses this one alone (422), and so
	 * does our bug (SOFTWARE, 500), there or in the commit; any other fault is everybody's
	 * (503). It may run again after a rollback.
	 */
	int (*apply)(struct request *, struct fault *);
	/*
	 * In the main loop, outside of any transaction, for at most 50 ms. One of SERVE_, or -1 with the
	 * fault that is the answer.
	 */
	int (*serve)(struct request *, struct fault *);
};

struct route_found {
	const struct route *route; /* null: none */
	unsigned allow; /* methods that the path has here; 0: there is no such path */
	struct slice param[ROUTE_PARAMS]; /* as they came; see route_text */
	size_t params;
	struct slice query; /* behind the ?, as it came */
};

enum method method_parse(const char *); /* HEAD is GET */
/* "GET, HEAD, POST", into out; returns out. */
char *method_names(unsigned methods, char out[64]);

/*
 * Looks a request target up (RFC 9112 section 3.2: origin-form, or absolute-form without its
 * authority). 0, or -1 if it is no target at all (400).
 */
int route_find(const struct route *, size_t n, unsigned faces, enum method, const char *target,
    struct route_found *);
/* A parameter or the value of a query key, percent-decoded: 0, or -1 if it is no UTF-8 text. */
int route_text(struct slice raw, struct buf *out);
/* The raw value of a key in a query ("a=1&b=2"): 1, 0 absent. */
int route_query(struct slice query, const char *key, struct slice *raw);

#endif
