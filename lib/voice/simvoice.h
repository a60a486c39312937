/*
 * simvoice: the simulated switch in this process, as an exchange behind
 * voice.h. Its bytes take the same path as those of a real one (parser,
 * decoder); with a virtual clock a day of calls takes a moment.
 */
#ifndef SIMVOICE_H
#define SIMVOICE_H

#include "simswitch.h"
#include "voice.h"

/* A switch on a loop; outlives the dialers that use it. accounts of the options are not used. */
struct simhost;

struct simhost *simhost_new(struct loop *, const struct sim_options *,
    void (*fact)(void *arg, const struct sim_fact *), void *arg);
void simhost_free(struct simhost *); /* after its voices */

/* VOICE_UP follows from the loop. Closing it leaves its calls on the switch, like a crash would. */
struct voice *simvoice_open(
    struct simhost *, void (*event)(void *arg, const struct voice_event *), void *arg);

#endif
