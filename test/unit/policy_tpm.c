#include "appraise/policy.h"

#include "codec/yaml.h"
#include "evidence/bundle.h"
#include "test.h"

#define HEAD "format: assay.policy/1\nname: x\n"

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

	CHECK(!p.tpm.ak && !p.tpm.min_rsa_bits && !p.tpm.hashes && !p.tpm.min_firmware);
	CHECK_OK(parse(&p, HEAD "tpm: {}\n", &e), e);
	CHECK(!p.tpm.ak && !p.tpm.min_rsa_bits && !p.tpm.hashes && !p.tpm.min_firmware);
	CHECK_OK(parse(&p,
			 HEAD "tpm:\n  ak: [certificate, credential]\n  minimum-rsa-bits: 3072\n"
			      "  hashes: [sha512, sha256]\n  minimum-firmware: 2023121100162836\n",
			 &e),
		e);
	CHECK(p.tpm.ak == (1U << POLICY_TPM_CERTIFICATE | 1U << POLICY_TPM_CREDENTIAL));
	CHECK(p.tpm.min_rsa_bits == 3072 && p.tpm.min_firmware == 0x2023121100162836);
	CHECK(p.tpm.hashes == (1U << DIGEST_SHA256 | 1U << DIGEST_SHA512));
	CHECK_OK(parse(&p,
			 HEAD "tpm:\n  ak: [pinned, enrolled]\n"
			      "  minimum-firmware: \"ff0000000000000a\"\n",
			 &e),
		e);
	CHECK(p.tpm.ak == (1U << POLICY_TPM_PINNED | 1U << POLICY_TPM_ENROLLED));
	CHECK(p.tpm.min_firmware == 0xff0000000000000a && !p.tpm.min_rsa_bits);
}

/* Each with the line, and with what would have been right. */
static void refuses(void)
{
	static const struct {
		const char *member, *says;
	} bad[] = {
		{ "tpm: 1\n", "tpm" },
		{ "tpm: []\n", "tpm" },
		{ "tpm:\n  aks: [pinned]\n", "line 4" },
		{ "tpm:\n  ak: pinned\n", "line 4: 'ak' is a list of certificate, credential," },
		{ "tpm:\n  ak: []\n", "line 4: 'ak' is a list" },
		{ "tpm:\n  ak: [hcl]\n", "line 4: 'ak' is a list" },
		{ "tpm:\n  ak: [Pinned]\n", "line 4: 'ak' is a list" },
		{ "tpm:\n  ak:\n    - pinned\n    - pinned\n", "line 6: 'ak' is a list" },
		{ "tpm:\n  ak: [[pinned]]\n", "'ak' is a list" },
		{ "tpm:\n  ak: [pinned]\n  ak: [enrolled]\n", "line 5" },
		{ "tpm:\n  minimum-rsa-bits: 1024\n", "line 4: 'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  minimum-rsa-bits: 0\n", "'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  minimum-rsa-bits: 3000\n", "'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  minimum-rsa-bits: 5120\n", "'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  minimum-rsa-bits: -3072\n", "'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  minimum-rsa-bits: 03072\n", "'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  minimum-rsa-bits: 3072 bits\n", "'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  minimum-rsa-bits: [3072]\n", "'minimum-rsa-bits' is 2048," },
		{ "tpm:\n  hashes: sha256\n", "line 4: 'hashes' is a list of sha256, sha384," },
		{ "tpm:\n  hashes: []\n", "'hashes' is a list" },
		{ "tpm:\n  hashes: [sha1]\n", "'hashes' is a list" },
		{ "tpm:\n  hashes: [SHA256]\n", "'hashes' is a list" },
		{ "tpm:\n  hashes: [sha256, sha256]\n", "'hashes' is a list" },
		{ "tpm:\n  hashes: [none]\n", "'hashes' is a list" },
		{ "tpm:\n  minimum-firmware: 20231211.00162836\n",
			"line 4: 'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: 0x2023121100162836\n", "'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: 202312110016283\n", "'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: 20231211001628360\n", "'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: FF00000000000000\n", "'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: 0000000000000000\n", "'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: 7.2\n", "'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: ''\n", "'minimum-firmware' is 16" },
		{ "tpm:\n  minimum-firmware: [2023121100162836]\n", "'minimum-firmware' is 16" },
	};
	char text[300];
	struct policy p = policy_default();
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(text, sizeof text, HEAD "%s", bad[i].member);
		CHECK_ERR(parse(&p, text, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, bad[i].says) != NULL);
		if (!strstr(e.text, bad[i].says))
			fprintf(stderr, "%s%s\n", bad[i].member, e.text);
	}
	CHECK(!p.tpm.ak && !p.tpm.min_rsa_bits && !p.tpm.hashes && !p.tpm.min_firmware);
}

/* Demands of a TPM are demands that there is one of that kind; beside what is asked of Azure's, of theirs. */
static void kinds(void)
{
	static const struct {
		const char *members;
		uint32_t kinds;
	} cases[] = {
		{ "tpm: {}\n", 1U << BUNDLE_TPM },
		{ "tpm:\n  hashes: [sha256]\n", 1U << BUNDLE_TPM },
		{ "tpm: {}\ngce: {}\n", 1U << BUNDLE_TPM },
		{ "tpm: {}\nazure: {}\n", 1U << BUNDLE_AZURE },
		{ "tpm: {}\nsnp: {}\n", 1U << BUNDLE_SNP | 1U << BUNDLE_AZURE },
		{ "tpm: {}\ntdx: {}\n", 1U << BUNDLE_TDX | 1U << BUNDLE_AZURE },
		{ "tpm: {}\nnitro: {}\n", 1U << BUNDLE_TPM | 1U << BUNDLE_NITRO },
		{ "tpm: {}\ngce: {}\nsnp: {}\n",
			1U << BUNDLE_TPM | 1U << BUNDLE_SNP | 1U << BUNDLE_AZURE },
		{ "tpm: {}\nevidence: [azure]\n", 1U << BUNDLE_AZURE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy p = policy_default();
		struct err e = { 0 };
		char text[100];

		snprintf(text, sizeof text, HEAD "%s", cases[i].members);
		CHECK_OK(parse(&p, text, &e), e);
		CHECK(p.kinds == cases[i].kinds);
	}
}

static bool tells(const char *members, const char *words)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	struct policy p = policy_default();
	struct err e = { 0 };
	char text[200];
	bool found;

	snprintf(text, sizeof text, HEAD "%s", members);
	CHECK_OK(parse(&p, text, &e), e);
	policy_tpm_tell(&p.tpm, &b);
	buf_u8(&b, 0);
	found = words ? strstr((const char *)b.p, words) != NULL : b.n == 1;
	if (!found)
		fprintf(stderr, "%s\n", (const char *)b.p);
	return found;
}

static void in_sentences(void)
{
	CHECK(tells("leeway: 1\n", NULL));
	CHECK(tells("tpm: {}\n", NULL));
	CHECK(tells("tpm:\n  ak: [certificate, enrolled]\n",
		"it must be known by this: enrolled or certificate.\n"));
	CHECK(tells("tpm:\n  minimum-rsa-bits: 3072\n", "must have 3072 bits or more.\n"));
	CHECK(tells("tpm:\n  hashes: [sha384, sha512]\n", "must be sha384 or sha512.\n"));
	CHECK(tells("tpm:\n  minimum-firmware: 0000000700020001\n",
		"must be version 0000000700020001 or later"));
}

int main(void)
{
	a = arena_new(1 << 24);
	reads();
	refuses();
	kinds();
	in_sentences();
	arena_free(a);
	return test_end();
}
