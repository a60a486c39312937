/*
 * clock: the only place that asks the system for the time. Three sources hide
 * behind two calls: the real clocks, OUTREACH_NOW (standing still or running
 * faster from an origin all processes share), and virtual time moved by hand.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "fault.h"
#include "mem.h"
#include "num.h"

enum { SCALE_MAX = 1000000 };

/* Virtual time starts here, away from zero, which callers use for "never". */
static const int64_t VIRTUAL_START = 1000000;

static struct {
	enum { REAL, STILL, SCALED, VIRTUAL } kind;
	int64_t wall;   /* STILL, VIRTUAL: now; SCALED: at the origin */
	int64_t mono;   /* VIRTUAL: now */
	int64_t origin; /* SCALED: CLOCK_MONOTONIC in ms */
	int64_t scale;
	int injected;
} clk = {.scale = 1};

static int64_t
real_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_real_us(void)
{
	return real_us(CLOCK_MONOTONIC);
}

/* Microseconds are scaled before they are cut, or a factor of 60 would tick in steps of 60 ms. */
static int64_t
scaled_ms(void)
{
	return (int64_t)((__int128)(clock_real_us() - clk.origin * 1000) * clk.scale / 1000);
}

int64_t
clock_wall(void)
{
	switch (clk.kind) {
	case STILL:
	case VIRTUAL: return clk.wall;
	case SCALED: return clk.wall + scaled_ms();
	case REAL: break;
	}
	return real_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_mono(void)
{
	if (clk.kind == VIRTUAL)
		return clk.mono;
	if (clk.kind == SCALED)
		return clk.origin + scaled_ms();
	return clock_real_us() / 1000;
}

/* Splits "INSTANT*SCALE@ORIGIN" in place. */
static int
parse_scaled(char *text, struct fault *f)
{
	char *star = strchr(text, '*'), *at;

	if (!star)
		return 0;
	*star++ = '\0';
	at = strchr(star, '@');
	if (!at)
		return fault(f, CONFIG,
		    "OUTREACH_NOW: a factor needs an origin, INSTANT*60@ORIGIN (outreach now INSTANT*60 gives it)");
	*at++ = '\0';
	if (num_parse("factor", star, 1, SCALE_MAX, &clk.scale, f) < 0 ||
	    num_parse("origin", at, 0, INT64_MAX / 1000, &clk.origin, f) < 0)
		return fault_in(f, "OUTREACH_NOW");
	return 1;
}

int
clock_init(struct fault *f)
{
	const char *now = getenv("OUTREACH_NOW");
	char *text;
	int scaled, status = 0;

	if (!now || !*now)
		return 0;
	text = xstrdup(now);
	scaled = parse_scaled(text, f);
	if (scaled < 0) {
		status = -1;
	} else if (num_instant("instant", text, &clk.wall, f) < 0) {
		status = fault_in(f, "OUTREACH_NOW");
	} else {
		clk.kind = scaled ? SCALED : STILL;
		clk.injected = 1;
	}
	if (status < 0) {
		f->code = CONFIG;
		clk.scale = 1;
	}
	free(text);
	return status;
}

int
clock_is_injected(void)
{
	return clk.injected;
}

int64_t
clock_scale(void)
{
	return clk.kind == SCALED ? clk.scale : 1;
}

void
clock_virtual(int64_t wall_ms)
{
	if (clk.kind != VIRTUAL)
		clk.mono = VIRTUAL_START;
	clk.kind = VIRTUAL;
	clk.wall = wall_ms;
}

void
clock_advance(int64_t mono_ms)
{
	if (mono_ms <= clk.mono)
		return;
	clk.wall += mono_ms - clk.mono;
	clk.mono = mono_ms;
}

int
clock_is_virtual(void)
{
	return clk.kind == VIRTUAL;
}
