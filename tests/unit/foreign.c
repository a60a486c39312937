/*
 * foreign: records from outside and what they say of a call; what is no event
 * and what is a wrong one.
 */
#include <sys/mman.h>

#include <stdlib.h>
#include <unistd.h>

#include "foreign.h"
#include "mem.h"
#include "num.h"
#include "tap.h"

#define ID   "019c0a3e-7d00-7000-8000-000000000001"
#define ID2  "7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a11"
#define AT   "2026-03-02T09:15:04.120Z"
#define AVR  "{\"uuid\":\"" ID2 "\",\"timestamp\":\"" AT "\",\"type\":"
#define OWN  "{\"type\":\"event\",\"v\":1,\"call\":\"" ID "\",\"at\":\"" AT "\",\"event\":"
#define PLAN "{\"call_id\":\"call_17\",\"event_type\":"

static struct foreign fo;

static int
read_text(const char *json, struct fault *f)
{
	int fd = memfd_create("foreign", MFD_CLOEXEC), got;
	struct ndjson in;
	struct rec rec;

	if (fd < 0 || write(fd, json, strlen(json)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	ndjson_init(&in, fd, "t");
	got = ndjson_next(&in, &rec, f);
	if (got > 0)
		got = foreign_read(&rec, 1000, &fo, f);
	ndjson_release(&in);
	close(fd);
	return got;
}

static const struct {
	const char *name, *json;
	enum foreign_shape shape;
	const char *id, *kind;
	enum call_rank rank;
	enum call_source source;
	const char *disposition, *body;
	int talk_ms;
} meanings[] = {
    {"own ringing", OWN "\"ringing\",\"source\":\"exchange\",\"name\":\"A\"}", FOREIGN_EVENT,
	ID, "ringing", RANK_RINGING, FROM_EXCHANGE, "", "", -1},
    {"own end", OWN "\"ended\",\"disposition\":\"busy\",\"cause\":17,\"talk_ms\":0}",
	FOREIGN_EVENT, ID, "ended", RANK_ENDED, FROM_FILE, "busy", "", 0},
    {"a reason may name the person: it is for the body",
	OWN "\"ended\",\"disposition\":\"busy\",\"reason\":\"Asha \\\"x\\\"\"}", FOREIGN_EVENT,
	ID, "ended", RANK_ENDED, FROM_FILE, "busy", "{\"reason\":\"Asha \\\"x\\\"\"}", -1},
    {"beside what a note says", OWN "\"mood\",\"reason\":\"Asha\",\"a\":1}", FOREIGN_EVENT, ID,
	"mood", RANK_NONE, FROM_FILE, "", "{\"a\":1,\"reason\":\"Asha\"}", -1},
    {"a door that is not ours", OWN "\"answered\",\"source\":\"door\"}", FOREIGN_EVENT, ID,
	"answered", RANK_ANSWERED, FROM_FILE, "", "", -1},
    {"own note keeps what it says, not who it is about",
	OWN "\"callback\",\"name\":\"A\",\"attributes\":{},\"when\":[1, 2],\"who\":\"x\"}",
	FOREIGN_EVENT, ID, "callback", RANK_NONE, FROM_FILE, "",
	"{\"when\":[1, 2],\"who\":\"x\"}", -1},
    {"initiated", AVR "\"call_initiated\",\"payload\":{\"uniqueid\":\"" ID "\"}}", FOREIGN_AVR,
	ID2, "initiated", RANK_NONE, FROM_WEBHOOK, "", "{\"uniqueid\":\"" ID "\"}", -1},
    {"started", AVR "\"call_started\",\"payload\":{}}", FOREIGN_AVR, ID2, "answered",
	RANK_ANSWERED, FROM_WEBHOOK, "", "", -1},
    {"transcription", AVR "\"transcription\",\"payload\":{\"role\":\"user\",\"text\":\"Hi\"}}",
	FOREIGN_AVR, ID2, "transcription", RANK_NONE, FROM_WEBHOOK, "",
	"{\"role\":\"user\",\"text\":\"Hi\"}", -1},
    {"interruption without payload", AVR "\"interruption\"}", FOREIGN_AVR, ID2, "interruption",
	RANK_NONE, FROM_WEBHOOK, "", "", -1},
    {"dtmf", AVR "\"dtmf_digit\",\"payload\":{\"digit\":\"2\"}}", FOREIGN_AVR, ID2, "dtmf",
	RANK_NONE, FROM_WEBHOOK, "", "{\"digit\":\"2\"}", -1},
    {"ended", AVR "\"call_ended\",\"payload\":{ }}", FOREIGN_AVR, ID2, "ended", RANK_ENDED,
	FROM_WEBHOOK, "answered", "", -1},
    {"error", AVR "\"error\",\"payload\":{\"message\":\"x\"}}", FOREIGN_AVR, ID2, "error",
	RANK_NONE, FROM_WEBHOOK, "", "{\"message\":\"x\"}", -1},
    {"unknown types are kept whole", AVR "\"mood\",\"payload\":{\"m\":1}}", FOREIGN_AVR, ID2,
	"note", RANK_NONE, FROM_WEBHOOK, "", "{\"type\":\"mood\",\"payload\":{\"m\":1}}", -1},
    {"plan started",
	PLAN "\"call_started\",\"status\":\"initiating\",\"timestamp\":\"" AT "\"}",
	FOREIGN_PLAN, "call_17", "placed", RANK_PLACED, FROM_WEBHOOK, "",
	"{\"status\":\"initiating\"}", -1},
    {"plan connected", PLAN "\"call_connected\",\"timestamp\":1772442904}", FOREIGN_PLAN,
	"call_17", "answered", RANK_ANSWERED, FROM_WEBHOOK, "", "", -1},
    {"plan completed",
	PLAN "\"call_completed\",\"status\":\"completed\",\"data\":{\"duration\":61.5}}",
	FOREIGN_PLAN, "call_17", "ended", RANK_ENDED, FROM_WEBHOOK, "answered",
	"{\"status\":\"completed\",\"data\":{\"duration\":61.5}}", 61500},
    {"plan failed says why elsewhere",
	PLAN "\"call_failed\",\"status\":\"failed\",\"data\":{\"error_reason\":\"busy\"}}",
	FOREIGN_PLAN, "call_17", "ended", RANK_ENDED, FROM_WEBHOOK, "busy",
	"{\"status\":\"failed\",\"data\":{\"error_reason\":\"busy\"}}", -1},
    {"plan failed", PLAN "\"call_failed\"}", FOREIGN_PLAN, "call_17", "ended", RANK_ENDED,
	FROM_WEBHOOK, "failed", "", -1},
    {"plan word that is not known", PLAN "\"call_moved\"}", FOREIGN_PLAN, "call_17", "note",
	RANK_NONE, FROM_WEBHOOK, "", "{\"event_type\":\"call_moved\"}", -1},
    {"flat",
	"{\"call_id\":\"c\",\"student_id\":5,\"campaign_id\":2,\"event\":\"completed\","
	"\"outcome\":\"not_interested\",\"duration\":12,\"timestamp\":\"2026-03-02T09:"
	"15:04\"}",
	FOREIGN_PLAN_FLAT, "c", "ended", RANK_ENDED, FROM_WEBHOOK, "answered",
	"{\"student_id\":5,\"campaign_id\":2,\"outcome\":\"not_interested\","
	"\"duration\":12}",
	12000},
    {"flat no answer", "{\"call_id\":\"c\",\"event\":\"no_answer\",\"duration\":0}",
	FOREIGN_PLAN_FLAT, "c", "ended", RANK_ENDED, FROM_WEBHOOK, "no_answer",
	"{\"duration\":0}", -1},
};

static void
test_meaning(void)
{
	for (size_t i = 0; i < COUNT(meanings); i++) {
		struct fault f = {.code = OK};

		if (!is_int(read_text(meanings[i].json, &f), 1, meanings[i].name)) {
			printf("# %s\n", f.text);
			continue;
		}
		is_int(fo.shape, meanings[i].shape, "  its shape");
		is_str(fo.id, meanings[i].id, "  its id");
		is_str(fo.kind, meanings[i].kind, "  its kind");
		is_str(rank_name(fo.event.rank), rank_name(meanings[i].rank), "  its rank");
		is_str(source_name(fo.event.source), source_name(meanings[i].source),
		    "  its source");
		is_str(disposition_name(fo.event.disposition), meanings[i].disposition,
		    "  its disposition");
		is_bytes(fo.body.p, fo.body.len, meanings[i].body, strlen(meanings[i].body),
		    "  its body");
		is_int(fo.event.talk_ms, meanings[i].talk_ms, "  its talk time");
	}
}

#define FLAT "{\"call_id\":\"x\",\"event\":"

/* Whose words and keys are heard. */
static const struct {
	const char *json, *words;
	enum call_heard heard;
} heard[] = {
    {AVR "\"transcription\",\"payload\":{\"role\":\"user\",\"text\":\"st\\u006fp\"}}", "stop",
	HEARD_WORDS},
    {AVR "\"transcription\",\"payload\":{\"role\":\"agent\",\"text\":\"stop\"}}", "",
	HEARD_NOTHING},
    {AVR "\"transcription\",\"payload\":{\"text\":\"stop\"}}", "", HEARD_NOTHING},
    {AVR "\"transcription\",\"payload\":{\"role\":\"user\",\"text\":5}}", "", HEARD_NOTHING},
    {AVR "\"transcription\"}", "", HEARD_NOTHING},
    {AVR "\"dtmf_digit\",\"payload\":{\"digit\":\"9\"}}", "9", HEARD_KEY},
    {AVR "\"dtmf_digit\",\"payload\":{\"digit\":9}}", "9", HEARD_KEY},
    {AVR "\"dtmf_digit\",\"payload\":{\"digit\":\"99\"}}", "", HEARD_NOTHING},
    {AVR "\"mood\",\"payload\":{\"role\":\"user\",\"text\":\"stop\"}}", "", HEARD_NOTHING},
    {PLAN "\"callback_requested\",\"timestamp\":\"2026-03-02T09:15:04\"}", "callback_requested",
	HEARD_CALLBACK},
    {PLAN "\"call_completed\",\"data\":{\"outcome\":\"callback_requested\"}}",
	"callback_requested", HEARD_CALLBACK},
    {PLAN "\"call_completed\",\"status\":\"callback_requested\",\"outcome\":\"opt_out\"}",
	"opt_out", HEARD_OUTCOME},
    {PLAN "\"call_completed\",\"outcome\":\"callback\"}", "", HEARD_NOTHING},
    {OWN "\"transcription\",\"role\":\"callee\",\"text\":\"stop\"}", "stop", HEARD_WORDS},
    {OWN "\"dtmf\",\"digit\":\"#\"}", "#", HEARD_KEY},
    {OWN "\"dtmf_digit\",\"payload\":{\"digit\":\"9\"}}", "9", HEARD_KEY},
    {OWN "\"transcription\",\"data\":{\"role\":\"User\",\"text\":\"stop\"}}", "stop",
	HEARD_WORDS},
    {OWN "\"ended\",\"outcome\":\"do_not_call\"}", "do_not_call", HEARD_OUTCOME},
    {OWN "\"opt_out\"}", "opt_out", HEARD_OUTCOME},
    {AVR "\"transcription\",\"payload\":{\"role\":\"USER\",\"text\":\"stop\"}}", "stop",
	HEARD_WORDS},
    {AVR "\"transcription\",\"payload\":{\"speaker\":\"user\",\"text\":\"stop\"}}", "stop",
	HEARD_WORDS},
    {AVR "\"transcription\",\"role\":\"user\",\"text\":\"stop\"}", "stop", HEARD_WORDS},
    {AVR "\"transcription\",\"role\":\"user\",\"payload\":{\"text\":\"stop\"}}", "stop",
	HEARD_WORDS},
    {AVR "\"transcription\",\"role\":\"user\",\"payload\":{\"role\":\"agent\","
	 "\"text\":\"stop\"}}",
	"", HEARD_NOTHING},
    {AVR "\"dtmf_digit\",\"metadata\":{\"digit\":9},\"payload\":{}}", "9", HEARD_KEY},
    {AVR "\"call_ended\",\"payload\":{\"outcome\":\"Opt-Out\"}}", "Opt-Out", HEARD_OUTCOME},
    {PLAN "\"transcription\",\"data\":{\"role\":\"user\",\"text\":\"stop\"}}", "stop",
	HEARD_WORDS},
    {PLAN "\"transcription\",\"data\":{\"role\":\"agent\",\"text\":\"stop\"}}", "",
	HEARD_NOTHING},
    {PLAN "\"call_transcription\",\"payload\":{\"role\":\"user\",\"text\":\"stop\"}}", "stop",
	HEARD_WORDS},
    {PLAN "\"transcription\",\"metadata\":{\"role\":\"user\",\"text\":\"stop\"}}", "stop",
	HEARD_WORDS},
    {PLAN "\"transcription\",\"role\":\"user\",\"text\":\"stop\"}", "stop", HEARD_WORDS},
    {PLAN "\"dtmf_digit\",\"data\":{\"digit\":\"9\"}}", "9", HEARD_KEY},
    {PLAN "\"call_completed\",\"data\":{\"outcome\":\"do_not_call\"}}", "do_not_call",
	HEARD_OUTCOME},
    {FLAT "\"dtmf\",\"digit\":\"9\"}", "9", HEARD_KEY},
    {FLAT "\"completed\",\"outcome\":\"opt_out\"}", "opt_out", HEARD_OUTCOME},
    {FLAT "\"completed\",\"outcome\":\"success\"}", "", HEARD_NOTHING},
    {FLAT "\"do_not_call\"}", "do_not_call", HEARD_OUTCOME},
};

static void
test_heard(void)
{
	for (size_t i = 0; i < COUNT(heard); i++) {
		struct fault f = {.code = OK};

		ok(read_text(heard[i].json, &f) == 1 && fo.heard == heard[i].heard, "heard: %s",
		    heard[i].json);
		if (heard[i].heard)
			is_str(fo.words.p, heard[i].words, "  what");
	}
}

static const struct {
	const char *json, *why;
} refused[] = {
    {OWN "\"ringing\",\"v\":2}", "t:1:119: repeated key"},
    {"{\"type\":\"event\",\"v\":2}", "t:1: an event of version 2 is not known here"},
    {"{\"type\":\"event\",\"at\":\"" AT "\"}", "t:1: call is empty"},
    {"{\"type\":\"event\",\"call\":\"call_17\",\"at\":\"" AT "\"}",
	"t:1: call \"call_17\" is not a UUID"},
    {"{\"type\":\"event\",\"call\":\"" ID "\"}", "t:1: at is missing"},
    {"{\"type\":\"event\",\"call\":\"" ID "\",\"at\":5}", "t:1: at must be text, not a number"},
    {"{\"type\":\"event\",\"call\":\"" ID "\",\"at\":\"yesterday\"}",
	"t:1: at \"yesterday\" is not an instant (such as 2026-03-02T09:00:00Z)"},
    {"{\"type\":\"event\",\"call\":\"" ID "\",\"at\":\"1969-12-31T23:59:59Z\"}",
	"t:1: at lies before 1970"},
    {OWN "\"Ringing\"}", "t:1: event must be a word such as ringing or ended"},
    {OWN "\"ringing\",\"source\":\"heaven\"}",
	"t:1: \"heaven\" is no source (door, exchange, webhook, file)"},
    {OWN "\"ended\",\"disposition\":\"happy\"}", "t:1: \"happy\" is no disposition"},
    {OWN "\"ended\",\"cause\":99999999999}", "t:1: cause is out of range"},
    {OWN "\"ended\",\"cause\":\"17\"}", "t:1: cause must be a whole number, not text"},
    {OWN "\"ended\",\"dial_status\":\"Asha\"}",
	"t:1: dial_status \"Asha\" is no word such as NOANSWER"},
    {OWN "\"ended\",\"reason\":7}", "t:1: reason must be text, not a number"},
    {OWN "\"ended\",\"key\":\"7\"}", "t:1: key must be 16 hexadecimal digits"},
    {AVR "\"call_started\",\"payload\":", "t:1:119: the text ends where a value should be"},
    {"{\"uuid\":\"\",\"type\":\"call_started\"}", "t:1: uuid is empty"},
    {"{\"uuid\":\"a\\nb\",\"type\":\"call_started\"}",
	"t:1: uuid contains a control character"},
    {"{\"uuid\":\"a\",\"type\":\"call_started\"}", "t:1: timestamp is missing"},
    {"{\"call_id\":7,\"event\":\"x\"}", "t:1: call_id must be text, not a number"},
    {"{\"call_id\":\"a\",\"event\":7}", "t:1: event must be a word"},
    {"{\"call_id\":\"a\",\"event\":\"x\",\"timestamp\":\"soon\"}",
	"t:1: timestamp \"soon\" is not an instant"},
    {"{\"call_id\":\"a\",\"event\":\"x\",\"timestamp\":-5}", "t:1: timestamp lies before 1970"},
};

static void
test_refused(void)
{
	static const char *const none[] = {"{}", "{\"call_id\":\"a\"}", "{\"uuid\":\"a\"}",
	    "{\"type\":\"contact\",\"v\":1,\"id\":17}"};

	for (size_t i = 0; i < COUNT(refused); i++) {
		struct fault f = {.code = OK};

		is_int(read_text(refused[i].json, &f), -1, refused[i].json);
		is_str(f.text, refused[i].why, "  says why");
	}
	for (size_t i = 0; i < COUNT(none); i++) {
		struct fault f = {.code = OK};

		is_int(read_text(none[i], &f), 0, none[i]);
	}
}

static uint64_t
key_of(const char *json)
{
	struct fault f;

	return read_text(json, &f) == 1 ? fo.event.key : 0;
}

static void
test_keys(void)
{
	struct call_event e = {.rank = RANK_ENDED,
	    .source = FROM_DOOR,
	    .disposition = DISP_BUSY,
	    .cause = 17,
	    .talk_ms = -1,
	    .ring_ms = 900};
	struct fault f;
	char json[400];
	uint64_t key;

	num_instant("at", AT, &e.at, &f);
	snprintf(json, sizeof(json),
	    OWN "\"ended\",\"source\":\"door\",\"disposition\":\"busy\",\"cause\":17,\"ring_"
		"ms\":900,"
		"\"name\":\"A\",\"reason\":\"x\"}");
	ok(key_of(json) == call_event_key("ended", &e, NULL, 0),
	    "the record of a door's event has its key");
	ok(key_of(OWN "\"ended\",\"key\":\"00000000000000ff\"}") == 255,
	    "a key that is told is taken");
	key = key_of(AVR "\"dtmf_digit\",\"payload\":{\"digit\":\"2\"}}");
	ok(key ==
		key_of(
		    "{\"type\":\"dtmf_digit\",\"payload\":{\"digit\":\"2\"},\"timestamp\":\"" AT
		    "\",\"uuid\":\"" ID "\"}"),
	    "the order of fields is no part of the key");
	ok(key != key_of(AVR "\"dtmf_digit\",\"payload\":{\"digit\":\"3\"}}"),
	    "what it says is");
	ok(key_of(PLAN "\"call_started\"}") != 0 && fo.event.at == 1000, "no timestamp: now");
	key = fo.event.key;
	read_text(PLAN "\"call_started\",\"timestamp\":\"1970-01-01T00:00:01Z\"}", &f);
	ok(key != fo.event.key, "which is no part of the key");
	read_text(AVR "\"call_initiated\",\"payload\":{\"uniqueid\":\"" ID "\"}}", &f);
	ok(fo.has_call, "call_initiated maps to the channel id");
	read_text(AVR "\"call_initiated\",\"payload\":{\"uniqueid\":\"1700000000.5\"}}", &f);
	ok(!fo.has_call, "unless that is Asterisk's own");
}

int
main(void)
{
	test_meaning();
	test_heard();
	test_refused();
	test_keys();
	foreign_release(&fo);
	return done_testing();
}
