/*
 * route: a target against the table, segment by segment, as it was sent:
 * nothing is decoded before it is matched, so no other spelling of a path
 * reaches a handler.
 */
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "num.h"
#include "route.h"

static const struct {
	const char *name;
	enum method method;
} methods[] = {{"GET", METHOD_GET}, {"HEAD", METHOD_GET}, {"POST", METHOD_POST},
    {"PUT", METHOD_PUT}, {"PATCH", METHOD_PATCH}, {"DELETE", METHOD_DELETE}};

enum method
method_parse(const char *name)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	return METHOD_OTHER;
}

char *
method_names(unsigned set, char out[64])
{
	struct buf b = {0};

	for (size_t i = 0; i < COUNT(methods); i++)
		if (set & methods[i].method)
			buf_printf(&b, "%s%s", b.len ? ", " : "", methods[i].name);
	copy_text(out, 64, b.len ? b.p : "");
	buf_release(&b);
	return out;
}

/* The path and the query of a target; -1 if it has neither form, or bytes that no target has. */
static int
split(const char *target, struct slice *path, struct slice *query)
{
	size_t n = strnlen(target, ROUTE_TARGET_MAX + 1);
	const char *p = target, *mark;

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)target[i] <= ' ' || (unsigned char)target[i] >= 0x7f ||
		    target[i] == '#')
			return -1;
	if (n > ROUTE_TARGET_MAX)
		return -1;
	if (strncasecmp(p, "http://", 7) == 0 && !(p = strchr(p + 7, '/')))
		return -1;
	if (*p != '/')
		return -1;
	mark = strchr(p, '?');
	*path = (struct slice){p, mark ? (size_t)(mark - p) : strlen(p)};
	*query = slice(mark ? mark + 1 : "");
	return 0;
}

/* Whether the path is that of the pattern; its parameters in f. */
static bool
matches(const char *pattern, struct slice path, struct route_found *f)
{
	size_t at = 0;

	f->params = 0;
	while (*pattern) {
		if (*pattern != '{') {
			if (at == path.len || path.p[at++] != *pattern++)
				return false;
			continue;
		}
		size_t n = 0;

		while (at + n < path.len && path.p[at + n] != '/')
			n++;
		if (n == 0 || f->params == ROUTE_PARAMS)
			return false;
		f->param[f->params++] = (struct slice){path.p + at, n};
		at += n;
		pattern = strchr(pattern, '}') + 1;
	}
	return at == path.len;
}

int
route_find(const struct route *table, size_t n, unsigned faces, enum method method,
    const char *target, struct route_found *f)
{
	struct slice path;

	memset(f, 0, sizeof(*f));
	if (split(target, &path, &f->query) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!(table[i].faces & faces) || !matches(table[i].path, path, f))
			continue;
		f->allow |= table[i].methods;
		if (table[i].methods & method) {
			f->route = &table[i];
			return 0;
		}
	}
	f->params = 0;
	return 0;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
route_text(struct slice raw, struct buf *out)
{
	buf_reset(out);
	buf_add(out, "", 0);
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.p[i] != '%') {
			buf_addc(out, raw.p[i]);
			continue;
		}
		if (i + 2 >= raw.len || hex(raw.p[i + 1]) < 0 || hex(raw.p[i + 2]) < 0)
			return -1;
		buf_addc(out, (char)(hex(raw.p[i + 1]) << 4 | hex(raw.p[i + 2])));
		i += 2;
	}
	return utf8_bad(out->p, out->len) < 0 && text_control(out->p, out->len) < 0 ? 0 : -1;
}

int
route_query(struct slice query, const char *key, struct slice *raw)
{
	size_t at = 0, len = strlen(key);

	while (at < query.len) {
		const char *end = memchr(query.p + at, '&', query.len - at);
		size_t n = end ? (size_t)(end - query.p) - at : query.len - at;

		if (n > len && query.p[at + len] == '=' &&
		    memcmp(query.p + at, key, len) == 0) {
			*raw = (struct slice){query.p + at + len + 1, n - len - 1};
			return 1;
		}
		at += n + 1;
	}
	return 0;
}
