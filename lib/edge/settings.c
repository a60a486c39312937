/*
 * settings: find the one file, check all of it before anything is opened, and
 * remember where each value came from.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "json.h"
#include "keys.h"
#include "mem.h"
#include "num.h"
#include "proc.h"
#include "secret.h"
#include "settings.h"

static const char *const top_keys[] = {"database", "region", "exchanges", "llm", "phone_zones",
    "test_numbers", "opt_out_words", "retain", "serve", "context_dir", NULL};
static const char *const serve_keys[] = {
    "listen", "avr", "people", "webhook_secret_file", "sandbox", "tls", "dialer", NULL};
static const char *const tls_keys[] = {"cert", "key", NULL};
static const char *const llm_keys[] = {"url", "key_file", "azure", "concurrent",
    "requests_per_minute", "tokens_per_minute", "model", "sorry", "answer_within", NULL};
static const char *const retain_keys[] = {"transcripts", "recordings", "recordings_dir", NULL};
static const char *const exchange_keys[] = {
    "type", "host", "port", "port_file", "user", "secret_file", "limit", NULL};
static const char *const http_keys[] = {"type", "url", "path", "hangup_path", "secret_file",
    "secret_header", "idempotency_header", "idempotent", "idempotent_for", "timeout", "body",
    "simulator", "limit", NULL};

#define DAY_MS  (INT64_C(24) * 3600 * 1000)
#define LLM_URL "https://api.openai.com/v1"

#define HTTP_PATH "/api/call/initiate" /* of the integration plan */

enum { ANSWER_WITHIN = 8 /* s */ };
enum { IDEMPOTENT_MS = 3600000, IDEMPOTENT_MAX_MS = 7 * 24 * 3600000 };
enum { HTTP_TIMEOUT_MS = 10000, HTTP_TIMEOUT_MAX_MS = 120000 };
enum { AMI_PORT = 5038, LIMIT_MAX = 10000, LLM_CONCURRENT = 16, LLM_CONCURRENT_MAX = 256 };

/* One reading of the file. */
struct load {
	struct settings *s;
	struct yaml y;
	int wrong;
};

static void
remember(struct settings *s, const char *key, const char *value, const char *from)
{
	s->origin = xrealloc(s->origin, s->origins + 1, sizeof(*s->origin));
	s->origin[s->origins++] = (struct setting){xstrdup(key), xstrdup(value), xstrdup(from)};
}

/* Remembers a value with its line in the file, or as a default if it does not stand there. */
static void
remember_key(struct load *l, const struct keys *k, const char *key, const char *value)
{
	char *name = k->path != NULL ? xasprintf("%s.%s", k->path, key) : xstrdup(key);
	int line = yaml_line(&l->y, k->object, key);
	char *from = line > 0 ? xasprintf("%s:%d", l->s->file, line) : xstrdup("default");

	remember(l->s, name, value, from);
	free(name);
	free(from);
}

static void
remember_number(struct load *l, const struct keys *k, const char *key, int64_t n)
{
	char *text = xasprintf("%lld", (long long)n);

	remember_key(l, k, key, text);
	free(text);
}

/* A path that does not begin with / counts from the directory of the settings file. */
static char *
beside(const struct settings *s, const char *path)
{
	const char *slash = s->file != NULL ? strrchr(s->file, '/') : NULL;

	if (*path == '/' || slash == NULL)
		return xstrdup(path);
	return xasprintf("%.*s/%s", (int)(slash - s->file), s->file, path);
}

static int
plain_text(struct keys *k, const char *key, const char **text)
{
	int r = keys_text(k, key, text);

	if (r <= 0)
		return r;
	if (text_control(*text, strlen(*text)) >= 0)
		return keys_fault(k, key, "holds a control character");
	return 1;
}

static int
path_key(struct load *l, struct keys *k, const char *key, char **out)
{
	const char *text;
	int r = plain_text(k, key, &text);

	if (r > 0) {
		*out = beside(l->s, text);
		remember_key(l, k, key, *out);
	}
	return r;
}

static void
text_key(
    struct load *l, struct keys *k, const char *key, const char *standard, const char **out)
{
	const char *text = standard;

	if (plain_text(k, key, &text) < 0 || text == NULL)
		return;
	if (strpbrk(text, " \t") != NULL) {
		(void)keys_fault(k, key, "\"%.60s\" holds a space", text);
		return;
	}
	*out = xstrdup(text);
	remember_key(l, k, key, text);
}

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
		remember_key(l, k, "type", type);
	}
}

static void
exchange_port(struct load *l, struct keys *k, struct exchange *x)
{
	int64_t port = AMI_PORT;
	char *file = NULL;

	if (path_key(l, k, "port_file", &file) != 0) {
		x->port_file = file;
		if (json_object_get(k->object, "port") != NULL)
			(void)keys_fault(k, "port", "is given beside port_file: keep one");
		return;
	}
	if (keys_int(k, "port", 1, 65535, &port) >= 0) {
		x->port = (int)port;
		remember_number(l, k, "port", port);
	}
}

/* A flag that is remembered where it is given. */
static void
flag_key(struct load *l, struct keys *k, const char *key, bool *flag)
{
	if (keys_bool(k, key, flag) > 0)
		remember_key(l, k, key, *flag ? "true" : "false");
}

static void
http_url(struct load *l, struct keys *k, struct exchange *x)
{
	size_t scheme;

	text_key(l, k, "url", NULL, &x->url);
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
	text_key(l, k, key, standard, path);
	if (*path != NULL && **path != '/')
		(void)keys_fault(k, key, "\"%.80s\" does not begin with /", *path);
}

/* A header's name (RFC 9110, section 5.1), as far as anybody uses them. */
static void
http_header_name(
    struct load *l, struct keys *k, const char *key, const char *standard, const char **name)
{
	text_key(l, k, key, standard, name);
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
	flag_key(l, k, "idempotent", &x->idempotent);
	x->idempotent_ms = IDEMPOTENT_MS;
	if (keys_duration(k, "idempotent_for", 1000, IDEMPOTENT_MAX_MS, &x->idempotent_ms) > 0)
		remember_key(l, k, "idempotent_for", num_duration_text(x->idempotent_ms, ms));
	flag_key(l, k, "simulator", &x->must_prove);
	x->timeout_ms = HTTP_TIMEOUT_MS;
	if (keys_duration(k, "timeout", 1000, HTTP_TIMEOUT_MAX_MS, &x->timeout_ms) > 0)
		remember_key(l, k, "timeout", num_duration_text(x->timeout_ms, ms));
	if (keys_get(k, "body", &body) > 0) {
		if (!json_is_object(body)) {
			(void)keys_fault(
			    k, "body", "is %s where a mapping belongs", json_kind(body));
			return;
		}
		json_write(&text, body);
		x->body = text.p;
		remember_key(l, k, "body", x->body);
	}
}

static void
exchange_ami(struct load *l, struct keys *k, struct exchange *x)
{
	keys_known(k, exchange_keys);
	text_key(l, k, "host", "127.0.0.1", &x->host);
	exchange_port(l, k, x);
	text_key(l, k, "user", x->simulated ? SIM_USER : NULL, &x->user);
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
	if (path_key(l, k, "secret_file", &file) > 0)
		x->secret_file = file;
	if (keys_int(k, "limit", 1, LIMIT_MAX, &limit) > 0) {
		x->limit = (int)limit;
		remember_number(l, k, "limit", limit);
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

static void
exchanges(struct load *l, struct keys *k)
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

/* E.164: "+" and 7 to 15 digits, the first not 0. */
static bool
number_ok(const char *s)
{
	size_t n = s[0] == '+' ? strspn(s + 1, "0123456789") : 0;

	return n >= 7 && n <= 15 && s[1] != '0' && s[1 + n] == '\0';
}

static void
test_number(struct load *l, struct keys *k, const char *number)
{
	struct settings *s = l->s;

	if (number == NULL || !number_ok(number)) {
		(void)keys_fault(k, "test_numbers",
		    "\"%.40s\" is not a number such as +15005550100",
		    number != NULL ? number : "");
		return;
	}
	s->test_number = xrealloc(s->test_number, s->test_numbers + 1, sizeof(*s->test_number));
	s->test_number[s->test_numbers++] = xstrdup(number);
	remember_key(l, k, "test_numbers", number);
}

static void
test_numbers(struct load *l, struct keys *k)
{
	const json_t *list;
	const char *one;
	size_t i;

	if (keys_list(k, "test_numbers", &list, &one) <= 0)
		return;
	if (one != NULL)
		test_number(l, k, one);
	for (i = 0; i < json_array_size(list); i++)
		test_number(l, k, json_string_value(json_array_get(list, i)));
}

static void
add_text(struct load *l, struct keys *k, const char *key, const char *text, bool path,
    struct texts *list)
{
	if (text == NULL || *text == '\0' || text_control(text, strlen(text)) >= 0) {
		(void)keys_fault(k, key, "holds what is no text");
		return;
	}
	list->v = xrealloc(list->v, list->n + 1, sizeof(char *));
	list->v[list->n++] = path ? beside(l->s, text) : xstrdup(text);
	remember_key(l, k, key, list->v[list->n - 1]);
}

/* A text or a list of them; paths count from the file's directory. */
static void
text_list(struct load *l, struct keys *k, const char *key, bool path, struct texts *list)
{
	const json_t *array;
	const char *one;

	if (keys_list(k, key, &array, &one) <= 0)
		return;
	if (one != NULL)
		add_text(l, k, key, one, path, list);
	for (size_t i = 0; i < json_array_size(array); i++)
		add_text(l, k, key, json_string_value(json_array_get(array, i)), path, list);
}

static void
sandbox(struct load *l, struct keys *k, enum sandbox_use *use)
{
	static const char *const words[] = {"auto", "require", "off"};
	const char *text = words[SANDBOX_AUTO];
	size_t i;

	if (keys_text(k, "sandbox", &text) < 0)
		return;
	for (i = 0; i < COUNT(words) && strcmp(text, words[i]) != 0; i++)
		;
	if (i == COUNT(words))
		(void)keys_fault(
		    k, "sandbox", "\"%.60s\" is none of auto, require and off", text);
	else
		*use = (enum sandbox_use)i;
	remember_key(l, k, "sandbox", text);
}

static void
tls(struct load *l, struct keys *k, struct serve_settings *s)
{
	struct keys sub;

	if (keys_sub(k, "tls", &sub, "serve.tls") <= 0)
		return;
	keys_known(&sub, tls_keys);
	if (path_key(l, &sub, "cert", &s->tls_cert) == 0)
		(void)keys_missing(&sub, "cert", "/etc/outreach/cert.pem");
	if (path_key(l, &sub, "key", &s->tls_key) == 0)
		(void)keys_missing(&sub, "key", "/etc/outreach/key.pem");
}

static void
serve(struct load *l, struct keys *k)
{
	struct serve_settings *s = &l->s->serve;
	struct keys sub;

	if (keys_sub(k, "serve", &sub, "serve") <= 0)
		return;
	keys_known(&sub, serve_keys);
	text_list(l, &sub, "listen", false, &s->listen);
	text_list(l, &sub, "avr", false, &s->avr);
	text_list(l, &sub, "people", false, &s->people);
	text_list(l, &sub, "webhook_secret_file", true, &s->secret_file);
	sandbox(l, &sub, &s->sandbox);
	tls(l, &sub, s);
	flag_key(l, &sub, "dialer", &s->dialer);
}

static void
retain_for(struct load *l, struct keys *k, const char *key, int64_t *ms)
{
	char text[32];

	if (keys_duration(k, key, DAY_MS, 3660 * DAY_MS, ms) > 0)
		remember_key(l, k, key, num_duration_text(*ms, text));
}

static void
retain(struct load *l, struct keys *k)
{
	struct retain_settings *r = &l->s->retain;
	struct keys sub;

	if (keys_sub(k, "retain", &sub, "retain") <= 0)
		return;
	keys_known(&sub, retain_keys);
	retain_for(l, &sub, "transcripts", &r->transcripts);
	retain_for(l, &sub, "recordings", &r->recordings);
	(void)path_key(l, &sub, "recordings_dir", &r->recordings_dir);
	if (r->recordings && !r->recordings_dir &&
	    !json_object_get(sub.object, "recordings_dir"))
		(void)keys_missing(&sub, "recordings_dir", "/var/spool/asterisk/monitor");
}

/* ---- the language model ---- */

/* The file before $OPENAI_BASE_URL, as OpenAI's clients read it, before OpenAI. */
static void
llm_url(struct load *l, struct keys *k)
{
	const char *env = getenv("OPENAI_BASE_URL"), *url = NULL;

	if (plain_text(k, "url", &url) < 0)
		return;
	if (url != NULL && strncmp(url, "http://", 7) != 0 &&
	    strncmp(url, "https://", 8) != 0) {
		(void)keys_fault(
		    k, "url", "\"%.80s\" begins with neither http:// nor https://", url);
		return;
	}
	l->s->llm.url = xstrdup(url != NULL   ? url
		: env != NULL && *env != '\0' ? env
					      : LLM_URL);
	if (url == NULL && env != NULL && *env != '\0')
		remember(l->s, "llm.url", env, "$OPENAI_BASE_URL");
	else
		remember_key(l, k, "url", l->s->llm.url);
}

static void
llm_number(struct load *l, struct keys *k, const char *key, int64_t max, int64_t *n)
{
	if (keys_int(k, key, 1, max, n) >= 0)
		remember_number(l, k, key, *n);
}

static void
llm_text(struct load *l, struct keys *k, const char *key, char **to)
{
	const char *text = NULL;

	if (keys_text(k, key, &text) <= 0)
		return;
	*to = xstrdup(text);
	remember_key(l, k, key, text);
}

static void
llm(struct load *l, struct keys *k)
{
	struct llm_settings *s = &l->s->llm;
	json_t *none = NULL;
	struct keys of;

	s->concurrent = LLM_CONCURRENT;
	if (keys_sub(k, "llm", &of, "llm") <= 0) {
		none = json_object();
		of = *k;
		of.object = none;
		of.path = "llm";
	}
	if (getenv("OPENAI_API_KEY") !=
	    NULL) /* it is in our memory, whether it is used or not */
		proc_keep_secret();
	keys_known(&of, llm_keys);
	llm_url(l, &of);
	(void)path_key(l, &of, "key_file", &s->key_file);
	flag_key(l, &of, "azure", &s->azure);
	llm_number(l, &of, "concurrent", LLM_CONCURRENT_MAX, &s->concurrent);
	llm_number(l, &of, "requests_per_minute", 1000000, &s->requests_per_minute);
	s->answer_within = ANSWER_WITHIN;
	llm_text(l, &of, "model", &s->model);
	llm_text(l, &of, "sorry", &s->sorry);
	llm_number(l, &of, "answer_within", 60, &s->answer_within);
	llm_number(l, &of, "tokens_per_minute", INT64_C(1000000000), &s->tokens_per_minute);
	json_decref(none);
}

char *
llm_key(const struct settings *s, const char **from, struct fault *f)
{
	char *key = NULL;
	const char *env = getenv("OPENAI_API_KEY");
	int r = secret_find("llm-key", s->llm.key_file, &key, from, f);

	if (r != 0)
		return key;
	*from = NULL;
	if (env == NULL || *env == '\0') {
		(void)fault(f, CONFIG,
		    "there is no key for %s: give llm.key_file in the settings, the credential llm-key, "
		    "or $OPENAI_API_KEY (any word, where the server wants none)",
		    s->llm.url);
		return NULL;
	}
	*from = "environment";
	if (utf8_bad(env, strlen(env)) >= 0 || text_control(env, strlen(env)) >= 0) {
		(void)fault(f, CONFIG,
		    "$OPENAI_API_KEY: the key holds a control character or is not UTF-8");
		return NULL;
	}
	proc_keep_secret();
	return xstrdup(env);
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* By its form alone: whether there is such a region is known where numbers are read. */
static void
region(struct load *l, struct keys *k)
{
	const char *text;

	if (plain_text(k, "region", &text) <= 0)
		return;
	if (strspn(text, LETTERS) != 2 || text[2] != '\0') {
		(void)keys_fault(
		    k, "region", "\"%.40s\" is not a region such as IN (ISO 3166-1)", text);
		return;
	}
	l->s->region = xstrdup(text);
	remember_key(l, k, "region", text);
}

/* $OUTREACH_DB before the file before ./outreach.db. */
static void
database(struct load *l, struct keys *k)
{
	const char *env = getenv("OUTREACH_DB"), *ignored;
	char *file = NULL;

	if (env != NULL && *env != '\0') {
		(void)plain_text(k, "database", &ignored);
		file = xstrdup(env);
		remember(l->s, "database", env, "$OUTREACH_DB");
	} else if (path_key(l, k, "database", &file) == 0) {
		file = xstrdup("outreach.db");
		remember(l->s, "database", file, "default");
	}
	l->s->database = file;
}

/* The file to read into *file (heap), null if there is none. -1 if one is there and cannot be looked at. */
static int
find_file(char **file, struct fault *f)
{
	const char *conf = getenv("OUTREACH_CONF"), *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char *candidate[3] = {
	    xstrdup("./outreach.yaml"), NULL, xstrdup("/etc/outreach/outreach.yaml")};
	struct stat st;
	size_t i;
	int rc = 0;

	*file = NULL;
	if (conf != NULL && *conf != '\0')
		*file = xstrdup(conf);
	if (xdg != NULL && *xdg == '/')
		candidate[1] = xasprintf("%s/outreach/outreach.yaml", xdg);
	else if (home != NULL && *home == '/')
		candidate[1] = xasprintf("%s/.config/outreach/outreach.yaml", home);
	for (i = 0; i < COUNT(candidate) && *file == NULL && rc == 0; i++) {
		if (candidate[i] == NULL)
			continue;
		if (stat(candidate[i], &st) == 0)
			*file = xstrdup(candidate[i]);
		else if (errno != ENOENT && errno != ENOTDIR)
			rc = fault(f, CONFIG, "%s: %s", candidate[i], strerror(errno));
	}
	for (i = 0; i < COUNT(candidate); i++)
		free(candidate[i]);
	return rc;
}

static int
compile(struct load *l, struct fault *f)
{
	struct keys k = {
	    .f = f, .wrong = &l->wrong, .where = l->s->file != NULL ? &l->y : NULL};
	json_t *none = NULL;
	int rc;

	/* A file with nothing in it, or none, says nothing: all defaults. */
	if (l->y.root == NULL || json_is_null(l->y.root))
		none = json_object();
	rc = keys_open(&k, none != NULL ? none : l->y.root, "the settings file");
	if (rc == 0) {
		keys_known(&k, top_keys);
		database(l, &k);
		exchanges(l, &k);
		llm(l, &k);
		region(l, &k);
		test_numbers(l, &k);
		(void)path_key(l, &k, "opt_out_words", &l->s->opt_out_words);
		retain(l, &k);
		serve(l, &k);
		(void)path_key(l, &k, "context_dir", &l->s->context_dir);
		(void)path_key(l, &k, "phone_zones", &l->s->phone_zones);
	}
	json_decref(none);
	return l->wrong > 0 ? -1 : 0;
}

int
settings_load(struct settings *s, struct fault *f)
{
	struct load l = {.s = s};
	int rc;

	*s = (struct settings){0};
	if (find_file(&s->file, f) < 0)
		return -1;
	rc = s->file != NULL ? yaml_load(&l.y, s->file, f) : 0;
	if (rc == 0)
		rc = compile(&l, f);
	yaml_release(&l.y);
	return rc;
}

static void
texts_release(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i]);
	free(t->v);
}

void
settings_release(struct settings *s)
{
	size_t i;

	for (i = 0; i < s->exchanges; i++) {
		free((char *)s->exchange[i].name);
		free((char *)s->exchange[i].host);
		free((char *)s->exchange[i].port_file);
		free((char *)s->exchange[i].user);
		free((char *)s->exchange[i].secret_file);
		free((char *)s->exchange[i].url);
		free((char *)s->exchange[i].path);
		free((char *)s->exchange[i].hangup_path);
		free((char *)s->exchange[i].secret_header);
		free((char *)s->exchange[i].key_header);
		free((char *)s->exchange[i].body);
	}
	free(s->opt_out_words);
	for (i = 0; i < s->test_numbers; i++)
		free(s->test_number[i]);
	for (i = 0; i < s->origins; i++) {
		free(s->origin[i].key);
		free(s->origin[i].value);
		free(s->origin[i].from);
	}
	texts_release(&s->serve.listen);
	texts_release(&s->serve.avr);
	texts_release(&s->serve.people);
	texts_release(&s->serve.secret_file);
	free(s->serve.tls_cert);
	free(s->serve.tls_key);
	free(s->retain.recordings_dir);
	free(s->context_dir);
	free(s->exchange);
	free(s->test_number);
	free(s->origin);
	free(s->llm.url);
	free(s->llm.key_file);
	free(s->llm.model);
	free(s->llm.sorry);
	free(s->region);
	free(s->database);
	free(s->phone_zones);
	free(s->file);
	*s = (struct settings){0};
}

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

int
serve_secrets(const struct settings *s, char **secret, int room, struct fault *f)
{
	static const char *const names[] = {"webhook-secret", "webhook-secret-old"};
	const struct texts *files = &s->serve.secret_file;
	size_t tries = files->n > 0 ? files->n : COUNT(names);
	int n = 0;

	for (size_t i = 0; i < tries && n < room; i++) {
		int r = files->n > 0 ? secret_find(names[0], files->v[i], &secret[n], NULL, f)
				     : secret_find(names[i], NULL, &secret[n], NULL, f);

		if (r < 0) {
			while (n > 0)
				secret_free(secret[--n]);
			return -1;
		}
		n += r;
	}
	return n;
}
