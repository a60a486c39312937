/*
 * tls: the certificate and its key for addresses that speak TLS, read and
 * checked before anything is served.
 */
#ifndef TLS_H
#define TLS_H

#include "buf.h"
#include "fault.h"

/* PEM texts that end with NUL; empty: there is no certificate. */
struct tls {
	struct buf cert, key;
};

/*
 * Reads both files: the certificate with its chain, and the key, which others must not be able to read.
 * CONFIG if one cannot be had or they do not belong together. Release in either case.
 */
int tls_load(struct tls *, const char *cert, const char *key, struct fault *);
void tls_release(struct tls *); /* wipes the key */

#endif
