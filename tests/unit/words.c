/*
 * words: phrases of the shell in the words of HTTP, and all else as it was.
 */
#include "mem.h"
#include "tap.h"
#include "words.h"

int
main(void)
{
	static const struct {
		const char *text, *want;
	} table[] = {
	    {"", ""},
	    {"nothing of the kind", "nothing of the kind"},
	    {"phone \"12\" is not a number (+ and the country code; --region reads national numbers)",
		"phone \"12\" is not a number (+ and the country code; region reads national numbers)"},
	    {"if these look right, add --map phone='Mobile No' --map name='It'\\''s' (or --accept-map); if not, --map phone=phone",
		"if these look right, add map=phone=Mobile%20No map=name=It%27s (or accept_map=1); if not, map=phone=phone"},
	    {"say which one it is: --map phone=COLUMN",
		"say which one it is: map=phone=COLUMN"},
	    {"--map name='First+Last'", "map=name=First%2BLast"},
	    {"--map name='never closed", "map=name=never%20closed"},
	    {"--map ", "--map "},
	    {"--maps x", "--maps x"},
	    {"a--region b", "a--region b"},
	    {"--regional", "--regional"},
	    {"add --skip-rows 3", "add skip_rows=3"},
	    {"that --skip-rows passes over", "that skip_rows passes over"},
	    {"(--encoding NAME reads other encodings)",
		"(encoding=NAME reads other encodings)"},
	    {"in another encoding (--encoding); import",
		"in another encoding (encoding); import"},
	    {"give --source NAME, if it is the same person --replace",
		"give source=NAME, if it is the same person replace=1"},
	    {"with a --source of its own", "with a source of its own"},
	    {"--where source=\"a\" (or --format ndjson)", "source=\"a\" (or format=ndjson)"},
	    {"(mend them, or --except-obstacles holds them back)",
		"(mend them, or except_obstacles holds them back)"},
	    {"all are held (outreach-campaign targets c says why)",
		"all are held (GET /api/v1/campaigns/c/targets says why)"},
	    {"nobody to call (outreach-campaign add c)",
		"nobody to call (POST /api/v1/campaigns/c/targets)"},
	    {"stays; outreach-contacts forget 7 erases it",
		"stays; a DELETE of /api/v1/contacts/7?forget=1 erases it"},
	    {"read it with: xlsx2csv upload | outreach-import --source NAME",
		"read it with: xlsx2csv upload and POST that"},
	    {"outreach-dnc import is left", "outreach-dnc import is left"},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct buf b = {0};

		words_http(&b, table[i].text);
		is_str(b.len ? b.p : "", table[i].want, table[i].text);
		buf_release(&b);
	}
	return done_testing();
}
