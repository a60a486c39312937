/*
 * tls: GnuTLS is libmicrohttpd's; it is asked first here, as that library says
 * no more than that it does not start.
 */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "tls.h"

enum { PEM_MAX = 256 << 10 };

static int
read_pem(const char *path, struct buf *out, struct fault *f)
{
	if (file_read(path, PEM_MAX, out, f) == 0)
		return 0;
	f->code = CONFIG;
	return -1;
}

/* Keys of services are often readable to a group of theirs; never to all. */
static int
check_private(const char *path, struct fault *f)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO))
		return fault(f, CONFIG, "%s: open to others (mode %03o): chmod o= it", path,
		    (unsigned)st.st_mode & 0777);
	return 0;
}

static gnutls_datum_t
datum(const struct buf *b)
{
	return (gnutls_datum_t){.data = (unsigned char *)b->p, .size = (unsigned)b->len};
}

static int
check_pair(const struct tls *t, const char *cert, const char *key, struct fault *f)
{
	gnutls_datum_t c = datum(&t->cert), k = datum(&t->key);
	gnutls_certificate_credentials_t both;
	int rc = gnutls_certificate_allocate_credentials(&both);

	if (rc < 0)
		return fault(f, OSERR, "GnuTLS: %s", gnutls_strerror(rc));
	rc = gnutls_certificate_set_x509_key_mem(both, &c, &k, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(both);
	return rc >= 0
	    ? 0
	    : fault(f, CONFIG, "serve.tls: %s with %s: %s", cert, key, gnutls_strerror(rc));
}

int
tls_load(struct tls *t, const char *cert, const char *key, struct fault *f)
{
	if (read_pem(cert, &t->cert, f) < 0 || check_private(key, f) < 0 ||
	    read_pem(key, &t->key, f) < 0)
		return -1;
	return check_pair(t, cert, key, f);
}

void
tls_release(struct tls *t)
{
	if (t->key.p)
		explicit_bzero(t->key.p, t->key.len);
	buf_release(&t->key);
	buf_release(&t->cert);
}
