#include "appraise/policy_tell.h"

#include "codec/yaml.h"
#include "test.h"

static struct arena *a;

/* The text of a policy's sentences, terminated; the caller frees. */
static char *tell(const char *yaml)
{
	CLEANUP(buf_done) struct buf out = buf_init(1 << 20);
	struct policy p = policy_default();
	struct err e = { 0 };
	struct json v;

	if (yaml)
		CHECK_OK(yaml_parse(&v, str_span(str_of(yaml)), a, &e) &&
				 policy_parse(&p, &v, a, &e),
			e);
	policy_tell(&p, &out);
	CHECK(buf_ok(&out));
	return buf_take_cstr(&out);
}

static size_t lines_with(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		n++;
	return n;
}

/* Every member changes a sentence. */
static void members(void)
{
	static const struct {
		const char *member, *says;
	} cases[] = {
		{ "require-registers: [4, 11]\n",
			"PCR 11 of bank sha256 (the unified kernel image) must" },
		{ "bank: sha384\n", "PCR 4 of bank sha384" },
		{ "freshness: archive\n", "may be of any age" },
		{ "leeway: 60\n", "up to 60 s before they begin and after they end.\n" },
		{ "leeway: 60\nfreshness: archive\n", "after they end; a document of AWS Nitro" },
		{ "clock: safe\n", "must have kept its clock" },
		{ "evidence: [tdx, snp]\n", "must be of kind snp or tdx." },
		{ "shape: qemu-tdx\n", "against shape qemu-tdx of" },
		{ "tpm:\n  ak: [certificate]\n", "known by this: certificate." },
		{ "tpm:\n  minimum-rsa-bits: 3072\n", "3072 bits or more" },
		{ "tpm:\n  hashes: [sha384]\n", "signs must be sha384." },
		{ "tpm:\n  minimum-firmware: 2023121100162836\n", "version 2023121100162836 or" },
	};
	char *normal = tell(NULL);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char yaml[200], *text;

		snprintf(yaml, sizeof yaml, "format: assay.policy/1\nname: mine\n%s",
			cases[i].member);
		text = tell(yaml);
		CHECK(strstr(text, cases[i].says) != NULL);
		CHECK(strcmp(text, normal) != 0 && strstr(text, "Policy: assay.policy/1 mine\n"));
		CHECK((strstr(normal, cases[i].says) != NULL) == (i == 0));
		free(text);
	}
	CHECK(lines_with(normal, "must be signed and have") == 12);
	CHECK(!strstr(normal, "PCR 1 ") && strstr(normal, "must be fresh"));
	free(normal);
}

/* A title, and under it indented sentences that end with a full stop. */
static void form(void)
{
	char *text = tell(NULL), *at = text, *line;
	size_t titles = 0;

	CHECK(!strncmp(text, "Policy: assay.policy/1 default\n", 31));
	at += 31;
	for (line = strtok(at, "\n"); line; line = strtok(NULL, "\n")) {
		size_t n = strlen(line);

		if (line[0] == ' ')
			CHECK(line[1] == ' ' && line[2] >= 'A' && line[2] <= 'Z' &&
				line[n - 1] == '.');
		else
			CHECK(line[n - 1] == ':' && ++titles);
	}
	CHECK(titles >= 2);
	free(text);
}

static void limit(void)
{
	CLEANUP(buf_done) struct buf small = buf_init(100);
	struct policy p = policy_default();

	policy_tell(&p, &small);
	CHECK(!buf_ok(&small));
}

int main(void)
{
	a = arena_new(1 << 20);
	members();
	form();
	limit();
	arena_free(a);
	return test_end();
}
