/*
 * consent: who agreed to be called, when and how; given, taken back, shown.
 */
#include "consent.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../tool.h"
#include "file.h"
#include "mem.h"
#include "numbers.h"
#include "phone.h"

enum { LARGE = 64 << 10, EVIDENCE_MAX = 256 << 20 };

int
consent_time(const char *what, const char *text, int64_t *ms, int code, struct fault *f)
{
	char *whole = strlen(text) == 10 ? xasprintf("%sT00:00:00Z", text) : xstrdup(text);
	int rc = num_instant(what, whole, ms, f);

	free(whole);
	if (rc == 0 && *ms > 0)
		return 0;
	return fault(f, code,
	    "%s: %.40s is neither a date such as 2026-03-02 nor a time such as "
	    "2026-03-02T09:00:00Z",
	    what, text);
}

int
consent_how(const char *how, int code, struct fault *f)
{
	size_t n = how ? strspn(how, "abcdefghijklmnopqrstuvwxyz0123456789_-") : 0;

	return !how || (n && n <= 40 && !how[n])
	    ? 0
	    : fault(f, code, "how: \"%.40s\" is no word such as paper, web or phone", how);
}

/* ---- add, revoke ------------------------------------------------------------------- */

static int
read_evidence(struct dnc_tool *t, char hex[65], struct consent_fact *c, struct fault *f)
{
	struct buf bytes = {0};
	int rc;

	if (!t->file)
		return 0;
	if ((rc = file_read(t->file, EVIDENCE_MAX, &bytes, f)) == 0) {
		consents_sha256(bytes.p ? bytes.p : "", bytes.len, hex);
		c->evidence = hex;
	}
	buf_release(&bytes);
	return rc;
}

/* What the options say of each consent; gives: not a revocation. */
static int
read_options(struct dnc_tool *t, bool gives, struct consent_fact *c, struct fault *f)
{
	*c = (struct consent_fact){.row = {.at = clock_wall(), .until = INT64_MAX},
	    .how = t->how,
	    .text = gives ? t->text : t->reason};
	if (gives && (!t->kind || !(c->row.kind = consent_parse(t->kind))))
		return fault(f, USAGE,
		    "consent add: --kind is informational, express or express_written");
	if (!gives && (t->kind || t->expires || t->text || t->file))
		return fault(f, USAGE,
		    "consent revoke takes all back: no --kind, --expires, --text or --file");
	if (gives && t->reason)
		return fault(
		    f, USAGE, "consent add: --text says what was agreed to, not --reason");
	if (t->text && t->file)
		return fault(f, USAGE, "--text or --file, not both");
	if (tool_check_text("--text", t->text, CONSENT_TEXT_MAX, f) < 0 ||
	    consent_how(t->how, USAGE, f) < 0 ||
	    (t->at && consent_time("--at", t->at, &c->row.at, USAGE, f) < 0))
		return -1;
	return t->expires ? consent_time("--expires", t->expires, &c->row.until, USAGE, f) : 0;
}

static int
tolerate(const struct dnc_tool *t, uint64_t *refused, const struct fault *f)
{
	if (!t->keep_going || f->code != DATAERR)
		return -1;
	tool_report(f);
	(*refused)++;
	return 0;
}

static int
put_all(struct dnc_tool *t, struct consent_fact *c, char **numbers, uint64_t *done,
    uint64_t *refused, struct fault *f)
{
	for (size_t i = 0; i < t->contacts.n; i++) {
		int got =
		    num_parse("--contact", t->contacts.value[i], 1, INT64_MAX, &c->contact, f);

		if (got == 0)
			got = consents_put(&t->db, c, f);
		*done += got > 0;
		if (got < 0 && tolerate(t, refused, f) < 0)
			return -1;
	}
	for (c->contact = 0; *numbers; numbers++) {
		int got = number_read(*numbers, strlen(*numbers), t->region, &c->phone, f);

		if (got == 0 && (got = consents_put(&t->db, c, f)) >= 0 && c->row.kind)
			note_unknown(t, c->phone, "consent revoke");
		*done += got > 0;
		if (got < 0 && tolerate(t, refused, f) < 0)
			return -1;
	}
	return 0;
}

static int
put(struct dnc_tool *t, bool gives, char **numbers)
{
	uint64_t done = 0, refused = 0;
	struct consent_fact c;
	char hex[65];
	struct fault f;
	int rc = read_options(t, gives, &c, &f);

	if (rc == 0 && !*numbers && !t->contacts.n)
		rc = fault(&f, USAGE, "consent %s: whose? (NUMBER or --contact ID)",
		    gives ? "add" : "revoke");
	if (rc == 0 && (rc = read_evidence(t, hex, &c, &f)) == 0)
		rc = put_all(t, &c, numbers, &done, &refused, &f);
	note_unknown_end(t);
	if (!t->quiet && (rc == 0 || done))
		fprintf(stderr, TOOL ": %llu %s\n", (unsigned long long)done,
		    gives ? "given" : "revoked");
	if (rc < 0)
		return tool_fail(&f);
	return refused ? SOME : OK;
}

/* ---- show -------------------------------------------------------------------------- */

/* The members of a stored object behind those of the record, but for some. */
static void
consent_record(struct buf *b, const struct consent_entry *e)
{
	char at[32], phone[PHONE_SIZE];
	json_t *fact = json_loads(e->fact.len ? e->fact.p : "{}", 0, NULL);
	json_t *body = json_loads(e->body.len ? e->body.p : "{}", 0, NULL);

	buf_adds(b, "{\"type\":\"consent\",\"v\":1");
	buf_member_i(b, "id", e->id);
	buf_member(b, "phone", e->phone ? phone_text(e->phone, phone) : NULL);
	if (e->contact)
		buf_member_i(b, "contact", e->contact);
	buf_member(b, "kind", e->row.kind ? consent_name(e->row.kind) : "revoked");
	buf_member(b, "at", num_instant_text(e->row.at, at));
	if (e->row.kind && e->row.until != INT64_MAX)
		buf_member(b, "expires", num_instant_text(e->row.until, at));
	buf_member(b, "how", json_string_value(json_object_get(fact, "how")));
	buf_member(b, "text", json_string_value(json_object_get(body, "text")));
	buf_member(b, "evidence", json_string_value(json_object_get(fact, "evidence")));
	buf_adds(b, "}\n");
	json_decref(fact);
	json_decref(body);
}

static int
show_of(struct dnc_tool *t, int64_t phone, int64_t contact, struct buf *out, struct fault *f)
{
	struct consent_entry e = {.fact = {0}};
	int64_t after = 0;
	int n;

	while ((n = consents_next(&t->db, phone, contact, &after, &e, f)) > 0) {
		consent_record(out, &e);
		if (out->len > LARGE && out_flush(out, f) < 0) {
			n = -1;
			break;
		}
	}
	buf_release(&e.fact);
	buf_release(&e.body);
	return n;
}

static int
show(struct dnc_tool *t, char **numbers)
{
	bool all = !*numbers && !t->contacts.n;
	struct buf out = {0};
	struct fault f;
	int rc = all ? show_of(t, 0, 0, &out, &f) : 0;

	for (size_t i = 0; i < t->contacts.n && rc == 0; i++) {
		int64_t id;

		if ((rc = num_parse(
			 "--contact", t->contacts.value[i], 1, INT64_MAX, &id, &f)) == 0)
			rc = show_of(t, 0, id, &out, &f);
	}
	for (; *numbers && rc == 0; numbers++) {
		int64_t phone;

		if ((rc = number_read(*numbers, strlen(*numbers), t->region, &phone, &f)) == 0)
			rc = show_of(t, phone, 0, &out, &f);
	}
	if (rc == 0)
		rc = out_flush(&out, &f);
	buf_release(&out);
	return rc < 0 ? tool_fail(&f) : OK;
}

int
verb_consent(struct dnc_tool *t, char **what)
{
	struct fault f;

	if (check_region(t, &f) < 0)
		return tool_fail(&f);
	if (*what && !strcmp(*what, "add"))
		return put(t, true, what + 1);
	if (*what && !strcmp(*what, "revoke"))
		return put(t, false, what + 1);
	if (*what && !strcmp(*what, "show"))
		return show(t, what + 1);
	if (*what && !strcmp(*what, "import"))
		return consent_import(t, what + 1);
	fault(&f, USAGE, "consent: add, import, revoke or show?");
	return tool_fail(&f);
}
