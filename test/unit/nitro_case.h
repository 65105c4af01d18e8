/*
 * One case of the tests of documents of AWS Nitro: an honest document with reference values that fit, one thing changed
 * before or after it is signed, the verdict that it must get, and the check that must have failed.
 */
#ifndef ASSAY_TEST_NITRO_CASE_H
#define ASSAY_TEST_NITRO_CASE_H

#include "appraise/appraise.h"
#include "nitro_made.h"
#include "verdict_told.h"

enum { CASE_LAYERS = 8 };

struct nitro_world {
	struct arena *a;
	struct made_nitro m;
	struct bundle bundle;
	struct binding signed_binding; /* goes into the document */
	struct digest bound;
	struct reference_register registers[MADE_PCRS];
	struct reference_coverage coverage[CASE_LAYERS];
	struct reference_shape shape;
	struct policy policy;
	struct trust_hardware_root root;
	struct trust_file trust;
	uint8_t nonce[BINDING_NONCE_SIZE];
	struct span values[2]; /* for the policy */
	struct appraise_in in;
};

static struct nitro_world w; /* of the case under test */
static struct appraise_out out;

static void world_registers(const unsigned *regs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		w.registers[i] = (struct reference_register){ .reg = regs[i],
			.how = REFERENCE_COMPUTED,
			.values = { { .alg = DIGEST_SHA384 } } };
		memcpy(w.registers[i].values[0].bytes, w.m.pcr[regs[i]], SHA384_SIZE);
	}
	w.shape.registers = w.registers;
	w.shape.n_registers = n;
}

static void world_shape(void)
{
	static const unsigned regs[] = { 0, 1, 2 };
	static const char *const layers[][2] = { { "firmware", "the hypervisor" },
		{ "kernel", "PCR 0, PCR 1" }, { "command line", "PCR 0, PCR 1" },
		{ "initrd", "PCR 0, PCR 1" }, { "root file system", "PCR 0, PCR 2" } };

	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		w.coverage[i] = (struct reference_coverage){ str_of(layers[i][0]),
			str_of(layers[i][1]), STR("") };
	w.shape = (struct reference_shape){ .name = STR("made"),
		.platform = STR("nitro-enclave"),
		.banks = { DIGEST_SHA384 },
		.n_banks = 1,
		.coverage = w.coverage,
		.n_coverage = ARRAY_LEN(layers) };
	world_registers(regs, ARRAY_LEN(regs));
}

/* A NitroTPM's: registers of a TPM, values of a shape of a TPM. */
__attribute__((unused)) static void of_tpm(void)
{
	static const unsigned regs[] = { 0, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14 };
	static const char *const layers[][2] = { { "firmware", "PCR 0" },
		{ "option ROMs", "PCR 2" }, { "boot loader", "PCR 4" },
		{ "kernel", "PCR 4, PCR 11" }, { "initrd", "PCR 9" },
		{ "command line", "PCR 9, PCR 11" }, { "root file system", "PCR 11" } };

	w.m.pcrs_name = "nitrotpm_pcrs";
	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		w.coverage[i] = (struct reference_coverage){ str_of(layers[i][0]),
			str_of(layers[i][1]), STR("") };
	w.shape.n_coverage = ARRAY_LEN(layers);
	w.shape.platform = STR("tpm");
	world_registers(regs, ARRAY_LEN(regs));
}

/* Honest; a must be empty. */
static void world_init(struct arena *a)
{
	w = (struct nitro_world){ .a = a,
		.m = made_nitro(),
		.policy = policy_default(),
		.root = { .name = STR("made"), .hardware = TRUST_NITRO } };
	memset(w.nonce, 0x0a, sizeof w.nonce);
	w.bundle = (struct bundle){
		.kind = BUNDLE_NITRO, .has_binding = true, .binding = { .role = STR("attester") }
	};
	memcpy(w.bundle.binding.nonce, w.nonce, sizeof w.nonce);
	w.signed_binding = w.bundle.binding;
	world_shape();
	w.trust = (struct trust_file){ .hardware = &w.root, .n_hardware = 1 };
	w.in = (struct appraise_in){ .bundle = &w.bundle,
		.shape = &w.shape,
		.vouch = APPRAISE_BUILT_HERE,
		.policy = &w.policy,
		.trust = &w.trust,
		.nonce = w.nonce,
		.at_unix = MADE_AT + 10 };
	w.m.field[NITRO_DOCUMENT_NONCE] = SPAN_OF(w.bound.bytes);
}

/* The bytes live in the arena. */
static struct span world_kept(struct buf b)
{
	struct str s = arena_str(w.a, buf_str(&b));

	buf_done(&b);
	return str_span(s);
}

/* ECDSA gives another certificate each time: the root that is trusted is the one in the document, if it has the right key. */
static void world_trust(void)
{
	struct nitro_signed s;
	struct err e = { 0 };

	if (!w.m.bundle[0].p && w.m.certs[0].key == made_keys[0] &&
		nitro_signed_parse(&s, w.bundle.nitro_document, w.a, &e))
		sha256_of(w.root.sha256, s.document.cabundle[0]);
}

static void world_sign(void)
{
	struct err e = { 0 };

	CHECK_OK(binding_digest(&w.bound, DIGEST_SHA512, &w.signed_binding, &e), e);
	w.bundle.nitro_document = world_kept(made_document(&w.m));
	world_trust();
}

__attribute__((unused)) static void nothing(void)
{
}

struct test_case {
	const char *name;
	int row; /* of the list of attacks that are known; 0: none of them */
	void (*before)(void);
	void (*after)(void);
	enum verdict_status want;
	const char *failing; /* the check that must have failed; NULL: none */
};

#define GOOD VERDICT_AFFIRMING
#define WARN VERDICT_WARNING
#define BAD VERDICT_CONTRAINDICATED
#define B(row, name, want, failing)                      \
	{                                                \
#name, row, name, nothing, want, failing \
	}
#define A(row, name, want, failing)                      \
	{                                                \
#name, row, nothing, name, want, failing \
	}

__attribute__((unused)) static void say(const char *name)
{
	fprintf(stderr, "case %s: %s\n", name, verdict_status_name(out.verdict.status));
	for (size_t i = 0; i < out.verdict.checks.n; i++) {
		const struct check *k = &out.verdict.checks.items[i];

		if (k->result != CHECK_PASSED)
			fprintf(stderr, "  %s %s: %.*s\n", check_result_name(k->result), k->name,
				STR_ARG(k->reason));
	}
}

static bool failed(const char *name)
{
	const struct check *c = check_find(&out.verdict.checks, name);

	return c && c->result == CHECK_FAILED && c->reason.n;
}

__attribute__((unused)) static void run_case(const struct test_case *c)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };
	bool ok;

	world_init(a);
	c->before();
	world_sign();
	c->after();
	CHECK_OK(appraise(&out, &w.in, a, &e), e);
	verdict_told(c->name, &out);
	ok = out.verdict.status == c->want && verdict_affirms(&out.verdict) == (c->want == GOOD) &&
	     (!c->failing || failed(c->failing));
	CHECK(ok);
	if (!ok)
		say(c->name);
}

#endif
