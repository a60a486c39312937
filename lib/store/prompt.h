/*
 * prompt: what the AI is told before a call. The campaign's template is filled
 * with what the store knows of the person; nothing comes from a pipe.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "buf.h"
#include "campaign.h"
#include "people.h"
#include "siblings.h"
#include "template.h"

enum {
	PROMPT_MAX = 32 << 10, /* bytes of a context */
	PROMPT_FIELDS = 100
};

/* Why a target is held when its context cannot be made starts with this; a context made later releases it. */
#define PROMPT_HELD "context: "
bool prompt_is_held(const char *held); /* by such a reason; empty: not held at all */

/* The texts, and the template compiled last. Zero it first; its memory serves from person to person. */
struct prompt {
	struct buf context, system_message;
	json_t *siblings; /* for the next prompt_make; or null */
	json_t *
	    fields; /* null, or an object that gathers the names that prompt_make had a value for */
	char *source; /* of compiled */
	struct template *compiled;
};

/*
 * Reads who else the next prompt_make, and it alone, is about (siblings: merge): the list `siblings`
 * of the template, each with the names that the person itself has. Nobody is no fault.
 */
int prompt_siblings(
    struct prompt *, struct db *, const struct plan *, const struct siblings *, struct fault *);
/*
 * Makes both texts for a call to phone (E.164; null: there is none), from the template and base
 * prompt of the person's language. The template sees name, phone,
 * language, timezone, each attribute by its column's name, and campaign {name, description}. Control
 * characters but newline and tab are left out. DATAERR: a variable does not resolve, the context
 * is empty or longer than PROMPT_MAX, or the campaign does not speak the language. CONFIG: the campaign has no template, or a wrong one.
 */
int prompt_make(struct prompt *, const struct plan *, const struct person *, const char *phone,
    struct fault *);
/* Whether that template, of the campaign of this name, puts the key in; such a text may say it. */
bool prompt_tells_key(struct prompt *, const char *name, const struct plan_texts *);
/*
 * Both texts with a context that somebody else wrote, as it stands. DATAERR as prompt_make says.
 */
int prompt_wrap(struct prompt *, const struct plan *, const struct person *,
    const char *context, struct fault *);
/*
 * What a template sees of a person, and of those read by prompt_siblings, which are taken. Caller frees;
 * null with a fault.
 */
json_t *prompt_data(struct prompt *, const struct plan *, const struct person *,
    const char *phone, struct fault *);
/*
 * Inside a transaction: the target is held because its context cannot be made. Who is held for something
 * else stays held for that: it is not a context's to lift.
 */
int prompt_hold(struct db *, int64_t target, const char *why, struct fault *);
/* Inside a transaction: there is a context. Such a hold goes, and no other. */
int prompt_unhold(struct db *, int64_t target, struct fault *);
/*
 * What stands in the way of a person whose context cannot be made, and who has no stored one that is
 * current (o->target): 1 with code and text, 0 nothing, -1.
 */
struct obstacle;
int prompt_obstacle(struct prompt *, struct db *, const struct plan *, const struct person *,
    struct obstacle *, struct fault *);
void prompt_release(struct prompt *);

#endif
