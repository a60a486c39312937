/*
 * ami_msg: messages of Asterisk's manager interface (AMI), from bytes and to
 * bytes. A message is lines "Key: value" ended by CR LF and an empty line. The
 * parser is fed as bytes arrive and faults before it overflows; the writer
 * refuses whatever could begin a new header.
 */
#ifndef AMI_MSG_H
#define AMI_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

enum {
	AMI_MESSAGE_MAX = 64 << 10, /* bytes of one message */
	AMI_LINE_MAX = 4 << 10,     /* bytes of one line, without its end */
	AMI_HEADERS_MAX = 256,
	AMI_ACTION_LINE_MAX = 1023 /* what Asterisk reads of one line (manager.c, inbuf) */
};

/* A line without a colon (the greeting, output of old commands) has the key "". */
struct ami_header {
	const char *key, *value;
};

/* One message; borrowed from its parser until the next ami_parser_feed or _next. */
struct ami_msg {
	size_t n;
	struct ami_header header[AMI_HEADERS_MAX];
};

struct ami_parser {
	struct buf in;
	size_t start, line, scan; /* of this message, of this line, first byte not looked at */
	size_t n;
	struct {
		uint32_t key, value;
	} at[AMI_HEADERS_MAX];
	bool broken;
};

void ami_parser_init(struct ami_parser *);
void ami_parser_release(struct ami_parser *);
/* Takes bytes as they came from the wire. Ask ami_parser_next until 0 before feeding more. */
void ami_parser_feed(struct ami_parser *, const void *, size_t);
/*
 * The next whole message: 1, 0 if more bytes are needed, -1 with a DATAERR (a line, a message
 * or a header count over its limit, a NUL). A parser that faulted faults for good.
 */
int ami_parser_next(struct ami_parser *, struct ami_msg *, struct fault *);

/* The first value of that key, whatever its case; null if there is none. */
const char *ami_get(const struct ami_msg *, const char *key);
/* The same, "" if there is none. */
const char *ami_text(const struct ami_msg *, const char *key);
/* The next value of a repeated key: *at starts at 0 and is moved behind it; null at the end. */
const char *ami_each(const struct ami_msg *, const char *key, size_t *at);
/* Whether the first value of key equals value, whatever the case of either. */
bool ami_is(const struct ami_msg *, const char *key, const char *value);
/* The first value of key as a decimal integer; other if it is absent or no such number. */
int64_t ami_int(const struct ami_msg *, const char *key, int64_t other);

/*
 * Writes one message behind what out holds. Nothing of it stays if any value was refused:
 *	ami_begin(&w, out, AMI_ACTION_LINE_MAX, f); ami_put(&w, "Action", "Ping"); return ami_end(&w);
 */
struct ami_writer {
	struct buf *out;
	size_t mark, headers, line_max;
	bool refused;
	struct fault *f;
};

void ami_begin(struct ami_writer *, struct buf *out, size_t line_max, struct fault *);
/* A null value appends nothing. CR, LF, NUL, any other control character, an empty key, a key
 * with a colon and a line over line_max are refused. */
void ami_put(struct ami_writer *, const char *key, const char *value);
void ami_put_bytes(struct ami_writer *, const char *key, const char *value, size_t len);
void ami_put_int(struct ami_writer *, const char *key, int64_t value);
/* 0, or -1 with a DATAERR that names the key; out is then as it was before ami_begin. */
int ami_end(struct ami_writer *);

#endif
