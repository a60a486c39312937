/*
 * summary: what a model says of a call that is over, held against what was
 * said in it. Every claim names a line of the transcript and words of that
 * line; one that does not is refused with all of the answer. Pure.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

enum outcome {
	OUTCOME_NONE,
	OUTCOME_SUCCESS,
	OUTCOME_CALLBACK,
	OUTCOME_NOT_INTERESTED,
	OUTCOME_WRONG_NUMBER,
	OUTCOME_DO_NOT_CALL,
	OUTCOME_MACHINE,
	OUTCOME_NO_RESPONSE,
	OUTCOME_TECHNICAL,
	OUTCOMES
};

const char *outcome_name(enum outcome);   /* "success" "callback_requested" ...; "" for NONE */
enum outcome outcome_parse(const char *); /* OUTCOME_NONE for null and what is none */

enum {
	SUMMARY_LINES = 1000,      /* of a transcript */
	SUMMARY_BYTES = 128 << 10, /* of all its text */
	SUMMARY_TEXT = 600,        /* bytes of one claim */
	SUMMARY_LIST = 20          /* claims of one kind */
};

/* One utterance; borrowed. */
struct summary_line {
	int64_t at;
	uint64_t key; /* of its event: what the event record names it by */
	bool theirs;  /* of the person who was called */
	const char *text;
};

/* ---- the question ---- */

/* What is said to the model once for all; null-terminated English. */
extern const char summary_system[];
/* The value of response_format. Caller frees. */
json_t *summary_format(void);
/*
 * Appends the user's message. asked names the campaign and, in the person's clock, when the call was:
 * plain words of ours. Each line of the transcript is JSON of its own between marks, which none of it
 * can write.
 */
void summary_question(
    struct buf *, const char *asked, const struct summary_line *, size_t lines);

/* ---- the answer ---- */

/*
 * Whether these words, as they may be written otherwise, stand in the text next to each other: whole words,
 * or characters of a script that has no spaces between them.
 */
bool summary_quotes(const char *text, const char *words);

/*
 * Whether words, and those that say when (or null), ask for another call: they speak of calling, and of a
 * time or of doing it again, in one of the languages that are known here (English, Hindi in two scripts,
 * Spanish, French, German, Italian), without a no, a who or a why. All else is for a person to read.
 */
bool summary_asks(const char *words, const char *time);
/* Whether a no, a who or a why stands in the text close before the words that were taken from it. */
bool summary_doubts(const char *text, const char *words);

struct summary_callback {
	char time[20]; /* as the model has it, by the person's clock; empty: none was said */
	int64_t line;  /* of the transcript, from 1; its event, and its words that say so */
	uint64_t of;
	char words[SUMMARY_TEXT + 1];
};

/*
 * Reads an answer and appends the event's members ("outcome", "said", "summary", "points", ...) to
 * out, which holds a record that was begun, all but the callback's instant; *outcome and callback are
 * set. DATAERR: which claim is wrong and why. Nothing is appended then.
 */
int summary_answer(const char *answer, const struct summary_line *, size_t lines,
    struct buf *out, enum outcome *, struct summary_callback *, struct fault *);

/* ---- the event ---- */

/* What a claim rests on. */
struct summary_said {
	uint64_t of;       /* the utterance */
	const char *words; /* which of its words; null: nothing was said */
};

/* What a summary event says that has consequences; borrowed from the tree. */
struct summary {
	json_t *tree;
	enum outcome outcome;
	struct summary_said said; /* what the outcome rests on */
	struct summary_said time; /* what the time of a callback rests on */
	int64_t callback_at;      /* 0: no instant is known */
	const char *why;          /* then: why; or null */
};

/* Reads the body of one. 0, or -1 with a DATAERR that names the field. Release it after 0. */
int summary_read(const char *body, size_t len, struct summary *, struct fault *);
void summary_release(struct summary *);

#endif
