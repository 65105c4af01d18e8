/*
 * For library.sh: libassay with too little memory. `library-starve MODE STRIDE SECONDS EVIDENCE VALUES TRUST POLICY NONCE
 * [CERTIFICATE|STATEMENT...]`, the files as examples/library/verify.c takes them. MODE is FIRST, AGAIN, FIRST-LASTING or AGAIN-LASTING.
 *
 * Limits: memory_max from nothing up, in steps, until the verdict comes; below it every answer is ASSAY_LIMIT, above it the
 * verdict is the same. Then the n-th allocation of the process fails, whoever asks (libassay, libcrypto, libyaml), for n
 * from 1 until a call asks for fewer: each answer is ASSAY_LIMIT or the very same verdict, nothing that was taken is kept.
 * AGAIN does so in a process that has verified before; FIRST in a process of its own for each n, in which nothing is set up
 * (there not for every n: that would be thousands of processes). Of what follows the n-th only each STRIDE-th fails.
 * LASTING: not the n-th alone fails but every one from it on, until the call ends; after it the next call gets the verdict.
 */
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library_input.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void *reallocarray(void *p, size_t n, size_t size);
void free(void *p);

static long asked, fails_at, living; /* fails_at 0: none does */
static bool lasting;                 /* what follows fails, too */
/* What libcrypto 3.0 keeps, and loses where an ASN.1 structure cannot be had; 0: not looked at. */
static long left_max = 16;

static bool starved(void)
{
	asked++;
	return lasting ? fails_at && asked >= fails_at : asked == fails_at;
}

static void *counted(void *p)
{
	living += p != NULL;
	return p;
}

void *malloc(size_t size)
{
	return starved() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return starved() ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
	if (!p)
		return malloc(size);
	return starved() ? NULL : __libc_realloc(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	return __builtin_mul_overflow(n, size, &total) ? NULL : realloc(p, total);
}

void free(void *p)
{
	living -= p != NULL;
	__libc_free(p);
}

static struct assay_input in;
static int want;
static long stride, tried, refused; /* refused: of those tried, the ones that got LIMIT */

/* The status, or minus the error. */
static int verify(void)
{
	struct assay_result out = { .size = sizeof out };
	int error = assay_verify(&in, &out), status = out.status;

	assay_result_free(&out);
	return error ? -error : status;
}

static bool limits(void)
{
	size_t step = 64, max = 0;
	long tries = 0;
	int got;

	for (max = 1; max < 64 << 20; max += step) {
		in.memory_max = max;
		got = verify();
		tries++;
		if (got == want)
			break;
		if (got != -ASSAY_LIMIT) {
			printf("with %zu bytes: %d, wanted LIMIT\n", max, got);
			return false;
		}
		step = max > 1 << 14 ? max / 64 : 64;
	}
	in.memory_max = 0;
	printf("limits: %zu bytes are enough, %ld below are not\n", max, tries - 1);
	return got == want;
}

/*
 * With all memory again. What libcrypto sets up once for a process and could not it does not try again: a process whose first
 * call starved may stay without a verdict, but it gets no other one. left_max 0: this is such a process.
 */
static bool recovers(void)
{
	int got = verify();

	if (got != want)
		printf("got %d\n", got);
	return got == want || (!left_max && got == -ASSAY_LIMIT);
}

/* True when the call got what it must: want or LIMIT. */
static bool starve(long n, bool *fewer)
{
	long before = living;
	int got;

	asked = 0;
	fails_at = n;
	got = verify();
	fails_at = 0;
	*fewer = asked < n;
	tried++;
	refused += got == -ASSAY_LIMIT;
	if (got != want && got != -ASSAY_LIMIT)
		printf("allocation %ld fails: %d, wanted %d or LIMIT\n", n, got, want);
	else if (lasting && !recovers())
		printf("allocation %ld and all after it fail: the next call gets another verdict\n",
			n);
	else if (left_max && living > before + left_max)
		printf("allocation %ld fails: %ld allocations are left\n", n, living - before);
	else
		return true;
	return false;
}

/* Keys that did not sign are tried as well: what fails for them changes nothing. */
static bool again(void)
{
	bool fewer = false, ok = true;
	long n = 1, start;

	(void)verify();
	start = living;
	for (; !fewer; n += stride)
		ok &= starve(n, &fewer);
	if (living > start + 64) {
		printf("%ld allocations are left after %ld calls\n", living - start, n);
		ok = false;
	}
	if (refused * (in.n_statements ? 8 : 4) < tried) {
		printf("only %ld of %ld got LIMIT\n", refused, tried);
		ok = false;
	}
	printf("again: about %ld allocations, each %ld. failed %s: LIMIT %ld times of %ld, else the verdict\n",
		n, stride, lasting ? "with all after it" : "once", refused, tried);
	return ok;
}

/* 0 right, 1 wrong, 2 right and with fewer allocations, else a crash. */
static int in_child(long n)
{
	bool fewer = false;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		bool ok;

		left_max = 0; /* contexts stay */
		ok = starve(n, &fewer);
		fflush(stdout);
		_exit(!ok ? 1 : fewer ? 2 : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool first(void)
{
	long n = 1;
	bool ok = true;
	int said = 0;

	for (; said != 2; n += n < 300 ? (stride + 12) / 13 : stride) {
		said = in_child(n);
		if (said != 0 && said != 2) {
			printf("first call, allocation %ld fails: ended with %d\n", n, said);
			ok = false;
		}
	}
	printf("first: about %ld allocations, of the first 300 each %ld. and then each %ld. failed %s\n",
		n, (stride + 12) / 13, stride, lasting ? "with all after it" : "once");
	return ok;
}

/* What the evidence gets with all memory; in a process of its own where this one must stay fresh. */
static int learn(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(verify() & 0x7f);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	bool ok;

	if (argc < 9)
		return 2;
	stride = atol(argv[2]);
	if (stride < 1)
		return 2;
	in = library_input(argc - 3, argv + 3);
	want = learn();
	if (want != ASSAY_AFFIRMING && want != ASSAY_WARNING && want != ASSAY_CONTRAINDICATED) {
		printf("no verdict to hold on to: %d\n", want);
		return 2;
	}
	lasting = strstr(argv[1], "-LASTING") != NULL;
	if (strncmp(argv[1], "FIRST", 5) == 0)
		ok = first();
	else
		ok = (lasting || limits()) && again();
	return ok ? 0 : 1;
}
