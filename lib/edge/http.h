/*
 * http: requests to HTTP servers over libcurl's multi interface, driven by the
 * tool's loop. Connections are kept and used again; HTTP/2 where a TLS server
 * offers it. Only http and https, no redirect is followed, every reply has a
 * limit in size and time. A tool that uses this links libcurl.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "loop.h"

struct http;
struct http_call; /* one request under way; dead once done was called */

/* What came back, all of it borrowed until done returns. */
struct http_reply {
	int status;       /* 200 ...; 0: no whole reply came, why says it */
	const char *body; /* NUL-terminated; empty where part took it */
	size_t len;
	const char *headers; /* "Name: value" lines of the last reply, ended by \r\n */
	bool unsent;         /* no byte of the request can have reached the server */
	struct fault why;    /* status 0: TEMPFAIL, or CONFIG for a URL that is none */
};

struct http_request {
	const char *url, *method;  /* method null: POST with a body, else GET */
	const char *const *header; /* null-terminated "Name: value", or null */
	const char *body;          /* copied; null: none */
	size_t len;
	int64_t timeout_ms; /* of the whole exchange, real time */
	/*
	 * What must not be done twice: a connection of its own, as libcurl sends a request again whose kept
	 * connection ends without an answer, and HTTP/1.1, as it does so for a refused stream of HTTP/2.
	 */
	bool once;
	int64_t connect_ms; /* until the connection stands; 0: the usual 10 s */
	size_t max_reply;   /* bytes of a body; more is a fault */
	/* Gets the body as it comes; not 0 ends the call. Null: it is gathered for done. */
	int (*part)(void *arg, const char *, size_t);
	/* Once, always: after http_send has returned and before http_free returns. May send again. */
	void (*done)(void *arg, const struct http_reply *);
	void *arg;
};

/* connections: at most so many at the same time. Null with an OSERR. */
struct http *http_new(struct loop *, int connections, struct fault *);
/* Calls that are under way end with status 0. */
void http_free(struct http *);

/* Starts one. Null: CONFIG (a control character in the URL or a header), OSERR; done is not called then. */
struct http_call *http_send(struct http *, const struct http_request *, struct fault *);
/* Ends a call: done gets status 0 before this returns. */
void http_cancel(struct http *, struct http_call *);

/* The value of a header of the reply, in out; 1, 0 it is not there. Names in any case (RFC 9110 5.1). */
int http_header(const struct http_reply *, const char *name, char *out, size_t);

#endif
