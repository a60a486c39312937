/*
 * outreach-upgrade: brings the store to the version of this outreach; no other
 * tool changes a schema.
 */
#define TOOL "outreach-upgrade"

#include "home.h"
#include "phone.h"
#include "renumber.h"
#include "storefile.h"

static const char usage[] = "usage: outreach upgrade [-q] [-d STORE]\n"
			    "Brings the store to the version of this outreach, after a backup "
			    "beside it.\n";

struct upgrading {
	bool quiet;
	uint64_t changes;
	struct buf out;
};

/* One change as a line, behind its commit. */
static int
tell(void *arg, const struct renumbered *r, struct fault *f)
{
	struct upgrading *u = arg;
	char text[PHONE_SIZE];

	buf_adds(&u->out, "{\"type\":\"renumbered\",\"v\":1");
	buf_member(&u->out, "of", r->of);
	if (r->contact)
		buf_member_i(&u->out, "contact", r->contact);
	buf_member(&u->out, "before", phone_text(r->before, text));
	if (r->after)
		buf_member(&u->out, "after", phone_text(r->after, text));
	buf_member(&u->out, "why", r->why);
	buf_adds(&u->out, "}\n");
	u->changes++;
	return out_flush(&u->out, f);
}

/* Beside the store, under a name that is free: PATH.before-VERSION, PATH.before-VERSION.2, ... */
static int
back_up(struct db *db, const char *path, struct fault *f)
{
	char name[4096];

	for (int i = 1; i < 100; i++) {
		char n[8] = "";

		if (i > 1)
			snprintf(n, sizeof n, ".%d", i);
		snprintf(name, sizeof name, "%s.before-%s%s", path, phone_version(), n);
		if (access(name, F_OK) < 0)
			return home_backup(db, name, f);
	}
	return fault(f, DATAERR, "%s: is there, and 98 more like it", name);
}

/* Looks only, and shows a stop: a store that is as it should be may be read-only. 1, 0, -1. */
static int
has_other_tables(const char *path, char then[NUMBERS_VERSION], struct fault *f)
{
	struct db db;
	int rc;

	if (db_open(&db, path, DB_READ, f) < 0)
		return -1;
	tool_note_stop(&db);
	rc = numbers_version(&db, then, f);
	db_close(&db);
	return rc < 0 ? -1 : strcmp(then, phone_version()) != 0;
}

static int
read_numbers_anew(const char *path, struct upgrading *u, struct fault *f)
{
	char then[NUMBERS_VERSION];
	struct db db;
	int rc = has_other_tables(path, then, f);

	if (rc <= 0)
		return rc;
	if (db_open(&db, path, DB_WRITE, f) < 0)
		return -1;
	if ((rc = back_up(&db, path, f)) == 0)
		rc = renumber(&db, tell, u, f);
	if (rc == 0 && !u->quiet)
		fprintf(stderr,
		    TOOL ": %s: numbers of tables %s are read with %s, %llu changed\n", path,
		    *then ? then : "unknown", phone_version(), (unsigned long long)u->changes);
	db_close(&db);
	return rc;
}

static int
upgrade(const char *path, bool quiet, struct fault *f)
{
	struct upgrading u = {.quiet = quiet};
	int from = 0, rc;

	if (home_upgrade(path, &from, f) < 0)
		return -1;
	rc = read_numbers_anew(path, &u, f);
	buf_release(&u.out);
	if (rc < 0)
		return -1;
	if (!quiet && from == DB_VERSION)
		fprintf(stderr, TOOL ": %s is of version %d, which this outreach needs\n", path,
		    from);
	else if (!quiet)
		fprintf(
		    stderr, TOOL ": %s went from version %d to %d\n", path, from, DB_VERSION);
	return 0;
}

int
main(int argc, char **argv)
{
	return storefile_main(argc, argv, usage, upgrade);
}
