/*
 * judge: one bench a campaign, with its rules, its notes and its crowd.
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "campaigns.h"
#include "mem.h"
#include "notes.h"
#include "prompt.h"
#include "question.h"

/* What the contexts of a campaign have in common, under one revision of its file. */
struct bench {
	struct bench *next;
	int64_t campaign, revision;
	struct plan plan; /* our own: the checks point into it */
	struct crowd *crowd;
	struct check *check;
	struct buf notes;
	json_t *parameters;
};

struct judge {
	struct db *db;
	struct bench *benches;
	struct prompt prompt;
	struct question question;
};

struct judge *
judge_new(struct db *db)
{
	struct judge *j = xcalloc(1, sizeof(*j));

	j->db = db;
	return j;
}

static void
bench_free(struct bench *b)
{
	check_free(b->check);
	crowd_free(b->crowd);
	buf_release(&b->notes);
	json_decref(b->parameters);
	plan_release(&b->plan);
	free(b);
}

void
judge_free(struct judge *j)
{
	struct bench *b;

	if (!j)
		return;
	while ((b = j->benches)) {
		j->benches = b->next;
		bench_free(b);
	}
	prompt_release(&j->prompt);
	question_release(&j->question);
	free(j);
}

/* ---- benches ------------------------------------------------------------------ */

static int
meet(struct judge *j, struct bench *b, int64_t contact, struct fault *f)
{
	struct person who;
	char phone[20];
	int got = people_get(j->db, contact, &who, f);

	if (got <= 0)
		return got;
	if (who.name)
		crowd_add(b->crowd, who.id, who.name);
	for (int i = 0; i < who.phones; i++)
		crowd_add(b->crowd, who.id, phone_text(who.phone[i], phone));
	return 0;
}

static int
meet_all(struct judge *j, struct bench *b, struct fault *f)
{
	int64_t contact, after = 0;

	for (int n = 0; n < JUDGE_CROWD; n++) {
		sqlite3_stmt *s = db_sql(j->db,
		    "SELECT id, contact FROM target WHERE campaign = :campaign AND id > :after"
		    " ORDER BY id LIMIT 1",
		    f);
		int got;

		bind_i(j->db, s, ":campaign", b->campaign);
		bind_i(j->db, s, ":after", after);
		if ((got = db_step(j->db, s, f)) <= 0)
			return got;
		after = col_i(s, 0);
		contact = col_i(s, 1);
		sqlite3_reset(s);
		if (meet(j, b, contact, f) < 0)
			return -1;
	}
	return 0;
}

static int
furnish(struct judge *j, struct bench *b, struct fault *f)
{
	static char *none[] = {NULL};
	const struct plan_context *c;
	struct buf dropped = {0};
	int rc;

	if (campaigns_copy_plan(j->db, b->campaign, &b->plan, &b->revision, f) < 0)
		return -1;
	if (!(c = b->plan.context))
		return 0;
	b->crowd = crowd_new();
	b->check = check_new(&c->checks, b->crowd);
	b->parameters = question_parameters(c);
	buf_adds(&b->notes, "");
	rc = notes_tell(
	    j->db, c->notes ? c->notes : none, c->notes_tokens, &b->notes, &dropped, f);
	buf_release(&dropped);
	return rc < 0 ? -1 : meet_all(j, b, f);
}

/* The campaign's, as its file is now; null with a fault. */
static struct bench *
bench_of(struct judge *j, int64_t campaign, struct fault *f)
{
	struct bench **at = &j->benches, *b;
	int64_t revision;

	if (campaigns_plan_revision(j->db, campaign, &revision, f) < 0)
		return NULL;
	while ((b = *at) && b->campaign != campaign)
		at = &b->next;
	if (b && b->revision == revision)
		return b;
	if (b) { /* the file is another one by now */
		*at = b->next;
		bench_free(b);
	}
	b = xcalloc(1, sizeof(*b));
	b->campaign = campaign;
	if (furnish(j, b, f) < 0) {
		bench_free(b);
		return NULL;
	}
	b->next = j->benches;
	return j->benches = b;
}

/* ---- one context ---------------------------------------------------------------- */

/* The person, and in j->question all that the context may draw on. */
static int
prepare(struct judge *j, const struct subject *s, const struct bench *b, struct person *who,
    struct fault *f)
{
	const struct plan *plan = &b->plan;
	struct plan_texts texts;
	char phone[20];
	json_t *data;
	int got = prompt_siblings(&j->prompt, j->db, plan, &s->with, f);

	if (got == 0 && (got = people_get(j->db, s->contact, who, f)) == 0)
		got = fault(f, DATAERR, "contact %lld was forgotten", (long long)s->contact);
	if (got < 0)
		return -1;
	(void)copy_text(phone, sizeof(phone), s->phone);
	if (!*phone && who->phones)
		phone_text(who->phone[0], phone);
	if (!(data = prompt_data(&j->prompt, plan, who, *phone ? phone : NULL, f)))
		return -1;
	got = question_make(&j->question,
	    &(struct question_terms){plan, b->parameters, b->notes.p}, who, data, f);
	if (got == 0 && plan_texts(plan, who->language, &texts) && texts.template) {
		buf_adds(&j->question.known, texts.template);
		buf_adds(&j->question.known, "\n");
		if (prompt_tells_key(&j->prompt, plan->name, &texts))
			question_know(&j->question, data);
	}
	json_decref(data);
	return got;
}

int
judge_run(struct judge *j, const struct subject *s, const char *context,
    const char *system_message, void (*found)(void *, const struct check_finding *), void *arg,
    struct fault *f)
{
	struct check_text text = {
	    .contact = s->contact, .context = context, .system_message = system_message};
	struct bench *b = bench_of(j, s->campaign, f);
	struct person who;

	if (!b)
		return -1;
	if (!b->plan.context)
		return JUDGE_NONE;
	if (prepare(j, s, b, &who, f) < 0)
		return -1;
	if (!system_message) {
		if (prompt_wrap(&j->prompt, &b->plan, &who, context, f) < 0)
			return -1;
		text.system_message = j->prompt.system_message.p;
	}
	text.known = j->question.known.p;
	text.language = who.language ? who.language : "";
	return check_run(b->check, &text, found, arg);
}

int
judge_input(struct judge *j, const struct subject *s, unsigned char input[WRITTEN_HASH],
    struct fault *f)
{
	struct bench *b = bench_of(j, s->campaign, f);
	struct person who;

	if (!b)
		return -1;
	if (!b->plan.context || !b->plan.context->model)
		return 0;
	if (prepare(j, s, b, &who, f) < 0)
		return -1;
	memcpy(input, j->question.input, WRITTEN_HASH);
	return 1;
}
