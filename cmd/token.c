/*
 * outreach-token: tokens of people and programs that use the HTTP face: made,
 * listed, taken back.
 */
#define TOOL "outreach-token"

#include "args.h"
#include "form.h"
#include "keys.h"
#include "mem.h"
#include "tokens.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-token add [-q] [--role viewer|operator] [-d STORE] NAME\n"
    "       outreach-token list [--format table|ndjson] [-d STORE]\n"
    "       outreach-token remove [-q] [-d STORE] NAME ...\n"
    "add prints the token, this once. A viewer may look, an operator may act.\n";

struct token_tool {
	struct db db;
	const char *format, *path, *role;
	bool help, quiet, table;
	unsigned missing;
	struct buf out;
};

/* ---- the verbs --------------------------------------------------------------------- */

/* A token that nobody has seen serves nobody: it goes again. */
static int
print_token(struct token_tool *t, const char *name, const char *text, struct fault *f)
{
	struct fault ignored;

	buf_printf(&t->out, "%s\n", text);
	if (out_flush(&t->out, f) == 0)
		return 0;
	(void)tokens_remove(&t->db, name, &ignored);
	return -1;
}

static int
add(struct token_tool *t, char *const *names, struct fault *f)
{
	char text[TOKEN_TEXT];
	int role = t->role ? token_role_parse(t->role) : TOKEN_VIEWER;

	if (!*names || names[1])
		return fault(f, USAGE, "add: give one name, of the person or program");
	if (!keys_name_ok(*names))
		return fault(f, USAGE,
		    "\"%.80s\" is no name: lower-case letters, digits, - and _, at most 63",
		    *names);
	if (role < 0)
		return fault(f, USAGE, "--role: %.40s is neither viewer nor operator", t->role);
	if (tokens_add(&t->db, *names, (enum token_role)role, text, f) < 0 ||
	    print_token(t, *names, text, f) < 0)
		return -1;
	if (!t->quiet)
		fprintf(stderr, TOOL ": %s is %s; it is not shown again\n", *names,
		    role == TOKEN_VIEWER ? "a viewer" : "an operator");
	return 0;
}

static int
list(struct token_tool *t, char *const *names, struct fault *f)
{
	char after[TOKEN_NAME] = "", at[32];
	struct token k;
	int got;

	if (*names)
		return fault(f, USAGE, "list takes no operand \"%s\"", *names);
	while ((got = tokens_next(&t->db, after, &k, f)) > 0) {
		num_instant_text(k.at, at);
		if (t->table) {
			form_cell(&t->out, k.name, 24);
			form_cell(&t->out, token_role_name(k.role), 8);
			form_cell(&t->out, at, 0);
			form_end(&t->out);
			continue;
		}
		buf_adds(&t->out, "{\"type\":\"token\",\"v\":1");
		buf_member(&t->out, "name", k.name);
		buf_member(&t->out, "role", token_role_name(k.role));
		buf_member(&t->out, "at", at);
		buf_adds(&t->out, "}\n");
	}
	return got < 0 ? -1 : out_flush(&t->out, f);
}

static int
remove_all(struct token_tool *t, char *const *names, struct fault *f)
{
	unsigned removed = 0;
	int got;

	if (!*names)
		return fault(f, USAGE, "remove: give the names of tokens");
	for (; *names; names++) {
		if ((got = tokens_remove(&t->db, *names, f)) < 0)
			return -1;
		removed += (unsigned)got;
		t->missing += !got;
		if (!got)
			fprintf(stderr,
			    TOOL ": there is no token %s (outreach-token list shows them)\n",
			    *names);
	}
	if (!t->quiet)
		fprintf(stderr, TOOL ": %u removed\n", removed);
	return 0;
}

/* ---- the command line ---------------------------------------------------------------- */

static const struct {
	const char *name;
	enum db_mode mode;
	int (*run)(struct token_tool *, char *const *, struct fault *);
} verbs[] = {{"add", DB_WRITE, add}, {"list", DB_READ, list}, {"remove", DB_WRITE, remove_all}};

static int
read_args(struct token_tool *t, int argc, char **argv, size_t *verb, struct fault *f)
{
	const struct arg table[] = {{'d', "db", .text = &t->path},
	    {0, "format", .text = &t->format}, {'h', "help", .flag = &t->help},
	    {'q', "quiet", .flag = &t->quiet}, {0, "role", .text = &t->role}, {0}};
	int n = args_read(argc, argv, table, f);

	if (n < 0 || t->help)
		return n;
	if (n == 0)
		return fault(f, USAGE, "say what to do: add, list or remove");
	for (*verb = 0; *verb < COUNT(verbs) && strcmp(argv[0], verbs[*verb].name); ++*verb)
		;
	if (*verb == COUNT(verbs))
		return fault(f, USAGE, "there is no verb \"%s\"", argv[0]);
	return tool_format(t->format, &t->table, f);
}

int
main(int argc, char **argv)
{
	static struct token_tool t;
	struct settings settings = {0};
	struct fault f;
	size_t verb = 0;
	int status = OK;

	if (read_args(&t, argc, argv, &verb, &f) < 0)
		return tool_misused(&f, usage);
	if (t.help)
		return tool_help(usage);
	if (tool_open(&t.db, &settings, t.path, verbs[verb].mode, &f) < 0)
		return tool_fail(&f);
	if (verbs[verb].run(&t, argv + 1, &f) < 0)
		status = f.code == USAGE ? tool_misused(&f, usage) : tool_fail(&f);
	else if (t.missing)
		status = SOME;
	buf_release(&t.out);
	tool_close(&t.db, &settings);
	return out_close(TOOL, status);
}
