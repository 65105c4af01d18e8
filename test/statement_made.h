/*
 * A statement of a rebuild as the tool writes it, for tests: nine artefacts and a manifest, registers of two platforms.
 */
#ifndef ASSAY_TEST_STATEMENT_MADE_H
#define ASSAY_TEST_STATEMENT_MADE_H

#include "build/rebuild_statement.h"
#include "test.h"

enum { STATEMENT_MADE_MAX = 1 << 16 };

/* The writer's own words on what it wrote. */
struct statement_made {
	struct buf text;                    /* the statement */
	struct buf result;                  /* canonical */
	uint8_t result_sha256[SHA256_SIZE]; /* what `assay rebuild` prints */
};

static inline void statement_made_done(struct statement_made *m)
{
	buf_done(&m->text);
	buf_done(&m->result);
}

static inline void statement_made_fill(uint8_t *p, int with)
{
	memset(p, with, SHA256_SIZE);
}

static inline void statement_made_manifest(struct manifest *m, int seed)
{
	statement_made_fill(m->kernel.sha256, seed);
	statement_made_fill(m->stub.sha256, seed + 1);
	statement_made_fill(m->initrd.sha256, seed + 2);
	statement_made_fill(m->root_hash, seed + 3);
	statement_made_fill(m->uki.sha256, seed + 4);
	statement_made_fill(m->esp.sha256, seed + 5);
	statement_made_fill(m->disk.sha256, seed + 6);
	statement_made_fill(m->code.sha256, seed + 7);
	statement_made_fill(m->vars.sha256, seed + 8);
}

/* All that a statement is made of. */
struct statement_parts {
	struct reference_register vtpm[3], snp;
	struct reference_shape shapes[2];
	struct reference_values values;
	struct manifest here, there;
	uint8_t ours[SHA256_SIZE], theirs[SHA256_SIZE], description[SHA256_SIZE], lock[SHA256_SIZE];
	struct rebuild_comparison comparison;
};

static inline void statement_made_values(struct statement_parts *p, int seed)
{
	const struct digest d256 = { .alg = DIGEST_SHA256 }, d384 = { .alg = DIGEST_SHA384 };

	for (unsigned i = 0; i < 3; i++)
		p->vtpm[i] = (struct reference_register){ .reg = (const unsigned[]){ 0, 4, 11 }[i],
			.how = i ? REFERENCE_COMPUTED : REFERENCE_OBSERVED,
			.values = { d256, d384 } };
	p->vtpm[1].values[0].bytes[0] = (uint8_t)seed;
	p->snp = (struct reference_register){ .how = REFERENCE_COMPUTED, .values = { d384 } };
	p->shapes[0] = (struct reference_shape){ .name = STR("qemu-vtpm"),
		.platform = STR("tpm"),
		.banks = { DIGEST_SHA256, DIGEST_SHA384 },
		.n_banks = 2,
		.registers = p->vtpm,
		.n_registers = 3 };
	p->shapes[1] = (struct reference_shape){ .name = STR("qemu-snp"),
		.platform = STR("snp"),
		.banks = { DIGEST_SHA384 },
		.n_banks = 1,
		.registers = &p->snp,
		.n_registers = 1 };
	p->values = (struct reference_values){ .shapes = p->shapes, .n_shapes = 2 };
}

static inline void statement_made_write(
	struct statement_made *ret, const struct rebuild_result *r, int seed, const char *by)
{
	static const uint8_t tool[SHA256_SIZE] = { 5 };
	struct rebuild_by who = { .name = by,
		.tool = "assay 0.1.0",
		.tool_sha256 = tool,
		.at_unix = 1767225600 + seed,
		.chain_verified = true,
		.why = r->failed_at ? "step 'make' ends with 2" : NULL,
		.kernel = "6.1",
		.processor = "x",
		.n_processors = 2 };
	struct err e = { 0 };

	*ret = (struct statement_made){ buf_init(STATEMENT_MADE_MAX), buf_init(STATEMENT_MADE_MAX),
		{ 0 } };
	CHECK_OK(rebuild_statement_emit(r, &who, &ret->text, &e), e);
	CHECK_OK(rebuild_statement_result(r, &ret->result, ret->result_sha256, &e), e);
}

/* seed: other images have other ones. by: the name of whoever says it, or NULL. */
static inline struct statement_made statement_made(
	enum rebuild_verdict verdict, int seed, const char *by)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct statement_parts p = { .description = { 3 }, .lock = { 4 } };
	struct rebuild_result r = { .comparison = &p.comparison,
		.description_sha256 = p.description,
		.lock_sha256 = p.lock };
	struct statement_made ret;
	struct err e = { 0 };

	statement_made_values(&p, seed);
	statement_made_manifest(&p.here, seed);
	statement_made_manifest(&p.there, seed);
	statement_made_fill(p.ours, seed + 9);
	statement_made_fill(p.theirs, seed + 9);
	if (verdict == REBUILD_DIFFERS)
		p.there.disk.sha256[0] ^= 1;
	if (verdict != REBUILD_BUILT)
		r.published = (struct rebuild_side){ &p.there, p.theirs, &p.values, true };
	if (verdict != REBUILD_FAILED)
		r.rebuilt = (struct rebuild_side){ &p.here, p.ours, &p.values, true };
	else
		r.failed_at = "build";
	CHECK_OK(rebuild_compare(&p.comparison, &r.published, &r.rebuilt, a, &e), e);
	CHECK(p.comparison.verdict == verdict);
	statement_made_write(&ret, &r, seed, by);
	return ret;
}

#endif
