#include <stddef.h>

#include "appraise/appraise_snp_inside.h"
#include "base/banned.h"

/* Fields that are held against values of the policy, exactly and over their whole length. */
static const struct identity {
	const char *name;
	enum snp_report_field field;
	size_t at; /* in struct policy_snp */
	enum check_claim claim;
} identities[] = {
	{ "snp-measurements", SNP_FIELD_MEASUREMENT, offsetof(struct policy_snp, measurements),
		CHECK_EXECUTABLES },
	{ "snp-host-data", SNP_FIELD_HOST_DATA, offsetof(struct policy_snp, host_data),
		CHECK_CONFIGURATION },
	{ "snp-family-id", SNP_FIELD_FAMILY_ID, offsetof(struct policy_snp, family_ids),
		CHECK_CONFIGURATION },
	{ "snp-image-id", SNP_FIELD_IMAGE_ID, offsetof(struct policy_snp, image_ids),
		CHECK_CONFIGURATION },
	{ "snp-report-id", SNP_FIELD_REPORT_ID, offsetof(struct policy_snp, report_ids),
		CHECK_INSTANCE_IDENTITY },
	{ "snp-id-key", SNP_FIELD_ID_KEY_DIGEST, offsetof(struct policy_snp, id_keys),
		CHECK_CONFIGURATION },
	{ "snp-author-key", SNP_FIELD_AUTHOR_KEY_DIGEST, offsetof(struct policy_snp, author_keys),
		CHECK_CONFIGURATION },
};

static void check_identity(struct appraise_snp_state *s, const struct identity *i)
{
	const struct policy_snp_values *want = (const struct policy_snp_values *)(const void
			*)((const char *)s->policy + i->at);
	struct check c = { .name = i->name,
		.what = arena_printf(s->w->a, "%s is one that the policy names",
			snp_report_field_name(i->field)),
		.got = appraise_hex(s->w, snp_report_field(&s->report, i->field)),
		.whose = STR("policy"),
		.claim = i->claim,
		.fail_value = i->claim == CHECK_INSTANCE_IDENTITY ? CHECK_NOT_RECOGNISED
								  : CHECK_CONTRAINDICATED };
	struct err e = { 0 };
	bool ok;

	if (!want->n) {
		appraise_skip(s->w, c, STR("the policy names no values"));
		return;
	}
	c.want = want->n == 1 ? appraise_hex(s->w, want->items[0])
			      : arena_printf(s->w->a, "one of %zu values", want->n);
	ok = snp_report_check_field(&s->report, i->field, want->items, want->n, &e);
	appraise_test(s->w, c, ok, &e);
}

static struct str measurement_text(struct appraise_snp_state *s)
{
	return appraise_hex(s->w, s->report.measurement);
}

static bool is_measured(const struct appraise_snp_state *s, struct err *e)
{
	return !snp_report_is_blank(s->report.measurement) ||
	       err_set(e, ERR_NOTFOUND, "MEASUREMENT is all zero: nothing was measured at launch");
}

static const char *data_elsewhere(const struct appraise_snp_state *s)
{
	return s->report_data.p ? NULL : "what it is bound to is a check of its own";
}

static struct str data_wanted(struct appraise_snp_state *s)
{
	return appraise_hex(s->w, s->report_data);
}

static struct str data_text(struct appraise_snp_state *s)
{
	return appraise_hex(s->w, s->report.report_data);
}

static bool data_fits(const struct appraise_snp_state *s, struct err *e)
{
	uint8_t want[SNP_REPORT_DATA_SIZE] = { 0 };
	const struct span wants[] = { SPAN_OF(want) };

	if (s->report_data.n > sizeof want)
		return err_set(e, ERR_USAGE, "REPORT_DATA has %d bytes, %zu are wanted",
			SNP_REPORT_DATA_SIZE, s->report_data.n);
	memcpy(want, s->report_data.p, s->report_data.n);
	return snp_report_check_field(&s->report, SNP_FIELD_REPORT_DATA, wants, 1, e);
}

static const struct appraise_snp_question questions[] = {
	{ "snp-measured", "the report has a launch digest", "this verifier", CHECK_EXECUTABLES,
		CHECK_CONTRAINDICATED, NULL, NULL, measurement_text, is_measured },
	{ "snp-report-data", "REPORT_DATA is what it must be", "evidence", CHECK_INSTANCE_IDENTITY,
		CHECK_CRYPTO_FAILED, data_elsewhere, data_wanted, data_text, data_fits },
};

void appraise_snp_identities(struct appraise_snp_state *s)
{
	appraise_snp_ask(s, questions, ARRAY_LEN(questions));
	for (size_t i = 0; i < ARRAY_LEN(identities); i++)
		check_identity(s, &identities[i]);
}
