#include "appraise/appraise_snp.h"

#include "appraise/appraise_fresh.h"
#include "appraise/appraise_snp_inside.h"
#include "base/banned.h"

/* Of appraise_snp_must: these say that AMD's hardware made the report, the others what it must say. */
enum { GENUINE = 16 };

size_t appraise_snp_must(
	const char *out[static APPRAISE_SNP_MUST], const struct appraise_snp_said *said)
{
	static const char *const always[] = { "snp-report", "snp-reserved", "snp-policy-form",
		"snp-signature-form", "snp-certificates", "snp-leaf", "snp-issuers", "snp-root",
		"snp-roles", "snp-chain", "snp-time", "snp-signing-key", "snp-product", "snp-tcb",
		"snp-signature", "snp-products", "snp-signers", "snp-platform-form",
		"snp-committed", "snp-vmpl", "snp-debug", "snp-migration", "snp-migration-agent",
		"snp-measured" };
	size_t n = 0;

	_Static_assert(ARRAY_LEN(always) + 1 == APPRAISE_SNP_MUST, "whose key it is, and these");
	out[n++] = said->leased ? "snp-provider" : "snp-chip";
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		out[n++] = always[i];
	return n;
}

/* A list of revoked certificates that is missing or stale is another matter: the hardware is then not known to be good. */
static bool is_genuine(const struct check_list *l, const struct appraise_snp_said *said)
{
	const struct check *revoked = check_find(l, "snp-revoked");
	const char *must[APPRAISE_SNP_MUST];

	(void)appraise_snp_must(must, said);
	for (size_t i = 0; i < GENUINE; i++)
		if (!check_passed(l, must[i]))
			return false;
	return revoked && revoked->result != CHECK_FAILED;
}

/* Whose key it is: a chip's, or one that a cloud provider got from AMD. */
static struct str signer_text(struct appraise_snp_state *s)
{
	if (s->leaf.kind == SNP_LEAF_VLEK)
		return arena_printf(s->w->a, "VLEK of '%.*s'", STR_ARG(s->leaf.csp));
	return arena_printf(
		s->w->a, "VCEK of chip %.*s", STR_ARG(appraise_hex(s->w, s->leaf.hwid)));
}

static void say(struct appraise_snp_said *ret, struct appraise_snp_state *s)
{
	struct appraise_work *w = s->w;

	if (!ret->genuine)
		return;
	ret->identity = (struct verdict_claim){ CHECK_AFFIRMS,
		arena_printf(w->a, "the key that signed is known: %.*s", STR_ARG(signer_text(s))) };
	ret->hardware = (struct verdict_claim){ CHECK_AFFIRMS,
		arena_printf(w->a, "genuine AMD %s with %.*s", snp_product_name(s->product),
			STR_ARG(appraise_snp_raw_tcb(s, s->report.reported_tcb))) };
	ret->runtime_opaque = (struct verdict_claim){
		CHECK_AFFIRMS,
		STR("the processor encrypts the guest's memory, and nobody may debug or migrate it")
	};
	if (s->report.policy & SNP_POLICY_MIGRATE_MA)
		ret->runtime_opaque = (struct verdict_claim){ CHECK_UNSAFE,
			STR("a migration agent sees the guest's memory; the policy allows that") };
	if (s->report.policy & SNP_POLICY_DEBUG)
		ret->runtime_opaque = (struct verdict_claim){
			CHECK_UNSAFE,
			STR("debugging is on: the host reads and writes the guest's memory; the policy allows that")
		};
}

void appraise_snp_report(struct appraise_snp_said *ret, struct appraise_work *w, struct span report,
	struct span report_data)
{
	const struct verdict_claim nothing = { CHECK_NO_CLAIM,
		STR("no report that AMD's hardware signed") };
	struct appraise_snp_state s = {
		.w = w, .policy = &w->in->policy->snp, .report_data = report_data
	};
	struct check c = { .name = "snp-report",
		.what = STR("the evidence has a report of an SEV-SNP guest"),
		.want = STR("1184 bytes, version 2 to 5"),
		.whose = STR("AMD 56860"),
		.fail_value = CHECK_CRYPTO_FAILED };
	struct err e = { 0 };

	*ret = (struct appraise_snp_said){
		.identity = nothing, .hardware = nothing, .runtime_opaque = nothing
	};
	ret->parsed = snp_report_parse(&s.report, report, &e);
	if (ret->parsed)
		c.got = arena_printf(w->a, "version %u", s.report.version);
	appraise_test(w, c, ret->parsed, &e);
	if (!ret->parsed)
		return;
	ret->report = s.report;
	appraise_snp_form(&s);
	appraise_snp_certificates(&s);
	appraise_snp_chain(&s);
	appraise_snp_leaf(&s);
	appraise_snp_platform(&s);
	appraise_snp_guest(&s);
	ret->leased = s.leaf_certificate && s.leaf.kind == SNP_LEAF_VLEK;
	ret->genuine = is_genuine(&w->out->verdict.checks, ret);
	say(ret, &s);
	appraise_snp_certificates_done(&s);
}

/* ---- a guest's own evidence ---- */

static void check_measurement(struct appraise_work *w, const struct appraise_snp_said *said)
{
	const struct appraise_register r = { .reg = 0,
		.value = said->report.measurement,
		.claim = CHECK_EXECUTABLES,
		.required = true,
		.allowed = w->in->policy->snp.measurements.items,
		.n_allowed = w->in->policy->snp.measurements.n };
	struct check c = { .name = appraise_register_check(w, 0),
		.what = STR("measurement has the value that is expected"),
		.claim = CHECK_EXECUTABLES,
		.fail_value = CHECK_CONTRAINDICATED };

	if (said->genuine)
		appraise_register(w, &r);
	else
		appraise_skip(w, c, STR("there is no signed value to look at"));
}

static void conclude(struct appraise_work *w, const struct appraise_snp_said *said)
{
	const struct check_list *checks = &w->out->verdict.checks;
	const char *measurement = appraise_register_check(w, 0);
	const struct verdict_claim none = { CHECK_NO_CLAIM,
		STR("nothing in the evidence speaks of it") };
	struct verdict_claim pass[CHECK_CLAIMS] = {
		[CHECK_INSTANCE_IDENTITY] = said->identity,
		[CHECK_CONFIGURATION] = said->identity,
		[CHECK_EXECUTABLES] = said->identity,
		[CHECK_HARDWARE] = said->hardware,
		[CHECK_RUNTIME_OPAQUE] = said->runtime_opaque,
		[CHECK_STORAGE_OPAQUE] = none,
		[CHECK_SOURCED_DATA] = none,
	};
	const char *must[APPRAISE_SNP_MUST + APPRAISE_FRESH_MUST + APPRAISE_VOUCHED_MUST + 5];
	size_t n = appraise_snp_must(must, said);

	must[n++] = measurement ? measurement : "-";
	n += appraise_vouched_must(must + n, w->in->policy);
	must[n++] = "coverage";
	if (w->in->bundle->has_binding)
		must[n++] = "binding";
	n += appraise_fresh_must(must + n, w->in);
	must[n] = NULL;
	if (said->genuine) {
		pass[CHECK_CONFIGURATION] = (struct verdict_claim){ CHECK_AFFIRMS,
			STR("the guest was started as the policy demands") };
		pass[CHECK_EXECUTABLES] = (struct verdict_claim){ CHECK_AFFIRMS_BOOT,
			STR("only what was predicted was loaded during boot") };
	}
	pass[CHECK_FILE_SYSTEM] = appraise_file_system(w,
		said->genuine && check_passed(checks, must[APPRAISE_SNP_MUST]),
		STR("the measured command line names the root's hash"));
	verdict_conclude(&w->out->verdict, pass, must);
}

bool appraise_snp(
	struct appraise_out *ret, const struct appraise_in *in, struct arena *a, struct err *e)
{
	static const char *const layers[] = { "firmware", "kernel", "initrd", "command line",
		"root file system", NULL };
	struct appraise_work w = { .in = in, .a = a };
	struct appraise_snp_said said;

	if (in->shape && !str_is(in->shape->platform, "snp"))
		return err_set(e, ERR_USAGE, "shape '%.*s' is for platform '%.*s', want snp",
			STR_ARG(in->shape->name), STR_ARG(in->shape->platform));
	if (!appraise_begin(&w, e))
		return false;
	appraise_snp_report(&said, &w, in->bundle->snp_report, span_make(NULL, 0));
	if (said.parsed) {
		check_measurement(&w, &said);
		appraise_fresh(&w, said.report.report_data, "REPORT_DATA");
	}
	appraise_vouched(&w);
	appraise_covered(&w, layers, 1);
	conclude(&w, &said);
	return appraise_end(ret, &w, e);
}
