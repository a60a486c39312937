/*
 * What a request says besides its path: the query, and a body of JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const keys[] = {"after", "limit", "search", NULL};
	struct request r = {.status = 0};
	const uint8_t *nul = n ? memchr(p, 0, n) : NULL;
	size_t len = nul ? (size_t)(nul - p) : n;
	char *query = xstrndup((const char *)p, len);
	int64_t after, limit;
	struct buf text = {0};
	json_t *body;

	r.query = (struct slice){query, strlen(query)};
	r.param[0] = r.query;
	if (api_known(&r, keys) == 0 && api_page(&r, &after, &limit, API_PAGE_MAX) == 0 &&
	    (limit < 1 || limit > API_PAGE_MAX || after < 0))
		abort();
	(void)api_query(&r, "search", &text);
	(void)api_text(&r, 0, &text);
	(void)bearer_of(query);
	request_unanswer(&r);
	if (len < n)
		buf_add(&r.body, p + len + 1, n - len - 1);
	body = api_body(&r, keys);
	if (!body != (r.status != 0))
		abort();
	json_decref(body);
	buf_release(&r.body);
	buf_release(&r.out);
	buf_release(&text);
	free(query);
	return 0;
}
