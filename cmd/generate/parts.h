/*
 * parts: what the two halves of the engine know of a record and of a run: the
 * question (engine.c) and what becomes of its answer (answer.c).
 */
#ifndef GENERATE_PARTS_H
#define GENERATE_PARTS_H

#include "check.h"
#include "crowd.h"
#include "engine.h"
#include "question.h"

/* What the contexts of a campaign have in common beside (desk_setup). */
struct shared {
	struct buf notes;
	struct check *check;
};

/* One record's. */
struct own {
	struct subject s;
	struct desk *desk;
	bool fallback;   /* the template makes it, whatever the model did */
	bool unanswered; /* it was asked */
	bool stale;      /* the answer is to a question that would be another one now */
	int64_t about;   /* siblings_digest of whom it is about, as they were */
	unsigned char input[WRITTEN_HASH]; /* of the question */
	char *known;                       /* what the answer may draw on */
	struct buf made; /* the record as it leaves, where a stored context is current */
	char *context, *system_message; /* of an answer that passed */
};

struct generator {
	struct maker *maker;
	void (*say)(const char *); /* a line for people */
	struct generate_count *count;
	struct question question;
	struct crowd *crowd;
	int crowd_size;
};

static inline const struct plan *
plan_of(const struct own *own)
{
	return desk_setup(own->desk)->plan;
}

static inline const struct shared *
shared_of(const struct own *own)
{
	return desk_setup(own->desk)->own;
}

/* The messages and their hash, in the generator's question: 0, 1 it cannot be asked and why, -1; f either way. */
int generate_prepare(struct ask *, struct own *, struct fault *);

/* As ask_said: what an answer becomes, and what a record without one. */
enum ask_said generate_accept(
    struct ask *, struct ask_item *, const char *text, struct fault *);
enum ask_said generate_unanswered(struct ask *, struct ask_item *, struct fault *);
/* The person is held for what its record failed by. */
int generate_refuse(struct ask *, struct ask_item *, struct fault *);

#endif
