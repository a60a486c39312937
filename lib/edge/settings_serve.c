/*
 * settings_serve: where outreach-serve listens, and its secrets.
 */
#include <string.h>

#include "mem.h"
#include "secret.h"
#include "settings_parts.h"

static const char *const serve_keys[] = {
    "listen", "avr", "people", "webhook_secret_file", "sandbox", "tls", "dialer", NULL};
static const char *const tls_keys[] = {"cert", "key", NULL};

static void
sandbox(struct load *l, struct keys *k, enum sandbox_use *use)
{
	static const char *const words[] = {"auto", "require", "off"};
	const char *text = words[SANDBOX_AUTO];
	size_t i;

	if (keys_text(k, "sandbox", &text) < 0)
		return;
	for (i = 0; i < COUNT(words) && strcmp(text, words[i]) != 0; i++)
		;
	if (i == COUNT(words))
		(void)keys_fault(
		    k, "sandbox", "\"%.60s\" is none of auto, require and off", text);
	else
		*use = (enum sandbox_use)i;
	settings_remember_key(l, k, "sandbox", text);
}

static void
tls(struct load *l, struct keys *k, struct serve_settings *s)
{
	struct keys sub;

	if (keys_sub(k, "tls", &sub, "serve.tls") <= 0)
		return;
	keys_known(&sub, tls_keys);
	if (settings_path(l, &sub, "cert", &s->tls_cert) == 0)
		(void)keys_missing(&sub, "cert", "/etc/outreach/cert.pem");
	if (settings_path(l, &sub, "key", &s->tls_key) == 0)
		(void)keys_missing(&sub, "key", "/etc/outreach/key.pem");
}

void
settings_read_serve(struct load *l, struct keys *k)
{
	struct serve_settings *s = &l->s->serve;
	struct keys sub;

	if (keys_sub(k, "serve", &sub, "serve") <= 0)
		return;
	keys_known(&sub, serve_keys);
	settings_texts(l, &sub, "listen", false, &s->listen);
	settings_texts(l, &sub, "avr", false, &s->avr);
	settings_texts(l, &sub, "people", false, &s->people);
	settings_texts(l, &sub, "webhook_secret_file", true, &s->secret_file);
	sandbox(l, &sub, &s->sandbox);
	tls(l, &sub, s);
	settings_flag(l, &sub, "dialer", &s->dialer);
}

int
serve_secrets(const struct settings *s, char **secret, int room, struct fault *f)
{
	static const char *const names[] = {"webhook-secret", "webhook-secret-old"};
	const struct texts *files = &s->serve.secret_file;
	size_t tries = files->n > 0 ? files->n : COUNT(names);
	int n = 0;

	for (size_t i = 0; i < tries && n < room; i++) {
		int r = files->n > 0 ? secret_find(names[0], files->v[i], &secret[n], NULL, f)
				     : secret_find(names[i], NULL, &secret[n], NULL, f);

		if (r < 0) {
			while (n > 0)
				secret_free(secret[--n]);
			return -1;
		}
		n += r;
	}
	return n;
}
