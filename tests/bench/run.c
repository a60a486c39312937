/*
 * run: a pair runner. It runs commands in turn (A B A B ...), so that the
 * weather of the machine falls on all of them alike, and prints medians: CPU
 * (user and system) and wall time, the longest wall time, the peak of resident
 * memory, and the median over the rounds of CPU against the first command.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "number.h"

enum { COMMANDS = 16, WORDS = 64 };

extern char **environ;

struct command {
	const char *name;
	char *argv[WORDS + 1];
	double *cpu, *wall, *ratio; /* ms; one a round */
	long rss;                   /* KiB */
};

static const char usage[] =
    "usage: run [-n ROUNDS] [-w WARM-UPS] [-b COMMAND] NAME COMMAND ...\n"
    "-b: a shell command before each measured one, not measured\n";

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double
ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec * 1e-3;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts v. */
static double
median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_size);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void *
space(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p) {
		fputs("run: out of memory\n", stderr);
		exit(71);
	}
	return p;
}

/* Words are run as they are; what needs a shell gets one, and its 0.5 ms. */
static void
parse(struct command *c, const char *name, char *text)
{
	int n = 0;
	char *save = NULL;

	c->name = name;
	if (strpbrk(text, "|&;<>()$`\\\"'*?[#~=\n")) {
		c->argv[0] = "sh";
		c->argv[1] = "-c";
		c->argv[2] = text;
		return;
	}
	for (char *w = strtok_r(text, " ", &save); w && n < WORDS;
	     w = strtok_r(NULL, " ", &save))
		c->argv[n++] = w;
}

/* From the start to the reaping; ends the program if the command fails. */
static void
run_once(const struct command *c, double *cpu, double *wall, long *rss)
{
	posix_spawn_file_actions_t fa;
	struct rusage u;
	double start;
	pid_t pid;
	int status, rc;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	start = now_ms();
	rc = posix_spawnp(&pid, c->argv[0], &fa, NULL, c->argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (rc) {
		fprintf(stderr, "run: %s: %s\n", c->argv[0], strerror(rc));
		exit(69);
	}
	while (wait4(pid, &status, 0, &u) < 0 && errno == EINTR)
		;
	*wall = now_ms() - start;
	if (status) {
		fprintf(stderr, "run: %s: %s %d\n", c->name,
		    WIFSIGNALED(status) ? "signal" : "exit status",
		    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		exit(1);
	}
	*cpu = ms(u.ru_utime) + ms(u.ru_stime);
	*rss = u.ru_maxrss;
}

/* One round: each command once, behind its preparation. Round -1 warms up. */
static void
run_round(struct command *c, int n, const struct command *before, int round)
{
	double cpu, wall;
	long rss;

	for (int i = 0; i < n; i++) {
		if (before->name)
			run_once(before, &cpu, &wall, &rss);
		run_once(&c[i], &cpu, &wall, &rss);
		if (round < 0)
			continue;
		c[i].cpu[round] = cpu;
		c[i].wall[round] = wall;
		c[i].ratio[round] = c[0].cpu[round] > 0 ? cpu / c[0].cpu[round] : 0;
		c[i].rss = rss > c[i].rss ? rss : c[i].rss;
	}
}

static void
print(struct command *c, int n, int rounds)
{
	printf("%-28s %12s %12s %12s %9s %8s\n", "name", "cpu_ms", "wall_ms", "longest_ms",
	    "rss_mib", "cpu_x");
	for (int i = 0; i < n; i++) {
		double wall = median(c[i].wall, rounds);

		printf("%-28s %12.3f %12.3f %12.3f %9.1f %8.3f\n", c[i].name,
		    median(c[i].cpu, rounds), wall, c[i].wall[rounds - 1],
		    (double)c[i].rss / 1024, median(c[i].ratio, rounds));
	}
}

int
main(int argc, char **argv)
{
	struct command c[COMMANDS] = {{0}}, before = {0};
	long rounds = 5, warm = 1;
	int opt, n;

	while ((opt = getopt(argc, argv, "b:n:w:")) != -1)
		switch (opt) {
		case 'b': parse(&before, "before", optarg); break;
		case 'n': rounds = number("-n", optarg, 1, 10000); break;
		case 'w': warm = number("-w", optarg, 0, 10000); break;
		default: fputs(usage, stderr); return 64;
		}
	n = (argc - optind) / 2;
	if (n < 1 || n > COMMANDS || (argc - optind) % 2 || rounds < 1 || warm < 0) {
		fputs(usage, stderr);
		return 64;
	}
	for (int i = 0; i < n; i++) {
		parse(&c[i], argv[optind + 2 * i], argv[optind + 2 * i + 1]);
		c[i].cpu = space((size_t)rounds, sizeof(double));
		c[i].wall = space((size_t)rounds, sizeof(double));
		c[i].ratio = space((size_t)rounds, sizeof(double));
	}
	for (long i = -warm; i < rounds; i++)
		run_round(c, n, &before, (int)i);
	print(c, n, (int)rounds);
	return 0;
}
