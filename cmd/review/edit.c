/*
 * edit: a person writes the context in their editor, in a file that nobody
 * else may read. The editor is run by its words, without a shell.
 */
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "../tool.h"
#include "campaigns.h"
#include "file.h"
#include "mem.h"
#include "people.h"

extern char **environ;

enum { WORDS = 16 };

/* ---- the editor ---------------------------------------------------------------------- */

/* 0 it did its work, 1 it failed, -1 errno says why it does not run. */
static int
wait_for(char *const *argv, const posix_spawnattr_t *attr)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
	int rc, status = 0;
	pid_t pid;

	/* The keys are the editor's: what is written there is not to be lost by them. */
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	rc = posix_spawnp(&pid, argv[0], NULL, attr, argv, environ);
	while (rc == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	errno = rc;
	return rc != 0 ? -1 : status != 0;
}

static int
run_editor(const char *path, struct fault *f)
{
	const char *editor = getenv("VISUAL");
	char *words, *argv[WORDS + 2], *next;
	posix_spawnattr_t attr;
	sigset_t normal;
	int n = 0, rc;

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	next = words = xstrdup(editor);
	for (char *word; n < WORDS && (word = strsep(&next, " ")) != NULL;)
		if (*word)
			argv[n++] = word;
	argv[n++] = (char *)path;
	argv[n] = NULL;
	sigfillset(&normal);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &normal);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	rc = wait_for(argv, &attr);
	posix_spawnattr_destroy(&attr);
	if (rc < 0)
		fault(f, OSERR, "cannot run the editor %s: %s (EDITOR names it)", argv[0],
		    strerror(errno));
	else if (rc > 0)
		rc = fault(f, DATAERR, "the editor %s failed: nothing is changed", editor);
	free(words);
	return rc;
}

/* ---- the file ------------------------------------------------------------------------- */

/* path, heap, is for the caller to remove and free. */
static int
write_out(const struct buf *text, char **path, struct fault *f)
{
	const char *dir = getenv("XDG_RUNTIME_DIR"), *p = text->p;
	size_t left = text->len;
	ssize_t n;
	int fd;

	if (!dir || !*dir)
		dir = getenv("TMPDIR");
	*path = xasprintf("%s/outreach-context-XXXXXX", dir && *dir ? dir : "/tmp");
	if ((fd = mkostemp(*path, O_CLOEXEC)) < 0) { /* 0600 (POSIX) */
		fault(f, IOERR, "%s: %s", *path, strerror(errno));
		free(*path);
		*path = NULL;
		return -1;
	}
	for (; left > 0; p += n, left -= (size_t)n)
		if ((n = write(fd, p, left)) < 0) {
			fault(f, IOERR, "%s: %s", *path, strerror(errno));
			close(fd);
			return -1;
		}
	close(fd);
	return 0;
}

/* Editors end a file with a newline; the text has none there. */
static int
read_back(const char *path, struct buf *text, struct fault *f)
{
	ptrdiff_t bad;

	if (file_read(path, PROMPT_MAX + 1, text, f) < 0)
		return -1;
	while (text->len && text->p[text->len - 1] == '\n')
		text->p[--text->len] = '\0';
	if ((bad = utf8_bad(text->p ? text->p : "", text->len)) >= 0 ||
	    (text->len && memchr(text->p, '\0', text->len)))
		return fault(f, DATAERR, "what the editor left is no UTF-8 text");
	return 0;
}

/* ---- storing ---------------------------------------------------------------------------- */

static void
say_finding(void *arg, const struct check_finding *w)
{
	struct buf line = {0};

	(void)arg;
	finding_line(&line, w);
	fprintf(stderr, TOOL ": %s", line.p);
	buf_release(&line);
}

/* How many findings; a campaign without checks has none. */
static int
check(struct review_tool *t, const struct subject *s, const struct prompt *p, struct fault *f)
{
	struct judge *judge = judge_new(&t->db);
	int got = judge_run(judge, s, p->context.p, p->system_message.p, say_finding, NULL, f);

	judge_free(judge);
	return got == JUDGE_NONE ? 0 : got;
}

/* Stores it, unless another text was stored while the editor was open. */
static int
store(struct review_tool *t, const struct subject *s, int64_t read, const struct prompt *p,
    enum review state, struct fault *f)
{
	struct reviewed now;

	if (db_begin(&t->db, f) < 0)
		return -1;
	if (reviews_get(&t->db, s->target, &now, f) >= 0) {
		if (now.seq != read)
			fault(
			    f, TEMPFAIL, "the context was changed by somebody else meanwhile");
		else if (reviews_edit(&t->db, s->target, p->context.p, p->system_message.p,
			     state, f) == 0)
			return db_commit(&t->db, f);
	}
	db_rollback(&t->db);
	return -1;
}

/* 0 stored, 1 stored and rejected, 2 nothing changed, -1. */
static int
take(struct review_tool *t, const struct subject *s, int64_t read, struct prompt *p,
    const struct buf *text, struct fault *f)
{
	const struct plan *plan = campaigns_plan(&t->db, s->campaign, f);
	struct person who;
	int got;

	if (!plan)
		return -1;
	if (read && text->len == p->context.len &&
	    memcmp(text->p ? text->p : "", p->context.p, text->len) == 0)
		return 2;
	if (who_person(t, s, &who, f) < 0 ||
	    prompt_wrap(p, plan, &who, text->p ? text->p : "", f) < 0 ||
	    (got = check(t, s, p, f)) < 0)
		return -1;
	if (store(t, s, read, p, got ? REVIEW_REJECTED : REVIEW_APPROVED, f) < 0)
		return -1;
	return got > 0;
}

static int
edit(struct review_tool *t, const struct subject *s, struct prompt *p, char **path,
    struct fault *f)
{
	struct buf text = {0};
	struct reviewed r;
	int got = reviews_get(&t->db, s->target, &r, f);

	if (got < 0 || who_texts(t, s, p, f) < 0)
		return -1;
	if (s->placed)
		return fault(f, REFUSED,
		    "target %lld is being called: its context stays until then",
		    (long long)s->target);
	buf_add(&text, p->context.p, p->context.len);
	if (text.len && text.p[text.len - 1] != '\n')
		buf_addc(&text, '\n');
	got = write_out(&text, path, f);
	buf_reset(&text);
	if (got < 0 || (got = run_editor(*path, f)) < 0) {
		if (*path)
			unlink(*path);
		free(*path);
		*path = NULL;
	}
	if (got == 0)
		got = read_back(*path, &text, f);
	if (got == 0)
		got = take(t, s, r.seq, p, &text, f);
	buf_release(&text);
	return got;
}

int
verb_edit(struct review_tool *t, char **operand)
{
	static const char *const words[] = {"approved",
	    "stored and rejected: it fails the checks above (approve it as it is, or edit it again)",
	    "nothing changed"};
	struct prompt p = {.compiled = NULL};
	struct subject s;
	char *path = NULL;
	struct fault f;
	int got = who_find(t, *operand, &s, &f);

	if (got == 0)
		got = edit(t, &s, &p, &path, &f);
	if (got < 0 && path)
		fprintf(stderr, TOOL ": what you wrote is in %s\n", path);
	if (got >= 0 && path)
		unlink(path);
	if (got == 1 || (got >= 0 && !t->quiet))
		fprintf(stderr, TOOL ": target %lld: %s\n", (long long)s.target, words[got]);
	free(path);
	prompt_release(&p);
	return got < 0 ? tool_fail(&f) : got == 1 ? SOME : OK;
}
