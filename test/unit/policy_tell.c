#include "appraise/policy_tell.h"

#include "codec/yaml.h"
#include "golden_text.h"

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

#define IMAGE "6f245dab6f245dab6f245dab6f245dab6f245dab6f245dab6f245dab6f245dab"

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
		{ "vouchers: {rebuilders: 2}\n", "At least 2 operators of" },
		{ "vouchers: {built-here: refuse}\n", "own store counts for nothing." },
		{ "images: [" IMAGE "]\n", "manifest has the SHA-256 " IMAGE " is" },
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

#define H16 "00112233445566778899aabbccddeeff"
#define H32 H16 H16
#define H48 H16 H32
#define H64 H32 H32

/* Policies that together have every member, each of them with one value, with two and with more than are shown. */
static const char *const policies[] = {
	"freshness: archive\nbank: sha384\nrequire-registers: [0, 15, 16, 17, 23]\nleeway: 1\n"
	"clock: safe\nevidence: [tpm]\nshape: a\n",
	"evidence: [tpm, snp, tdx, nitro, azure]\nrequire-registers: [1, 8, 10]\nleeway: 86400\n",
	"snp:\n  products: [Milan]\n  signers: [VCEK]\n  vmpl: [3]\n  crl: off\n  debug: allow\n"
	"  migration: allow\n  chips: [" H64 "]\n  minimum-abi: 0.1\n  minimum-firmware: 0.0.1\n",
	"snp:\n  products: [Milan, Turin]\n  vmpl: [0, 1, 2, 3]\n  crl: if-present\n"
	"  migration: allow\n  report-id-ma: [" H32 "]\n  minimum-abi: 1.0\n"
	"  minimum-firmware: 0.2.0\n  provisional-firmware: allow\n  minimum-guest-svn: 7\n",
	"snp:\n  vmpl: [1, 2]\n  minimum-firmware: 3.0.0\n"
	"  guest-policy:\n    must: [SMT, SINGLE_SOCKET]\n    must-not: [CXL_ALLOW]\n"
	"  platform-info:\n    must: [SMT_EN, bit-63]\n    must-not: [TSME_EN, bit-62]\n"
	"  mitigations:\n    launch: [0, 63]\n    current: [1]\n",
	"snp:\n  products: [Milan, Turin]\n  minimum-tcb:\n    Milan:\n      reported:\n        snp: 23\n        microcode: 213\n"
	"      launch:\n        boot-loader: 4\n    Turin:\n      committed:\n        fmc: 1\n"
	"      current:\n        tee: 2\n",
	"snp:\n  products: [Genoa]\n  minimum-tcb:\n    Milan:\n      reported:\n        snp: 23\n"
	"    Genoa:\n      reported:\n        snp: 24\n",
	"snp:\n  measurements: [" H48 "]\n  host-data: [" H32 ", " H16 "0" /* two */
	"0112233445566778899aabbccddeefe]\n"
	"  family-ids: [" H16
	", 10112233445566778899aabbccddeeff, 20112233445566778899aabbccddeeff]\n"
	"  image-ids: [" H16
	", 10112233445566778899aabbccddeeff, 20112233445566778899aabbccddeeff, "
	"30112233445566778899aabbccddeeff, 40112233445566778899aabbccddeeff]\n"
	"  id-key-digests: [" H48 "]\n  author-key-digests: [" H48 "]\n",
	"tdx:\n  tcb-status: [UpToDate, SWHardeningNeeded]\n  grace-days: 1\n"
	"  minimum-tcb-date: \"2024-03-13T00:00:00Z\"\n  minimum-evaluation-number: 17\n"
	"  minimum-tee-tcb-svn: 01000000000000000000000000000000\n"
	"  advisories:\n    deny: [INTEL-SA-00001]\n    allow: [INTEL-SA-00002]\n  crl: off\n"
	"  platforms: [" H16 "]\n  mrtd: [" H48 "]\n  rtmr-0: ignore\n  rtmr-1: [" H48 "]\n"
	"  rtmr-3: require\n  debug: allow\n  migration: allow\n",
	"tdx:\n  advisories:\n    deny: [INTEL-SA-00001, INTEL-SA-00003]\n    allow: []\n"
	"  minimum-tee-tcb-svn: 00000000000000000000000000000002\n"
	"  mrseam: [" H48 "]\n  mrconfigid: [" H48 "]\n  mrowner: [" H48 "]\n"
	"  mrownerconfig: [" H48 "]\n  mrservicetd: [" H48 ", " H32
	"10112233445566778899aabbccddeeff]\n"
	"  attributes:\n    must: 0x10000000\n  xfam:\n    must-not: 0x40000\n",
	"tdx:\n  advisories:\n    allow: [INTEL-SA-00002, INTEL-SA-00004]\n"
	"  attributes:\n    must-not: 0x40000000\n  xfam:\n    must: 0x3\n",
	"nitro:\n  mode: archive\n  debug: allow\n  require-registers: [0]\n  user-data: ''\n"
	"  public-key: 0102\n  pcrs:\n    3: " H48 "\n",
	"nitro:\n  max-age: 60\n  require-registers: [0, 23]\n  user-data: ff\n  pcrs:\n    0: " H48
	"\n    23: [" H48 ", " H32 "10112233445566778899aabbccddeeff]\n",
	"azure:\n  secure-boot: any\n  console: refuse\n  measurement: any\n  nonce: either\n"
	"  vm-ids: [one]\n",
	"azure:\n  vm-ids: [one, two, three]\n",
	"gce:\n  project: p\n  zone: z\n  instance: i\n  host: any\n",
	"gce:\n  zone: z\n",
};

/* Everything that is said of them, and of the default. */
static void sentences(void)
{
	struct buf told = buf_init(1 << 20);
	char *text = tell(NULL);

	buf_add_cstr(&told, text);
	free(text);
	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		char yaml[4000];

		snprintf(yaml, sizeof yaml, "format: assay.policy/1\nname: p%zu\n%s", i,
			policies[i]);
		text = tell(yaml);
		buf_add_cstr(&told, text);
		free(text);
	}
	golden_text(&told, "policy_tell");
}

/* Nothing is said of what did not fit: at no maximum below what it takes. */
static void limits(void)
{
	CLEANUP(buf_done) struct buf whole = buf_init(1 << 20);
	struct policy p = policy_default();

	policy_tell(&p, &whole);
	for (size_t max = whole.n - 1; max <= whole.n + 1; max += 2) {
		CLEANUP(buf_done) struct buf small = buf_init(max);

		policy_tell(&p, &small);
		CHECK(buf_ok(&small) == (max > whole.n));
	}
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
	limits();
	sentences();
	arena_free(a);
	return test_end();
}
