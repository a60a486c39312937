/*
 * args: command lines and what they set, or why they are refused.
 */
#include "args.h"
#include "mem.h"
#include "tap.h"

static struct {
	bool quiet, dry;
	const char *db;
	int64_t limit;
} got;

static const struct arg table[] = {
    {'q', "quiet", .flag = &got.quiet},
    {'n', "dry-run", .flag = &got.dry},
    {'d', "db", .text = &got.db},
    {0, "limit", .number = &got.limit, .min = 1, .max = 100},
    {0},
};

/* Splits line at spaces into argv; returns argc. */
static int
split(char *line, char **argv)
{
	int n = 0;

	argv[n++] = line;
	for (; *line; line++)
		if (*line == ' ') {
			*line = '\0';
			argv[n++] = line + 1;
		}
	argv[n] = NULL;
	return n;
}

static const struct {
	const char *line;
	int operands; /* -1: refused */
	const char *first, *db, *why;
	bool quiet, dry;
	int64_t limit;
} lines[] = {
    {"x", 0, NULL, NULL, NULL, false, false, 0},
    {"x a b", 2, "a", NULL, NULL, false, false, 0},
    {"x a -q b --limit 7", 2, "a", NULL, NULL, true, false, 7},
    {"x -qn", 0, NULL, NULL, NULL, true, true, 0},
    {"x -qdf a", 1, "a", "f", NULL, true, false, 0},
    {"x --db=f=g", 0, NULL, "f=g", NULL, false, false, 0},
    {"x --db -q", 0, NULL, "-q", NULL, false, false, 0},
    {"x -- -q", 1, "-q", NULL, NULL, false, false, 0},
    {"x - -q", 1, "-", NULL, NULL, true, false, 0},
    {"x -q -q", 0, NULL, NULL, NULL, true, false, 0},
    {"x --quie", -1, NULL, NULL, "unknown option --quie (did you mean --quiet?)", false, false,
	0},
    {"x -z", -1, NULL, NULL, "unknown option -z", false, false, 0},
    {"x --quiet=1", -1, NULL, NULL, "--quiet takes no value", false, false, 0},
    {"x -d", -1, NULL, NULL, "-d needs a value", false, false, 0},
    {"x -d a --db b", -1, NULL, "a", "--db is given twice", false, false, 0},
    {"x --limit 0", -1, NULL, NULL, "--limit 0 is not between 1 and 100", false, false, 0},
    {"x --limit ten", -1, NULL, NULL, "--limit \"ten\" is not a whole number", false, false, 0},
};

static void
test_read(void)
{
	for (size_t i = 0; i < COUNT(lines); i++) {
		char line[100], *argv[20];
		struct fault f = {.code = OK};
		int n;

		memset(&got, 0, sizeof(got));
		copy_text(line, sizeof(line), lines[i].line);
		n = args_read(split(line, argv), argv, table, &f);
		is_int(n, lines[i].operands, lines[i].line);
		if (n > 0)
			is_str(argv[0], lines[i].first, "  its first operand");
		if (n < 0) {
			is_str(f.text, lines[i].why, "  says why");
			is_int(f.code, USAGE, "  is a wrong use");
			continue;
		}
		ok(got.quiet == lines[i].quiet && got.dry == lines[i].dry &&
			got.limit == lines[i].limit,
		    "  sets the options");
		is_str(got.db, lines[i].db, "  sets the text");
	}
}

static void
test_lead(void)
{
	char line[] = "x -d f verb -q a", *argv[20];
	struct fault f;
	int argc = split(line, argv);

	memset(&got, 0, sizeof(got));
	is_int(args_lead(argc, argv, table, &f), 3, "the first operand's place");
	is_str(argv[3], "verb", "which is the verb");
	ok(!got.quiet && got.db, "options behind it are not read yet");
	is_int(args_lead(3, argv, table, &f), 3, "no operand: the end");
}

static void
test_list(void)
{
	char line[] = "x --map a=b --map=c=d e", many[400] = "x", *argv[80];
	struct arg_list maps = {.n = 0};
	const struct arg lists[] = {{0, "map", .list = &maps}, {0}};
	struct fault f;

	is_int(args_read(split(line, argv), argv, lists, &f), 1, "one operand");
	is_int((int64_t)maps.n, 2, "an option may stand twice if it says so");
	is_str(maps.value[1], "c=d", "and keeps every value");
	maps.n = 0;
	for (int i = 0; i <= ARGS_LIST; i++)
		copy_text(many + strlen(many), sizeof(many) - strlen(many), " --map x");
	is_int(args_read(split(many, argv), argv, lists, &f), -1, "but not without end");
	is_str(f.text, "--map is given more than 32 times", "which is said");
}

int
main(void)
{
	test_read();
	test_list();
	test_lead();
	return done_testing();
}
