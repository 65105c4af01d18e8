/* Documents of AWS Nitro that are affirmed, that get a warning, and that are of another time or for somebody else. */
#include "appraise/appraise_nitro.h"

#include "appraise_nitro_case.h"
#include "vouched_made.h"

/* ---- honest documents that are affirmed ---- */

static void tagged(void)
{
	w.m.tagged = w.m.open_maps = true;
}
static void archive_mode(void)
{
	w.policy.nitro.archive = true;
	w.in.at_unix += 400 * MADE_DAY;
}
static void foreign_nonce(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make("twelve bytes", 12);
	w.bundle.has_binding = false;
	w.in.nonce = NULL;
	w.in.report_data = span_make("twelve bytes", 12);
	w.in.report_data_is_fresh = true;
}
static void foreign_archived_data(void)
{
	foreign_nonce();
	w.in.report_data_is_fresh = false;
	w.policy.freshness = POLICY_ARCHIVE;
}
static void plain_nonce(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = SPAN_OF(w.nonce);
	w.bundle.has_binding = false;
}
static void unsigned_accepted(void)
{
	w.in.vouch = APPRAISE_UNSIGNED_CLAIM;
	w.trust.accept_unsigned = true;
}
static void with_fields(void)
{
	w.m.field[NITRO_DOCUMENT_USER_DATA] = span_make("user", 4);
	w.m.field[NITRO_DOCUMENT_PUBLIC_KEY] = span_make("key", 3);
	w.policy.nitro.user_data = span_make("user", 4);
	w.policy.nitro.public_key = span_make("key", 3);
}
static void empty_user_data(void)
{
	w.policy.nitro.user_data = span_make("", 0);
}
static void role_named(void)
{
	named(3, 1);
}
static void instance_one_of(void)
{
	named(4, 2);
}
static void policy_agrees(void)
{
	named(0, 1);
}
static void other_register_differs(void)
{
	w.m.pcr[8][0] ^= 1;
}
static void slow_clock(void)
{
	w.policy.leeway_s = 60;
	w.in.at_unix = MADE_AT - 40;
}
static void fast_clock(void)
{
	w.policy.leeway_s = 60;
	w.policy.nitro.max_age_s = 3 * MADE_HOUR;
	w.in.at_unix = MADE_AT + 3 * MADE_HOUR + 60;
}
static void longest_age(void)
{
	w.policy.nitro.max_age_s = 100;
	w.in.at_unix = MADE_AT + 100;
}
static void debug_let_through(void)
{
	w.policy.nitro.allow_debug = true;
}
static void of_tpm_without_debug(void)
{
	of_tpm();
	w.policy.registers &= ~2U;
	memset(w.m.pcr[1], 0, sizeof w.m.pcr[1]);
}

/* ---- warnings ---- */

static void unsigned_claim(void)
{
	w.in.vouch = APPRAISE_UNSIGNED_CLAIM;
}
static void rebuilders_without_statements(void)
{
	unsigned_claim();
	w.trust.rebuilders_needed = 2;
}
static void the_image(void)
{
	made_image(&w.in, &w.policy, 0xab);
}
static void another_image(void)
{
	made_image(&w.in, &w.policy, 0xac);
}
static void rebuilders_asked(void)
{
	w.policy.vouchers.rebuilders = 2;
}
static void no_shape(void)
{
	w.in.shape = NULL;
}
static void no_shape_named(void)
{
	w.in.shape = NULL;
	named(0, 1);
}
static void not_predicted(void)
{
	w.registers[1].how = REFERENCE_NOT_PREDICTABLE;
}
static void other_bank(void)
{
	w.shape.banks[0] = DIGEST_SHA256;
}
static void firmware_only(void)
{
	w.shape.firmware_only = true;
}
static void root_not_covered(void)
{
	w.coverage[4].by = STR("");
}
static void root_not_named(void)
{
	w.shape.n_coverage = 4;
}
static void kernel_not_required(void)
{
	w.policy.nitro.registers = 4;
}
static void instance_not_covered(void)
{
	of_tpm();
	w.coverage[1].by = STR("PCR 1");
}
static void instance_without_values(void)
{
	of_tpm();
	w.registers[0].how = REFERENCE_NOT_PREDICTABLE;
}
static void instance_without_shape(void)
{
	of_tpm();
	w.in.shape = NULL;
}
static void instance_named(void)
{
	instance_without_shape();
	w.policy.registers = 1 << 4;
	named(4, 1);
}
static void instance_named_alone(void)
{
	instance_named();
	w.policy.registers = 0;
	w.policy.nitro.registers = 0;
}
static void instance_named_differs(void)
{
	instance_named();
	w.m.pcr[4][0] ^= 1;
	w.values[0] = span_make(w.m.pcr[5], SHA384_SIZE);
}
static void enclave_named(void)
{
	w.in.shape = NULL;
	w.policy.nitro.registers = 1 << 0;
	named(0, 1);
}

/* ---- freshness and fields ---- */

static void old_nonce(void)
{
	w.bundle.binding.nonce[0] = w.signed_binding.nonce[0] = 0xff;
}
static void nonce_lies(void)
{
	w.signed_binding.nonce[0] = 0xff;
}
static void no_nonce_given(void)
{
	w.in.nonce = NULL;
}
static void no_nonce_inside(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make(NULL, 0);
}
static void nonce_in_user_data(void)
{
	w.m.field[NITRO_DOCUMENT_USER_DATA] = w.m.field[NITRO_DOCUMENT_NONCE];
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make(NULL, 0);
}
static void binding_cut(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE].n = 63;
}
static void binding_sha256(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE].n = 32;
}
static void nonce_itself(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = SPAN_OF(w.nonce);
}
static void other_role(void)
{
	w.bundle.binding.role = w.signed_binding.role = STR("verifier");
}
static void a_channel(void)
{
	w.bundle.binding.channel[0] = w.signed_binding.channel[0] = 1;
}
static void secret_lies(void)
{
	w.bundle.binding.secret_digest[0] = 1;
}
static void foreign_without_anything(void)
{
	foreign_nonce();
	w.in.report_data = span_make(NULL, 0);
}
static void foreign_known_data(void)
{
	foreign_nonce();
	w.in.report_data_is_fresh = false;
}
static void foreign_zero_data(void)
{
	foreign_nonce();
	w.m.field[NITRO_DOCUMENT_NONCE] = w.in.report_data = span_make("\0\0\0", 3);
}
static void foreign_other_nonce(void)
{
	foreign_nonce();
	w.in.report_data = span_make("twelve byteS", 12);
}
static void foreign_padded_nonce(void)
{
	foreign_nonce();
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make("twelve bytes\0", 13);
}
static void archive_other_data(void)
{
	w.policy.freshness = POLICY_ARCHIVE;
	w.in.nonce = NULL;
	w.in.report_data = span_make("twelve bytes", 12);
}
static void foreign_longer_nonce(void)
{
	foreign_nonce();
	w.in.report_data = span_make("twelve bytes and more", 21);
}
static void foreign_no_nonce_inside(void)
{
	foreign_nonce();
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make(NULL, 0);
}
static void archive_other_nonce(void)
{
	w.policy.freshness = POLICY_ARCHIVE;
	old_nonce();
}
static void archive_mode_without_nonce(void)
{
	w.policy.nitro.archive = true;
	w.in.nonce = NULL;
}
static void other_user_data(void)
{
	with_fields();
	w.policy.nitro.user_data = span_make("used", 4);
}
static void user_data_longer(void)
{
	with_fields();
	w.policy.nitro.user_data = span_make("use", 3);
}
static void user_data_absent(void)
{
	w.m.field[NITRO_DOCUMENT_USER_DATA] = span_make(NULL, 0);
	w.policy.nitro.user_data = span_make("", 0);
}
static void other_public_key(void)
{
	with_fields();
	w.policy.nitro.public_key = span_make("kez", 3);
}
static void public_key_absent(void)
{
	w.policy.nitro.public_key = span_make("key", 3);
}

static const struct test_case cases[] = {
	B(0, nothing, GOOD, NULL),
	B(0, tagged, GOOD, NULL),
	A(18, archived, GOOD, NULL),
	A(29, archive_mode, GOOD, NULL),
	B(0, foreign_nonce, GOOD, NULL),
	B(0, foreign_archived_data, GOOD, NULL),
	B(0, plain_nonce, GOOD, NULL),
	A(0, unsigned_accepted, GOOD, NULL),
	B(0, with_fields, GOOD, NULL),
	B(0, empty_user_data, GOOD, NULL),
	B(0, role_named, GOOD, NULL),
	B(0, instance_one_of, GOOD, NULL),
	B(0, policy_agrees, GOOD, NULL),
	B(0, with_signer, GOOD, NULL),
	B(0, other_register_differs, GOOD, NULL),
	A(29, slow_clock, GOOD, NULL),
	A(29, fast_clock, GOOD, NULL),
	A(0, longest_age, GOOD, NULL),
	A(0, debug_let_through, GOOD, NULL),
	B(0, of_tpm, GOOD, NULL),
	B(8, of_tpm_without_debug, GOOD, NULL),
	A(28, unsigned_claim, WARN, "vouched"),
	A(28, rebuilders_without_statements, WARN, "vouched"),
	A(0, the_image, GOOD, NULL),
	A(0, another_image, BAD, "image"),
	A(0, rebuilders_asked, WARN, "vouched"),
	A(0, no_shape, WARN, "pcr-0.sha384"),
	A(0, no_shape_named, WARN, "pcr-1.sha384"),
	A(0, not_predicted, WARN, "pcr-1.sha384"),
	A(3, other_bank, WARN, "pcr-0.sha384"),
	A(22, firmware_only, WARN, "coverage"),
	A(22, root_not_covered, WARN, "coverage"),
	A(22, root_not_named, WARN, "coverage"),
	A(22, kernel_not_required, WARN, "coverage"),
	B(22, instance_not_covered, WARN, "coverage"),
	B(0, instance_without_values, WARN, "pcr-0.sha384"),
	B(0, instance_without_shape, WARN, "pcr-0.sha384"),
	B(0, instance_named, WARN, "coverage"),
	B(0, instance_named_alone, WARN, "coverage"),
	B(0, instance_named_differs, BAD, "pcr-4.sha384"),
	B(0, enclave_named, WARN, "coverage"),
	B(18, old_nonce, BAD, "nonce"),
	B(18, nonce_lies, BAD, "binding"),
	A(18, no_nonce_given, BAD, "nonce"),
	B(18, no_nonce_inside, BAD, "binding"),
	B(27, nonce_in_user_data, BAD, "binding"),
	B(18, binding_cut, BAD, "binding"),
	B(18, binding_sha256, BAD, "binding"),
	B(18, nonce_itself, BAD, "binding"),
	B(19, other_role, BAD, "binding"),
	B(19, a_channel, BAD, "binding"),
	A(19, secret_lies, BAD, "binding"),
	B(18, foreign_without_anything, BAD, "nonce"),
	B(18, foreign_other_nonce, BAD, "nonce"),
	B(18, foreign_longer_nonce, BAD, "nonce"),
	B(18, foreign_padded_nonce, BAD, "nonce"),
	B(18, archive_other_data, BAD, "report-data"),
	B(18, foreign_known_data, BAD, "nonce"),
	B(18, foreign_zero_data, BAD, "report-data"),
	B(18, foreign_no_nonce_inside, BAD, "nonce"),
	B(18, archive_other_nonce, BAD, "nonce"),
	A(18, archive_mode_without_nonce, BAD, "nonce"),
	B(0, other_user_data, BAD, "user-data"),
	B(0, user_data_longer, BAD, "user-data"),
	B(0, user_data_absent, BAD, "user-data"),
	B(4, other_public_key, BAD, "public-key"),
	B(4, public_key_absent, BAD, "public-key"),
};

static void arguments(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };

	world_init(a);
	world_sign();
	for (size_t max = 0; max < 200 << 10; max += 4999) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);

		if (appraise_nitro(&out, &w.in, small, &e))
			CHECK(out.verdict.status == GOOD);
		else
			CHECK(e.kind == ERR_LIMIT);
	}
	w.shape.platform = STR("snp");
	CHECK_ERR(appraise_nitro(&out, &w.in, a, &e), e, ERR_USAGE);
	w.shape.platform = STR("nitro-enclave");
	w.policy = (struct policy){ 0 };
	CHECK_ERR(appraise_nitro(&out, &w.in, a, &e), e, ERR_USAGE);
	w.shape.platform = STR("tpm");
	CHECK_ERR(appraise_nitro(&out, &w.in, a, &e), e, ERR_USAGE);
}

/* A document that breaks its rules is a verdict, however little memory is left; of one that needs more there is none. */
static void broken_in_little(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct span whole;

	world_init(a);
	world_sign();
	whole = w.bundle.nitro_document;
	for (size_t cut = 1; cut < whole.n; cut += whole.n / 3) {
		CLEANUP(arena_freep) struct arena *small = arena_new(400 << 10);
		struct err e = { 0 };

		w.bundle.nitro_document = span_make(whole.p, whole.n - cut);
		CHECK_OK(appraise_nitro(&out, &w.in, small, &e), e);
		CHECK(out.verdict.status == BAD && failed("cose-form"));
	}
}

/* More items than the format has is a failed check with memory for it, and LIMIT without. */
static void too_many_items(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	bool failing = false, none = false;

	world_init(a);
	buf_u8(&b, 0x9a);
	buf_u32be(&b, 12000);
	buf_fill(&b, 0, 12000);
	w.bundle.nitro_document = buf_span(&b);
	for (size_t max = 100 << 10; max < 6 << 20; max += 300 << 10) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);
		struct err e = { 0 };

		if (appraise_nitro(&out, &w.in, small, &e))
			failing = out.verdict.status == BAD && failed("cose-form");
		else
			none = e.kind == ERR_LIMIT && !failing;
	}
	CHECK(failing && none);
}

int main(void)
{
	verdict_told_begin();
	case_keys_new();
	run_cases(cases, ARRAY_LEN(cases));
	arguments();
	broken_in_little();
	too_many_items();
	case_keys_free();
	verdict_told_end("appraise_nitro");
	return test_end();
}
