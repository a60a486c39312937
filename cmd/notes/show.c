/*
 * show: a note as a record, and as a row for people.
 */
#include "show.h"

#include <string.h>

void
notes_record(struct buf *b, const struct note *n, bool whole)
{
	buf_adds(b, "{\"type\":\"note\",\"v\":1");
	buf_member(b, "name", n->name);
	buf_member(b, "title", n->title);
	buf_adds(b, ",\"tags\":[");
	for (int i = 0; i < n->tags; i++) {
		buf_adds(b, i ? "," : "");
		buf_json(b, n->tag[i], strlen(n->tag[i]));
	}
	buf_addc(b, ']');
	buf_member_i(b, "priority", n->priority);
	buf_printf(b, ",\"active\":%s", n->active ? "true" : "false");
	if (whole)
		buf_member(b, "text", n->text);
	buf_adds(b, "}\n");
}

void
notes_row(struct buf *b, const struct note *n)
{
	buf_printf(b, "%-24s %5d %-8s %s", n->name, n->priority, n->active ? "" : "inactive",
	    n->title);
	for (int i = 0; i < n->tags; i++)
		buf_printf(b, "%s%s", i ? ", " : "  [", n->tag[i]);
	buf_adds(b, n->tags ? "]\n" : "\n");
}
