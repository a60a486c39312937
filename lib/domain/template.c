/*
 * template: the Mustache subset as a tree in one array. Parsing follows the
 * specification's tags and its rule for standalone lines; filling looks names
 * up in a stack of values, innermost first. Output is a prompt, not HTML, so
 * nothing is escaped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "num.h"
#include "template.h"
#include "word.h"

enum { DEPTH_MAX = 32, NAME_BYTES = 200, STEPS_MAX = 1 << 20, OUT_MAX = 1 << 20 };

enum kind { TEXT, VARIABLE, SECTION, INVERTED, CLOSE, COMMENT };

/* A section's children are the nodes behind it up to end. */
struct node {
	enum kind kind;
	struct slice text; /* TEXT: borrowed from the source */
	char *name;        /* of the others; owned */
	size_t offset;     /* of the tag, for messages */
	size_t end;        /* SECTION, INVERTED: index behind the last child */
};

struct template
{
	char *source;
	struct node *node;
	size_t n, cap;
};

/* A tag as found in the source. */
struct tag {
	enum kind kind;
	size_t start, end; /* of the braces */
	struct slice name;
};

static int
at_fault(const char *source, size_t offset, struct fault *f, const char *why)
{
	size_t line = 1, col = 1;

	for (size_t i = 0; i < offset; i++)
		if (source[i] == '\n') {
			line++;
			col = 1;
		} else if (((unsigned char)source[i] & 0xc0) != 0x80) {
			col++;
		}
	return fault(f, CONFIG, "template:%zu:%zu: %s", line, col, why);
}

static struct node *
add(struct template *t, enum kind kind, size_t offset)
{
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 16;
		t->node = xrealloc(t->node, t->cap, sizeof(*t->node));
	}
	t->node[t->n] = (struct node){.kind = kind, .offset = offset};
	return &t->node[t->n++];
}

static void
add_text(struct template *t, size_t from, size_t to)
{
	if (from < to)
		add(t, TEXT, from)->text = (struct slice){t->source + from, to - from};
}

static struct slice
trim(const char *p, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", p[0]) != NULL) {
		p++;
		len--;
	}
	while (len > 0 && strchr(" \t\r\n", p[len - 1]) != NULL)
		len--;
	return (struct slice){p, len};
}

/* "." alone, or parts joined by single dots; a part may hold spaces, as a column's name may. */
static int
name_ok(struct slice s)
{
	if (s.len == 0 || s.len > NAME_BYTES || text_control(s.p, s.len) >= 0)
		return 0;
	if (s.len == 1 && s.p[0] == '.')
		return 1;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '.' && (i == 0 || i + 1 == s.len || s.p[i - 1] == '.'))
			return 0;
	return memchr(s.p, '{', s.len) == NULL && memchr(s.p, '}', s.len) == NULL;
}

/* Reads the tag that starts at the offset. */
static int
tag_read(const struct template *t, size_t start, struct tag *tag, struct fault *f)
{
	const char *p = t->source + start + 2, *close;
	const char *what = "}}";

	*tag = (struct tag){.kind = VARIABLE, .start = start};
	switch (*p) {
	case '{': what = "}}}"; break;
	case '#': tag->kind = SECTION; break;
	case '^': tag->kind = INVERTED; break;
	case '/': tag->kind = CLOSE; break;
	case '!': tag->kind = COMMENT; break;
	case '&': break;
	case '>':
		return at_fault(t->source, start, f, "partials ({{>name}}) are not supported");
	case '=':
		return at_fault(
		    t->source, start, f, "other delimiters ({{=) are not supported");
	case '<':
	case '$':
		return at_fault(t->source, start, f, "inheritance ({{<, {{$) is not supported");
	default: p--;
	}
	p++;
	if ((close = strstr(p, what)) == NULL)
		return at_fault(t->source, start, f, "the tag is not closed");
	tag->end = (size_t)(close - t->source) + strlen(what);
	tag->name = trim(p, (size_t)(close - p));
	if (tag->kind != COMMENT && !name_ok(tag->name))
		return at_fault(t->source, start, f, "the tag has no proper name");
	return 0;
}

/*
 * A section, its end or a comment alone on its lines takes the lines with it:
 * the tag then reaches from the start of its line to behind the newline.
 */
static void
stand_alone(const struct template *t, struct tag *tag, size_t from)
{
	const char *s = t->source;
	size_t start = tag->start, end = tag->end;

	if (tag->kind == VARIABLE)
		return;
	while (start > from && (s[start - 1] == ' ' || s[start - 1] == '\t'))
		start--;
	if (start > 0 && s[start - 1] != '\n')
		return;
	while (s[end] == ' ' || s[end] == '\t')
		end++;
	if (s[end] == '\r' && s[end + 1] == '\n')
		end++;
	if (s[end] != '\n' && s[end] != '\0')
		return;
	tag->start = start;
	tag->end = end + (s[end] == '\n');
}

static int
close_section(
    struct template *t, size_t *open, int *depth, const struct tag *tag, struct fault *f)
{
	char why[NAME_BYTES + 80];
	struct node *n;

	if (*depth == 0) {
		(void)snprintf(why, sizeof(why), "{{/%.*s}} closes nothing", (int)tag->name.len,
		    tag->name.p);
		return at_fault(t->source, tag->start, f, why);
	}
	n = &t->node[open[*depth - 1]];
	if (!slice_is(tag->name, n->name)) {
		(void)snprintf(why, sizeof(why), "{{/%.*s}} where {{/%s}} is due",
		    (int)tag->name.len, tag->name.p, n->name);
		return at_fault(t->source, tag->start, f, why);
	}
	n->end = t->n;
	(*depth)--;
	return 0;
}

static int
parse(struct template *t, struct fault *f)
{
	size_t open[DEPTH_MAX], from = 0, offset;
	const char *p;
	struct tag tag;
	struct node *n;
	int depth = 0;

	while ((p = strstr(t->source + from, "{{")) != NULL) {
		offset = (size_t)(p - t->source);
		if (tag_read(t, offset, &tag, f) < 0)
			return -1;
		stand_alone(t, &tag, from);
		add_text(t, from, tag.start);
		from = tag.end;
		if (tag.kind == CLOSE) {
			tag.start = offset;
			if (close_section(t, open, &depth, &tag, f) < 0)
				return -1;
		} else if (tag.kind != COMMENT) {
			n = add(t, tag.kind, offset);
			n->name = slice_dup(tag.name);
			if (tag.kind == VARIABLE)
				continue;
			if (depth == DEPTH_MAX)
				return at_fault(
				    t->source, offset, f, "sections are nested too deep");
			open[depth++] = t->n - 1;
		}
	}
	add_text(t, from, strlen(t->source));
	if (depth > 0)
		return at_fault(
		    t->source, t->node[open[depth - 1]].offset, f, "the section is not closed");
	return 0;
}

struct template *
template_new(const char *text, struct fault *f)
{
	struct template *t = xcalloc(1, sizeof(*t));
	ptrdiff_t bad;

	t->source = xstrdup(text);
	if ((bad = utf8_bad(text, strlen(text))) >= 0) {
		at_fault(text, (size_t)bad, f, "not UTF-8");
	} else if (parse(t, f) == 0) {
		return t;
	}
	template_free(t);
	return NULL;
}

void
template_free(struct template *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->node[i].name);
	free(t->node);
	free(t->source);
	free(t);
}

/* ---- filling ---- */

enum { LACKING = 8 };

/* The values that sections entered, innermost last. */
struct stack {
	const json_t *value[DEPTH_MAX + 1];
	int n;
	const char *lacks[LACKING]; /* variables without a value, each once, the first ones */
	int lacking;
	int steps; /* left, so that nested lists end */
	size_t start;
};

static const json_t *
member(const json_t *object, const char *name, size_t len)
{
	char key[NAME_BYTES + 1];

	memcpy(key, name, len);
	key[len] = '\0';
	return json_object_get(object, key);
}

/* The first part decides which value of the stack is meant; the others only go down from there. */
static const json_t *
look_up(const struct stack *s, const char *name)
{
	const json_t *v = NULL;
	size_t len;

	if (strcmp(name, ".") == 0)
		return s->value[s->n - 1];
	len = strcspn(name, ".");
	for (int i = s->n - 1; i >= 0 && v == NULL; i--)
		v = member(s->value[i], name, len);
	for (name += len; v != NULL && *name == '.'; name += len) {
		name++;
		len = strcspn(name, ".");
		v = member(v, name, len);
	}
	return v;
}

static int
is_true(const json_t *v)
{
	if (v == NULL || json_is_null(v) || json_is_false(v))
		return 0;
	if (json_is_array(v))
		return json_array_size(v) > 0;
	/* An empty column of a contact file is "not there" to whoever writes the template. */
	return !json_is_string(v) || json_string_length(v) > 0;
}

/* The shortest decimal that reads back as the same number. */
static void
put_real(struct buf *out, double d)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	buf_adds(out, text);
}

/* Told at the end, with all others: who mends a contact wants to know all that is missing. */
static void
note_lack(struct stack *s, const char *name)
{
	for (int i = 0; i < s->lacking; i++)
		if (strcmp(s->lacks[i], name) == 0)
			return;
	if (s->lacking < LACKING)
		s->lacks[s->lacking++] = name;
}

/* The name with a value that is written nearly so, or null: mostly a name is right, and the value not there. */
static const char *
meant(const json_t *data, const char *name)
{
	size_t least = strlen(name) / 4 + 1, d;
	const char *key, *best = NULL;
	json_t *v;

	json_object_foreach((json_t *)data, key, v)
	{
		if (json_is_null(v) || json_is_object(v) || json_is_array(v) ||
		    strcmp(key, name) == 0) /* which one of a list lacks */
			continue;
		d = strcasecmp(key, name) == 0 ? 0 : word_distance(key, name);
		if (d < least) {
			least = d;
			best = key;
		}
	}
	return best;
}

static int
tell_lacks(const struct stack *s, struct fault *f)
{
	struct buf names = {0};

	for (int i = 0; i < s->lacking; i++) {
		const char *near = meant(s->value[0], s->lacks[i]);

		buf_printf(&names, i > 0 ? ", {{%s}}" : "{{%s}}", s->lacks[i]);
		if (near != NULL)
			buf_printf(&names, " (did you mean {{%s}}?)", near);
	}
	(void)fault(f, DATAERR, "%s %s no value", names.p, s->lacking == 1 ? "has" : "have");
	buf_release(&names);
	return -1;
}

static int
put_variable(struct stack *s, const struct node *n, struct buf *out, struct fault *f)
{
	const json_t *v = look_up(s, n->name);

	switch (v == NULL ? JSON_NULL : json_typeof(v)) {
	case JSON_STRING: buf_add(out, json_string_value(v), json_string_length(v)); return 0;
	case JSON_INTEGER: buf_addi(out, json_integer_value(v)); return 0;
	case JSON_REAL: put_real(out, json_real_value(v)); return 0;
	case JSON_TRUE: buf_adds(out, "true"); return 0;
	case JSON_FALSE: buf_adds(out, "false"); return 0;
	case JSON_NULL: note_lack(s, n->name); return 0;
	default: return fault(f, DATAERR, "{{%s}} is a list or an object, not text", n->name);
	}
}

static int fill(const struct template *t, size_t from, size_t to, struct stack *s,
    struct buf *out, struct fault *f);

static int
fill_section(
    const struct template *t, size_t i, struct stack *s, struct buf *out, struct fault *f)
{
	const struct node *n = &t->node[i];
	const json_t *v = look_up(s, n->name), *item;
	size_t k;
	int r = 0;

	if (n->kind == INVERTED)
		return is_true(v) ? 0 : fill(t, i + 1, n->end, s, out, f);
	if (!is_true(v))
		return 0;
	s->n++;
	if (json_is_array(v)) {
		for (k = 0; r == 0 && k < json_array_size(v); k++) {
			item = json_array_get(v, k);
			s->value[s->n - 1] = item;
			r = fill(t, i + 1, n->end, s, out, f);
		}
	} else {
		s->value[s->n - 1] = v;
		r = fill(t, i + 1, n->end, s, out, f);
	}
	s->n--;
	return r;
}

static int
fill(const struct template *t, size_t from, size_t to, struct stack *s, struct buf *out,
    struct fault *f)
{
	const struct node *n;
	int r = 0;

	if (from == to && --s->steps < 0)
		return fault(f, DATAERR, "the template does not end: its lists are too long");
	for (size_t i = from; r == 0 && i<to; i = n->end> i ? n->end : i + 1) {
		n = &t->node[i];
		if (--s->steps < 0)
			return fault(
			    f, DATAERR, "the template does not end: its lists are too long");
		if (n->kind == TEXT)
			buf_add(out, n->text.p, n->text.len);
		else if (n->kind == VARIABLE)
			r = put_variable(s, n, out, f);
		else
			r = fill_section(t, i, s, out, f);
		if (r == 0 && out->len - s->start > OUT_MAX)
			return fault(
			    f, DATAERR, "the filled template is longer than %d bytes", OUT_MAX);
	}
	return r;
}

int
template_fill(const struct template *t, const json_t *data, struct buf *out, struct fault *f)
{
	struct stack s = {.value = {data}, .n = 1, .steps = STEPS_MAX, .start = out->len};

	if (fill(t, 0, t->n, &s, out, f) == 0 && (s.lacking == 0 || tell_lacks(&s, f) == 0))
		return 0;
	/* Half a context is none. */
	if (out->p != NULL) {
		out->len = s.start;
		out->p[out->len] = '\0';
	}
	return -1;
}

bool
template_names(const struct template *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		enum kind kind = t->node[i].kind;

		if ((kind == VARIABLE || kind == SECTION) && !strcmp(t->node[i].name, name))
			return true;
	}
	return false;
}
