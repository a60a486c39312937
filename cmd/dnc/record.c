/*
 * record: the fields of a record, in the order in which a rule needs them.
 */
#include "record.h"

#include <stdio.h>

#include "campaigns.h"
#include "contact.h"
#include "mem.h"
#include "num.h"
#include "people.h"

/* The contact of the record, if the store knows one by its id that has the number. */
static int
contact_of(
    struct numbers *n, const struct rec *rec, int64_t phone, int64_t *id, struct fault *f)
{
	struct person p;
	int got = rec_int(rec, "id", id, f);

	if (got <= 0 || (got = people_get(n->db, *id, &p, f)) <= 0)
		return got;
	for (got = 0; p.phones > 0; p.phones--)
		got |= p.phone[p.phones - 1] == phone;
	return got;
}

/* Every number of a contact record, and the person; or the one of a target, call or event. */
static int
numbers_of_record(struct numbers *n, const struct rec *rec, struct fault *f)
{
	bool whole = n->people && slice_is(rec->type, "contact");
	char key[16] = "phone";
	struct buf text = {0};
	int64_t phone, id;
	int rc = 0, found = 0, person = 0;

	for (int i = 1; i <= CONTACT_PHONES && rc == 0; i++) {
		if (i > 1)
			snprintf(key, sizeof(key), "phone%d", i);
		if ((rc = rec_text(rec, key, &text, f)) <= 0)
			continue;
		found++;
		if ((rc = number_read(text.p, text.len, n->region, &phone, f)) < 0)
			fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line);
		else
			rc = numbers_rule(n, DNC_NUMBER, phone, f);
		if (rc == 0 && whole && !person)
			rc = (person = contact_of(n, rec, phone, &id, f)) < 0 ? -1 : 0;
	}
	if (rc == 0 && !found)
		rc = rec_fault(rec, f, "the record has no phone");
	if (rc == 0 && person)
		rc = numbers_rule(n, DNC_CONTACT, id, f);
	buf_release(&text);
	return rc < 0 ? -1 : 0;
}

/* The campaign that a rule names: it must be one here. */
static int
campaign_of(struct numbers *n, const struct rec *rec, int64_t *id, struct fault *f)
{
	struct buf name = {0};
	struct campaign c;
	int got = rec_text(rec, "campaign", &name, f);

	*id = n->campaign;
	if (got > 0 && campaigns_need(n->db, name.p, &c, f) < 0)
		got = -1;
	else if (got > 0)
		*id = c.id;
	buf_release(&name);
	if (got < 0 && f->code == DATAERR)
		fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line);
	return got < 0 ? -1 : 0;
}

/* A text of a rule, on one line. */
static int
text_of(const struct rec *rec, const char *key, char *to, size_t size, struct fault *f)
{
	struct buf text = {0};
	int got = rec_text(rec, key, &text, f);

	if (got > 0 && text_control(text.p, text.len) >= 0)
		got = rec_fault(rec, f, "%s must be one line of text", key);
	if (got > 0)
		copy_text(to, size, text.p);
	buf_release(&text);
	return got < 0 ? -1 : 0;
}

/* Whom a rule of this kind means. */
static int
value_of(struct numbers *n, const struct rec *rec, enum dnc_kind kind, int64_t *value,
    struct fault *f)
{
	const char *key = kind == DNC_CONTACT ? "contact"
	    : kind == DNC_PREFIX              ? "prefix"
					      : "phone";
	struct buf text = {0};
	int got =
	    kind == DNC_CONTACT ? rec_int(rec, key, value, f) : rec_text(rec, key, &text, f);

	if (got == 0)
		got = rec_fault(rec, f, "the record has no %s", key);
	else if (got > 0 && kind != DNC_CONTACT &&
	    (got = kind == DNC_PREFIX ? prefix_read((struct slice){text.p, text.len}, value, f)
				      : number_read(text.p, text.len, n->region, value, f)) < 0)
		fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line);
	buf_release(&text);
	return got < 0 ? -1 : 0;
}

/* A dnc record means what its rule says; reason and source go along. */
static int
rule_of_record(struct numbers *n, const struct rec *rec, struct fault *f)
{
	struct dnc d = {.kind = DNC_NUMBER};
	struct buf text = {0};
	int kind = DNC_NUMBER, got = rec_text(rec, "rule", &text, f);

	if (got > 0)
		kind = dnc_kind_parse(text.p);
	if (got >= 0 && (kind < 0 || kind == DNC_LIST))
		got =
		    rec_fault(rec, f, "rule %.20s cannot be added (import adds lists)", text.p);
	d.kind = (enum dnc_kind)kind;
	buf_release(&text);
	if (got < 0 || campaign_of(n, rec, &d.campaign, f) < 0 ||
	    value_of(n, rec, d.kind, &d.value, f) < 0 ||
	    text_of(rec, "source", d.source, sizeof d.source, f) < 0 ||
	    text_of(rec, "reason", d.reason, sizeof d.reason, f) < 0)
		return -1;
	if (n->take(n->ctx, &d, f) == 0)
		return 0;
	return f->code == DATAERR
	    ? fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line)
	    : -1;
}

int
record_rules(struct numbers *n, const struct rec *rec, struct fault *f)
{
	if (n->people && slice_is(rec->type, "dnc"))
		return rule_of_record(n, rec, f);
	return numbers_of_record(n, rec, f);
}
