/*
 * Runs one target over its samples with any compiler: files of the corpus (those that end in .hex are hexadecimal with
 * white space) and what the target makes itself. Each sample
 *   - whole: it must be taken, unless its name says that it is refused,
 *   - cut off at every length,
 *   - with every single bit changed; above BITS_MAX bytes with one bit changed in each byte, bit number (place mod 8).
 * test-fuzz-NAME FOLDER writes the samples into FOLDER instead, as what libFuzzer starts from.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "fuzz.h"
#include "sys/file.h"
#include "test.h"

enum { SAMPLE_MAX = 1 << 16, BITS_MAX = 2048 };

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
static bool run(const struct buf *b, size_t n)
{
	uint8_t *exact = malloc(n);

	if (n)
		memcpy(exact, b->p, n);
	fuzz_taken = false;
	CHECK(LLVMFuzzerTestOneInput(exact, n) == 0);
	free(exact);
	return fuzz_taken;
}

static void flip(struct buf *b, size_t at, unsigned bit)
{
	b->p[at] ^= (uint8_t)(1u << bit);
	run(b, b->n);
	b->p[at] ^= (uint8_t)(1u << bit);
}

static void replay(struct buf *b, const char *name)
{
	bool wanted = strncmp(name, "refused", 7) != 0;
	size_t step = &fuzz_stride && b->n > fuzz_stride ? fuzz_stride : 1;

	if (run(b, b->n) != wanted)
		test_report(false, name, 0, wanted ? "is not taken" : "is taken");
	for (size_t n = 0; n < b->n; n += step)
		run(b, n);
	for (size_t i = 0; i < b->n; i += step) {
		if (b->n > BITS_MAX) {
			flip(b, i, i % 8);
			continue;
		}
		for (unsigned bit = 0; bit < 8; bit++)
			flip(b, i, bit);
	}
}

/* Either: the sample is used here, or written to the folder. */
static void use(struct buf *b, const char *name, int folder)
{
	struct err e = { 0 };
	char out[300];

	if (folder < 0) {
		replay(b, name);
		return;
	}
	snprintf(out, sizeof out, "seed-%s", name);
	CHECK_OK(file_write(folder, out, buf_span(b), 0644, &e), e);
}

static size_t use_corpus(int folder)
{
	int dir = open(CORPUS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err e = { 0 };
	char **names = NULL;
	size_t n = 0;

	if (dir < 0)
		return 0;
	CHECK_OK(file_names(dir, ".", &names, &n, &e), e);
	for (size_t i = 0; i < n; i++) {
		CLEANUP(buf_done) struct buf b = { 0 };

		CHECK_OK(file_read(dir, names[i], 4 * SAMPLE_MAX, &b, &e), e);
		if (str_ends(str_of(names[i]), ".hex"))
			from_hex(&b);
		CHECK(b.n <= SAMPLE_MAX);
		use(&b, names[i], folder);
	}
	file_names_free(names, n);
	close(dir);
	return n;
}

static size_t use_made(int folder)
{
	size_t n = 0;

	for (; fuzz_sample; n++) {
		CLEANUP(buf_done) struct buf b = buf_init(SAMPLE_MAX);
		char name[20];

		if (!fuzz_sample(n, &b))
			break;
		snprintf(name, sizeof name, "made-%zu", n);
		CHECK(buf_ok(&b));
		use(&b, name, folder);
	}
	return n;
}

int main(int argc, char **argv)
{
	int folder = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (argc > 2 || (argc == 2 && folder < 0))
		return 2;
	CHECK(use_corpus(folder) + use_made(folder) > 0);
	return test_end();
}
