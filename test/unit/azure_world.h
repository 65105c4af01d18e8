/*
 * A made confidential machine of Azure but for its hardware: a virtual TPM with a key, runtime data that names it, a quote,
 * reference values and a policy that fit. What the hardware signs for is made by the test (azure_hardware), which gets the
 * digest that it must carry.
 */
#ifndef ASSAY_TEST_AZURE_WORLD_H
#define ASSAY_TEST_AZURE_WORLD_H

#include "appraise/appraise.h"
#include "codec/yaml.h"
#include "hcl_made.h"
#include "verdict_told.h"

#define AZURE_CONFIGURATION                                               \
	"\"vm-configuration\":{\"console-enabled\":true,\"secure-boot\":" \
	"true,\"tpm-enabled\":true,\"vmUniqueId\":\"MACHINE-1\"}"
#define AZURE_KEYS "\"keys\":[" KEY("HCLEkPub", "@") "," KEY("HCLAkPub", "%") "]"
#define AZURE_RUNTIME "{" AZURE_KEYS "," AZURE_CONFIGURATION "," DATA "}"

struct azure_world {
	struct arena *a;
	struct made_hcl hcl;
	bool loose;          /* the hardware signs for another digest */
	EVP_PKEY *quote_key; /* who signs the quote */
	uint16_t sig_scheme, sig_hash;
	const char *sig_hash_name;
	struct made_quote quote;
	struct binding binding, signed_binding;
	struct digest extra;
	struct bundle_bank bank, signed_bank;
	struct bundle bundle;
	struct reference_register registers[TPM_PCRS];
	struct reference_coverage coverage[7];
	struct reference_shape shape;
	struct policy policy;
	struct trust_hardware_root root;
	struct trust_file trust;
	uint8_t nonce[BINDING_NONCE_SIZE];
	struct span values[2]; /* for the policy */
	struct str ids[2];
	struct appraise_in in;
};

static struct azure_world az; /* of the case under test */
static struct appraise_out az_out;
static EVP_PKEY *az_ak, *az_other;

/* Puts the report into the HCL report's place for it, and what else there is into az.bundle; data: 64 bytes. */
static void azure_hardware(uint8_t *report, const uint8_t *data);

/* The bytes live in the arena. */
static struct span az_kept(struct buf b)
{
	struct str s = arena_str(az.a, buf_str(&b));

	buf_done(&b);
	return str_span(s);
}

static void az_reference(void)
{
	static const char *const layers[][2] = { { "firmware", "PCR 0" },
		{ "option ROMs", "PCR 2" }, { "boot loader", "PCR 4" },
		{ "kernel", "PCR 4, PCR 11" }, { "initrd", "PCR 9" },
		{ "command line", "PCR 9, PCR 11" }, { "root file system", "PCR 11" } };
	size_t n = 0;

	az.bank = (struct bundle_bank){ .alg = DIGEST_SHA256, .pcrs = 0xffffff };
	for (unsigned i = 0; i < TPM_PCRS; i++) {
		az.bank.values[i].alg = DIGEST_SHA256;
		memset(az.bank.values[i].bytes, (int)(0x20 + i), SHA256_SIZE);
		if (az.policy.registers >> i & 1)
			az.registers[n++] = (struct reference_register){
				.reg = i, .how = REFERENCE_COMPUTED, .values = { az.bank.values[i] }
			};
	}
	az.signed_bank = az.bank;
	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		az.coverage[i] = (struct reference_coverage){ str_of(layers[i][0]),
			str_of(layers[i][1]), STR("") };
	az.shape = (struct reference_shape){ .name = STR("made"),
		.platform = STR("tpm"),
		.banks = { DIGEST_SHA256 },
		.n_banks = 1,
		.registers = az.registers,
		.n_registers = n,
		.coverage = az.coverage,
		.n_coverage = ARRAY_LEN(layers) };
}

/* Honest; a must be empty. */
static void az_init(struct arena *a)
{
	az = (struct azure_world){ .a = a,
		.hcl = hcl_honest(),
		.quote_key = az_ak,
		.sig_scheme = TPM_ALG_RSASSA,
		.sig_hash = TPM_ALG_SHA256,
		.sig_hash_name = "SHA256",
		.quote = { .magic = TPM_GENERATED_VALUE,
			.type = TPM_ST_ATTEST_QUOTE,
			.safe = 1,
			.n = 1,
			.selections = { { TPM_ALG_SHA256, DIGEST_SHA256, 0xffffff } } },
		.binding = { .role = STR("attester") },
		.policy = policy_default(),
		.root = { .name = STR("made") } };
	hcl_arena = a;
	hcl_ak_number = hcl_number(az_ak);
	hcl_other_number = hcl_number(az_other);
	az.hcl.runtime = AZURE_RUNTIME;
	memset(az.nonce, 0x0a, sizeof az.nonce);
	memcpy(az.binding.nonce, az.nonce, sizeof az.nonce);
	az.signed_binding = az.binding;
	az_reference();
	az.trust = (struct trust_file){ .hardware = &az.root, .n_hardware = 1 };
	az.in = (struct appraise_in){ .bundle = &az.bundle,
		.shape = &az.shape,
		.vouch = APPRAISE_BUILT_HERE,
		.policy = &az.policy,
		.trust = &az.trust,
		.nonce = az.nonce };
	az.bundle = (struct bundle){ .kind = BUNDLE_AZURE, .has_binding = true };
}

static void az_sign_quote(void)
{
	CLEANUP(buf_done) struct buf values = buf_init(1 << 16);
	struct digest d;
	struct err e = { 0 };

	for (unsigned i = 0; i < TPM_PCRS; i++)
		if (az.quote.selections[0].pcrs >> i & 1)
			buf_add(&values, az.signed_bank.values[i].bytes,
				digest_size(az.signed_bank.alg));
	d = digest_of(DIGEST_SHA256, buf_span(&values));
	memcpy(az.quote.digest, d.bytes, sizeof az.quote.digest);
	CHECK_OK(binding_digest(&az.extra, DIGEST_SHA256, &az.signed_binding, &e), e);
	if (!az.quote.extra.p)
		az.quote.extra = span_make(az.extra.bytes, SHA256_SIZE);
	az.bundle.quote = az_kept(made_quote(&az.quote));
	az.bundle.signature = az_kept(made_signature(
		az.quote_key, az.sig_scheme, az.sig_hash_name, az.sig_hash, az.bundle.quote));
}

static void az_sign(void)
{
	struct buf hcl = hcl_made(&az.hcl);
	uint8_t data[AZURE_HCL_REPORT_DATA] = { 0 };

	sha256_of(data, str_span(hcl_runtime(&az.hcl)));
	data[0] ^= az.loose;
	azure_hardware(hcl.p + 32, data);
	az.bundle.azure_hcl = az_kept(hcl);
	az.bundle.banks[0] = az.bank;
	az.bundle.n_banks = 1;
	az.bundle.binding = az.binding;
	az_sign_quote();
}

/* The policy is that of a file with these members. */
__attribute__((unused)) static void az_policy(const char *members)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 16);
	struct err e = { 0 };
	struct json v;

	buf_printf(&text, "format: assay.policy/1\nname: made\n%s", members);
	CHECK_OK(
		yaml_parse(&v, buf_span(&text), az.a, &e) && policy_parse(&az.policy, &v, az.a, &e),
		e);
}

/* The HCL report of the bundle, to be changed after it was made. */
__attribute__((unused)) static uint8_t *az_hcl(size_t at)
{
	return (uint8_t *)(uintptr_t)az.bundle.azure_hcl.p + at;
}

__attribute__((unused)) static void az_nothing(void)
{
}

struct az_case {
	const char *name;
	int row; /* of the list of attacks that are known; 0: none of them */
	void (*before)(void);
	void (*after)(void);
	enum verdict_status want;
	const char *failing; /* the check that must have failed; NULL: none */
};

#define BEFORE(row, name, want, failing)                    \
	{                                                   \
#name, row, name, az_nothing, want, failing \
	}
#define AFTER(row, name, want, failing)                     \
	{                                                   \
#name, row, az_nothing, name, want, failing \
	}

__attribute__((unused)) static bool az_failed(const char *name)
{
	const struct check *c = check_find(&az_out.verdict.checks, name);

	return c && c->result == CHECK_FAILED && c->reason.n;
}

static void az_say(const char *name)
{
	fprintf(stderr, "case %s: %s\n", name, verdict_status_name(az_out.verdict.status));
	for (size_t i = 0; i < az_out.verdict.checks.n; i++) {
		const struct check *k = &az_out.verdict.checks.items[i];

		if (k->result == CHECK_FAILED)
			fprintf(stderr, "  %s: %.*s\n", k->name, STR_ARG(k->reason));
	}
}

__attribute__((unused)) static void az_run(const struct az_case *c, void (*honest)(void))
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };
	bool ok;

	az_init(a);
	honest();
	c->before();
	az_sign();
	c->after();
	CHECK_OK(appraise(&az_out, &az.in, a, &e), e);
	verdict_told(c->name, &az_out);
	ok = az_out.verdict.status == c->want &&
	     verdict_affirms(&az_out.verdict) == (c->want == VERDICT_AFFIRMING) &&
	     (c->failing ? az_failed(c->failing)
			 : check_count(&az_out.verdict.checks, CHECK_FAILED) == 0);
	CHECK(ok);
	if (!ok)
		az_say(c->name);
}

__attribute__((unused)) static void az_run_all(
	const struct az_case *cases, size_t n, void (*honest)(void))
{
	size_t negative = 0;

	for (size_t i = 0; i < n; i++) {
		az_run(&cases[i], honest);
		negative += cases[i].want != VERDICT_AFFIRMING;
	}
	printf("%zu cases, %zu of them refused\n", n, negative);
}

#endif
