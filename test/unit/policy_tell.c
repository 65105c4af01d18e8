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

#define H16 "00112233445566778899aabbccddeeff"
#define H32 H16 H16
#define H48 H16 H32
#define H64 H32 H32

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
		{ "clock: safe\n", "must say that its clock is not behind" },
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

/* What is said is what the appraisal does, also where another member or another kind of evidence changes that. */
static void truths(void)
{
	static const struct {
		const char *policy, *says, *says_not;
	} cases[] = {
		{ "", "valid at the very time of the appraisal.\n", "may be of any age" },
		{ "freshness: archive\n", "valid when it was made; it may be of any age.",
			"must be valid now" },
		{ "freshness: archive\n", "of the appraisal, where nothing else is said below.\n",
			"not be older than" },
		{ "nitro: {mode: archive}\n", "appraisal, where nothing else is said below.\n",
			"must be valid now" },
		{ "tdx: {grace-days: 3}\n", "appraisal, where nothing else is said below.\n",
			"must be current" },
		{ "clock: safe\n", "at first it cannot say so", "every shutdown" },
		{ "", "MRTD must have its reference value.", "held against nothing" },
		{ "", "Underneath an Azure machine, MRTD and RTMRs are held only against", "-" },
		{ "evidence: [tdx]\n", "RTMR 2 must have its reference value.",
			"Underneath an Azure machine" },
		{ "azure: {hardware: [snp]}\n", "RTMR 2 ", "Underneath an Azure machine" },
		{ "evidence: [azure]\nazure: {hardware: [tdx], measurement: any}\n",
			"MRTD is held against nothing: underneath an Azure machine it has no",
			"reference value.\n  RTMR" },
		{ "evidence: [azure]\ntdx: {rtmr-1: [" H48 "]}\n", "RTMR 1 must be the 1 value",
			"RTMR 1 is held against nothing" },
		{ "", "MRSERVICETD must be zero, where the quote has it (one of TDX 1.0 has not)",
			"must be zero: no" },
		{ "", "for the report's TCB; that of a VCEK for its chip, too, and a VLEK names none.",
			"chip and TCB" },
		{ "snp: {signers: [VCEK]}\n", "is for the report's chip and TCB.", "VLEK" },
		{ "snp: {signers: [VLEK]}\n", "is for the report's TCB; it names no chip.",
			"VCEK" },
		{ "", "current, and names neither the intermediate nor the root.", "none of them" },
		{ "snp: {crl: if-present}\n", "is current and names neither the intermediate",
			"none of them" },
		{ "require-registers: [4, 11]\nbank: sha256\n",
			"Of a NitroTPM, PCR 4 and 11 of bank SHA-384 must be in it and fit.", "-" },
		{ "require-registers: [4]\nnitro: {pcrs: {7: " H48 "}}\n",
			"Of a NitroTPM, PCR 4 and 7 of bank SHA-384", "-" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char yaml[400], *text;
		bool as_said;

		snprintf(yaml, sizeof yaml, "format: assay.policy/1\nname: mine\n%s",
			cases[i].policy);
		text = tell(yaml);
		as_said = strstr(text, cases[i].says) &&
			  (!strcmp(cases[i].says_not, "-") || !strstr(text, cases[i].says_not));
		test_report(as_said, __FILE__, __LINE__, cases[i].says);
		free(text);
	}
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

/* Policies that together have every member, each of them with one value, with two and with more than are shown. */
static const char *const policies[] = {
	"freshness: archive\nbank: sha384\nrequire-registers: [0, 15, 16, 17, 23]\nleeway: 1\n"
	"clock: safe\nevidence: [tpm]\nshape: a\n",
	"evidence: [tpm, snp, tdx, nitro, azure]\nrequire-registers: [1, 8, 10]\nleeway: 86400\n",
	"snp:\n  products: [Milan]\n  signers: [VCEK]\n  vmpl: [3]\n  crl: off\n  debug: allow\n"
	"  migration: allow\n  chips: [" H64 "]\n  minimum-abi: 0.1\n  minimum-firmware: 0.0.1\n",
	"snp:\n  products: [Milan, Turin]\n  vmpl: [0, 1, 2, 3]\n  crl: if-present\n"
	"  crl-max-age: 604800\n"
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
	"  crl-max-age: 86400\n"
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
	truths();
	form();
	limit();
	limits();
	sentences();
	arena_free(a);
	return test_end();
}
