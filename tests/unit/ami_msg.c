/*
 * AMI messages: limits of the parser, what the writer refuses, and what the
 * decoder makes of them.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "ami_decode.h"
#include "mem.h"
#include "tap.h"

#define ID "0190a5e0-7c3e-7cc0-98c4-dc0c0c07398f"

static struct ami_msg msg;
static struct fault f;

/* Parses text in pieces of that size; returns what the last call to next said. */
static int
parse(struct ami_parser *p, const char *text, size_t len, size_t piece)
{
	int got = 0;

	for (size_t at = 0; at < len && got == 0; at += piece) {
		ami_parser_feed(p, text + at, len - at < piece ? len - at : piece);
		got = ami_parser_next(p, &msg, &f);
	}
	return got;
}

static void
test_parse(void)
{
	static const char text[] =
	    "Asterisk Call Manager/11.0.0\r\nResponse: Success\r\n"
	    "Message: a: b\r\nEmpty:\r\nVariable: X=1\r\nVARIABLE: Y=2\r\n"
	    "ChanVariable(PJSIP/a:b-1): Z=3\r\nNoSpace:x\r\n\r\n";
	size_t len = sizeof(text) - 1;

	for (size_t piece = 1; piece <= len; piece++) {
		struct ami_parser p;
		int got;
		size_t at = 0;

		ami_parser_init(&p);
		got = parse(&p, text, len, piece);
		if (got != 1 || msg.n != 8 || strcmp(ami_text(&msg, "message"), "a: b") != 0 ||
		    strcmp(ami_get(&msg, ""), "Asterisk Call Manager/11.0.0") != 0 ||
		    strcmp(ami_text(&msg, "Empty"), "") != 0 ||
		    strcmp(ami_each(&msg, "variable", &at), "X=1") != 0 ||
		    strcmp(ami_each(&msg, "variable", &at), "Y=2") != 0 ||
		    ami_each(&msg, "variable", &at) != NULL ||
		    strcmp(ami_text(&msg, "ChanVariable(PJSIP/a:b-1)"), "Z=3") != 0 ||
		    strcmp(ami_text(&msg, "NoSpace"), "x") != 0) {
			ok(false, "a message in pieces of %zu", piece);
			ami_parser_release(&p);
			return;
		}
		ami_parser_release(&p);
	}
	ok(true, "a message, in pieces of any size");
}

static void
test_stream(void)
{
	struct ami_parser p;

	ami_parser_init(&p);
	ami_parser_feed(&p, "\r\n\r\nA: 1\n\nB: 2\r\n\r\nC: 7x\r\n", 25);
	is_int(ami_parser_next(&p, &msg, &f), 1, "empty lines before a message, bare newlines");
	is_int(ami_int(&msg, "A", -1), 1, "a number");
	is_int(ami_parser_next(&p, &msg, &f), 1, "the second");
	is_str(ami_text(&msg, "B"), "2", "its value");
	ok(ami_get(&msg, "Nothing") == NULL, "an absent header");
	is_int(ami_parser_next(&p, &msg, &f), 0, "the third is not whole");
	ami_parser_feed(&p, "\r\n", 2);
	is_int(ami_parser_next(&p, &msg, &f), 1, "now it is");
	is_int(ami_int(&msg, "C", -1), -1, "7x is no number");
	ami_parser_release(&p);
}

static char *
repeat(const char *s, size_t n)
{
	struct buf b = {0};

	while (n-- > 0)
		buf_adds(&b, s);
	return b.p;
}

/* What the parser says of text, fed 1000 bytes at a time. */
static int
verdict(const char *text, size_t len)
{
	struct ami_parser p;
	int got;

	ami_parser_init(&p);
	got = parse(&p, text, len, 1000);
	if (got < 0)
		got = ami_parser_next(&p, &msg, &f); /* and it stays so */
	ami_parser_release(&p);
	return got;
}

static void
test_limits(void)
{
	char *line = repeat("x", AMI_LINE_MAX - 3), *text;

	text = xasprintf("A: %s\r\n\r\n", line);
	is_int(verdict(text, strlen(text)), 1, "a line of 4096 bytes");
	free(text);
	text = xasprintf("A: %sy\r\n\r\n", line);
	is_int(verdict(text, strlen(text)), -1, "one of 4097 is a fault");
	free(text);
	text = repeat("x", AMI_LINE_MAX + 2);
	is_int(verdict(text, strlen(text)), -1, "also if it never ends");
	free(text);
	free(line);
	line = repeat("A: b\r\n", AMI_HEADERS_MAX);
	text = xasprintf("%s\r\n", line);
	is_int(verdict(text, strlen(text)), 1, "256 headers");
	free(text);
	text = xasprintf("%sA: b\r\n", line);
	is_int(verdict(text, strlen(text)), -1, "257 are a fault");
	free(text);
	free(line);
	line = repeat("x", 4000);
	text = xasprintf("A: %s\r\n", line);
	free(line);
	line = repeat(text, 17);
	is_int(verdict(line, strlen(line)), -1, "over 64 KiB is a fault");
	free(text);
	free(line);
	is_int(verdict("A: \0b\r\n\r\n", 10), -1, "a NUL byte is a fault");
}

static void
test_writer(void)
{
	static const char *const bad[] = {
	    "a\rb", "a\nb", "a\r\nAction: Command", "\x01", "a\tb", "\x7f", "\xc2\x85"};
	struct ami_writer w;
	struct buf out = {0};

	buf_adds(&out, "before");
	for (size_t i = 0; i < COUNT(bad); i++) {
		ami_begin(&w, &out, AMI_ACTION_LINE_MAX, &f);
		ami_put(&w, "Action", "Originate");
		ami_put(&w, "CallerID", bad[i]);
		ami_put(&w, "Async", "true");
		ok(ami_end(&w) < 0 && f.code == DATAERR && strcmp(out.p, "before") == 0,
		    "refused, and nothing written: case %zu", i);
	}
	ami_begin(&w, &out, AMI_ACTION_LINE_MAX, &f);
	ami_put_bytes(&w, "A", "x\0y", 3);
	ok(ami_end(&w) < 0, "a NUL is refused");
	ami_begin(&w, &out, AMI_ACTION_LINE_MAX, &f);
	ami_put(&w, "A: b\r\nC", "x");
	ok(ami_end(&w) < 0, "a key that is none is refused");
	ami_begin(&w, &out, 10, &f);
	ami_put(&w, "Key", "123456");
	ok(ami_end(&w) < 0, "a line over its limit is refused");
	buf_reset(&out);
	ami_begin(&w, &out, 11, &f);
	ami_put(&w, "Key", "123456");
	ami_put(&w, "Absent", NULL);
	ami_put_int(&w, "N", -5);
	is_int(ami_end(&w), 0, "a message is written");
	is_str(out.p, "Key: 123456\r\nN: -5\r\n\r\n", "as it should be");
	buf_release(&out);
}

static int
decode(const char *text, struct voice_event *e)
{
	static struct ami_parser p;
	int got;

	ami_parser_release(&p);
	ami_parser_feed(&p, text, strlen(text));
	got = ami_parser_next(&p, &msg, &f);
	return got == 1 ? ami_decode(&msg, e) : -1;
}

static const struct {
	const char *text;
	int kind; /* -1: nothing */
	const char *words;
	int a, b; /* cause and tech_cause; try and reason */
} decoded[] = {
    {"Response: Success\r\nActionID: " ID ".3\r\n\r\n", VOICE_QUEUED, "", 3, 0},
    {"Response: Error\r\nActionID: " ID ".0\r\nMessage: Extension does not exist.\r\n\r\n",
	VOICE_REFUSED, "Extension does not exist.", 0, 0},
    {"Response: Error\r\nActionID: ask." ID "\r\nMessage: No such channel\r\n\r\n", VOICE_GONE,
	"No such channel", 0, 0},
    {"Response: Error\r\nActionID: ask." ID "\r\nMessage: Permission denied\r\n\r\n", -1, "", 0,
	0},
    {"Response: Error\r\nActionID: fence." ID "\r\nMessage: Database entry not found\r\n\r\n",
	VOICE_FENCE, "", 0, 0},
    {"Event: DBGetResponse\r\nVal: 1:2:BUSY:17\r\nActionID: fence." ID "\r\n\r\n", VOICE_FENCE,
	"1:2:BUSY:17", 0, 0},
    {"Event: Newchannel\r\nUniqueid: " ID "\r\n\r\n", VOICE_CHANNEL, "", 0, 0},
    {"Event: Newchannel\r\nUniqueid: " ID ";2\r\nLinkedid: " ID "\r\n\r\n", -1, "", 0, 0},
    {"Event: Newstate\r\nChannelStateDesc: Ringing\r\nUniqueid: " ID "\r\n\r\n", VOICE_RINGING,
	"", 0, 0},
    {"Event: Newstate\r\nChannelStateDesc: Up\r\nUniqueid: " ID "\r\n\r\n", VOICE_ANSWERED, "",
	0, 0},
    {"Event: Newstate\r\nChannelStateDesc: Up\r\nUniqueid: " ID ";2\r\nLinkedid: " ID
     "\r\n\r\n",
	-1, "", 0, 0},
    {"Event: DialEnd\r\nDestUniqueid: " ID "\r\nDialStatus: BUSY\r\n\r\n", VOICE_DIAL_END,
	"BUSY", 0, 0},
    {"Event: OriginateResponse\r\nActionID: " ID ".2\r\nResponse: Failure\r\nReason: 3\r\n"
     "Uniqueid: somebody\r\n\r\n",
	VOICE_RESPONSE, "", 2, 3},
    {"Event: OriginateResponse\r\nActionID: theirs\r\nReason: 0\r\nUniqueid: " ID "\r\n\r\n",
	-1, "", 0, 0},
    {"Event: Hangup\r\nUniqueid: " ID "\r\nCause: 17\r\nCause-txt: User busy\r\n"
     "TechCause: 486\r\n\r\n",
	VOICE_HANGUP, "User busy", 17, 486},
    {"Event: Hangup\r\nUniqueid: x-1.2\r\nLinkedid: " ID "\r\nCause: 127\r\n"
     "TechCause: 607\r\n\r\n",
	VOICE_TRUNK, "", 127, 607},
    {"Event: Hangup\r\nUniqueid: x-1.2\r\nLinkedid: " ID "\r\nCause: 16\r\n\r\n", -1, "", 0, 0},
    {"Event: UserEvent\r\nUserEvent: OutreachCall\r\nCallId: " ID
     "\r\nPhase: duplicate\r\n\r\n",
	VOICE_USER, "duplicate", 0, 0},
    {"Event: UserEvent\r\nUserEvent: Other\r\nCallId: " ID "\r\nPhase: x\r\n\r\n", -1, "", 0,
	0},
    {"Event: Status\r\nActionID: ask." ID "\r\nChannelState: 6\r\n\r\n", VOICE_LIVE, "", 0, 0},
    {"Event: Cdr\r\nUniqueID: " ID "\r\n\r\n", -1, "", 0, 0},
    {"Goodbye: all\r\n\r\n", -1, "", 0, 0},
};

/* Whether the event is what its case says: its call, its words, its numbers. */
static bool
fits(const struct voice_event *e, size_t i)
{
	struct uuid id;
	bool ended = e->kind == VOICE_HANGUP || e->kind == VOICE_TRUNK;

	uuid_parse(ID, 36, &id);
	return memcmp(&e->id, &id, sizeof(id)) == 0 && strcmp(e->text, decoded[i].words) == 0 &&
	    (ended ? e->cause : e->try) == decoded[i].a &&
	    (ended ? e->tech_cause : e->reason) == decoded[i].b;
}

static void
test_decode(void)
{
	for (size_t i = 0; i < COUNT(decoded); i++) {
		const char *text = decoded[i].text;
		struct voice_event e;
		int got = decode(text, &e);

		ok(decoded[i].kind < 0
			? got == 0
			: got == 1 && (int)e.kind == decoded[i].kind && fits(&e, i),
		    "decoded: %.*s, case %zu", (int)strcspn(text, "\r"), text, i);
	}
}

static void
test_instant(void)
{
	struct voice_event e;

	decode("Event: Newchannel\r\nTimestamp: 1795413006.151186\r\nUniqueid: " ID "\r\n\r\n",
	    &e);
	is_int(e.at, 1795413006151, "a Timestamp in ms");
	decode("Event: Newchannel\r\nUniqueid: " ID "\r\n\r\n", &e);
	is_int(e.at, 0, "none");
	decode("Event: Newchannel\r\nTimestamp: rubbish\r\nUniqueid: " ID "\r\n\r\n", &e);
	is_int(e.at, 0, "rubbish");
}

static void
test_encode(void)
{
	struct voice_call call = {.try = 2,
	    .channel = "PJSIP/390555@trunk",
	    .context = "avr",
	    .exten = "s",
	    .caller_id = "Acme <39055>",
	    .ring_ms = 25000,
	    .variable = {"CALL_ID=" ID, "NAME=Rao, \"Asha\""},
	    .variables = 2};
	struct buf out = {0};

	uuid_parse(ID, 36, &call.id);
	is_int(ami_encode_originate(&out, &call, &f), 0, "an Originate is encoded");
	is_str(out.p,
	    "Action: Originate\r\nActionID: " ID ".2\r\nChannel: PJSIP/390555@trunk\r\n"
	    "Context: avr\r\nExten: s\r\nPriority: 1\r\nTimeout: 25000\r\n"
	    "CallerID: Acme <39055>\r\nChannelId: " ID "\r\nAsync: true\r\n"
	    "Variable: CALL_ID=" ID "\r\nVariable: NAME=Rao\\, \\\"Asha\\\"\r\n\r\n",
	    "with its commas quoted");
	buf_reset(&out);
	call.caller_id = "Acme <39>\r\nAsync: false";
	is_int(ami_encode_originate(&out, &call, &f), -1, "a header in a value is refused");
	is_int(f.code, DATAERR, "as a wrong record");
	is_int((int64_t)out.len, 0, "and nothing is sent");
	is_int(ami_encode_hangup(&out, &call.id, 16, &f), 0, "a Hangup");
	is_str(out.p,
	    "Action: Hangup\r\nActionID: hangup." ID "\r\nChannel: " ID "\r\nCause: 16\r\n\r\n",
	    "with its cause");
	buf_release(&out);
}

int
main(void)
{
	test_parse();
	test_stream();
	test_limits();
	test_writer();
	test_decode();
	test_instant();
	test_encode();
	return done_testing();
}
