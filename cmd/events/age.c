/*
 * age: what is older than the settings allow goes: words of calls out of the
 * journal's bodies, recordings out of their folder.
 */
#include "verbs.h"

#include "../tool.h"
#include "aging.h"
#include "args.h"
#include "buf.h"
#include "rand.h"
#include "recordings.h"

enum { PAGE = 500 };

struct age {
	struct db db;
	struct settings settings;
	bool dry, quiet;
	int64_t now, transcripts, recordings;
	struct buf out;
};

static void
put(struct age *a, const char *what, const struct uuid *call, int64_t at, const char *file)
{
	char text[40];

	buf_adds(&a->out, "{\"type\":\"aged\",\"v\":1");
	buf_member(&a->out, "what", what);
	buf_member(&a->out, "call", call ? uuid_text(call, text) : NULL);
	buf_member(&a->out, "at", num_instant_text(at, text));
	buf_member(&a->out, "file", file);
	buf_adds(&a->out, "}\n");
}

static int
age_transcripts(struct age *a, struct fault *f)
{
	static struct aged page[PAGE];
	int64_t before = a->now - a->settings.retain.transcripts, seq = 0;
	int n = 0;

	if (!a->settings.retain.transcripts)
		return 0;
	while ((n = aging_transcripts(&a->db, before, &seq, page, PAGE, a->dry, f)) > 0) {
		for (int i = 0; i < n; i++)
			put(a, "transcript", page[i].has_call ? &page[i].call : NULL,
			    page[i].at, NULL);
		a->transcripts += n;
		if (out_flush(&a->out, f) < 0)
			return -1;
	}
	return n;
}

/* By the call's end, as long as the store knows the call; a call that is not over keeps what it has. */
static int
one_recording(struct age *a, struct recordings *r, struct recording *rec, struct fault *f)
{
	int got = aging_call_end(&a->db, &rec->call, &rec->at, f);

	if (got < 0)
		return -1;
	if (rec->at >= a->now - a->settings.retain.recordings)
		return 0;
	if (!a->dry && recordings_remove(r, rec, f) < 0)
		return -1;
	put(a, "recording", &rec->call, rec->at, rec->name);
	return 1;
}

static int
age_recordings(struct age *a, struct fault *f)
{
	struct recordings *r;
	struct recording rec;
	struct fault first;
	int64_t since = 0;
	int got, rc = 0;

	if (!a->settings.retain.recordings)
		return 0;
	if (!(r = recordings_open(a->settings.retain.recordings_dir, f)))
		return -1;
	while (rc == 0 && (got = recordings_next(r, &rec, f)) != 0) {
		int gone = got < 0 ? -1 : one_recording(a, r, &rec, f);

		rc = gone < 0 ? -1 : 0;
		since += gone > 0;
		if (rc == 0 && a->out.len > 1 << 16)
			rc = out_flush(&a->out, f);
	}
	recordings_close(r);
	a->recordings = since;
	if (rc < 0)
		first = *f;
	/* What went is journalled, whatever ended it. */
	if (since && !a->dry && aging_recordings(&a->db, since, f) < 0)
		return -1;
	if (rc < 0)
		*f = first;
	return rc;
}

static int
age(struct age *a)
{
	struct fault f;
	int rc;

	a->now = clock_wall();
	if (!a->settings.retain.transcripts && !a->settings.retain.recordings)
		rc = fault(&f, CONFIG,
		    "the settings do not say how long anything is kept (retain, outreach.conf(5))");
	else if ((rc = age_transcripts(a, &f)) == 0)
		rc = age_recordings(a, &f);
	if (rc == 0)
		rc = out_flush(&a->out, &f);
	buf_release(&a->out);
	if (!a->quiet && (rc == 0 || a->transcripts || a->recordings))
		fprintf(stderr, TOOL ": %lld transcripts and %lld recordings went%s\n",
		    (long long)a->transcripts, (long long)a->recordings,
		    a->dry ? " (dry run)" : "");
	return rc < 0 ? tool_fail(&f) : OK;
}

int
events_age(int argc, char **argv)
{
	static struct age a;
	bool help = false;
	const char *path = NULL;
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'n', "dry-run", .flag = &a.dry}, {'q', "quiet", .flag = &a.quiet}, {0}};
	struct fault f;
	int status;

	if (read_options("age", argc, argv, table, &help, &status))
		return status;
	if (tool_open(&a.db, &a.settings, path, a.dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	status = age(&a);
	tool_close(&a.db, &a.settings);
	return out_close(TOOL, status);
}
