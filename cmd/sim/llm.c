/*
 * llm: options and wiring of the simulated chat API; what it says is in
 * lib/web/simchat.c, how it misbehaves in simscript.c.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "clock.h"
#include "keep.h"
#include "llm.h"
#include "num.h"
#include "out.h"
#include "route.h"
#include "simllm.h"
#include "stand.h"

#define LLM_PORT "127.0.0.1:8080"
#define ANY_PORT "127.0.0.1:0"

const char sim_llm_usage[] =
    "usage: outreach-sim llm [-b] [--key-file file] [--latency duration] [-l host:port]\n"
    "                        [--log file] [--pid-file file] [--port-file file]\n"
    "                        [--script file]\n";

static struct {
	const char *listen, *key_file, *latency, *log, *script;
	struct stand stand;
	bool help;
} opt;

static const struct arg options[] = {{.letter = 'l', .name = "listen", .text = &opt.listen},
    {.name = "port-file", .text = &opt.stand.port_file},
    {.name = "pid-file", .text = &opt.stand.pid_file},
    {.name = "key-file", .text = &opt.key_file}, {.name = "latency", .text = &opt.latency},
    {.name = "log", .text = &opt.log}, {.name = "script", .text = &opt.script},
    {.letter = 'b', .name = "background", .flag = &opt.stand.background},
    {.letter = 'h', .name = "help", .flag = &opt.help}, {0}};

struct server_of_chats {
	struct loop *loop;
	struct simllm *llm;
	struct keep keep;
};

static void
on_stop(void *arg, int signo)
{
	struct server_of_chats *s = arg;

	loop_stop(s->loop);
}

static void
on_go(void *arg, int signo)
{
	struct server_of_chats *s = arg;

	simllm_go(s->llm);
}

static void
on_question(void *arg, const struct simllm_fact *fact)
{
	struct server_of_chats *s = arg;

	keep_question(&s->keep, fact);
}

static int
serve(struct listen *l, const struct simscript *script, const char *key, struct fault *f)
{
	struct server_of_chats s = {.loop = NULL};
	struct simllm_options o = {
	    .script = script, .key = key, .fact = on_question, .arg = &s};
	int status = keep_open(&s.keep, opt.log, NULL, NULL, f);

	if (status == 0)
		status = stand_claim(&opt.stand, f);
	if (status == 0)
		status = stand_up(&opt.stand, l->port, f);
	s.loop = loop_new();
	loop_signal(s.loop, SIGTERM, on_stop, &s);
	loop_signal(s.loop, SIGINT, on_stop, &s);
	loop_signal(s.loop, SIGUSR1, on_go, &s);
	if (status == 0 && (s.llm = simllm_open(s.loop, l, &o, f)) == NULL)
		status = -1;
	if (status == 0)
		status = loop_run(s.loop, f);
	simllm_close(s.llm);
	loop_free(s.loop);
	keep_close(&s.keep);
	return status;
}

/* The address, which must be of this machine. */
static int
open_address(struct listen *l, struct fault *f)
{
	const char *text = opt.listen != NULL ? opt.listen
	    : opt.stand.port_file != NULL     ? ANY_PORT
					      : LLM_PORT;

	if (listen_open(l, text, FACE_PEOPLE, f) < 0)
		return -1;
	if (l->loopback && l->port > 0)
		return 0;
	return fault(
	    f, CONFIG, "%s: the simulator serves on loopback only (127.0.0.1:0)", text);
}

static int
run(struct fault *f)
{
	struct listen l = {.fd = -1};
	struct simscript script;
	char *key = NULL;
	int status = 0;

	simscript_init(&script);
	if (opt.script != NULL)
		status = simscript_load(&script, opt.script, f);
	if (status == 0 && opt.latency != NULL)
		status = num_duration("latency", opt.latency, &script.latency_ms, f);
	if (status == 0 && opt.key_file != NULL && (key = keep_secret(opt.key_file, f)) == NULL)
		status = -1;
	if (status == 0)
		status = open_address(&l, f);
	if (status == 0)
		status = serve(&l, &script, key, f);
	listen_release(&l);
	simscript_release(&script);
	free(key);
	return status;
}

int
sim_llm(int argc, char **argv)
{
	struct fault f = {0};
	int operands = args_read(argc, argv, options, &f);

	if (operands >= 0 && opt.help) {
		fputs(sim_llm_usage, stdout);
		return out_close("outreach-sim", OK);
	}
	if (operands > 0)
		operands = fault(&f, USAGE, "%s: no operand is wanted", argv[0]);
	if (operands < 0) {
		warnx("%s", f.text);
		fputs(sim_llm_usage, stderr);
		return USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	if (clock_init(&f) < 0 || run(&f) < 0) {
		warnx("%s", f.text);
		return out_close("outreach-sim", f.code);
	}
	return out_close("outreach-sim", OK);
}
