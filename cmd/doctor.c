/*
 * outreach-doctor: looks at everything that a campaign depends on and says
 * what is wrong and the way out. Changes nothing.
 */
#define TOOL "outreach-doctor"

#include "doctor/checks.h"

#include "args.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach doctor [--format table|ndjson] [--offline] [-d STORE]\n"
    "Checks settings, store, disk, clock, time zones, secrets and exchanges.\n"
    "Exits 1 if something is wrong.\n";

static const char *const words[] = {"ok", "note", "wrong"};

void
doctor_say(struct doctor *d, enum finding finding, const char *what, const char *value,
    const char *from, const char *text, ...)
{
	struct buf why = {0};
	va_list ap;

	if (text != NULL) {
		struct fault line; /* printable, whatever is quoted in it */
		char one[900];

		va_start(ap, text);
		vsnprintf(one, sizeof(one), text, ap);
		va_end(ap);
		fault(&line, OK, "%s", one);
		buf_adds(&why, line.text);
	}
	d->wrong += finding == WRONG;
	if (d->table) {
		buf_printf(&d->out, "%-5s  %-24s %s", words[finding], what, value);
		if (from != NULL)
			buf_printf(&d->out, "  (%s)", from);
		if (why.len != 0)
			buf_printf(&d->out, "%s%s", *value != '\0' ? ": " : "", why.p);
		buf_addc(&d->out, '\n');
	} else {
		buf_adds(&d->out, "{\"type\":\"check\",\"v\":1");
		buf_member(&d->out, "check", what);
		buf_member(&d->out, "finding", words[finding]);
		buf_member(&d->out, "value", *value != '\0' ? value : NULL);
		buf_member(&d->out, "from", from);
		buf_member(&d->out, "text", why.len != 0 ? why.p : NULL);
		buf_adds(&d->out, "}\n");
	}
	buf_release(&why);
}

static int
examine(struct doctor *d, struct fault *f)
{
	struct fault why;

	if (clock_init(&why) < 0)
		doctor_say(d, WRONG, "clock", "", "$OUTREACH_NOW", "%s", why.text);
	else
		doctor_system(d);
	if (settings_load(&d->settings, &why) < 0) {
		doctor_say(d, WRONG, "settings_file",
		    d->settings.file != NULL ? d->settings.file : "", NULL, "%s", why.text);
	} else {
		doctor_settings(d);
		if (d->path == NULL)
			d->path = d->settings.database;
		doctor_store(d);
		doctor_exchanges(d);
	}
	settings_release(&d->settings);
	return out_flush(&d->out, f);
}

int
main(int argc, char **argv)
{
	bool help = false;
	const char *format = NULL;
	struct doctor d = {.db.turn = -1};
	const struct arg table[] = {{'d', "db", .text = &d.path},
	    {0, "format", .text = &format}, {'h', "help", .flag = &help},
	    {0, "offline", .flag = &d.offline}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f), rc;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(
		    &f, USAGE, "%s: no operand is wanted (-d FILE names the store)", argv[0]);
	if (n >= 0 && tool_format(format, &d.table, &f) < 0)
		n = -1;
	if (n < 0)
		return tool_misused(&f, usage);
	signal(SIGPIPE, SIG_IGN);
	rc = examine(&d, &f);
	buf_release(&d.out);
	return out_close(TOOL, rc < 0 ? tool_fail(&f) : d.wrong ? SOME : OK);
}
