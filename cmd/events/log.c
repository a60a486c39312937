/*
 * events log, verify, replay: the journal as records, its chain checked, and
 * the projections made from it again.
 */
#include "verbs.h"

#include "../tool.h"
#include "args.h"
#include "campaigns.h"
#include "journal.h"
#include "logged.h"
#include "loop.h"
#include "replay.h"

enum { PAGE = 500, LOOK_MS = 100 };

int
read_options(const char *verb, int argc, char **argv, const struct arg *table, const bool *help,
    int *status)
{
	struct fault f;
	int n = args_read(argc, argv, table, &f);

	if (n > 0 && !*help)
		n = fault(&f, USAGE, "%s takes no operand \"%s\"", verb, argv[0]);
	if (n < 0)
		*status = tool_misused(&f, events_usage);
	else if (*help)
		*status = tool_help(events_usage);
	return n < 0 || *help;
}

/* ---- log --------------------------------------------------------------------- */

struct show {
	struct db *db;
	const char *kind;
	bool no_body;
	struct campaign campaign; /* of the row before; id 0: none yet */
	struct buf out;
};

/* "call.ended" itself, or "call" for every kind below it. */
static bool
kind_matches(const char *kind, const char *wanted)
{
	size_t n = strlen(wanted);

	return strncmp(kind, wanted, n) == 0 && (kind[n] == '\0' || kind[n] == '.');
}

static int
put_row(void *arg, const struct entry *e, struct fault *f)
{
	struct show *s = arg;

	if (s->kind && !kind_matches(e->kind, s->kind))
		return 0;
	return logged_record(&s->out, s->db, e, &s->campaign, !s->no_body, f);
}

/* Pages up to the end; with follow for ever, until the reader or the user has enough. */
static int
print_log(struct show *s, int64_t after, bool follow, struct fault *f)
{
	for (;;) {
		int64_t before = after;

		if (journal_page(s->db, &after, PAGE, put_row, s, f) < 0 ||
		    out_flush(&s->out, f) < 0)
			return -1;
		if (after != before)
			continue;
		if (!follow)
			return 0;
		loop_sleep(LOOK_MS);
	}
}

int
events_log(int argc, char **argv)
{
	bool help = false, follow = false, no_body = false;
	const char *path = NULL, *kind = NULL;
	int64_t from = 1;
	const struct arg table[] = {{'d', "db", .text = &path},
	    {'f', "follow", .flag = &follow},
	    {0, "from", .number = &from, .min = 1, .max = INT64_MAX},
	    {'h', "help", .flag = &help}, {0, "kind", .text = &kind},
	    {0, "no-body", .flag = &no_body}, {0}};
	struct settings settings = {0};
	struct db db;
	struct show s = {.db = &db};
	struct fault f;
	int status = OK;

	if (read_options("log", argc, argv, table, &help, &status))
		return status;
	if (kind && logged_check("--kind", kind, &f) < 0)
		return tool_misused(&f, events_usage);
	if (tool_open(&db, &settings, path, DB_READ, &f) < 0)
		return tool_fail(&f);
	s.kind = kind;
	s.no_body = no_body;
	if (print_log(&s, from - 1, follow, &f) < 0)
		status = tool_fail(&f);
	buf_release(&s.out);
	tool_close(&db, &settings);
	return out_close(TOOL, status);
}

/* ---- verify ------------------------------------------------------------------ */

static int
verify(struct db *db, struct fault *f)
{
	int64_t rows, erased, seq;
	struct buf b = {0};
	char hex[65];
	int rc = journal_verify(db, &rows, &erased, f);

	if (rc == 1) {
		fault_in(f, "the journal was changed");
		tool_report(f);
		return SOME;
	}
	if (rc < 0 || journal_head(db, &seq, hex, f) < 0)
		return tool_fail(f);
	buf_adds(&b, "{\"type\":\"summary\",\"v\":1,\"tool\":\"" TOOL "\"");
	buf_member_i(&b, "rows", rows);
	buf_member_i(&b, "erased", erased);
	buf_member_i(&b, "seq", seq);
	buf_member(&b, "hash", hex);
	buf_adds(&b, "}\n");
	rc = out_flush(&b, f);
	buf_release(&b);
	return rc < 0 ? tool_fail(f) : OK;
}

int
events_verify(int argc, char **argv)
{
	bool help = false;
	const char *path = NULL;
	const struct arg table[] = {
	    {'d', "db", .text = &path}, {'h', "help", .flag = &help}, {0}};
	struct settings settings = {0};
	struct db db;
	struct fault f;
	int status;

	if (read_options("verify", argc, argv, table, &help, &status))
		return status;
	if (tool_open(&db, &settings, path, DB_READ, &f) < 0)
		return tool_fail(&f);
	status = verify(&db, &f);
	tool_close(&db, &settings);
	return out_close(TOOL, status);
}

/* ---- replay ------------------------------------------------------------------ */

static int
replay(struct db *db, const char *into, bool check, struct fault *f)
{
	int rc;

	if (!into)
		rc = replay_check(db, f);
	else if ((rc = replay_into(db, into, f)) == 0 && check)
		rc = replay_compare(db, into, f);
	if (rc == 0)
		return OK;
	tool_report(f);
	return rc > 0 ? SOME : f->code;
}

int
events_replay(int argc, char **argv)
{
	bool help = false, check = false;
	const char *path = NULL, *into = NULL;
	const struct arg table[] = {{0, "check", .flag = &check}, {'d', "db", .text = &path},
	    {'h', "help", .flag = &help}, {0, "into", .text = &into}, {0}};
	struct settings settings = {0};
	struct db db;
	struct fault f;
	int status;

	if (read_options("replay", argc, argv, table, &help, &status))
		return status;
	if (!check && !into) {
		fault(&f, USAGE, "replay needs --check or --into FILE");
		return tool_misused(&f, events_usage);
	}
	if (tool_open(&db, &settings, path, DB_READ, &f) < 0)
		return tool_fail(&f);
	status = replay(&db, into, check, &f);
	tool_close(&db, &settings);
	return out_close(TOOL, status);
}
