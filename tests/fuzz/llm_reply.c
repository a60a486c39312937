/*
 * llm_reply: whatever a server sends gets a verdict, and one that fits: words
 * where there is no answer, a text of the tree where there is one. Headers too.
 */
#include <stdlib.h>
#include <string.h>

#include "llm_rate.h"
#include "llm_reply.h"

int LLVMFuzzerTestOneInput(const unsigned char *, size_t);

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	static const int status[] = {200, 400, 401, 404, 429, 500, 301, 204};
	struct llm_reply r;
	char head[65];
	size_t len = n < sizeof(head) ? n : sizeof(head) - 1;

	llm_reply_read(status[n ? p[0] & 7 : 0], n ? (const char *)p + 1 : "", n ? n - 1 : 0,
	    "sk-secret", &r);
	if ((r.verdict == LLM_ANSWER) != (r.text != NULL) ||
	    (r.verdict != LLM_ANSWER && !*r.why.text) || r.tokens_in < -1 ||
	    r.tokens_in > LLM_TOKENS_MAX || r.tokens_out < -1 ||
	    r.tokens_out > LLM_TOKENS_MAX || strstr(r.why.text, "sk-secret"))
		abort();
	llm_reply_release(&r);
	memcpy(head, p, len);
	head[len] = '\0';
	if (llm_span(head) < -1 || llm_retry_after(head, 0) > 600000)
		abort();
	return 0;
}
