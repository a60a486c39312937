/*
 * web: outreach-serve without its command line. The main loop owns the store;
 * requests that need it come from the HTTP threads in a queue, and those that
 * came together share one transaction and one sync.
 */
#ifndef WEB_H
#define WEB_H

#include "db.h"
#include "listen.h"
#include "settings.h"

struct web_options {
	struct db
	    *db; /* open for writing; db->wait_s bounds what a request may wait for its turn */
	const struct settings *settings;
	struct listen *listen; /* the descriptors are taken */
	size_t listens;
	/*
	 * Called once every address is bound, while files may still be made; and once they answer.
	 * -1 with a fault ends it.
	 */
	int (*bound)(void *arg, struct fault *);
	int (*ready)(void *arg, struct fault *);
	void (*turns)(void *arg);    /* about once a second, as long as the main loop does */
	void (*stopping)(void *arg); /* it was told to end */
	void (*word)(void *arg, const char *text); /* worth a line; may be null */
	void *arg;
};

/*
 * Serves until SIGTERM or SIGINT; what is under way is answered first (a second signal cuts it).
 * TEMPFAIL if another one serves this store. 0, or -1 with a fault.
 */
int web_run(const struct web_options *, struct fault *);

#endif
