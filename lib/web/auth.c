/*
 * auth: who may ask for what. The webhook secret opens webhooks and nothing
 * else. Where there is none, only this machine can ask (web.c sees to that).
 */
#include "clock.h"
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

static int
check_secret(struct request *r, bool whole)
{
	const struct web *w = r->web;
	const char *secret = request_field(r, "X-AVR-WEBHOOK-SECRET");
	const char *signatures = request_field(r, "webhook-signature");

	if (w->secrets.n == 0)
		return 0;
	if (secret)
		return whole || secrets_match(&w->secrets, secret)
		    ? 0
		    : refuse(r, "X-AVR-WEBHOOK-SECRET is not the webhook secret");
	if (!signatures)
		return refuse(r, "X-AVR-WEBHOOK-SECRET or webhook-signature is missing");
	if (!whole ||
	    secrets_signed(&w->secrets, field(r, "webhook-id"), field(r, "webhook-timestamp"),
		signatures, (struct slice){r->body.p, r->body.len}, clock_wall()))
		return 0;
	return refuse(
	    r, "webhook-signature is not by the webhook secret, or older than five minutes");
}

int
auth_request(struct request *r, bool whole)
{
	switch (r->route->auth) {
	case AUTH_NONE: return 0;
	case AUTH_SECRET: return check_secret(r, whole);
	case AUTH_VIEWER:
	case AUTH_OPERATOR: break;
	}
	request_problem(r, 401, "a token is wanted");
	return 401;
}
