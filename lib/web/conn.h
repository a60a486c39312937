/*
 * conn: the open connections, so that one which takes too long over a request
 * can be ended. libmicrohttpd's own time-out starts again with every byte, and
 * a byte a second holds a connection for ever.
 */
#ifndef CONN_H
#define CONN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum conn_state {
	CONN_READING, /* between requests, or inside a header */
	CONN_BODY,    /* the header is there */
	CONN_BUSY     /* the request is whole: the delay is ours */
};

struct conn {
	struct conn *next, *prev;
	int fd;
	enum conn_state state;
	int64_t
	    since; /* mono ms, of BODY; of READING: when a header was first seen to have begun, 0 not */
	uint64_t bytes; /* had come when the last request was whole */
};

struct conns {
	pthread_mutex_t lock;
	struct conn *first;
};

void conns_init(struct conns *);
void conns_release(struct conns *);
/* For libmicrohttpd: a connection begins; heap. */
struct conn *conn_open(struct conns *, int fd);
/* It ends; its descriptor is still open. */
void conn_close(struct conns *, struct conn *);
void conn_set(struct conns *, struct conn *, enum conn_state);
/* Shuts down what has been over its header or its body for longer than that; how many. */
int conns_sweep(struct conns *, int64_t header_ms, int64_t body_ms);

#endif
