/*
 * Fuzz target: any bytes, in pieces, through the AMI parser; what it takes must
 * hold its limits and come back the same from the writer.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ami_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const struct ami_msg *msg)
{
	struct buf out = {0};
	struct fault f;
	struct ami_writer w;

	assert(msg->n > 0 && msg->n <= AMI_HEADERS_MAX);
	ami_begin(&w, &out, AMI_LINE_MAX + 2, &f);
	for (size_t i = 0; i < msg->n; i++) {
		size_t len = strlen(msg->header[i].value);

		assert(strlen(msg->header[i].key) + len <= AMI_LINE_MAX);
		ami_put(&w, msg->header[i].key, msg->header[i].value);
		assert(ami_get(msg, msg->header[i].key) != NULL);
	}
	if (ami_end(&w) == 0) {
		struct ami_parser again;
		static struct ami_msg back;

		ami_parser_init(&again);
		ami_parser_feed(&again, out.p, out.len);
		assert(ami_parser_next(&again, &back, &f) == 1 && back.n == msg->n);
		for (size_t i = 0; i < msg->n; i++)
			assert(strcmp(back.header[i].value, msg->header[i].value) == 0);
		assert(ami_parser_next(&again, &back, &f) == 0);
		ami_parser_release(&again);
	} else
		assert(out.len == 0 && f.code == DATAERR);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ami_msg msg;
	struct ami_parser p;
	struct fault f;
	size_t piece = n > 0 ? 1 + data[0] : 1;

	ami_parser_init(&p);
	for (size_t at = 0; at < n; at += piece) {
		int got;

		ami_parser_feed(&p, data + at, n - at < piece ? n - at : piece);
		while ((got = ami_parser_next(&p, &msg, &f)) > 0)
			check(&msg);
		if (got < 0)
			break;
	}
	ami_parser_release(&p);
	return 0;
}
