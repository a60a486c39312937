/*
 * yaml: libyaml's events to a jansson tree. What libyaml lets pass and a
 * reader of a settings file would not expect (duplicate keys, anchors, tags,
 * several documents) stops here, with its line and column.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "buf.h"
#include "file.h"
#include "mem.h"
#include "num.h"
#include "yaml.h"

struct yaml_mark {
	const json_t *value, *parent;
	const char *key; /* owned; null for an element or the root */
	int line, col;   /* of the value */
	int key_line, key_col;
};

struct reader {
	yaml_parser_t parser;
	struct yaml *y;
	const char *text;
	struct fault *f;
};

/* "file:line:col: " from libyaml's mark, whose numbers begin at 0. */
static int fault_mark(const struct reader *r, const yaml_mark_t *m, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int
fault_mark(const struct reader *r, const yaml_mark_t *m, const char *fmt, ...)
{
	char text[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fault(
	    r->f, CONFIG, "%s:%zu:%zu: %s", r->y->file, m->line + 1, m->column + 1, text);
}

/* libyaml gave up: say why and where. */
static int
parser_fault(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	yaml_mark_t at = p->problem_mark;
	size_t i;

	if (p->error == YAML_MEMORY_ERROR)
		return fault(r->f, OSERR, "%s: out of memory", r->y->file);
	if (p->error == YAML_READER_ERROR) {
		/* Reader errors have a byte offset alone. */
		memset(&at, 0, sizeof(at));
		for (i = 0; i < p->problem_offset && r->text[i] != '\0'; i++) {
			at.line += r->text[i] == '\n';
			at.column = r->text[i] == '\n' ? 0 : at.column + 1;
		}
	}
	if (p->context != NULL)
		return fault_mark(r, &at, "%s %s", p->problem, p->context);
	return fault_mark(r, &at, "%s", p->problem != NULL ? p->problem : "not YAML");
}

static int
next(struct reader *r, yaml_event_t *ev)
{
	if (!yaml_parser_parse(&r->parser, ev)) {
		memset(ev, 0, sizeof(*ev));
		return parser_fault(r);
	}
	return 0;
}

static struct yaml_mark *
mark(struct reader *r, const json_t *value, const yaml_mark_t *at)
{
	struct yaml *y = r->y;
	struct yaml_mark *m;

	if ((y->n & (y->n - 1)) == 0)
		y->marks = xrealloc(y->marks, y->n == 0 ? 1 : y->n * 2, sizeof(*y->marks));
	m = &y->marks[y->n++];
	*m = (struct yaml_mark){
	    .value = value, .line = (int)at->line + 1, .col = (int)at->column + 1};
	return m;
}

/* -?(0|[1-9][0-9]*) within 64 bits; anything else stays text. */
static bool
plain_integer(const char *s, int64_t *n)
{
	const char *digits = s + (*s == '-');
	struct fault f;

	if (*digits < '0' || *digits > '9' ||
	    (*digits == '0' && (digits[1] != '\0' || s != digits)))
		return false;
	return num_parse("", s, INT64_MIN, INT64_MAX, n, &f) == 0;
}

static bool
one_of(const char *s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

static json_t *
plain(const char *s)
{
	static const char *const null[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const yes[] = {"true", "True", "TRUE", NULL};
	static const char *const no[] = {"false", "False", "FALSE", NULL};
	int64_t n;

	if (one_of(s, null))
		return json_null();
	if (one_of(s, yes))
		return json_true();
	if (one_of(s, no))
		return json_false();
	return plain_integer(s, &n) ? json_integer(n) : NULL;
}

static int
check_text(struct reader *r, const yaml_event_t *ev)
{
	if (ev->data.scalar.anchor != NULL)
		return fault_mark(r, &ev->start_mark, "anchors (&) are not taken");
	if (ev->data.scalar.tag != NULL)
		return fault_mark(r, &ev->start_mark, "tags (!) are not taken");
	if (memchr(ev->data.scalar.value, '\0', ev->data.scalar.length) != NULL)
		return fault_mark(r, &ev->start_mark, "a NUL character inside a text");
	return 0;
}

static int
scalar(struct reader *r, const yaml_event_t *ev, json_t **out)
{
	const char *s = (const char *)ev->data.scalar.value;
	json_t *v = NULL;

	if (check_text(r, ev) < 0)
		return -1;
	if (ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		v = plain(s);
	if (v == NULL)
		v = json_stringn(s, ev->data.scalar.length);
	if (v == NULL)
		return fault_mark(r, &ev->start_mark, "not valid UTF-8");
	*out = v;
	return 0;
}

static int node(struct reader *, yaml_event_t *, int depth, json_t **out);

static int
sequence(struct reader *r, int depth, json_t *array)
{
	for (;;) {
		yaml_event_t ev;
		json_t *v = NULL;
		bool end;
		int rc;

		if (next(r, &ev) < 0)
			return -1;
		end = ev.type == YAML_SEQUENCE_END_EVENT;
		rc = end ? 0 : node(r, &ev, depth, &v);
		if (v != NULL)
			(void)mark(r, v, &ev.start_mark);
		yaml_event_delete(&ev);
		if (end || rc < 0)
			return rc;
		json_array_append_new(array, v);
	}
}

/* The key of a member, checked; ev holds it. */
static int
member_key(struct reader *r, const json_t *object, const yaml_event_t *ev)
{
	const char *key = (const char *)ev->data.scalar.value;
	int line;

	if (ev->type == YAML_ALIAS_EVENT)
		return fault_mark(r, &ev->start_mark, "aliases (*) are not taken");
	if (ev->type != YAML_SCALAR_EVENT)
		return fault_mark(r, &ev->start_mark, "a key must be a word");
	if (check_text(r, ev) < 0)
		return -1;
	if (strcmp(key, "<<") == 0)
		return fault_mark(r, &ev->start_mark, "merge keys (<<) are not taken");
	if (json_object_get(object, key) == NULL)
		return 0;
	line = yaml_line(r->y, object, key);
	return fault_mark(
	    r, &ev->start_mark, "\"%.100s\" is given twice (first in line %d)", key, line);
}

static int
mapping(struct reader *r, int depth, json_t *object)
{
	for (;;) {
		yaml_event_t kev, vev;
		json_t *v = NULL;
		bool end;
		int rc;

		if (next(r, &kev) < 0)
			return -1;
		end = kev.type == YAML_MAPPING_END_EVENT;
		rc = end ? 0 : member_key(r, object, &kev);
		if (!end && rc == 0 && (rc = next(r, &vev)) == 0) {
			const char *key = (const char *)kev.data.scalar.value;
			struct yaml_mark *m;

			rc = node(r, &vev, depth, &v);
			if (rc == 0) {
				m = mark(r, v, &vev.start_mark);
				m->parent = object;
				m->key = xstrdup(key);
				m->key_line = (int)kev.start_mark.line + 1;
				m->key_col = (int)kev.start_mark.column + 1;
				if (json_object_set_new(object, key, v) < 0)
					rc = fault_mark(r, &kev.start_mark, "not valid UTF-8");
			}
			yaml_event_delete(&vev);
		}
		yaml_event_delete(&kev);
		if (end || rc < 0)
			return rc;
	}
}

static int
collection(struct reader *r, const yaml_event_t *ev, int depth, json_t **out)
{
	bool map = ev->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *anchor =
	    map ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor;
	const yaml_char_t *tag = map ? ev->data.mapping_start.tag : ev->data.sequence_start.tag;
	json_t *v;

	if (anchor != NULL)
		return fault_mark(r, &ev->start_mark, "anchors (&) are not taken");
	if (tag != NULL)
		return fault_mark(r, &ev->start_mark, "tags (!) are not taken");
	if (depth >= YAML_DEPTH)
		return fault_mark(r, &ev->start_mark, "more than %d levels deep", YAML_DEPTH);
	v = map ? json_object() : json_array();
	if ((map ? mapping(r, depth + 1, v) : sequence(r, depth + 1, v)) < 0) {
		json_decref(v);
		return -1;
	}
	*out = v;
	return 0;
}

/* One node whose first event is ev. The caller marks the value. */
static int
node(struct reader *r, yaml_event_t *ev, int depth, json_t **out)
{
	if (ev->type == YAML_ALIAS_EVENT)
		return fault_mark(r, &ev->start_mark, "aliases (*) are not taken");
	if (ev->type == YAML_SCALAR_EVENT)
		return scalar(r, ev, out);
	return collection(r, ev, depth, out);
}

/* The events of the whole stream: nothing, or one document. */
static int
document(struct reader *r)
{
	for (;;) {
		yaml_event_t ev;
		json_t **root = &r->y->root;
		int rc = 0;
		bool end;

		if (next(r, &ev) < 0)
			return -1;
		end = ev.type == YAML_STREAM_END_EVENT;
		if (ev.type == YAML_DOCUMENT_START_EVENT && *root != NULL)
			rc = fault_mark(r, &ev.start_mark,
			    "a second document (---): one file, one document");
		else if (ev.type == YAML_ALIAS_EVENT || ev.type == YAML_SCALAR_EVENT ||
		    ev.type == YAML_SEQUENCE_START_EVENT ||
		    ev.type == YAML_MAPPING_START_EVENT) {
			rc = node(r, &ev, 0, root);
			if (rc == 0)
				(void)mark(r, *root, &ev.start_mark);
		}
		yaml_event_delete(&ev);
		if (rc < 0 || end)
			return rc;
	}
}

int
yaml_parse(struct yaml *y, const char *file, const char *text, size_t len, struct fault *f)
{
	struct reader r = {.y = y, .text = text, .f = f};
	int rc;

	*y = (struct yaml){.file = xstrdup(file)};
	if (memchr(text, '\0', len) != NULL)
		return fault(
		    f, CONFIG, "%s: holds a NUL byte: is it a YAML file in UTF-8?", file);
	if (!yaml_parser_initialize(&r.parser))
		return fault(f, OSERR, "%s: out of memory", file);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
	rc = document(&r);
	yaml_parser_delete(&r.parser);
	if (rc == 0 && y->root == NULL)
		y->root = json_null();
	return rc;
}

int
yaml_load(struct yaml *y, const char *file, struct fault *f)
{
	struct buf b = {0};
	int rc = file_read(file, YAML_MAX, &b, f);

	*y = (struct yaml){0};
	if (rc == 0)
		rc = yaml_parse(y, strcmp(file, "-") == 0 ? "<stdin>" : file, b.p, b.len, f);
	else if (f->code == DATAERR)
		f->code = CONFIG; /* such a file is not to be tried again as it is */
	buf_release(&b);
	return rc;
}

void
yaml_release(struct yaml *y)
{
	size_t i;

	for (i = 0; i < y->n; i++)
		free((char *)y->marks[i].key);
	free(y->marks);
	json_decref(y->root);
	free(y->file);
	*y = (struct yaml){0};
}

static const struct yaml_mark *
find_value(const struct yaml *y, const json_t *value)
{
	size_t i;

	for (i = 0; i < y->n && value != NULL; i++)
		if (y->marks[i].value == value)
			return &y->marks[i];
	return NULL;
}

static const struct yaml_mark *
find_key(const struct yaml *y, const json_t *object, const char *key)
{
	size_t i;

	for (i = 0; i < y->n; i++)
		if (y->marks[i].parent == object && y->marks[i].key != NULL &&
		    strcmp(y->marks[i].key, key) == 0)
			return &y->marks[i];
	return NULL;
}

int
yaml_line(const struct yaml *y, const json_t *object, const char *key)
{
	const struct yaml_mark *m = find_key(y, object, key);

	return m != NULL ? m->key_line : 0;
}

static int place_fault(const struct yaml *, int line, int col, struct fault *, const char *fmt,
    va_list) __attribute__((format(printf, 5, 0)));

static int
place_fault(
    const struct yaml *y, int line, int col, struct fault *f, const char *fmt, va_list ap)
{
	char text[800];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (line == 0)
		return fault(f, CONFIG, "%s: %s", y->file, text);
	return fault(f, CONFIG, "%s:%d:%d: %s", y->file, line, col, text);
}

int
yaml_fault(const struct yaml *y, const json_t *value, struct fault *f, const char *fmt, ...)
{
	const struct yaml_mark *m = find_value(y, value);
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = place_fault(y, m != NULL ? m->line : 0, m != NULL ? m->col : 0, f, fmt, ap);
	va_end(ap);
	return rc;
}

int
yaml_fault_at(const struct yaml *y, const json_t *object, const char *key, struct fault *f,
    const char *fmt, ...)
{
	const struct yaml_mark *k = find_key(y, object, key);
	const struct yaml_mark *m = k != NULL ? k : find_value(y, object);
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = place_fault(y,
	    k != NULL       ? k->key_line
		: m != NULL ? m->line
			    : 0,
	    k != NULL       ? k->key_col
		: m != NULL ? m->col
			    : 0,
	    f, fmt, ap);
	va_end(ap);
	return rc;
}
