/*
 * request: one HTTP request as its handler sees it, and the ways to answer it.
 * It belongs to one thread at a time: the HTTP thread until handle returns
 * without an answer, the main loop until server_answered, then the first again.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "fault.h"
#include "route.h"

struct server;
struct MHD_Connection;

enum { REQUEST_FIELDS = 8 };

struct request {
	void *web; /* the caller's, from server_options */
	struct server *server;
	const struct route *route;
	enum method method;
	unsigned faces;     /* of the address that it came to */
	bool local;         /* nobody outside this machine reaches that */
	bool unix_socket;   /* and it is a Unix socket */
	const char *target; /* as it came */
	struct slice param[ROUTE_PARAMS], query;
	struct buf body;
	int file; /* a temporary file with the body, if that may be long (ROUTE_MEMORY); else -1 */
	size_t file_len; /* of it */
	unsigned char
	    token[32];   /* the hash of what was shown, once authorised by it; else zeros */
	char actor[128]; /* who asks, once authorised by a token; else empty */
	bool may_act;    /* as an operator */
	bool unproven;   /* who sends a body has shown nothing yet that says who it is */

	/* The handler's own, until the request is forgotten. */
	void *data;
	void (*release)(void *data);

	bool fresh;       /* it told of something new */
	int64_t whole_us; /* when it was whole; 0 it never was */

	/* The answer: status 0 until there is one. */
	int status;
	const char *type; /* media type of out */
	struct buf out;
	struct {
		const char *name;
		char *value; /* heap */
	} field[REQUEST_FIELDS];
	int fields;
	/*
	 * Set: the answer has no end of its own. In the HTTP thread: bytes for to, 0 after
	 * server_pause, -1 that was all.
	 */
	ssize_t (*stream)(struct request *, char *to, size_t max);
	bool close; /* the connection ends behind it */
	/*
	 * Set, with status 101: the connection is handed over. In the HTTP thread; fd is the taker's until
	 * server_hand_back(hold). in: what came behind the request already.
	 */
	void (*taken)(struct request *, int fd, void *hold, const void *in, size_t n);
	/*
	 * The answer comes in pieces (route.h, SERVE_PIECE); how far of the one in out was sent. In the
	 * hands of one thread as the rest is.
	 */
	enum request_flow { FLOW_NONE, FLOW_MORE, FLOW_LAST, FLOW_BROKEN } flow;
	size_t sent;

	/* The server's. */
	struct request *next;
	struct MHD_Connection *connection;
	struct conn *conn;
	int state;
	size_t discarded; /* of a body that is longer than the route takes */
};

/* A field of the header, or null; in the HTTP thread alone. */
const char *request_field(const struct request *, const char *name);

/* The answer is what was written to out, as JSON. */
void request_json(struct request *, int status);
/* The answer is a problem (RFC 9457): {"type","title","status","detail"}; what was in out is dropped. */
void request_problem(struct request *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A problem from a fault: DATAERR 422, NOINPUT 404, REFUSED 409, TEMPFAIL and IOERR 503 with Retry-After, else 500. */
void request_fault(struct request *, const struct fault *);
/* One more field for the answer's header; name is a literal. */
void request_add(struct request *, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Nothing of an answer remains (after a rollback, and in the end). */
void request_unanswer(struct request *);
/*
 * The fault is the answer; where a piece of one has left already the connection is cut, so that nobody
 * takes what came for all of it.
 */
void request_give_up(struct request *, const struct fault *);

#endif
