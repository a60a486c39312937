/*
 * fuzz: any target through a table of routes: what is found is in the table and
 * for this method and face, its parameters lie in the target and hold no slash.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "route.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct route table[] = {
    {.path = "/", .methods = METHOD_GET, .faces = FACE_PEOPLE},
    {.path = "/events", .methods = METHOD_POST, .faces = FACE_AVR},
    {.path = "/c", .methods = METHOD_GET | METHOD_POST, .faces = FACE_PEOPLE},
    {.path = "/c/{a}", .methods = METHOD_GET, .faces = FACE_PEOPLE | FACE_AVR},
    {.path = "/c/{a}/{b}/x", .methods = METHOD_PUT, .faces = FACE_PEOPLE},
};

static void
check_slice(struct slice s, const char *target)
{
	if (s.p < target || s.p + s.len > target + strlen(target))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "BREW"};
	struct route_found f;
	struct buf text = {0};
	struct slice v;
	unsigned faces;
	enum method method;
	char *target;

	if (len < 2)
		return 0;
	method = method_parse(names[p[0] % COUNT(names)]);
	faces = p[1] % 8;
	target = xstrndup((const char *)p + 2, len - 2);
	if (route_find(table, COUNT(table), faces, method, target, &f) == 0) {
		if (f.route &&
		    (!(f.route->methods & method) || !(f.route->faces & faces) ||
			f.route < table || f.route >= table + COUNT(table)))
			abort();
		for (size_t i = 0; i < f.params; i++) {
			check_slice(f.param[i], target);
			if (!f.param[i].len || memchr(f.param[i].p, '/', f.param[i].len) ||
			    memchr(f.param[i].p, '?', f.param[i].len))
				abort();
			if (route_text(f.param[i], &text) == 0 &&
			    (utf8_bad(text.p, text.len) >= 0 || strlen(text.p) != text.len))
				abort();
		}
		if (route_query(f.query, "from", &v))
			check_slice(v, target);
	}
	buf_release(&text);
	free(target);
	return 0;
}
