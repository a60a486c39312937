/*
 * hello: the first message of a WebSocket client, the answer to its key, and
 * our frames.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "hello.h"
#include "mem.h"
#include "tap.h"
#include "ws.h"

static void
test_messages(void)
{
	static const struct {
		const char *text, *token;
		int64_t from;
	} table[] = {{"{\"token\":\"ort_1\"}", "ort_1", 0},
	    {"{\"token\":\"ort_1\",\"from\":7}", "ort_1", 7},
	    {" {\"from\" : 1, \"token\" : \"\"} ", "", 1},
	    {"{\"token\":\"a\",\"from\":0}", NULL, 0},
	    {"{\"token\":\"a\",\"from\":\"1\"}", NULL, 0},
	    {"{\"token\":\"a\",\"from\":1.5}", NULL, 0},
	    {"{\"token\":\"a\",\"since\":1}", NULL, 0}, {"{\"token\":7}", NULL, 0},
	    {"{}", NULL, 0}, {"[\"token\"]", NULL, 0}, {"token", NULL, 0}, {"", NULL, 0},
	    {"{\"token\":\"a\",\"token\":\"b\"}", NULL, 0}};
	struct hello h;
	struct fault f;

	for (size_t i = 0; i < COUNT(table); i++) {
		int rc = hello_read(table[i].text, strlen(table[i].text), &h, &f);

		if (!table[i].token) {
			ok(rc < 0, "refused: %s", table[i].text);
			continue;
		}
		ok(rc == 0, "taken: %s", table[i].text);
		is_str(h.token, table[i].token, "its token");
		is_int(h.from, table[i].from, "and where it begins");
	}
}

static void
test_long(void)
{
	char text[HELLO_MAX + 100];
	struct hello h;
	struct fault f;

	memset(text, 'x', sizeof(text));
	memcpy(text, "{\"token\":\"", 10);
	memcpy(text + HELLO_MAX - 3, "\"}", 2);
	ok(hello_read(text, HELLO_MAX - 1, &h, &f) == 0, "the longest");
	ok(hello_read(text, HELLO_MAX, &h, &f) < 0, "longer than that");
}

static void
test_key(void)
{
	char accept[29];

	ok(ws_accept("dGhlIHNhbXBsZSBub25jZQ==", accept) == 0, "a key");
	is_str(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "as RFC 6455 section 1.3 answers it");
	ok(ws_accept("", accept) < 0, "no key");
	ok(ws_accept("dGhlIHNhbXBsZSBub25jZQ=", accept) < 0, "a short one");
	ok(ws_accept("dGhlIHNhbXBsZSBub25jZSE9PQ==", accept) < 0, "a long one");
	ok(ws_accept("!!!!IHNhbXBsZSBub25jZQ==", accept) < 0, "no base64");
}

static void
test_frame(size_t n, size_t head)
{
	char *text = xmalloc(n + 1);
	struct buf b = {0};

	memset(text, 'a', n);
	ws_frame(&b, text, n);
	is_int((int64_t)b.len, (int64_t)(head + n), "its length");
	ok(b.p[0] == (char)0x81 && memcmp(b.p + head, text, n) == 0, "a whole text, unmasked");
	buf_release(&b);
	free(text);
}

int
main(void)
{
	test_messages();
	test_long();
	test_key();
	test_frame(0, 2);
	test_frame(125, 2);
	test_frame(126, 4);
	test_frame(65535, 4);
	test_frame(65536, 10);
	return done_testing();
}
