/*
 * page: the page for people at /, embedded. Its files are open to anybody: what
 * they show is asked for with a token. Nothing of it is made while it is asked
 * for, and it loads nothing but itself.
 */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "rand.h"
#include "web_parts.h"

/* Its own scripts and styles, its own requests, and no way to make markup or code of a text. */
#define POLICY                                                                              \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "         \
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " \
	"require-trusted-types-for 'script'; trusted-types 'none'"

extern const char page_index_html[], page_page_css[], page_icon_svg[], page_page_js[],
    page_api_js[], page_live_js[], page_dom_js[], page_words_js[], page_chart_js[],
    page_ask_js[], page_people_js[], page_events_js[], page_campaigns_js[], page_campaign_js[],
    page_call_js[];

#define JS "text/javascript; charset=utf-8"

static const struct {
	const char *name, *type, *text;
} files[] = {{"index.html", "text/html; charset=utf-8", page_index_html},
    {"page.css", "text/css; charset=utf-8", page_page_css},
    {"icon.svg", "image/svg+xml", page_icon_svg}, {"page.js", JS, page_page_js},
    {"api.js", JS, page_api_js}, {"live.js", JS, page_live_js}, {"dom.js", JS, page_dom_js},
    {"words.js", JS, page_words_js}, {"chart.js", JS, page_chart_js},
    {"ask.js", JS, page_ask_js}, {"people.js", JS, page_people_js},
    {"events.js", JS, page_events_js}, {"campaigns.js", JS, page_campaigns_js},
    {"campaign.js", JS, page_campaign_js}, {"call.js", JS, page_call_js}};

/* A browser asks each time whether it has the file of this version. */
static void
send_file(struct request *r, size_t i)
{
	size_t len = strlen(files[i].text);
	const char *known = request_field(r, "If-None-Match");
	char tag[20], hex[17];

	hash_hex(hash64(files[i].text, len, 0), hex);
	snprintf(tag, sizeof(tag), "\"%s\"", hex);
	request_add(r, "Content-Security-Policy", POLICY);
	request_add(r, "X-Content-Type-Options", "nosniff");
	request_add(r, "Referrer-Policy", "no-referrer");
	request_add(r, "Cross-Origin-Opener-Policy", "same-origin");
	request_add(r, "Cache-Control", "no-cache");
	request_add(r, "ETag", "%s", tag);
	r->type = files[i].type;
	r->status = known && strcmp(known, tag) == 0 ? 304 : 200;
	if (r->status == 200)
		buf_add(&r->out, files[i].text, len);
}

void
page_index(struct request *r)
{
	send_file(r, 0);
}

void
page_file(struct request *r)
{
	for (size_t i = 0; i < COUNT(files); i++)
		if (slice_is(r->param[0], files[i].name)) {
			send_file(r, i);
			return;
		}
	request_problem(r, 404, "there is nothing under this path");
}
