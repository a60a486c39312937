/*
 * lint and apply: a campaign file read, checked as a whole and put into the
 * store. Every error is shown, each with its place.
 */
#include "verbs.h"

#include "../tool.h"
#include <stdlib.h>

#include "mem.h"
#include "tz.h"

static void
print_lines(const struct buf *b, const char *prefix)
{
	const char *p = b->len ? b->p : "", *end;

	for (; *p; p = *end ? end + 1 : end) {
		end = strchrnul(p, '\n');
		fprintf(stderr, "%s%.*s\n", prefix, (int)(end - p), p);
	}
}

/* What the compiler cannot know: whether the zone exists here. */
static int
check_zone(const struct yaml *y, const struct plan *plan, struct fault *f)
{
	struct buf bytes = {0};
	struct fault why;
	int rc = 0;

	if (plan->assume_timezone && tz_read(plan->assume_timezone, &bytes, &why) < 0) {
		yaml_fault_at(
		    y, y->root, "assume_timezone", f, "assume_timezone: %s", why.text);
		f->code = CONFIG;
		rc = -1;
	}
	buf_release(&bytes);
	return rc;
}

/* Nor what kind of exchange it names: the settings say so, and are read only where that matters. */
static int
check_dial_string(const struct yaml *y, struct fault *f)
{
	const char *name = json_string_value(json_object_get(y->root, "exchange"));
	struct settings settings;
	bool http = false;
	int rc = 0;

	if (json_object_get(y->root, "dial_string"))
		return 0;
	rc = settings_load(&settings, f);
	for (size_t i = 0; name && rc == 0 && i < settings.exchanges; i++)
		if (!strcmp(settings.exchange[i].name, name))
			http = settings.exchange[i].http;
	settings_release(&settings);
	return rc < 0 ? -1 : plan_need_dial_string(y->root, y, http, f);
}

/* Reads one file and prints all that is wrong with it, and what deserves a second look. 0, or -1. */
static int
check_file(const char *file, struct yaml *y, struct fault *f)
{
	struct buf all = {0}, warnings = {0};
	struct plan plan = {.name = NULL};
	struct fault more;
	char *prefix = NULL;
	int rc;

	if (yaml_load(y, file, f) < 0) {
		if (f->code == NOINPUT && access(file, F_OK) < 0)
			(void)fault(f, NOINPUT,
			    "%s: no such campaign file (outreach-campaign(5) has one to begin with)",
			    file);
		tool_report(f);
		return -1;
	}
	rc = plan_compile(&plan, y->root, y, &all, f);
	if (rc == 0)
		rc = check_zone(y, &plan, f);
	if (check_dial_string(y, rc == 0 ? f : &more) < 0) {
		if (rc < 0)
			buf_printf(&all, "%s\n", more.text);
		rc = -1;
	}
	if (rc < 0) {
		tool_report(f);
		print_lines(&all, TOOL ": ");
	} else if (plan_warnings(&plan, &warnings) > 0) {
		if (asprintf(&prefix, TOOL ": %s: note: ", file) > 0)
			print_lines(&warnings, prefix);
		free(prefix);
	}
	plan_release(&plan);
	buf_release(&all);
	buf_release(&warnings);
	return rc;
}

/* The code that is worse for the caller of several files. */
static int
worse(int status, int code)
{
	return status == CONFIG || code == OK ? status : code;
}

int
verb_lint(struct campaign_tool *t, char **files)
{
	int status = OK;

	for (; *files; files++) {
		struct yaml y = {.root = NULL};
		struct fault f;

		if (check_file(*files, &y, &f) < 0)
			status = worse(status, f.code);
		yaml_release(&y);
	}
	return status;
}

/* What apply would say. */
static int
compare(struct db *db, const json_t *file, const char *name, enum apply_change *change,
    struct buf *diff, struct fault *f)
{
	struct campaign c;
	json_t *before = NULL;
	int known = campaigns_get(db, name, &c, f);

	if (known < 0 || (known && !(before = campaigns_file(db, c.id, f))))
		return -1;
	*change = !known               ? APPLY_CREATED
	    : json_equal(before, file) ? APPLY_SAME
				       : APPLY_CHANGED;
	plan_diff(diff, before, file);
	json_decref(before);
	return 0;
}

static int
apply(struct campaign_tool *t, const json_t *file, struct fault *f)
{
	static const char *const words[] = {"created", "changed", "unchanged"};
	static const char *const would[] = {
	    "would be created", "would be changed", "unchanged"};
	const char *name = json_string_value(json_object_get(file, "name"));
	enum apply_change change;
	struct buf diff = {0};
	int rc = t->dry ? compare(&t->db, file, name, &change, &diff, f)
			: campaigns_apply(&t->db, file, &change, &diff, f);

	if (rc == 0 && !t->quiet) {
		fprintf(stderr, TOOL ": %s: %s\n", name, (t->dry ? would : words)[change]);
		if (change == APPLY_CHANGED)
			print_lines(&diff, "  ");
	}
	buf_release(&diff);
	return rc;
}

/* All files are checked before the first is applied; each is read once, as "-" can be no more. */
int
verb_apply(struct campaign_tool *t, char **files)
{
	size_t n = 0;
	struct yaml *y;
	struct fault f;
	int status = OK;

	while (files[n])
		n++;
	y = xcalloc(n ? n : 1, sizeof *y);
	for (size_t i = 0; i < n; i++)
		if (check_file(files[i], &y[i], &f) < 0)
			status = worse(status, f.code);
	for (size_t i = 0; i < n && status == OK; i++)
		if (apply(t, y[i].root, &f) < 0)
			status = tool_fail(&f);
	for (size_t i = 0; i < n; i++)
		yaml_release(&y[i]);
	free(y);
	return status;
}
