/*
 * map: the map file is small and read whole.
 */
#include "map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "temp.h"

enum { MAP_MAX = 64 << 10 };

static int
read_all(struct map_file *m, const char *file, size_t *len, struct fault *f)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;

	if (fd < 0)
		return fault(f, NOINPUT, "%s: %s", file, strerror(errno));
	m->text = xmalloc(MAP_MAX + 1);
	for (*len = 0; n > 0 && *len <= MAP_MAX; *len += n > 0 ? (size_t)n : 0)
		n = read(fd, m->text + *len, MAP_MAX + 1 - *len);
	if (n < 0)
		(void)fault(f, NOINPUT, "%s: %s", file, strerror(errno));
	close(fd);
	if (n < 0)
		return -1;
	if (*len > MAP_MAX)
		return fault(f, DATAERR, "%s: is too long for a map file", file);
	m->text[*len] = '\0';
	return 0;
}

/* Whether two entries are about one field. */
static bool
same_field(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && !strncmp(a, b, n);
}

int
map_load(struct map_file *m, const char *file, const struct arg_list *given, struct fault *f)
{
	const char *read[SHEET_MAPS];
	size_t len = 0, n = 0;

	for (size_t i = 0; i < given->n; i++)
		m->entry[m->n++] = given->value[i];
	if (!file)
		return 0;
	if (read_all(m, file, &len, f) < 0 ||
	    sheet_map_read(file, m->text, len, read, &n, f) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool said = false;

		for (size_t j = 0; j < given->n; j++)
			said |= same_field(read[i], given->value[j]);
		if (!said)
			m->entry[m->n++] = read[i];
	}
	return 0;
}

void
map_release(struct map_file *m)
{
	free(m->text);
}

int
map_save(const char *file, const struct import *im, struct fault *f)
{
	struct newfile n;
	int rc = newfile_open(&n, file, f);

	if (rc == 0) {
		buf_adds(&n.out, "# field=column, for outreach-import --map-file\n");
		import_map(im, &n.out);
		rc = newfile_finish(&n, f);
	}
	newfile_drop(&n);
	return rc;
}
