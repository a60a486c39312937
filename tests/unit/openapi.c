/*
 * openapi: the document and the table of routes say the same: every path and
 * method of one is in the other, every documented path is routed, and all of
 * it is JSON.
 */
#include <string.h>

#include "api.h"
#include "json.h"
#include "mem.h"
#include "tap.h"

static const char *const keys[] = {"get", "post", "put", "patch", "delete"};
static const enum method methods[] = {
    METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE};

static void
test_routes(const json_t *paths)
{
	for (size_t i = 0; i < web_route_count; i++)
		for (size_t m = 0; m < COUNT(keys); m++) {
			const json_t *path = json_object_get(paths, web_routes[i].path);

			if (web_routes[i].methods & methods[m])
				ok(json_is_object(json_object_get(path, keys[m])), "%s",
				    web_routes[i].path);
		}
}

/* A target for the path: each parameter becomes a word. */
static const char *
target_of(const char *path, char out[200])
{
	size_t n = 0;

	for (; *path; path++) {
		if (*path != '{') {
			out[n++] = *path;
			continue;
		}
		out[n++] = '1';
		path = strchr(path, '}');
	}
	out[n] = '\0';
	return out;
}

static void
test_paths(json_t *paths)
{
	const char *path;
	char target[200];
	json_t *v;

	json_object_foreach(paths, path, v) for (size_t m = 0; m < COUNT(keys); m++)
	{
		struct route_found found;
		json_t *op = json_object_get(v, keys[m]);

		if (!op)
			continue;
		ok(route_find(web_routes, web_route_count, ~0u, methods[m],
		       target_of(path, target), &found) == 0 &&
			found.route && strcmp(found.route->path, path) == 0,
		    "%s", path);
		ok(json_string_value(json_object_get(op, "summary")) &&
			json_is_array(json_object_get(op, "security")) &&
			json_is_object(json_object_get(op, "responses")),
		    "%s", path);
	}
}

int
main(void)
{
	struct buf b = {0};
	struct fault f;
	json_t *doc, *paths;

	openapi_write(&b, web_routes, web_route_count);
	doc = json_read("openapi", b.p, b.len, &f);
	ok(doc != NULL, "it is JSON, without a key twice");
	paths = json_object_get(doc, "paths");
	ok(json_object_size(paths) > 20, "it has paths");
	test_routes(paths);
	test_paths(paths);
	json_decref(doc);
	buf_release(&b);
	return done_testing();
}
