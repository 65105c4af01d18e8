/*
 * Rebuilders with keys of their own, and what they sign of reference values, for tests: Alice (two keys), Bob, and Eve, whom no trust
 * file names. Statements are written by the tool's own writer.
 */
#ifndef ASSAY_TEST_REBUILDERS_MADE_H
#define ASSAY_TEST_REBUILDERS_MADE_H

#include "appraise/reference_computed.h"
#include "keys_made.h"
#include "statement_made.h"

enum { REBUILDERS_ALICE, REBUILDERS_ALICE_2, REBUILDERS_BOB, REBUILDERS_EVE, REBUILDERS };

struct rebuilders_made {
	struct private_key *keys[REBUILDERS];
};

static inline void rebuilders_made_init(struct rebuilders_made *r)
{
	for (size_t i = 0; i < REBUILDERS; i++)
		r->keys[i] = i == REBUILDERS_BOB ? keys_made("EC", "P-256")
						 : keys_made("ED25519", NULL);
}

static inline void rebuilders_made_done(struct rebuilders_made *r)
{
	for (size_t i = 0; i < REBUILDERS; i++)
		private_key_free(r->keys[i]);
}

/* Members of a trust file: Alice and Bob, of whom so many are asked for; 0: no number. */
static inline void rebuilders_made_trust(
	struct buf *out, const struct rebuilders_made *r, unsigned needed)
{
	static const char *const operators[] = { "Alice", "Alice", "Bob" };

	buf_printf(out, "rebuilders:\n");
	for (unsigned i = 0; i < ARRAY_LEN(operators); i++) {
		CLEANUP(statement_key_freep) struct statement_key *half = NULL;
		struct err e = { 0 };

		CHECK_OK(private_key_public(&half, r->keys[i], &e), e);
		buf_printf(out, "  - name: r%u\n    operator: %s\n    key: ", i, operators[i]);
		statement_key_write(out, half);
		buf_printf(out, "\n");
	}
	if (needed)
		buf_printf(out, "vouchers:\n  rebuilders: %u\n", needed);
}

/* The statement of a rebuild of exactly these values; seed other than 0: of another image. */
static inline void rebuilders_made_statement(
	struct buf *out, const struct reference_values *v, int seed, int64_t at_unix)
{
	static const uint8_t some[SHA256_SIZE] = { 3 };
	CLEANUP(arena_freep) struct arena *a = arena_new(4 << 20);
	uint8_t manifest[SHA256_SIZE], values[SHA256_SIZE];
	struct manifest m = { 0 };
	struct rebuild_comparison comparison;
	struct rebuild_result r = { .comparison = &comparison,
		.published = { &m, manifest, v, true },
		.rebuilt = { &m, manifest, v, true },
		.description_sha256 = some,
		.lock_sha256 = some,
		.values_sha256 = values };
	struct rebuild_by by = { .tool = "made",
		.tool_sha256 = some,
		.at_unix = at_unix,
		.chain_verified = true,
		.kernel = "6.1",
		.processor = "x" };
	struct err e = { 0 };

	memcpy(manifest, v->manifest_sha256, SHA256_SIZE);
	manifest[0] ^= (uint8_t)seed;
	statement_made_manifest(&m, 1 + seed);
	CHECK_OK(reference_computed_sha256(values, v, a, &e), e);
	CHECK_OK(rebuild_compare(&comparison, &r.published, &r.rebuilt, a, &e), e);
	CHECK_OK(rebuild_statement_emit(&r, &by, out, &e), e);
}

/* An envelope around any payload, by one key. */
static inline struct buf rebuilders_made_sign(
	const struct rebuilders_made *r, unsigned who, struct span payload)
{
	struct buf out = buf_init(4 * STATEMENT_MADE_MAX);
	struct err e = { 0 };

	CHECK_OK(dsse_sign(&out, STR(STATEMENT_PAYLOAD_TYPE), payload, r->keys[who], STR(""), &e),
		e);
	return out;
}

#endif
