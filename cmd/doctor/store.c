/*
 * doctor, the store: its file, the disk below it, and what is in it.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "clock.h"
#include "control.h"
#include "dnc_list.h"
#include "health.h"
#include "home.h"
#include "mem.h"
#include "num.h"
#include "phone.h"
#include "renumber.h"
#include "zones.h"

enum { FREE_MIN_MB = 256 };

#define SOON INT64_C(259200000) /* 3 days: time to fetch a newer list */

/* Local ones; those that a store is refused on are health_network's. */
static const struct {
	unsigned long magic;
	const char *name, *words;
} systems[] = {{0xef53, "ext4", ""}, {0x58465342, "xfs", ""}, {0x9123683e, "btrfs", ""},
    {0x2fc12fc1, "zfs", ""}, {0xf2f52010, "f2fs", ""},
    {0x01021994, "tmpfs", "in memory: a restart of the machine loses it"},
    {0x794c7630, "overlay", ""}};

static void
file_system(struct doctor *d, const char *path)
{
	const char *network;
	unsigned long type;
	char number[32];
	struct statfs sf;

	if (statfs(path, &sf) < 0) {
		doctor_say(d, WRONG, "file_system", "", NULL, "%s: %s", path, strerror(errno));
		return;
	}
	type = (unsigned long)(uint32_t)sf.f_type;
	if ((network = health_network(type)) != NULL) {
		doctor_say(d, WRONG, "file_system", network, NULL,
		    "locks are not to be trusted over a network; move the store to a local disk");
		return;
	}
	for (size_t i = 0; i < COUNT(systems); i++)
		if (type == systems[i].magic) {
			doctor_say(d, FINE, "file_system", systems[i].name, NULL, "%s",
			    systems[i].words);
			return;
		}
	snprintf(number, sizeof(number), "type 0x%lx", type);
	doctor_say(d, NOTE, "file_system", number, NULL,
	    "not one that we know; its locks must hold between processes");
}

static void
free_space(struct doctor *d, const char *path)
{
	char text[32];
	struct statvfs v;
	uint64_t mb;

	if (statvfs(path, &v) < 0)
		return;
	mb = (uint64_t)v.f_bavail * v.f_frsize >> 20;
	snprintf(text, sizeof(text), "%llu MB", (unsigned long long)mb);
	doctor_say(d, mb < FREE_MIN_MB ? WRONG : FINE, "free_space", text, NULL, "%s",
	    mb < FREE_MIN_MB ? "a store that cannot grow cannot record calls" : "");
}

static void
permissions(struct doctor *d, const char *path)
{
	char mode[8];
	struct stat st;

	if (stat(path, &st) < 0)
		return;
	snprintf(mode, sizeof(mode), "%03o", (unsigned)(st.st_mode & 0777));
	doctor_say(d,
	    st.st_mode & 0002       ? WRONG
		: st.st_mode & 0004 ? NOTE
				    : FINE,
	    "store_permissions", mode, NULL, "%s%s",
	    st.st_mode & 0002 ? "anyone may change it: chmod o= "
		: st.st_mode & 0004
		? "anyone on this machine may read names and numbers: chmod o= "
		: "",
	    st.st_mode & 0006 ? path : "");
}

static void
contents(struct doctor *d)
{
	struct health h;
	struct stop st;
	struct fault f;
	char text[64], at[32];

	if (health_look(&d->db, &h, &f) < 0 || control_stopped(&d->db, &st, &f) < 0) {
		doctor_say(d, WRONG, "integrity", "", NULL, "%s", f.text);
		return;
	}
	doctor_say(d, FINE, "journal_mode", h.journal_mode, NULL, NULL);
	snprintf(text, sizeof(text), "%lld journal rows, %lld erased", (long long)h.rows,
	    (long long)h.erased);
	doctor_say(d, *h.damage ? WRONG : FINE, "integrity", *h.damage ? "damaged" : text, NULL,
	    "%s%s", h.damage, *h.damage ? "; restore a backup" : "");
	snprintf(text, sizeof(text), "%lld", (long long)h.open);
	doctor_say(d, h.abandoned ? WRONG : FINE, "open_calls", text, NULL, "%s",
	    h.abandoned ? "nobody follows some of them: outreach reconcile" : "");
	snprintf(text, sizeof(text), "%lld", (long long)h.unknown);
	doctor_say(d, h.unknown ? WRONG : FINE, "unknown_calls", text, NULL, "%s",
	    h.unknown ? "ask the exchange about them: outreach reconcile" : "");
	if (st.stopped)
		doctor_say(d, NOTE, "stopped", num_instant_text(st.at, at), st.actor,
		    "%s%sno call is made until: outreach resume", st.reason,
		    *st.reason ? "; " : "");
}

/* With other tables a number may be another one: nobody is called until they are read anew. */
static void
numbers(struct doctor *d)
{
	char version[NUMBERS_VERSION] = "";
	struct fault f;
	bool same = numbers_check(&d->db, &f) == 0;

	if (numbers_version(&d->db, version, &f) < 0)
		same = false;
	doctor_say(d, same ? FINE : WRONG, "numbers_read_with", version, NULL, "%s%s%s",
	    same ? "" : "this outreach has the tables ", same ? "" : phone_version(),
	    same ? "" : ": nobody is called until: outreach upgrade");
}

/* Lists that are too old stop the campaigns that use them. */
static void
lists(struct doctor *d)
{
	char after[DNC_LIST_NAME] = "", name[DNC_LIST_NAME + 16], text[64], at[32];
	int64_t now = clock_wall();
	struct dnc_list l;
	struct fault f;
	int got;

	while ((got = dnc_list_next(&d->db, after, &l, &f)) > 0) {
		snprintf(name, sizeof(name), "dnc_list.%s", l.name);
		snprintf(text, sizeof(text), "%lld number%s of %.10s", (long long)l.numbers,
		    &"s"[l.numbers == 1], num_instant_text(l.as_of, at));
		if (l.until == INT64_MAX || l.until > now + SOON)
			doctor_say(d, FINE, name, text, NULL, NULL);
		else
			doctor_say(d, l.until > now ? NOTE : WRONG, name, text, NULL,
			    "%s %s: outreach-dnc import --list %s",
			    l.until > now ? "counts until" : "is too old since",
			    num_instant_text(l.until, at), l.name);
	}
	if (got < 0)
		doctor_say(d, WRONG, "dnc_list", "", NULL, "%s", f.text);
}

void
doctor_store(struct doctor *d)
{
	struct fault f;

	doctor_say(d, FINE, "sqlite", health_sqlite(), NULL, "%s",
	    health_wal_is_safe()
		? ""
		: "its WAL mode can lose committed data; the store does without");
	if (db_open(&d->db, d->path, DB_READ, &f) < 0) {
		doctor_say(d, WRONG, "store", d->path, NULL, "%s", f.text);
		if (f.code != NOINPUT)
			file_system(d, d->path);
		return;
	}
	doctor_say(d, FINE, "store", d->path, NULL, NULL);
	if (zones_use(&d->db, d->settings.phone_zones, &f) < 0)
		doctor_say(
		    d, WRONG, "phone_zones", d->settings.phone_zones, NULL, "%s", f.text);
	file_system(d, d->path);
	free_space(d, d->path);
	permissions(d, d->path);
	if (home_may_dial(&d->db, &f) < 0 && f.code != CONFIG)
		doctor_say(d, WRONG, "home", "a copy", NULL, "%s", f.text);
	else
		doctor_say(d, FINE, "home", "this file", NULL, NULL);
	numbers(d);
	lists(d);
	contents(d);
	db_close(&d->db);
}
