/*
 * settings_exchange: the exchanges of the settings, how each is reached, and its
 * password. The simulator is there without a word.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "num.h"
#include "secret.h"
#include "settings_parts.h"

static const char *const exchange_keys[] = {
    "type", "host", "port", "port_file", "user", "secret_file", "limit", NULL};
static const char *const http_keys[] = {"type", "url", "path", "hangup_path", "secret_file",
    "secret_header", "idempotency_header", "idempotent", "idempotent_for", "timeout", "body",
    "simulator", "limit", NULL};

#define HTTP_PATH "/api/call/initiate" /* of the integration plan */

enum { IDEMPOTENT_MS = 3600000, IDEMPOTENT_MAX_MS = 7 * 24 * 3600000 };
enum { HTTP_TIMEOUT_MS = 10000, HTTP_TIMEOUT_MAX_MS = 120000 };
enum { AMI_PORT = 5038, LIMIT_MAX = 10000 };

static void
exchange_type(struct load *l, struct keys *k, struct exchange *x)
{
	const char *type = x->simulated ? "sim" : NULL;
	int r = keys_text(k, "type", &type);

	if (r < 0)
		return;
	if (type == NULL)
		(void)keys_missing(k, "type", "ami");
	else if (strcmp(type, "sim") != 0 && strcmp(type, "ami") != 0 &&
	    strcmp(type, "http") != 0)
		(void)keys_fault(
		    k, "type", "\"%.60s\" is no type of exchange: ami, http or sim", type);
	else {
		x->simulated = strcmp(type, "sim") == 0;
		x->http = strcmp(type, "http") == 0;
		settings_remember_key(l, k, "type", type);
	}
}

static void
exchange_port(struct load *l, struct keys *k, struct exchange *x)
{
	int64_t port = AMI_PORT;
	char *file = NULL;

	if (settings_path(l, k, "port_file", &file) != 0) {
		x->port_file = file;
		if (json_object_get(k->object, "port") != NULL)
			(void)keys_fault(k, "port", "is given beside port_file: keep one");
		return;
	}
	if (keys_int(k, "port", 1, 65535, &port) >= 0) {
		x->port = (int)port;
		settings_remember_number(l, k, "port", port);
	}
}

static void
http_url(struct load *l, struct keys *k, struct exchange *x)
{
	size_t scheme;

	settings_word(l, k, "url", NULL, &x->url);
	if (x->url == NULL) {
		if (json_object_get(k->object, "url") == NULL)
			(void)keys_missing(k, "url", "http://avr-core:5001");
		return;
	}
	scheme = strncmp(x->url, "http://", 7) == 0 ? 7
	    : strncmp(x->url, "https://", 8)        ? 0
						    : 8;
	if (scheme == 0)
		(void)keys_fault(
		    k, "url", "\"%.80s\" begins with neither http:// nor https://", x->url);
	else if (strpbrk(x->url + scheme, "/@?#") != NULL || x->url[scheme] == '\0')
		(void)keys_fault(k, "url",
		    "\"%.80s\" must be scheme, host and port alone (what follows is path; a password "
		    "belongs into secret_file)",
		    x->url);
}

static void
http_path(
    struct load *l, struct keys *k, const char *key, const char *standard, const char **path)
{
	settings_word(l, k, key, standard, path);
	if (*path != NULL && **path != '/')
		(void)keys_fault(k, key, "\"%.80s\" does not begin with /", *path);
}

/* A header's name (RFC 9110, section 5.1), as far as anybody uses them. */
static void
http_header_name(
    struct load *l, struct keys *k, const char *key, const char *standard, const char **name)
{
	settings_word(l, k, key, standard, name);
	if (*name != NULL &&
	    (*name)[strspn(*name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_")] != '\0')
		(void)keys_fault(k, key, "\"%.60s\" is no name of a header", *name);
}

static void
exchange_http(struct load *l, struct keys *k, struct exchange *x)
{
	const json_t *body;
	struct buf text = {0};
	char ms[32];

	keys_known(k, http_keys);
	http_url(l, k, x);
	http_path(l, k, "path", HTTP_PATH, &x->path);
	http_path(l, k, "hangup_path", NULL, &x->hangup_path);
	http_header_name(l, k, "secret_header", "Authorization", &x->secret_header);
	http_header_name(l, k, "idempotency_header", "Idempotency-Key", &x->key_header);
	settings_flag(l, k, "idempotent", &x->idempotent);
	x->idempotent_ms = IDEMPOTENT_MS;
	if (keys_duration(k, "idempotent_for", 1000, IDEMPOTENT_MAX_MS, &x->idempotent_ms) > 0)
		settings_remember_key(
		    l, k, "idempotent_for", num_duration_text(x->idempotent_ms, ms));
	settings_flag(l, k, "simulator", &x->must_prove);
	x->timeout_ms = HTTP_TIMEOUT_MS;
	if (keys_duration(k, "timeout", 1000, HTTP_TIMEOUT_MAX_MS, &x->timeout_ms) > 0)
		settings_remember_key(l, k, "timeout", num_duration_text(x->timeout_ms, ms));
	if (keys_get(k, "body", &body) > 0) {
		if (!json_is_object(body)) {
			(void)keys_fault(
			    k, "body", "is %s where a mapping belongs", json_kind(body));
			return;
		}
		json_write(&text, body);
		x->body = text.p;
		settings_remember_key(l, k, "body", x->body);
	}
}

static void
exchange_ami(struct load *l, struct keys *k, struct exchange *x)
{
	keys_known(k, exchange_keys);
	settings_word(l, k, "host", "127.0.0.1", &x->host);
	exchange_port(l, k, x);
	settings_word(l, k, "user", x->simulated ? SIM_USER : NULL, &x->user);
	if (x->user == NULL && json_object_get(k->object, "user") == NULL)
		(void)keys_missing(k, "user", "dialer");
}

static void
exchange_fill(struct load *l, struct keys *k, struct exchange *x)
{
	int64_t limit = 0;
	char *file = NULL;

	exchange_type(l, k, x);
	if (x->http)
		exchange_http(l, k, x);
	else
		exchange_ami(l, k, x);
	if (settings_path(l, k, "secret_file", &file) > 0)
		x->secret_file = file;
	if (keys_int(k, "limit", 1, LIMIT_MAX, &limit) > 0) {
		x->limit = (int)limit;
		settings_remember_number(l, k, "limit", limit);
	}
}

static struct exchange *
exchange_add(struct settings *s, const char *name)
{
	struct exchange *x;

	s->exchange = xrealloc(s->exchange, s->exchanges + 1, sizeof(*s->exchange));
	x = &s->exchange[s->exchanges++];
	*x = (struct exchange){.name = xstrdup(name), .simulated = strcmp(name, "sim") == 0};
	return x;
}

static int
exchange_order(const void *a, const void *b)
{
	const struct exchange *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void
settings_read_exchanges(struct load *l, struct keys *k)
{
	struct keys all, one;
	const char *name;
	json_t *v;
	char path[96];

	if (keys_sub(k, "exchanges", &all, "exchanges") > 0) {
		json_object_foreach((json_t *)all.object, name, v)
		{
			if (!keys_name_ok(name)) {
				(void)keys_fault(&all, name,
				    "a name is lower-case letters, digits, - and _");
				continue;
			}
			snprintf(path, sizeof(path), "exchanges.%s", name);
			if (keys_sub(&all, name, &one, path) > 0)
				exchange_fill(l, &one, exchange_add(l->s, name));
		}
	}
	if (json_object_get(json_object_get(k->object, "exchanges"), "sim") == NULL) {
		json_t *none = json_object();

		one = *k;
		one.object = none;
		one.path = "exchanges.sim";
		exchange_fill(l, &one, exchange_add(l->s, "sim"));
		json_decref(none);
	}
	qsort(l->s->exchange, l->s->exchanges, sizeof(*l->s->exchange), exchange_order);
}

/* ---- asked for by name ---- */

/* A port number alone in a small file, as outreach-sim --port-file writes it. */
static int
port_read(const char *exchange, const char *file, int *port, struct fault *f)
{
	char line[32] = "";
	int64_t n;
	FILE *in = fopen(file, "re");

	if (in == NULL)
		return fault(f, errno == ENOENT ? TEMPFAIL : CONFIG,
		    "exchange %s: cannot read its port from %s: %s (is it running?)", exchange,
		    file, strerror(errno));
	if (fgets(line, sizeof(line), in) == NULL)
		line[0] = '\0';
	fclose(in);
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0')
		return fault(f, TEMPFAIL, "exchange %s: no port in %s yet", exchange, file);
	if (num_parse(file, line, 1, 65535, &n, f) < 0) {
		f->code = CONFIG;
		return -1;
	}
	*port = (int)n;
	return 0;
}

/* Null with the fault. */
static const struct exchange *
exchange_named(const struct settings *s, const char *name, struct fault *f)
{
	char known[300] = "";
	size_t used = 0;

	for (size_t i = 0; i < s->exchanges; i++) {
		const char *other = s->exchange[i].name;

		if (strcmp(other, name) == 0)
			return &s->exchange[i];
		if (used + strlen(other) + 3 < sizeof(known))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
			    used > 0 ? ", " : "", other);
	}
	(void)fault(f, CONFIG, "exchange \"%s\" is not in the settings%s%s (known: %s)", name,
	    s->file != NULL ? " of " : "", s->file != NULL ? s->file : "", known);
	return NULL;
}

int
settings_has_exchange(const struct settings *s, const char *name, struct fault *f)
{
	return exchange_named(s, name, f) != NULL ? 0 : -1;
}

int
settings_exchange(
    const struct settings *s, const char *name, struct exchange *x, struct fault *f)
{
	const struct exchange *found = exchange_named(s, name, f);

	if (found == NULL)
		return -1;
	*x = *found;
	return x->port_file != NULL ? port_read(name, x->port_file, &x->port, f) : 0;
}

char *
exchange_secret(const struct exchange *x, struct fault *f)
{
	char *name = xasprintf("%s-secret", x->name), *secret = NULL;
	int r = secret_find(name, x->secret_file, &secret, NULL, f);

	if (r == 0 && x->simulated)
		secret = xstrdup(SIM_SECRET);
	else if (r == 0 && x->http)
		secret = xstrdup("");
	else if (r == 0)
		(void)fault(f, CONFIG,
		    "exchange %s has no secret: give secret_file in the settings, or the "
		    "credential %s",
		    x->name, name);
	free(name);
	return secret;
}
