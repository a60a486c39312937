/*
 * note: any bytes are a note with a text, or a fault that names the file.
 */
#include <stdlib.h>
#include <string.h>

#include "note.h"
#include "num.h"

int LLVMFuzzerTestOneInput(const unsigned char *, size_t);

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	struct note note;
	struct fault f;

	if (note_read(&note, "n", "f.md", (const char *)p, n, &f) == 0) {
		if (!*note.text || !note.title || utf8_bad(note.text, strlen(note.text)) >= 0)
			abort();
	} else if (f.code != DATAERR || strncmp(f.text, "f.md", 4)) {
		abort();
	}
	note_release(&note);
	return 0;
}
