/* Documents of AWS Nitro of enclaves in debug mode, or with other registers than those that are expected. */
#include "appraise/appraise_nitro.h"

#include "appraise_nitro_case.h"

/* ---- debug ---- */

static void zero(unsigned pcr)
{
	memset(w.m.pcr[pcr], 0, sizeof w.m.pcr[pcr]);
}
static void in_debug(void)
{
	zero(0);
	zero(1);
	zero(2);
}
static void debug_as_expected(void)
{
	in_debug();
	world_shape();
}
static void debug_by_one(void)
{
	zero(2);
	world_shape();
}
static void debug_allowed(void)
{
	debug_as_expected();
	w.policy.nitro.allow_debug = true;
}
static void debug_by_one_allowed(void)
{
	debug_by_one();
	w.policy.nitro.allow_debug = true;
}
static void debug_allowed_not_expected(void)
{
	in_debug();
	w.policy.nitro.allow_debug = true;
}
static void debug_allowed_without_values(void)
{
	debug_allowed_not_expected();
	w.in.shape = NULL;
}

/* ---- registers ---- */

static void pcr0_differs(void)
{
	w.m.pcr[0][47] ^= 1;
}
static void pcr1_differs(void)
{
	w.m.pcr[1][0] ^= 0x80;
}
static void pcr2_differs(void)
{
	w.m.pcr[2][20] ^= 4;
}
static void pcr8_differs(void)
{
	with_signer();
	w.m.pcr[8][0] ^= 1;
}
static void pcr8_missing(void)
{
	with_signer();
	w.m.n_pcrs = 8;
}
static void pcr2_missing(void)
{
	w.m.n_pcrs = 2;
}
static void pcr0_missing(void)
{
	w.m.first_pcr = 1;
}
static void pcr3_not_named_value(void)
{
	named(3, 1);
	w.values[0] = span_make(w.m.pcr[9], SHA384_SIZE);
}
static void pcr4_none_of(void)
{
	named(4, 2);
	w.values[0] = w.values[1] = span_make(w.m.pcr[9], SHA384_SIZE);
}
static void pcr23_missing(void)
{
	w.values[0] = span_make(w.m.pcr[9], SHA384_SIZE);
	w.policy.nitro.named |= 1U << 23;
	w.policy.nitro.pcr[23] = (struct policy_nitro_values){ w.values, 1 };
}
static void policy_disagrees(void)
{
	named(0, 1);
	w.values[0] = span_make(w.m.pcr[9], SHA384_SIZE);
}
static void registers_of_sha256(void)
{
	w.m.pcr_size = 32;
}
static void registers_of_sha512(void)
{
	w.m.pcr_size = 64;
}
static void registers_swapped(void)
{
	uint8_t t[64];

	memcpy(t, w.m.pcr[1], sizeof t);
	memcpy(w.m.pcr[1], w.m.pcr[2], sizeof t);
	memcpy(w.m.pcr[2], t, sizeof t);
}
static void instance_for_enclave(void)
{
	w.m.pcrs_name = "nitrotpm_pcrs";
}
static void enclave_for_instance(void)
{
	of_tpm();
	w.m.pcrs_name = "pcrs";
}
static void instance_differs(void)
{
	of_tpm();
	w.m.pcr[11][0] ^= 1;
}
static void instance_register_missing(void)
{
	of_tpm();
	w.m.n_pcrs = 14;
}

static void instance_code_alone(void)
{
	of_tpm();
	w.policy.registers = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 9 | 1 << 11;
}
static void instance_code_alone_with_data(void)
{
	instance_code_alone();
	w.m.field[NITRO_DOCUMENT_USER_DATA] = w.policy.nitro.user_data = span_make("user", 4);
}
static void instance_code_alone_differs(void)
{
	instance_code_alone();
	w.m.pcr[4][0] ^= 1;
}

static const struct test_case cases[] = {
	B(0, nothing, GOOD, NULL),
	B(8, in_debug, BAD, "debug"),
	B(8, debug_as_expected, BAD, "debug"),
	B(8, debug_by_one, BAD, "debug"),
	B(8, debug_allowed, WARN, NULL),
	B(8, debug_by_one_allowed, WARN, NULL),
	B(8, debug_allowed_not_expected, BAD, "pcr-0.sha384"),
	B(8, debug_allowed_without_values, WARN, "pcr-0.sha384"),
	B(0, pcr0_differs, BAD, "pcr-0.sha384"),
	B(0, pcr1_differs, BAD, "pcr-1.sha384"),
	B(0, pcr2_differs, BAD, "pcr-2.sha384"),
	B(0, pcr8_differs, BAD, "pcr-8.sha384"),
	B(1, pcr8_missing, BAD, "pcr-8.sha384"),
	B(1, pcr2_missing, BAD, "pcr-2.sha384"),
	B(1, pcr0_missing, BAD, "pcr-0.sha384"),
	B(0, pcr3_not_named_value, BAD, "pcr-3.sha384"),
	B(0, pcr4_none_of, BAD, "pcr-4.sha384"),
	B(1, pcr23_missing, BAD, "pcr-23.sha384"),
	B(0, policy_disagrees, BAD, "pcr-0.sha384"),
	B(3, registers_of_sha256, BAD, "pcr-0.sha384"),
	B(3, registers_of_sha512, BAD, "pcr-2.sha384"),
	B(1, registers_swapped, BAD, "pcr-1.sha384"),
	B(2, instance_for_enclave, BAD, "document-kind"),
	B(2, enclave_for_instance, BAD, "document-kind"),
	B(0, instance_differs, BAD, "pcr-11.sha384"),
	B(1, instance_register_missing, BAD, "pcr-14.sha384"),
	B(0, instance_code_alone, GOOD, NULL),
	B(0, instance_code_alone_with_data, GOOD, NULL),
	B(0, instance_code_alone_differs, BAD, "pcr-4.sha384"),
};

/* What is not signed by somebody who is trusted is not looked at, and not shown as if it were. */
static void claims_are_signed(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };

	world_init(a);
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(out.signed_bank.pcrs == 0xffff && out.signed_bank.alg == DIGEST_SHA384);
	CHECK(!memcmp(out.signed_bank.values[2].bytes, w.m.pcr[2], SHA384_SIZE));
	CHECK(out.verdict.claims[CHECK_HARDWARE].value == 2 &&
		strstr(out.verdict.claims[CHECK_HARDWARE].why.p, "root 'made'"));
	CHECK(out.verdict.claims[CHECK_EXECUTABLES].value == 3 &&
		out.verdict.claims[CHECK_FILE_SYSTEM].value == 2 &&
		out.verdict.claims[CHECK_RUNTIME_OPAQUE].value == 0);
	CHECK(check_find(&out.verdict.checks, "revocation")->result == CHECK_NOT_APPLICABLE);
	w.m.signer = other;
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(!out.signed_bank.pcrs && !check_find(&out.verdict.checks, "pcr-0.sha384"));
	CHECK(check_find(&out.verdict.checks, "nonce")->result == CHECK_NOT_APPLICABLE);
	w.m.signer = made_keys[MADE_LEAF];
	pcr1_differs();
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(out.differing == 2 && out.verdict.claims[CHECK_FILE_SYSTEM].value == 0);
}

/* What was loaded into an enclave that its host may look into says little of what it keeps, whatever the policy allows. */
static void debug_warns(void)
{
	static const struct test_case c = B(8, debug_allowed, WARN, NULL);

	run_case(&c);
	CHECK(out.verdict.claims[CHECK_RUNTIME_OPAQUE].value == CHECK_UNSAFE &&
		strstr(out.verdict.claims[CHECK_RUNTIME_OPAQUE].why.p, "debug"));
	CHECK(check_passed(&out.verdict.checks, "debug"));
}

int main(void)
{
	verdict_told_begin();
	case_keys_new();
	run_cases(cases, ARRAY_LEN(cases));
	claims_are_signed();
	debug_warns();
	case_keys_free();
	verdict_told_end("appraise_nitro_registers");
	return test_end();
}
