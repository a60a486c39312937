/*
 * note: heads right and wrong, and the text behind them.
 */
#include "note.h"
#include "tap.h"

static const struct {
	const char *bytes;
	const char *want; /* "title|tags|priority|active|text", or the fault */
} cases[] = {
    {"Fees are due in June.\n", "n||0|1|Fees are due in June."},
    {"---\ntitle: The fees\ntags: [fees, dates]\npriority: 5\n---\n\n# Fees\nJune.\n\n",
	"The fees|fees dates |5|1|# Fees\nJune."},
    {"---\r\ntags: fees\r\nactive: false\r\n---\r\nJune.\r\n", "n|fees |0|0|June."},
    {"---\n---\nJune", "n||0|1|June"},
    {"--- \ntitle: T\n--- \nJune", "T||0|1|June"},
    {"----\nJune", "n||0|1|----\nJune"},
    {"---\ntitle: T\n", "f.md:1: the head has no end: a line of three dashes"},
    {"---\ntitel: T\n---\nx", "f.md:2:1: titel: is not a known key (did you mean title?)"},
    {"---\npriority: high\n---\nx", "f.md:2:1: priority: "},
    {"---\ntags: [Fees]\n---\nx", "f.md:2:1: tags: \"Fees\" is no tag"},
    {"---\ntitle: a\ntitle: b\n---\nx", "f.md:3:"},
    {"---\n- a\n---\nx", "f.md:"},
    {"", "f.md: the note has no text"},
    {"---\ntitle: T\n---\n \n", "f.md: the note has no text"},
    {"a\xff", "f.md: byte 2 is not UTF-8"},
    {"a\x01", "f.md: byte 2 is a control character"},
};

int
main(void)
{
	char got[500], tags[200], name[NOTE_WORD_MAX + 1], longest[80];
	struct note n;
	struct fault f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = note_read(&n, "n", "f.md", cases[i].bytes, strlen(cases[i].bytes), &f);

		*tags = '\0';
		for (int t = 0; t < n.tags; t++)
			snprintf(
			    tags + strlen(tags), sizeof(tags) - strlen(tags), "%s ", n.tag[t]);
		if (rc == 0)
			snprintf(got, sizeof(got), "%s|%s|%d|%d|%s", n.title, tags, n.priority,
			    n.active, n.text);
		else
			snprintf(got, sizeof(got), "%.*s", (int)strlen(cases[i].want), f.text);
		is_str(got, cases[i].want, "what it holds");
		if (rc < 0)
			is_int(f.code, DATAERR, "65");
		note_release(&n);
	}
	is_int(note_name("notes/fees-2026.md", name, &f), 0, "a file's name");
	is_str(name, "fees-2026", "is the note's");
	is_int(note_name("notes/Fees.md", name, &f), -1, "a capital letter");
	memset(longest, 'a', sizeof(longest));
	longest[79] = '\0';
	is_int(note_name(longest, name, &f), -1, "too long a name");
	return done_testing();
}
