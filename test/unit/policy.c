#include "appraise/policy.h"

#include "codec/yaml.h"
#include "test.h"

static struct arena *a;

static bool parse(struct policy *p, const char *text, struct err *e)
{
	struct json v;

	return yaml_parse(&v, str_span(str_of(text)), a, e) && policy_parse(p, &v, a, e);
}

static void reads(void)
{
	struct policy p = policy_default();
	struct err e = { 0 };

	CHECK(p.registers == 0x7afd && p.bank == DIGEST_SHA256 && p.freshness == POLICY_NONCE);
	CHECK_OK(parse(&p, "format: assay.policy/1\nname: mine\n", &e), e);
	CHECK(p.registers == 0x7afd && str_is(p.id, "assay.policy/1 mine") && !p.safe_clock);
	CHECK_OK(parse(&p,
			 "format: assay.policy/1\nname: x\nrequire-registers: [0, 23]\n"
			 "bank: sha384\nfreshness: archive\nleeway: 300\nclock: safe\nshape: s\n",
			 &e),
		e);
	CHECK(p.registers == 0x800001 && p.bank == DIGEST_SHA384 && p.freshness == POLICY_ARCHIVE &&
		p.leeway_s == 300);
	CHECK(p.safe_clock && str_is(p.shape, "s"));
}

static void refuses(void)
{
	static const char *const bad[] = {
		"name: x\n",
		"format: assay.policy/1\n",
		"format: assay.policy/2\nname: x\n",
		"format: assay.policy/1\nname: x\nrequire-register: [0]\n",
		"format: assay.policy/1\nname: x\nrequire-registers: []\n",
		"format: assay.policy/1\nname: x\nrequire-registers: 0\n",
		"format: assay.policy/1\nname: x\nrequire-registers: [24]\n",
		"format: assay.policy/1\nname: x\nrequire-registers: [-1]\n",
		"format: assay.policy/1\nname: x\nrequire-registers: [01]\n",
		"format: assay.policy/1\nname: x\nrequire-registers: [4, 4]\n",
		"format: assay.policy/1\nname: x\nbank: sha1\n",
		"format: assay.policy/1\nname: x\nbank: SHA256\n",
		"format: assay.policy/1\nname: x\nfreshness: none\n",
		"format: assay.policy/1\nname: x\nleeway: 86401\n",
		"format: assay.policy/1\nname: x\nleeway: -1\n",
		"format: assay.policy/1\nname: x\nclock: yes\n",
		"format: assay.policy/1\nname: x\nshape: [a]\n",
	};
	struct policy p;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(parse(&p, bad[i], &e), e, ERR_FORMAT);
}

int main(void)
{
	a = arena_new(1 << 24);
	reads();
	refuses();
	arena_free(a);
	return test_end();
}
