#include "appraise/appraise_tpm.h"

#include "appraise_case.h"

/* ---- honest machines that are affirmed ---- */

static void rsa_ak(void)
{
	m.ak_key = m.signing_key = made_rsa_ak_key;
	m.ak.scheme = m.sig_scheme = TPM_ALG_RSASSA;
}
static void pss_ak(void)
{
	m.ak_key = m.signing_key = made_rsa_ak_key;
	m.ak.scheme = m.sig_scheme = TPM_ALG_RSAPSS;
}
static void no_log(void)
{
	m.bundle.firmware_log = span_make(NULL, 0);
}
static void archive(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	m.in.nonce = NULL;
}
static void unsigned_accepted(void)
{
	m.in.vouch = APPRAISE_UNSIGNED_CLAIM;
	m.trust.accept_unsigned = true;
}
static void bank_384(void)
{
	m.policy.bank = DIGEST_SHA384;
}
static void unsafe_clock(void)
{
	m.quote.safe = 0;
}
static void emulated(void)
{
	m.root.emulated = true;
}

/* ---- warnings ---- */

static void unsigned_claim(void)
{
	m.in.vouch = APPRAISE_UNSIGNED_CLAIM;
}
static void no_anchor(void)
{
	m.registers[0].how = REFERENCE_NOT_PREDICTABLE;
}
static void no_anchor_at_all(void)
{
	m.shape.registers++;
	m.shape.n_registers--;
}
static void not_predicted(void)
{
	m.registers[4].how = REFERENCE_NOT_PREDICTABLE;
}
static void firmware_only(void)
{
	m.shape.firmware_only = true;
}
static void root_not_covered(void)
{
	m.coverage[6].by = STR("");
}
static void root_not_named(void)
{
	m.shape.n_coverage = 6;
}
static void covered_by_optional(void)
{
	m.coverage[3].by = STR("PCR 8");
}
static void clock_asked_for(void)
{
	m.policy.safe_clock = true;
	m.quote.safe = 0;
}
static void change_log(size_t at_from_end)
{
	uint8_t *p = (uint8_t *)(uintptr_t)m.bundle.firmware_log.p;

	p[m.bundle.firmware_log.n - at_from_end] ^= 1;
}
static void log_digest_changed(void)
{
	change_log(80);
}
static void log_cut_inside(void)
{
	m.bundle.firmware_log.n -= 3;
}
static void log_cut_clean(void)
{
	m.bundle.firmware_log = kept(&m, made_log(m.policy.registers & ~(1U << 14)));
}
static void log_empty(void)
{
	m.bundle.firmware_log.n = 0;
}
static void log_more(void)
{
	struct buf b = made_log(m.policy.registers);

	log_event(&b, 4, 13, span_make("x", 1));
	m.bundle.firmware_log = kept(&m, b);
}
static void log_late_locality(void)
{
	struct buf b = made_log(m.policy.registers);

	log_event(&b, 0, EVENT_LOG_NO_ACTION, span_make("StartupLocality\0\3", 17));
	m.bundle.firmware_log = kept(&m, b);
}
static void log_of_another_form(void)
{
	static const uint8_t sha1_form[32] = { 4, [4] = 4 };

	m.bundle.firmware_log = SPAN_OF(sha1_form);
}

/* ---- the quote ---- */

static void evil_magic(void)
{
	m.quote.magic = 0x4556494c;
}
static void certify_type(void)
{
	m.quote.type = 0x8017;
}
static void quote_cut(void)
{
	m.bundle.quote.n--;
}
static void quote_longer(void)
{
	struct buf b = buf_init(2048);

	buf_add(&b, m.bundle.quote.p, m.bundle.quote.n);
	buf_u8(&b, 0);
	m.bundle.quote = kept(&m, b);
}
static void signed_by_another(void)
{
	m.signing_key = made_foreign_key;
}
static void signature_cut(void)
{
	m.bundle.signature.n--;
}
static void signature_sha384(void)
{
	m.sig_hash = TPM_ALG_SHA384;
	m.sig_hash_name = "SHA384";
}
static void extra_data_other(void)
{
	m.signed_binding.channel[3] ^= 1;
}
static void extra_data_short(void)
{
	static const uint8_t few[31] = { 1 };

	m.quote.extra = SPAN_OF(few);
}
static void extra_data_is_nonce(void)
{
	m.quote.extra = SPAN_OF(m.nonce);
}
static void other_role(void)
{
	m.binding.role = m.signed_binding.role = STR("verifier");
}
static void role_with_nul(void)
{
	m.bundle.binding.role = STR("attester\0x");
}
static void a_channel(void)
{
	m.binding.channel[0] = m.signed_binding.channel[0] = 1;
}
static void old_nonce(void)
{
	m.binding.nonce[0] = m.signed_binding.nonce[0] = 0xff;
}
static void nonce_lies(void)
{
	m.signed_binding.nonce[0] = 0xff;
}
static void no_nonce(void)
{
	m.in.nonce = NULL;
}
static void archive_other_nonce(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	old_nonce();
}

/* ---- registers ---- */

static void select_pcrs(size_t bank, uint32_t pcrs)
{
	m.quote.selections[bank].pcrs = pcrs;
	m.banks[bank].pcrs = m.signed_banks[bank].pcrs = pcrs;
}
static void required_not_signed(void)
{
	select_pcrs(0, 0xffff & ~(1U << 11));
}
static void substituted(void)
{
	/* CVE-2024-29039: PCR 16 signed with PCR 11's value, claimed as PCR 11. */
	m.quote.selections[0].pcrs = (0xffff & ~(1U << 11)) | 1U << 16;
	m.signed_banks[0].values[16] = m.banks[0].values[11];
}
static void bank_not_signed(void)
{
	m.quote.n = 1;
	m.quote.selections[0] = m.quote.selections[1];
}
static void bank_not_claimed(void)
{
	m.bundle.n_banks = 1;
}
static void bank_claimed_twice(void)
{
	m.bundle.banks[1] = m.bundle.banks[0];
}
static void banks_confused(void)
{
	m.bundle.banks[1].values[4].bytes[0] ^= 1;
}
static void value_lies(void)
{
	m.signed_banks[0].values[4].bytes[7] ^= 0x80;
}
static void extra_claimed(void)
{
	m.bundle.banks[0].pcrs |= 1U << 20;
}
static void missing_claimed(void)
{
	m.bundle.banks[0].pcrs &= ~(1U << 15);
}
static void unknown_bank(void)
{
	m.quote.n = 3;
	m.quote.selections[2] = (struct tpm_selection){ 0x0012, DIGEST_NONE, 1 };
}
static void pcr_digest_swapped_order(void)
{
	struct tpm_selection s = m.quote.selections[0];

	m.quote.selections[0] = m.quote.selections[1];
	m.quote.selections[1] = s;
	digest_values(&m);
	m.bundle.quote = kept(&m, made_quote(&m.quote));
	/* signed over the other order: the signature no longer holds */
}
static void change_register(unsigned pcr, size_t bank)
{
	m.banks[bank].values[pcr].bytes[0] ^= 1;
	m.signed_banks[bank].values[pcr].bytes[0] ^= 1;
}
static void pcr0_differs(void)
{
	change_register(0, 0);
}
static void pcr4_differs(void)
{
	change_register(4, 0);
}
static void pcr7_differs(void)
{
	change_register(7, 0);
}
static void pcr14_differs(void)
{
	change_register(14, 0);
}
static void other_bank_differs(void)
{
	change_register(9, 1);
}
static void bank_not_predicted(void)
{
	m.shape.n_banks = 1;
	m.policy.bank = DIGEST_SHA384;
}
static void optional_differs(void)
{
	change_register(8, 0);
}

static const struct test_case cases[] = {
	B(nothing, GOOD, NULL),
	B(rsa_ak, GOOD, NULL),
	B(pss_ak, GOOD, NULL),
	A(no_log, GOOD, NULL),
	A(archive, GOOD, NULL),
	A(unsigned_accepted, GOOD, NULL),
	A(bank_384, GOOD, NULL),
	B(unsafe_clock, GOOD, NULL),
	B(emulated, GOOD, NULL),
	B(optional_differs, GOOD, NULL),
	A(unsigned_claim, WARN, "vouched"),
	A(no_anchor, WARN, "pcr-0.sha256"),
	A(no_anchor_at_all, WARN, NULL),
	A(not_predicted, WARN, NULL),
	A(firmware_only, WARN, "coverage"),
	A(root_not_covered, WARN, "coverage"),
	A(root_not_named, WARN, "coverage"),
	A(covered_by_optional, WARN, "coverage"),
	B(clock_asked_for, WARN, "clock"),
	A(log_digest_changed, WARN, "event-log"),
	A(log_cut_inside, WARN, "event-log"),
	A(log_cut_clean, WARN, "event-log"),
	A(log_empty, WARN, "event-log"),
	A(log_more, WARN, "event-log"),
	A(log_late_locality, WARN, "event-log"),
	A(log_of_another_form, WARN, "event-log"),
	B(evil_magic, BAD, "quote-structure"),
	B(certify_type, BAD, "quote-structure"),
	A(quote_cut, BAD, "quote-structure"),
	A(quote_longer, BAD, "quote-structure"),
	B(signed_by_another, BAD, "signature"),
	A(signature_cut, BAD, "signature"),
	B(signature_sha384, BAD, "signature"),
	B(extra_data_other, BAD, "qualifying-data"),
	B(extra_data_short, BAD, "qualifying-data"),
	B(extra_data_is_nonce, BAD, "qualifying-data"),
	B(other_role, BAD, "role"),
	A(role_with_nul, BAD, "qualifying-data"),
	B(a_channel, BAD, "role"),
	B(old_nonce, BAD, "nonce"),
	B(nonce_lies, BAD, "qualifying-data"),
	A(no_nonce, BAD, "nonce"),
	B(archive_other_nonce, BAD, "nonce"),
	B(required_not_signed, BAD, "pcr-selection"),
	B(substituted, BAD, "pcr-claims"),
	B(bank_not_signed, BAD, "pcr-selection"),
	A(bank_not_claimed, BAD, "pcr-claims"),
	A(bank_claimed_twice, BAD, "pcr-claims"),
	A(banks_confused, BAD, "pcr-digest"),
	B(value_lies, BAD, "pcr-digest"),
	A(extra_claimed, BAD, "pcr-claims"),
	A(missing_claimed, BAD, "pcr-claims"),
	B(unknown_bank, BAD, "pcr-claims"),
	A(pcr_digest_swapped_order, BAD, "signature"),
	B(pcr0_differs, BAD, "pcr-0.sha256"),
	B(pcr4_differs, BAD, "pcr-4.sha256"),
	B(pcr7_differs, BAD, "pcr-7.sha256"),
	B(pcr14_differs, BAD, "pcr-14.sha256"),
	B(other_bank_differs, BAD, "pcr-9.sha384"),
	A(bank_not_predicted, BAD, "pcr-bank"),
};

/* Every bit of the signed structure and of the signature, flipped, is refused. */
static void flips(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct span *parts[2];
	struct err e = { 0 };

	machine_init(&m, a);
	machine_sign(&m);
	parts[0] = &m.bundle.quote;
	parts[1] = &m.bundle.signature;
	for (size_t k = 0; k < 2; k++)
		for (size_t at = 0; at < parts[k]->n; at++) {
			uint8_t *p = (uint8_t *)(uintptr_t)parts[k]->p + at;

			*p ^= (uint8_t)(1 << at % 8);
			CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
			CHECK(out.verdict.status == BAD && !verdict_affirms(&out.verdict));
			*p ^= (uint8_t)(1 << at % 8);
		}
	CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
	CHECK(verdict_affirms(&out.verdict));
	machine_done(&m);
}

/* Every truncation of every part that is parsed. */
static void truncations(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct span *parts[4];
	struct err e = { 0 };

	machine_init(&m, a);
	machine_sign(&m);
	parts[0] = &m.bundle.quote;
	parts[1] = &m.bundle.signature;
	parts[2] = &m.bundle.ak_public;
	parts[3] = &m.bundle.ek_public;
	for (size_t k = 0; k < 4; k++) {
		struct span whole = *parts[k];

		for (size_t n = 0; n < whole.n; n += k == 3 ? 7 : 1) {
			parts[k]->n = n;
			CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
			CHECK(out.verdict.status == BAD);
		}
		*parts[k] = whole;
	}
	machine_done(&m);
}

static void claims(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct verdict *v = &out.verdict;
	struct err e = { 0 };

	machine_init(&m, a);
	machine_sign(&m);
	CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
	CHECK(v->claims[CHECK_HARDWARE].value == 2 && v->claims[CHECK_EXECUTABLES].value == 3);
	CHECK(v->claims[CHECK_FILE_SYSTEM].value == 2 &&
		v->claims[CHECK_INSTANCE_IDENTITY].value == 2);
	CHECK(v->claims[CHECK_RUNTIME_OPAQUE].value == 0);
	CHECK(out.log_holds && out.signed_bank.pcrs == 0xffff && !out.differing);
	m.root.emulated = true;
	CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
	CHECK(v->claims[CHECK_HARDWARE].value == 0 && verdict_affirms(v));
	CHECK(strstr(v->claims[CHECK_HARDWARE].why.p, "could forge"));
	machine_done(&m);
	machine_init(&m, a);
	pcr4_differs();
	machine_sign(&m);
	CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
	CHECK(out.differing == 1U << 4 && v->claims[CHECK_EXECUTABLES].value == 96);
	CHECK(v->claims[CHECK_FILE_SYSTEM].value == 0);
	CHECK(check_find(&v->checks, "pcr-4.sha256")->reg == 4);
	machine_done(&m);
}

static void arguments(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	CLEANUP(arena_freep) struct arena *small = arena_new(1000);
	struct err e = { 0 };

	machine_init(&m, a);
	machine_sign(&m);
	CHECK_ERR(appraise_tpm(&out, &m.in, small, &e), e, ERR_LIMIT);
	m.policy.registers = 0;
	CHECK_ERR(appraise_tpm(&out, &m.in, a, &e), e, ERR_USAGE);
	m.policy = (struct policy){ 0 };
	CHECK_ERR(appraise_tpm(&out, &m.in, a, &e), e, ERR_USAGE);
	m.policy = policy_default();
	m.shape.platform = STR("snp");
	CHECK_ERR(appraise_tpm(&out, &m.in, a, &e), e, ERR_USAGE);
	machine_done(&m);
}

/* Any bound of memory gives the same verdict or LIMIT, never another verdict. */
static void memory(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);

	machine_init(&m, a);
	m.root.emulated = true;
	machine_sign(&m);
	for (size_t max = 0; max < 200 << 10; max += 4999) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);
		struct err e = { 0 };

		if (appraise_tpm(&out, &m.in, small, &e))
			CHECK(out.verdict.status == GOOD || out.verdict.status == WARN);
		else
			CHECK(e.kind == ERR_LIMIT);
	}
	machine_done(&m);
}

int main(void)
{
	verdict_told_begin();
	made_keys();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	flips();
	truncations();
	claims();
	arguments();
	memory();
	made_keys_done();
	verdict_told_end("appraise_tpm");
	return test_end();
}
