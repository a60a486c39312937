/*
 * ask: records that need a word of a model, many questions under way at the
 * same time, in the order in which they came. Answers are stored as they come
 * (written.h), whatever becomes of their record; a question that was asked
 * before costs nothing. What is asked, and what becomes of an answer, is the
 * caller's to say.
 */
#ifndef ASK_H
#define ASK_H

#include "desk.h"
#include "ndjson.h"

/* One record of the window. */
struct ask_item {
	const struct rec *rec; /* in examine, leave and refuse */
	void *own;             /* the caller's, freed by its release */
	bool
	    answered; /* there was an answer, which is kept: only with again it is another one */
	struct fault why; /* why it is refused */
};

struct ask_question {
	struct desk *desk;
	int64_t contact;
	struct siblings with;      /* whom it speaks of beside the contact */
	bool of_call;              /* about what was said in a call (written.h) */
	const char *system, *user; /* copied */
	unsigned char input[WRITTEN_HASH];
};

enum ask_said {
	ASK_FAULT = -1, /* f says why: it ends the run */
	ASK_SETTLED,    /* nothing is to be asked: leave() has it */
	ASK_IT,         /* the question is filled in */
	ASK_REFUSED     /* item->why says it */
};

/* What a command line says of a run. */
struct ask_options {
	struct desk_terms terms;
	bool keep_going, unordered, dry;
	bool again;                           /* what was asked before is asked anew */
	void (*report)(const struct fault *); /* of a refused record */
};

struct ask {
	struct db *db;
	struct desks *desks; /* made by ask_run; for examine */
	void *ctx;
	/* A campaign's desk, when the first record of it is examined: as desk_kind says. */
	int (*furnish)(struct ask *, struct desk_setup *, struct fault *);
	void (*clear)(void *own); /* or null */
	bool (*mine)(const struct rec *);
	/*
	 * Is nothing to be asked, as is seen at once? Then the record is appended to out as it leaves: 1,
	 * 0 look closer, -1. Looks only; may be null. Not asked with again.
	 */
	int (*current)(struct ask *, const struct rec *, struct buf *out, struct fault *);
	/* May a model be needed for it? Looks only. */
	enum ask_said (*examine)(
	    struct ask *, struct ask_item *, struct ask_question *, struct fault *);
	/* An answer, inside a transaction: ASK_SETTLED, ASK_REFUSED, ASK_FAULT. */
	enum ask_said (*accept)(
	    struct ask *, struct ask_item *, const char *text, struct fault *);
	/* There is no answer (item->why) and none will come: ASK_SETTLED takes the record all the same. May be null. */
	enum ask_said (*unanswered)(struct ask *, struct ask_item *, struct fault *);
	/* Inside a transaction unless dry, in order: what leaves is appended to out. 0, 1 refused (f), -1. */
	int (*leave)(struct ask *, struct ask_item *, struct buf *out, struct fault *f);
	/* The same for one that is refused; nothing leaves. 0 noted, -1. The run reports item->why. */
	int (*refuse)(struct ask *, struct ask_item *, struct fault *f);
	void (*release)(struct ask_item *); /* its own; may be null */
	struct ask_options opt;
	bool made_up; /* the records are the caller's own: none passes through */
};

struct ask_count {
	uint64_t refused,
	    later; /* records; those of them that may go better another time (TEMPFAIL) */
	uint64_t asked, cached; /* questions; answers found */
	uint64_t taken;         /* answers that became what was wanted */
	uint64_t within;        /* asked before one that a budget may not allow; in a dry run */
	struct desk_count spent;
	int signo; /* of the signal that ended it; 0 none */
};

/*
 * Reads records from a descriptor until its end. 0, or -1 with the fault that stopped it: what was paid
 * for is stored, what came before is written. With dry nobody is asked: asked, tokens and cost say what
 * would be, whatever the budgets are.
 */
int ask_run(struct ask *, int fd, const char *file, struct ask_count *, struct fault *);
/* The same over the operands (files, "-"), or standard input if there are none; ends with a signal. */
int ask_files(struct ask *, char *const *files, struct ask_count *, struct fault *);
/*
 * The exit code of runs that came to their end: SOME, or TEMPFAIL if no answer was of use and all that was
 * refused may go better later.
 */
enum code ask_status(const struct ask_count *);

#endif
