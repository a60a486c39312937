/*
 * template: a Mustache subset (mustache(5), spec 1.4): variables without HTML
 * escaping, {{{x}}} and {{&x}}, sections, inverted sections, comments, dotted
 * names, the implicit iterator; no partials, no set delimiters, no lambdas.
 * A variable that does not resolve is an error: no context, no call.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <jansson.h>

#include <stdbool.h>

#include "buf.h"
#include "fault.h"

struct template; /* compiled; heap */

/*
 * CONFIG "template:line:col: why" for an unclosed tag or section, a tag that is not in the subset,
 * sections over 32 deep, bytes that are not UTF-8. Names may hold spaces, as columns' names do;
 * dots go down into objects. A section's or comment's tag alone on its lines takes them with it.
 */
struct template *template_new(const char *text, struct fault *);
void template_free(struct template *);
/*
 * Appends the filled text, verbatim: {{x}}, {{{x}}} and {{&x}} are one, for the output is a prompt,
 * not HTML. Integers and reals in their shortest decimal form, booleans as true and false. DATAERR
 * naming the variables that do not resolve (null counts as unresolved; the first eight), each with the
 * name of the data that is written nearly so, or the one that is a list or an object, or over 1 MiB; out is then as before. Sections take null, false, "" and [] for no, and so names not there.
 */
int template_fill(const struct template *, const json_t *data, struct buf *out, struct fault *);
/* Whether {{name}} or a section {{#name}} is anywhere in it. */
bool template_names(const struct template *, const char *name);

#endif
