/*
 * server: HTTP/1.1 by libmicrohttpd. One thread an address reads, guards,
 * routes and answers; what needs the store waits, suspended, in a queue that
 * the main loop empties. Nothing here knows what a route is about.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "listen.h"
#include "request.h"
#include "tls.h"

struct server;

struct server_options {
	const struct route *route;
	size_t routes;
	void *web;             /* request.web */
	const struct tls *tls; /* for addresses that speak it, if there are any */
	/*
	 * Whether the request may do what its route does: 0, or the status of the answer (401, 403).
	 * Called when the header is there, and again, whole, with the body. In the HTTP thread.
	 */
	int (*authorise)(struct request *, bool whole);
	/* The request is over, answered or not, and took so long since it was whole (-1: it never was). In the HTTP thread; may be null. */
	void (*over)(const struct request *, int64_t took_us);
	int connections; /* at the same time on one address; more wait in the kernel. 0: 2,000 */
	int header_s;    /* a header must be whole so long after its first byte. 0: 10 */
	int body_s;      /* and the body so long after the header. 0: 30 */
	int idle_s;      /* a connection that says nothing. 0: 75 */
	size_t
	    bodies; /* bytes of all bodies in memory together, half of them of strangers; what is over is answered 503. 0: 32 MiB */
};

struct server *server_open(const struct server_options *, struct fault *); /* null: fault */
/* Serves on one more address, whose descriptor it takes (fd becomes -1). With tls, options.tls is there. */
int server_listen(struct server *, struct listen *, struct fault *);
/* Becomes readable when a request waits for the main loop. */
int server_fd(const struct server *);
/* How many requests wait. */
size_t server_waiting(struct server *);
/* Every request that waits, linked by next, in the order of arrival; null: none. */
struct request *server_take(struct server *);
/* A request that was taken has its answer: it leaves. */
void server_answered(struct server *, struct request *);
/* Inside request.stream: it is not asked for more until server_continue (of any thread). */
void server_pause(struct request *);
void server_continue(struct request *);
/* Ends the connection of a stream whose reader does not read, or of a request that was handed over. */
void server_cut(struct request *);
/* A descriptor of one's own of the request's connection, to see it end; -1 if there is none. */
int server_watch(const struct request *);
/*
 * Ends a connection that was handed over (request.taken); any thread. The request is gone then. What was
 * written leaves within the time of a body, or never; server_cut before it: never.
 */
void server_hand_back(struct request *, void *hold);
/* Closes connections whose request is too slow; to be called about once a second. */
void server_sweep(struct server *);
/* No further connection and no further request; what is under way goes on. */
void server_quiesce(struct server *);
/* How many requests are under way, written answers included. */
int server_active(struct server *);
/* Ends the threads; call it when nothing is under way, or what is may be cut. */
void server_close(struct server *);

#endif
