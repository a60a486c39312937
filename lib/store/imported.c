/*
 * imported: sums, and the record (man/schema/summary.json).
 */
#include <string.h>

#include "imported.h"

void
imported_add(struct imported *i, const struct import_count *c)
{
	i->count.rows += c->rows;
	i->count.accepted += c->accepted;
	i->count.updated += c->updated;
	i->count.unchanged += c->unchanged;
	i->count.refused += c->refused;
	i->count.skipped += c->skipped;
	i->count.do_not_call += c->do_not_call;
	i->count.unheard += c->unheard;
}

void
imported_refused(struct imported *i, const char *code)
{
	size_t k = 0;

	while (k < IMPORTED_KINDS - 1 && i->kind[k].code && strcmp(i->kind[k].code, code) != 0)
		k++;
	i->kind[k].code = k < IMPORTED_KINDS - 1 ? code : "other";
	i->kind[k].n++;
}

void
imported_record(const struct imported *i, const char *tool, struct buf *b)
{
	const struct import_count *c = &i->count;

	buf_adds(b, "{\"type\":\"summary\",\"v\":1");
	buf_member(b, "tool", tool);
	buf_member_i(b, "files", (int64_t)i->files);
	buf_member_i(b, "rows", (int64_t)c->rows);
	buf_member_i(b, "accepted", (int64_t)c->accepted);
	buf_member_i(b, "updated", (int64_t)c->updated);
	buf_member_i(b, "unchanged", (int64_t)c->unchanged);
	buf_member_i(b, "refused", (int64_t)c->refused);
	buf_member_i(b, "skipped", (int64_t)c->skipped);
	buf_member_i(b, "do_not_call", (int64_t)c->do_not_call);
	buf_member_i(b, "unheard", (int64_t)c->unheard);
	buf_key(b, "refusals");
	buf_addc(b, '{');
	for (size_t k = 0; k < IMPORTED_KINDS && i->kind[k].code; k++)
		buf_printf(b, "%s\"%s\":%llu", k ? "," : "", i->kind[k].code,
		    (unsigned long long)i->kind[k].n);
	buf_addc(b, '}');
	buf_member(b, "unapplied", i->unapplied);
	if (i->dry)
		buf_adds(b, ",\"dry_run\":true");
	buf_adds(b, "}\n");
}
