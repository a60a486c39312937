/*
 * campaign_dial: what the exchange is told. What could reach its manager
 * interface (caller ID, dial string) is held to a closed set of characters
 * here, once.
 */
#include <string.h>

#include "campaign.h"
#include "campaign_parts.h"
#include "mem.h"

bool
campaign_dial_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("_.+@/;:-", c) != NULL);
}

/* The length of the token at s ("{phone}"), 0 if it is none. */
static size_t
dial_token(const char *s, const char **word)
{
	static const char *const token[] = {"phone", "number", "id"};
	size_t i, n;

	for (i = 0; i < COUNT(token); i++) {
		n = strlen(token[i]);
		if (strncmp(s + 1, token[i], n) == 0 && s[n + 1] == '}') {
			*word = token[i];
			return n + 2;
		}
	}
	return 0;
}

static int
dial_string_check(struct keys *k, const char *s)
{
	bool person = false, id = false;
	const char *at = s, *word = NULL;
	size_t n;

	if (strlen(s) > PLAN_DIAL_MAX)
		return keys_fault(
		    k, "dial_string", "is longer than %d characters", PLAN_DIAL_MAX);
	if (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == 0 ||
	    strchr(s, '/') == NULL)
		return keys_fault(k, "dial_string",
		    "does not begin with a technology, as PJSIP/{phone}@trunk does");
	while (*at != '\0') {
		if (*at != '{') {
			if (!campaign_dial_char(*at))
				return keys_fault(k, "dial_string",
				    "may hold letters, digits and _ . + @ / ; : - beside "
				    "{phone} {number} {id}");
			at++;
			continue;
		}
		n = dial_token(at, &word);
		if (n == 0)
			return keys_fault(
			    k, "dial_string", "knows {phone}, {number} and {id} alone");
		person |= strcmp(word, "id") != 0;
		id |= strcmp(word, "id") == 0;
		at += n;
	}
	if (!person)
		return keys_fault(
		    k, "dial_string", "dials nobody: {phone} or {number} is missing");
	if (strstr(s, "@outreach-once") != NULL && !id)
		return keys_fault(k, "dial_string",
		    "through outreach-once needs {id}: "
		    "Local/{number}-{id}@outreach-once/n");
	return 0;
}

void
campaign_dial_string(struct keys *k, struct plan *p)
{
	const char *s, *fence;

	if (keys_text(k, "dial_string", &s) <= 0 || dial_string_check(k, s) < 0)
		return;
	p->dial_string = xstrdup(s);
	fence = strstr(s, "@outreach-once");
	p->fenced = fence != NULL && (fence[14] == '\0' || fence[14] == '/');
}

int
plan_need_dial_string(
    const json_t *campaign, const struct yaml *where, bool http, struct fault *f)
{
	int wrong = 0;
	struct keys k = {.object = campaign, .where = where, .f = f, .wrong = &wrong};

	if (http || !json_is_object(campaign) || json_object_get(campaign, "dial_string"))
		return 0;
	return keys_fault(&k, "dial_string",
	    "is missing and has no default (such as dial_string: Local/{number}-{id}@outreach-once/n); only an exchange of type http needs none");
}

int
plan_dial_string(const struct plan *p, const char *phone, const char *id, char *out,
    size_t size, struct fault *f)
{
	const char *at = p->dial_string, *word = NULL, *put;
	size_t used = 0, n, len;

	if (at == NULL)
		return fault(f, CONFIG,
		    "campaign %s has no dial_string, which an exchange that is not of type http needs",
		    p->name);
	for (; *at != '\0'; at += n) {
		n = *at == '{' ? dial_token(at, &word) : 0;
		if (n == 0) {
			put = at;
			n = len = 1;
		} else {
			put = strcmp(word, "id") == 0 ? id : phone;
			put += strcmp(word, "number") == 0 && *put == '+';
			len = strlen(put);
		}
		if (used + len >= size)
			return fault(f, DATAERR,
			    "the dial string is longer than %zu characters", size - 1);
		for (size_t i = 0; i < len; i++)
			if (!campaign_dial_char(put[i]))
				return fault(
				    f, DATAERR, "\"%.40s\" cannot stand in a dial string", put);
		memcpy(out + used, put, len);
		used += len;
	}
	out[used] = '\0';
	return 0;
}

/* "+" and 3 to 15 digits, the plus optional; the length, 0 if it is none. */
static size_t
caller_number(const char *s)
{
	size_t plus = *s == '+', n = strspn(s + plus, "0123456789");

	return n >= 3 && n <= 15 ? plus + n : 0;
}

/* "Name <+number>", as Asterisk takes a CallerID, or the number alone. */
static bool
caller_id_ok(const char *s)
{
	const char *open = strchr(s, '<');
	size_t n = caller_number(open != NULL ? open + 1 : s), name;

	if (open == NULL)
		return n > 0 && s[n] == '\0';
	name = (size_t)(open - s);
	return n > 0 && strcmp(open + 1 + n, ">") == 0 && strspn(s, " ") < name && name <= 60 &&
	    memchr(s, '>', name) == NULL;
}

void
campaign_caller_id(struct keys *k, struct plan *p)
{
	const char *s;
	int r = keys_text(k, "caller_id", &s);

	if (r == 0)
		(void)keys_missing(k, "caller_id", "Example School <+15555550100>");
	if (r <= 0)
		return;
	if (campaign_has_control(s, false) || strpbrk(s, "\"'\\") != NULL)
		(void)keys_fault(
		    k, "caller_id", "holds a quote, a backslash or a control character");
	else if (!caller_id_ok(s))
		(void)keys_fault(
		    k, "caller_id", "\"%.80s\" is neither a number nor Name <+number>", s);
	else
		p->caller_id = xstrdup(s);
}

void
campaign_dialplan_word(struct keys *k, const char *key, const char *standard, char **out)
{
	const char *s = standard, *c;

	if (keys_text(k, key, &s) < 0)
		return;
	for (c = s; *c != '\0' && campaign_dial_char(*c) && *c != '/' && *c != ';' && *c != '@';
	     c++)
		;
	if (*c != '\0' || c - s > 79)
		(void)keys_fault(
		    k, key, "\"%.60s\" is no word of a dialplan (letters, digits, _ . -)", s);
	else
		*out = xstrdup(s);
}
