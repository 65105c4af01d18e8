/* A machine that is honest, and what its verifier asks beside registers and nonce: data that is known to it, kinds of evidence. */
#include "appraise_case.h"

/* What the caller knows that the TPM must have signed. */
static void other_data(void)
{
	m.in.report_data = SPAN_OF(m.nonce);
}
static void archive_other_data(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	m.in.nonce = NULL;
	m.in.report_data = SPAN_OF(m.nonce);
}
static void the_data(void)
{
	m.in.report_data = m.quote.extra;
}
static void archive_the_data(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	m.in.nonce = NULL;
	the_data();
}
static void data_instead(void)
{
	m.in.nonce = NULL;
	the_data();
}
static void data_that_is_new(void)
{
	data_instead();
	m.in.report_data_is_fresh = true;
}
static void data_of_zeroes(void)
{
	static const uint8_t zero[32];

	m.in.nonce = NULL;
	m.in.report_data = SPAN_OF(zero);
	m.in.report_data_is_fresh = true;
}
static void nonce_of_zeroes(void)
{
	memset(m.nonce, 0, sizeof m.nonce);
	memset(m.bundle.binding.nonce, 0, sizeof m.nonce);
}
static void kind_named(void)
{
	m.policy.kinds = 1U << BUNDLE_TPM | 1U << BUNDLE_SNP;
}
static void kind_not_named(void)
{
	m.policy.kinds = 1U << BUNDLE_SNP;
}

static const struct test_case cases[] = {
	A(other_data, BAD, "report-data"),
	A(archive_other_data, BAD, "report-data"),
	A(data_instead, BAD, "nonce"),
	A(data_that_is_new, GOOD, NULL),
	A(data_of_zeroes, BAD, "report-data"),
	A(nonce_of_zeroes, BAD, "nonce"),
	A(the_data, GOOD, NULL),
	A(archive_the_data, GOOD, NULL),
	A(kind_named, GOOD, NULL),
	A(kind_not_named, BAD, "evidence-kind"),
};

int main(void)
{
	made_keys();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	made_keys_done();
	return test_end();
}
