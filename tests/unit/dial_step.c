/*
 * dial_step: scripts of inputs with the effects that they must have, then
 * random walks against a small model of an exchange that loses links, delays
 * originates, restarts and shuffles. The walks hold: at most one ring per id,
 * at most one originate without a fence, nothing sent before its intent, every
 * offer is settled exactly once, and a closed line never rings again. The same
 * against a peer that is told by HTTP: replies are lost, webhooks tell or do not.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "buf.h"
#include "dial_step.h"
#include "mem.h"
#include "tap.h"

static struct uuid
id_of(int n)
{
	struct uuid id = {{0}};

	id.b[14] = (unsigned char)(n >> 8);
	id.b[15] = (unsigned char)n;
	return id;
}

static int
n_of(const struct uuid *id)
{
	return id->b[14] << 8 | id->b[15];
}

/* ---- scripts -------------------------------------------------------------------- */

struct script {
	struct dial *d;
	struct dial_now now;
	struct dial_spec spec;
	struct buf out;
};

static void
show(struct buf *out, const struct dial_effect *e)
{
	static const char *const names[] = {"intend", "decide", "originate", "hangup", "ask",
	    "fence", "fact", "tell", "refuse", "return", "leave", "halt", "done"};
	int n = n_of(&e->id);

	if (out->len > 0)
		buf_addc(out, ' ');
	if (e->what == DO_FACT) {
		buf_printf(out, "%s%d", e->fact.kind, n);
		if (e->over)
			buf_printf(out, ":%s%s", disposition_name(e->fact.event.disposition),
			    e->fact.event.line_closed ? "" : ":open");
	} else if (e->what == DO_ORIGINATE) {
		buf_printf(out, "originate%d.%d", n, e->try);
	} else if (e->what == DO_HALT) {
		buf_printf(out, "halt:%d", e->code);
	} else if (e->what == DO_DONE) {
		buf_adds(out, "done");
	} else {
		buf_printf(out, "%s%d", names[e->what], n);
	}
}

static void
feed(struct script *s, struct dial_input *in)
{
	struct dial_effects e = {0};

	dial_step(s->d, in, &s->now, &e);
	for (size_t i = 0; i < e.n; i++)
		show(&s->out, &e.v[i]);
	dial_effects_release(&e);
}

/* The number that s begins with; 0 if it begins with none. */
static int
number(const char *s)
{
	int n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		n = 10 * n + (*s - '0');
	return n;
}

static void
voice(struct script *s, struct dial_input *in, char what, int try, const char *arg)
{
	static const char letters[] = "qxcrabRthLGFuUNC";
	struct dial_voice v = {
	    .said = (enum dial_said)(strchr(letters, what) - letters), .try = try, .text = ""};
	int a = 0, b = 0;
	char state = 0;

	if (what == 'h' || what == 't')
		sscanf(arg, "%d/%d%c", &a, &b, &state);
	else if (what == 'R')
		a = number(arg);
	v.cause = a;
	v.tech_cause = b;
	v.reason = a;
	v.ringing = state == 'R' || (what == 'L' && arg[0] == 'R');
	v.answered = state == 'U' || (what == 'L' && arg[0] == 'U') || (what == 'R' && a == 4);
	v.alone = what == 'x' && strcmp(arg, "alone") == 0;
	v.text = what == 'x' || what == 'b' || what == 'F' || what == 'u' ? arg : "";
	in->kind = DIAL_VOICE;
	in->voice = &v;
	feed(s, in);
}

/*
 * One word: o1 offer; y n f l intent of 1; d1y d1n decided; w1 unsent; H1 hangup asked; A1=rank adopt, K1=rank known;
 * up, up=start, down, final; open, shut (the gate); stop, lift, drain, leave, full, flows, end; +ms time; voice letters above.
 */
static void
word(struct script *s, const char *w)
{
	static const struct {
		const char *word;
		enum dial_input_kind kind;
	} plain[] = {{"stop", DIAL_STOP}, {"lift", DIAL_LIFTED}, {"drain", DIAL_DRAIN},
	    {"leave", DIAL_LEAVE}, {"full", DIAL_FULL}, {"flows", DIAL_FLOWS},
	    {"end", DIAL_END}, {"down", DIAL_DOWN}, {"up", DIAL_UP}};
	struct dial_input in = {.spec = &s->spec, .started_at = 1000, .words = "why"};
	struct call call = {.rank = RANK_INTENT};
	const char *arg = strchr(w, '=');
	int n = number(w + 1), try = 1;

	for (size_t i = 0; i < COUNT(plain); i++) {
		if (strcmp(plain[i].word, w) == 0) {
			in.kind = plain[i].kind;
			feed(s, &in);
			return;
		}
	}
	if (strchr(w, '.') != NULL)
		try = number(strchr(w, '.') + 1);
	arg = arg == NULL ? "" : arg + 1;
	in.id = id_of(n);
	in.answer = ANSWER_YES;
	if (strncmp(w, "up=", 3) == 0) {
		in.kind = DIAL_UP;
		in.started_at = number(arg);
	} else if (strcmp(w, "final") == 0) {
		in.kind = DIAL_DOWN;
		in.answer = ANSWER_NO;
	} else if (w[0] == '+') {
		in.kind = DIAL_TICK;
		s->now.mono += n;
		s->now.wall += n;
	} else if (strcmp(w, "open") == 0 || strcmp(w, "shut") == 0) {
		in.kind = DIAL_GATE;
		in.answer = w[0] == 'o' ? ANSWER_YES : ANSWER_NO;
	} else if (w[0] == 'o') {
		in.kind = DIAL_OFFER;
	} else if (w[0] == 'A' || w[0] == 'K') {
		in.kind = w[0] == 'A' ? DIAL_ADOPT : DIAL_KNOWN;
		in.try = 1000;
		in.call = &call;
		for (int r = RANK_INTENT; r <= number(arg); r++)
			call.at[r] = s->now.wall - 1000;
	} else if (strchr("ynfl", w[0]) != NULL) {
		in.kind = DIAL_INTENT;
		in.answer = (enum dial_answer)(strchr("ynfl", w[0]) - "ynfl");
		in.fenced = s->spec.fenced != (strcmp(arg, "other") == 0);
	} else if (w[0] == 'd') {
		in.kind = DIAL_DECIDED;
		in.answer = w[strlen(w) - 1] == 'y' ? ANSWER_YES : ANSWER_NO;
	} else if (w[0] == 'w') {
		in.kind = DIAL_UNSENT;
		in.answer = strcmp(arg, "later") == 0 ? ANSWER_LATER : ANSWER_NO;
	} else if (w[0] == 'H') {
		in.kind = DIAL_HANGUP;
	} else {
		voice(s, &in, w[0], try, arg);
		return;
	}
	feed(s, &in);
}

static void
script(const char *name, const char *words, const char *want)
{
	struct script s = {.now = {1000000, 2000000},
	    .spec = {.campaign = 1,
		.concurrent = 10,
		.ring_ms = 20000,
		.max_ms = 60000,
		.short_ms = 5000}};
	struct dial_options opt = {0};
	char *copy = xstrdup(words), *save = NULL;

	if (strncmp(name, "fence: ", 7) == 0)
		s.spec.fenced = true;
	if (strncmp(name, "peer: ", 6) == 0) {
		s.spec.posted = true;
		s.spec.resend_ms = 60000;
	}
	if (strncmp(name, "slow: ", 6) == 0)
		s.spec.rate_milli = 1000;
	if (strncmp(name, "two: ", 5) == 0)
		s.spec.concurrent = 2;
	if (strncmp(name, "gate: ", 6) == 0)
		s.spec.gated = true;
	if (strncmp(name, "max: ", 5) == 0)
		opt.max_calls = 1;
	if (strncmp(name, "settle: ", 8) == 0)
		opt.settle_only = true;
	s.d = dial_new(&opt, &s.now);
	for (char *w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		word(&s, w);
	is_str(s.out.p == NULL ? "" : s.out.p, want, name);
	dial_free(s.d);
	buf_release(&s.out);
	free(copy);
}

#define SENT1  "up o1 y1 "
#define SENT1_ "intend1 originate1.1 placing1"

/* Whole calls, one behind the other. */
#define DROP(n) "up o" #n " y" #n " q" #n " c" #n " a" #n " R" #n "=4 +2 h" #n "=0/0U "
#define DROPPED(n)                                                                          \
	"intend" #n " originate" #n ".1 placing" #n " placed" #n " answered" #n " ended" #n \
	":answered_dropped "
#define TALK(n) "o" #n " y" #n " q" #n " c" #n " a" #n " R" #n "=4 +8000 h" #n "=16/0U "
#define TALKED(n)                                                                           \
	"intend" #n " originate" #n ".1 placing" #n " placed" #n " answered" #n " ended" #n \
	":answered "
#define BUSY(n)    "o" #n " y" #n " q" #n " c" #n " R" #n "=0 b" #n "=BUSY h" #n "=17/486D "
#define BUSY_(n)   "intend" #n " originate" #n ".1 placing" #n " placed" #n " ended" #n ":busy "
#define BLOCKED(n) "o" #n " y" #n " q" #n " c" #n " R" #n "=0 h" #n "=127/608D +300 "
#define BLOCKED_(n) \
	"intend" #n " originate" #n ".1 placing" #n " placed" #n " ended" #n ":blocked "

static const struct {
	const char *name, *words, *want;
} scripts[] = {
    {"nothing before the link is up", "o1 +100", ""},
    {"intent first, then the originate", "o1 up y1", SENT1_},
    {"answered and talked", SENT1 "q1 c1 r1 +2000 a1 b1=ANSWER R1=4 +8000 h1=16/0U end",
	SENT1_ " placed1 ringing1 answered1 ended1:answered done"},
    {"cause 0 is a normal end too", SENT1 "q1 c1 a1 b1=ANSWER R1=4 +8000 h1=0/0U",
	SENT1_ " placed1 answered1 ended1:answered"},
    {"short talk", SENT1 "q1 c1 a1 R1=4 +3000 h1=16/0U",
	SENT1_ " placed1 answered1 ended1:answered_short"},
    {"dropped at once: it may be the person", SENT1 "q1 c1 a1 R1=4 +2 h1=0/0U o2 y2",
	SENT1_ " placed1 answered1 ended1:answered_dropped intend2 originate2.1 placing2"},
    {"three in a row: our own side, dialling stops", DROP(1) DROP(2) DROP(3) "o4",
	DROPPED(1) DROPPED(2) DROPPED(3) "halt:69 done return4"},
    {"busy between them tells nothing", DROP(1) DROP(2) BUSY(3) DROP(4) "o5",
	DROPPED(1) DROPPED(2) BUSY_(3) DROPPED(4) "halt:69 done return5"},
    {"a talk between them does", DROP(1) DROP(2) TALK(3) DROP(4) DROP(5) "o6",
	DROPPED(1) DROPPED(2) TALKED(3) DROPPED(4) DROPPED(5) "intend6"},
    {"three blocked in a row: the caller ID is marked, dialling stops",
	"up " BLOCKED(1) BLOCKED(2) BLOCKED(3) "o4",
	BLOCKED_(1) BLOCKED_(2) BLOCKED_(3) "halt:69 done return4"},
    {"busy between them: it is not", "up " BLOCKED(1) BLOCKED(2) BUSY(3) BLOCKED(4) "o5",
	BLOCKED_(1) BLOCKED_(2) BUSY_(3) BLOCKED_(4) "intend5"},
    {"busy, response before dial end before hangup", SENT1 "q1 c1 R1=0 b1=BUSY h1=17/486D",
	SENT1_ " placed1 ended1:busy"},
    {"busy, hangup first: the rest is waited for", SENT1 "q1 c1 h1=0/0D R1=5 b1=BUSY",
	SENT1_ " placed1 ended1:busy"},
    {"hangup alone settles", SENT1 "q1 c1 r1 h1=19/480R +300",
	SENT1_ " placed1 ringing1 ended1:no_answer"},
    {"carrier's 480 before any ringing, DialEnd last",
	SENT1 "q1 c1 h1=19/480D R1=0 b1=NOANSWER", SENT1_ " placed1 ended1:no_answer"},
    {"time-out without ringing: the trunk is dead", SENT1 "q1 c1 R1=3 h1=19/480D",
	SENT1_ " placed1 ended1:trunk_dead halt:69 done"},
    {"the SIP code of the trunk's leg", SENT1 "q1 c1 t1=1/404 b1=NOANSWER R1=0 h1=0/0D",
	SENT1_ " placed1 ended1:invalid"},
    {"response error: not placed, and no more", SENT1 "o2 n2 x1=Extension",
	SENT1_ " intend2 refuse2 ended1:not_placed halt:69 done"},
    {"no endpoint: over at the response", SENT1 "q1 R1=0 +300 o2",
	SENT1_ " placed1 ended1:not_placed intend2"},
    {"a response of another try is not ours", SENT1 "q1 R1.2=0 +400", SENT1_ " placed1"},
    {"channel behind its failed response", SENT1 "q1 R1=0 c1 +400 b1=CONGESTION h1=34/503D",
	SENT1_ " placed1 ended1:congestion"},
    {"everything twice", SENT1 "q1 q1 c1 c1 r1 r1 a1 a1 R1=4 R1=4 +6000 h1=16/0U h1=16/0U",
	SENT1_ " placed1 ringing1 answered1 ended1:answered"},
    {"maximum duration", SENT1 "q1 c1 a1 +60000 h1=16/0U R1=4",
	SENT1_ " placed1 answered1 hangup1 ended1:answered"},
    {"ring time-out is the exchange's, ours is later",
	SENT1 "q1 c1 r1 +20000 +4999 +1 b1=NOANSWER R1=0 h1=16/0R",
	SENT1_ " placed1 ringing1 hangup1 ended1:no_answer"},
    {"a hangup that nothing follows is asked about", SENT1 "q1 c1 r1 +25000 +5000 G1 +1000 G1",
	SENT1_ " placed1 ringing1 hangup1 ask1 ask1 unknown1:unknown"},
    {"cancelled by us", SENT1 "q1 c1 r1 H1 b1=NOANSWER R1=0 h1=16/0R",
	SENT1_ " placed1 ringing1 hangup1 ended1:cancelled"},
    {"a hangup comes before the channel: once more when it is there",
	SENT1 "H1 q1 c1 r1 h1=16/0R +300",
	SENT1_ " hangup1 placed1 hangup1 ringing1 ended1:cancelled"},
    {"peer: a hangup waits for the reply", SENT1 "H1 q1 +5000 C1",
	SENT1_ " placed1 hangup1 ask1"},
    {"peer: a hangup of what never left", SENT1 "H1 U1.1", SENT1_ " ended1:not_placed"},
    {"peer: and for a reply that is lost", SENT1 "H1 N1.1 +5000 C1", SENT1_ " hangup1 ask1"},
    {"hangup asked before it was sent", "up o1 down y1 H1 end",
	"intend1 ended1:not_placed done"},
    {"a decision over two seconds old is made again", "up o1 down y1 +2001 up d1y",
	"intend1 decide1 originate1.1 placing1"},
    {"a fresh one is not", "up o1 down y1 +2000 up", "intend1 originate1.1 placing1"},
    {"decided again: no", "up o1 down y1 +5000 up d1n end",
	"intend1 decide1 ended1:not_placed done"},
    {"the exchange is not there: not placed", "up o1 down y1 +30000",
	"intend1 ended1:not_placed"},
    {"not a byte left", SENT1 "w1=no", SENT1_ " ended1:not_placed"},
    {"no link: it waits", SENT1 "w1=later down up", SENT1_ " originate1.1"},
    {"link lost, it lives", SENT1 "q1 c1 r1 down up L1=R a1 R1=4 +6000 h1=16/0U",
	SENT1_ " placed1 ringing1 ask1 answered1 ended1:answered"},
    {"link lost, it is gone: unknown, the line is free", SENT1 "q1 c1 r1 down up G1",
	SENT1_ " placed1 ringing1 ask1 unknown1:unknown"},
    {"link lost while it talked, gone: answered", SENT1 "q1 c1 a1 +3000 down up G1",
	SENT1_ " placed1 answered1 ask1 ended1:answered"},
    {"link lost, nothing seen: a late originate is waited for", SENT1 "down up G1 +9999 +1 G1",
	SENT1_ " ask1 ask1 unknown1:unknown"},
    {"link lost, and it failed: it may have rung meanwhile",
	SENT1 "q1 down up R1=3 G1 +10000 G1",
	SENT1_ " placed1 ask1 ask1 ask1 unknown1:unknown"},
    {"link lost, it failed and its hangup is heard", SENT1 "q1 down up R1=0 h1=17/486D +300",
	SENT1_ " placed1 ask1 ask1 ended1:busy"},
    {"never a second originate without a fence", SENT1 "down up G1 c1 h1=17/486D +300",
	SENT1_ " ask1 placed1 ended1:busy"},
    {"restarted meanwhile", SENT1 "down up=2000 G1", SENT1_ " ask1 unknown1:unknown"},
    {"fence: it is over by the fence", SENT1 "down up G1 F1=1795:391:BUSY:17",
	SENT1_ " ask1 fence1 placed1 ended1:busy"},
    {"fence: unseen, sent again under its id",
	SENT1 "down up G1 F1= d1y q1.2 c1 b1=BUSY R1.2=5 h1=17/486D",
	SENT1_ " ask1 fence1 decide1 originate1.2 placed1 ask1 ended1:busy"},
    {"fence: unseen, but decided no", SENT1 "down up G1 F1= d1n +10000 G1 F1=",
	SENT1_ " ask1 fence1 decide1 ask1 fence1 unknown1:unknown"},
    {"fence: a hangup was asked for while it was decided again",
	SENT1 "down up G1 F1= H1 d1y G1 F1= +10000 G1 F1=",
	SENT1_ " ask1 fence1 decide1 ask1 fence1 ask1 fence1 unknown1:unknown"},
    {"fence: restarted meanwhile, the mark may be lost",
	SENT1 "down up=2000 G1 F1=", SENT1_ " ask1 fence1 unknown1:unknown"},
    {"fence: the first came late, the second is refused",
	SENT1 "down up G1 F1= d1y c1 R1.2=0 L1=R a1 +6000 h1=16/0U +300",
	SENT1_ " ask1 fence1 decide1 originate1.2 placed1 ask1 answered1 ended1:answered"},
    {"fence: the second met the mark of the first",
	SENT1 "down up G1 F1= d1y q1.2 c1 u1=duplicate h1=81/0D F1=1795:391:NOANSWER:19",
	SENT1_ " ask1 fence1 decide1 originate1.2 placed1 fence1 ended1:no_answer"},
    {"fence: taken out of the campaign before the intent",
	"up o1 y1=other down up G1 +10000 G1", SENT1_ " ask1 ask1 unknown1:unknown"},
    {"fence: no resend once stopped", SENT1 "down stop up G1 F1= +10000 G1 F1=",
	SENT1_ " ask1 fence1 ask1 fence1 unknown1:unknown halt:77 done"},
    {"fence: a channel while the fence is asked", SENT1 "down up G1 c1 F1= h1=17/486D +300",
	SENT1_ " ask1 fence1 placed1 ended1:busy"},
    {"fence: it is said to live while the fence is asked",
	SENT1 "down up G1 L1=R F1=1:2:dialing +2000 h1=17/486D +300",
	SENT1_ " ask1 fence1 placed1 ended1:busy"},
    {"fence: still dialing is asked again, then unknown",
	SENT1 "down up G1 F1=1:2:dialing +2000 F1=1:2:dialing",
	SENT1_ " ask1 fence1 placed1 fence1 unknown1:unknown"},
    {"gate: shut at first", "up o1 +100 open y1", SENT1_},
    {"gate: shut again", "up open o1 y1 shut o2 +100 open y2",
	SENT1_ " intend2 originate2.1 placing2"},
    {"gate: patience with it ends", "up o1 +29999 +1 o2", "halt:75 return1 done return2"},
    {"gate: patience begins with the first that waits", "up +30000 o1 +29999 open y1", SENT1_},
    {"gate: it opened in time", "up o1 +29999 open shut y1 +1000", SENT1_},
    {"gate: live calls are followed",
	"up open o1 y1 shut o2 +30000 q1 c1 h1=17/486D b1=BUSY R1=0",
	SENT1_ " halt:75 return2 ask1 placed1 ended1:busy done"},
    {"the gate is nobody's who is not gated", "up shut o1 y1", SENT1_},
    {"slow: one token a second", "up o1 o2 y1 +900 +100 y2",
	"intend1 originate1.1 placing1 intend2 originate2.1 placing2"},
    {"slow: a refused intent gives its token back", "up o1 o2 n1 +1 y2",
	"intend1 refuse1 intend2 originate2.1 placing2"},
    {"two: no third before one is over", "up o1 o2 o3 y1 y2 c1 h1=17/486D b1=BUSY R1=0 y3",
	"intend1 intend2 originate1.1 placing1 originate2.1 placing2 placed1 ended1:busy "
	"intend3 "
	"originate3.1 placing3"},
    {"the store says full: the place is waited for", "up o1 o2 y1 f2 +249 +1 y2",
	"intend1 intend2 originate1.1 placing1 intend2 originate2.1 placing2"},
    {"the store cannot be asked", "up o1 l1 +499 +1 y1",
	"intend1 intend1 originate1.1 placing1"},
    {"refused by policy", "up o1 n1 end", "intend1 refuse1 done"},
    {"the same id twice on one input", "up o1 o1", "intend1 refuse1"},
    {"max: one call, the rest goes back", "up o1 o2 y1 o3 c1 b1=BUSY R1=0 h1=17/486D",
	"intend1 originate1.1 placing1 return2 return3 placed1 ended1:busy done"},
    {"max: a refused one does not count", "up o1 o2 n1 y2",
	"intend1 refuse1 intend2 originate2.1 placing2"},
    {"first signal drains", "up o1 y1 drain o2 c1 b1=BUSY R1=0 h1=17/486D",
	SENT1_ " halt:0 return2 placed1 ended1:busy done"},
    {"an intent that comes behind the drain is not sent", "up o1 drain y1",
	"intend1 halt:0 ended1:not_placed done"},
    {"second signal leaves", SENT1 "q1 drain leave", SENT1_ " placed1 halt:0 leave1 done"},
    {"stop: what waits goes back, what lives goes on", "up o1 y1 stop o2 lift o3",
	SENT1_ " return2 intend3"},
    {"stop with nothing alive ends the dialer", "up o1 n1 stop",
	"intend1 refuse1 halt:77 done"},
    {"a stopped reader stops new calls, not the recording",
	"up full o1 +1000 flows y1 full c1 b1=BUSY R1=0 h1=17/486D",
	SENT1_ " placed1 ended1:busy"},
    {"login refused for good", "o1 final", "halt:69 return1 done"},
    {"never reached", "o1 +29999 +1", "halt:75 return1 done"},
    {"gone for ten minutes: left to the exchange", SENT1 "q1 down +599999 +1",
	SENT1_ " placed1 halt:75 leave1 done"},
    {"three that could not be placed stop it",
	"up o1 y1 R1=0 +300 o2 y2 R2=0 +300 o3 y3 R3=0 +300 o4",
	"intend1 originate1.1 placing1 ended1:not_placed intend2 originate2.1 placing2 "
	"ended2:not_placed intend3 originate3.1 placing3 ended3:not_placed halt:69 done "
	"return4"},
    {"peer: refused now and then, the others are not over yet",
	"up o1 y1 x1=alone o2 y2 q2 o3 y3 x3=alone o4 y4 q4 o5 y5 x5=alone o6 y6",
	"intend1 originate1.1 placing1 ended1:not_placed intend2 originate2.1 placing2 placed2 "
	"intend3 originate3.1 placing3 ended3:not_placed intend4 originate4.1 placing4 placed4 "
	"intend5 originate5.1 placing5 ended5:not_placed intend6 originate6.1 placing6"},
    {"peer: refused three times in a row, while one goes on",
	"up o1 y1 q1 o2 y2 x2=alone o3 y3 x3=alone K1=5 o4 y4 x4=alone o5",
	"intend1 originate1.1 placing1 placed1 intend2 originate2.1 placing2 ended2:not_placed "
	"intend3 originate3.1 placing3 ended3:not_placed intend4 originate4.1 placing4 "
	"ended4:not_placed halt:69 return5"},
    {"could not be placed now and then, the others are not over yet",
	"up o1 y1 R1=0 +300 o2 y2 c2 o3 y3 R3=0 +300 o4 y4 c4 o5 y5 R5=0 +300 o6 y6",
	"intend1 originate1.1 placing1 ended1:not_placed intend2 originate2.1 placing2 placed2 "
	"intend3 originate3.1 placing3 ended3:not_placed intend4 originate4.1 placing4 placed4 "
	"intend5 originate5.1 placing5 ended5:not_placed intend6 originate6.1 placing6"},
    {"peer: it was too late: decided and sent again soon", SENT1 "U1.1 +249 +1",
	SENT1_ " originate1.1"},
    {"peer: too late again and again: not placed in the end",
	SENT1 "U1.1 +2500 d1y U1.1 +20000 d1y U1.1 +7500",
	SENT1_ " decide1 originate1.1 decide1 originate1.1 ended1:not_placed"},
    {"adopted, it lives and ends", "A1=3 up L1=R a1 +6000 h1=16/0U +300 end",
	"ask1 answered1 ended1:answered done"},
    {"adopted, gone without a trace", "A1=1 up G1 +10000 G1 end",
	"ask1 ask1 unknown1:unknown done"},
    {"adopted, answered before, its end was missed", "A1=5 up G1 end",
	"ask1 ended1:answered done"},
    {"adopted: a restart proves nothing, it may have been sent behind it",
	"A1=1 up=3000000 G1 +10000 G1 end", "ask1 ask1 unknown1:unknown done"},
    {"fence: adopted and unseen is sent again", "A1=1 up=1000 G1 F1= d1y q1.1000",
	"ask1 fence1 decide1 originate1.1000 placing1 placed1"},
    {"peer: adopted, it is sent again", "A1=2 up C1 d1y +50000 N1.1000 +2000 C1 d1y",
	"ask1 decide1 originate1.1000 ask1 decide1 originate1.1001"},
    {"peer: adopted, but it may have been forgotten", "A1=2 up +59000 C1 end",
	"ask1 ask1 unknown1:unknown:open done"},
    {"peer: too old when the decision comes", "A1=2 up C1 +59000 d1y C1",
	"ask1 decide1 ask1 unknown1:unknown:open"},
    {"peer: placed while it is decided again", "A1=2 up C1 K1=3 d1y C1", "ask1 decide1 ask1"},
    {"settle: nothing is sent", "A1=1 up G1 +10000 G1 o2 end",
	"ask1 ask1 unknown1:unknown return2 done"},
    {"settle: an exchange that is away: nobody was asked", "A1=3 +29999 +1 end",
	"halt:75 leave1 done"},
    {"settle: no question is answered: left open",
	"A1=3 up +10000 +10000 +10000 +10000 +10000 +10000 end",
	"ask1 ask1 ask1 ask1 ask1 ask1 leave1 done"},
    {"adopted, no question is answered: followed as long as it may last, then left",
	"A1=5 up +10000 +10000 +10000 +10000 +10000 +9000 +1000 end",
	"ask1 ask1 ask1 ask1 ask1 ask1 leave1 done"},
    {"no question is answered, and its end is heard all the same",
	SENT1 "q1 c1 +25000 +5000 +10000 +10000 h1=16/0R +300",
	SENT1_ " placed1 hangup1 ask1 ask1 ask1 ended1:no_answer"},
    {"settle: what lives is left", "A1=3 A2=3 up L1=R G2 +10000 G2 end",
	"ask2 ask1 leave1 ask2 unknown2:unknown done"},
};

/* ---- random walks ------------------------------------------------------------------ */

enum peer { BARE, FENCED, POSTED, IDEMPOTENT, PEERS };
enum { CALLS = 40, MESSAGES = 4096, LATEST_MS = 9000 };

struct message { /* on its way to the dialer, or (to_switch) to the switch */
	int64_t at;
	int n, session, kind; /* enum dial_said */
	int try, cause, tech, reason;
	bool ringing, answered, to_switch, refuse;
	char text[24];
};

struct person {
	bool offered, intended, open, live, up, ringing, mark, closed, not_placed;
	bool hangup;     /* was asked for, of a call */
	bool mute, news; /* posted: no webhook comes; one did */
	int originates, rings, settled, resends;
	int64_t decided; /* mono, of the last yes */
	int64_t ends_at, answers_at, rings_at;
	int cause, tech;
	char end[16];
	struct call stored;
};

struct walk {
	uint64_t dice;
	struct dial *d;
	struct dial_now now;
	struct dial_spec spec;
	struct person p[CALLS];
	struct message *m;
	int messages, session, next_offer, tries;
	bool up, stopped, done, ended;
	int64_t started;
	struct dial_fact waiting[CALLS * 8]; /* not committed yet */
	int waiting_for[CALLS * 8], nwaiting;
	const char *broken;
};

static int
roll(struct walk *w, int sides)
{
	w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
	return (int)((w->dice >> 33) % (unsigned)sides);
}

static void
hold(struct walk *w, bool good, const char *what)
{
	if (!good && w->broken == NULL)
		w->broken = what;
}

static struct message *
post(struct walk *w, int n, int kind, int64_t delay)
{
	struct message *m = &w->m[w->messages];

	if (w->messages == MESSAGES - 1)
		w->broken = "too many messages";
	else
		w->messages++;
	*m = (struct message){
	    .at = w->now.mono + delay, .n = n, .kind = kind, .session = w->session};
	return m;
}

/* Records leave behind this, so only now do they bind. */
static void
commit(struct walk *w)
{
	for (int i = 0; i < w->nwaiting; i++) {
		struct person *p = &w->p[w->waiting_for[i]];

		call_join(&p->stored, &w->waiting[i].event);
		p->closed |= w->waiting[i].event.line_closed;
		p->not_placed |= w->waiting[i].event.disposition == DISP_NOT_PLACED;
		p->open = p->stored.line_open;
	}
	w->nwaiting = 0;
}

static void walk_feed(struct walk *, struct dial_input *);

static void
do_intend(struct walk *w, int n)
{
	struct dial_input in = {
	    .kind = DIAL_INTENT, .id = id_of(n), .fenced = w->spec.fenced, .words = "no"};
	int face = roll(w, 10);

	in.answer = face < 7 ? ANSWER_YES
	    : face == 7      ? ANSWER_NO
	    : face == 8      ? ANSWER_FULL
			     : ANSWER_LATER;
	if (in.answer == ANSWER_YES) {
		struct call_event e = {.rank = RANK_INTENT, .at = w->now.wall, .cause = -1};

		int64_t asked = w->now.mono;

		hold(w, !w->p[n].intended, "a second intent");
		w->p[n].intended = w->p[n].open = true;
		w->p[n].stored.id = id_of(n);
		if (!w->spec.posted)
			call_watch(&w->p[n].stored);
		call_join(&w->p[n].stored, &e);
		w->p[n].decided = asked;
		if (roll(w, 8) == 0) /* a slow store */
			w->now.mono += roll(w, 4000);
	}
	walk_feed(w, &in);
}

static void
do_originate(struct walk *w, const struct dial_effect *e)
{
	int n = n_of(&e->id);
	struct person *p = &w->p[n];
	struct message *m;

	hold(w, p->intended, "originate without an intent");
	hold(w, w->now.mono - p->decided <= DIAL_FRESH_MS, "originate on an old decision");
	hold(w, e->decided <= p->decided, "it was not decided then");
	hold(w, e->fenced == w->spec.fenced, "the fence is another");
	hold(w, !w->stopped, "originate while stopped");
	hold(w, !p->hangup, "originate, though a hangup was asked for");
	hold(w, w->spec.fenced || w->spec.resend_ms != 0 || p->originates == 0,
	    "a second originate without a fence");
	hold(w,
	    !w->spec.posted || p->originates == 0 ||
		w->now.wall - p->stored.at[RANK_INTENT] < w->spec.resend_ms,
	    "a second originate to a peer that may have forgotten the first");
	hold(w, !w->spec.posted || p->stored.at[RANK_PLACED] == 0 || p->news,
	    "sent again, though it is known to be placed");
	if (w->spec.posted && roll(w, 12) == 0) {
		post(w, n, SAID_UNSENT, roll(w, 2000))->try = e->try;
		return;
	}
	if (!w->up) {
		struct dial_input in = {
		    .kind = DIAL_UNSENT, .id = e->id, .answer = ANSWER_LATER};

		walk_feed(w, &in);
		return;
	}
	p->originates++;
	m = post(w, n, 0, roll(w, 4) == 0 ? roll(w, LATEST_MS) : roll(w, 50));
	m->to_switch = true;
	m->try = e->try;
	m->refuse = roll(w, 40) == 0;
}

static void
settle_one(struct walk *w, const struct dial_effect *e)
{
	struct person *p = &w->p[n_of(&e->id)];

	if (e->fact.event.line_closed)
		hold(w, !p->live, "a line was closed while it lives");
	if (e->fact.event.disposition == DISP_NOT_PLACED)
		hold(w, p->rings == 0, "not placed, but it rang");
	p->settled++;
}

static void
act(struct walk *w, const struct dial_effect *e)
{
	int n = n_of(&e->id);
	struct person *p = &w->p[n];

	hold(w, !w->done || e->what == DO_RETURN, "something behind done");
	switch (e->what) {
	case DO_INTEND: do_intend(w, n); break;
	case DO_DECIDE: {
		struct dial_input in = {.kind = DIAL_DECIDED, .id = e->id, .words = "no"};

		in.answer = roll(w, 4) == 0 || w->stopped || p->stored.rank == RANK_ENDED
		    ? ANSWER_NO
		    : ANSWER_YES;
		p->decided = w->now.mono;
		walk_feed(w, &in);
		break;
	}
	case DO_ORIGINATE: do_originate(w, e); break;
	case DO_HANGUP:
		if (p->live)
			p->ends_at = w->now.mono;
		break;
	case DO_ASK: {
		struct dial_voice cannot = {.said = SAID_CANNOT, .text = ""};
		struct dial_input in = {.kind = DIAL_VOICE, .id = e->id, .voice = &cannot};

		if (w->spec.posted) {
			walk_feed(w, &in);
			break;
		}
		struct message *m = post(w, n, p->live ? SAID_LIVE : SAID_GONE, roll(w, 30));

		m->answered = p->up;
		m->ringing = p->ringing;
		break;
	}
	case DO_FENCE:
		if (p->mark && !p->live)
			snprintf(post(w, n, SAID_FENCE, roll(w, 30))->text, 24, "1:2:%s:%d",
			    p->end, p->cause);
		else
			copy_text(post(w, n, SAID_FENCE, roll(w, 30))->text, 24,
			    p->mark ? "1:2:dialing" : "");
		break;
	case DO_FACT:
		hold(w, p->intended, "a fact without an intent");
		w->waiting[w->nwaiting] = e->fact;
		w->waiting_for[w->nwaiting++] = n;
		if (w->nwaiting > CALLS * 7)
			commit(w);
		if (e->over)
			settle_one(w, e);
		break;
	case DO_REFUSE:
	case DO_RETURN:
		hold(w, !p->intended, "given back behind its intent");
		p->settled++;
		break;
	case DO_TELL:
		hold(w, p->stored.rank == RANK_ENDED, "told, and not over");
		p->settled++;
		break;
	case DO_LEAVE: p->settled++; break;
	case DO_HALT: w->ended = true; break;
	case DO_DONE: w->done = true; break;
	}
}

static void
walk_feed(struct walk *w, struct dial_input *in)
{
	struct dial_effects e = {0};

	in->spec = &w->spec;
	in->started_at = w->started;
	dial_step(w->d, in, &w->now, &e);
	for (size_t i = 0; i < e.n; i++)
		act(w, &e.v[i]);
	dial_effects_release(&e);
}

static void
kind_feed(struct walk *w, enum dial_input_kind kind, enum dial_answer answer)
{
	struct dial_input in = {.kind = kind, .answer = answer, .words = "why"};

	walk_feed(w, &in);
}

/* A phone rings, for the first time or for the last. */
static void
rings(struct walk *w, int n)
{
	struct person *p = &w->p[n];

	hold(w, !p->closed, "a closed line rang");
	hold(w, !p->not_placed, "it rang after not placed");
	p->mark = p->live = true;
	p->rings++;
	hold(w, p->rings <= 1, "rang twice");
	p->ringing = p->up = false;
	p->rings_at = w->now.mono + roll(w, 1000);
	p->answers_at = roll(w, 2) ? p->rings_at + roll(w, 20000) : INT64_MAX;
	p->ends_at = p->answers_at != INT64_MAX ? p->answers_at + 1500 + roll(w, 90000)
						: w->now.mono + roll(w, 20000);
	p->cause = roll(w, 3) == 0 ? 17 : 34;
	p->tech = p->cause == 17 ? 486 : 503;
	copy_text(p->end, sizeof(p->end), p->cause == 17 ? "BUSY" : "CONGESTION");
}

/* A peer takes a request: it may ring and not say so, or say so and ring nobody again. */
static bool
arrives_at_peer(struct walk *w, const struct message *m)
{
	struct person *p = &w->p[m->n];
	bool known = w->spec.resend_ms != 0 && p->mark, early = !known && roll(w, 10) == 0;
	bool lost = early || roll(w, 6) == 0;

	post(w, m->n, lost ? SAID_UNCLEAR : SAID_QUEUED, roll(w, 4) ? roll(w, 50) : 9000)->try =
	    m->try;
	p->mute = roll(w, 8) == 0;
	return !known && !early;
}

/* What a webhook says is in the journal at once; the dialer reads it later. */
static void
webhook(struct walk *w, int n, enum call_rank rank)
{
	struct person *p = &w->p[n];
	struct call_event e = {.rank = rank,
	    .at = w->now.wall,
	    .source = FROM_WEBHOOK,
	    .key = (uint64_t)n,
	    .disposition = rank == RANK_ENDED ? p->up ? DISP_ANSWERED : DISP_BUSY : DISP_NONE,
	    .cause = -1,
	    .talk_ms = -1,
	    .ring_ms = -1};

	if (p->mute)
		return;
	call_join(&p->stored, &e);
	p->open = p->stored.line_open;
	p->news = w->spec.posted;
}

/* The switch takes an originate. */
static void
arrives(struct walk *w, const struct message *m)
{
	struct person *p = &w->p[m->n];

	if (m->refuse) {
		post(w, m->n, SAID_REFUSED, roll(w, 20))->try = m->try;
		return;
	}
	if (w->spec.posted) {
		if (arrives_at_peer(w, m))
			rings(w, m->n);
		return;
	}
	post(w, m->n, SAID_QUEUED, roll(w, 20))->try = m->try;
	if (p->live || roll(w, 30) == 0) { /* a duplicate, or no such endpoint */
		post(w, m->n, SAID_RESPONSE, roll(w, 60))->try = m->try;
		return;
	}
	post(w, m->n, SAID_CHANNEL, roll(w, 60));
	if (w->spec.fenced && p->mark) {
		copy_text(post(w, m->n, SAID_USER, roll(w, 60))->text, 24, "duplicate");
		post(w, m->n, SAID_HANGUP, 60 + roll(w, 60))->cause = DIAL_CAUSE_FENCE;
		post(w, m->n, SAID_RESPONSE, roll(w, 120))->try = m->try;
		return;
	}
	rings(w, m->n);
}

static void
say(struct walk *w, int n, int said)
{
	if (!w->spec.posted)
		post(w, n, said, roll(w, 60));
	else
		webhook(w, n, said == SAID_RINGING ? RANK_RINGING : RANK_ANSWERED);
}

static void
lives_on(struct walk *w, int n)
{
	struct person *p = &w->p[n];
	struct message *m;

	if (!p->live)
		return;
	if (!p->ringing && !p->up && w->now.mono >= p->rings_at) {
		p->ringing = true;
		say(w, n, SAID_RINGING);
	}
	if (!p->up && w->now.mono >= p->answers_at) {
		p->up = true;
		p->ringing = false;
		p->cause = 16;
		p->tech = 0;
		copy_text(p->end, sizeof(p->end), "ANSWER");
		say(w, n, SAID_ANSWERED);
	}
	if (w->now.mono < p->ends_at)
		return;
	p->live = false;
	if (w->spec.posted) {
		webhook(w, n, RANK_ENDED);
		return;
	}
	copy_text(post(w, n, SAID_DIAL_END, roll(w, 120))->text, 24, p->end);
	m = post(w, n, SAID_HANGUP, 60 + roll(w, 60));
	m->cause = p->cause;
	m->tech = p->tech;
	m->ringing = p->ringing;
	m->answered = p->up;
	p->up = p->ringing = false;
}

static void
deliver(struct walk *w)
{
	for (int i = 0; i < w->messages; i++) {
		struct message m = w->m[i];
		struct dial_voice v = {.said = (enum dial_said)m.kind,
		    .try = m.try,
		    .at = w->now.wall,
		    .cause = m.cause,
		    .tech_cause = m.tech,
		    .reason = m.reason,
		    .ringing = m.ringing,
		    .answered = m.answered,
		    .text = m.text};
		struct dial_input in = {.kind = DIAL_VOICE, .id = id_of(m.n), .voice = &v};

		if (m.at > w->now.mono)
			continue;
		w->m[i--] = w->m[--w->messages];
		if (m.to_switch)
			arrives(w, &m);
		else if (w->up && m.session == w->session)
			walk_feed(w, &in);
	}
	for (int n = 0; n < CALLS; n++) {
		struct dial_input in = {
		    .kind = DIAL_KNOWN, .id = id_of(n), .call = &w->p[n].stored};

		lives_on(w, n);
		if (!w->p[n].news || roll(w, 3) == 0)
			continue;
		w->p[n].news = false;
		walk_feed(w, &in);
	}
}

static void
set_link(struct walk *w, bool up)
{
	if (w->up == up)
		return;
	w->up = up;
	w->session += up;
	kind_feed(w, up ? DIAL_UP : DIAL_DOWN, ANSWER_YES);
}

/* The switch dies with its channels and everything on its way; its marks stay. */
static void
restart(struct walk *w)
{
	set_link(w, false);
	for (int i = 0; i < w->messages; i++)
		if (w->m[i].to_switch)
			w->m[i--] = w->m[--w->messages];
	for (int n = 0; n < CALLS; n++)
		w->p[n].live = w->p[n].up = w->p[n].ringing = false;
	w->started = w->now.wall;
}

static void
begin(struct walk *w)
{
	struct dial_options opt = {0};

	w->d = dial_new(&opt, &w->now);
	w->done = w->ended = w->stopped = w->up = false;
	w->tries += 100;
	for (int n = 0; n < CALLS; n++) {
		struct dial_input in = {.kind = DIAL_ADOPT,
		    .id = id_of(n),
		    .call = &w->p[n].stored,
		    .try = w->tries};

		if (w->p[n].open)
			walk_feed(w, &in);
	}
}

/* kill -9: what was not committed is lost, and so are offers that were not intended. */
static void
kill_dialer(struct walk *w)
{
	if (roll(w, 2))
		commit(w);
	w->nwaiting = 0;
	dial_free(w->d);
	for (int n = 0; n < CALLS; n++) {
		w->p[n].hangup =
		    false; /* the next one reads it in the store, which is not here */
		w->p[n].settled = w->p[n].intended && w->p[n].open ? 0 : w->p[n].settled;
		if (!w->p[n].intended && w->p[n].offered)
			w->p[n].settled = 1;
		if (w->spec.posted && w->p[n].intended && !w->p[n].open)
			w->p[n].settled = 1; /* a webhook closed it */
	}
	begin(w);
}

static void
misfortune(struct walk *w)
{
	int face = roll(w, 200);

	if (face < 6)
		set_link(w, false);
	else if (face < 30)
		set_link(w, true);
	else if (face == 30)
		restart(w);
	else if (face == 31)
		kill_dialer(w);
	else if (face == 32 && !w->stopped) {
		w->stopped = true;
		kind_feed(w, DIAL_STOP, ANSWER_YES);
	} else if (face < 40 && w->stopped) {
		w->stopped = false;
		kind_feed(w, DIAL_LIFTED, ANSWER_YES);
	} else if (face == 40)
		kind_feed(w, DIAL_FULL, ANSWER_YES);
	else if (face < 50)
		kind_feed(w, DIAL_FLOWS, ANSWER_YES);
	else if (face < 60)
		commit(w);
	else if (face == 61) {
		int n = roll(w, CALLS);
		struct dial_input in = {.kind = DIAL_HANGUP, .id = id_of(n)};

		w->p[n].hangup = w->p[n].intended;
		walk_feed(w, &in);
	} else if (face == 62 && !w->spec.posted) { /* true or not, from outside */
		int n = roll(w, CALLS);

		if (w->p[n].intended)
			webhook(w, n, RANK_ENDED);
	} else if (face < 90 && w->next_offer < CALLS && dial_hungry(w->d)) {
		struct dial_input in = {.kind = DIAL_OFFER, .id = id_of(w->next_offer)};

		w->p[w->next_offer++].offered = true;
		walk_feed(w, &in);
	}
}

static void
pass_time(struct walk *w, int64_t ms)
{
	struct dial_input in = {.kind = DIAL_TICK};

	w->now.mono += ms;
	w->now.wall += ms;
	deliver(w);
	walk_feed(w, &in);
	for (int n = 0; n < CALLS; n++)
		hold(w, !w->p[n].live || w->p[n].open, "it lives, and another may be called");
}

/* No faults from here on: everything ends. */
static void
calm(struct walk *w)
{
	w->stopped = false;
	kind_feed(w, DIAL_LIFTED, ANSWER_YES);
	kind_feed(w, DIAL_FLOWS, ANSWER_YES);
	set_link(w, true);
	kind_feed(w, DIAL_END, ANSWER_YES);
	for (int i = 0; i < 20000 && !w->done; i++)
		pass_time(w, 100);
	hold(w, w->done, "it does not end");
	commit(w);
	for (int n = 0; n < CALLS; n++) {
		struct person *p = &w->p[n];

		hold(w, !p->offered || p->settled == 1, "not settled exactly once");
		hold(w, !p->live || p->open, "lives, and the store does not know");
	}
}

static const char *
one_walk(uint64_t seed, enum peer peer)
{
	struct walk *w = xcalloc(1, sizeof(*w));
	const char *broken;

	w->dice = seed * PEERS + peer;
	w->m = xcalloc(MESSAGES, sizeof(*w->m));
	w->now = (struct dial_now){1000000, 1700000000000};
	w->started = 1600000000000;
	w->spec = (struct dial_spec){.campaign = 1,
	    .rate_milli = roll(w, 2) ? 5000 : 0,
	    .concurrent = 1 + roll(w, 12),
	    .ring_ms = 20000,
	    .max_ms = 60000,
	    .short_ms = 3000,
	    .fenced = peer == FENCED,
	    .posted = peer >= POSTED,
	    .resend_ms = peer == IDEMPOTENT ? roll(w, 2) ? 3600000 : 20000 : 0,
	    .answer_ms = peer >= POSTED ? 12000 : 0};
	for (int n = 0; n < CALLS; n++)
		w->p[n].stored.cause = w->p[n].stored.talk_ms = w->p[n].stored.ring_ms = -1;
	begin(w);
	set_link(w, true);
	for (int i = 0; i < 600 && w->broken == NULL; i++) {
		misfortune(w);
		pass_time(w, roll(w, 4) ? roll(w, 60) : roll(w, 4000));
	}
	if (w->broken == NULL)
		calm(w);
	broken = w->broken;
	dial_free(w->d);
	free(w->m);
	free(w);
	return broken;
}

static void
walks(enum peer peer, int count)
{
	static const char *const names[PEERS] = {"without a fence", "with a fence",
	    "of a peer told by HTTP", "of an idempotent one"};
	const char *broken = NULL;
	int seed = 0;

	while (seed < count && (broken = one_walk((uint64_t)seed, peer)) == NULL)
		seed++;
	ok(broken == NULL, "%d random walks %s", count, names[peer]);
	if (broken != NULL)
		printf("# seed %d: %s\n", seed, broken);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(scripts); i++)
		script(scripts[i].name, scripts[i].words, scripts[i].want);
	for (enum peer peer = BARE; peer < PEERS; peer++)
		walks(peer, 2000);
	return done_testing();
}
