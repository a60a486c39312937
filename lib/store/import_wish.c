/*
 * import_wish: a row that is refused and says that its person is not to be
 * called. It stores nobody, but the wish holds: for who is stored under that
 * identity already, else for the numbers that could be read.
 */
#include "dnc.h"
#include "import_parts.h"
#include "mem.h"
#include "phone.h"

/* 0, or -1; in a dry run nothing happens. */
static int
put_rule(struct import *m, uint64_t line, const char *source, struct dnc *d, struct fault *f)
{
	struct buf reason = {0};

	buf_printf(&reason, "do_not_call of %s:%llu, which was refused", m->file,
	    (unsigned long long)line);
	copy_text(d->source, sizeof d->source, source);
	copy_text(d->reason, sizeof d->reason, reason.p);
	buf_release(&reason);
	return m->rules->dry || dnc_put(m->db, d, f) >= 0 ? 0 : -1;
}

static int
put_numbers(
    struct import *m, uint64_t line, const struct person *p, struct buf *note, struct fault *f)
{
	char phone[PHONE_SIZE];

	for (int i = 0; i < p->phones; i++) {
		struct dnc d = {.kind = DNC_NUMBER, .value = p->phone[i]};

		if (put_rule(m, line, p->source, &d, f) < 0)
			return -1;
		buf_printf(note, "%s %s", i ? "," : "", phone_text(p->phone[i], phone));
	}
	m->count.do_not_call++;
	return 0;
}

int
import_wish(struct import *m, uint64_t line, const struct person *p, bool stranger,
    struct buf *note, struct fault *f)
{
	struct person stored;
	int known = 0;

	if (!p->key && !p->phones) {
		buf_adds(note,
		    "; nobody is on do-not-call for its yes: if it asks for that, outreach-dnc add");
		return 0;
	}
	buf_adds(note, "; the row asks not to be called: ");
	if (m->db && p->key && !stranger &&
	    (known = people_find(m->db, p->source, p->key, &stored, f)) < 0)
		return -1;
	if (known) {
		struct dnc d = {.kind = DNC_CONTACT, .value = stored.id};

		buf_printf(note, "do-not-call for contact %lld", (long long)stored.id);
		m->count.do_not_call++;
		return put_rule(m, line, p->source, &d, f);
	}
	if (!m->db || !p->phones) {
		buf_adds(note, "nobody is on do-not-call for it, see outreach-dnc add");
		return 0;
	}
	buf_adds(note, "do-not-call for");
	if (put_numbers(m, line, p, note, f) < 0)
		return -1;
	buf_adds(note, "; others with outreach-dnc add");
	return 0;
}
