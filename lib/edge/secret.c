/*
 * secret: one small file read with suspicion. Messages name the file and what
 * is wrong with it, never what it holds.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "num.h"
#include "proc.h"
#include "secret.h"

/* systemd gives the owner's group an access entry on its own files: their mode proves nothing. */
static int
check_file(int fd, const char *file, int private, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fault(f, CONFIG, "%s: %s", file, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fault(f, CONFIG, "%s: a secret must be a plain file", file);
	if (private && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return fault(f, CONFIG, "%s: open to others (mode %03o): chmod 600 it", file,
		    (unsigned)st.st_mode & 0777);
	return 0;
}

static int
check_text(const char *p, size_t len, const char *file, struct fault *f)
{
	if (len == 0)
		return fault(f, CONFIG, "%s: the secret is empty", file);
	if (len > SECRET_MAX)
		return fault(
		    f, CONFIG, "%s: the secret is longer than %d bytes", file, SECRET_MAX);
	if (utf8_bad(p, len) >= 0 || text_control(p, len) >= 0)
		return fault(f, CONFIG,
		    "%s: the secret holds a control character or is not UTF-8", file);
	return 0;
}

static char *
read_file(const char *file, int private, struct fault *f)
{
	char p[SECRET_MAX + 3], *secret = NULL;
	size_t len = 0;
	ssize_t n = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		(void)fault(f, CONFIG, "%s: cannot open the secret: %s", file, strerror(errno));
		return NULL;
	}
	if (check_file(fd, file, private, f) < 0)
		goto out;
	proc_keep_secret();
	do {
		n = read(fd, p + len, sizeof(p) - len);
		len += n > 0 ? (size_t)n : 0;
	} while ((n > 0 && len < sizeof(p)) || (n < 0 && errno == EINTR));
	if (n < 0) {
		(void)fault(f, CONFIG, "%s: cannot read the secret: %s", file, strerror(errno));
		goto out;
	}
	if (len > 0 && p[len - 1] == '\n')
		len--;
	if (len > 0 && p[len - 1] == '\r')
		len--;
	if (check_text(p, len, file, f) == 0)
		secret = xstrndup(p, len);
out:
	explicit_bzero(p, sizeof(p));
	close(fd);
	return secret;
}

char *
secret_read(const char *file, struct fault *f)
{
	return read_file(file, 1, f);
}

/* "pbx-secret" to "OUTREACH_PBX_SECRET". */
static char *
variable_of(const char *name)
{
	char *s = xasprintf("OUTREACH_%s", name), *p;

	for (p = s; *p != '\0'; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	return s;
}

static int
from_credential(const char *name, char **secret, struct fault *f)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char *file;

	if (dir == NULL || *dir == '\0')
		return 0;
	file = xasprintf("%s/%s", dir, name);
	if (access(file, F_OK) < 0) {
		free(file);
		return 0;
	}
	*secret = read_file(file, 0, f);
	free(file);
	return *secret != NULL ? 1 : -1;
}

static int
from_environment(const char *name, char **secret, struct fault *f)
{
	char *variable = variable_of(name), *text = getenv(variable), *label;
	int rc = 0;

	if (text != NULL && *text != '\0') {
		label = xasprintf("$%s", variable);
		rc = check_text(text, strlen(text), label, f) < 0 ? -1 : 1;
		free(label);
		proc_keep_secret();
		if (rc > 0)
			*secret = xstrdup(text);
	}
	free(variable);
	return rc;
}

int
secret_find(
    const char *name, const char *file, char **secret, const char **from, struct fault *f)
{
	const char *ignored;
	int rc;

	if (from == NULL)
		from = &ignored;
	if (file != NULL) {
		*from = "file";
		*secret = secret_read(file, f);
		return *secret != NULL ? 1 : -1;
	}
	*from = "credential";
	rc = from_credential(name, secret, f);
	if (rc != 0)
		return rc;
	*from = "environment";
	return from_environment(name, secret, f);
}

void
secret_free(char *secret)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret, strlen(secret));
	free(secret);
}
