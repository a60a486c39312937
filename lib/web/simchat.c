/*
 * simchat: a person's fields stand between <data> and </data>, as our own
 * questions have them; of a transcript there, the first words of the callee
 * are what came of the call; of any other question the last message is taken up
 * again, with a sentence of the system message, so that whoever listens hears
 * which context arrived.
 */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "rand.h"
#include "simchat.h"

enum { FACT_MAX = 60, FACT_WORDS = 6, TAKEN_UP = 80, SENTENCE = 200 };

static const char refusal[] = "I cannot help with that.";

/* ---- words in the languages that the checks tell by their script -------------------- */

struct phrases {
	const char *language, *call, *say, *know, *ask, *bye, *notes;
};

static const struct phrases languages[] = {
    {"en", "You call", "Say that you are an AI assistant and why you call.",
	"What is known:", "Ask whether this is clear, and answer from it alone.",
	"Thank the person and say goodbye.", "The notes say:"},
    {"es", "Llamas a", "Di que eres una asistente de IA y por qué llamas.",
	"Lo que se sabe:", "Pregunta si está claro y responde solo con esto.",
	"Da las gracias y despídete.", "Las notas dicen:"},
    {"hi", "आप इस व्यक्ति को फ़ोन कर रहे हैं:",
	"पहले नमस्ते कहिए और बताइए कि आप एक कृत्रिम बुद्धि सहायक हैं, फिर बताइए कि आपने फ़ोन क्यों किया है।",
	"छात्रवृत्ति की यह जानकारी हमें मालूम है, इसे धीरे और साफ़ बताइए:",
	"पूछिए कि क्या सब कुछ समझ में आया, और केवल इसी जानकारी से उत्तर दीजिए।",
	"अंत में धन्यवाद कहिए और विनम्रता से विदा लीजिए।", "टिप्पणियों में लिखा है:"},
    {"mr", "तुम्ही या व्यक्तीला फोन करत आहात:",
	"आधी नमस्कार म्हणा आणि सांगा की तुम्ही एक कृत्रिम बुद्धिमत्ता सहाय्यक आहात, मग सांगा की फोन का केला आहे.",
	"आपल्याला ही माहिती आहे, ती हळू आणि स्पष्टपणे सांगा:",
	"सगळे समजले का ते विचारा, आणि फक्त या माहितीवरून उत्तर द्या.",
	"शेवटी आभार माना आणि नम्रपणे निरोप घ्या.", "टिपणांत लिहिले आहे:"},
    {"bn", "আপনি এই ব্যক্তিকে ফোন করছেন:",
	"প্রথমে নমস্কার বলুন এবং জানান যে আপনি একজন কৃত্রিম বুদ্ধিমত্তা সহকারী, তারপর বলুন কেন ফোন করেছেন।",
	"আমাদের কাছে এই তথ্য আছে, ধীরে এবং পরিষ্কার করে বলুন:",
	"জিজ্ঞাসা করুন সব বোঝা গেছে কি না, এবং শুধু এই তথ্য থেকে উত্তর দিন।",
	"শেষে ধন্যবাদ জানিয়ে ভদ্রভাবে বিদায় নিন।", "নোটে লেখা আছে:"},
    {"ta", "நீங்கள் இவரை அழைக்கிறீர்கள்:",
	"முதலில் வணக்கம் சொல்லுங்கள், நீங்கள் ஒரு செயற்கை நுண்ணறிவு உதவியாளர் என்று கூறி, ஏன் அழைத்தீர்கள் என்று சொல்லுங்கள்.",
	"நமக்குத் தெரிந்த தகவல் இது, மெதுவாகச் சொல்லுங்கள்:",
	"எல்லாம் புரிந்ததா என்று கேளுங்கள், இந்தத் தகவலிலிருந்து மட்டும் பதில் சொல்லுங்கள்.",
	"கடைசியில் நன்றி சொல்லி விடைபெறுங்கள்.", "குறிப்புகள் சொல்வது:"},
    {"te", "మీరు ఈ వ్యక్తికి ఫోన్ చేస్తున్నారు:",
	"ముందు నమస్కారం చెప్పి, మీరు ఒక కృత్రిమ మేధ సహాయకులని, ఎందుకు ఫోన్ చేశారో చెప్పండి.",
	"మనకు తెలిసిన సమాచారం ఇది, నెమ్మదిగా చెప్పండి:",
	"అంతా అర్థమైందా అని అడగండి, ఈ సమాచారం నుండి మాత్రమే జవాబు ఇవ్వండి.", "చివరగా ధన్యవాదాలు చెప్పి వీడ్కోలు తీసుకోండి.",
	"గమనికలలో ఇలా ఉంది:"},
    {"kn", "ನೀವು ಈ ವ್ಯಕ್ತಿಗೆ ಕರೆ ಮಾಡುತ್ತಿದ್ದೀರಿ:",
	"ಮೊದಲು ನಮಸ್ಕಾರ ಹೇಳಿ, ನೀವು ಒಬ್ಬ ಕೃತಕ ಬುದ್ಧಿಮತ್ತೆ ಸಹಾಯಕ ಎಂದು ಮತ್ತು ಏಕೆ ಕರೆ ಮಾಡಿದ್ದೀರಿ ಎಂದು ತಿಳಿಸಿ.",
	"ನಮಗೆ ತಿಳಿದಿರುವ ಮಾಹಿತಿ ಇದು, ನಿಧಾನವಾಗಿ ಹೇಳಿ:", "ಎಲ್ಲವೂ ಅರ್ಥವಾಯಿತೇ ಎಂದು ಕೇಳಿ, ಈ ಮಾಹಿತಿಯಿಂದ ಮಾತ್ರ ಉತ್ತರಿಸಿ.",
	"ಕೊನೆಗೆ ಧನ್ಯವಾದ ಹೇಳಿ ವಿದಾಯ ತೆಗೆದುಕೊಳ್ಳಿ.", "ಟಿಪ್ಪಣಿಗಳು ಹೇಳುವುದು:"},
    {"ml", "നിങ്ങൾ ഈ വ്യക്തിയെ വിളിക്കുന്നു:",
	"ആദ്യം നമസ്കാരം പറയുക, നിങ്ങൾ ഒരു നിർമ്മിത ബുദ്ധി സഹായി ആണെന്നും എന്തിനാണ് വിളിച്ചതെന്നും പറയുക.",
	"നമുക്ക് അറിയാവുന്ന വിവരം ഇതാണ്, പതുക്കെ പറയുക:",
	"എല്ലാം മനസ്സിലായോ എന്ന് ചോദിക്കുക, ഈ വിവരത്തിൽ നിന്ന് മാത്രം മറുപടി പറയുക.",
	"അവസാനം നന്ദി പറഞ്ഞ് വിട പറയുക.", "കുറിപ്പുകൾ പറയുന്നത്:"},
};

/* Of the first part of a tag; English where there are no words of ours. */
static const struct phrases *
phrases_of(const char *language)
{
	size_t n = strcspn(language, "-_");

	for (size_t i = 0; i < COUNT(languages); i++)
		if (strlen(languages[i].language) == n &&
		    strncasecmp(languages[i].language, language, n) == 0)
			return &languages[i];
	return &languages[0];
}

/* ---- the request ---------------------------------------------------------------------- */

static const char *
text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

/* A message's content: a text, or parts of which the first text is taken. */
static const char *
content_of(const json_t *message)
{
	const json_t *content = json_object_get(message, "content"), *part;
	size_t i;

	if (json_is_string(content))
		return json_string_value(content);
	json_array_foreach((json_t *)content, i,
	    part) if (*text_of(part, "text") != '\0') return text_of(part, "text");
	return "";
}

static void
read_messages(struct simchat *c, const json_t *messages)
{
	const json_t *m;
	size_t i, bytes = 0;

	json_array_foreach((json_t *)messages, i, m)
	{
		const char *role = text_of(m, "role"), *content = content_of(m);

		bytes += strlen(content);
		c->hash = hash64(role, strlen(role), c->hash);
		c->hash = hash64(content, strlen(content), c->hash);
		if (strcmp(role, "user") == 0)
			c->user = content;
		else if (*c->system == '\0' &&
		    (strcmp(role, "system") == 0 || strcmp(role, "developer") == 0))
			c->system = content;
	}
	c->tokens_in = (int64_t)(bytes / 4 + 1);
}

static void
read_format(struct simchat *c)
{
	const json_t *format = json_object_get(c->tree, "response_format");

	if (strcmp(text_of(format, "type"), "json_schema") == 0)
		c->schema = json_object_get(json_object_get(format, "json_schema"), "schema");
	if (c->schema != NULL)
		c->hash = hash64("schema", 6, c->hash);
}

int
simchat_read(struct simchat *c, const char *body, size_t len, struct fault *f)
{
	const json_t *messages;

	*c = (struct simchat){.model = "", .system = "", .user = ""};
	if ((c->tree = json_read("request", body, len, f)) == NULL)
		return -1;
	messages = json_object_get(c->tree, "messages");
	if (!json_is_array(messages) || json_array_size(messages) == 0)
		return fault(f, DATAERR, "messages: a list of messages is needed");
	c->model = text_of(c->tree, "model");
	c->hash = hash64(c->model, strlen(c->model), 0);
	c->stream = json_is_true(json_object_get(c->tree, "stream"));
	c->stream_usage = json_is_true(
	    json_object_get(json_object_get(c->tree, "stream_options"), "include_usage"));
	read_messages(c, messages);
	read_format(c);
	return 0;
}

void
simchat_release(struct simchat *c)
{
	json_decref(c->tree);
	*c = (struct simchat){.tree = NULL};
}

/* ---- what is known ---------------------------------------------------------------------- */

/* The object between <data> and </data> of the question; null where there is none. */
static json_t *
data_of(const struct simchat *c)
{
	const char *from = strstr(c->user, "<data>"), *to;
	struct fault ignored;
	json_t *data;

	if (from == NULL || (to = strstr(from, "</data>")) == NULL)
		return NULL;
	data = json_read("data", from + 6, (size_t)(to - from - 6), &ignored);
	if (data != NULL && !json_is_object(data)) {
		json_decref(data);
		data = NULL;
	}
	return data;
}

/* What a careful writer repeats: a short value of one line that looks like no order and no mark-up. */
static bool
is_fact(const char *key, const char *value)
{
	static const char *const ours[] = {
	    "name", "phone", "language", "timezone", "remark", "notes"};
	size_t words = 1;

	if (*value == '\0' || strlen(value) > FACT_MAX ||
	    strpbrk(value, "<>{}[]\"\n") != NULL || strpbrk(key, "0123456789") != NULL ||
	    strncmp(key, "phone", 5) == 0)
		return false;
	for (size_t i = 0; i < COUNT(ours); i++)
		if (strcmp(key, ours[i]) == 0)
			return false;
	for (const char *p = value; *p != '\0'; p++)
		words += *p == ' ';
	return words <= FACT_WORDS;
}

static void
add_key(struct buf *out, const char *key)
{
	for (; *key != '\0'; key++)
		buf_addc(out, *key == '_' ? ' ' : *key);
}

/* "course: BDes; city: Kolkata", into an empty out; returns how many. */
static int
add_facts(const json_t *data, struct buf *out)
{
	char number[32];
	const char *key;
	json_t *v;
	int n = 0;

	json_object_foreach((json_t *)data, key, v)
	{
		const char *value = json_string_value(v);

		if (json_is_integer(v)) {
			snprintf(
			    number, sizeof(number), "%lld", (long long)json_integer_value(v));
			value = number;
		}
		if (value == NULL || !is_fact(key, value))
			continue;
		if (n++ > 0)
			buf_adds(out, "; ");
		add_key(out, key);
		buf_printf(out, ": %s", value);
	}
	return n;
}

/* The first line of text in what stands behind "Notes": no heading, no empty line. */
static struct slice
first_note(const struct simchat *c)
{
	const char *p = strstr(c->user, "\nNotes");

	p = p != NULL ? strchr(p + 1, '\n') : NULL;
	while (p != NULL) {
		size_t n = strcspn(++p, "\n");

		if (n > 0 && *p != '#' && n <= SENTENCE)
			return (struct slice){p, n};
		p = strchr(p, '\n');
	}
	return (struct slice){"", 0};
}

/* The last whole sentence of a text, at most so long. */
static struct slice
last_sentence(const char *text)
{
	size_t to = strlen(text), from;

	while (to > 0 && strchr(" \n", text[to - 1]) != NULL)
		to--;
	from = to;
	while (from > 0 && to - from < SENTENCE && text[from - 1] != '\n' &&
	    !(from < to && strchr(".!?", text[from - 1]) != NULL && text[from] == ' '))
		from--;
	while (from < to && (text[from] == ' ' || (text[from] & 0xc0) == 0x80))
		from++;
	return (struct slice){text + from, to - from};
}

/* ---- what is said ----------------------------------------------------------------------- */

/* The parts of an answer. */
struct speech {
	const struct phrases *p;
	const char *name; /* of the person; null: this is a conversation */
	struct buf facts;
	struct slice note;
};

static void
add_slice(struct buf *out, struct slice s, size_t max)
{
	size_t n = s.len < max ? s.len : max;

	while (n > 0 && n < s.len && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	buf_add(out, s.p, n);
}

static void
say_briefing(const struct speech *s, struct buf *out)
{
	buf_printf(out, "%s %s. %s", s->p->call, s->name, s->p->say);
	if (s->facts.len > 0)
		buf_printf(out, " %s %s.", s->p->know, s->facts.p);
	buf_printf(out, " %s", s->p->ask);
	if (s->note.len > 0) {
		buf_printf(out, " %s ", s->p->notes);
		add_slice(out, s->note, SENTENCE);
	}
	buf_printf(out, " %s", s->p->bye);
}

static void
say_turn(const struct simchat *c, struct buf *out)
{
	struct slice told = last_sentence(c->system);

	buf_adds(out, "You said: ");
	add_slice(out, slice(c->user), TAKEN_UP);
	if (told.len > 0) {
		buf_adds(out, " I was told: ");
		add_slice(out, told, SENTENCE);
	}
}

/* What a text of that name in a structured answer says. */
static void
say_part(const struct speech *s, const char *key, struct buf *out)
{
	if (strcmp(key, "language") == 0)
		buf_adds(out, s->p->language);
	else if (strcmp(key, "opening") == 0)
		buf_printf(out, "%s %s. %s", s->p->call, s->name, s->p->say);
	else if (strcmp(key, "closing") == 0)
		buf_adds(out, s->p->bye);
	else if (strcmp(key, "question") == 0)
		buf_adds(out, s->p->ask);
	else if (s->note.len > 0 && strcmp(key, "answer") == 0) {
		buf_printf(out, "%s ", s->p->notes);
		add_slice(out, s->note, SENTENCE);
	} else if (s->facts.len > 0)
		buf_printf(out, "%s %s.", s->p->know, s->facts.p);
	else
		buf_adds(out, s->p->say);
}

/* A value by a schema: of an enumeration the first, of a list one, of numbers the least, of alternatives the first. */
static json_t *
by_schema(const struct speech *s, const json_t *schema, const char *key, int depth)
{
	const json_t *types = json_object_get(schema, "type"), *list;
	const char *type = json_is_array(types) ? json_string_value(json_array_get(types, 0))
						: json_string_value(types);
	struct buf text = {0};
	json_t *v, *o;
	const char *name;

	if (depth > 16 || schema == NULL)
		return json_null();
	if ((list = json_object_get(schema, "const")) != NULL)
		return json_deep_copy(list);
	if (json_array_size(list = json_object_get(schema, "enum")) > 0)
		return json_deep_copy(json_array_get(list, 0));
	if (json_array_size(list = json_object_get(schema, "anyOf")) > 0)
		return by_schema(s, json_array_get(list, 0), key, depth + 1);
	if (type == NULL || strcmp(type, "object") == 0) {
		o = json_object();
		json_object_foreach(json_object_get(schema, "properties"), name, v)
		    json_object_set_new(o, name, by_schema(s, v, name, depth + 1));
		return o;
	}
	if (strcmp(type, "array") == 0)
		return json_pack(
		    "[o]", by_schema(s, json_object_get(schema, "items"), key, depth + 1));
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
		return json_integer(json_integer_value(json_object_get(schema, "minimum")));
	if (strcmp(type, "boolean") == 0)
		return json_false();
	if (strcmp(type, "string") != 0)
		return json_null();
	say_part(s, key, &text);
	v = json_string(text.p);
	buf_release(&text);
	return v;
}

/* The first words of a text: the evidence of a claim. */
static size_t
first_words(const char *text)
{
	size_t n = strlen(text);

	if (n > TAKEN_UP)
		for (n = TAKEN_UP; n > 0 && text[n] != ' '; n--)
			;
	return n;
}

/* What came of the call whose transcript is asked about, as the data have it; false: none is. */
static bool
say_summary(const struct simchat *c, struct buf *out)
{
	const char *p = strstr(c->user, "<data>\n");
	const char *words = "";
	json_t *line = NULL, *o;
	struct fault ignored;
	bool asked = false;
	int64_t n = 0;
	size_t len;

	for (p = p ? p + 7 : ""; *p == '{' && *words == '\0'; p += len + (p[len] == '\n')) {
		json_decref(line);
		len = strcspn(p, "\n");
		line = json_read("data", p, len, &ignored);
		if (!json_is_integer(json_object_get(line, "line")) ||
		    !json_is_string(json_object_get(line, "text")))
			break;
		asked = true;
		if (strcmp(text_of(line, "who"), "callee") == 0 &&
		    first_words(text_of(line, "text")) > 0) {
			words = text_of(line, "text");
			n = json_integer_value(json_object_get(line, "line"));
		}
	}
	if (asked) {
		o = json_pack("{s:s, s:I, s:s%, s:n, s:[], s:[], s:[], s:{s:s, s:i, s:s}, s:n}",
		    "outcome", n > 0 ? "success" : "no_response", "line", (json_int_t)n,
		    "words", words, first_words(words), "callback", "points", "questions",
		    "concerns", "satisfaction", "is", "unknown", "line", 0, "words", "",
		    "follow_up");
		json_write(out, o);
		json_decref(o);
	}
	json_decref(line);
	return asked;
}

static void
say(const struct simchat *c, const struct speech *s, bool plain, struct buf *out)
{
	if (!plain && say_summary(c, out))
		return;
	if (c->schema != NULL && !plain) {
		json_t *o = by_schema(s, c->schema, "", 0);

		json_write(out, o);
		json_decref(o);
	} else if (s->name != NULL) {
		say_briefing(s, out);
	} else {
		say_turn(c, out);
	}
}

/* A language whose words look otherwise than those of the one that was asked for. */
static const char *
another(const char *language)
{
	return phrases_of(language)->call[0] & 0x80 ? "en" : "hi";
}

void
simchat_text(const struct simchat *c, enum simchat_fault wrong, struct buf *out)
{
	json_t *data = data_of(c);
	const char *language = text_of(data, "language");
	struct speech s = {.name = data != NULL ? text_of(data, "name") : NULL};

	buf_adds(out, "");
	if (wrong == SIMCHAT_LANGUAGE)
		language = another(language);
	s.p = phrases_of(language);
	s.note = first_note(c);
	/* In the wrong language nothing is said that would stand in any. */
	if (data != NULL && wrong != SIMCHAT_LANGUAGE)
		(void)add_facts(data, &s.facts);
	if (s.name == NULL && c->schema != NULL)
		s.name = "";
	if (wrong == SIMCHAT_LENGTH)
		buf_adds(out, s.p->call);
	else if (wrong != SIMCHAT_EMPTY && wrong != SIMCHAT_REFUSE)
		say(c, &s, wrong == SIMCHAT_PLAIN, out);
	if (wrong == SIMCHAT_INVENT)
		buf_adds(out, " 777 rupees were granted to all.");
	buf_release(&s.facts);
	json_decref(data);
}

/* ---- the reply -------------------------------------------------------------------------- */

static void
set_head(const struct simchat *c, const struct simchat_reply *r, const char *object, json_t *o)
{
	char hex[17], id[32];

	snprintf(id, sizeof(id), "chatcmpl-%s", hash_hex(c->hash, hex));
	json_object_set_new(o, "id", json_string(id));
	json_object_set_new(o, "object", json_string(object));
	json_object_set_new(o, "created", json_integer(r->created));
	json_object_set_new(o, "model", json_string(c->model));
}

static json_t *
usage_of(const struct simchat_reply *r)
{
	return json_pack("{s:I, s:I, s:I}", "prompt_tokens", (json_int_t)r->tokens_in,
	    "completion_tokens", (json_int_t)r->tokens_out, "total_tokens",
	    (json_int_t)(r->tokens_in + r->tokens_out));
}

static const char *
finish_of(const struct simchat_reply *r)
{
	return r->fault == SIMCHAT_LENGTH ? "length" : "stop";
}

void
simchat_reply(const struct simchat *c, const struct simchat_reply *r, struct buf *out)
{
	bool refused = r->fault == SIMCHAT_REFUSE;
	json_t *o = json_object();
	json_t *message = json_pack("{s:s, s:o, s:o}", "role", "assistant", "content",
	    refused ? json_null() : json_string(r->text), "refusal",
	    refused ? json_string(refusal) : json_null());

	set_head(c, r, "chat.completion", o);
	json_object_set_new(o, "choices",
	    json_pack("[{s:i, s:o, s:n, s:s}]", "index", 0, "message", message, "logprobs",
		"finish_reason", finish_of(r)));
	json_object_set_new(o, "usage", usage_of(r));
	json_write(out, o);
	json_decref(o);
}

/* One word with the blanks before it. */
static size_t
next_word(const char *p)
{
	size_t n = strspn(p, " \n");

	return n + strcspn(p + n, " \n");
}

static void
add_event(struct buf *out, json_t *o)
{
	buf_adds(out, "data: ");
	json_write(out, o);
	buf_adds(out, "\n\n");
	json_decref(o);
}

static void
add_delta(const struct simchat *c, const struct simchat_reply *r, json_t *delta,
    const char *finish, struct buf *out)
{
	json_t *o = json_object();

	set_head(c, r, "chat.completion.chunk", o);
	json_object_set_new(o, "choices",
	    json_pack("[{s:i, s:o, s:n, s:o}]", "index", 0, "delta", delta, "logprobs",
		"finish_reason", finish != NULL ? json_string(finish) : json_null()));
	add_event(out, o);
}

static void
add_end(const struct simchat *c, const struct simchat_reply *r, struct buf *out)
{
	json_t *o;

	add_delta(c, r,
	    r->fault == SIMCHAT_REFUSE ? json_pack("{s:s}", "refusal", refusal) : json_object(),
	    finish_of(r), out);
	if (c->stream_usage) {
		o = json_object();
		set_head(c, r, "chat.completion.chunk", o);
		json_object_set_new(o, "choices", json_array());
		json_object_set_new(o, "usage", usage_of(r));
		add_event(out, o);
	}
	buf_adds(out, "data: [DONE]\n\n");
}

int
simchat_event(
    const struct simchat *c, const struct simchat_reply *r, size_t *at, struct buf *out)
{
	/* at counts from 1, since the first event tells the role alone. */
	const char *p;
	size_t n;

	if (*at == SIZE_MAX)
		return 0;
	p = r->text + (*at > 0 ? *at - 1 : 0);
	if (*at == 0) {
		add_delta(c, r, json_pack("{s:s, s:s}", "role", "assistant", "content", ""),
		    NULL, out);
		*at = 1;
	} else if (*p != '\0') {
		n = next_word(p);
		add_delta(c, r, json_pack("{s:s%}", "content", p, n), NULL, out);
		*at += n;
	} else {
		add_end(c, r, out);
		*at = SIZE_MAX;
	}
	return 1;
}
