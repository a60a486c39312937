/*
 * hello: the first message of a WebSocket client that could show no token in
 * its handshake: {"token":"...","from":SEQ}. Pure.
 */
#ifndef HELLO_H
#define HELLO_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum { HELLO_MAX = 1024 };

struct hello {
	char token[HELLO_MAX];
	int64_t from; /* 0: it does not say */
};

/* 0, or -1 with a DATAERR. */
int hello_read(const void *text, size_t len, struct hello *, struct fault *);

#endif
