/*
 * outreach-token: tokens of people and programs that use the HTTP face: made,
 * listed, taken back.
 */
#define TOOL "outreach-token"

#include <stdio.h>

#include "form.h"
#include "keys.h"
#include "settings.h"
#include "tokens.h"

struct token_tool {
	struct db db;
	struct settings settings;
	const char *format, *path, *role;
	bool help, quiet, table;
	unsigned missing;
	struct buf out;
};

#define VERB_TOOL struct token_tool
#include "verb.h"

static struct token_tool tool;

static const char usage[] =
    "usage: outreach-token add [-q] [--role viewer|operator] [-d STORE] NAME\n"
    "       outreach-token list [--format table|ndjson] [-d STORE]\n"
    "       outreach-token remove [-q] [-d STORE] NAME ...\n"
    "add prints the token, this once. A viewer may look, an operator may act.\n";

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
add(struct token_tool *t, const char *name, struct fault *f)
{
	char text[TOKEN_TEXT];
	int role = t->role ? token_role_parse(t->role) : TOKEN_VIEWER;

	if (!keys_name_ok(name))
		return fault(f, USAGE,
		    "\"%.80s\" is no name: lower-case letters, digits, - and _, at most 63",
		    name);
	if (role < 0)
		return fault(f, USAGE, "--role: %.40s is neither viewer nor operator", t->role);
	if (tokens_add(&t->db, name, (enum token_role)role, text, f) < 0 ||
	    print_token(t, name, text, f) < 0)
		return -1;
	if (!t->quiet)
		fprintf(stderr, TOOL ": %s is %s; it is not shown again\n", name,
		    role == TOKEN_VIEWER ? "a viewer" : "an operator");
	return 0;
}

static int
list(struct token_tool *t, struct fault *f)
{
	char after[TOKEN_NAME] = "", at[32];
	struct token k;
	int got;

	if (t->table)
		buf_adds(&t->out, "NAME                     ROLE     SINCE\n");
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

/* The exit code of a verb that came to rc. */
static int
ended(struct token_tool *t, int rc, const struct fault *f)
{
	buf_release(&t->out);
	if (rc < 0)
		return f->code == USAGE ? tool_misused(f, usage) : tool_fail(f);
	return t->missing ? SOME : OK;
}

static int
verb_add(struct token_tool *t, char **name)
{
	struct fault f;

	return ended(t, add(t, *name, &f), &f);
}

static int
verb_list(struct token_tool *t, char **none)
{
	struct fault f;

	return ended(t, list(t, &f), &f);
}

static int
verb_remove(struct token_tool *t, char **names)
{
	struct fault f;

	return ended(t, remove_all(t, names, &f), &f);
}

static const struct arg of_add[] = {HELP, QUIET, TEXT("role", tool.role), STORE, {0}};
static const struct arg of_list[] = {TEXT("format", tool.format), HELP, STORE, {0}};
static const struct arg of_remove[] = {HELP, QUIET, STORE, {0}};

static const struct verb verbs[] = {
    {"add", verb_add, of_add, DB_WRITE, 1, 1, "one name, of the person or program"},
    {"list", verb_list, of_list, DB_READ, NONE, NONE, ""},
    {"remove", verb_remove, of_remove, DB_WRITE, 1, MANY, "the names of tokens"},
    {0},
};

int
main(int argc, char **argv)
{
	const struct verb *v = verb_find(verbs, argc, argv);
	struct fault f;
	int n;

	if (!v)
		return verb_missing(
		    verbs, argc, argv, "what to do: add, list or remove", usage);
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || verb_operands(v, argv + 1, n, &f) < 0 ||
	    tool_format(tool.format, &tool.table, &f) < 0)
		return verb_misused(v, &f, usage);
	return verb_run(v, v->store, &tool, argv + 1);
}
