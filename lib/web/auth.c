/*
 * auth: who may ask for what. The webhook secret opens webhooks and nothing
 * else, a token what people and programs do. Where there is none of these,
 * only this machine can ask.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mem.h"
#include "web_parts.h"

static const char *
field(const struct request *r, const char *name)
{
	const char *v = request_field(r, name);

	return v ? v : "";
}

static int
refuse(struct request *r, const char *why)
{
	request_problem(r, 401, "%s", why);
	request_add(r, "WWW-Authenticate", "X-AVR-WEBHOOK-SECRET");
	return 401;
}

/*
 * Without a secret this machine may send events. A page in a browser here is not this machine: what asks
 * in its name says so, whatever site it is of.
 */
static int
check_program(struct request *r)
{
	if (!request_field(r, "Origin") && !request_field(r, "Sec-Fetch-Site"))
		return 0;
	request_problem(
	    r, 403, "without a webhook secret no page of a browser may send events");
	return 403;
}

static int
check_secret(struct request *r, bool whole)
{
	const struct web *w = r->web;
	const char *secret = request_field(r, "X-AVR-WEBHOOK-SECRET");
	const char *signatures = request_field(r, "webhook-signature");

	if (w->secrets.n == 0)
		return check_program(r);
	if (secret)
		return whole || secrets_match(&w->secrets, secret)
		    ? 0
		    : refuse(r, "X-AVR-WEBHOOK-SECRET is not the webhook secret");
	if (!signatures)
		return refuse(r, "X-AVR-WEBHOOK-SECRET or webhook-signature is missing");
	r->unproven = !whole; /* it is of the body */
	if (!whole ||
	    secrets_signed(&w->secrets, field(r, "webhook-id"), field(r, "webhook-timestamp"),
		signatures, (struct slice){r->body.p, r->body.len}, clock_wall()))
		return 0;
	return refuse(r,
	    secrets_timely(field(r, "webhook-timestamp"), clock_wall())
		? "webhook-signature is not of this body by the webhook secret"
		: "webhook-timestamp is not within five minutes of this machine's clock: sign anew");
}

/* ---- tokens ---------------------------------------------------------------------- */

static int
want_token(struct request *r, const char *why)
{
	request_problem(r, 401, "%s", why);
	request_add(r, "WWW-Authenticate", "Bearer");
	return 401;
}

/* Whether host ("127.0.0.1:8000") is a name of this machine. */
static bool
is_own_name(const char *host)
{
	static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};

	for (size_t i = 0; host && i < COUNT(own); i++) {
		size_t n = strlen(own[i]);

		if (strncasecmp(host, own[i], n) == 0 && (!host[n] || host[n] == ':'))
			return true;
	}
	return false;
}

/* Whether no page of another site asks: a browser names in Origin where it is from. */
static bool
is_own_site(const struct request *r)
{
	const char *origin = request_field(r, "Origin"), *host = request_field(r, "Host");
	const char *from = origin ? strstr(origin, "://") : NULL;

	return !origin || (from && host && strcmp(from + 3, host) == 0);
}

/*
 * Without tokens this machine may do all. A page of a foreign site in a browser here is not this
 * machine: it names where it is from, or has its own name for us.
 */
static int
check_local(struct request *r)
{
	if (!r->local)
		return want_token(r,
		    "a token is wanted, and there is none yet (outreach-token add): only this machine may ask without");
	if (!is_own_site(r) || (!r->unix_socket && !is_own_name(request_field(r, "Host")))) {
		request_problem(r, 403,
		    "without a token no page of another site may ask, and the host must be localhost or 127.0.0.1");
		return 403;
	}
	return 0;
}

static int
check_token(struct request *r)
{
	struct web *w = r->web;
	const char *text = bearer_of(request_field(r, "Authorization"));
	const char *at = strchr(w->actor, '@');
	char name[TOKEN_NAME];
	enum token_role role;

	if (!text && bearers_count(w->bearers) == 0) {
		r->may_act = true;
		return check_local(r);
	}
	if (!text)
		return want_token(
		    r, "a token is wanted: Authorization: Bearer TOKEN (outreach-token add)");
	token_hash(text, r->token);
	role = bearers_of(w->bearers, r->token, name);
	if (role == TOKEN_GONE)
		return want_token(r, "this token is none, or it was removed");
	if (role == TOKEN_VIEWER && r->route->auth == AUTH_OPERATOR) {
		request_problem(r, 403,
		    "the token %s is a viewer's: an operator's is wanted (outreach-token add --role operator)",
		    name);
		return 403;
	}
	r->may_act = role == TOKEN_OPERATOR;
	snprintf(r->actor, sizeof(r->actor), "token:%s%s", name, at ? at : "");
	return 0;
}

int
auth_looks(struct request *r)
{
	return check_token(r);
}

int
auth_socket(struct request *r, const char *shown)
{
	struct web *w = r->web;
	char name[TOKEN_NAME];

	if (!is_own_site(r)) {
		request_problem(r, 403, "no page of another site may listen here");
		return 403;
	}
	if (!shown && bearers_count(w->bearers) == 0)
		return check_local(r);
	if (!shown)
		return 1;
	token_hash(shown, r->token);
	return bearers_of(w->bearers, r->token, name) != TOKEN_GONE
	    ? 0
	    : want_token(r, "this token is none, or it was removed");
}

bool
auth_holds(struct web *w, const unsigned char token[TOKEN_HASH])
{
	static const unsigned char nobody[TOKEN_HASH];
	char name[TOKEN_NAME];

	if (memcmp(token, nobody, TOKEN_HASH) == 0)
		return bearers_count(w->bearers) == 0;
	return bearers_of(w->bearers, token, name) != TOKEN_GONE;
}

int
auth_request(struct request *r, bool whole)
{
	switch (r->route->auth) {
	case AUTH_NONE: return 0;
	case AUTH_SECRET: return check_secret(r, whole);
	case AUTH_VIEWER:
	case AUTH_OPERATOR: return check_token(r);
	}
	return want_token(r, "");
}

int
auth_load(struct web *w, struct fault *f)
{
	char after[TOKEN_NAME] = "";
	struct token *v = xcalloc(TOKENS_MAX, sizeof(*v));
	size_t n = 0;
	int got = 1;

	while (n < TOKENS_MAX && (got = tokens_next(w->db, after, &v[n], f)) > 0)
		n++;
	w->bearers_old = got < 0;
	if (got >= 0)
		bearers_set(w->bearers, v, n);
	free(v);
	return got < 0 ? -1 : 0;
}
