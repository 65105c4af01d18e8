#include "appraise/appraise_nitro_inside.h"

#include "appraise/appraise_fresh.h"
#include "base/utc.h"
#include "measure/eif.h"
#include "base/banned.h"

static bool shape_has(const struct reference_shape *shape, unsigned reg)
{
	for (size_t i = 0; shape && i < shape->n_registers; i++)
		if (shape->registers[i].reg == reg)
			return shape->registers[i].how != REFERENCE_NOT_PREDICTABLE;
	return false;
}

static uint32_t required_of(const struct appraise_nitro_state *s)
{
	const struct policy *p = s->w.in->policy;
	uint32_t set = (s->of_tpm ? p->registers : p->nitro.registers) | p->nitro.named;

	if (!s->of_tpm && shape_has(s->w.in->shape, EIF_PCR_CERTIFICATE))
		set |= UINT32_C(1) << EIF_PCR_CERTIFICATE;
	return set;
}

static void check_kind(struct appraise_nitro_state *s)
{
	const struct reference_shape *shape = s->w.in->shape;
	bool want_tpm = shape && platform_from_name(shape->platform) == PLATFORM_TPM;
	struct err e = { 0 };
	bool ok =
		want_tpm == s->of_tpm ||
		err_set(&e, ERR_MISMATCH,
			"registers of an enclave and of a NitroTPM do not mean the same: these values are for the other");

	if (!shape) {
		appraise_nitro_skip(s, NITRO_KIND,
			s->of_tpm
				? STR("a NitroTPM's: no reference values were given that it could be held against")
				: STR("an enclave's: no reference values were given that it could be held against"));
		return;
	}
	appraise_nitro_test(s, NITRO_KIND, want_tpm ? STR("NitroTPM") : STR("enclave"),
		s->of_tpm ? STR("NitroTPM") : STR("enclave"), ok, &e);
}

static void check_age(struct appraise_nitro_state *s)
{
	const struct policy *p = s->w.in->policy;
	char made[UTC_SIZE];
	struct err e = { 0 };
	bool ok = nitro_document_check_age(&s->s.document, s->w.in->at_unix,
		s->archive ? INT64_MAX : p->nitro.max_age_s, p->leeway_s, &e);

	utc_write(made, nitro_document_unix(&s->s.document));
	appraise_nitro_test(s, NITRO_AGE,
		s->archive ? STR("of any age: archive mode, not of a time to come")
			   : arena_printf(s->w.a, "at most %lld seconds old",
				     (long long)p->nitro.max_age_s),
		arena_str(s->w.a, str_of(made)), ok, &e);
}

static void check_debug(struct appraise_nitro_state *s)
{
	bool allowed = s->w.in->policy->nitro.allow_debug;
	struct err e = { 0 };

	if (s->of_tpm) {
		appraise_nitro_skip(s, NITRO_DEBUG, STR("the document is not of an enclave"));
		return;
	}
	s->in_debug = !nitro_document_check_debug(&s->s.document, &e);
	if (s->in_debug && allowed) {
		appraise_nitro_let_by(s, NITRO_DEBUG,
			STR("the enclave is in debug mode, and the policy allows that"), STR("on"));
		return;
	}
	appraise_nitro_test(s, NITRO_DEBUG,
		allowed ? STR("allowed") : STR("values in PCR 0, 1 and 2 that are not zero"),
		s->in_debug ? STR("on") : STR("off"), !s->in_debug || allowed, &e);
}

/* Which claim a register speaks for. Of an enclave 3 and 4 are the instance's role and name, 8 is who signed the image. */
static enum check_claim claim_of(const struct appraise_nitro_state *s, unsigned reg)
{
	static const uint32_t enclave = 7, instance = 1U << 0 | 1U << 2 | 1U << 4 | 1U << 9 |
						      1U << 11 | 1U << 13;

	return (s->of_tpm ? instance : enclave) >> reg & 1 ? CHECK_EXECUTABLES
							   : CHECK_CONFIGURATION;
}

static void no_register(struct appraise_nitro_state *s, unsigned reg, bool required)
{
	struct err e = { 0 };
	struct check c = { .name = appraise_register_check(&s->w, reg),
		.what = arena_printf(s->w.a, "PCR %u has the value that is expected", reg),
		.whose = STR("policy"),
		.claim = claim_of(s, reg),
		.fail_value = CHECK_CONTRAINDICATED,
		.reg = (int)reg,
		.bank = STR("sha384") };

	if (s->s.document.pcrs >> reg & 1)
		err_set(&e, ERR_MISMATCH, "PCR %u has %zu bytes in the document, want %d", reg,
			s->s.document.pcr[reg].n, SHA384_SIZE);
	else
		err_set(&e, ERR_NOTFOUND, "PCR %u is required, and not in the document", reg);
	if (required)
		appraise_test(&s->w, c, false, &e);
	else
		appraise_skip(&s->w, c, arena_str(s->w.a, str_of(e.text)));
}

static void check_registers(struct appraise_nitro_state *s)
{
	const struct nitro_document *d = &s->s.document;
	const struct policy_nitro *p = &s->w.in->policy->nitro;

	for (unsigned i = 0; i < BUNDLE_PCRS; i++) {
		bool there = d->pcrs >> i & 1, required = s->required >> i & 1;

		if (!there && !required)
			continue;
		if (!there || d->pcr[i].n != SHA384_SIZE) {
			no_register(s, i, required);
			continue;
		}
		appraise_register(&s->w, &(struct appraise_register){ .reg = i,
						 .value = d->pcr[i],
						 .claim = claim_of(s, i),
						 .required = required,
						 .allowed = p->pcr[i].values,
						 .n_allowed = p->pcr[i].n });
	}
}

/* Enough of it to know it by. */
static struct str shown(struct appraise_nitro_state *s, struct span bytes)
{
	enum { SHOWN = 64 };

	if (bytes.n <= SHOWN)
		return appraise_hex(&s->w, bytes);
	return arena_printf(s->w.a, "%.*s... (%zu bytes)",
		STR_ARG(appraise_hex(&s->w, span_make(bytes.p, SHOWN))), bytes.n);
}

static void check_field(struct appraise_nitro_state *s, enum appraise_nitro_check which,
	enum nitro_document_field field, struct span want)
{
	const struct nitro_document *d = &s->s.document;
	struct err e = { 0 };
	bool ok;

	if (!want.p) {
		appraise_nitro_skip(s, which,
			d->has[field]
				? STR("the policy does not say what it must be")
				: STR("it is not in the document, and the policy does not ask for it"));
		return;
	}
	ok = nitro_document_check_field(d, field, want, &e);
	appraise_nitro_test(s, which, shown(s, want), shown(s, d->field[field]), ok, &e);
}

/* Nobody stands behind what the payload says: nothing of it is held against anything. */
static void skip_all(struct appraise_nitro_state *s)
{
	static const struct str why = { "nobody who is trusted has signed what it says",
		sizeof "nobody who is trusted has signed what it says" - 1 };

	for (unsigned i = NITRO_KIND; i < NITRO_CHECKS; i++)
		appraise_nitro_skip(s, (enum appraise_nitro_check)i, why);
	appraise_skip(&s->w, appraise_fresh_report_data(), why);
	appraise_skip(&s->w, appraise_fresh_nonce(), why);
}

void appraise_nitro_claims(struct appraise_nitro_state *s)
{
	const struct policy_nitro *p = &s->w.in->policy->nitro;

	s->of_tpm = s->parsed && s->s.document.kind == NITRO_DOCUMENT_TPM;
	s->required = required_of(s);
	if (!s->is_signed) {
		skip_all(s);
		return;
	}
	check_kind(s);
	check_age(s);
	check_debug(s);
	check_registers(s);
	appraise_fresh(&s->w, s->s.document.field[NITRO_DOCUMENT_NONCE], "nonce");
	check_field(s, NITRO_USER_DATA, NITRO_DOCUMENT_USER_DATA, p->user_data);
	check_field(s, NITRO_PUBLIC_KEY, NITRO_DOCUMENT_PUBLIC_KEY, p->public_key);
}
