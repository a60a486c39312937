/*
 * sheet_map: the file that keeps what the columns of somebody's sheets mean,
 * one "field=column" a line (outreach-contact(5)).
 */
#include <string.h>

#include "num.h"
#include "sheet_parts.h"

static int
read_line(char *line, const char *map[SHEET_MAPS], size_t *maps, struct fault *f)
{
	struct slice text = cell_trim(slice(line));
	enum role role;

	if (!text.len || *text.p == '#')
		return 0;
	if (utf8_bad(text.p, text.len) >= 0 || text_control(text.p, text.len) >= 0)
		return fault(f, DATAERR, "is not text in UTF-8");
	line[text.p + text.len - line] = '\0';
	line += text.p - line;
	if (sheet_map_check(line, &role, f) < 0) {
		f->code = DATAERR;
		return -1;
	}
	if (*maps == SHEET_MAPS)
		return fault(f, DATAERR, "there are more than %d lines", SHEET_MAPS);
	map[(*maps)++] = line;
	return 0;
}

int
sheet_map_read(const char *file, char *text, size_t len, const char *map[SHEET_MAPS],
    size_t *maps, struct fault *f)
{
	char *end = text + len;
	int line = 1;

	*maps = 0;
	for (char *p = text; p < end; line++) {
		char *nl = memchr(p, '\n', (size_t)(end - p)), *next = nl ? nl + 1 : end;

		if (!nl)
			nl = end;
		if (memchr(p, '\0', (size_t)(nl - p)))
			return fault(f, DATAERR, "%s:%d: is not text in UTF-8", file, line);
		*nl = '\0';
		if (nl > p && nl[-1] == '\r')
			nl[-1] = '\0';
		if (read_line(p, map, maps, f) < 0)
			return fault_in(f, "%s:%d", file, line);
		p = next;
	}
	return 0;
}
