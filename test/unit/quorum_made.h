/* Statements of rebuilds as values, and a trust file of rebuilders, for the tests of quorums. */
#ifndef ASSAY_TEST_QUORUM_MADE_H
#define ASSAY_TEST_QUORUM_MADE_H

#include "appraise/quorum.h"
#include "base/hex.h"
#include "base/utc.h"
#include "codec/base64.h"
#include "codec/yaml.h"
#include "test.h"

enum { MADE_NOW = 1796000000, MADE_DAY = 86400 };

/* Digests are 32 times the same byte. */
struct made_claim {
	const char *verdict; /* NULL: "identical" */
	const char *failed_at;
	uint8_t description, lock, manifest, disk, pcr4;
	const char *values;   /* hex of computed-values-sha256; NULL: absent */
	const char *observed; /* hex of PCR 0; NULL: absent */
	int64_t at;           /* 0: absent */
	bool unfollowed;      /* archive-membership: not */
};

static const char *made_hex(struct arena *a, uint8_t byte)
{
	char hex[2 * SHA256_SIZE + 1];
	uint8_t bytes[SHA256_SIZE];

	memset(bytes, byte, sizeof bytes);
	hex_write(hex, bytes, sizeof bytes);
	return arena_str(a, str_of(hex)).p;
}

/* The members of `result` behind its verdict. */
static const char *made_outputs(struct arena *a, const struct made_claim *m, const char *verdict)
{
	const char *outputs = arena_printf(a,
		"{\"name\": \"disk.img\", \"sha256\": \"%s\"}, {\"name\": \"manifest.json\", \"sha256\": \"%s\"}",
		made_hex(a, m->disk), made_hex(a, m->manifest))
				      .p;
	const char *registers = arena_printf(a,
		"{\"platform\": \"qemu-vtpm\", \"register\": 4, \"sha256\": \"%s\"}",
		made_hex(a, m->pcr4))
					.p;
	bool failed = !strcmp(verdict, "failed");

	return arena_printf(a, "\"outputs\": [%s], \"registers\": [%s]%s%s%s",
		failed ? "" : outputs, failed ? "" : registers,
		m->values ? ", \"computed-values-sha256\": \"" : "", m->values ? m->values : "",
		m->values ? "\"" : "")
		.p;
}

static const char *made_by(struct arena *a, const struct made_claim *m)
{
	char at[UTC_SIZE] = "";

	if (m->at)
		utc_write(at, m->at);
	return arena_printf(a,
		"\"tool\": {\"version\": \"x\"}, \"archive-membership\": {\"verdict\": \"%s\"}%s%s%s%s%s%s",
		m->unfollowed ? "not" : "verified", m->at ? ", \"at\": \"" : "", at,
		m->at ? "\"" : "",
		m->observed
			? ", \"observed\": [{\"platform\": \"qemu-vtpm\", \"register\": 0, \"sha256\": \""
			: "",
		m->observed ? m->observed : "", m->observed ? "\"}]" : "")
		.p;
}

static const struct rebuild_claim *made_claim(struct arena *a, struct made_claim m)
{
	const char *verdict = m.verdict ? m.verdict : "identical";
	bool differs = !strcmp(verdict, "differs");
	struct rebuild_claim *c = ARENA_NEW(a, struct rebuild_claim);
	struct json *v = ARENA_NEW(a, struct json);
	struct err e = { 0 };
	struct str text = arena_printf(a,
		"{\"format\": \"assay.rebuild/1\", \"result\": {\"verdict\": \"%s\"%s%s%s%s, "
		"\"description-sha256\": \"%s\", \"lock-sha256\": \"%s\"%s%s%s, %s}, \"by\": {%s}}",
		verdict, m.failed_at ? ", \"failed-at\": \"" : "", m.failed_at ? m.failed_at : "",
		m.failed_at ? "\"" : "",
		differs ? ", \"first-difference\": {\"artefact\": \"root: usr/bin/app\"}" : "",
		made_hex(a, m.description), made_hex(a, m.lock),
		strcmp(verdict, "built") ? ", \"published-manifest-sha256\": \"" : "",
		strcmp(verdict, "built") ? made_hex(a, m.manifest) : "",
		strcmp(verdict, "built") ? "\"" : "", made_outputs(a, &m, verdict), made_by(a, &m));

	CHECK_OK(json_parse(v, str_span(text), a, &e) && rebuild_claim_parse(c, v, a, &e), e);
	return c;
}

/*
 * Rebuilders 0 and 1 are Alice's, 2 is Bob's, 3 Carol's, 4 Dave's; so many operators are needed.
 */
__attribute__((unused)) static void made_trust(
	struct trust_file *ret, unsigned needed, struct arena *a)
{
	static const char *const operators[] = { "Alice", "Alice", "Bob", "Carol", "Dave" };
	CLEANUP(buf_done) struct buf b = buf_init(64 << 10);
	struct json v;
	struct err e = { 0 };

	buf_printf(&b, "format: assay.trust/1\nrebuilders:\n");
	for (unsigned i = 0; i < ARRAY_LEN(operators); i++) {
		uint8_t key[32] = { (uint8_t)(i + 1) };

		buf_printf(
			&b, "  - name: r%u\n    operator: %s\n    key: ed25519:", i, operators[i]);
		base64_add(&b, SPAN_OF(key), BASE64_STANDARD);
		buf_printf(&b, "\n");
	}
	if (needed)
		buf_printf(&b, "vouchers:\n  rebuilders: %u\n", needed);
	CHECK_OK(yaml_parse(&v, str_span(arena_str(a, buf_str(&b))), a, &e) &&
			 trust_file_parse(ret, &v, a, &e),
		e);
}

#define SIGNED(...) ((struct quorum_statement){ __VA_ARGS__ })
#define BY(i) (UINT64_C(1) << (i))

#endif
