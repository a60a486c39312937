/*
 * outreach-dnc: numbers that must not be called, whoever asked and why. A
 * number that is added loses its claims at once.
 */
#define TOOL "outreach-dnc"

#include "dnc/numbers.h"

#include "args.h"
#include "contact.h"
#include "num.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-dnc add [-kq] [--source WORD] [--reason TEXT] [-d FILE] [NUMBER ...]\n"
    "       outreach-dnc remove [-kq] [--reason TEXT] [-d FILE] [NUMBER ...]\n"
    "       outreach-dnc check [-kq] [-d FILE] [NUMBER ...]\n"
    "       outreach-dnc list [-d FILE]\n"
    "Without NUMBER: one number, or one contact record, a line of standard input.\n";

enum { BATCH = 256 };

struct dnc_tool {
	struct db db;
	const char *source, *reason;
	int (*each)(struct dnc_tool *, int64_t phone, struct fault *);
	int64_t phone[BATCH];
	size_t pending;
	uint64_t numbers, hits; /* hits: changed, or listed */
	struct buf out;
};

/* ---- what is done to one number --------------------------------------------- */

static int
add(struct dnc_tool *t, int64_t phone, struct fault *f)
{
	return dnc_add(&t->db, phone, t->source, t->reason, f);
}

static int
take_off(struct dnc_tool *t, int64_t phone, struct fault *f)
{
	return dnc_remove(&t->db, phone, t->reason, f);
}

static void
dnc_record(struct buf *b, const struct dnc *d)
{
	char at[32], phone[20];

	buf_adds(b, "{\"type\":\"dnc\",\"v\":1");
	buf_member(b, "phone", phone_text(d->phone, phone));
	buf_member(b, "at", num_instant_text(d->at, at));
	buf_member(b, "source", d->source);
	buf_member(b, "reason", *d->reason ? d->reason : NULL);
	buf_member(b, "actor", d->actor);
	buf_adds(b, "}\n");
}

static int
check(struct dnc_tool *t, int64_t phone, struct fault *f)
{
	struct dnc d;
	int got = dnc_get(&t->db, phone, &d, f);

	if (got <= 0)
		return got;
	dnc_record(&t->out, &d);
	return 1;
}

static int
list(struct dnc_tool *t, struct fault *f)
{
	int64_t after = 0;
	struct dnc d;
	int got;

	while ((got = dnc_next(&t->db, &after, &d, f)) > 0) {
		dnc_record(&t->out, &d);
		if (t->out.len > 1 << 16 && out_flush(&t->out, f) < 0)
			return -1;
	}
	return got < 0 ? -1 : out_flush(&t->out, f);
}

/* ---- many of them -------------------------------------------------------------- */

static int
act(struct dnc_tool *t, uint64_t *hits, struct fault *f)
{
	for (size_t i = 0; i < t->pending; i++) {
		int got = t->each(t, t->phone[i], f);

		if (got < 0)
			return -1;
		*hits += (uint64_t)got;
	}
	return 0;
}

/* What was gathered, in one transaction if it changes anything; then the records leave. */
static int
flush(void *ctx, struct fault *f)
{
	struct dnc_tool *t = ctx;
	bool writes = t->each != check && t->pending;
	uint64_t hits = 0;
	int rc = writes ? db_begin(&t->db, f) : 0;

	if (rc == 0)
		rc = act(t, &hits, f);
	if (rc == 0 && writes)
		rc = db_commit(&t->db, f);
	db_rollback(&t->db);
	t->numbers += rc == 0 ? t->pending : 0;
	t->hits += rc == 0 ? hits : 0;
	t->pending = 0;
	return rc < 0 ? -1 : out_flush(&t->out, f);
}

static int
take(void *ctx, int64_t phone, struct fault *f)
{
	struct dnc_tool *t = ctx;

	t->phone[t->pending++] = phone;
	return t->pending == BATCH ? flush(t, f) : 0;
}

/* ---- verbs ------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum db_mode mode;
	int (*each)(struct dnc_tool *, int64_t phone, struct fault *);
	const char *done; /* what hits counts; null: the records say it */
} verbs[] = {
    {"add", DB_WRITE, add, "added"},
    {"check", DB_READ, check, NULL},
    {"list", DB_READ, NULL, NULL},
    {"remove", DB_WRITE, take_off, "removed"},
};

static int
run(struct dnc_tool *t, size_t verb, char **operands, bool keep_going, bool quiet)
{
	struct numbers in = {.ctx = t,
	    .take = take,
	    .flush = flush,
	    .report = tool_report,
	    .keep_going = keep_going};
	struct fault f;
	int rc;

	t->each = verbs[verb].each;
	rc = t->each ? numbers_from(&in, operands, &f) : list(t, &f);
	if (verbs[verb].done && !quiet)
		fprintf(stderr, TOOL ": %llu %s, %llu were so before\n",
		    (unsigned long long)t->hits, verbs[verb].done,
		    (unsigned long long)(t->numbers - t->hits));
	if (rc < 0)
		return tool_fail(&f);
	return in.refused || (t->each == check && t->hits) ? SOME : OK;
}

int
main(int argc, char **argv)
{
	bool help = false, keep_going = false, quiet = false;
	const char *path = NULL;
	struct dnc_tool t = {.source = "person"};
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'k', "keep-going", .flag = &keep_going}, {'q', "quiet", .flag = &quiet},
	    {0, "reason", .text = &t.reason}, {0, "source", .text = &t.source}, {0}};
	struct settings settings = {0};
	struct fault f;
	size_t verb = 0;
	int n = args_read(argc, argv, table, &f), status;

	if (n >= 0 && help)
		return tool_help(usage);
	while (n > 0 && verb < sizeof(verbs) / sizeof(verbs[0]) &&
	    strcmp(argv[0], verbs[verb].name))
		verb++;
	if (n == 0)
		n = fault(&f, USAGE, "say what to do: add, remove, check or list");
	else if (n > 0 && verb == sizeof(verbs) / sizeof(verbs[0]))
		n = fault(&f, USAGE, "there is no verb \"%s\"", argv[0]);
	if (n >= 0 &&
	    (tool_check_text("--source", t.source, 64, &f) < 0 ||
		tool_check_text("--reason", t.reason, 190, &f) < 0))
		n = -1;
	if (n < 0)
		return tool_misused(&f, usage);
	if (tool_open(&t.db, &settings, path, verbs[verb].mode, &f) < 0)
		return tool_fail(&f);
	status = run(&t, verb, argv + 1, keep_going, quiet);
	buf_release(&t.out);
	tool_close(&t.db, &settings);
	return out_close(TOOL, status);
}
