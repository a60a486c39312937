/*
 * httpvoice: an exchange that is told by HTTP: a call is a POST, and what
 * becomes of it comes by webhook into the journal. The posting is done by a
 * child, outreach-post, since libcurl alone would cost the dialer 7 ms at each
 * start; who reads and writes calls is this process alone.
 *
 * The two speak lines of JSON over a socket. A request whose decision is older
 * than DIAL_FRESH_MS when the child comes to it, or when the connection stands,
 * is not sent. If the child ends, what it had under way is not clear.
 */
#ifndef HTTPVOICE_H
#define HTTPVOICE_H

#include "voice.h"

/* As ami_open. VOICE_UP says no more than that requests can be sent. */
struct voice *httpvoice_open(const struct exchange *, struct loop *,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *);

/* For `outreach doctor`: the exchange is asked once whether it answers at all, before VOICE_UP. */
struct voice *httpvoice_probe(const struct exchange *, struct loop *,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *);

/* The child's whole work, on its end of the socket; until the dialer is gone. */
int poster_run(int fd, struct fault *);

#endif
