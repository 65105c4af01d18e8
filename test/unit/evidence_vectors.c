/*
 * Real evidence that is no part of this repository, and files derived from it that must be refused: event logs, quotes and
 * signatures of TPMs. Looked for in ASSAY_VECTORS, else in ../shared/vectors of the repository; without them the test is
 * skipped.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "evidence/event_log.h"

#include <openssl/pem.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/json.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"
#include "sys/file.h"
#include "test.h"
#include "trust/certificate.h"
#include "trust/signature.h"

enum { ARENA = 256 << 20, FILE_MAX = 16 << 20, PATH = 4096 };

static char folder[PATH - 1000];
static struct arena *a;

static bool find_folder(void)
{
	static const char *const places[] = { "../shared/vectors", "../../shared/vectors" };
	const char *given = getenv("ASSAY_VECTORS");

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(folder, sizeof folder, "%s/evidence", given ? given : places[i]);
		if (access(folder, R_OK) == 0)
			return true;
	}
	return false;
}

/* The bytes live in the arena. */
static struct span load(struct str name)
{
	char path[PATH];
	struct buf b = { 0 };
	struct str s;
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/%.*s", folder, STR_ARG(name));
	CHECK_OK(file_read(AT_FDCWD, path, FILE_MAX, &b, &e), e);
	s = arena_str(a, buf_str(&b));
	buf_done(&b);
	return str_span(s);
}

static struct str text_at(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	return v ? v->text : STR("");
}

/* The strongest bank that the log has. */
static bool replay(struct event_log_registers *r, const struct event_log *log, struct err *e)
{
	return event_log_replay(r, log, DIGEST_SHA256, e) ||
	       event_log_replay(r, log, DIGEST_SHA1, e);
}

static void real_log(struct str file, struct str want)
{
	struct event_log_registers r;
	struct event_log log;
	struct err e = { 0 };

	if (str_starts(want, "parse")) {
		CHECK_OK(event_log_parse(&log, load(file), a, &e), e);
		CHECK_OK(replay(&r, &log, &e), e);
		CHECK(log.n_events > 5 && r.extended);
	} else if (str_starts(want, "reject")) {
		CHECK_ERR(event_log_parse(&log, load(file), a, &e), e, ERR_FORMAT);
	} else if (!str_is(want, "material") && event_log_parse(&log, load(file), a, &e)) {
		(void)!replay(&r, &log, &e); /* whatever it says, it says it without crashing */
	}
}

/* Some event has other data than in the honest log, and its digest does not bear it out. */
static bool text_lies(const struct event_log *log, const struct event_log *honest)
{
	for (size_t i = 0; i < log->n_events && i < honest->n_events; i++)
		if (!span_equal(log->events[i].data, honest->events[i].data))
			return !event_log_data_hashed(log, &log->events[i]);
	return false;
}

/* Derived from one real log: what must still parse must not replay to the same registers, unless that cannot be seen. */
static void derived_log(struct str file, struct str want)
{
	static const struct str base = {
		"tpm-eventlog/google.go-tpm-tools__internal_test_eventlogs_"
		"ubuntu-2404-amd-sevsnp.bin",
		sizeof "tpm-eventlog/google.go-tpm-tools__internal_test_eventlogs_"
		       "ubuntu-2404-amd-sevsnp.bin" -
			1
	};
	struct event_log_registers honest, other;
	struct event_log log, honest_log;
	struct err e = { 0 };
	bool parsed, same;

	CHECK_OK(event_log_parse(&honest_log, load(base), a, &e), e);
	CHECK_OK(event_log_replay(&honest, &honest_log, DIGEST_SHA256, &e), e);
	parsed = event_log_parse(&log, load(file), a, &e);
	same = parsed && event_log_replay(&other, &log, DIGEST_SHA256, &e) &&
	       !memcmp(honest.values, other.values, sizeof honest.values);
	if (str_ends(file, "payload_lies.bin")) {
		CHECK(same && text_lies(&log, &honest_log));
	} else if (str_ends(file, "type_changed.bin")) {
		CHECK(same);
	} else if (str_starts(want, "reject (parse)")) {
		CHECK(!parsed);
	} else if (str_starts(want, "reject")) {
		CHECK(!same);
	}
}

static struct public_key *pem_key(struct str file)
{
	struct span pem = load(file);
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	struct public_key *key = NULL;
	struct err e = { 0 };

	BIO_free(bio);
	CHECK_OK(public_key_of_pkey(&key, pkey, &e), e);
	EVP_PKEY_free(pkey);
	return key;
}

/* A real quote by an ECC key: one signature holds, the substituted one is by another structure. */
static void quotes(void)
{
	struct signature_alg alg = { SIGNATURE_ECDSA, DIGEST_SHA256 };
	struct span message = load(STR("derived/tpm/q.msg"));
	struct public_key *key = pem_key(STR("derived/tpm/ak.pem"));
	struct tpm_signature sig;
	struct tpm_quote q;
	struct err e = { 0 };

	CHECK_OK(tpm_quote_parse(&q, message, &e), e);
	CHECK(tpm_quote_selected(&q, DIGEST_SHA256) == 0xfff && q.clock_safe);
	CHECK_OK(tpm_signature_parse(&sig, load(STR("derived/tpm/q.sig")), &e), e);
	CHECK_OK(signature_verify_tpm(key, alg, message, &sig, &e), e);
	CHECK_OK(tpm_signature_parse(&sig, load(STR("derived/tpm/evil.sig")), &e), e);
	CHECK_ERR(signature_verify_tpm(key, alg, message, &sig, &e), e, ERR_SIGNATURE);
	CHECK_OK(tpm_signature_parse(&sig, load(STR("derived/tpm/r.sig")), &e), e);
	CHECK_ERR(signature_verify_tpm(key, alg, message, &sig, &e), e, ERR_MISMATCH);
	public_key_free(key);
	CHECK_OK(tpm_quote_parse(&q,
			 load(STR("azure-hcl/confidenti.trustee__deps_verifier_az-snp-vtpm_"
				  "tpm-quote.msg")),
			 &e),
		e);
	CHECK_OK(tpm_quote_parse(&q,
			 load(STR("tpm-quote/dstack-tee.dstack__dstack_tpm-attest_tests_tpm_quote_"
				  "sample.bin")),
			 &e),
		e);
}

/* Real certificates of TPMs and their authorities parse. */
static void certificate(struct str file)
{
	struct certificate *c = NULL;
	struct err e = { 0 };

	CHECK_OK(certificate_of_file(&c, load(file), &e), e);
	CHECK(certificate_subject(c, a).p != NULL);
	certificate_free(c);
}

static void all(void)
{
	struct span text = load(STR("index.json"));
	const struct json *list;
	struct err e = { 0 };
	struct json v;

	CHECK_OK(json_parse(&v, text, a, &e), e);
	CHECK_OK(json_get_array(&v, "vectors", &list, &e), e);
	for (size_t i = 0; i < list->n; i++) {
		struct str file = text_at(&list->items[i], "file");
		struct str kind = text_at(&list->items[i], "kind");
		struct str want = text_at(&list->items[i], "expected");
		unsigned before = test_failed;

		if (str_is(kind, "tpm-eventlog"))
			real_log(file, want);
		else if (str_is(kind, "derived-eventlog"))
			derived_log(file, want);
		else if (str_is(kind, "tpm-ek"))
			certificate(file);
		if (test_failed != before)
			fprintf(stderr, "in %.*s\n", STR_ARG(file));
	}
}

int main(void)
{
	if (!find_folder()) {
		puts("SKIP vectors: nothing at ../shared/vectors or ASSAY_VECTORS");
		puts("0 passed, 0 failed, 1 skipped");
		return 0;
	}
	a = arena_new(ARENA);
	all();
	quotes();
	arena_free(a);
	return test_end();
}
