/*
 * check: any context, any data: every finding names itself and cuts its
 * texts at a character; quantities go on and stay inside.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "num.h"
#include "quantity.h"

int LLVMFuzzerTestOneInput(const unsigned char *, size_t);

static bool whole; /* the context is UTF-8 */

static void
found(void *arg, const struct check_finding *w)
{
	if (!w->code || !*w->text ||
	    (whole &&
		(utf8_bad(w->sentence, strlen(w->sentence)) >= 0 ||
		    utf8_bad(w->text, strlen(w->text)) >= 0)))
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	static const char *const words[] = {"promise", NULL};
	const struct check_rules rules = {.numbers = true,
	    .others = true,
	    .instructions = true,
	    .language = true,
	    .banned = words,
	    .disclosure = words};
	size_t half = n / 2, from = 0, last = 0;
	char *a = strndup((const char *)p, half),
	     *b = strndup((const char *)p + half, n - half);
	struct crowd *crowd = crowd_new();
	struct check *c = check_new(&rules, crowd);
	struct check_text t = {
	    .contact = 1, .context = a, .system_message = a, .known = b, .language = "hi"};
	struct quantity q;

	if (!a || !b)
		abort();
	whole = utf8_bad(a, strlen(a)) < 0;
	crowd_add(crowd, 2, b);
	check_run(c, &t, found, NULL);
	while (quantity_next(b, strlen(b), &from, &q)) {
		if (from <= last || q.at + q.len > from || !q.len)
			abort();
		last = from;
	}
	check_free(c);
	crowd_free(crowd);
	free(a);
	free(b);
	return 0;
}
