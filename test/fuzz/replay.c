/*
 * Runs one target over its corpus with any compiler: each file whole, and cut off at every length. Files that end in .hex
 * are hexadecimal with white space.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <fcntl.h>

#include "base/mem.h"
#include "fuzz.h"
#include "sys/file.h"
#include "test.h"

enum { FILE_MAX = 1 << 20, CUTS_MAX = 3000 };

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void from_hex(struct buf *b)
{
	size_t n = 0;
	int high = -1;

	for (size_t i = 0; i < b->n; i++) {
		int d = digit((char)b->p[i]);

		if (d < 0)
			continue;
		if (high < 0) {
			high = d;
			continue;
		}
		b->p[n++] = (uint8_t)(high << 4 | d);
		high = -1;
	}
	CHECK(high < 0);
	b->n = n;
}

/* In memory of exactly this size, so that a sanitizer sees the first byte too far. */
static void run(const struct buf *b, size_t n)
{
	uint8_t *exact = malloc(n);

	if (n)
		memcpy(exact, b->p, n);
	CHECK(LLVMFuzzerTestOneInput(exact, n) == 0);
	free(exact);
}

static void replay(int dir, const char *name)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e = { 0 };
	bool ok = file_read(dir, name, FILE_MAX, &b, &e);

	CHECK_OK(ok, e);
	if (str_ends(str_of(name), ".hex"))
		from_hex(&b);
	run(&b, b.n);
	for (size_t n = 0; n < b.n; n += 1 + b.n / CUTS_MAX)
		run(&b, n);
}

int main(void)
{
	int dir = open(CORPUS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err e = { 0 };
	char **names = NULL;
	size_t n = 0;

	CHECK(dir >= 0);
	CHECK_OK(dir >= 0 && file_names(dir, ".", &names, &n, &e), e);
	for (size_t i = 0; i < n; i++)
		replay(dir, names[i]);
	CHECK(n > 0);
	file_names_free(names, n);
	return test_end();
}
