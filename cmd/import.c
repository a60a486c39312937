/*
 * outreach-import: sheets of people (CSV, TSV, NDJSON) into the store; every
 * row that is not refused leaves as a contact record once it is committed.
 */
#define TOOL "outreach-import"

#include <stdlib.h>

#include "import/map.h"
#include "import/told.h"

#include "args.h"
#include "mem.h"
#include "tool.h"

#include "region.h"

static const char usage[] =
    "usage: outreach-import [-nqv] [--strict] [--source NAME] [--id COLUMN]\n"
    "             [--map FIELD=COLUMN ...] [--map-file FILE] [--accept-map] [--save-map FILE]\n"
    "             [--skip-rows N] [--format csv|tsv|ndjson] [--delimiter CHAR]\n"
    "             [--encoding NAME] [--region REGION] [--rejects FILE] [--replace]\n"
    "             [--summary FILE] [-d STORE] [FILE ...]\n";

struct import_tool {
	struct db db;
	struct import_rules rules;
	struct import_face face;
	struct told told;
	struct arg_list maps;
	struct map_file map;
	int64_t skip_rows;
	const char *path, *format, *delimiter, *summary, *map_file, *save_map;
	char region[PHONE_REGION];
	bool strict, help;
};

/* ---- the command line ---------------------------------------------------------- */

static int
set_format(struct import_tool *t, struct fault *f)
{
	static const char *const names[] = {"csv", "tsv", "ndjson"};

	for (int i = 0; t->format && i < 3; i++)
		if (!strcmp(t->format, names[i]))
			t->rules.format = (enum rows_format)(ROWS_CSV + i);
	if (t->format && t->rules.format == ROWS_DETECT)
		return fault(f, USAGE, "--format: %s is not csv, tsv or ndjson", t->format);
	if (!t->delimiter)
		return 0;
	if (t->rules.format == ROWS_NDJSON)
		return fault(f, USAGE, "NDJSON has no --delimiter");
	if (!strcmp(t->delimiter, "tab") || !strcmp(t->delimiter, "\\t"))
		t->delimiter = "\t";
	if (!strchr(",;\t|", t->delimiter[0]) || !t->delimiter[0] || t->delimiter[1])
		return fault(f, USAGE, "--delimiter: give one of , ; | or tab");
	t->rules.delimiter = t->delimiter[0];
	return 0;
}

static int
read_args(struct import_tool *t, int argc, char **argv, struct fault *f)
{
	struct sheet_rules *sheet = &t->rules.sheet;
	const struct arg table[] = {{0, "accept-map", .flag = &sheet->accept},
	    {'d', "db", .text = &t->path}, {0, "delimiter", .text = &t->delimiter},
	    {'n', "dry-run", .flag = &t->rules.dry},
	    {0, "encoding", .text = &t->rules.encoding}, {0, "format", .text = &t->format},
	    {'h', "help", .flag = &t->help}, {0, "id", .text = &sheet->id},
	    {0, "map", .list = &t->maps}, {0, "map-file", .text = &t->map_file},
	    {'q', "quiet", .flag = &t->told.quiet}, {0, "region", .text = &sheet->region},
	    {0, "rejects", .text = &t->rules.rejects},
	    {0, "replace", .flag = &t->rules.replace}, {0, "save-map", .text = &t->save_map},
	    {0, "skip-rows", .number = &t->skip_rows, .min = 0, .max = 1000},
	    {0, "source", .text = &sheet->source}, {0, "strict", .flag = &t->strict},
	    {0, "summary", .text = &t->summary}, {'v', "verbose", .flag = &t->told.verbose},
	    {0}};
	int n = args_read(argc, argv, table, f);

	if (n < 0 || t->help)
		return n;
	if (n > 1 && (t->rules.rejects || t->save_map))
		return fault(f, USAGE, "%s of one file, not of %d",
		    t->rules.rejects ? "--rejects takes the rows" : "--save-map keeps the map",
		    n);
	if (region_check(&sheet->region, t->region, f) < 0)
		return -1;
	if (map_load(&t->map, t->map_file, &t->maps, f) < 0)
		return -1;
	sheet->map = t->map.entry;
	sheet->maps = t->map.n;
	t->rules.skip_rows = (uint64_t)t->skip_rows;
	t->told.all.dry = t->rules.dry;
	/* A wrong map is a wrong command line, before any file is opened. */
	struct sheet *trial = sheet_new(sheet, f);
	if (!trial || set_format(t, f) < 0)
		n = -1;
	sheet_free(trial);
	return n;
}

/* ---- the work ---------------------------------------------------------------- */

static int
run(struct import_tool *t, struct import *m, const char *file, struct db *db, struct fault *f)
{
	const char *column, *field;
	struct import_count count;
	struct fault also;
	int rc = import_run(m, db, &count, f);

	imported_add(&t->told.all, &count);
	for (size_t i = 0; (column = import_unapplied(m, i, &field)); i++)
		told_unapplied(&t->told, file, column, field);
	/* Whatever stopped it, those that are stored are told. */
	return told_flush(&t->told, rc < 0 ? &also : f) < 0 ? -1 : rc;
}

static struct import *
open_one(struct import_tool *t, const char *file, struct fault *f)
{
	struct import *m = import_open(file, &t->rules, &t->face, f);
	if (m && t->save_map && map_save(t->save_map, m, f) < 0) {
		import_close(m);
		m = NULL;
	}
	return m;
}

static int
open_all(
    struct import_tool *t, struct import **m, char *const *files, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (!(m[i] = open_one(t, files[i], f)))
			return -1;
	return import_compare(m, n, f);
}

/* How many rows will be refused; what is stored already counts too. */
static int
check_all(struct import_tool *t, struct import *const *m, size_t n, uint64_t *refused,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		if (import_check(m[i], &t->db, f) < 0)
			return -1;
		*refused += import_refused(m[i]);
	}
	return 0;
}

/* All files are examined before the first row is stored. */
static int
import_files(struct import_tool *t, char *const *files, size_t n, struct fault *f)
{
	struct import **m = xcalloc(n, sizeof *m);
	uint64_t refused = 0;
	int rc = open_all(t, m, files, n, f);

	if (rc == 0 && t->strict)
		rc = check_all(t, m, n, &refused, f);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = run(t, m[i], files[i], refused ? NULL : &t->db, f);
	for (size_t i = 0; i < n; i++)
		import_close(m[i]);
	free(m);
	if (rc == 0 && refused)
		rc = fault(f, DATAERR, "nothing was imported: %llu %s refused (--strict)",
		    (unsigned long long)refused, refused == 1 ? "row is" : "rows are");
	return rc;
}

static int
import_all(struct import_tool *t, char **files, size_t n)
{
	static char *input[] = {"-", NULL};
	struct fault f, also;
	int rc;

	if (!n) {
		files = input;
		n = 1;
	}
	t->face = told_face(&t->told);
	rc = import_files(t, files, n, &f);
	if (rc == 0 || t->told.all.count.rows)
		told_end(&t->told, n == 1 ? files[0] : NULL, n);
	if (t->summary && (rc == 0 || t->told.all.count.rows) &&
	    told_summary(&t->told, t->summary, n, rc < 0 ? &also : &f) < 0)
		rc = -1;
	if (told_signal)
		return 128 + told_signal;
	if (rc < 0)
		return tool_fail(&f);
	return t->told.all.count.refused ? SOME : OK;
}

int
main(int argc, char **argv)
{
	static struct import_tool t;
	struct settings settings = {0};
	struct fault f;
	int n = read_args(&t, argc, argv, &f), status;

	if (n >= 0 && t.help)
		return tool_help(usage);
	if (n < 0)
		return f.code == USAGE ? tool_misused(&f, usage) : tool_fail(&f);
	if (tool_open(&t.db, &settings, t.path, t.rules.dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	told_catch_signals();
	status = region_of(&t.rules.sheet.region, &settings, t.region, &f) < 0
	    ? tool_fail(&f)
	    : import_all(&t, argv, (size_t)n);
	told_release(&t.told);
	map_release(&t.map);
	tool_close(&t.db, &settings);
	if (told_signal)
		tool_end_by(told_signal);
	return out_close(TOOL, status);
}
