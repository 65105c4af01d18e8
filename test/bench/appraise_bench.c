/*
 * What an appraisal by libassay costs beside libcrypto's own checks, for appraise.sh; and whether threads disturb each other,
 * for test/e2e/library.sh. FILES are those of examples/library/verify.c.
 *
 *   appraise-bench --ratio FILES      whole calls against the CPU time in them that libcrypto sets keys up, checks
 *                                     signatures, reads certificates and hashes (the program is linked with these calls counted)
 *   appraise-bench --two FILES        calls a second by two threads against one
 *   appraise-bench --threads N FILES  N threads at once; 0 when all results are the same bytes
 *   appraise-bench --linear           a made TPM machine, its log (and so its bundle) up to eight times as long
 *
 * Each figure is the best of several rounds.
 */
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "e2e/library_input.h"
#include "unit/machine_texts.h"

enum { ROUNDS = 7, CALLS = 60, LOOKS = 1000, THREADS_MAX = 32 };

static double inside; /* seconds in the calls that are counted */
static unsigned long signatures, counted;
static bool counting;
static clockid_t clock_of = CLOCK_PROCESS_CPUTIME_ID; /* of a busy machine, too */

static double now(void)
{
	struct timespec t;

	clock_gettime(clock_of, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#define COUNTED(type, name, params, args, is_signature) \
	type __real_##name params;                      \
	type __wrap_##name params;                      \
	type __wrap_##name params                       \
	{                                               \
		double from = counting ? now() : 0;     \
		type ret = __real_##name args;          \
                                                        \
		if (counting) {                         \
			inside += now() - from;         \
			signatures += is_signature;     \
			counted++;                      \
		}                                       \
		return ret;                             \
	}

COUNTED(int, EVP_DigestVerify,
	(EVP_MD_CTX * c, const unsigned char *s, size_t n, const unsigned char *m, size_t k),
	(c, s, n, m, k), 1)
COUNTED(int, X509_verify, (X509 * x, EVP_PKEY *k), (x, k), 1)
COUNTED(int, X509_CRL_verify, (X509_CRL * x, EVP_PKEY *k), (x, k), 1)
COUNTED(int, X509_verify_cert, (X509_STORE_CTX * c), (c), 1)
COUNTED(X509 *, d2i_X509, (X509 * *x, const unsigned char **p, long n), (x, p, n), 0)
COUNTED(X509_CRL *, d2i_X509_CRL, (X509_CRL * *x, const unsigned char **p, long n), (x, p, n), 0)
COUNTED(int, EVP_Digest,
	(const void *p, size_t n, unsigned char *out, unsigned int *size, const EVP_MD *md,
		ENGINE *e),
	(p, n, out, size, md, e), 0)
COUNTED(int, EVP_DigestUpdate, (EVP_MD_CTX * c, const void *p, size_t n), (c, p, n), 0)

COUNTED(int, EVP_DigestFinal_ex, (EVP_MD_CTX * c, unsigned char *out, unsigned int *n), (c, out, n),
	0)
COUNTED(int, EVP_PKEY_fromdata, (EVP_PKEY_CTX * c, EVP_PKEY **k, int what, OSSL_PARAM p[]),
	(c, k, what, p), 0)
COUNTED(int, EVP_DigestVerifyInit_ex,
	(EVP_MD_CTX * c, EVP_PKEY_CTX **k, const char *md, OSSL_LIB_CTX *lib, const char *props,
		EVP_PKEY *key, const OSSL_PARAM p[]),
	(c, k, md, lib, props, key, p), 0)

static struct assay_input in;

/* The EAR, which the caller frees; ends the program where there is none. */
static char *verify(void)
{
	struct assay_result out = { .size = sizeof out };

	if (assay_verify(&in, &out) != ASSAY_OK) {
		fprintf(stderr, "appraise-bench: %s\n", out.error);
		exit(2);
	}
	return out.ear;
}

static double calls(unsigned n)
{
	double from = now();

	for (unsigned i = 0; i < n; i++)
		free(verify());
	return now() - from;
}

static double best(unsigned n)
{
	double least = calls(n);

	for (int i = 1; i < ROUNDS; i++) {
		double t = calls(n);

		least = t < least ? t : least;
	}
	return least / n;
}

/* Of one look at the clock, which a call that is counted takes two of: as much as one of them falls into its seconds. */
static double look(void)
{
	double least = 1;

	for (int i = 0; i < ROUNDS; i++) {
		double from = now();

		for (int k = 0; k < LOOKS; k++)
			now();
		least = (now() - from) / LOOKS < least ? (now() - from) / LOOKS : least;
	}
	return least;
}

/* Whole and inside are of the same calls, without the looks at the clock; the best round is that of the smallest ratio. */
static void ratio(void)
{
	double whole = 0, least = 0, part = 0, one = look();

	free(verify());
	for (int i = 0; i < ROUNDS; i++) {
		double t;

		inside = 0;
		signatures = counted = 0;
		counting = true;
		t = calls(CALLS);
		counting = false;
		t -= 2 * one * (double)counted;
		inside -= one * (double)counted;
		if (i && t / inside > least)
			continue;
		least = t / inside;
		whole = t / CALLS;
		part = inside / CALLS;
	}
	printf("%.3f ms a call, %.3f ms of it in libcrypto, %lu signatures and chains: %.2f times\n",
		whole * 1e3, part * 1e3, signatures / CALLS, least);
}

static void *many(void *arg)
{
	(void)arg;
	calls(4 * CALLS);
	return NULL;
}

static double together(unsigned n)
{
	pthread_t threads[THREADS_MAX];
	double from = now();

	for (unsigned i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, many, NULL))
			exit(2);
	for (unsigned i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return now() - from;
}

static void two(void)
{
	double most = 0;

	clock_of = CLOCK_MONOTONIC;

	free(verify());
	for (int i = 0; i < ROUNDS; i++) {
		double one = together(1), both = together(2);

		most = 2 * one / both > most ? 2 * one / both : most;
	}
	printf("two threads: %.2f times the calls of one\n", most);
}

static void *one_of_many(void *arg)
{
	const char *want = arg;

	for (int i = 0; i < 20; i++) {
		char *got = verify();

		if (want && strcmp(got, want)) {
			fprintf(stderr, "appraise-bench: a thread got another result\n");
			exit(1);
		}
		free(got);
	}
	return NULL;
}

/* The first calls of the process come at once: the context is made by all of them. */
static void threads_agree(unsigned n)
{
	pthread_t threads[THREADS_MAX];
	char *want = NULL;

	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < n && i < THREADS_MAX; i++)
			if (pthread_create(&threads[i], NULL, one_of_many, want))
				exit(2);
		for (unsigned i = 0; i < n && i < THREADS_MAX; i++)
			pthread_join(threads[i], NULL);
		free(want);
		want = round ? NULL : verify();
	}
	printf("%u threads agree\n", n);
}

/* Seconds for one call about a machine with so long a log. */
static double of_length(size_t log)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(32 << 20);
	CLEANUP(buf_done) struct buf values = buf_init(1 << 20), trust = buf_init(4096);
	CLEANUP(buf_done) struct buf bundle = buf_init(BUNDLE_SIZE_MAX), root = { 0 };
	struct assay_certificate certificate = { .path = "root.der" };
	static struct machine m;
	struct err e = { 0 };
	double t;

	machine_init(&m, a);
	machine_sign(&m);
	machine_lengthen(&m, log);
	machine_values(&m, &values);
	machine_trust(&m, &trust);
	root = made_certificate(&m.ca);
	CHECK_OK(bundle_emit(&m.bundle, &bundle, &e), e);
	certificate.bytes = (struct assay_bytes){ root.p, root.n };
	in = (struct assay_input){ .size = sizeof in,
		.at_unix = MADE_NOW,
		.evidence = { bundle.p, bundle.n },
		.trust = { trust.p, trust.n },
		.reference_values = { values.p, values.n },
		.certificates = &certificate,
		.n_certificates = 1,
		.nonce = { m.nonce, sizeof m.nonce } };
	t = best(CALLS / 4);
	printf("  a log of %4zu KiB, a bundle of %4zu KiB: %.3f ms\n", log >> 10, bundle.n >> 10,
		t * 1e3);
	machine_done(&m);
	return t;
}

static void linear(void)
{
	double t[4];

	made_keys();
	for (unsigned i = 0; i < 4; i++)
		t[i] = of_length((size_t)(96 << 10) << i);
	made_keys_done();
	printf("linear: the last doubling adds %.2f times what the one before adds (2 is linear)\n",
		(t[3] - t[2]) / (t[2] - t[1]));
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (!strcmp(mode, "--linear")) {
		linear();
		return 0;
	}
	if (!strcmp(mode, "--threads") && argc > 3) {
		in = library_input(argc - 3, argv + 3);
		threads_agree((unsigned)strtoul(argv[2], NULL, 10));
		return 0;
	}
	if (argc < 3)
		return 2;
	in = library_input(argc - 2, argv + 2);
	if (!strcmp(mode, "--ratio"))
		ratio();
	else
		two();
	return 0;
}
