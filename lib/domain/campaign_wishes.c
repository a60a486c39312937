/*
 * campaign_wishes: whom the campaign does not call: do-not-call lists, what is
 * said in a call, consent, and types of numbers.
 */
#include <string.h>

#include "campaign.h"
#include "campaign_parts.h"
#include "mem.h"
#include "phone.h"

static int
dnc_list(struct keys *k, struct plan *p, const char *name)
{
	if (!name || !keys_name_ok(name))
		return keys_fault(
		    k, "dnc_lists", "\"%.60s\" is not the name of a list", name ? name : "");
	if (p->dnc_lists == PLAN_LISTS)
		return keys_fault(k, "dnc_lists", "names more than %d lists", PLAN_LISTS);
	p->dnc_list[p->dnc_lists++] = xstrdup(name);
	return 0;
}

/* "all", which is also what nothing means, "none", a name, or a list of names. */
void
campaign_dnc_lists(struct keys *k, struct plan *p)
{
	const json_t *list;
	const char *one;
	size_t i;

	if (keys_list(k, "dnc_lists", &list, &one) <= 0 || (one && strcmp(one, "all") == 0))
		return;
	p->dnc_lists = 0;
	if (one && strcmp(one, "none") != 0)
		(void)dnc_list(k, p, one);
	for (i = 0; i < json_array_size(list); i++)
		if (dnc_list(k, p, json_string_value(json_array_get(list, i))) < 0)
			return;
}

/* ---- people's wishes ---- */

/* "9", which may be written as a number too, or "none". */
static void
optout_key(struct keys *k, struct plan *p)
{
	const json_t *v;
	const char *s;

	if (keys_get(k, "key", &v) <= 0)
		return;
	s = json_is_string(v) ? json_string_value(v) : "";
	if (json_is_integer(v) && json_integer_value(v) >= 0 && json_integer_value(v) <= 9)
		p->optout_key = (char)('0' + json_integer_value(v));
	else if (strcmp(s, "none") == 0)
		p->optout_key = '\0';
	else if (strlen(s) == 1 && strchr("0123456789*#", *s))
		p->optout_key = *s;
	else
		(void)keys_fault(
		    k, "key", "is no key of a telephone (0 to 9, * or #), nor none");
}

void
campaign_opt_out(struct keys *k, struct plan *p)
{
	static const char *const words[] = {"key", "words", "hangup", NULL};
	struct keys of;

	if (keys_sub(k, "opt_out", &of, "opt_out") <= 0)
		return;
	keys_known(&of, words);
	optout_key(&of, p);
	(void)keys_bool(&of, "words", &p->optout_words);
	(void)keys_bool(&of, "hangup", &p->optout_hangup);
}

void
campaign_consent(struct keys *k, struct plan *p)
{
	const char *s;

	if (keys_text(k, "consent", &s) <= 0 || strcmp(s, "none") == 0)
		return;
	p->consent = consent_parse(s);
	if (p->consent == CONSENT_NONE)
		(void)keys_fault(k, "consent",
		    "\"%.40s\" is none of informational, express, express_written, none", s);
}

/* Only what is refused otherwise can be allowed. */
static int
allow_number(struct keys *k, struct plan *p, const char *word)
{
	enum phone_type type;

	if (word == NULL || !phone_type_find(word, &type) || !(PHONE_REFUSED & 1u << type))
		return keys_fault(k, "allow_numbers",
		    "\"%.40s\" is none of toll_free, premium, shared_cost, personal, pager",
		    word != NULL ? word : "");
	p->allow_numbers |= 1u << type;
	return 0;
}

void
campaign_allow_numbers(struct keys *k, struct plan *p)
{
	const json_t *list;
	const char *one;

	if (keys_list(k, "allow_numbers", &list, &one) <= 0)
		return;
	if (one != NULL)
		(void)allow_number(k, p, one);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (allow_number(k, p, json_string_value(json_array_get(list, i))) < 0)
			return;
}
