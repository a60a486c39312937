/*
 * llm_delta: streamed answers, whole and in pieces of every size.
 */
#include <stdlib.h>
#include <string.h>

#include "llm_delta.h"
#include "mem.h"
#include "tap.h"

#define PIECE(text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}"

static void
keep(void *arg, const char *p, size_t n)
{
	buf_add(arg, p, n);
	buf_addc(arg, '|');
}

static const struct {
	const char *name, *sent, *want, *why; /* why: of the fault */
} table[] = {
    {"two texts", PIECE("Hello") "\n\n" PIECE(", you") "\n\ndata: [DONE]\n\n", "Hello|, you|",
	NULL},
    {"CR LF", PIECE("a") "\r\n\r\n" PIECE("b") "\r\n\r\n", "a|b|", NULL},
    {"CR", PIECE("a") "\r\r" PIECE("b") "\r\r", "a|b|", NULL},
    {"no blank behind the colon", "data:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
	"a|", NULL},
    {"comments, names and ids", ": hi\nevent: x\nid: 1\n" PIECE("a") "\nretry: 5\n\n", "a|",
	NULL},
    {"data over two lines", "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"a\"}}]}\n\n",
	"a|", NULL},
    {"a role alone", "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n", "",
	NULL},
    {"no content", "data: {\"choices\":[{\"delta\":{\"content\":null}}]}\n\n", "", NULL},
    {"usage at the end", "data: {\"choices\":[],\"usage\":{\"total_tokens\":7}}\n\n", "", NULL},
    {"escapes", PIECE("\\u0905 \\\"x\\\"\\n") "\n\n", "\xe0\xa4\x85 \"x\"\n|", NULL},
    {"nothing behind DONE", "data: [DONE]\n\n" PIECE("a") "\n\n", "", NULL},
    {"an event that does not end", PIECE("a") "\n", "", NULL},
    {"an error", "data: {\"error\":{\"message\":\"too many\"}}\n\n", "", "too many"},
    {"no JSON", "data: {\n\n", "", "answer"},
    {"no object", "data: 7\n\n", "", "no piece"},
};

static void
test(size_t i, size_t piece)
{
	struct buf got = {0};
	struct llm_delta d;
	struct fault f = {0};
	size_t n = strlen(table[i].sent);
	int rc = 0;

	llm_delta_init(&d, keep, &got);
	buf_adds(&got, "");
	for (size_t at = 0; at < n && rc == 0; at += piece)
		rc =
		    llm_delta_feed(&d, table[i].sent + at, n - at < piece ? n - at : piece, &f);
	is_str(got.len ? got.p : "", table[i].want, table[i].name);
	if (table[i].why)
		ok(rc < 0 && strstr(f.text, table[i].why), "%s: %s", table[i].name, f.text);
	else
		ok(rc == 0, "%s is taken", table[i].name);
	llm_delta_release(&d);
	buf_release(&got);
}

static void
test_long(void)
{
	char *text = xmalloc(LLM_DELTA_MAX + 1);
	struct buf got = {0};
	struct llm_delta d;
	struct fault f;

	memset(text, 'a', LLM_DELTA_MAX + 1);
	llm_delta_init(&d, keep, &got);
	ok(llm_delta_feed(&d, text, LLM_DELTA_MAX, &f) == 0, "a long line");
	ok(llm_delta_feed(&d, text, 1, &f) < 0, "and one that is too long");
	llm_delta_release(&d);
	buf_release(&got);
	free(text);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		test(i, 1);
		test(i, 7);
		test(i, 10000);
	}
	test_long();
	return done_testing();
}
