/*
 * outreach-sim: the simulated exchange on a loopback port, and the simulated
 * chat API, for demonstrations and tests. It dials nobody and asks nobody.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "clock.h"
#include "mem.h"
#include "num.h"
#include "out.h"
#include "rand.h"
#include "settings.h"
#include "sim/keep.h"
#include "sim/llm.h"
#include "sim/stand.h"
#include "simami.h"

/* Who reads the port from a file need not know it before. */
#define AMI_PORT "127.0.0.1:5038"
#define ANY_PORT "127.0.0.1:0"

static struct {
	const char *listen, *user, *secret_file, *log, *mix, *astdb, *talk;
	struct stand stand;
	int64_t seed, max_calls, die_after, silent_after;
	bool late, help, version;
} opt = {.user = SIM_USER, .talk = "3s", .seed = -1};

static const struct arg options[] = {{.letter = 'l', .name = "listen", .text = &opt.listen},
    {.name = "port-file", .text = &opt.stand.port_file},
    {.name = "pid-file", .text = &opt.stand.pid_file}, {.name = "user", .text = &opt.user},
    {.name = "secret-file", .text = &opt.secret_file}, {.name = "log", .text = &opt.log},
    {.name = "mix", .text = &opt.mix}, {.name = "talk", .text = &opt.talk},
    {.name = "astdb", .text = &opt.astdb}, {.name = "astdb-late", .flag = &opt.late},
    {.name = "seed", .number = &opt.seed, .min = 0, .max = INT64_MAX},
    {.name = "max-calls", .number = &opt.max_calls, .min = 0, .max = 1000000},
    {.name = "die-after", .number = &opt.die_after, .min = 0, .max = INT64_MAX},
    {.name = "silent-after", .number = &opt.silent_after, .min = 0, .max = INT64_MAX},
    {.letter = 'b', .name = "background", .flag = &opt.stand.background},
    {.letter = 'h', .name = "help", .flag = &opt.help},
    {.letter = 'V', .name = "version", .flag = &opt.version}, {0}};

static const char usage[] =
    "usage: outreach-sim [-b] [--astdb file [--astdb-late]] [--die-after n] [-l host:port]\n"
    "                    [--log file] [--max-calls n] [--mix file] [--pid-file file]\n"
    "                    [--port-file file] [--secret-file file] [--seed n]\n"
    "                    [--silent-after n] [--talk duration] [--user name]\n";

static struct loop *loop;

static void
on_stop(void *arg, int signo)
{
	loop_stop(loop);
}

static void
on_graceful(void *arg, int signo)
{
	simami_stop_gracefully(arg);
}

static int
serve(const struct sim_options *sim, const struct simami_options *o, struct keep *k,
    struct fault *f)
{
	struct simami *ami = simami_listen(o, f);
	int status;

	if (ami == NULL)
		return -1;
	status = stand_up(&opt.stand, simami_port(ami), f);
	loop = k->loop = loop_new();
	loop_signal(loop, SIGTERM, on_stop, NULL);
	loop_signal(loop, SIGINT, on_stop, NULL);
	loop_signal(loop, SIGUSR1, on_graceful, ami);
	if (status == 0) {
		simami_start(ami, loop, sim);
		status = loop_run(loop, f);
	}
	simami_close(ami);
	loop_free(loop);
	return status;
}

static int
run(struct fault *f)
{
	struct simdb *db = simdb_new();
	struct sim_world *world = NULL;
	struct keep keep;
	char *secret = NULL;
	int64_t talk_ms;
	uint64_t seed = opt.seed >= 0 ? (uint64_t)opt.seed : rand_u64();
	struct sim_account account = {.user = opt.user,
	    .read = SIM_CALL | SIM_CDR | SIM_USEREVENT,
	    .write = SIM_ORIGINATE | SIM_CALL | SIM_REPORTING};
	struct sim_options sim = {.seed = seed,
	    .accounts = &account,
	    .naccounts = 1,
	    .max_calls = (int)opt.max_calls,
	    .db = db};
	struct simami_options face = {.listen = opt.listen != NULL ? opt.listen
		: opt.stand.port_file != NULL                      ? ANY_PORT
								   : AMI_PORT,
	    .die_after = (uint64_t)opt.die_after,
	    .silent_after = (uint64_t)opt.silent_after,
	    .arg = &keep,
	    .put = keep_put,
	    .fact = keep_fact};
	int status = keep_open(&keep, opt.log, opt.astdb, db, f);

	keep.late = opt.late;
	if (status < 0 || (status = num_duration("talk", opt.talk, &talk_ms, f)) < 0)
		goto out;
	world =
	    opt.mix != NULL ? sim_world_load(opt.mix, seed, f) : sim_world_new(seed, talk_ms);
	secret =
	    opt.secret_file != NULL ? keep_secret(opt.secret_file, f) : xstrdup(SIM_SECRET);
	account.secret = secret;
	sim.world = world;
	status = world == NULL || secret == NULL ? -1 : serve(&sim, &face, &keep, f);
out:
	keep_close(&keep);
	sim_world_free(world);
	simdb_free(db);
	free(secret);
	return status;
}

int
main(int argc, char **argv)
{
	struct fault f = {0};
	int operands;

	if (argc > 1 && strcmp(argv[1], "llm") == 0)
		return sim_llm(argc - 1, argv + 1);
	operands = args_read(argc, argv, options, &f);
	if (operands >= 0 && opt.help) {
		fputs(usage, stdout);
		fputs(sim_llm_usage, stdout);
		return out_close("outreach-sim", OK);
	}
	if (operands >= 0 && opt.version) {
		puts("outreach-sim " OUTREACH_VERSION);
		return out_close("outreach-sim", OK);
	}
	if (operands > 0)
		operands = fault(&f, USAGE, "%s: no operand is wanted", argv[0]);
	if (operands < 0) {
		warnx("%s", f.text);
		fputs(usage, stderr);
		return USAGE;
	}
	rand_salt("outreach-sim");
	signal(SIGPIPE, SIG_IGN);
	if (clock_init(&f) < 0 || run(&f) < 0) {
		warnx("%s", f.text);
		return out_close("outreach-sim", f.code);
	}
	return out_close("outreach-sim", OK);
}
