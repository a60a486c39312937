/*
 * llm_delta: lines end with CR, LF or both; of an event only its data counts.
 */
#include <string.h>

#include "json.h"
#include "llm_delta.h"
#include "llm_reply.h"

void
llm_delta_init(struct llm_delta *d, void (*text)(void *, const char *, size_t), void *arg)
{
	*d = (struct llm_delta){.text = text, .arg = arg};
}

void
llm_delta_release(struct llm_delta *d)
{
	buf_release(&d->line);
	buf_release(&d->data);
}

/* ---- a piece of a completion ----------------------------------------------------------- */

static int
read_piece(struct llm_delta *d, const json_t *v, struct fault *f)
{
	const json_t *error = json_object_get(v, "error");
	const json_t *choice = json_array_get(json_object_get(v, "choices"), 0);
	const json_t *content = json_object_get(json_object_get(choice, "delta"), "content");
	const char *message = json_string_value(json_object_get(error, "message"));

	if (error && !json_is_null(error))
		return fault(f, UNAVAILABLE, "the model's server says: %.300s",
		    message && !llm_shows_key(message, d->key) ? message : "an error");
	if (!json_is_object(v))
		return fault(
		    f, UNAVAILABLE, "the model's server sent what is no piece of an answer");
	if (json_string_length(content) > 0)
		d->text(d->arg, json_string_value(content), json_string_length(content));
	return 0;
}

static int
end_event(struct llm_delta *d, struct fault *f)
{
	struct fault why;
	json_t *v;
	int rc;

	if (!d->data.len || d->done)
		return 0;
	if (strcmp(d->data.p, "[DONE]") == 0) {
		d->done = true;
		return 0;
	}
	if (!(v = json_read("answer", d->data.p, d->data.len, &why)))
		return fault(f, UNAVAILABLE, "the model's server: %s", why.text);
	rc = read_piece(d, v, f);
	json_decref(v);
	buf_reset(&d->data);
	return rc;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static int
end_line(struct llm_delta *d, struct fault *f)
{
	const char *p = d->line.len ? d->line.p : "";
	int rc = 0;

	if (!*p && d->line.len == 0) {
		rc = end_event(d, f);
		buf_reset(&d->data);
	} else if (strncmp(p, "data:", 5) == 0) {
		p += 5 + (p[5] == ' ');
		if (d->data.len)
			buf_addc(&d->data, '\n');
		buf_add(&d->data, p, d->line.len - (size_t)(p - d->line.p));
	}
	buf_reset(&d->line);
	return rc;
}

int
llm_delta_feed(struct llm_delta *d, const char *p, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		bool second = d->after_cr && p[i] == '\n';

		d->after_cr = p[i] == '\r';
		if (second)
			continue;
		if (p[i] != '\r' && p[i] != '\n') {
			if (d->line.len + d->data.len >= LLM_DELTA_MAX)
				return fault(f, UNAVAILABLE,
				    "the model's server sent an event that is too long");
			buf_addc(&d->line, p[i]);
		} else if (end_line(d, f) < 0) {
			return -1;
		}
	}
	return 0;
}
