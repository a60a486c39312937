/*
 * mem: the allocator that does not fail. Running out of memory is the one
 * condition nobody above could handle better, so the process ends here with
 * OSERR; sizes are multiplied with care.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault.h"
#include "mem.h"
#include "num.h"

static _Noreturn void
no_memory(void)
{
	static const char text[] = "outreach: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(OSERR);
	_exit(OSERR);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		no_memory();
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = n && size ? calloc(n, size) : calloc(1, 1);

	if (!p)
		no_memory();
	return p;
}

enum { CACHE_LINE = 64, LARGE_PAGE = 2 << 20 };

void *
xtable(size_t n, size_t size)
{
	size_t all, align;
	void *p = NULL;

	if (__builtin_mul_overflow(n, size, &all))
		no_memory();
	align = all < LARGE_PAGE ? CACHE_LINE : LARGE_PAGE;
	if (posix_memalign(&p, align, all ? all : 1))
		no_memory();
	if (all >= LARGE_PAGE) /* it may be in vain: then it is as it was */
		(void)madvise(p, all, MADV_HUGEPAGE);
	memset(p, 0, all);
	return p;
}

void *
xrealloc(void *old, size_t n, size_t size)
{
	size_t all;
	void *p;

	if (__builtin_mul_overflow(n, size, &all))
		no_memory();
	p = realloc(old, all ? all : 1);
	if (!p)
		no_memory();
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t max)
{
	size_t len = strnlen(s, max);
	char *p = xmalloc(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0)
		no_memory();
	return p;
}

int
copy_text(char *dst, size_t dstsize, const char *src)
{
	size_t len = strlen(src), n = utf8_cut(src, len, dstsize - 1);

	memcpy(dst, src, n);
	dst[n] = '\0';
	return n == len ? 0 : -1;
}

int
copy_words(char *dst, size_t dstsize, const char *src)
{
	static const char more[] = "...";
	char *space;

	if (copy_text(dst, dstsize, src) == 0)
		return 0;
	if (dstsize < sizeof more)
		return -1;
	copy_text(dst, dstsize - (sizeof more - 1), src);
	space = strrchr(dst, ' ');
	memcpy(space ? space : dst + strlen(dst), more, sizeof more);
	return -1;
}
