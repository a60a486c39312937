/*
 * request: answers. A problem says in its title what happened and in its detail
 * what to do; nothing of a request's own text is in it but through JSON.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "request.h"
#include "words.h"

enum { RETRY_S = 2 };

static const struct {
	int status;
	const char *words;
} words[] = {{101, "Switching Protocols"}, {200, "OK"}, {201, "Created"}, {202, "Accepted"},
    {204, "No Content"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
    {404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"},
    {413, "Content Too Large"}, {415, "Unsupported Media Type"}, {422, "Unprocessable Content"},
    {426, "Upgrade Required"}, {500, "Internal Server Error"}, {503, "Service Unavailable"}};

static const char *
status_words(int status)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].status == status)
			return words[i].words;
	return "Error";
}

void
request_json(struct request *r, int status)
{
	r->status = status;
	r->type = "application/json";
}

void
request_problem(struct request *r, int status, const char *fmt, ...)
{
	char text[1100];
	struct buf detail = {0};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (utf8_bad(text, strlen(text)) < 0)
		words_http(&detail, text);
	buf_reset(&r->out);
	buf_member(&r->out, "type", "about:blank");
	buf_member(&r->out, "title", status_words(status));
	buf_member_i(&r->out, "status", status);
	if (detail.len)
		buf_member(&r->out, "detail", detail.p);
	buf_adds(&r->out, "}\n");
	buf_release(&detail);
	r->status = status;
	r->type = "application/problem+json";
}

void
request_fault(struct request *r, const struct fault *f)
{
	int status = 500;

	switch (f->code) {
	case DATAERR:
	case USAGE: status = 422; break;
	case NOINPUT: status = 404; break;
	case REFUSED: status = 409; break;
	case TEMPFAIL:
	case IOERR: status = 503; break;
	default: break;
	}
	request_problem(r, status, "%s", f->text);
	if (status == 503)
		request_add(r, "Retry-After", "%d", RETRY_S);
}

void
request_add(struct request *r, const char *name, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (r->fields == REQUEST_FIELDS)
		return;
	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	r->field[r->fields].value = xmalloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(r->field[r->fields].value, (size_t)n + 1, fmt, ap);
	va_end(ap);
	r->field[r->fields++].name = name;
}

void
request_unanswer(struct request *r)
{
	r->status = 0;
	while (r->fields > 0)
		free(r->field[--r->fields].value);
	buf_reset(&r->out);
}

void
request_give_up(struct request *r, const struct fault *f)
{
	if (r->flow == FLOW_NONE) {
		request_unanswer(r);
		request_fault(r, f);
		return;
	}
	r->flow = FLOW_BROKEN;
	buf_reset(&r->out);
	r->sent = 0;
}
