/*
 * voice: which way an exchange is spoken to.
 */
#include "httpvoice.h"

struct voice *
voice_open(const struct exchange *x, struct loop *loop,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *f)
{
	return x->http ? httpvoice_open(x, loop, event, arg, f)
		       : ami_open(x, loop, event, arg, f);
}
