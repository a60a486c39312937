/*
 * json: trees for the few places that need them, read strictly and asked with
 * getters that say what is wrong. A missing key is never a zero.
 */
#include "json.h"
#include "scan.h"

json_t *
json_read(const char *what, const char *p, size_t len, struct fault *f)
{
	json_error_t e;
	const char *why = NULL;
	ptrdiff_t used = scan_json(p, len, p + len, NULL, NULL, &why);
	json_t *root;

	/* Our own grammar first: its limits hold and its words are the same everywhere. */
	if (used < 0) {
		size_t line = 1, column = 1;

		for (const char *c = p; c < p - 1 - used; c++) {
			column = *c == '\n' ? 1 : column + 1;
			line += *c == '\n';
		}
		fault(f, DATAERR, "%s:%zu:%zu: %s", what, line, column, why);
		return NULL;
	}
	root = json_loadb(p, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!root)
		fault(f, DATAERR, "%s:%d:%d: %s", what, e.line, e.column, e.text);
	return root;
}

static int
add(const char *p, size_t len, void *out)
{
	buf_add(out, p, len);
	return 0;
}

void
json_write(struct buf *out, const json_t *value)
{
	json_dump_callback(value, add, out, JSON_COMPACT | JSON_ENCODE_ANY);
}

static const char *
kind_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: return "an object";
	case JSON_ARRAY: return "a list";
	case JSON_STRING: return "text";
	case JSON_INTEGER: return "a whole number";
	case JSON_REAL: return "a fraction";
	case JSON_TRUE:
	case JSON_FALSE: return "true or false";
	case JSON_NULL: break;
	}
	return "null";
}

static int
mismatch(const char *key, const char *wanted, const json_t *v, struct fault *f)
{
	return fault(f, DATAERR, "%s must be %s, not %s", key, wanted, kind_of(v));
}

int
json_want_text(const json_t *object, const char *key, const char **out, struct fault *f)
{
	const json_t *v = json_object_get(object, key);

	if (!v || json_is_null(v))
		return 0;
	if (!json_is_string(v))
		return mismatch(key, "text", v, f);
	*out = json_string_value(v);
	return 0;
}

int
json_want_int(const json_t *object, const char *key, int64_t *out, struct fault *f)
{
	const json_t *v = json_object_get(object, key);

	if (!v || json_is_null(v))
		return 0;
	if (!json_is_integer(v))
		return mismatch(key, "a whole number", v, f);
	*out = json_integer_value(v);
	return 0;
}

int
json_want_bool(const json_t *object, const char *key, int *out, struct fault *f)
{
	const json_t *v = json_object_get(object, key);

	if (!v || json_is_null(v))
		return 0;
	if (!json_is_boolean(v))
		return mismatch(key, "true or false", v, f);
	*out = json_is_true(v);
	return 0;
}

int
json_need_text(const json_t *object, const char *key, const char **out, struct fault *f)
{
	*out = NULL;
	if (json_want_text(object, key, out, f) < 0)
		return -1;
	return *out ? 0 : fault(f, DATAERR, "%s is missing", key);
}

int
json_need_int(const json_t *object, const char *key, int64_t *out, struct fault *f)
{
	const json_t *v = json_object_get(object, key);

	if (!v || json_is_null(v))
		return fault(f, DATAERR, "%s is missing", key);
	return json_want_int(object, key, out, f);
}
