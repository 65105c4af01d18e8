#include "measure/sev_cpu.h"

#include "test.h"

static void processor_types(void)
{
	static const struct {
		const char *name;
		uint32_t signature;
	} known[] = { { "EPYC", 0x800f12 }, { "EPYC-v5", 0x800f12 }, { "EPYC-IBPB", 0x800f12 },
		{ "EPYC-Rome-v5", 0x830f10 }, { "EPYC-Milan-v3", 0xa00f11 },
		{ "EPYC-Genoa-v2", 0xa10f10 }, { "EPYC-Turin", 0xb00f00 },
		{ "EPYC-Turin-v1", 0xb00f00 } };
	static const char *const unknown[] = { "", "EPYC-", "EPYC-v", "EPYC-v0", "EPYC-v6", "epyc",
		"EPYC-v01", "EPYC-Milan-v4", "EPYC-Naples", "EPYC-IBPB-v1", "Opteron_G5",
		"EPYC-Milan-v1x" };
	const struct sev_cpu *c;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		CHECK_OK(sev_cpu_find(&c, str_of(known[i].name), &e), e);
		CHECK(sev_cpu_signature(c->family, c->model, c->stepping) == known[i].signature);
		CHECK(sev_cpu_of_signature(known[i].signature) == c);
	}
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
		CHECK_ERR(sev_cpu_find(&c, str_of(unknown[i]), &e), e, ERR_USAGE);
	CHECK(sev_cpu_signature(6, 0x9e, 10) == 0x906ea);
	CHECK(!sev_cpu_of_signature(0xb00f21));
}

int main(void)
{
	processor_types();
	return test_end();
}
