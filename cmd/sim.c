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
#include "num.h"
#include "out.h"
#include "rand.h"
#include "settings.h"
#include "sim/keep.h"
#include "sim/llm.h"
#include "sim/plan.h"
#include "sim/stand.h"
#include "sim/usage.h"
#include "simami.h"

/* Who reads the port from a file need not know it before. */
#define AMI_PORT "127.0.0.1:5038"
#define ANY_PORT "127.0.0.1:0"

static struct {
	const char *listen, *user, *secret_file, *log, *mix, *astdb, *talk, *avr,
	    *avr_secret_file;
	struct stand stand;
	struct plan_options plan;
	int64_t seed, max_calls, die_after, silent_after;
	bool late, help, version;
} opt = {.user = SIM_USER, .talk = "3s", .seed = -1};

static const struct arg options[] = {{.letter = 'l', .name = "listen", .text = &opt.listen},
    {.name = "port-file", .text = &opt.stand.port_file},
    {.name = "pid-file", .text = &opt.stand.pid_file}, {.name = "user", .text = &opt.user},
    {.name = "secret-file", .text = &opt.secret_file}, {.name = "log", .text = &opt.log},
    {.name = "mix", .text = &opt.mix}, {.name = "talk", .text = &opt.talk},
    {.name = "astdb", .text = &opt.astdb}, {.name = "astdb-late", .flag = &opt.late},
    {.name = "avr", .text = &opt.avr},
    {.name = "avr-secret-file", .text = &opt.avr_secret_file},
    {.name = "seed", .number = &opt.seed, .min = 0, .max = INT64_MAX},
    {.name = "max-calls", .number = &opt.max_calls, .min = 0, .max = 1000000},
    {.name = "die-after", .number = &opt.die_after, .min = 0, .max = INT64_MAX},
    {.name = "silent-after", .number = &opt.silent_after, .min = 0, .max = INT64_MAX},
    {.name = "http", .text = &opt.plan.listen}, {.name = "http-fault", .list = &opt.plan.fault},
    {.name = "http-idempotent", .flag = &opt.plan.idempotent},
    {.name = "http-port-file", .text = &opt.plan.port_file},
    {.name = "http-secret-file", .text = &opt.plan.secret_file},
    {.name = "webhook", .text = &opt.plan.webhook},
    {.name = "webhook-secret-file", .text = &opt.plan.webhook_secret_file},
    {.letter = 'b', .name = "background", .flag = &opt.stand.background},
    {.letter = 'h', .name = "help", .flag = &opt.help},
    {.letter = 'V', .name = "version", .flag = &opt.version}, {0}};

/* What happens goes into the files, and on to the AI's side. */
struct world {
	struct keep keep;
	struct simavr *avr; /* null: there is none */
	struct simami *ami;
	struct simhttp *http; /* null: it speaks AMI alone */
	bool gracefully;
};

static struct loop *loop;

static void
on_stop(void *arg, int signo)
{
	loop_stop(loop);
}

static void
on_graceful(void *arg, int signo)
{
	struct world *w = arg;

	w->gracefully = true;
	simami_stop_gracefully(w->ami);
}

static void
on_fact(void *arg, const struct sim_fact *fact)
{
	struct world *w = arg;
	struct sim_fact by = *fact;

	if (w->http != NULL)
		simhttp_fact(w->http, fact, &by);
	keep_fact(&w->keep, &by); /* by the name that the dialer has for the call */
	if (w->avr != NULL)
		simavr_take(w->avr, fact);
}

static void
on_put(void *arg, const char *family, const char *key, const char *value)
{
	struct world *w = arg;

	keep_put(&w->keep, family, key, value);
}

static void
on_web(void *arg, const struct simavr_fact *fact)
{
	struct world *w = arg;

	keep_answer(&w->keep, fact);
}

static void
on_silent(void *arg)
{
	loop_stop(loop);
}

static int
open_avr(struct world *w, const char *secret, struct fault *f)
{
	struct simavr_options o = {.url = opt.avr, .secret = secret, .fact = on_web, .arg = w};

	if (opt.avr == NULL)
		return 0;
	w->avr = simavr_open(loop, &o, f);
	return w->avr != NULL ? 0 : -1;
}

/* Until a signal; when it is to end gracefully, until the last webhook is out too. */
static int
serve(struct world *w, const struct sim_options *sim, const char *secret, struct fault *f)
{
	int status = stand_claim(&opt.stand, f);

	if (status == 0)
		status = plan_announce(&opt.plan, w->http, f);
	if (status == 0)
		status = stand_up(&opt.stand, simami_port(w->ami), f);

	loop = w->keep.loop = loop_new();
	loop_signal(loop, SIGTERM, on_stop, NULL);
	loop_signal(loop, SIGINT, on_stop, NULL);
	loop_signal(loop, SIGUSR1, on_graceful, w);
	if (status == 0)
		status = open_avr(w, secret, f);
	if (status == 0) {
		simami_start(w->ami, loop, sim);
		status = w->http != NULL ? simhttp_start(w->http, loop, w->ami, f) : 0;
	}
	if (status == 0) {
		status = loop_run(loop, f);
	}
	if (status == 0 && w->gracefully && w->avr != NULL && simavr_talks(w->avr) > 0) {
		simavr_when_silent(w->avr, on_silent, NULL);
		status = loop_run(loop, f);
	}
	simhttp_close(w->http);
	w->http = NULL;
	simavr_close(w->avr);
	simami_close(w->ami);
	loop_free(loop);
	return status;
}

static int
run(struct fault *f)
{
	struct simdb *db = simdb_new();
	struct world w = {.avr = NULL};
	char *secret = NULL, *webhook = NULL;
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
	    .arg = &w,
	    .put = on_put,
	    .fact = on_fact};
	struct sim_world *people = NULL;
	int status = keep_open(&w.keep, opt.log, opt.astdb, db, f);

	w.keep.late = opt.late;
	if (status < 0 || (status = num_duration("talk", opt.talk, &talk_ms, f)) < 0 ||
	    (status = keep_secrets(
		 opt.secret_file, &secret, opt.avr_secret_file, &webhook, f)) < 0 ||
	    (opt.avr != NULL && (status = simavr_check(opt.avr, f)) < 0))
		goto out;
	people =
	    opt.mix != NULL ? sim_world_load(opt.mix, seed, f) : sim_world_new(seed, talk_ms);
	account.secret = secret;
	sim.world = people;
	status = people != NULL ? plan_open(&opt.plan, &w.http, f) : -1;
	w.ami = status == 0 ? simami_listen(&face, f) : NULL;
	status = w.ami != NULL ? serve(&w, &sim, webhook, f) : -1;
out:
	simhttp_close(w.http);
	keep_close(&w.keep);
	sim_world_free(people);
	simdb_free(db);
	free(secret);
	free(webhook);
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
		fputs(sim_usage, stdout);
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
		fputs(sim_usage, stderr);
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
