/*
 * sheet_refused: what a refused row says of the wish not to be called. Where
 * its values do not fit the header, a yes that may be the wish and a number
 * that may be the person's are taken for what they seem: a wish that is passed
 * over calls somebody who said no.
 */
#include <string.h>

#include "sheet_parts.h"

enum { SHIFT_MAX = 3 }; /* so many values more or fewer than columns are looked into */

bool
sheet_tells_wish(enum role role)
{
	return sheet_is_wish(role) || role == ROLE_ID || (role >= ROLE_PHONE && role < ROLES);
}

void
sheet_finish_refused(struct reading *r, bool has_id)
{
	struct sheet *s = r->s;
	struct person *p = r->p;
	char number[PHONE_SIZE];

	(void)sheet_set_phones(r);
	if (!has_id && !p->key && p->phones)
		p->key = sheet_keep(s, slice(phone_text(p->phone[0], number)));
	p->source = r->source && !s->rules.source_given ? r->source : s->rules.source;
}

/* What a value says in a column of wishes: 1 not to be called, 0 nothing against it, -1 neither. */
static int
wish_of(struct reading *r, enum role role, struct slice v)
{
	bool before = r->p->do_not_call;
	int wish;

	r->p->do_not_call = false;
	wish = sheet_take(r, role, v) < 0 ? -1 : r->p->do_not_call;
	r->p->do_not_call = before;
	return wish;
}

/* ---- a row that fits ----------------------------------------------------------- */

static bool
read_whole(struct reading *r, const struct slice *field)
{
	struct sheet *s = r->s;
	bool unclear = false;

	for (size_t i = 0; i < s->columns; i++) {
		enum role role = s->column[i].role;
		struct slice v = sheet_tidy(field[i]);
		int wish;

		if (role == ROLE_ATTRIBUTE && sheet_remark(s, s->column[i].name, v))
			r->p->do_not_call = true;
		if (!v.len || !sheet_tells_wish(role))
			continue;
		if (!sheet_is_wish(role)) {
			(void)sheet_take(r, role, v);
			continue;
		}
		wish = wish_of(r, role, v);
		r->p->do_not_call |= wish > 0;
		unclear |= wish < 0;
	}
	sheet_finish_refused(r, s->known[ROLE_ID] != 0);
	return unclear || (s->known[ROLE_ALLOWED] && !(r->seen & (uint32_t)1 << ROLE_ALLOWED));
}

/* ---- one that does not --------------------------------------------------------- */

/* What the i-th value may be, if so many are too many: the number's role or 0; and which wishes, a bit each. */
static enum role
may_be(const struct sheet *s, size_t i, ptrdiff_t shift, uint32_t *wish)
{
	ptrdiff_t from = (ptrdiff_t)i - (shift > 0 ? shift : 0);
	ptrdiff_t to = (ptrdiff_t)i - (shift < 0 ? shift : 0);
	enum role phone = ROLE_ATTRIBUTE;

	*wish = 0;
	for (ptrdiff_t c = from < 0 ? 0 : from; c <= to && c < (ptrdiff_t)s->columns; c++) {
		enum role role = s->column[c].role;

		*wish |= sheet_is_wish(role) ? (uint32_t)1 << role : 0;
		if (role >= ROLE_PHONE && role < ROLES && !phone)
			phone = role;
	}
	return phone;
}

/* Whether it was a number, all or the beginning of it. */
static bool
read_number(struct reading *r, enum role role, struct slice v)
{
	size_t before = r->s->numbers;

	if (role && before + CONTACT_PHONES <= SHEET_NUMBERS)
		(void)sheet_take(r, role, v);
	return r->s->numbers > before;
}

/* Whether a column of wishes may have no value among n. */
static bool
lacks_wish(const struct sheet *s, size_t n)
{
	for (size_t i = n; i < s->columns; i++)
		if (sheet_is_wish(s->column[i].role))
			return true;
	return false;
}

static bool
read_shifted(struct reading *r, const struct slice *field, size_t n)
{
	struct sheet *s = r->s;
	ptrdiff_t shift = (ptrdiff_t)n - (ptrdiff_t)s->columns;
	bool far = shift > SHIFT_MAX || shift < -SHIFT_MAX, unclear = far || lacks_wish(s, n);

	for (size_t i = 0; i < n; i++) {
		struct slice v = sheet_tidy(field[i]);
		uint32_t wishes = 0;
		bool number;
		enum role role = far ? ROLE_ATTRIBUTE : may_be(s, i, shift, &wishes);

		if (!v.len)
			continue;
		/* The key, where it stands: who is stored under it is somebody of this sheet at least. */
		if (!far && i < s->columns && s->column[i].role == ROLE_ID)
			(void)sheet_take(r, ROLE_ID, v);
		/* What is no number may be any attribute's. */
		number = read_number(r, role, v);
		r->p->do_not_call |= !number && s->ordered &&
		    sheet_remark(s, i < s->columns ? s->column[i].name : "", v);
		for (enum role w = ROLE_DNC; w <= ROLE_ALLOWED; w++) {
			int wish = wishes & (uint32_t)1 << w ? wish_of(r, w, v) : 0;

			r->p->do_not_call |= wish > 0;
			unclear |= wish < 0 && !number;
		}
	}
	(void)sheet_set_phones(r);
	r->p->source = s->rules.source;
	return unclear;
}

static bool
is_footer(const struct slice *field, size_t n)
{
	size_t i = 0;

	while (i < n && !sheet_tidy(field[i]).len)
		i++;
	return i < n && cell_footer(sheet_tidy(field[i]));
}

bool
sheet_row_refused(
    struct sheet *s, const struct slice *field, size_t n, bool cut, struct person *p)
{
	struct sheet_why why;
	struct fault ignored;
	struct reading r = {.s = s, .p = p, .why = &why, .f = &ignored};
	size_t room = PHONE_SIZE + 1;
	bool unclear;

	/* What may be the key may be a wish too, and both are kept. */
	for (size_t i = 0; i < n; i++)
		room += 2 * (field[i].len + 1);
	sheet_start(&r, room);
	while (n > s->columns && !sheet_tidy(field[n - 1]).len)
		n--;
	unclear = n == s->columns && !cut ? read_whole(&r, field) : read_shifted(&r, field, n);
	if (p->do_not_call || (!p->phones && is_footer(field, n)))
		return false;
	return unclear && (s->known[ROLE_DNC] || s->known[ROLE_ALLOWED]);
}

bool
sheet_line_refused(const struct sheet *s, struct slice line)
{
	bool may = s->wishes || !line.p;

	for (enum role w = ROLE_DNC; w <= ROLE_ALLOWED && !may; w++)
		may = sheet_is_mapped(s, w) ||
		    memmem(line.p, line.len, sheet_role_name[w], strlen(sheet_role_name[w]));
	return may;
}
