/*
 * llm and http: questions to a server that answers from a script, in the same
 * loop; the clock runs a hundred times faster, so that waits are short.
 */
#include "clock.h"
#include "http.h"
#include "httpd.h"
#include "llm.h"
#include "tap.h"

#define REPLY(status, headers, body, len)                                   \
	"HTTP/1.1 " status "\r\nContent-Type: application/json\r\n" headers \
	"Content-Length: " len "\r\n\r\n" body

static const char hello[] =
    REPLY("200 OK", "", "{\"choices\":[{\"message\":{\"content\":\"Hello.\"}}]}", "46");
static const char slow_down[] = REPLY("429 Too Many", "Retry-After: 3\r\n", "{}", "2");
static const char oops[] = REPLY("500 Oops", "", "oops", "4");
static const char no_key[] =
    REPLY("401 No", "", "{\"error\":{\"message\":\"bad key k-123\"}}", "37");
#define UNWANTED(param, len)                                                         \
	REPLY("400 No", "",                                                          \
	    "{\"error\":{\"message\":\"no k-123\",\"param\":\"" param "\",\"code\":" \
	    "\"unsupported_parameter\"}}",                                           \
	    len)

static const char no_max_tokens[] = UNWANTED("max_tokens", "84");
static const char no_temperature[] = UNWANTED("temperature", "85");
static const char cut[] = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\":";

static struct {
	struct loop *loop;
	struct httpd server;
	char url[64];
	int done, answered, stopped;
	struct llm *stop; /* is stopped by the first request that reaches the server */
	struct llm_answer last;
	char text[100];
	const char *const *script; /* null-terminated replies; the last one repeats */
} t;

static const char *
from_script(struct httpd *h, int n, const char *request)
{
	int i = 0;
	struct fault why;

	fault(&why, REFUSED, "enough");
	if (t.stop)
		llm_stop(t.stop, &why);
	while (i < n && t.script[i] && t.script[i + 1])
		i++;
	return t.script[i];
}

static void
start(const char *const *script)
{
	t.loop = loop_new();
	t.done = t.answered = t.stopped = 0;
	t.stop = NULL;
	t.script = script;
	httpd_open(&t.server, t.loop, from_script);
	snprintf(t.url, sizeof(t.url), "http://127.0.0.1:%d/v1/", t.server.port);
}

static void
finish(void)
{
	httpd_close(&t.server);
	loop_free(t.loop);
}

static void
got(void *arg, const struct llm_answer *a)
{
	int *want = arg;

	t.done++;
	t.answered += a->verdict == LLM_ANSWER;
	t.stopped += a->verdict == LLM_STOP;
	t.last = *a;
	snprintf(t.text, sizeof(t.text), "%s", a->text ? a->text : "");
	if (--*want == 0)
		loop_stop(t.loop);
}

static struct llm_config
config(void)
{
	return (struct llm_config){.url = t.url,
	    .model = "m",
	    .key = "k-123",
	    .timeout_ms = 20000,
	    .concurrent = 4,
	    .tries = 3,
	    .max_tokens = 50};
}

/* Asks n times and waits for all. */
static void
ask(const struct llm_config *c, int n)
{
	struct fault f;
	struct llm *l = llm_new(t.loop, c, &f);
	int want = n;

	ok(l != NULL, "%s", c->url);
	for (int i = 0; l && i < n; i++)
		llm_ask(l, &(struct llm_question){"Be kind.", "Who \"is\" it?", got, &want});
	if (l && loop_run(t.loop, &f) < 0)
		ok(0, "%s", f.text);
	llm_free(l);
	is_int(t.done, n, "each is answered once");
}

static void
test_one(void)
{
	static const char *const script[] = {hello, NULL};
	struct llm_config c;

	start(script);
	c = config();
	c.parameters = json_pack("{s:i, s:b}", "seed", 7, "stream", 0);
	ask(&c, 1);
	json_decref((json_t *)c.parameters);
	is_int(t.last.verdict, LLM_ANSWER, "an answer");
	is_bytes(t.text, strlen(t.text), "Hello.", 6, "its text");
	is_int(t.last.tries, 1, "at once");
	ok(strncmp(t.server.last.p, "POST /v1/chat/completions HTTP/1.1\r\n", 36) == 0,
	    "the path");
	ok(strstr(t.server.last.p, "Authorization: Bearer k-123\r\n") != NULL, "the key");
	ok(strstr(t.server.last.p,
	       "{\"model\":\"m\",\"max_tokens\":50,\"seed\":7,\"stream\":false,"
	       "\"messages\":[{\"role\":\"system\",\"content\":\"Be kind.\"},"
	       "{\"role\":\"user\",\"content\":\"Who \\\"is\\\" it?\"}]}") != NULL,
	    "the body");
	ok(!strstr(t.server.last.p, "Expect"), "it does not wait to be told to go on");
	finish();
}

static void
test_azure(void)
{
	static const char *const script[] = {hello, NULL};
	struct llm_config c;

	start(script);
	snprintf(t.url, sizeof(t.url), "http://127.0.0.1:%d/d/x?api-version=1", t.server.port);
	c = config();
	c.azure = true;
	c.model = NULL;
	ask(&c, 1);
	ok(strncmp(t.server.last.p, "POST /d/x?api-version=1 HTTP", 28) == 0,
	    "the whole address");
	ok(strstr(t.server.last.p, "api-key: k-123\r\n") != NULL, "the key in its own header");
	ok(!strstr(t.server.last.p, "Bearer") && !strstr(t.server.last.p, "model"), "no more");
	finish();
}

static void
test_again(void)
{
	static const char *const later[] = {slow_down, oops, hello, NULL},
				 *const never[] = {oops, NULL}, *const broken[] = {cut, NULL},
				 *const gone[] = {NULL};
	struct llm_config c;
	int64_t before;

	start(later);
	c = config();
	before = clock_mono();
	ask(&c, 1);
	is_int(t.last.verdict, LLM_ANSWER, "the third try is answered");
	is_int(t.last.tries, 3, "three tries");
	ok(clock_mono() - before >= 3000, "Retry-After is kept: %lld ms",
	    (long long)(clock_mono() - before));
	finish();

	start(never);
	c = config();
	ask(&c, 1);
	is_int(t.last.verdict, LLM_REFUSED, "after the last try it is refused");
	is_int(t.last.why.code, TEMPFAIL, "for now");
	is_int(t.server.requests, 3, "no try more than allowed");
	finish();

	start(broken);
	c = config();
	c.tries = 1;
	c.timeout_ms = 300;
	ask(&c, 1);
	is_int(t.last.verdict, LLM_REFUSED, "a reply that never ends");
	ok(strstr(t.last.why.text, "imed out") || strstr(t.last.why.text, "imeout"),
	    "says so: %s", t.last.why.text);
	finish();

	start(gone);
	c = config();
	ask(&c, 1);
	is_int(t.last.verdict, LLM_REFUSED, "a server that hangs up");
	is_int(t.last.tries, 3, "is tried again");
	finish();
}

static void
test_stop(void)
{
	static const char *const script[] = {no_key, NULL};
	struct llm_config c;

	start(script);
	c = config();
	c.concurrent = 1;
	ask(&c, 20);
	is_int(t.last.verdict, LLM_STOP, "a wrong key stops all");
	is_int(t.last.why.code, CONFIG, "78");
	ok(!strstr(t.last.why.text, "k-123"), "without the key: %s", t.last.why.text);
	is_int(t.server.requests, 1, "nobody else asks");
	finish();
}

/* What was sent when it is stopped, and would be tried again, ends with those that wait. */
static void
test_stop_between_tries(void)
{
	static const char *const script[] = {oops, NULL};
	struct llm_config c;
	struct fault f;
	int want = 3;

	start(script);
	c = config();
	c.concurrent = 1;
	t.stop = llm_new(t.loop, &c, &f);
	for (int i = 0; i < 3; i++)
		llm_ask(t.stop, &(struct llm_question){NULL, "?", got, &want});
	if (loop_run(t.loop, &f) < 0)
		ok(0, "%s", f.text);
	is_int(t.stopped, 3, "all are stopped");
	is_str(t.last.why.text, "enough", "for the same reason");
	is_int(t.server.requests, 1, "nobody asks again");
	llm_free(t.stop);
	finish();
}

static void
test_no_text(void)
{
	static const char *const script[] = {hello, NULL};
	struct llm_config c;
	struct fault f;
	struct llm *l;
	int want = 1;

	start(script);
	c = config();
	l = llm_new(t.loop, &c, &f);
	llm_ask(l, &(struct llm_question){"Be kind.", "Who is Jos\xe9?", got, &want});
	is_int(t.done, 0, "not inside llm_ask");
	if (loop_run(t.loop, &f) < 0)
		ok(0, "%s", f.text);
	is_int(t.last.verdict, LLM_REFUSED, "what is not UTF-8 is refused");
	is_int(t.last.why.code, DATAERR, "as wrong data");
	is_int(t.server.requests, 0, "and not asked without it");
	llm_free(l);
	finish();
}

/* Models that want the limit by another name, and those that take no temperature. */
static void
test_unwanted(void)
{
	static const char *const both[] = {no_max_tokens, no_temperature, hello, NULL},
				 *const always[] = {no_max_tokens, NULL};
	struct llm_config c;

	start(both);
	c = config();
	c.tries = 1;
	c.parameters = json_pack("{s:i}", "temperature", 0);
	c.spare_temperature = true;
	ask(&c, 1);
	is_int(t.last.verdict, LLM_ANSWER, "asked so that the model takes it");
	is_int(t.last.tries, 1, "which is no further try");
	ok(strstr(t.server.last.p, "\"max_completion_tokens\":50") &&
		!strstr(t.server.last.p, "max_tokens"),
	    "the limit has its other name");
	ok(!strstr(t.server.last.p, "temperature"), "the temperature is spared");
	finish();

	start(both);
	c.concurrent = 1;
	ask(&c, 3);
	is_int(t.answered, 3, "all of them");
	is_int(t.server.requests, 5, "and only the first one learns it");
	finish();

	start(both);
	c.spare_temperature = false;
	ask(&c, 2);
	is_int(
	    t.last.verdict, LLM_STOP, "a temperature that the campaign wants is not dropped");
	is_int(t.last.why.code, CONFIG, "78");
	ok(strstr(t.last.why.text, "does not take a parameter") != NULL, "%s", t.last.why.text);
	is_int(t.server.requests, 2, "nobody else asks");
	finish();
	json_decref((json_t *)c.parameters);

	start(always);
	c = config();
	ask(&c, 1);
	is_int(t.last.verdict, LLM_STOP, "a server that wants neither");
	is_int(t.server.requests, 2, "is asked once each way");
	finish();

	start(both + 2);
	c = config();
	c.parameters = json_pack("{s:i}", "max_completion_tokens", 70);
	ask(&c, 1);
	ok(strstr(t.server.last.p, "\"max_completion_tokens\":70") &&
		!strstr(t.server.last.p, "max_tokens"),
	    "who gives it by its other name sends one");
	json_decref((json_t *)c.parameters);
	finish();
}

/* What is too long was made, and is as long the next time. */
static void
test_too_long(void)
{
	static char reply[LLM_REPLY_MAX + 200];
	static const char *script[] = {reply, NULL};
	struct llm_config c;
	int n = snprintf(reply, sizeof(reply), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
	    LLM_REPLY_MAX + 100);

	memset(reply + n, 'x', LLM_REPLY_MAX + 100);
	reply[n + LLM_REPLY_MAX + 100] = '\0';
	start(script);
	c = config();
	ask(&c, 1);
	is_int(t.last.verdict, LLM_REFUSED, "a reply without an end is refused");
	is_int(t.last.tries, 1, "at once");
	ok(strstr(t.last.why.text, "longer than") != NULL, "%s", t.last.why.text);
	is_int(t.last.tokens_out, 50, "and counted as all that it may have been");
	finish();
}

static void
test_many(void)
{
	static const char *const script[] = {hello, NULL};
	struct llm_config c;
	int64_t before;

	start(script);
	c = config();
	ask(&c, 300);
	is_int(t.answered, 300, "all are answered");
	is_int(t.server.widest, 4, "never more connections than allowed, used again");
	finish();

	start(script);
	c = config();
	c.requests_per_minute = 60;
	before = clock_mono();
	ask(&c, 90);
	is_int(t.answered, 90, "all are answered within the rate");
	ok(clock_mono() - before >= 30000, "60 at once, 30 a second each: %lld ms",
	    (long long)(clock_mono() - before));
	finish();
}

static void
test_given_up(void)
{
	static const char *const script[] = {HTTPD_HANG, NULL};
	struct llm_config c;
	struct llm *l;
	struct fault f;
	int want = 99;

	start(script);
	c = config();
	l = llm_new(t.loop, &c, &f);
	for (int i = 0; i < 6; i++)
		llm_ask(l, &(struct llm_question){NULL, "?", got, &want});
	loop_at(t.loop, clock_mono() + 2000, (void (*)(void *))loop_stop, t.loop);
	loop_run(t.loop, &f);
	is_int(t.done, 0, "nobody answers");
	llm_free(l);
	is_int(t.done, 6, "given up, each is told");
	is_int(t.stopped, 6, "that it was not refused");
	is_int(t.last.why.code, TEMPFAIL, "for now");
	finish();
}

static void
test_bad_url(void)
{
	struct llm_config c = {.model = "m", .concurrent = 1, .tries = 1};
	struct fault f;

	c.url = "ftp://example.org";
	ok(!llm_new(NULL, &c, &f) && f.code == CONFIG, "%s", f.text);
}

int
main(void)
{
	char now[64];
	struct fault f;

	snprintf(now, sizeof(now), "2026-03-02T09:00:00Z*100@%lld", (long long)clock_mono());
	setenv("OUTREACH_NOW", now, 1);
	setenv("OUTREACH_SEED", "1", 1);
	if (clock_init(&f) < 0)
		return 1;
	test_one();
	test_azure();
	test_again();
	test_stop();
	test_stop_between_tries();
	test_no_text();
	test_unwanted();
	test_too_long();
	test_many();
	test_given_up();
	test_bad_url();
	return done_testing();
}
