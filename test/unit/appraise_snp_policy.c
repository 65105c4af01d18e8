/* What a policy demands of an honest, signed report: the same signature, another verdict. */
#include "appraise/policy_snp.h"

#include "appraise/appraise_snp.h"
#include "appraise_snp_case.h"
#include "vouched_made.h"

#define C1 "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define D2                                                 \
	"d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2" \
	"d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2"
#define D3 "d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3"
#define D4                                                 \
	"d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4" \
	"d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4"
#define D5                                                 \
	"d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5" \
	"d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5"
#define D6 "d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6"
#define F1 "f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"
#define F2 "f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2"
#define A1 "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"

/* An honest guest and a policy of one member; before it is signed, something more. */
#define POLICY(honest_one, name, want, failing, says, text, before) \
	CASE(honest_one, name, want, failing, says, before, guest_policy(&g, text))

static void hardware(void)
{
	POLICY(milan, "Milan is named", GOOD, NULL, NULL, "products: [Milan]\n", NOTHING);
	POLICY(milan, "row 24: Milan is not named", BAD, "snp-products", "Milan",
		"products: [Genoa, Turin]\n", NOTHING);
	POLICY(turin, "row 24: Turin is not named", BAD, "snp-products", "Turin",
		"products: [Milan]\n", NOTHING);
	POLICY(milan, "only VCEKs", GOOD, NULL, NULL, "signers: [VCEK]\n", NOTHING);
	POLICY(vlek, "only VCEKs, and it is a VLEK", BAD, "snp-signers", "VLEK",
		"signers: [VCEK]\n", NOTHING);
	POLICY(milan, "only VLEKs, and it is a VCEK", BAD, "snp-signers", "VCEK",
		"signers: [VLEK]\n", NOTHING);
	POLICY(milan, "the chip is named", GOOD, NULL, NULL, "chips: [" C1 C1 "]\n", NOTHING);
	POLICY(turin, "a Turin's chip is named by 8 bytes", GOOD, NULL, NULL,
		"chips: [c1c1c1c1c1c1c1c1]\n", NOTHING);
	POLICY(milan, "row 24: another chip is named", BAD, "snp-chips", "CHIP_ID",
		"chips: [" C1 A1 "]\n", NOTHING);
	POLICY(vlek, "row 24: chips are named, a leased key names none", BAD, "snp-chips", "zero",
		"chips: [" C1 C1 "]\n", NOTHING);
	POLICY(vlek, "row 24: chips are named, a leased key's report names one of them", BAD,
		"snp-chips", "VLEK", "chips: [" C1 C1 "]\n",
		memset(g.w.report.bytes + 0x1a0, 0xc1, 64));
	CASE(vlek, "a leased key's report with a chip id, and no chips are named", GOOD, NULL, NULL,
		memset(g.w.report.bytes + 0x1a0, 0xc1, 64), NOTHING);
	POLICY(milan, "row 24: ALIAS_CHECK_COMPLETE", GOOD, NULL, NULL,
		"platform-info:\n  must: [ALIAS_CHECK_COMPLETE, ECC_EN]\n", NOTHING);
	POLICY(milan, "row 24: no ALIAS_CHECK_COMPLETE", BAD, "snp-platform-info", "ALIAS_CHECK",
		"platform-info:\n  must: [ALIAS_CHECK_COMPLETE]\n", PUT(0x040, 0x05, 8));
	POLICY(milan, "SMT on the platform", BAD, "snp-platform-info", "SMT_EN",
		"platform-info:\n  must-not: [SMT_EN]\n", NOTHING);
	POLICY(milan, "a bit of PLATFORM_INFO that is demanded by its number", BAD,
		"snp-platform-info", "bit 9", "platform-info:\n  must: [bit-9]\n", NOTHING);
	POLICY(milan, "a bit of PLATFORM_INFO that is there and named", GOOD, NULL, NULL,
		"platform-info:\n  must: [bit-9]\n", PUT(0x040, 0x225, 8));
	POLICY(milan, "a bit of PLATFORM_INFO that nobody knows", WARN, "snp-platform-form",
		"bit 9", "debug: refuse\n", PUT(0x040, 0x225, 8));
	CASE(milan, "mitigations of version 5", GOOD, NULL, NULL, g.w.report = snp_made_report(5),
		guest_policy(&g, "mitigations:\n  launch: [0, 3]\n  current: [2]\n"));
	CASE(milan, "a mitigation that is not in force now", BAD, "snp-mitigations", "CURRENT",
		g.w.report = snp_made_report(5),
		guest_policy(&g, "mitigations:\n  current: [4]\n"));
	CASE(milan, "a mitigation that was not in force at launch", BAD, "snp-mitigations",
		"LAUNCH", g.w.report = snp_made_report(5),
		guest_policy(&g, "mitigations:\n  launch: [2]\n"));
	POLICY(milan, "mitigations of a report that has none", BAD, "snp-mitigations", "version 3",
		"mitigations:\n  launch: [0]\n", NOTHING);
}

#define MINIMUM(which, part, level) \
	"products: [Milan]\nminimum-tcb:\n  Milan:\n    " which ":\n      " part ": " level "\n"

static void versions(void)
{
	static const char *const whiches[] = { "reported", "committed", "launch", "current" };
	/* The last demands something where a zero alone would demand nothing. */
	static const char *const parts[][4] = { { "boot-loader", "4", "5", "" },
		{ "tee", "0", "1", "      snp: 1\n" }, { "snp", "23", "24", "" },
		{ "microcode", "213", "214", "" } };

	for (size_t i = 0; i < ARRAY_LEN(whiches); i++)
		for (size_t k = 0; k < ARRAY_LEN(parts); k++)
			for (size_t more = 0; more < 2; more++) {
				char text[200], name[100], check[40];

				snprintf(text, sizeof text,
					"products: [Milan]\nminimum-tcb:\n  Milan:\n    %s:\n      %s: %s\n%s",
					whiches[i], parts[k][0], parts[k][1 + more], parts[k][3]);
				snprintf(check, sizeof check, "snp-tcb-%s", whiches[i]);
				snprintf(name, sizeof name, "row 10: minimum of %s: %s %s",
					whiches[i], parts[k][0], parts[k][1 + more]);
				POLICY(milan, name, more ? BAD : GOOD, more ? check : NULL,
					more ? "the minimum" : NULL, text, NOTHING);
			}
	POLICY(turin, "row 10: minimum of a Turin's FMC", BAD, "snp-tcb-reported", "FMC",
		"products: [Turin]\nminimum-tcb:\n  Turin:\n    reported:\n      fmc: 10\n",
		NOTHING);
	POLICY(milan, "row 10: launched on old firmware", BAD, "snp-tcb-launch", "SNP firmware",
		MINIMUM("launch", "snp", "1"), PUT(0x1f0, UINT64_C(0xd500000000000004), 8));
	CASE(milan, "launched on old firmware, and nothing is demanded", GOOD, NULL, NULL,
		PUT(0x1f0, UINT64_C(0xd500000000000004), 8), NOTHING);
	CASE(milan, "row 10: reserved bytes of LAUNCH_TCB", BAD, "snp-tcb-launch", "LAUNCH_TCB",
		PUT(0x1f0, UINT64_C(0xd517000000010004), 8), NOTHING);
	CASE(milan, "row 10: committed after current", BAD, "snp-committed", "COMMITTED_TCB",
		PUT(0x1e0, UINT64_C(0xd518000000000004), 8), NOTHING);
	CASE(milan, "row 10: a committed build after the current", BAD, "snp-committed",
		"the committed", PUT(0x1ec, 0x01371e, 3), NOTHING);
	CASE(milan, "row 10: the certificate is newer than what runs", BAD, "snp-tcb",
		"CURRENT_TCB", PUT(0x038, UINT64_C(0xd416000000000004), 8), NOTHING);
	CASE(milan, "row 10: provisional firmware", WARN, "snp-provisional", "provisional",
		PUT(0x1e0, UINT64_C(0xd516000000000004), 8), NOTHING);
	CASE(milan, "row 10: a provisional build", WARN, "snp-provisional", "provisional",
		PUT(0x1ec, 0x01371c, 3), NOTHING);
	POLICY(milan, "provisional firmware is allowed", GOOD, NULL, NULL,
		"provisional-firmware: allow\n", PUT(0x1ec, 0x01371c, 3));
	POLICY(milan, "row 10: committed after current, provisional firmware is allowed", BAD,
		"snp-committed", "COMMITTED_TCB", "provisional-firmware: allow\n",
		PUT(0x1e0, UINT64_C(0xd518000000000004), 8));
	POLICY(milan, "firmware of that version", GOOD, NULL, NULL, "minimum-firmware: 1.55.29\n",
		NOTHING);
	POLICY(milan, "firmware of an older build", BAD, "snp-firmware", "1.55 build 29",
		"minimum-firmware: 1.55.30\n", NOTHING);
	POLICY(milan, "firmware of an older minor version", BAD, "snp-firmware", "minimum",
		"minimum-firmware: 1.56.0\n", NOTHING);
	POLICY(milan, "the interface that the guest demands", GOOD, NULL, NULL,
		"minimum-abi: 1.55\n", PUT(0x008, 0x30137, 8));
	POLICY(milan, "the guest demands an older interface", BAD, "snp-abi", "1.55",
		"minimum-abi: 1.56\n", NOTHING);
	POLICY(milan, "the guest's version", GOOD, NULL, NULL, "minimum-guest-svn: 3\n", NOTHING);
	POLICY(milan, "row 28: the guest is older", BAD, "snp-guest-svn", "GUEST_SVN",
		"minimum-guest-svn: 4\n", NOTHING);
}

static void guests(void)
{
	static const char open[] = "migration: allow\n";

	CASE(milan, "row 8: debugging", BAD, "snp-debug", "DEBUG", PUT(0x008, 0xb0137, 8), NOTHING);
	CASE(vlek, "row 8: debugging, by a leased key", BAD, "snp-debug", "DEBUG",
		PUT(0x008, 0xb0137, 8), NOTHING);
	CASE(milan, "row 8: debugging that is allowed is a warning", WARN, NULL, NULL,
		PUT(0x008, 0xb0137, 8), guest_policy(&g, "debug: allow\n"));
	CASE(milan, "row 9: migration", BAD, "snp-migration", "MIGRATE_MA", PUT(0x008, 0x70137, 8),
		NOTHING);
	CASE(milan, "row 9: migration that is allowed is a warning", WARN, NULL, NULL,
		PUT(0x008, 0x70137, 8), guest_policy(&g, open));
	CASE(milan, "row 9: an agent is bound", BAD, "snp-migration-agent", "REPORT_ID_MA",
		memset(g.w.report.bytes + 0x160, 0xa1, 32), NOTHING);
	CASE(milan, "row 9: one bit of REPORT_ID_MA", BAD, "snp-migration-agent", "REPORT_ID_MA",
		g.w.report.bytes[0x17f] = 0xfe, NOTHING);
	CASE(milan, "row 9: an agent that is named", GOOD, NULL, NULL,
		memset(g.w.report.bytes + 0x160, 0xa1, 32),
		guest_policy(&g, "migration: allow\nreport-id-ma: [" A1 "]\n"));
	CASE(milan, "row 9: another agent than is named", BAD, "snp-migration-agent",
		"REPORT_ID_MA", memset(g.w.report.bytes + 0x160, 0xa1, 32),
		guest_policy(&g, "migration: allow\nreport-id-ma: [" D3 "]\n"));
	CASE(milan, "row 9: VMPL 1", BAD, "snp-vmpl", "VMPL is 1", PUT(0x030, 1, 4), NOTHING);
	CASE(vlek, "row 9: VMPL 1, by a leased key", BAD, "snp-vmpl", "VMPL is 1", PUT(0x030, 1, 4),
		NOTHING);
	POLICY(milan, "VMPL 1 is allowed", GOOD, NULL, NULL, "vmpl: [0, 1]\n", PUT(0x030, 1, 4));
	POLICY(milan, "VMPL 0 is not", BAD, "snp-vmpl", "VMPL is 0", "vmpl: [1, 2, 3]\n", NOTHING);
	POLICY(milan, "row 9: the host asked", BAD, "snp-vmpl", "the host asked",
		"vmpl: [0, 1, 2, 3]\n", PUT(0x030, 0xffffffff, 4));
	CASE(milan, "row 9: VMPL 4", BAD, "snp-vmpl", "VMPL is 4", PUT(0x030, 4, 4), NOTHING);
	POLICY(milan, "SMT is forbidden", BAD, "snp-guest-policy", "SMT",
		"guest-policy:\n  must-not: [SMT]\n", NOTHING);
	POLICY(milan, "one socket is demanded", BAD, "snp-guest-policy", "SINGLE_SOCKET",
		"guest-policy:\n  must: [SINGLE_SOCKET]\n", NOTHING);
	POLICY(milan, "one socket is demanded and there", GOOD, NULL, NULL,
		"guest-policy:\n  must: [SINGLE_SOCKET]\n", PUT(0x008, 0x130137, 8));
	POLICY(milan, "CXL is forbidden", BAD, "snp-guest-policy", "CXL_ALLOW",
		"guest-policy:\n  must-not: [CXL_ALLOW]\n", PUT(0x008, 0x230137, 8));
	POLICY(milan, "AES-256-XTS is demanded", BAD, "snp-guest-policy", "XTS",
		"guest-policy:\n  must: [MEM_AES_256_XTS]\n", NOTHING);
	POLICY(milan, "RAPL off is demanded", BAD, "snp-guest-policy", "RAPL_DIS",
		"guest-policy:\n  must: [RAPL_DIS]\n", NOTHING);
	POLICY(milan, "ciphertext hiding is demanded", BAD, "snp-guest-policy", "CIPHERTEXT",
		"guest-policy:\n  must: [CIPHERTEXT_HIDING_DRAM]\n", NOTHING);
	POLICY(milan, "no page swapping is demanded", BAD, "snp-guest-policy", "PAGE_SWAP",
		"guest-policy:\n  must: [PAGE_SWAP_DISABLE]\n", NOTHING);
	CASE(milan, "guest policy without bit 17", BAD, "snp-policy-form", "bit 17",
		PUT(0x008, 0x10137, 8), NOTHING);
	CASE(milan, "guest policy with bit 26", BAD, "snp-policy-form", "reserved",
		PUT(0x008, 0x4030137, 8), NOTHING);
}

static void identities(void)
{
	static const struct {
		const char *good, *other, *check;
		size_t at, n;
	} fields[] = {
		{ "host-data: [" D3 "]\n", "host-data: [" A1 "]\n", "snp-host-data", 0x0c0, 32 },
		{ "family-ids: [" F1 "]\n", "family-ids: [" F2 "]\n", "snp-family-id", 0x010, 16 },
		{ "image-ids: [" F1 ", " F2 "]\n", "image-ids: [" F1 "]\n", "snp-image-id", 0x020,
			16 },
		{ "id-key-digests: [" D4 "]\n", "id-key-digests: [" D5 "]\n", "snp-id-key", 0x0e0,
			48 },
		{ "measurements: [" D4 ", " D2 "]\n", "measurements: [" D4 "]\n",
			"snp-measurements", 0x090, 48 },
		{ "report-ids: [" A1 ", " D6 "]\n", "report-ids: [" A1 "]\n", "snp-report-id",
			0x140, 32 },
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		POLICY(milan, fields[i].good, GOOD, NULL, NULL, fields[i].good, NOTHING);
		POLICY(milan, fields[i].other, BAD, fields[i].check, "none of the", fields[i].other,
			NOTHING);
		POLICY(milan, fields[i].check, BAD, fields[i].check, "says nothing", fields[i].good,
			memset(g.w.report.bytes + fields[i].at, 0, fields[i].n));
	}
	POLICY(milan, "an author's key in use", GOOD, NULL, NULL, "author-key-digests: [" D5 "]\n",
		PUT(0x048, 1, 4));
	POLICY(milan, "an author's key that is not in use", BAD, "snp-author-key", "AUTHOR_KEY_EN",
		"author-key-digests: [" D5 "]\n", NOTHING);
	POLICY(milan, "another author's key", BAD, "snp-author-key", "none of the",
		"author-key-digests: [" D4 "]\n", PUT(0x048, 1, 4));
	CASE(milan, "no launch digest", BAD, "snp-measured", "zero",
		memset(g.w.report.bytes + 0x090, 0, 48), NOTHING);
}

static void values(void)
{
	CASE(milan, "another launch digest", BAD, "measurement.sha384", "prediction",
		g.w.report.bytes[0x0bf] ^= 1, NOTHING);
	CASE(milan, "another launch digest, that the policy names", BAD, "measurement.sha384",
		"prediction", memset(g.w.report.bytes + 0x090, 0xd4, 48),
		guest_policy(&g, "measurements: [" D4 "]\n"));
	CASE(milan, "no reference values", WARN, "vouched", "without reference values", NOTHING,
		g.in.shape = NULL);
	CASE(milan, "no reference values, and the policy names the digest", WARN, "coverage", NULL,
		NOTHING, (g.in.shape = NULL, guest_policy(&g, "measurements: [" D2 "]\n")));
	CASE(milan, "a shape that knows no value", WARN, "measurement.sha384", "no value", NOTHING,
		g.reg.how = REFERENCE_NOT_PREDICTABLE);
	CASE(milan, "firmware only", WARN, "coverage", "firmware only", NOTHING,
		g.shape.firmware_only = true);
	CASE(milan, "row 22: the root is not covered", WARN, "coverage", "root file system",
		NOTHING, g.coverage[6].by = STR(""));
	CASE(milan, "row 22: the command line is not covered", WARN, "coverage", "command line",
		NOTHING, g.coverage[5].by = STR(""));
	CASE(milan, "row 22: the initrd is not named", WARN, "coverage", "initrd", NOTHING,
		g.coverage[4].layer = STR("x"));
	CASE(milan, "nobody vouches", WARN, "vouched", "vouches", NOTHING,
		g.in.vouch = APPRAISE_UNSIGNED_CLAIM);
	CASE(milan, "an image that the policy names", GOOD, NULL, NULL, NOTHING,
		made_image(&g.in, &g.policy, 0xab));
	CASE(milan, "an image that the policy does not name", BAD, "image", "does not name",
		NOTHING, made_image(&g.in, &g.policy, 0xac));
	CASE(milan, "rebuilders that the policy asks for", WARN, "vouched", "the policy asks for 2",
		NOTHING, g.policy.vouchers.rebuilders = 2);
}

static void fresh(void)
{
	CASE(milan, "row 18: no nonce given", BAD, "nonce", "not fresh", NOTHING,
		g.in.nonce = NULL);
	CASE(milan, "row 18: another nonce", BAD, "nonce", "another nonce",
		g.binding.nonce[0] = g.signed_binding.nonce[0] = 1, NOTHING);
	CASE(milan, "row 18: the binding lies", BAD, "binding", "not the digest",
		g.signed_binding.nonce[0] = 1, NOTHING);
	CASE(milan, "row 18: archive, and a nonce that does not fit", BAD, "nonce", "another nonce",
		(g.binding.nonce[0] = g.signed_binding.nonce[0] = 1,
			g.policy.freshness = POLICY_ARCHIVE),
		NOTHING);
	CASE(milan, "row 18: REPORT_DATA of zeroes", BAD, "nonce", "not fresh",
		(g.own_data = true, memset(g.w.report.bytes + 0x50, 0, 64)), NOTHING);
	CASE(milan, "row 18: a nonce with something behind it", BAD, "nonce", "not fresh",
		(g.own_data = true, memcpy(g.w.report.bytes + 0x50, g.nonce, 32)), NOTHING);
	CASE(milan, "row 18: archive, with a binding, and other data than the caller knows", BAD,
		"report-data", "other data", g.policy.freshness = POLICY_ARCHIVE,
		(g.in.nonce = NULL, g.in.report_data = SPAN_OF(g.nonce)));
	CASE(milan, "row 18: archive, with a binding, and the data that the caller knows", GOOD,
		NULL, NULL, g.policy.freshness = POLICY_ARCHIVE,
		(g.in.nonce = NULL, g.in.report_data = span_make(g.report.bytes + 0x50, 64)));
	CASE(milan, "row 18: the nonce, and other data than the caller knows", BAD, "report-data",
		"other data", NOTHING, g.in.report_data = SPAN_OF(g.nonce));
	CASE(milan, "row 18: the data that the caller knows, and not the nonce", BAD, "nonce",
		"other data", g.own_data = true,
		g.in.report_data = span_make(g.report.bytes + 0x50, 64));
	CASE(milan, "a kind of evidence that the policy does not take", BAD, "evidence-kind", "snp",
		g.policy.kinds = 1U << BUNDLE_TPM | 1U << BUNDLE_TDX, NOTHING);
	CASE(milan, "a kind of evidence that the policy takes", GOOD, NULL, NULL,
		g.policy.kinds = 1U << BUNDLE_SNP, NOTHING);
	CASE(milan, "row 19: another role", BAD, "binding", "role",
		g.binding.role = g.signed_binding.role = STR("verifier"), NOTHING);
	CASE(milan, "row 19: a channel that nobody saw", BAD, "binding", "channel",
		g.binding.channel[0] = g.signed_binding.channel[0] = 1, NOTHING);
}

static bool says(enum check_claim claim, int value, const char *text)
{
	const struct verdict_claim *c = &guest_out.verdict.claims[claim];

	return c->value == value && strstr(c->why.p, text);
}

/* One guest of many, by the id that its firmware gave it: another is not recognised. */
static void report_ids(void)
{
	POLICY(milan, "row 24: another guest than is named", BAD, "snp-report-id", "none of the",
		"report-ids: [" A1 "]\n", NOTHING);
	CHECK(says(CHECK_INSTANCE_IDENTITY, CHECK_NOT_RECOGNISED, "REPORT_ID"));
	POLICY(milan, "row 24: one bit of REPORT_ID", BAD, "snp-report-id", "none of the",
		"report-ids: [" D6 "]\n", g.w.report.bytes[0x15f] ^= 1);
	POLICY(milan, "the agent's id is not the guest's", BAD, "snp-report-id", "none of the",
		"migration: allow\nreport-ids: [" A1 "]\n",
		memset(g.w.report.bytes + 0x160, 0xa1, 32));
}

static bool came_out(const char *name, enum check_result result, const char *why)
{
	const struct check *c = check_find(&guest_out.verdict.checks, name);

	return c && c->result == result &&
	       (!*why || memmem(c->reason.p, c->reason.n, why, strlen(why)));
}

/* What an honest report lets a verifier say, and what it does not. */
static void claims(void)
{
	CASE(milan, "claims of a Milan", GOOD, NULL, NULL, NOTHING, NOTHING);
	CHECK(says(CHECK_INSTANCE_IDENTITY, CHECK_AFFIRMS, "VCEK of chip c1c1"));
	CHECK(says(CHECK_HARDWARE, CHECK_AFFIRMS, "genuine AMD Milan with boot loader 4, TEE 0"));
	CHECK(says(CHECK_RUNTIME_OPAQUE, CHECK_AFFIRMS, "encrypts"));
	CHECK(says(CHECK_EXECUTABLES, CHECK_AFFIRMS_BOOT, "predicted"));
	CHECK(says(CHECK_FILE_SYSTEM, CHECK_AFFIRMS, "root's hash"));
	CHECK(says(CHECK_STORAGE_OPAQUE, CHECK_NO_CLAIM, "nothing"));
	CHECK(came_out("snp-chip", CHECK_PASSED, "") &&
		came_out("snp-provider", CHECK_NOT_APPLICABLE, "one chip's"));
	CASE(vlek, "claims of a leased key", GOOD, NULL, NULL, NOTHING, NOTHING);
	CHECK(says(CHECK_INSTANCE_IDENTITY, CHECK_AFFIRMS, "VLEK of 'cloud'"));
	CHECK(came_out("snp-chip", CHECK_NOT_APPLICABLE, "a VLEK names no chip") &&
		came_out("snp-provider", CHECK_PASSED, ""));
	CASE(milan, "claims of a guest that may be debugged", WARN, NULL, NULL,
		PUT(0x008, 0xb0137, 8), guest_policy(&g, "debug: allow\n"));
	CHECK(says(CHECK_RUNTIME_OPAQUE, CHECK_UNSAFE, "debugging is on"));
	CASE(milan, "claims without a trusted root", BAD, "snp-root", NULL, NOTHING,
		g.trust.n_hardware = 0);
	CHECK(says(CHECK_INSTANCE_IDENTITY, CHECK_NO_CLAIM, "no report"));
	CHECK(says(CHECK_RUNTIME_OPAQUE, CHECK_NO_CLAIM, "no report"));
	CHECK(says(CHECK_EXECUTABLES, CHECK_NO_CLAIM, "no report"));
	CHECK(guest_out.signed_bank.pcrs == 0);
}

/* A report inside other evidence: which data it must carry is the caller's to say. */
static void inside(void)
{
	static const struct {
		size_t n;
		uint8_t byte, behind;
		bool ok;
	} cases[] = { { 64, 0xd1, 0xd1, true }, { 64, 0xd1, 0xd0, false },
		{ 64, 0xd0, 0xd1, false }, { 32, 0xd1, 0, true }, { 32, 0xd1, 1, false },
		{ 65, 0xd1, 0xd1, false }, { 64, 0, 0, false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t want[65];
		struct guest g;
		struct appraise_work w = { .out = &guest_out };
		struct appraise_snp_said said;

		guest_begin(&g, milan());
		g.own_data = true;
		memset(want, 0xd1, sizeof want);
		memset(g.w.report.bytes + 0x50, cases[i].byte, 64);
		g.w.report.bytes[0x8f] = cases[i].behind;
		if (cases[i].n == 32)
			memset(g.w.report.bytes + 0x70, 0, 31);
		if (!cases[i].byte)
			memset(want, 0, sizeof want);
		guest_sign(&g);
		guest_out = (struct appraise_out){ 0 };
		w.in = &g.in;
		w.a = g.a;
		appraise_snp_report(&said, &w, g.bundle.snp_report, span_make(want, cases[i].n));
		CHECK(said.parsed && said.genuine && said.report.vmpl == 0);
		CHECK(check_passed(&guest_out.verdict.checks, "snp-report-data") == cases[i].ok);
		CHECK(check_count(&guest_out.verdict.checks, CHECK_FAILED) == !cases[i].ok);
		guest_done(&g);
	}
}

/* What a zeroed policy takes: nothing. A shape of other hardware is a mistake of the caller. */
static void nothing_given(void)
{
	struct guest g;
	struct err e = { 0 };

	guest_begin(&g, milan());
	guest_sign(&g);
	g.policy.snp = (struct policy_snp){ 0 };
	guest_expect(&g, "a zeroed policy", BAD, "snp-products", "Milan", __LINE__);
	g.shape.platform = STR("tpm");
	CHECK_ERR(appraise(&guest_out, &g.in, g.a, &e), e, ERR_USAGE);
	guest_done(&g);
}

int main(void)
{
	verdict_told_begin();
	snp_world_keys();
	hardware();
	versions();
	guests();
	identities();
	values();
	fresh();
	report_ids();
	claims();
	inside();
	nothing_given();
	snp_world_done();
	verdict_told_end("appraise_snp_policy");
	return test_end();
}
