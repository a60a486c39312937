/*
 * filter: what leaves, in which order, and that nothing leaves before its
 * commit. The filter under test doubles "call" records and refuses or fails
 * where a record tells it to; descriptor 1 is a file while it runs.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "loop.h"
#include "clock.h"
#include "tap.h"

static struct {
	struct buf log; /* b c r: begin, commit, rollback; digits: records since */
	struct buf reports;
	int in_batch, left_early;
	int fail_commit;
	int out; /* the file that is descriptor 1 */
} t;

static off_t
written(void)
{
	struct stat st;

	return fstat(t.out, &st) < 0 ? -1 : st.st_size;
}

static off_t at_begin;

static int
begin(void *ctx, struct fault *f)
{
	buf_addc(&t.log, 'b');
	t.in_batch = 0;
	at_begin = written();
	return 0;
}

static int
record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct slice v;

	t.in_batch++;
	t.left_early |= written() != at_begin;
	buf_add(out, rec->p, rec->len);
	buf_addc(out, '\n');
	if (rec_find(rec, "refuse", &v)) {
		rec_fault(rec, f, "refused");
		f->code = REFUSED;
		return 1;
	}
	if (rec_find(rec, "fail", &v))
		return fault(f, TEMPFAIL, "failed");
	buf_add(out, rec->p, rec->len);
	return 0;
}

static int
commit(void *ctx, struct fault *f)
{
	t.left_early |= written() != at_begin;
	buf_printf(&t.log, "%dc", t.in_batch);
	return t.fail_commit ? fault(f, TEMPFAIL, "busy") : 0;
}

static void
rollback(void *ctx)
{
	buf_printf(&t.log, "%dr", t.in_batch);
}

static void
report(const struct fault *f)
{
	buf_printf(&t.reports, "%s\n", f->text);
}

static const char *const types[] = {"call", "target", NULL};
static const struct filter strict = {
    .types = types,
    .begin = begin,
    .record = record,
    .commit = commit,
    .rollback = rollback,
    .report = report,
    .quick = true, /* a few records are one batch, however slow the machine is */
};

static struct {
	int status;
	struct fault f;
	struct filter_count count;
	struct buf out;
} got;

static int
temp(const char *text, size_t len)
{
	char name[] = "/tmp/outreach-test-XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

/* Runs the filter over a descriptor with descriptor 1 in a file, into got. */
static void
run_fd(const struct filter *filter, int in)
{
	int saved = dup(STDOUT_FILENO);

	fflush(stdout);
	buf_reset(&t.log);
	buf_reset(&t.reports);
	buf_reset(&got.out);
	t.left_early = 0;
	got.count = (struct filter_count){0};
	t.out = temp("", 0);
	dup2(t.out, STDOUT_FILENO);
	got.status = filter_run(filter, in, "t", &got.count, &got.f);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	size_t n = (size_t)written();
	buf_need(&got.out, n);
	if (pread(t.out, got.out.p, n, 0) != (ssize_t)n)
		abort();
	got.out.len = n;
	got.out.p[n] = '\0';
	close(t.out);
}

static void
run_text(const struct filter *filter, const char *text)
{
	int in = temp(text, strlen(text));

	run_fd(filter, in);
	close(in);
}

#define C1     "{\"type\":\"contact\",\"id\":1}"
#define C2     "{\"type\":\"contact\",\"id\":2}"
#define K1     "{\"type\":\"call\",\"id\":1}"
#define K2     "{\"type\":\"target\",\"id\":2}"
#define REFUSE "{\"type\":\"call\",\"refuse\":1}"
#define FAIL   "{\"type\":\"call\",\"fail\":1}"

static void
test_order(void)
{
	run_text(&strict, C1 "\n" K1 "\n" C2 "\n\n" C1 "\n" K2 "\n" C2);
	is_int(got.status, 0, "a mixed stream");
	is_str(got.out.p, C1 "\n" K1 "\n" K1 "\n" C2 "\n" C1 "\n" K2 "\n" K2 "\n" C2 "\n",
	    "leaves in order");
	is_str(t.log.p, "b2c", "in one batch");
	ok(!t.left_early, "that leaves after its commit");
	ok(got.count.read == 6 && got.count.own == 2 && !got.count.refused, "is counted");
	run_text(&strict, "");
	ok(got.status == 0 && got.out.len == 0 && t.log.len == 0, "nothing in, nothing out");
	run_text(&strict, " " C1 " \r\n{}\n" C2 "\n");
	is_str(
	    got.out.p, " " C1 " \r\n{}\n" C2 "\n", "what is not for us passes byte for byte");
}

static void
test_bad_lines(void)
{
	struct filter lenient = strict;

	lenient.keep_going = true;
	run_text(&strict, C1 "\n" K1 "\n" C2 "\nnonsense\n" K2 "\n");
	ok(got.status == -1 && got.f.code == DATAERR, "a bad line stops");
	is_str(got.f.text, "t:4:1: not a JSON value", "with its place");
	is_str(got.out.p, C1 "\n" K1 "\n" K1 "\n" C2 "\n", "after what came before");
	is_str(t.log.p, "b1c", "committed");
	run_text(&lenient, C1 "\nx\n" K1 "\ny\n" C2 "\n" C1 "\nz");
	is_int(got.status, 0, "with keep_going it goes on");
	is_str(got.out.p, C1 "\n" K1 "\n" K1 "\n" C2 "\n" C1 "\n", "with all the good ones");
	is_str(t.reports.p,
	    "t:2:1: not a JSON value\nt:4:1: not a JSON value\nt:7:1: not a JSON value\n",
	    "and reports each bad one");
	is_int((int64_t)got.count.refused, 3, "and counts them");
}

static void
test_refused(void)
{
	struct filter lenient = strict;

	lenient.keep_going = true;
	run_text(&strict, C1 "\n" K1 "\n" REFUSE "\n" K2 "\n");
	ok(got.status == -1 && got.f.code == REFUSED, "a refused record stops with its code");
	is_str(got.out.p, C1 "\n" K1 "\n" K1 "\n", "after what came before, without its half");
	is_str(t.log.p, "b2c", "committed");
	run_text(&lenient, K1 "\n" REFUSE "\n" K2 "\n");
	is_int(got.status, 0, "with keep_going it goes on");
	is_str(got.out.p, K1 "\n" K1 "\n" K2 "\n" K2 "\n", "without the refused one");
	is_str(t.reports.p, "t:2: refused\n", "which is reported");
}

static void
test_failures(void)
{
	struct filter pure = strict, lenient = strict;

	lenient.keep_going = true;
	run_text(&lenient, C1 "\n" K1 "\n" FAIL "\n" K2 "\n");
	ok(got.status == -1 && got.f.code == TEMPFAIL, "a failure stops even with keep_going");
	is_str(got.out.p, "", "nothing of the batch leaves");
	is_str(t.log.p, "b2r", "it is rolled back");
	pure.begin = NULL;
	pure.commit = NULL;
	pure.rollback = NULL;
	at_begin = 0;
	run_text(&pure, K1 "\n" FAIL "\n");
	is_str(got.out.p, K1 "\n" K1 "\n", "a pure filter has nothing to take back");
	t.fail_commit = 1;
	run_text(&strict, C1 "\n" K1 "\n");
	t.fail_commit = 0;
	ok(got.status == -1 && got.f.code == TEMPFAIL, "a failed commit stops");
	is_str(got.out.p, "", "nothing leaves");
	is_str(t.log.p, "b1c1r", "and it is rolled back");
}

static void
test_batches(void)
{
	struct buf text = {0};
	uint64_t sum = 0;
	int in, most = 0;

	for (int i = 0; i < 2500; i++)
		buf_adds(&text, K1 "\n");
	run_text(&strict, text.p);
	is_int(got.status, 0, "2,500 own records");
	for (char *p = t.log.p; *p;) {
		p++; /* b */
		int n = (int)strtol(p, &p, 10);
		p++; /* c */
		sum += (uint64_t)n;
		most = n > most ? n : most;
	}
	is_int((int64_t)sum, 2500, "all in batches");
	ok(most <= 1000, "of at most 1,000");
	is_int((int64_t)got.out.len, (int64_t)(2 * text.len), "all leave");
	buf_reset(&text);
	for (int i = 0; i < 40; i++) {
		buf_adds(&text, "{\"type\":\"call\",\"x\":\"");
		buf_need(&text, 1 << 20);
		memset(text.p + text.len, 'x', 1 << 20);
		text.len += 1 << 20;
		buf_adds(&text, "\"}\n");
	}
	in = temp(text.p, text.len);
	run_fd(&strict, in);
	close(in);
	is_int((int64_t)got.out.len, (int64_t)(2 * text.len), "40 MiB of large records leave");
	ok(got.out.cap && strchr(t.log.p, 'c') && !strstr(t.log.p, "40c"), "not in one batch");
	buf_release(&text);
}

static bool waited;
static int64_t batch_start;

static bool
is_waited_for(void *ctx)
{
	return waited;
}

static int
note_start(void *ctx, struct fault *f)
{
	batch_start = clock_real_us();
	return begin(ctx, f);
}

/* A record takes so long that the batch is due for the next one that comes. */
static int
slow_record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	while (clock_real_us() - batch_start < 25000)
		;
	return record(ctx, rec, out, f);
}

/* A sink's batch grows while nobody waits for it, and ends soon when somebody does. */
static void
test_sink(void)
{
	struct filter sink = strict;
	struct buf text = {0};
	int most = 0;

	for (int i = 0; i < 100000; i++)
		buf_adds(&text, K1 "\n");
	sink.waited_for = is_waited_for;
	waited = false;
	run_text(&sink, text.p);
	for (char *p = t.log.p; *p;) {
		int n = (int)strtol(p + 1, &p, 10);
		p++; /* c */
		most = n > most ? n : most;
	}
	ok(most > 1000 && most <= 20000, "nobody waits: up to 20,000 records");
	text.len = 1000 * (strlen(K1) + 1);
	text.p[text.len] = '\0';
	waited = true;
	sink.begin = note_start;
	sink.record = slow_record;
	run_text(&sink, text.p);
	is_str(strncmp(t.log.p, "b64cb64c", 8) ? t.log.p : "b64cb64c", "b64cb64c",
	    "somebody waits: the next look ends it");
	buf_release(&text);
}

/* A batch must not wait for a slow writer: its output is here while the pipe stays open. */
static void
test_no_waiting(void)
{
	int to[2], from[2];
	char answer[200];
	size_t n = 0, want = strlen(C1 "\n" K1 "\n" K1 "\n");
	struct filter quiet = strict;
	pid_t child;

	quiet.begin = NULL;
	quiet.commit = NULL;
	if (pipe(to) < 0 || pipe(from) < 0)
		abort();
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct fault f;
		struct filter_count count = {0};

		dup2(from[1], STDOUT_FILENO);
		close(to[1]);
		t.out = STDOUT_FILENO;
		_exit(filter_run(&quiet, to[0], "t", &count, &f) < 0);
	}
	if (write(to[1],
		C1 "\n" K1 "\n"
		   "{\"half",
		strlen(C1 K1) + 8) < 0)
		abort();
	while (n < want && loop_wait(from[0], 10000) == 1) {
		ssize_t r = read(from[0], answer + n, sizeof(answer) - n);
		if (r <= 0)
			break;
		n += (size_t)r;
	}
	is_bytes(
	    answer, n, C1 "\n" K1 "\n" K1 "\n", want, "output comes while the writer waits");
	close(to[1]);
	waitpid(child, NULL, 0);
	close(to[0]);
	close(from[0]);
	close(from[1]);
}

static void
test_write_faults(void)
{
	int saved = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY), fds[2];
	int in = temp(C1 "\n", strlen(C1) + 1);

	fflush(stdout);
	dup2(full, STDOUT_FILENO);
	got.status = filter_run(&strict, in, "t", &got.count, &got.f);
	dup2(saved, STDOUT_FILENO);
	ok(got.status == -1 && got.f.code == IOERR, "a full disk is an I/O error");
	is_str(got.f.text, "standard output: No space left on device", "in words");
	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds) < 0 || lseek(in, 0, SEEK_SET) != 0)
		abort();
	close(fds[0]);
	dup2(fds[1], STDOUT_FILENO);
	got.status = filter_run(&strict, in, "t", &got.count, &got.f);
	dup2(saved, STDOUT_FILENO);
	ok(got.status == -1 && got.f.code == IOERR, "a reader that went is one too");
	close(fds[1]);
	close(saved);
	close(full);
	close(in);
}

static void
test_files(void)
{
	char name[] = "/tmp/outreach-test-XXXXXX";
	char *files[] = {name, name, "/nonexistent/x", NULL};
	int fd = mkstemp(name), saved = dup(STDOUT_FILENO);

	if (fd < 0 || write(fd, C1, strlen(C1)) < 0)
		abort();
	fflush(stdout);
	t.out = temp("", 0);
	dup2(t.out, STDOUT_FILENO);
	got.count = (struct filter_count){0};
	got.status = filter_files(&strict, files, &got.count, &got.f);
	dup2(saved, STDOUT_FILENO);
	is_int((int64_t)got.count.read, 2, "operands are read in turn");
	is_int(written(), (int64_t)(2 * strlen(C1 "\n")), "each line ended");
	ok(got.status == -1 && got.f.code == NOINPUT, "a missing file is no input");
	is_str(got.f.text, "/nonexistent/x: No such file or directory", "in words");
	unlink(name);
	close(fd);
	close(saved);
	close(t.out);
}

int
main(void)
{
	test_order();
	test_bad_lines();
	test_refused();
	test_failures();
	test_batches();
	test_sink();
	test_no_waiting();
	test_write_faults();
	test_files();
	buf_release(&t.log);
	buf_release(&t.reports);
	buf_release(&got.out);
	return done_testing();
}
