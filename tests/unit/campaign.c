/*
 * campaign: what a file becomes, every refusal in its words and place, the
 * defaults, the way back to JSON, differences, dial strings.
 */
#include <stdlib.h>

#include "campaign.h"
#include "mem.h"
#include "tap.h"
#include "zone.h"

/* A campaign with nothing but what must be there; a case puts its own lines behind or in place. */
static const char *const least[] = {"name: s", "template: Hi {{name}}", "exchange: sim",
    "dial_string: PJSIP/{phone}@trunk", "caller_id: School <+15555550100>", "ring_timeout: 30s",
    "max_duration: 5m", "days: mon-sat", "hours: 09:00-20:00"};

/* Whether one of the lines starts with these bytes. */
static bool
has_key(const char *lines, const char *key, size_t n)
{
	while (strncmp(lines, key, n) != 0) {
		if ((lines = strchr(lines, '\n')) == NULL)
			return false;
		lines++;
	}
	return true;
}

/* The least campaign with lines in place of those whose key is the same, as YAML. */
static void
write_campaign(struct buf *out, const char *lines)
{
	size_t i, n;

	buf_reset(out);
	for (i = 0; i < COUNT(least); i++) {
		n = strcspn(least[i], ":") + 1;
		if (!has_key(lines, least[i], n))
			buf_printf(out, "%s\n", least[i]);
	}
	buf_adds(out, lines);
	buf_addc(out, '\n');
}

static int
compile(struct plan *p, const char *lines, struct buf *all, struct fault *f)
{
	struct buf text = {0};
	struct yaml y;
	int rc;

	f->text[0] = '\0';
	write_campaign(&text, lines);
	*p = (struct plan){0};
	rc = yaml_parse(&y, "c", text.p, text.len, f);
	if (rc == 0)
		rc = plan_compile(p, y.root, &y, all, f);
	yaml_release(&y);
	buf_release(&text);
	return rc;
}

static const struct {
	const char *lines, *want;
} wrong[] = {
    {"nmae: x", "c:10:1: nmae: is not a known key (did you mean name?)"},
    {"opt_out: 9", "c:10:1: opt_out: is a number, not a mapping (key: value)"},
    {"opt_out: {kye: 9}", "c:10:11: opt_out.kye: is not a known key (did you mean key?)"},
    {"opt_out: {key: \"10\"}",
	"c:10:11: opt_out.key: is no key of a telephone (0 to 9, * or #), nor none"},
    {"opt_out: {key: 10}", "c:10:11: opt_out.key: is no key of a telephone"},
    {"opt_out: {words: off}", "c:10:11: opt_out.words: is a text where true or false belongs"},
    {"consent: verbal",
	"c:10:1: consent: \"verbal\" is none of informational, express, express_written, none"},
    {"allow_numbers: [mobile]",
	"c:10:1: allow_numbers: \"mobile\" is none of toll_free, premium, shared_cost, personal, pager"},
    {"voicemail: x", "c:10:1: voicemail: is not a known key"},
    {"name: S", "c:9:1: name: \"S\" is no name: lower-case letters, digits, - and _"},
    {"name: 7", "c:9:1: name: is a number where a text belongs (put it in quotes)"},
    {"name:", "c:9:1: name: has no value"},
    {"description: \"a\\u0007b\"", "c:10:1: description: holds a control character"},
    {"description: \"two\\nlines\"", "c:10:1: description: holds a control character"},
    {"base_prompt: ''", "c:10:1: base_prompt: is empty"},
    {"base_prompt: [a]",
	"c:10:1: base_prompt: is a list where a text belongs (put it in quotes)"},
    {"template: '{{#a}}'", "c:9:1: template: in its line "},
    {"exchange: my pbx",
	"c:9:1: exchange: \"my pbx\" is no name: lower-case letters, digits, - and _"},
    {"dial_string: '{phone}'",
	"c:9:1: dial_string: does not begin with a technology, as PJSIP/{phone}@trunk does"},
    {"dial_string: PJSIP/1000@trunk",
	"c:9:1: dial_string: dials nobody: {phone} or {number} is missing"},
    {"dial_string: PJSIP/{name}@trunk",
	"c:9:1: dial_string: knows {phone}, {number} and {id} alone"},
    {"dial_string: PJSIP/{phone@trunk",
	"c:9:1: dial_string: knows {phone}, {number} and {id} alone"},
    {"dial_string: PJSIP/{phone} @trunk",
	"c:9:1: dial_string: may hold letters, digits and _ . + @ / ; : - beside {phone} "
	"{number} {id}"},
    {"dial_string: \"PJSIP/{phone}\\r\\nAction: x\"",
	"c:9:1: dial_string: may hold letters, digits and _ . + @ / ; : - beside {phone} "
	"{number} {id}"},
    {"dial_string: PJSIP/{phone}}@trunk",
	"c:9:1: dial_string: may hold letters, digits and _ . + @ / ; : - beside {phone} "
	"{number} {id}"},
    {"dial_string: Local/{number}@outreach-once/n",
	"c:9:1: dial_string: through outreach-once needs {id}: "
	"Local/{number}-{id}@outreach-once/n"},
    {"dialplan_context: a,b",
	"c:10:1: dialplan_context: \"a,b\" is no word of a dialplan (letters, digits, _ . -)"},
    {"caller_id: 15555550100",
	"c:9:1: caller_id: is a number where a text belongs (put it in quotes)"},
    {"caller_id: School",
	"c:9:1: caller_id: \"School\" is neither a number nor Name <+number>"},
    {"caller_id: School <School>",
	"c:9:1: caller_id: \"School <School>\" is neither a number nor Name <+number>"},
    {"caller_id: <+15555550100>",
	"c:9:1: caller_id: \"<+15555550100>\" is neither a number nor Name <+number>"},
    {"caller_id: S <+15555550100> x",
	"c:9:1: caller_id: \"S <+15555550100> x\" is neither a number nor Name <+number>"},
    {"caller_id: 'a>b <+15555550100>'",
	"c:9:1: caller_id: \"a>b <+15555550100>\" is neither a number nor Name <+number>"},
    {"caller_id: '\"School\" <+15555550100>'",
	"c:9:1: caller_id: holds a quote, a backslash or a control character"},
    {"caller_id: \"S\\r\\nAction: x <+15555550100>\"",
	"c:9:1: caller_id: holds a quote, a backslash or a control character"},
    {"ring_timeout: 30", "c:9:1: ring_timeout: 30 needs a unit: 30s, 30m, 30h or 30d"},
    {"ring_timeout: 4s", "c:9:1: ring_timeout: 4s is not from 5s to 2m"},
    {"ring_timeout: 121s", "c:9:1: ring_timeout: 121s is not from 5s to 2m"},
    {"ring_timeout: soon",
	"c:9:1: ring_timeout: \"soon\" is not a duration such as 90s, 15m, 4h or 2d"},
    {"max_duration: 5h", "c:9:1: max_duration: 5h is not from 10s to 4h"},
    {"pace: fast", "c:10:1: pace: \"fast\" is none of bulk, progressive, scheduled"},
    {"delivery: none", "c:10:1: delivery: \"none\" is none of api, dynamic, file"},
    {"sts_url: http://sts",
	"c:10:1: sts_url: \"http://sts\" is no address such as ws://avr-sts-openai:6030"},
    {"sts_url: \"ws://sts\\\"},\"",
	"c:10:1: sts_url: \"ws://sts\"},\" is no address such as ws://avr-sts-openai:6030"},
    {"concurrent: 0", "c:10:1: concurrent: 0 is not from 1 to 1000"},
    {"concurrent: many", "c:10:1: concurrent: is a text where a whole number belongs"},
    {"calls_per_second: 0", "c:10:1: calls_per_second: is not a number from 0.01 to 200"},
    {"calls_per_second: 0.0001", "c:10:1: calls_per_second: is not a number from 0.01 to 200"},
    {"calls_per_second: 1e3", "c:10:1: calls_per_second: is not a number from 0.01 to 200"},
    {"calls_per_second: 9223372036854775807",
	"c:10:1: calls_per_second: is not a number from 0.01 to 200"},
    {"from: 2026-02-30", "c:10:1: from: \"2026-02-30\" is no date such as 2026-03-02"},
    {"from: 1.3.2026", "c:10:1: from: \"1.3.2026\" is no date such as 2026-03-02"},
    {"until: tomorrow", "c:10:1: until: \"tomorrow\" is no date such as 2026-03-02"},
    {"from: 2026-03-02\nuntil: 2026-03-01", "c:11:1: until: is before from"},
    {"days: []", "c:9:1: days: is an empty list"},
    {"days: [mon, funday]",
	"c:9:1: days: \"funday\" is no day or range such as mon or mon-sat"},
    {"days: mon-", "c:9:1: days: \"mon-\" is no day or range such as mon or mon-sat"},
    {"days: [1]", "c:9:1: days: \"\" is no day or range such as mon or mon-sat"},
    {"days: 5", "c:9:1: days: is a number where a list belongs"},
    {"hours: 25:00-26:00",
	"c:9:1: hours: \"25:00-26:00\" is no range such as 09:00-20:00 (up to 24:00)"},
    {"hours: 09:60-10:00",
	"c:9:1: hours: \"09:60-10:00\" is no range such as 09:00-20:00 (up to 24:00)"},
    {"hours: 9-20", "c:9:1: hours: \"9-20\" is no range such as 09:00-20:00 (up to 24:00)"},
    {"hours: 24:00-02:00",
	"c:9:1: hours: \"24:00-02:00\" is no range such as 09:00-20:00 (up to 24:00)"},
    {"hours: 09:00-09:00", "c:9:1: hours: 09:00-09:00 is empty"},
    {"hours: [09:00-12:00, 11:00-14:00]", "c:9:1: hours: 11:00-14:00 overlaps another range"},
    {"hours: [22:00-02:00, 01:00-03:00]", "c:9:1: hours: 01:00-03:00 overlaps another range"},
    {"hours: []", "c:9:1: hours: is an empty list"},
    {"hours: [9]", "c:9:1: hours: holds what is no range such as 09:00-20:00"},
    {"assume_timezone: ../../etc/passwd",
	"c:10:1: assume_timezone: \"../../etc/passwd\" is no name such as Asia/Kolkata"},
    {"assume_timezone: Asia/Kol kata",
	"c:10:1: assume_timezone: \"Asia/Kol kata\" is no name such as Asia/Kolkata"},
    {"min_gap: -1h", "c:10:1: min_gap: \"-1h\" is not a duration such as 90s, 15m, 4h or 2d"},
    {"max_attempts: 0", "c:10:1: max_attempts: 0 is not from 1 to 50"},
    {"retry: [busy]", "c:10:1: retry: is a list, not a mapping (key: value)"},
    {"retry:\n  buzy: {max: 1}", "c:11:3: retry.buzy: is not a known key (did you mean busy?)"},
    {"retry:\n  unknown: {max: 1}", "c:11:3: retry.unknown: is never called again"},
    {"retry:\n  unwanted: {max: 1}", "c:11:3: retry.unwanted: is never called again"},
    {"retry:\n  busy: 3", "c:11:3: retry.busy: is a number, not a mapping (key: value)"},
    {"retry:\n  busy: {max: 3, delays: []}", "c:11:18: retry.busy.delays: is an empty list"},
    {"retry:\n  busy: {delays: [15]}",
	"c:11:10: retry.busy.delays: 15 needs a unit: 15s, 15m, 15h or 15d"},
    {"retry:\n  busy: {delays: [1h, {}]}",
	"c:11:10: retry.busy.delays: is a mapping where a duration belongs, such as 90s"},
    {"retry:\n  busy: {delays: 100d}",
	"c:11:10: retry.busy.delays: 100d is not from 1s to 90d"},
    {"retry:\n  busy: {delay: 1h}",
	"c:11:10: retry.busy.delay: is not a known key (did you mean delays?)"},
    {"retry:\n  blocked: {max: 1}",
	"c:11:12: retry.blocked.delays: is missing and has no default (such as delays: [15m, "
	"1h])"},
    {"priority: 1.5", "c:10:1: priority: is a text where a whole number belongs"},
    {"claim_hold: 10s", "c:10:1: claim_hold: 10s is not from 1m to 1d"},
    {"voice: 'a b'",
	"c:10:1: voice: \"a b\" is no word of letters, digits and _ . : / - (at most 79)"},
    {"voice: 'a,B=c'", "c:10:1: voice: \"a,B=c\" is no word"},
    {"languages: [hi]", "c:10:1: languages: is a list, not a mapping (key: value)"},
    {"languages: {}", "c:10:1: languages: holds no language"},
    {"languages:\n  h!: {}",
	"c:11:3: languages.h!: language \"h!\" is not a language tag (BCP 47, such as hi or pt-BR)"},
    {"languages:\n  hindi: {voice: a}",
	"c:11:3: languages.hindi: language \"hindi\" is not a language tag; it is hi"},
    {"languages:\n  hi: {voice: a}\n  HI: {voice: b}",
	"c:12:3: languages.HI: is there twice (case does not count)"},
    {"languages:\n  hi: {voise: a}",
	"c:11:8: languages.hi.voise: is not a known key (did you mean voice?)"},
    {"languages:\n  hi: {template: '{{#a}}'}", "c:11:8: languages.hi.template: in its line "},
    {"languages:\n  hi: x", "c:11:3: languages.hi: is a text, not a mapping (key: value)"},
    {"siblings: together", "c:10:1: siblings: \"together\" is none of apart, merge"},
    {"languages_only: yes please", "c:10:1: languages_only: is a text where true or false"},
    {"languages_only: true", "c:10:1: languages_only: needs languages, or nobody is called"},
    {"context: gpt", "c:10:1: context: is a text, not a mapping (key: value)"},
    {"context: {}",
	"c:10:10: context.model: is missing and has no default (such as model: gpt-4o-mini)"},
    {"context: {review: maybe}",
	"c:10:11: context.review: \"maybe\" is neither required nor none"},
    {"context: {review: required, notes: a}",
	"c:10:10: context.model: is missing and has no default (such as model: gpt-4o-mini)"},
    {"siblings: merge\ncontext: {review: required}",
	"c:11:11: context.review: cannot be required where one call is for several people "
	"(siblings: merge)"},
    {"context: {modell: m}",
	"c:10:11: context.modell: is not a known key (did you mean model?)"},
    {"context: {model: m, temperature: 2.5}",
	"c:10:21: context.temperature: is not a number from 0 to 2"},
    {"context: {model: m, user: '{{#a}}'}",
	"c:10:21: context.user: in its line 1:1: the section is not closed"},
    {"context: {model: m, parameters: {stream: true}}",
	"c:10:34: context.parameters.stream: is set by the campaign's own keys"},
    {"context: {model: m, fallback: maybe}",
	"c:10:21: context.fallback: \"maybe\" is neither template nor none"},
    {"context: {model: m, price: {currency: usd, input: 1, output: 2}}",
	"c:10:29: context.price.currency: \"usd\" is no code such as USD (ISO 4217)"},
    {"context: {model: m, price: {currency: USD, input: 1}}",
	"c:10:28: context.price.output: is missing and has no default (such as output: 0.60)"},
    {"context: {model: m, budget: {money: 5}}",
	"c:10:30: context.budget.money: cannot be counted without context.price"},
    {"context: {model: m, checks: {min_length: 50, max_length: 20}}",
	"c:10:46: context.checks.max_length: is less than min_length"},
    {"context: {model: m, checks: {banned: [a, 1]}}",
	"c:10:30: context.checks.banned: holds what is no text of one line"},
};

static void
refusals(void)
{
	struct plan p;
	struct fault f;
	size_t i;

	for (i = 0; i < COUNT(wrong); i++) {
		int rc = compile(&p, wrong[i].lines, NULL, &f);
		int good = rc < 0 && f.code == CONFIG &&
		    strncmp(f.text, wrong[i].want, strlen(wrong[i].want)) == 0;

		ok(good, "%s", wrong[i].want);
		if (!good) {
			tap_show("lines", wrong[i].lines, strlen(wrong[i].lines));
			tap_show("got", f.text, strlen(f.text));
		}
		plan_release(&p);
	}
}

/* Each required key, taken away. */
static void
required(void)
{
	struct buf text = {0};
	struct plan p;
	struct fault f;
	struct yaml y;
	char want[64];
	size_t i, j;

	for (i = 0; i < COUNT(least); i++) {
		int rc;

		buf_reset(&text);
		for (j = 0; j < COUNT(least); j++)
			if (j != i)
				buf_printf(&text, "%s\n", least[j]);
		rc = yaml_parse(&y, "c", text.p, text.len, &f);
		rc = rc == 0 ? plan_compile(&p, y.root, &y, NULL, &f) : rc;
		/* Whether this one must be there is the exchange's to say. */
		if (rc == 0 && plan_need_dial_string(y.root, &y, true, &f) == 0)
			rc = plan_need_dial_string(y.root, &y, false, &f);
		snprintf(want, sizeof(want), "c:1:1: %.*s: is missing and has no default",
		    (int)strcspn(least[i], ":"), least[i]);
		ok(rc < 0 && strncmp(f.text, want, strlen(want)) == 0, "%s", want);
		plan_release(&p);
		yaml_release(&y);
	}
	buf_release(&text);
}

static void
defaults(void)
{
	struct plan p;
	struct fault f;

	is_int(compile(&p, "", NULL, &f), 0, "the least campaign");
	is_str(f.text, "", "without a fault");
	is_int(p.days, 0x7e, "Monday to Saturday");
	ok(p.windows == 1 && p.window[0].from == 540 && p.window[0].to == 1200, "09:00-20:00");
	is_int(p.ring_ms, 30000, "ring time-out in ms");
	is_int(p.max_ms, 300000, "maximum duration in ms");
	is_int(p.min_gap_ms, 4 * 3600000, "a gap of four hours");
	is_int(p.claim_ms, 3600000, "claims hold an hour");
	ok(p.pace == PACE_PROGRESSIVE && p.concurrent == 5 && p.rate_milli == 1000, "the pace");
	ok(!p.fenced && p.assume_timezone == NULL && p.from_day == 0,
	    "no fence, no zone, no dates");
	is_int(p.retry[DISP_BUSY].max, 3, "busy: three more");
	is_int(p.retry[DISP_BUSY].delay[0], 900000, "the first after 15 minutes");
	is_int(p.retry[DISP_UNKNOWN].max, 0, "unknown: never");
	plan_release(&p);
	is_int(compile(&p,
		   "retry:\n  busy: {max: 5, delays: [1m, 2h]}\n  declined: {max: 0}\n  "
		   "no_answer: {delays: 3h}",
		   NULL, &f),
	    0, "a retry table");
	ok(p.retry[DISP_BUSY].max == 5 && p.retry[DISP_BUSY].delays == 2 &&
		p.retry[DISP_BUSY].delay[1] == 7200000,
	    "more attempts than delays");
	is_int(p.retry[DISP_DECLINED].max, 0, "none at all");
	ok(p.retry[DISP_NO_ANSWER].max == 1 && p.retry[DISP_NO_ANSWER].delay[0] == 10800000,
	    "one delay");
	is_int(p.retry[DISP_FAILED].max, 1, "others stay");
	plan_release(&p);
}

static const struct {
	const char *language, *want; /* template, base prompt, voice; - none, ! not spoken */
} spoken[] = {
    {"hi", "N b v"},
    {"hi-IN", "N b v"},
    {"HI-in-x-home", "N b v"},
    {"hif", "!"}, /* Fiji Hindi is another language */
    {"zh-Hant-CN-x-private1-private2", "Z b z"},
    {"zh-Hant", "Z b z"},
    {"zh", "!"},
    {"en-US-u-ca-gregory", "T B v"},
    {"fr", "!"},
    {"", "T b v"},
    {NULL, "T b v"},
};

static void
languages(void)
{
	struct plan_texts t;
	struct plan p;
	struct fault f;
	char got[40];

	is_int(
	    compile(&p,
		"template: T\nbase_prompt: b\nvoice: v\nlanguages_only: true\nlanguages:\n"
		"  hi: {template: N}\n  zh-Hant: {template: Z, voice: z}\n  EN: {base_prompt: B}",
		NULL, &f),
	    0, "languages");
	for (size_t i = 0; i < COUNT(spoken); i++) {
		bool is = plan_texts(&p, spoken[i].language, &t);

		snprintf(got, sizeof(got), "%s %s %s", t.template, t.base_prompt, t.voice);
		is_str(is ? got : "!", spoken[i].want,
		    spoken[i].language != NULL ? spoken[i].language : "none");
	}
	p.languages_only = false;
	ok(plan_texts(&p, "fr", &t) && strcmp(t.template, "T") == 0 && t.language == NULL,
	    "else everybody gets the plan's own");
	ok(plan_same_texts(&p, "hi", "HI-in") && plan_same_texts(&p, "fr", "FR") &&
		plan_same_texts(&p, NULL, "") && !plan_same_texts(&p, "fr", "de") &&
		!plan_same_texts(&p, "hi", NULL),
	    "the same texts for the same language alone");
	ok(plan_texts(&p, "Hi-Latn", &t) && strcmp(t.language, "hi") == 0, "chosen by a part");
	plan_release(&p);
	is_int(compile(&p, "", NULL, &f), 0, "without languages");
	ok(plan_texts(&p, "fr", &t) && t.voice == NULL && t.base_prompt == NULL,
	    "every language is served, with no voice");
	plan_release(&p);
}

static void
context(void)
{
	const struct plan_context *c;
	struct plan p;
	struct fault f;

	is_int(compile(&p, "", NULL, &f), 0, "no context block");
	ok(p.context == NULL, "the template alone makes contexts");
	plan_release(&p);
	is_int(
	    compile(&p,
		"context:\n  model: m\n  parameters: {top_p: 0.5, seed: 7, stop: 1.}\n  temperature: 0.25\n  notes: fees\n"
		"  price: {currency: USD, input: 0.15, output: 0.6}\n"
		"  budget: {money: 2.50, tokens: 1000000}\n"
		"  checks: {numbers: false, disclosure: [an AI, a machine]}",
		NULL, &f),
	    0, "a context block");
	c = p.context;
	is_str(c->model, "m", "its model");
	is_int(c->temperature_milli, 250, "its temperature");
	ok(json_real_value(json_object_get(c->parameters, "top_p")) == 0.5 &&
		json_integer_value(json_object_get(c->parameters, "seed")) == 7 &&
		json_is_string(json_object_get(c->parameters, "stop")),
	    "decimals of parameters are numbers");
	ok(c->notes && !strcmp(c->notes[0], "fees") && !c->notes[1],
	    "one note stands for a list");
	is_int(c->budget_milli, 2500, "its budget in thousandths");
	is_int(c->budget_tokens, 1000000, "and in tokens");
	is_int(context_cost(c, 1000, 200), 270000, "1,000 and 200 tokens cost 0.00027 USD");
	ok(!c->fallback && c->tries == 4 && c->max_tokens == 1000, "the rest");
	ok(!c->checks.numbers && c->checks.others && c->checks.disclosure &&
		!strcmp(c->checks.disclosure[1], "a machine") && !c->checks.banned,
	    "its checks");
	plan_release(&p);
}

static void
calendar(void)
{
	struct plan p;
	struct fault f;

	is_int(compile(&p, "days: [Sunday, wed, fri-mon]", NULL, &f), 0, "days in a list");
	is_int(p.days, 0x6b, "a range may go over the week's end");
	plan_release(&p);
	is_int(compile(&p, "days: mon, wed-thu", NULL, &f), 0, "days in a text");
	is_int(p.days, 0x1a, "are the same");
	plan_release(&p);
	is_int(compile(&p, "hours: 09:00-12:30, 14:00-24:00", NULL, &f), 0, "hours in a text");
	ok(p.windows == 2 && p.window[0].to == 750 && p.window[1].to == 1440, "two windows");
	plan_release(&p);
	is_int(compile(&p, "hours: [22:00-06:00, 06:00-07:00]", NULL, &f), 0,
	    "over midnight, side by side");
	plan_release(&p);
	is_int(compile(&p, "hours: [22:00-00:00, 00:00-07:00]", NULL, &f), 0,
	    "to midnight and from it");
	plan_release(&p);
	is_int(compile(&p, "from: 2024-02-29\nuntil: 2024-02-29", NULL, &f), 0, "one leap day");
	is_int(p.from_day, civil_days(2024, 2, 29), "is that day");
	plan_release(&p);
}

/* lint shows all that is wrong, not the first alone. */
static void
every_error(void)
{
	struct buf all = {0};
	struct plan p;
	struct fault f;

	is_int(compile(&p, "pace: fast\npriority: x\nhourz: 1", &all, &f), -1, "three errors");
	is_str(f.text, "c:12:1: hourz: is not a known key (did you mean hours?)", "the first");
	is_str(all.p,
	    "c:10:1: pace: \"fast\" is none of bulk, progressive, scheduled\n"
	    "c:11:1: priority: is a text where a whole number belongs\n",
	    "and the others");
	plan_release(&p);
	buf_release(&all);
}

static void
warnings(void)
{
	struct buf out = {0};
	struct plan p;
	struct fault f;

	is_int(compile(&p, "dial_string: Local/{number}-{id}@outreach-once/n", NULL, &f), 0,
	    "a fenced campaign");
	ok(p.fenced, "is known as one");
	is_int(plan_warnings(&p, &out), 0, "nothing to warn of");
	plan_release(&p);
	is_int(compile(&p, "ring_timeout: 10s", NULL, &f), 0, "a short ring");
	is_int(plan_warnings(&p, &out), 2, "warns of it and of the missing fence");
	ok(strstr(out.p, "64.1200(a)(6)") != NULL, "with the rule");
	plan_release(&p);
	buf_reset(&out);
	is_int(compile(&p, "hours: 09:00-21:30", NULL, &f), 0, "late hours");
	plan_warnings(&p, &out);
	ok(strstr(out.p, "hours: ") != NULL, "warn");
	plan_release(&p);
	buf_release(&out);
}

/* What is warned of a campaign that merges siblings, by these lines. */
static void
warns_of_siblings(const char *lines, const char *want, const char *name)
{
	struct buf all = {0}, text = {0};
	struct plan p;
	struct fault f;

	buf_printf(&text, "%s\ndial_string: Local/{number}-{id}@outreach-once/n", lines);
	is_int(compile(&p, text.p, NULL, &f), 0, name);
	plan_warnings(&p, &all);
	is_str(all.p ? all.p : "", want, name);
	plan_release(&p);
	buf_release(&text);
	buf_release(&all);
}

static void
sibling_warnings(void)
{
	static const char tail[] =
	    "template: has no {{#siblings}}, so with siblings: merge a call "
	    "counts as theirs though nothing is said of them\n";
	char both[sizeof(tail) * 2 + 20];

	warns_of_siblings("siblings: merge", tail, "a template that leaves siblings out");
	warns_of_siblings("template: '{{^siblings}}x{{/siblings}}'\nsiblings: merge", tail,
	    "one that speaks where there are none");
	warns_of_siblings("template: 'a{{#siblings}}, {{name}}{{/siblings}}'\nsiblings: merge",
	    "", "one that speaks of them");
	(void)snprintf(both, sizeof(both), "languages.hi.%s", tail);
	warns_of_siblings("template: 'a{{#siblings}}, {{name}}{{/siblings}}'\nsiblings: merge\n"
			  "languages:\n  hi: {template: N}\n  pt: {voice: v}",
	    both, "a language's own, and not the one that is inherited");
	warns_of_siblings("siblings: apart", "", "apart nobody is left out");
	warns_of_siblings("siblings: merge\ncontext: {model: m}", "", "a model sees them");
}

static void
dial(const char *string, const char *phone, const char *id, const char *want)
{
	char out[64], *lines = xasprintf("dial_string: %s", string);
	struct plan p;
	struct fault f;

	if (compile(&p, lines, NULL, &f) == 0 &&
	    plan_dial_string(&p, phone, id, out, sizeof(out), &f) == 0)
		is_str(out, want, want);
	else
		is_str(f.text, want, want);
	free(lines);
	plan_release(&p);
}

/* Who has none may be told by HTTP alone. */
static void
no_dial_string(void)
{
	struct plan p = {.name = (char[]){"s"}};
	char out[64];
	struct fault f;

	ok(plan_dial_string(&p, "+15555550100", "0197", out, sizeof(out), &f) < 0 &&
		f.code == CONFIG && strstr(f.text, "campaign s has no dial_string"),
	    "%s", f.text);
}

static void
dial_strings(void)
{
	dial("PJSIP/{phone}@trunk", "+15555550100", "i", "PJSIP/+15555550100@trunk");
	dial("Local/{number}-{id}@outreach-once/n", "+4477", "0-1",
	    "Local/4477-0-1@outreach-once/n");
	dial("SIP/{number}", "1234", "i", "SIP/1234");
	dial("PJSIP/{phone}@t", "+1\r\nx", "i", "\"+1??x\" cannot stand in a dial string");
	dial("PJSIP/{phone}@t", "+1,x", "i", "\"+1,x\" cannot stand in a dial string");
	dial("PJSIP/{phone}@trunk",
	    "+123456789012345678901234567890123456789012345678901234567890", "i",
	    "the dial string is longer than 63 characters");
}

/* show's JSON compiles to the same plan: nothing is lost on the way, and defaults are what they are. */
static void
round_trip(const char *lines, const char *name)
{
	struct plan p, again;
	struct fault f;
	json_t *one, *two;
	int rc;

	rc = compile(&p, lines, NULL, &f);
	one = plan_json(&p);
	rc = rc == 0 ? plan_compile(&again, one, NULL, NULL, &f) : rc;
	ok(rc == 0, "%s: compiles again", name);
	if (rc < 0)
		printf("# %s\n", f.text);
	two = plan_json(&again);
	ok(json_equal(one, two), "%s: to the same", name);
	ok(p.days == again.days && p.ring_ms == again.ring_ms &&
		p.rate_milli == again.rate_milli && p.from_day == again.from_day &&
		p.windows == again.windows &&
		memcmp(p.retry, again.retry, sizeof(p.retry)) == 0,
	    "%s: in its parts", name);
	json_decref(one);
	json_decref(two);
	plan_release(&p);
	plan_release(&again);
}

static void
differences(void)
{
	static const char *const text[] = {
	    "{\"hours\":\"09:00-18:00\",\"days\":[\"mon\",\"tue\"],\"template\":\"a\\nb\","
	    "\"retry\":{\"busy\":{\"max\":3},\"failed\":{\"max\":1}},\"same\":1,\"until\":"
	    "\"2026-03-01\"}",
	    "{\"hours\":\"10:00-18:00\",\"days\":[\"mon\"],\"template\":\"a\\nc\","
	    "\"retry\":{\"busy\":{\"max\":2},\"failed\":{\"max\":1}},\"same\":1,\"priority\":"
	    "5}",
	};
	json_t *before = json_loads(text[0], 0, NULL), *after = json_loads(text[1], 0, NULL);
	struct buf out = {0};

	plan_diff(&out, before, after);
	is_str(out.p,
	    "hours: 09:00-18:00 -> 10:00-18:00\ndays: mon, tue -> mon\ntemplate: changed\n"
	    "retry.busy.max: 3 -> 2\nuntil: 2026-03-01 -> (default)\npriority: (default) -> "
	    "5\n",
	    "every change is one line");
	buf_reset(&out);
	plan_diff(&out, before, before);
	is_int((int64_t)out.len, 0, "no change is none");
	buf_release(&out);
	json_decref(before);
	json_decref(after);
}

static void
read_file(const char *name, struct buf *out)
{
	FILE *in = fopen(name, "r");
	int c;

	while (in != NULL && (c = getc(in)) != EOF)
		buf_addc(out, (char)c);
	if (in != NULL)
		fclose(in);
}

/* The manual shows the example as it is. */
static void
manual(void)
{
	struct buf text = {0}, page = {0};

	read_file("examples/scholarship.yaml", &text);
	read_file("man/outreach-campaign.5", &page);
	ok(text.len > 0 && page.len > 0 && strstr(page.p, text.p) != NULL,
	    "outreach-campaign(5) holds examples/scholarship.yaml");
	buf_release(&text);
	buf_release(&page);
}

static void
example(void)
{
	struct buf all = {0};
	struct plan p = {0};
	struct yaml y;
	struct fault f;

	ok(yaml_load(&y, "examples/scholarship.yaml", &f) == 0 &&
		plan_compile(&p, y.root, &y, &all, &f) == 0,
	    "examples/scholarship.yaml compiles");
	is_int(plan_warnings(&p, &all), 0, "without a warning");
	is_str(p.name, "scholarship", "its name");
	yaml_release(&y);
	plan_release(&p);
	buf_release(&all);
}

int
main(void)
{
	refusals();
	required();
	defaults();
	languages();
	context();
	calendar();
	every_error();
	warnings();
	sibling_warnings();
	dial_strings();
	no_dial_string();
	round_trip("", "the least");
	round_trip(
	    "from: 2026-03-01\nuntil: 2026-04-01\ncalls_per_second: 0.25\nconcurrent: "
	    "9\npriority: -3\n"
	    "assume_timezone: Etc/GMT+5\ndnc_lists: [tps, own]\nopt_out: {key: 0, words: false, "
	    "hangup: true}\nconsent: express\nretry:\n  busy: {max: 0}\n  blocked: {delays: "
	    "[1h30m]}\n",
	    "a rich one");
	round_trip("siblings: merge", "siblings");
	round_trip("voice: v\nlanguages:\n  hi: {template: N, voice: w}\n  en: {}\n"
		   "languages_only: true",
	    "languages");
	round_trip(
	    "context:\n  model: m\n  temperature: 0\n  max_tokens: 50\n  system: S\n  user: "
	    "'U {{name}}'\n  parameters: {seed: 1, top_p: 0.9}\n  structured: true\n  notes: [a, "
	    "b]\n  fallback: template\n  timeout: 5s\n  price: {currency: EUR, input: 1.125, "
	    "output: 3}\n  budget: {money: 9, tokens: 5}\n  checks: {banned: "
	    "[x], language: false}",
	    "a context block");
	round_trip("context: {model: m}", "the least of a context block");
	round_trip("context: {review: required}", "a template's contexts, reviewed");
	differences();
	example();
	manual();
	return done_testing();
}
