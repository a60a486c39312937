/*
 * placing: what an exchange that is told by HTTP answered to a call: placed,
 * refused, or not clear, and by which id it knows the call. Pure.
 */
#ifndef PLACING_H
#define PLACING_H

#include <stdbool.h>
#include <stddef.h>

#include "foreign.h"

enum placing {
	PLACING_PLACED,
	PLACING_REFUSED, /* it says that it placed nothing, and will not */
	PLACING_UNCLEAR  /* it may have rung: never sent again but to an idempotent peer */
};

struct placing_reply {
	enum placing said;
	bool alone; /* refused for what is in this request; else the next one would be too */
	bool busy;  /* refused for now: too many requests */
	char alias[FOREIGN_ID_MAX +
	    1];         /* placed: its own id of the call; empty: it gives none */
	char text[200]; /* "HTTP 422 (phone_number is not valid)", no number of a person */
};

/*
 * By the status and the body. Refused are the 4xx that RFC 9110, 6585 and 7725 give to a request that
 * was not carried out; 408, 409, 423 to 425 and every other one are not clear, as is whatever is neither
 * 2xx nor 4xx. The id is call_id, uuid or id of the JSON object, or of its member data or call.
 */
void placing_read(int status, const char *body, size_t len, struct placing_reply *);
/* How many bytes of a sentence that ends in such a text are ours: behind them are the peer's words. */
size_t placing_own(const char *);

#endif
