/*
 * confine: what outreach-serve keeps once its addresses are bound: the store's
 * files, what is read while it runs, and the way to the language model. To be
 * called before the first HTTP thread, as threads inherit it.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "tz.h"
#include "web_parts.h"

enum { HTTP = 80, HTTPS = 443 };

/* What the resolver and TLS read, by libcurl; a folder stands for all in it. */
static const char *const lookups[] = {"/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts",
    "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/ssl",
    "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/usr/lib", "/lib"};

/* Files of the system that libraries look into, none of them anybody's data. */
static const char *const system_files[] = {
    "/etc/machine-id", "/proc", "/sys/devices/system/cpu", "/dev/urandom"};

static int
allow_all(struct sandbox *s, const char *const *path, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (sandbox_allow(s, path[i], SANDBOX_READ | SANDBOX_LIST, f) < 0)
			return -1;
	return 0;
}

/* The port of http://HOST:PORT/... or https://HOST/... */
static int
port_of(const char *url)
{
	bool tls = strncmp(url, "https:", 6) == 0;
	const char *host = strstr(url, "://"), *end, *colon;
	int64_t port = tls ? HTTPS : HTTP;
	struct fault ignored;
	char *text;

	host = host ? host + 3 : url;
	end = host + strcspn(host, "/?#");
	colon = memrchr(host, ':', (size_t)(end - host));
	if (!colon || memchr(colon, ']', (size_t)(end - colon)))
		return (int)port;
	text = xstrndup(colon + 1, (size_t)(end - colon - 1));
	(void)num_parse("port", text, 1, 65535, &port, &ignored);
	free(text);
	return (int)port;
}

static int
allow(struct web *w, struct sandbox *s, struct fault *f)
{
	if (confined_allow(&w->confined, w->db, s, f) < 0 ||
	    allow_all(s, lookups, COUNT(lookups), f) < 0 ||
	    allow_all(s, system_files, COUNT(system_files), f) < 0 ||
	    sandbox_allow(s, tz_directory(), SANDBOX_READ | SANDBOX_LIST, f) < 0)
		return -1;
	return sandbox_allow_port(s, port_of(w->o.settings->llm.url), f);
}

/* Temporary files go where files may be made. */
static void
move_temporary(const struct db *db)
{
	char *folder = xasprintf("%s.d", db->path);

	(void)setenv("TMPDIR", folder, 1);
	free(folder);
}

int
confine(struct web *w, struct fault *f)
{
	enum sandbox_use use = w->o.settings->serve.sandbox;
	struct sandbox_kernel k = sandbox_kernel();
	struct sandbox *s;
	int rc;

	if (use == SANDBOX_OFF)
		return 0;
	if (use == SANDBOX_REQUIRE && (!k.landlock || !k.seccomp))
		return fault(f, CONFIG,
		    "this kernel lets nobody confine us by %s: set serve.sandbox to auto, or use another kernel",
		    k.landlock ? "seccomp" : "Landlock");
	if (!k.landlock)
		web_word(w, "this kernel has no Landlock%s: files stay within reach",
		    k.seccomp ? "" : " and no seccomp");
	move_temporary(w->db);
	s = sandbox_new();
	rc = allow(w, s, f);
	if (rc == 0)
		rc = sandbox_enter(s, SANDBOX_CONNECT, f);
	sandbox_free(s);
	return rc;
}
