/*
 * simami: the simulated switch's manager interface on a loopback socket. Many
 * sessions at once; one that does not read is cut off, as Asterisk does.
 */
#ifndef SIMAMI_H
#define SIMAMI_H

#include "loop.h"
#include "simswitch.h"

struct simami_options {
	const char *listen; /* "127.0.0.1:PORT" or "[::1]:PORT"; port 0: any */
	uint64_t
	    die_after; /* kills its own process when it has answered so many originates; 0: never */
	uint64_t silent_after; /* says nothing any more after so many; 0: never */
	void *arg;             /* of the callbacks, which may be null */
	void (*put)(void *arg, const char *family, const char *key, const char *value);
	void (*fact)(void *arg, const struct sim_fact *);
};

struct simami;

/* Listens, nothing more: the process may fork before simami_start. Null: CONFIG for an address
 * that is not loopback, UNAVAILABLE if it cannot be bound. */
struct simami *simami_listen(const struct simami_options *, struct fault *);
int simami_port(const struct simami *);
/* A descriptor that listens there, and the port it got; -1 as above. */
int simami_bind(const char *listen, int *port, struct fault *);
/* Serves from the loop on. mono and wall of the options are set here. */
void simami_start(struct simami *, struct loop *, const struct sim_options *);
/* Actions of this process itself, under the first account; said gets what they are answered at once. */
void simami_act(struct simami *, const struct buf *actions, struct buf *said);
/* "core stop gracefully": no new calls; the loop stops when the last has ended. */
void simami_stop_gracefully(struct simami *);
/* Tells the sessions, closes all. Calls end with the process. */
void simami_close(struct simami *);

#endif
