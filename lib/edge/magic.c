/*
 * magic: signatures of the formats that people take for sheets. Their own
 * documents say where: ZIP (APPNOTE 4.3.7), ODF 1.2 part 3 (3.3: the first
 * entry is "mimetype", stored), [MS-CFB] 2.2, SQLite (file format, 1.3).
 */
#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "magic.h"

static const struct kind {
	struct slice start;
	size_t at; /* of also */
	const char *also, *what;
	const char *with, *rest; /* the program, before and behind the file */
} kinds[] = {
    {{"PK\3\4", 4}, 30, "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
	"an OpenDocument sheet (ODS)", "ssconvert -T Gnumeric_stf:stf_csv", " fd://1"},
    {{"PK\3\4", 4}, 0, "", "an Excel workbook (XLSX)", "xlsx2csv -f %Y-%m-%d", ""},
    {{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8}, 0, "", "an old Excel workbook (XLS)",
	"ssconvert -T Gnumeric_stf:stf_csv", " fd://1"},
    {{"SQLite format 3\0", 16}, 0, "", "an SQLite database", "sqlite3 -csv -header",
	" 'SELECT * FROM students'"},
    {{"\x1f\x8b", 2}, 0, "", "compressed", "zcat", ""},
    {{"%PDF-", 5}, 0, "", "a PDF, which holds no sheet", NULL, NULL},
};

static int
say(const struct kind *k, const char *file, const char *tool, struct fault *f)
{
	struct buf b = {0};

	if (!k->with)
		return fault(f, DATAERR, "%s: is %s; ask for the sheet itself", file, k->what);
	buf_printf(&b, "%s ", k->with);
	buf_shell(&b, slice(file));
	buf_printf(&b, "%s | %s", k->rest, tool);
	(void)fault(f, DATAERR, "%s: is %s, not text; read it with: %s", file, k->what, b.p);
	buf_release(&b);
	return -1;
}

int
magic_check(const char *file, const char *p, size_t n, const char *tool, struct fault *f)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct kind *k = &kinds[i];
		size_t also = strlen(k->also);

		if (n < k->start.len || memcmp(p, k->start.p, k->start.len) ||
		    n < k->at + also || memcmp(p + k->at, k->also, also))
			continue;
		return say(k, file, tool, f);
	}
	return 0;
}
