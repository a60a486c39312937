/*
 * simworld: who is at the other end of a number. Each dialled number and call
 * id gives one outcome: by the number's last two digits, or by a seeded mix of
 * shares from a YAML file (outreach-sim(1), MIX FILE). The same seed, number
 * and id always give the same outcome, whatever else is dialled.
 */
#ifndef SIMWORLD_H
#define SIMWORLD_H

#include <stdint.h>

#include "fault.h"

enum sim_end {
	SIM_TALK,      /* answers; the AI's side ends it after talk_ms */
	SIM_CALLEE,    /* answers; the person hangs up after talk_ms */
	SIM_DROPPED,   /* answers; nobody takes the call up, it ends at once with cause 0 */
	SIM_FAIL,      /* a final SIP answer (sip, cause), after ring_ms of ringing */
	SIM_RINGS,     /* rings until somebody gives up */
	SIM_DEAD,      /* nobody listens at the far address */
	SIM_BUSY_TONE, /* the far dialplan runs Busy() */
	SIM_CONGESTION_TONE
};

struct sim_outcome {
	const char *name; /* static */
	enum sim_end end;
	int sip, cause;  /* of SIM_FAIL */
	int64_t ring_ms; /* 0: no ringing is heard before the end */
	int64_t talk_ms;
};

struct sim_world;

/* Outcomes by the last two digits; talk_ms is how long the AI's side talks. */
struct sim_world *sim_world_new(uint64_t seed, int64_t talk_ms);
/* Outcomes by the shares of a file; null with a NOINPUT or CONFIG fault "file:line:col: why". */
struct sim_world *sim_world_load(const char *file, uint64_t seed, struct fault *);
void sim_world_free(struct sim_world *);

/*
 * What happens at number, dialled under this channel id. local: by a dialplan of our own
 * switch and not over a trunk, where 12 and 14 mean Busy() and Congestion().
 */
struct sim_outcome sim_world_outcome(
    const struct sim_world *, const char *number, const char *id, int local);

#endif
