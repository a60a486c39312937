/*
 * ws: GET /ws, the journal over WebSocket (RFC 6455): a record a message, from
 * the pages that the server-sent events come from (live.h). The main loop sends
 * and receives; frames are libwslay's.
 */
#ifndef WS_H
#define WS_H

#include <stddef.h>

struct buf;
struct fault;
struct request;
struct sockets;
struct web;

struct sockets *sockets_new(struct web *, struct fault *); /* null: fault */
void sockets_free(struct sockets *);
/* Tells every client that the server goes away, and those that come. */
void sockets_close(struct sockets *);
/* In the main loop, some times a second: rows that came, pings, clients that take or say nothing. */
void sockets_tick(struct sockets *);
/* Ends the streams of tokens that are none any more. */
void sockets_check(struct sockets *);

/* Appends one text message as a server sends it. */
void ws_frame(struct buf *, const char *text, size_t len);
/* The answer to Sec-WebSocket-Key (RFC 6455 section 4.2.2); -1 if that is no 16 bytes in base64. */
int ws_accept(const char *key, char accept[29]);

/* GET /ws, in the HTTP thread. */
void ws_open(struct request *);

#endif
