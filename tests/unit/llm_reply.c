/*
 * llm_reply: what servers answer, and what follows from it.
 */
#include "llm_reply.h"
#include "tap.h"

static const struct {
	const char *name;
	int status;
	const char *body;
	enum llm_verdict verdict;
	enum code code;
	const char *text; /* the answer, or part of the fault */
	int64_t in, out;
} cases[] = {
    {"an answer", 200,
	"{\"id\":\"x\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
	"\"content\":\"Hello.\",\"refusal\":null},\"finish_reason\":\"stop\"}],"
	"\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3,\"total_tokens\":15}}",
	LLM_ANSWER, OK, "Hello.", 12, 3},
    {"no usage, no finish_reason (llama.cpp, old)", 200,
	"{\"choices\":[{\"message\":{\"content\":\"Hi\"}}]}", LLM_ANSWER, OK, "Hi", -1, -1},
    {"cut by max_tokens", 200,
	"{\"choices\":[{\"message\":{\"content\":\"Hel\"},\"finish_reason\":\"length\"}],"
	"\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}",
	LLM_REFUSED, DATAERR, "max_tokens", 1, 2},
    {"the model refuses", 200,
	"{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I cannot.\"},\"finish_reason\":\"stop\"}]}",
	LLM_REFUSED, DATAERR, "I cannot.", -1, -1},
    {"a content filter", 200,
	"{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"content_filter\"}]}",
	LLM_REFUSED, DATAERR, "filter", -1, -1},
    {"an empty text", 200, "{\"choices\":[{\"message\":{\"content\":\" \\n\"}}]}", LLM_REFUSED,
	DATAERR, "empty", -1, -1},
    {"a content that is no text", 200, "{\"choices\":[{\"message\":{\"content\":[1]}}]}",
	LLM_REFUSED, DATAERR, "empty", -1, -1},
    {"JSON of something else", 200, "{\"status\":\"ok\"}", LLM_AGAIN, TEMPFAIL,
	"no chat completion", -1, -1},
    {"a list", 200, "[]", LLM_AGAIN, TEMPFAIL, "no JSON object", -1, -1},
    {"a page", 200, "<html>", LLM_AGAIN, TEMPFAIL, "no JSON object", -1, -1},
    {"cut in the middle", 200, "{\"choices\":[{\"mess", LLM_AGAIN, TEMPFAIL, "no JSON object",
	-1, -1},
    {"nothing", 200, "", LLM_AGAIN, TEMPFAIL, "no JSON object", -1, -1},
    {"a repeated key", 200, "{\"choices\":[],\"choices\":[]}", LLM_AGAIN, TEMPFAIL,
	"no JSON object", -1, -1},
    {"a negative count is no count", 200,
	"{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":-5}}",
	LLM_ANSWER, OK, "a", -1, -1},
    {"a count that cannot be is none", 200,
	"{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"usage\":"
	"{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":100000001}}",
	LLM_ANSWER, OK, "a", -1, -1},
    {"too many requests", 429,
	"{\"error\":{\"message\":\"slow down\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}",
	LLM_AGAIN, TEMPFAIL, "HTTP 429: slow down", -1, -1},
    {"no quota", 429,
	"{\"error\":{\"message\":\"pay\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
	LLM_STOP, REFUSED, "no quota left: pay", -1, -1},
    {"no quota, told by the type alone", 429,
	"{\"error\":{\"message\":\"pay\",\"type\":\"insufficient_quota\",\"code\":null}}",
	LLM_STOP, REFUSED, "no quota left", -1, -1},
    {"a wrong key", 401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-secret\"}}",
	LLM_STOP, CONFIG, "does not accept the key", -1, -1},
    {"the key in other words", 400,
	"{\"error\":{\"message\":\"You sent Bearer sk-secret, and a header too many\"}}",
	LLM_REFUSED, DATAERR, "HTTP 400", -1, -1},
    {"the key in a server's fault", 500, "{\"error\":\"upstream: sk-secret\"}", LLM_AGAIN,
	TEMPFAIL, "HTTP 500", -1, -1},
    {"an answer that shows the key", 200,
	"{\"choices\":[{\"message\":{\"content\":\"You sent sk-secret.\"}}],\"usage\":{\"prompt_tokens\":9}}",
	LLM_STOP, CONFIG, "repeats the key", 9, -1},
    {"a parameter that the model does not take", 400,
	"{\"error\":{\"message\":\"Use another\",\"param\":\"seed\",\"code\":\"unsupported_parameter\"}}",
	LLM_STOP, CONFIG, "does not take a parameter of the campaign: Use another", -1, -1},
    {"a value that it does not take", 400,
	"{\"error\":{\"message\":\"Only 1\",\"param\":\"temperature\",\"code\":\"unsupported_value\"}}",
	LLM_STOP, CONFIG, "Only 1", -1, -1},
    {"a message that it does not take", 400,
	"{\"error\":{\"message\":\"No\",\"param\":\"messages\",\"code\":\"unsupported_value\"}}",
	LLM_REFUSED, DATAERR, "HTTP 400: No", -1, -1},
    {"a count that nobody can mean", 200,
	"{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":9223372036854775807,"
	"\"completion_tokens\":100000000}}",
	LLM_ANSWER, OK, "a", -1, 100000000},
    {"an unknown model", 404, "{\"error\":{\"message\":\"The model `x` does not exist\"}}",
	LLM_STOP, CONFIG, "The model `x`", -1, -1},
    {"not found as a page", 404, "<html>", LLM_STOP, CONFIG, "no chat API", -1, -1},
    {"Ollama's error is a text", 400, "{\"error\":\"model requires more memory\"}", LLM_REFUSED,
	DATAERR, "HTTP 400: model requires more memory", -1, -1},
    {"vLLM's error stands at the top", 400, "{\"object\":\"error\",\"message\":\"too long\"}",
	LLM_REFUSED, DATAERR, "HTTP 400: too long", -1, -1},
    {"a server's fault", 500, "oops", LLM_AGAIN, TEMPFAIL, "HTTP 500", -1, -1},
    {"overloaded", 529, "{}", LLM_AGAIN, TEMPFAIL, "HTTP 529", -1, -1},
    {"a redirect", 301, "", LLM_STOP, CONFIG, "redirects", -1, -1},
};

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct llm_reply r;
		const char *said;

		llm_reply_read(
		    cases[i].status, cases[i].body, strlen(cases[i].body), "sk-secret", &r);
		said = r.verdict == LLM_ANSWER ? r.text : r.why.text;
		is_int(r.verdict, cases[i].verdict, cases[i].name);
		if (r.verdict != LLM_ANSWER)
			is_int(r.why.code, cases[i].code, "its exit code");
		ok(strstr(said, cases[i].text) != NULL, "its words: %s", said);
		is_int(r.tokens_in, cases[i].in, "tokens in");
		is_int(r.tokens_out, cases[i].out, "tokens out");
		ok(!strstr(r.why.text, "sk-"), "no part of a key is repeated");
		llm_reply_release(&r);
	}
	return done_testing();
}
