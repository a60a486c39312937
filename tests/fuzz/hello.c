/*
 * fuzz: any bytes as the first message of a WebSocket client, and as the list
 * of words and the key of its handshake. A frame of ours keeps its text.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "hello.h"
#include "mem.h"
#include "ws.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = xmalloc(n + 1), accept[29];
	struct hello h;
	struct buf b = {0};
	struct fault f;

	memcpy(text, p, n);
	text[n] = '\0';
	if (hello_read(p, n, &h, &f) == 0 && (h.from < 0 || strlen(h.token) >= HELLO_MAX))
		abort();
	if (ws_accept(text, accept) == 0 && strlen(accept) != 28)
		abort();
	ws_frame(&b, text, n);
	if (b.len < n + 2 || memcmp(b.p + b.len - n, text, n) != 0)
		abort();
	buf_release(&b);
	free(text);
	return 0;
}
