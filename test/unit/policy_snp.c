#include "appraise/policy_snp.h"

#include "appraise/policy.h"
#include "codec/yaml.h"
#include "test.h"

static struct arena *a;

static bool parse(struct policy *p, const char *members, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	struct json v;

	buf_printf(&b, "format: assay.policy/1\nname: x\nsnp:\n%s", members);
	return yaml_parse(&v, buf_span(&b), a, e) && policy_parse(p, &v, a, e);
}

#define DIGEST \
	"d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2"
#define ID "d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3"
#define NAME "f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"
#define ZEROES "00000000000000000000000000000000"

static void defaults(void)
{
	const struct policy_snp p = policy_default().snp;

	CHECK(p.products == 0xe && p.signers == 3 && p.vmpls == 1);
	CHECK(!p.debug && !p.migration && !p.provisional && p.crl == POLICY_SNP_CRL_REQUIRE);
	CHECK(!p.crl_max_age.given);
	CHECK(!p.guest_policy.must && !p.guest_policy.must_not && !p.platform_info.must);
	CHECK(!p.chips.n && !p.measurements.n && !p.guest_svn && !p.minimum[SNP_MILAN][0].given);
}

static void reads(void)
{
	struct policy p;
	const struct policy_snp *s = &p.snp;
	struct err e = { 0 };

	CHECK_OK(parse(&p,
			 "  products: [Genoa, Turin]\n  signers: [VLEK]\n  vmpl: [0, 2]\n"
			 "  debug: allow\n  migration: allow\n  provisional-firmware: allow\n"
			 "  crl: if-present\n  crl-max-age: 31536000\n  report-id-ma: [" ID "]\n",
			 &e),
		e);
	CHECK(s->products == (1U << SNP_GENOA | 1U << SNP_TURIN) && s->signers == 2);
	CHECK(s->vmpls == 5 && s->debug && s->migration && s->provisional);
	CHECK(s->crl == POLICY_SNP_CRL_IF_PRESENT && s->agents.n == 1);
	CHECK(s->crl_max_age.given && s->crl_max_age.max_s == 31536000);
	CHECK_OK(parse(&p,
			 "  guest-policy:\n    must: [SINGLE_SOCKET, PAGE_SWAP_DISABLE]\n"
			 "    must-not: [SMT, CXL_ALLOW]\n"
			 "  platform-info:\n    must: [ALIAS_CHECK_COMPLETE, bit-63]\n"
			 "    must-not: [SMT_EN]\n"
			 "  mitigations:\n    launch: [0, 63]\n    current: [1]\n",
			 &e),
		e);
	CHECK(s->guest_policy.must == (SNP_POLICY_SINGLE_SOCKET | SNP_POLICY_PAGE_SWAP_DISABLE));
	CHECK(s->guest_policy.must_not == (SNP_POLICY_SMT | SNP_POLICY_CXL));
	CHECK(s->platform_info.must == (SNP_PLATFORM_ALIAS_CHECK | UINT64_C(1) << 63));
	CHECK(s->platform_info.must_not == SNP_PLATFORM_SMT);
	CHECK(s->launch_mitigations == (UINT64_C(1) << 63 | 1) && s->current_mitigations == 2);
}

static void reads_versions(void)
{
	struct policy p;
	const struct policy_snp *s = &p.snp;
	struct err e = { 0 };

	CHECK_OK(
		parse(&p,
			"  products: [Milan, Turin]\n  minimum-firmware: 1.55.29\n"
			"  minimum-abi: 1.51\n  minimum-guest-svn: 4294967295\n"
			"  minimum-tcb:\n    Milan:\n      reported:\n        snp: 23\n"
			"        microcode: 213\n      launch:\n        boot-loader: 4\n"
			"    Turin:\n      committed:\n        fmc: 1\n      current:\n        tee: 2\n",
			&e),
		e);
	CHECK(s->firmware.major == 1 && s->firmware.minor == 55 && s->firmware.build == 29);
	CHECK(s->abi_major == 1 && s->abi_minor == 51 && s->guest_svn == UINT32_MAX);
	CHECK(s->minimum[SNP_MILAN][SNP_TCB_REPORTED].given &&
		s->minimum[SNP_MILAN][SNP_TCB_REPORTED].tcb.spl[SNP_TCB_SNP] == 23 &&
		s->minimum[SNP_MILAN][SNP_TCB_REPORTED].tcb.spl[SNP_TCB_MICROCODE] == 213 &&
		!s->minimum[SNP_MILAN][SNP_TCB_REPORTED].tcb.spl[SNP_TCB_TEE]);
	CHECK(s->minimum[SNP_MILAN][SNP_TCB_LAUNCH].tcb.spl[SNP_TCB_BOOT_LOADER] == 4);
	CHECK(!s->minimum[SNP_MILAN][SNP_TCB_CURRENT].given);
	CHECK(s->minimum[SNP_TURIN][SNP_TCB_COMMITTED].tcb.spl[SNP_TCB_FMC] == 1);
	CHECK(s->minimum[SNP_TURIN][SNP_TCB_CURRENT].tcb.spl[SNP_TCB_TEE] == 2);
	CHECK(!s->minimum[SNP_GENOA][SNP_TCB_CURRENT].given);
}

static void reads_values(void)
{
	struct policy p;
	const struct policy_snp *s = &p.snp;
	struct err e = { 0 };

	CHECK_OK(
		parse(&p,
			"  chips: [" ID ID ", 0102030405060708]\n  measurements: [" DIGEST "]\n"
			"  host-data: [" ID "]\n  family-ids: [" NAME "]\n  image-ids: [" NAME "]\n"
			"  id-key-digests: [" DIGEST "]\n  author-key-digests: [" DIGEST "]\n"
			"  report-ids: [" ID "]\n",
			&e),
		e);
	CHECK(s->report_ids.n == 1 && s->report_ids.items[0].n == 32 &&
		s->report_ids.items[0].p[31] == 0xd3);
	CHECK(s->chips.n == 2 && s->chips.items[0].n == 64 && s->chips.items[1].n == 64);
	CHECK(s->chips.items[0].p[63] == 0xd3 && s->chips.items[1].p[7] == 8 &&
		s->chips.items[1].p[8] == 0);
	CHECK(s->measurements.n == 1 && s->measurements.items[0].n == 48 &&
		s->measurements.items[0].p[47] == 0xd2);
	CHECK(s->host_data.items[0].n == 32 && s->family_ids.items[0].n == 16);
	CHECK(s->image_ids.n == 1 && s->id_keys.n == 1 && s->author_keys.n == 1 && !s->agents.n);
}

static const char *const bad[] = {
	"  product: [Milan]\n",
	"  products: []\n",
	"  products: Milan\n",
	"  products: [milan]\n",
	"  products: [Milan-B0]\n",
	"  products: [Rome]\n",
	"  products: [Milan, Milan]\n",
	"  signers: []\n",
	"  signers: [none]\n",
	"  signers: [ASK]\n",
	"  vmpl: []\n",
	"  vmpl: 0\n",
	"  vmpl: [4]\n",
	"  vmpl: [-1]\n",
	"  vmpl: [4294967295]\n",
	"  vmpl: [0, 0]\n",
	"  debug: true\n",
	"  debug: yes\n",
	"  debug: [allow]\n",
	"  migration: maybe\n",
	"  provisional-firmware: 1\n",
	"  crl: none\n",
	"  crl: [off]\n",
	"  crl-max-age: 31536001\n",
	"  crl-max-age: 7d\n",
	"  crl-max-age: [1]\n",
	"  crl: off\n  crl-max-age: 60\n",
	"  guest-policy: SMT\n",
	"  guest-policy:\n    must: SMT\n",
	"  guest-policy:\n    may: [SMT]\n",
	"  guest-policy:\n    must: [DEBUG]\n",
	"  guest-policy:\n    must: [MIGRATE_MA]\n",
	"  guest-policy:\n    must-not: [DEBUG]\n",
	"  guest-policy:\n    must: [bit-20]\n",
	"  guest-policy:\n    must: [smt]\n",
	"  guest-policy:\n    must: [SMT]\n    must-not: [SMT]\n",
	"  platform-info:\n    must: [SMT]\n",
	"  platform-info:\n    must: [bit-64]\n",
	"  platform-info:\n    must: [bit-]\n",
	"  platform-info:\n    must: [ECC_EN, bit-2]\n",
	"  platform-info:\n    must: [ECC_EN]\n    must-not: [bit-2]\n",
	"  mitigations: [0]\n",
	"  mitigations:\n    launch: [64]\n",
	"  mitigations:\n    then: [0]\n",
	"  minimum-firmware: 1.55\n",
	"  minimum-firmware: 1.55.29.1\n",
	"  minimum-firmware: 1.256.0\n",
	"  minimum-firmware: 1..0\n",
	"  minimum-firmware: v1.55.29\n",
	"  minimum-firmware: [1, 55, 29]\n",
	"  minimum-abi: 1\n",
	"  minimum-abi: 1.51.0\n",
	"  minimum-abi: 256.0\n",
	"  minimum-guest-svn: 4294967296\n",
	"  minimum-guest-svn: -1\n",
	"  minimum-guest-svn: [1]\n",
	"  chips: []\n",
	"  chips: " ID ID "\n",
	"  chips: [" ID "]\n",
	"  chips: [" ZEROES ZEROES ZEROES ZEROES "]\n",
	"  chips: [0000000000000000]\n",
	"  measurements: [" ID "]\n",
	"  measurements: [" DIGEST "00]\n",
	"  measurements: [" ZEROES ZEROES ZEROES "]\n",
	"  host-data: [D3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3]\n",
	"  host-data: [[" ID "]]\n",
	"  family-ids: [x]\n",
	"  image-ids: [" ID "]\n",
	"  id-key-digests: [" ID "]\n",
	"  author-key-digests: [" NAME "]\n",
	"  report-ids: []\n",
	"  report-ids: " ID "\n",
	"  report-ids: [" NAME "]\n",
	"  report-ids: [" ZEROES ZEROES "]\n",
	"  report-id-ma: [" ID "]\n",
	"  migration: refuse\n  report-id-ma: [" ID "]\n",
	"  migration: allow\n  report-id-ma: [" NAME "]\n",
	"  minimum-tcb: 4\n",
	"  minimum-tcb:\n    Rome:\n      reported:\n        snp: 1\n",
	"  minimum-tcb:\n    Milan:\n      reported:\n        snp: 1\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      reported: 4\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      lowest:\n        snp: 1\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      reported:\n        snp: 256\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      reported:\n        snp: 0\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      reported:\n        tee: 0\n        snp: 0\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      reported:\n        snp: -1\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      reported:\n        ucode: 1\n",
	"  products: [Milan]\n  minimum-tcb:\n    Milan:\n      reported:\n        fmc: 1\n",
	"  [products]\n",
	"  - products\n",
};

static void refuses(void)
{
	struct policy p;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		bool ok = parse(&p, bad[i], &e);

		test_report(!ok && e.kind == ERR_FORMAT && strstr(e.text, "line "), __FILE__,
			__LINE__, bad[i]);
		if (ok || !strstr(e.text, "line "))
			fprintf(stderr, "  %s\n", ok ? "was taken" : e.text);
	}
}

/* Nothing of what a policy asks is missing in its sentences. */
static void tells(void)
{
	static const char *const words[] = { "line Milan or Turin", "VCEK or VLEK",
		"is not looked at", "The chip is one of: d3d3", "VMPL 0, 1 or 3.", "a warning",
		"by one of 1 agents", "Guest policy: SMT is not set.",
		"PLATFORM_INFO: ALIAS_CHECK_COMPLETE is set.", "PLATFORM_INFO: bit 9 is not set.",
		"Mitigations at launch: bit 3 is set.", "Mitigations now: bit 4 is set.",
		"REPORTED_TCB of a Milan is at least: SNP firmware 23.",
		"LAUNCH_TCB of a Turin is at least: FMC 1, TEE 2.", "provisional",
		"at least 1.55.29", "version 1.51", "GUEST_SVN is at least 7.",
		"MEASUREMENT is d2d2", "HOST_DATA is d3d3", "FAMILY_ID is f1f1", "IMAGE_ID is f1f1",
		"ID key is d2d2", "must be in use, is d2d2", "REPORT_ID is d3d3" };
	CLEANUP(buf_done) struct buf out = buf_init(1 << 16), plain = buf_init(1 << 16);
	const struct policy_snp safe = policy_snp_default();
	struct policy p;
	struct err e = { 0 };

	CHECK_OK(
		parse(&p,
			"  products: [Milan, Turin]\n  crl: off\n  debug: allow\n"
			"  migration: allow\n  report-id-ma: [" ID "]\n  vmpl: [0, 1, 3]\n"
			"  chips: [" ID ID ", 0102030405060708]\n"
			"  guest-policy:\n    must-not: [SMT]\n"
			"  platform-info:\n    must: [ALIAS_CHECK_COMPLETE]\n    must-not: [bit-9]\n"
			"  mitigations:\n    launch: [3]\n    current: [4]\n"
			"  provisional-firmware: allow\n  minimum-firmware: 1.55.29\n"
			"  minimum-abi: 1.51\n  minimum-guest-svn: 7\n"
			"  minimum-tcb:\n    Milan:\n      reported:\n        snp: 23\n"
			"    Turin:\n      launch:\n        fmc: 1\n        tee: 2\n"
			"  measurements: [" DIGEST "]\n  host-data: [" ID "]\n"
			"  family-ids: [" NAME "]\n  image-ids: [" NAME "]\n"
			"  id-key-digests: [" DIGEST "]\n  author-key-digests: [" DIGEST "]\n"
			"  report-ids: [" ID "]\n",
			&e),
		e);
	policy_snp_tell(&p.snp, &out);
	buf_u8(&out, 0);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		bool there = strstr((const char *)out.p, words[i]) != NULL;

		test_report(there, __FILE__, __LINE__, words[i]);
	}
	policy_snp_tell(&safe, &plain);
	buf_u8(&plain, 0);
	CHECK(strstr((const char *)plain.p, "Milan, Genoa or Turin") &&
		strstr((const char *)plain.p, "cannot debug") &&
		strstr((const char *)plain.p, "cannot be migrated") &&
		strstr((const char *)plain.p, "from VMPL 0.") &&
		strstr((const char *)plain.p, "is committed") &&
		strstr((const char *)plain.p, "names neither the intermediate nor the root"));
}

int main(void)
{
	a = arena_new(8 << 20);
	defaults();
	reads();
	reads_versions();
	reads_values();
	refuses();
	tells();
	arena_free(a);
	return test_end();
}
