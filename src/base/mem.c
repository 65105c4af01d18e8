#include "base/mem.h"

#include <stdlib.h>

#include "base/banned.h"

/*
 * The one thing that a thread keeps: whether somebody guards, and whether there is a note. It lies in the thread's static block, where
 * no loader has to be asked for it.
 */
static _Thread_local struct {
	bool on, missing;
} guard __attribute__((tls_model("initial-exec")));

void mem_guard_begin(void)
{
	guard.on = true;
	guard.missing = false;
}

bool mem_guard_end(void)
{
	guard.on = false;
	return !guard.missing;
}

void mem_missing(void)
{
	if (!guard.on)
		abort();
	guard.missing = true;
}

void mem_note_missing(void)
{
	guard.missing |= guard.on;
}

void *mem_alloc(size_t size)
{
	return mem_array(1, size);
}

void *mem_array(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		mem_missing();
	return p;
}

void *mem_grow(void *p, size_t n, size_t size)
{
	void *q = reallocarray(p, n ? n : 1, size ? size : 1);

	if (!q)
		mem_missing();
	return q;
}

char *mem_string(struct str s)
{
	char *p = mem_alloc(s.n + 1);

	if (p && s.n)
		memcpy(p, s.p, s.n);
	return p;
}

void mem_free(void *pp)
{
	void *p;

	memcpy(&p, pp, sizeof p);
	free(p);
}
