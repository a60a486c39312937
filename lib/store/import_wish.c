/*
 * import_wish: a row that is refused and asks that its person is not called. It
 * stores nobody, but the wish holds: for who is stored under that identity
 * already or comes under it later, and for the numbers that could be read.
 */
#include "awaited.h"
#include "import_parts.h"
#include "mem.h"
#include "phone.h"

static void
buf_reason(struct buf *b, const struct import *m, uint64_t line)
{
	buf_printf(b, "do_not_call of %s:%llu, which was refused", m->name.p,
	    (unsigned long long)line);
}

/* 0, or -1; in a dry run nothing happens. */
static int
put_rule(struct import *m, uint64_t line, const struct person *p, enum dnc_kind kind,
    int64_t value, struct fault *f)
{
	struct dnc d = {.kind = kind, .value = value};
	struct buf reason = {0};

	buf_reason(&reason, m, line);
	copy_text(d.source, sizeof d.source, p->source);
	copy_text(d.reason, sizeof d.reason, reason.p);
	buf_release(&reason);
	return m->rules->dry || dnc_put(m->db, &d, f) >= 0 ? 0 : -1;
}

static int
await(struct import *m, uint64_t line, const struct person *p, struct fault *f)
{
	struct buf reason = {0};
	int rc = 0;

	buf_reason(&reason, m, line);
	if (!m->rules->dry &&
	    awaited_put(m->db, &(struct awaited){p->source, p->key, reason.p}, f) < 0)
		rc = -1;
	buf_release(&reason);
	return rc;
}

static bool
has(const struct person *p, int64_t phone)
{
	for (int i = 0; i < p->phones; i++)
		if (p->phone[i] == phone)
			return true;
	return false;
}

/* Whether somebody may come as this one: under a key of the sheet's own, as a number has its rule. */
static bool
awaits(const struct refused *who)
{
	const struct person *p = who->p;

	return p->key && !who->stranger &&
	    !(p->phones && p->key[0] == '+' && phone_key(p->key) == p->phone[0]);
}

/* known: who has this identity, or null. How many rules, or -1. */
static int
put_rules(struct import *m, uint64_t line, const struct refused *who,
    const struct person *known, struct buf *note, struct fault *f)
{
	const struct person *p = who->p;
	char phone[PHONE_SIZE];
	int rules = 0;

	if (known) {
		buf_printf(note, "do-not-call for contact %lld", (long long)known->id);
		if (put_rule(m, line, p, DNC_CONTACT, known->id, f) < 0)
			return -1;
		rules++;
	}
	for (int i = 0; i < p->phones; i++) {
		if (known && has(known, p->phone[i]))
			continue;
		buf_printf(note, "%s %s", rules ? "," : "do-not-call for",
		    phone_text(p->phone[i], phone));
		if (put_rule(m, line, p, DNC_NUMBER, p->phone[i], f) < 0)
			return -1;
		rules++;
	}
	if (!known && awaits(who)) {
		buf_printf(
		    note, "%s whoever comes as id %s", rules ? "," : "do-not-call for", p->key);
		if (await(m, line, p, f) < 0)
			return -1;
		rules++;
	}
	return rules;
}

int
import_wish(struct import *m, uint64_t line, const struct refused *who, struct buf *note,
    struct fault *f)
{
	const struct person *p = who->p;
	struct person stored;
	int known = 0, rules = 0;

	if (!p->do_not_call && !who->unclear)
		return 0;
	if (who->unclear && !p->do_not_call) {
		buf_adds(note, "; it may ask not to be called: ");
	} else {
		buf_adds(note, "; the row asks not to be called: ");
		if (m->db && p->key && !who->stranger &&
		    (known = people_find(m->db, p->source, p->key, &stored, f)) < 0)
			return -1;
		rules = m->db ? put_rules(m, line, who, known ? &stored : NULL, note, f) : 0;
	}
	if (rules < 0)
		return -1;
	m->count.do_not_call += rules > 0;
	m->count.unheard += rules == 0;
	buf_adds(note,
	    rules == 0                 ? "nobody is on do-not-call for it, see outreach-dnc add"
		: known || awaits(who) ? ""
				       : "; others with outreach-dnc add");
	return 0;
}
