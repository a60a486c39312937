/*
 * outreach-serve: the HTTP face of a store: webhooks in, context out to the AI.
 * Everything that answers is in lib/web.
 */
#define TOOL "outreach-serve"

#include "args.h"
#include "optouts.h"
#include "route.h"
#include "temp.h"
#include "tool.h"
#include "web.h"

#define STANDARD "127.0.0.1:8000"

static const char usage[] =
    "usage: outreach-serve [-qV] [-d STORE] [--avr ADDRESS] [-l ADDRESS] [--people ADDRESS]\n"
    "             [--port-file FILE] [--ready-fd NUMBER]\n"
    "Serves HTTP until SIGTERM: AVR's webhooks, contexts for the AI, control and data.\n"
    "An ADDRESS is 127.0.0.1:8000, [::1]:8000 or unix:PATH (default: " STANDARD ").\n";

struct serve {
	const char *path, *port_file;
	struct arg_list both, avr, people;
	bool help, quiet, version;
	int64_t ready_fd;
	struct settings settings;
	struct db db;
	struct listen listen[LISTEN_MAX];
	size_t listens;
	int port; /* of the first TCP address */
	bool any; /* it was asked for as 0 */
	struct notify notify;
};

static void
word(void *arg, const char *text)
{
	const struct serve *s = arg;

	if (!s->quiet)
		fprintf(stderr, TOOL ": %s\n", text);
}

static int
open_list(struct serve *s, const struct arg_list *list, unsigned faces, struct fault *f)
{
	for (size_t i = 0; i < list->n; i++) {
		struct listen *l = &s->listen[s->listens];

		if (s->listens == LISTEN_MAX)
			return fault(f, USAGE, "more than %d addresses", LISTEN_MAX);
		if (listen_open(l, list->value[i], faces, f) < 0)
			return -1;
		s->listens++;
		if (l->port != 0 && s->port == 0) {
			size_t n = strlen(list->value[i]);

			s->port = l->port;
			s->any = n > 2 && strcmp(list->value[i] + n - 2, ":0") == 0;
		}
	}
	return 0;
}

/* What the command line leaves open, the settings say. */
static void
of_settings(const struct texts *from, struct arg_list *to)
{
	for (size_t i = 0; i < from->n && to->n < ARGS_LIST; i++)
		to->value[to->n++] = from->v[i];
}

static int
open_addresses(struct serve *s, struct fault *f)
{
	struct arg_list standard = {.value = {STANDARD}, .n = 1};

	if (listen_passed(s->listen, &s->listens, f) < 0)
		return -1;
	if (s->both.n + s->avr.n + s->people.n == 0) {
		of_settings(&s->settings.serve.listen, &s->both);
		of_settings(&s->settings.serve.avr, &s->avr);
		of_settings(&s->settings.serve.people, &s->people);
	}
	if (open_list(s, &s->both, FACE_AVR | FACE_PEOPLE, f) < 0 ||
	    open_list(s, &s->avr, FACE_AVR, f) < 0 ||
	    open_list(s, &s->people, FACE_PEOPLE, f) < 0)
		return -1;
	return s->listens > 0 ? 0 : open_list(s, &standard, FACE_AVR | FACE_PEOPLE, f);
}

/* Who connects from here on waits in the kernel until it is answered. */
static int
bound(void *arg, struct fault *f)
{
	struct serve *s = arg;

	if (s->port_file != NULL && newfile_number(s->port_file, s->port, f) < 0)
		return -1;
	if (s->any && s->port_file == NULL &&
	    (printf("%d\n", s->port) < 0 || fflush(stdout) != 0))
		return fault(f, IOERR, "standard output cannot be written");
	return 0;
}

/* Every address answers: whoever waits for it may go on. */
static int
ready(void *arg, struct fault *f)
{
	struct serve *s = arg;

	for (size_t i = 0; i < s->listens; i++)
		if (!s->quiet)
			fprintf(stderr, TOOL ": listening on %s\n", s->listen[i].text);
	if (s->ready_fd > 0) {
		if (write((int)s->ready_fd, "\n", 1) != 1)
			return fault(
			    f, IOERR, "--ready-fd %d cannot be written", (int)s->ready_fd);
		close((int)s->ready_fd);
	}
	notify_tell(&s->notify, "READY=1");
	return 0;
}

static void
turns(void *arg)
{
	struct serve *s = arg;

	if (s->notify.watchdog)
		notify_tell(&s->notify, "WATCHDOG=1");
}

static void
stopping(void *arg)
{
	struct serve *s = arg;

	notify_tell(&s->notify, "STOPPING=1");
}

static int
run(struct serve *s)
{
	struct web_options o = {.db = &s->db,
	    .settings = &s->settings,
	    .listen = s->listen,
	    .bound = bound,
	    .ready = ready,
	    .turns = turns,
	    .stopping = stopping,
	    .word = word,
	    .arg = s};
	struct fault f;
	int status = OK;

	if (tool_open(&s->db, &s->settings, s->path, DB_WRITE, &f) < 0)
		return tool_fail(&f);
	notify_open(&s->notify);
	s->db.wait_s = 1; /* AVR waits 3 s for an answer */
	if (optouts_phrases(&s->db, s->settings.opt_out_words, &f) < 0)
		status = tool_fail(&f);
	else if (open_addresses(s, &f) < 0)
		status = f.code == USAGE ? tool_misused(&f, usage) : tool_fail(&f);
	o.listens = s->listens;
	if (status == OK && web_run(&o, &f) < 0)
		status = tool_fail(&f);
	for (size_t i = 0; i < s->listens; i++)
		listen_release(&s->listen[i]);
	tool_close(&s->db, &s->settings);
	notify_close(&s->notify);
	return status;
}

int
main(int argc, char **argv)
{
	struct serve s = {.ready_fd = -1};
	const struct arg table[] = {{0, "avr", .list = &s.avr}, {'d', "db", .text = &s.path},
	    {'h', "help", .flag = &s.help}, {'l', "listen", .list = &s.both},
	    {0, "people", .list = &s.people}, {0, "port-file", .text = &s.port_file},
	    {'q', "quiet", .flag = &s.quiet},
	    {0, "ready-fd", .number = &s.ready_fd, .min = 3, .max = 1023},
	    {'V', "version", .flag = &s.version}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f);

	if (n >= 0 && s.help)
		return tool_help(usage);
	if (n >= 0 && s.version) {
		puts(TOOL " " OUTREACH_VERSION);
		return out_close(TOOL, OK);
	}
	if (n > 0)
		n = fault(&f, USAGE, "it takes no operand \"%s\"", argv[0]);
	if (n < 0)
		return tool_misused(&f, usage);
	return out_close(TOOL, run(&s));
}
