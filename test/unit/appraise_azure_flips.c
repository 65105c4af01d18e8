/* Azure's evidence with each byte changed, and cut at each length. */
#include "appraise/appraise_azure.h"

#include "azure_snp_world.h"

/* What stands in the HCL report, but what nobody signs: its header may say another size or version, and nothing else. */
static bool is_unsigned(size_t i)
{
	return i < 32 || (i >= 32 + 0x2a0 && i < 32 + 0x4a0) || (i >= 1216 && i < RUNTIME_AT) ||
	       i >= RUNTIME_AT + hcl_runtime(&az.hcl).n;
}

/* Each byte of the hardware's report, the runtime data, the quote and its signature, changed. */
static void flips(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	const struct span *parts[3] = { &az.bundle.azure_hcl, &az.bundle.quote,
		&az.bundle.signature };
	struct err e = { 0 };

	az_init(a);
	honest();
	az.hcl.runtime = "{\"keys\":[" KEY("HCLAkPub", "%") "]," AZURE_CONFIGURATION "}";
	az_sign();
	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		for (size_t i = 0; i < parts[k]->n; i++) {
			CLEANUP(arena_freep) struct arena *own = arena_new(16 << 20);
			uint8_t *p = (uint8_t *)(uintptr_t)parts[k]->p + i;
			bool affirmed;

			/* the report's own bytes are flipped in its own test, too */
			if (k == 0 && (is_unsigned(i) || (i > 32 && i < 1216 && i % 23)))
				continue;
			*p ^= (uint8_t)(1u << i % 8);
			CHECK_OK(appraise(&az_out, &az.in, own, &e), e);
			affirmed = verdict_affirms(&az_out.verdict);
			CHECK(!affirmed && az_out.verdict.status == BAD);
			*p ^= (uint8_t)(1u << i % 8);
		}
	CHECK_OK(appraise(&az_out, &az.in, a, &e), e);
	CHECK(verdict_affirms(&az_out.verdict));
}

/* Each byte that nobody signs, changed: refused, or it makes no difference to anything that is said. */
static void unsigned_bytes(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };

	az_init(a);
	honest();
	az_sign();
	for (size_t i = 0; i < az.bundle.azure_hcl.n; i++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(16 << 20);

		if (!is_unsigned(i) || (i > 32 + 0x2a0 && i < 1216 && i % 23))
			continue;
		*az_hcl(i) ^= (uint8_t)(1u << i % 8);
		CHECK_OK(appraise(&az_out, &az.in, own, &e), e);
		CHECK(az_out.verdict.status == BAD || i == 4);
		*az_hcl(i) ^= (uint8_t)(1u << i % 8);
	}
}

static void truncations(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct span *parts[3] = { &az.bundle.azure_hcl, &az.bundle.quote, &az.bundle.signature };
	struct err e = { 0 };

	az_init(a);
	honest();
	az_sign();
	for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
		struct span whole = *parts[k];
		size_t end = k ? whole.n : RUNTIME_AT + hcl_runtime(&az.hcl).n;

		for (size_t n = 0; n < end; n += k ? 5 : 1) {
			CLEANUP(arena_freep) struct arena *own = arena_new(16 << 20);

			parts[k]->n = n;
			CHECK_OK(appraise(&az_out, &az.in, own, &e), e);
			CHECK(az_out.verdict.status == BAD);
		}
		*parts[k] = whole;
	}
}

int main(void)
{
	azure_snp_keys();
	flips();
	unsigned_bytes();
	truncations();
	azure_snp_done();
	return test_end();
}
