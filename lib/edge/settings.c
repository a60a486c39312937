/*
 * settings: find the one file, check all of it before anything is opened, and
 * remember where each value came from. Its longer sections have files of their own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"
#include "num.h"
#include "settings_parts.h"

static const char *const top_keys[] = {"database", "region", "exchanges", "llm", "phone_zones",
    "opt_out_words", "retain", "serve", "context_dir", NULL};
static const char *const retain_keys[] = {"transcripts", "recordings", "recordings_dir", NULL};

#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* ---- what every section reads with ---- */

void
settings_remember(struct settings *s, const char *key, const char *value, const char *from)
{
	s->origin = xrealloc(s->origin, s->origins + 1, sizeof(*s->origin));
	s->origin[s->origins++] = (struct setting){xstrdup(key), xstrdup(value), xstrdup(from)};
}

void
settings_remember_key(struct load *l, const struct keys *k, const char *key, const char *value)
{
	char *name = k->path != NULL ? xasprintf("%s.%s", k->path, key) : xstrdup(key);
	int line = yaml_line(&l->y, k->object, key);
	char *from = line > 0 ? xasprintf("%s:%d", l->s->file, line) : xstrdup("default");

	settings_remember(l->s, name, value, from);
	free(name);
	free(from);
}

void
settings_remember_number(struct load *l, const struct keys *k, const char *key, int64_t n)
{
	char *text = xasprintf("%lld", (long long)n);

	settings_remember_key(l, k, key, text);
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

int
settings_text(struct keys *k, const char *key, const char **text)
{
	int r = keys_text(k, key, text);

	if (r <= 0)
		return r;
	if (text_control(*text, strlen(*text)) >= 0)
		return keys_fault(k, key, "holds a control character");
	return 1;
}

int
settings_path(struct load *l, struct keys *k, const char *key, char **out)
{
	const char *text;
	int r = settings_text(k, key, &text);

	if (r > 0) {
		*out = beside(l->s, text);
		settings_remember_key(l, k, key, *out);
	}
	return r;
}

void
settings_word(
    struct load *l, struct keys *k, const char *key, const char *standard, const char **out)
{
	const char *text = standard;

	if (settings_text(k, key, &text) < 0 || text == NULL)
		return;
	if (strpbrk(text, " \t") != NULL) {
		(void)keys_fault(k, key, "\"%.60s\" holds a space", text);
		return;
	}
	*out = xstrdup(text);
	settings_remember_key(l, k, key, text);
}

void
settings_flag(struct load *l, struct keys *k, const char *key, bool *flag)
{
	if (keys_bool(k, key, flag) > 0)
		settings_remember_key(l, k, key, *flag ? "true" : "false");
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
	settings_remember_key(l, k, key, list->v[list->n - 1]);
}

void
settings_texts(struct load *l, struct keys *k, const char *key, bool path, struct texts *list)
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

/* ---- the short sections ---- */

static void
retain_for(struct load *l, struct keys *k, const char *key, int64_t *ms)
{
	char text[32];

	if (keys_duration(k, key, DAY_MS, 3660 * DAY_MS, ms) > 0)
		settings_remember_key(l, k, key, num_duration_text(*ms, text));
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
	(void)settings_path(l, &sub, "recordings_dir", &r->recordings_dir);
	if (r->recordings && !r->recordings_dir &&
	    !json_object_get(sub.object, "recordings_dir"))
		(void)keys_missing(&sub, "recordings_dir", "/var/spool/asterisk/monitor");
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* By its form alone: whether there is such a region is known where numbers are read. */
static void
region(struct load *l, struct keys *k)
{
	const char *text;

	if (settings_text(k, "region", &text) <= 0)
		return;
	if (strspn(text, LETTERS) != 2 || text[2] != '\0') {
		(void)keys_fault(
		    k, "region", "\"%.40s\" is not a region such as IN (ISO 3166-1)", text);
		return;
	}
	l->s->region = xstrdup(text);
	settings_remember_key(l, k, "region", text);
}

/* $OUTREACH_DB before the file before ./outreach.db. */
static void
database(struct load *l, struct keys *k)
{
	const char *env = getenv("OUTREACH_DB"), *ignored;
	char *file = NULL;

	if (env != NULL && *env != '\0') {
		(void)settings_text(k, "database", &ignored);
		file = xstrdup(env);
		settings_remember(l->s, "database", env, "$OUTREACH_DB");
	} else if (settings_path(l, k, "database", &file) == 0) {
		file = xstrdup("outreach.db");
		settings_remember(l->s, "database", file, "default");
	}
	l->s->database = file;
}

/* ---- the whole file ---- */

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
		settings_read_exchanges(l, &k);
		settings_read_llm(l, &k);
		region(l, &k);
		(void)settings_path(l, &k, "opt_out_words", &l->s->opt_out_words);
		retain(l, &k);
		settings_read_serve(l, &k);
		(void)settings_path(l, &k, "context_dir", &l->s->context_dir);
		(void)settings_path(l, &k, "phone_zones", &l->s->phone_zones);
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
