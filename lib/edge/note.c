/*
 * note: the head is cut off by its lines of dashes and read as YAML; the rest
 * is taken as it stands.
 */
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "mem.h"
#include "note.h"
#include "num.h"

static const char *const known[] = {"title", "tags", "priority", "active", NULL};

/* The length of the line at p with its end. */
static size_t
line(const char *p, size_t left)
{
	const char *nl = memchr(p, '\n', left);

	return nl ? (size_t)(nl - p) + 1 : left;
}

static bool
is_dashes(const char *p, size_t n)
{
	while (n > 3 && strchr(" \t\r\n", p[n - 1]) && p[n - 1])
		n--;
	return n == 3 && !memcmp(p, "---", 3);
}

/* Where the head stands: its length without the dashes, 0 if there is none; *body where the text begins. */
static size_t
find_head(const char *p, size_t n, size_t *head, size_t *body)
{
	size_t at = line(p, n);

	*head = *body = 0;
	if (!at || !is_dashes(p, at))
		return 0;
	*head = at;
	while (at < n) {
		size_t len = line(p + at, n - at);

		if (is_dashes(p + at, len)) {
			*body = at + len;
			return at - *head;
		}
		at += len;
	}
	return 0;
}

static void
tags(struct keys *k, struct note *n)
{
	const json_t *list;
	const char *one;
	size_t count;

	if (keys_list(k, "tags", &list, &one) <= 0)
		return;
	count = list ? json_array_size(list) : 1;
	if (count > NOTE_TAGS)
		(void)keys_fault(k, "tags", "holds more than %d tags", NOTE_TAGS);
	for (size_t i = 0; i < count && i < NOTE_TAGS; i++) {
		const char *s = list ? json_string_value(json_array_get(list, i)) : one;

		if (!s || !keys_name_ok(s)) {
			(void)keys_fault(k, "tags",
			    "\"%.60s\" is no tag: lower-case letters, digits, - and _",
			    s ? s : "");
			return;
		}
		n->tag[n->tags++] = xstrdup(s);
	}
}

static void
read_keys(struct keys *k, struct note *n)
{
	int64_t priority = 0;
	const char *title;

	keys_known(k, known);
	if (keys_text(k, "title", &title) > 0) {
		if (text_control(title, strlen(title)) >= 0)
			(void)keys_fault(k, "title", "holds a control character");
		else
			n->title = xstrdup(title);
	}
	tags(k, n);
	if (keys_int(k, "priority", -1000, 1000, &priority) > 0)
		n->priority = (int)priority;
	(void)keys_bool(k, "active", &n->active);
}

static int
read_head(struct note *n, const char *file, const char *p, size_t len, struct fault *f)
{
	int wrong = 0;
	struct yaml y = {0};
	struct keys k = {.f = f, .where = &y, .wrong = &wrong};
	int rc = yaml_parse(&y, file, p, len, f);

	if (rc == 0 && y.root && !json_is_null(y.root)) {
		if (keys_open(&k, y.root, "the head") == 0)
			read_keys(&k, n);
		rc = wrong ? -1 : 0;
	}
	yaml_release(&y);
	if (rc < 0)
		f->code = DATAERR; /* a note is data: the campaign is not at fault */
	return rc;
}

static int
check_bytes(const char *file, const char *p, size_t n, struct fault *f)
{
	ptrdiff_t bad = utf8_bad(p, n);

	if (n > NOTE_MAX)
		return fault(f, DATAERR, "%s: a note has at most %d KiB", file, NOTE_MAX >> 10);
	if (bad >= 0)
		return fault(f, DATAERR, "%s: byte %td is not UTF-8", file, bad + 1);
	for (size_t at = 0; at < n; at++)
		if ((unsigned char)p[at] < ' ' && !strchr("\t\r\n", p[at] ? p[at] : 1))
			return fault(
			    f, DATAERR, "%s: byte %zu is a control character", file, at + 1);
	return 0;
}

int
note_read(struct note *n, const char *name, const char *file, const char *bytes, size_t len,
    struct fault *f)
{
	size_t head, body, head_len;

	*n = (struct note){.name = xstrdup(name), .active = true};
	if (check_bytes(file, bytes, len, f) < 0)
		return -1;
	head_len = find_head(bytes, len, &head, &body);
	if (head && !body)
		return fault(
		    f, DATAERR, "%s:1: the head has no end: a line of three dashes", file);
	/* The first line of dashes is read too, so that lines are counted as they stand. */
	if (body && read_head(n, file, bytes, head + head_len, f) < 0)
		return -1;
	while (body < len && strchr(" \t\r\n", bytes[body]))
		body++;
	while (len > body && strchr(" \t\r\n", bytes[len - 1]))
		len--;
	if (body == len)
		return fault(f, DATAERR, "%s: the note has no text", file);
	n->text = xstrndup(bytes + body, len - body);
	if (!n->title)
		n->title = xstrdup(name);
	return 0;
}

int
note_name(const char *file, char out[NOTE_WORD_MAX + 1], struct fault *f)
{
	const char *base = strrchr(file, '/');
	size_t n;

	base = base ? base + 1 : file;
	n = strlen(base);
	if (n > 3 && !strcmp(base + n - 3, ".md"))
		n -= 3;
	if (n > NOTE_WORD_MAX)
		n = NOTE_WORD_MAX + 1;
	if (n <= NOTE_WORD_MAX) {
		memcpy(out, base, n);
		out[n] = '\0';
	}
	if (n > NOTE_WORD_MAX || !keys_name_ok(out))
		return fault(f, DATAERR,
		    "%s: \"%.80s\" is no name of a note: lower-case letters, digits, - and _",
		    file, base);
	return 0;
}

void
note_release(struct note *n)
{
	free(n->name);
	free(n->title);
	for (int i = 0; i < n->tags; i++)
		free(n->tag[i]);
	free(n->text);
	*n = (struct note){0};
}
