/*
 * keep: outreach-sim's files. A line that cannot be written ends the process:
 * a simulator that lost count would be worse than none.
 */
#include <errno.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "keep.h"
#include "mem.h"
#include "num.h"
#include "settings.h"
#include "rand.h"

enum { COMMIT_MS = 1000 };

static int
read_all(int fd, const char *file, struct buf *b, struct fault *f)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault(f, IOERR, "%s: %s", file, strerror(errno));
		buf_add(b, bytes, (size_t)n);
	}
	return 0;
}

/* Loads the AstDB; a last line without its end is cut off, since its writer died. */
static int
open_astdb(struct keep *k, const char *file, struct simdb *db, struct fault *f)
{
	struct buf b = {0};
	int status;

	k->astdb = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (k->astdb < 0)
		return fault(f, NOINPUT, "%s: %s", file, strerror(errno));
	buf_add(&b, "", 0);
	status = read_all(k->astdb, file, &b, f);
	if (status == 0 && b.len > 0 && simdb_load(db, b.p, b.len, f) < 0)
		status = fault_in(f, "%s", file);
	while (b.len > 0 && b.p[b.len - 1] != '\n')
		b.len--;
	if (status == 0 && ftruncate(k->astdb, (off_t)b.len) < 0)
		status = fault(f, IOERR, "%s: %s", file, strerror(errno));
	buf_release(&b);
	return status;
}

int
keep_open(struct keep *k, const char *log, const char *astdb, struct simdb *db, struct fault *f)
{
	*k = (struct keep){.log = -1, .astdb = -1};
	if (log != NULL) {
		k->log = strcmp(log, "-") == 0
		    ? dup(STDOUT_FILENO)
		    : open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (k->log < 0)
			return fault(f, IOERR, "%s: %s", log, strerror(errno));
	}
	return astdb != NULL ? open_astdb(k, astdb, db, f) : 0;
}

static void
put_line(int fd, struct buf *b)
{
	ssize_t n;

	do
		n = write(fd, b->p, b->len);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)b->len)
		err(IOERR, "write");
	buf_reset(b);
}

void
keep_fact(void *arg, const struct sim_fact *fact)
{
	static const char *const names[] = {
	    [SIM_ASKED] = "asked",
	    [SIM_DIALED] = "dial",
	    [SIM_RANG] = "ring",
	    [SIM_ANSWERED] = "answer",
	    [SIM_HUNGUP] = "hangup",
	};
	struct keep *k = arg;
	char at[32];

	if (k->log < 0)
		return;
	buf_adds(&k->line, "{\"type\":\"sim\",\"v\":1");
	buf_member(&k->line, "event", names[fact->kind]);
	buf_member(&k->line, "at", num_instant_text(fact->at, at));
	buf_member(&k->line, "call", fact->call);
	buf_member(&k->line, "number", fact->number);
	if (fact->kind != SIM_ASKED)
		buf_member(&k->line, "outcome", fact->outcome);
	if (fact->kind == SIM_HUNGUP)
		buf_member_i(&k->line, "cause", fact->cause);
	buf_adds(&k->line, "}\n");
	put_line(k->log, &k->line);
}

void
keep_question(struct keep *k, const struct simllm_fact *fact)
{
	char at[32], hex[17];

	if (k->log < 0)
		return;
	buf_adds(&k->line, "{\"type\":\"sim\",\"v\":1,\"event\":\"question\"");
	buf_member(&k->line, "at", num_instant_text(fact->at, at));
	buf_member(&k->line, "question", hash_hex(fact->hash, hex));
	buf_member_i(&k->line, "try", fact->try);
	buf_member(&k->line, "does", fact->does);
	buf_adds(&k->line, "}\n");
	put_line(k->log, &k->line);
}

void
keep_answer(struct keep *k, const struct simavr_fact *fact)
{
	char at[32];

	if (k->log < 0)
		return;
	buf_adds(&k->line, "{\"type\":\"sim\",\"v\":1,\"event\":\"web\"");
	buf_member(&k->line, "at", num_instant_text(fact->at, at));
	buf_member(&k->line, "call", fact->call);
	buf_member(&k->line, "what", fact->what);
	buf_member_i(&k->line, "status", fact->status);
	buf_adds(&k->line, "}\n");
	put_line(k->log, &k->line);
}

static void
commit(void *arg)
{
	struct keep *k = arg;

	k->timer = NULL;
	put_line(k->astdb, &k->unwritten);
}

void
keep_put(void *arg, const char *family, const char *key, const char *value)
{
	struct keep *k = arg;

	if (k->astdb < 0)
		return;
	buf_printf(&k->unwritten, "%s/%s\t%s\n", family, key, value);
	if (!k->late)
		put_line(k->astdb, &k->unwritten);
	else if (k->timer == NULL)
		k->timer = loop_at(k->loop, clock_mono() + COMMIT_MS, commit, k);
}

void
keep_close(struct keep *k)
{
	if (k->unwritten.len > 0)
		put_line(k->astdb, &k->unwritten);
	if (k->log >= 0)
		close(k->log);
	if (k->astdb >= 0)
		close(k->astdb);
	buf_release(&k->line);
	buf_release(&k->unwritten);
}

char *
keep_secret(const char *file, struct fault *f)
{
	FILE *fp = fopen(file, "r");
	char line[256], *secret = NULL;

	if (fp != NULL && fgets(line, sizeof(line), fp) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (*line != '\0')
			secret = xstrdup(line);
	}
	if (secret == NULL)
		fault(f, CONFIG, "%s: %s", file,
		    fp == NULL ? strerror(errno) : "holds no secret");
	if (fp != NULL)
		fclose(fp);
	return secret;
}

int
keep_secrets(
    const char *file, char **secret, const char *webhook_file, char **webhook, struct fault *f)
{
	*secret = file != NULL ? keep_secret(file, f) : xstrdup(SIM_SECRET);
	if (*secret != NULL && webhook_file != NULL)
		*webhook = keep_secret(webhook_file, f);
	return *secret == NULL || (webhook_file != NULL && *webhook == NULL) ? -1 : 0;
}
