/*
 * keys: the typed getters over a YAML mapping and the one place that words
 * their faults.
 */
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "num.h"
#include "word.h"

const char *
json_kind(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: return "a mapping";
	case JSON_ARRAY: return "a list";
	case JSON_STRING: return "a text";
	case JSON_INTEGER: return "a number";
	case JSON_REAL: return "a number";
	case JSON_TRUE: return "true";
	case JSON_FALSE: return "false";
	default: return "nothing";
	}
}

/* The first error is the fault; further ones are lines of k->all. */
static int
report(struct keys *k, const struct fault *now)
{
	if ((*k->wrong)++ == 0) {
		*k->f = *now;
	} else if (k->all != NULL) {
		buf_adds(k->all, now->text);
		buf_addc(k->all, '\n');
	}
	return -1;
}

int
keys_fault(struct keys *k, const char *key, const char *fmt, ...)
{
	const char *path = k->path != NULL ? k->path : "", *dot = *path != '\0' ? "." : "";
	struct fault now;
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (k->where != NULL)
		(void)yaml_fault_at(
		    k->where, k->object, key, &now, "%s%s%s: %s", path, dot, key, text);
	else
		(void)fault(&now, CONFIG, "%s%s%s: %s", path, dot, key, text);
	return report(k, &now);
}

int
keys_missing(struct keys *k, const char *key, const char *example)
{
	return keys_fault(
	    k, key, "is missing and has no default (such as %s: %s)", key, example);
}

int
keys_open(struct keys *k, const json_t *value, const char *what)
{
	struct fault now;

	k->object = value;
	if (json_is_object(value))
		return 0;
	if (k->where != NULL)
		(void)yaml_fault(k->where, value, &now, "%s is %s, not a mapping (key: value)",
		    what, json_is_null(value) ? "empty" : json_kind(value));
	else
		(void)fault(&now, CONFIG, "%s is not a mapping", what);
	return report(k, &now);
}

int
keys_sub(struct keys *k, const char *key, struct keys *sub, const char *path)
{
	const json_t *v;
	int r = keys_get(k, key, &v);

	if (r <= 0)
		return r;
	*sub = *k;
	sub->path = path;
	sub->object = v;
	if (!json_is_object(v))
		return keys_fault(k, key, "is %s, not a mapping (key: value)", json_kind(v));
	return 1;
}

int
keys_unknown(struct keys *k, const char *key, const char *const *known)
{
	char hint[WORD_HINT];

	return keys_fault(k, key, "is not a known key%s", word_hint(key, known, hint));
}

void
keys_known(struct keys *k, const char *const *known)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)k->object, key, v)
	{
		if (!word_among(key, known))
			(void)keys_unknown(k, key, known);
	}
}

int
keys_get(struct keys *k, const char *key, const json_t **v)
{
	const json_t *found = json_object_get(k->object, key);

	*v = found;
	if (found == NULL)
		return 0;
	return json_is_null(found) ? keys_fault(k, key, "has no value") : 1;
}

int
keys_text(struct keys *k, const char *key, const char **text)
{
	const json_t *v;
	int r = keys_get(k, key, &v);

	if (r <= 0)
		return r;
	if (!json_is_string(v))
		return keys_fault(
		    k, key, "is %s where a text belongs (put it in quotes)", json_kind(v));
	if (json_string_length(v) == 0)
		return keys_fault(k, key, "is empty");
	*text = json_string_value(v);
	return 1;
}

int
keys_bool(struct keys *k, const char *key, bool *b)
{
	const json_t *v;
	int r = keys_get(k, key, &v);

	if (r <= 0)
		return r;
	if (!json_is_boolean(v))
		return keys_fault(k, key, "is %s where true or false belongs", json_kind(v));
	*b = json_is_true(v);
	return 1;
}

int
keys_int(struct keys *k, const char *key, int64_t min, int64_t max, int64_t *n)
{
	const json_t *v;
	int r = keys_get(k, key, &v);

	if (r <= 0)
		return r;
	if (!json_is_integer(v))
		return keys_fault(k, key, "is %s where a whole number belongs", json_kind(v));
	if (json_integer_value(v) < min || json_integer_value(v) > max)
		return keys_fault(k, key, "%lld is not from %lld to %lld",
		    (long long)json_integer_value(v), (long long)min, (long long)max);
	*n = json_integer_value(v);
	return 1;
}

int
keys_duration_of(
    struct keys *k, const char *key, const json_t *v, int64_t min, int64_t max, int64_t *ms)
{
	char low[32], high[32];
	struct fault why;
	int64_t n;

	if (json_is_integer(v))
		return keys_fault(k, key, "%lld needs a unit: %llds, %lldm, %lldh or %lldd",
		    (long long)json_integer_value(v), (long long)json_integer_value(v),
		    (long long)json_integer_value(v), (long long)json_integer_value(v),
		    (long long)json_integer_value(v));
	if (!json_is_string(v))
		return keys_fault(
		    k, key, "is %s where a duration belongs, such as 90s", json_kind(v));
	if (num_duration(key, json_string_value(v), &n, &why) < 0)
		return keys_fault(k, key,
		    "\"%.60s\" is not a duration such as 90s, 15m, 4h or 2d",
		    json_string_value(v));
	if (n < min || n > max)
		return keys_fault(k, key, "%.60s is not from %s to %s", json_string_value(v),
		    num_duration_text(min, low), num_duration_text(max, high));
	*ms = n;
	return 1;
}

int
keys_duration(struct keys *k, const char *key, int64_t min, int64_t max, int64_t *ms)
{
	const json_t *v;
	int r = keys_get(k, key, &v);

	return r > 0 ? keys_duration_of(k, key, v, min, max, ms) : r;
}

int
keys_milli(struct keys *k, const char *key, int64_t min, int64_t max, int64_t *milli)
{
	const json_t *v;
	int64_t n = -1;
	int r = keys_get(k, key, &v);

	if (r <= 0)
		return r;
	if (json_is_string(v))
		n = num_milli(json_string_value(v));
	else if (json_is_integer(v) && json_integer_value(v) >= 0 &&
	    json_integer_value(v) <= max)
		n = json_integer_value(v) * 1000;
	if (n < min || n > max)
		return keys_fault(k, key, "is not a number from %g to %g", (double)min / 1000,
		    (double)max / 1000);
	*milli = n;
	return 1;
}

int
keys_list(struct keys *k, const char *key, const json_t **array, const char **one)
{
	const json_t *v;
	int r = keys_get(k, key, &v);

	*array = NULL;
	*one = NULL;
	if (r <= 0)
		return r;
	if (json_is_string(v) && json_string_length(v) > 0) {
		*one = json_string_value(v);
		return 1;
	}
	if (!json_is_array(v))
		return keys_fault(k, key, "is %s where a list belongs", json_kind(v));
	if (json_array_size(v) == 0)
		return keys_fault(k, key, "is an empty list");
	*array = v;
	return 1;
}

int
keys_name_ok(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n > 0 && n < 64 && s[n] == '\0' && *s != '-' && *s != '_';
}

int
keys_name(struct keys *k, const char *key, const char **name)
{
	int r = keys_text(k, key, name);

	if (r > 0 && !keys_name_ok(*name))
		return keys_fault(
		    k, key, "\"%.60s\" is no name: lower-case letters, digits, - and _", *name);
	return r;
}
