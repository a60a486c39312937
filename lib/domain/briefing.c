/*
 * briefing: five parts, each a heading in the text.
 */
#include <string.h>

#include "briefing.h"
#include "json.h"

static json_t *
list_of(json_t *item)
{
	return json_pack("{s:s, s:o}", "type", "array", "items", item);
}

static json_t *
a_text(void)
{
	return json_pack("{s:s}", "type", "string");
}

json_t *
briefing_format(void)
{
	json_t *question = json_pack("{s:s, s:{s:o, s:o}, s:[s, s], s:b}", "type", "object",
	    "properties", "question", a_text(), "answer", a_text(), "required", "question",
	    "answer", "additionalProperties", 0);
	json_t *schema = json_pack("{s:s, s:{s:o, s:o, s:o, s:o, s:o}, s:[s, s, s, s, s], s:b}",
	    "type", "object", "properties", "opening", a_text(), "talking_points",
	    list_of(a_text()), "questions", list_of(question), "closing", a_text(), "language",
	    a_text(), "required", "opening", "talking_points", "questions", "closing",
	    "language", "additionalProperties", 0);

	return json_pack("{s:s, s:{s:s, s:b, s:o}}", "type", "json_schema", "json_schema",
	    "name", "briefing", "strict", 1, "schema", schema);
}

static int
put_points(const json_t *o, struct buf *out, struct fault *f)
{
	const json_t *list = json_object_get(o, "talking_points"), *v;
	size_t i;

	if (!json_is_array(list))
		return fault(f, DATAERR, "the answer has no list talking_points");
	buf_adds(out, "\n\nTalking points:");
	json_array_foreach((json_t *)list, i, v)
	{
		if (!json_is_string(v))
			return fault(f, DATAERR, "a talking point of the answer is no text");
		buf_printf(out, "\n- %s", json_string_value(v));
	}
	return 0;
}

static int
put_questions(const json_t *o, struct buf *out, struct fault *f)
{
	const json_t *list = json_object_get(o, "questions"), *v;
	const char *question, *answer;
	size_t i;

	if (!json_is_array(list))
		return fault(f, DATAERR, "the answer has no list questions");
	if (json_array_size(list) > 0)
		buf_adds(out, "\n\nLikely questions:");
	json_array_foreach((json_t *)list, i, v)
	{
		if (json_need_text(v, "question", &question, f) < 0 ||
		    json_need_text(v, "answer", &answer, f) < 0)
			return fault_in(f, "questions");
		buf_printf(out, "\n- %s\n  %s", question, answer);
	}
	return 0;
}

int
briefing_text(const char *answer, struct buf *out, struct fault *f)
{
	json_t *o = json_read("answer", answer, strlen(answer), f);
	const char *opening, *closing, *language;
	int rc = -1;

	if (o && !json_is_object(o))
		fault(f, DATAERR, "the answer is no JSON object");
	else if (o && json_need_text(o, "opening", &opening, f) == 0 &&
	    json_need_text(o, "closing", &closing, f) == 0 &&
	    json_need_text(o, "language", &language, f) == 0) {
		buf_printf(out, "Opening: %s", opening);
		rc = put_points(o, out, f) < 0 || put_questions(o, out, f) < 0 ? -1 : 0;
		buf_printf(out, "\n\nClosing: %s\n\nLanguage: %s", closing, language);
	}
	json_decref(o);
	return rc;
}
