#include "appraise/appraise_tpm_inside.h"

#include <stdio.h>

#include "base/banned.h"

/* Texts are put together by hand where there are many: of two banks of all registers a hundred. */
static void add_number(struct buf *b, unsigned pcr)
{
	if (pcr >= 10)
		buf_u8(b, (uint8_t)('0' + pcr / 10));
	buf_u8(b, (uint8_t)('0' + pcr % 10));
}

/* "0, 2, 3" */
static struct str set_text(struct appraise_tpm_state *s, uint32_t set)
{
	CLEANUP(buf_done) struct buf b = buf_init(200);

	for (unsigned i = 0; i < TPM_PCRS; i++) {
		if (!(set >> i & 1))
			continue;
		if (b.n)
			buf_add(&b, ", ", 2);
		add_number(&b, i);
	}
	return b.n ? arena_str(s->w.a, buf_str(&b)) : STR("none");
}

/* before, the number, between, the bank's name, after */
static struct str register_text(struct appraise_tpm_state *s, const char *before, unsigned reg,
	const char *between, enum digest_alg bank, const char *after)
{
	CLEANUP(buf_done) struct buf b = buf_init(100);

	buf_add_cstr(&b, before);
	add_number(&b, reg);
	buf_add_cstr(&b, between);
	buf_add_cstr(&b, digest_name(bank));
	buf_add_cstr(&b, after);
	return arena_str(s->w.a, buf_str(&b));
}

/* Every bank that was signed is known and claimed with exactly the signed registers, and no other bank is claimed. */
static bool claims_equal_selection(const struct appraise_tpm_state *s, struct err *e)
{
	const struct bundle *b = s->w.in->bundle;

	for (size_t i = 0; i < s->quote.n_selections; i++) {
		const struct tpm_selection *sel = &s->quote.selections[i];
		const struct bundle_bank *bank = bundle_bank_find(b, sel->alg);

		if (sel->alg == DIGEST_NONE && sel->pcrs)
			return err_set(e, ERR_FORMAT,
				"bank 0x%04x is signed, its hash is not known", sel->hash);
		if ((bank ? bank->pcrs : 0) != sel->pcrs)
			return err_set(e, ERR_MISMATCH,
				"the values claimed are not those signed (%s)",
				sel->alg ? digest_name(sel->alg) : "unknown bank");
	}
	for (size_t i = 0; i < b->n_banks; i++)
		if (b->banks[i].pcrs != tpm_quote_selected(&s->quote, b->banks[i].alg) ||
			bundle_bank_find(b, b->banks[i].alg) != &b->banks[i])
			return err_set(e, ERR_MISMATCH, "bank %s is claimed, and not signed so",
				digest_name(b->banks[i].alg));
	return true;
}

/* pcrDigest: the signing scheme's hash over the values, banks in the order of the selections, PCRs ascending. */
static bool digest_holds(const struct appraise_tpm_state *s, struct err *e)
{
	CLEANUP(buf_done)
	struct buf values = buf_init(TPM_QUOTE_SELECTIONS_MAX * TPM_PCRS * DIGEST_MAX);
	struct digest want;

	for (size_t i = 0; i < s->quote.n_selections; i++) {
		const struct tpm_selection *sel = &s->quote.selections[i];
		const struct bundle_bank *bank = bundle_bank_find(s->w.in->bundle, sel->alg);

		for (unsigned pcr = 0; bank && pcr < TPM_PCRS; pcr++)
			if (sel->pcrs >> pcr & 1)
				buf_add(&values, bank->values[pcr].bytes, digest_size(sel->alg));
	}
	want = digest_of(s->scheme.digest, buf_span(&values));
	return (s->quote.pcr_digest.n == digest_size(want.alg) &&
		       ct_equal(s->quote.pcr_digest.p, want.bytes, digest_size(want.alg))) ||
	       err_set(e, ERR_MISMATCH, "the claimed values do not give the signed digest");
}

static void check_selection(struct appraise_tpm_state *s)
{
	const struct policy *p = s->w.in->policy;
	uint32_t got = tpm_quote_selected(&s->quote, p->bank);
	struct err e = { 0 };
	bool ok = (got & p->registers) == p->registers ||
		  err_set(&e, ERR_MISMATCH, "not signed: PCR %.*s of bank %s",
			  STR_ARG(set_text(s, p->registers & ~got)), digest_name(p->bank));

	appraise_test(&s->w,
		(struct check){ .name = "pcr-selection",
			.what = STR("the signature covers every register that the policy requires"),
			.want = arena_printf(s->w.a, "%s: %.*s", digest_name(p->bank),
				STR_ARG(set_text(s, p->registers))),
			.got = arena_printf(s->w.a, "%s: %.*s", digest_name(p->bank),
				STR_ARG(set_text(s, got))),
			.whose = STR("policy"),
			.claim = CHECK_CONFIGURATION,
			.fail_value = CHECK_CONTRAINDICATED },
		ok, &e);
}

static void check_values(struct appraise_tpm_state *s)
{
	struct err e = { 0 };
	bool same = claims_equal_selection(s, &e), holds = false;

	appraise_test(&s->w,
		(struct check){ .name = "pcr-claims",
			.what = STR("the register values given are exactly those that are signed"),
			.whose = STR("evidence"),
			.fail_value = CHECK_CRYPTO_FAILED },
		same, &e);
	if (same && s->scheme_known)
		holds = digest_holds(s, &e);
	appraise_test(&s->w,
		(struct check){ .name = "pcr-digest",
			.what = STR("the register values give the digest that is signed"),
			.whose = STR("evidence"),
			.fail_value = CHECK_CRYPTO_FAILED },
		holds, &e);
	s->values_signed = holds && check_passed(&s->w.out->verdict.checks, "signature");
}

static const struct reference_register *reference_of(
	const struct reference_shape *shape, unsigned reg)
{
	for (size_t i = 0; shape && i < shape->n_registers; i++)
		if (shape->registers[i].reg == reg)
			return &shape->registers[i];
	return NULL;
}

/* Which claim a register speaks for (TCG PFP 3.3.4; UAPI's registry of PCRs for 11 to 13). */
static enum check_claim claim_of(unsigned pcr)
{
	switch (pcr) {
	case 0:  /* firmware */
	case 2:  /* drivers, option ROMs */
	case 4:  /* boot loader: the unified kernel image */
	case 9:  /* initrd as the kernel got it */
	case 11: /* sections of the unified kernel image */
	case 13: /* system extensions */
		return CHECK_EXECUTABLES;
	default:
		return CHECK_CONFIGURATION;
	}
}

static struct str whose_text(const struct appraise_tpm_state *s, const struct reference_register *r)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);

	buf_add_cstr(&b, "reference values: ");
	buf_add_cstr(&b, r->how == REFERENCE_OBSERVED ? "observed, " : "computed, ");
	buf_add_str(&b, appraise_vouched_by(&s->w));
	return arena_str(s->w.a, buf_str(&b));
}

static struct str value_text(struct appraise_tpm_state *s, const struct digest *d)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(d, hex);
	return arena_str(s->w.a, str_of(hex));
}

/* A required register without a value to hold it against: PCR 0 without an anchor, or one that cannot be predicted. */
static void no_reference(struct appraise_tpm_state *s, struct check c,
	const struct reference_register *r, bool required)
{
	const bool any = s->w.in->shape;

	c.whose = any ? STR("reference values") : (struct str){ 0 };
	c.fail_value = c.claim == CHECK_EXECUTABLES ? CHECK_UNRECOGNISED : CHECK_UNSAFE;
	c.result = required ? CHECK_FAILED : CHECK_NOT_APPLICABLE;
	c.reason = r && r->reason.n ? r->reason
		   : any            ? STR("the reference values do not name it")
				    : STR("no reference values were given");
	if (required)
		c.reason = arena_printf(
			s->w.a, "no reference value to hold it against: %.*s", STR_ARG(c.reason));
	if (required && c.reg == 0)
		c.reason = arena_printf(s->w.a,
			"no anchor: without a value for PCR 0 other firmware could fake all later registers (%.*s)",
			STR_ARG(c.reason));
	appraise_note(&s->w, c);
}

static void check_register(
	struct appraise_tpm_state *s, const struct bundle_bank *bank, size_t place, unsigned reg)
{
	const struct reference_register *r = reference_of(s->w.in->shape, reg);
	bool required = s->w.in->policy->registers >> reg & 1;
	struct check c = { .name = register_text(s, "pcr-", reg, ".", bank->alg, "").p,
		.what = register_text(s, "PCR ", reg, " (", bank->alg, ") has the predicted value"),
		.got = value_text(s, &bank->values[reg]),
		.claim = claim_of(reg),
		.fail_value = CHECK_CONTRAINDICATED,
		.reg = (int)reg,
		.bank = str_of(digest_name(bank->alg)) };
	struct err e = { 0 };
	bool same;

	if (!r || r->how == REFERENCE_NOT_PREDICTABLE) {
		no_reference(s, c, r, required && bank->alg == s->w.in->policy->bank);
		return;
	}
	c.want = value_text(s, &r->values[place]);
	c.whose = whose_text(s, r);
	same = digest_equal(&bank->values[reg], &r->values[place]);
	if (!required) {
		c.result = CHECK_NOT_APPLICABLE;
		c.reason = same ? STR("equal, but the policy does not require it")
				: STR("different, but the policy does not require it");
		appraise_note(&s->w, c);
		return;
	}
	if (!same) {
		s->w.out->differing |= UINT32_C(1) << reg;
		err_set(&e, ERR_MISMATCH, "PCR %u differs from the prediction", reg);
	}
	appraise_test(&s->w, c, same, &e);
}

/* Nothing is predicted: what is signed and required is listed with its value. */
static void without_shape(struct appraise_tpm_state *s)
{
	const struct policy *p = s->w.in->policy;
	const struct bundle_bank *bank = bundle_bank_find(s->w.in->bundle, p->bank);

	for (unsigned reg = 0; bank && reg < TPM_PCRS; reg++)
		if (bank->pcrs & p->registers & UINT32_C(1) << reg)
			check_register(s, bank, 0, reg);
}

/* Every bank that is both signed and predicted is compared. */
static void compare(struct appraise_tpm_state *s)
{
	const struct reference_shape *shape = s->w.in->shape;
	bool predicted = false;
	struct err e = { 0 };

	for (size_t i = 0; i < shape->n_banks; i++) {
		const struct bundle_bank *bank = bundle_bank_find(s->w.in->bundle, shape->banks[i]);

		predicted = predicted || shape->banks[i] == s->w.in->policy->bank;
		for (unsigned reg = 0; bank && reg < TPM_PCRS; reg++)
			if (bank->pcrs >> reg & 1)
				check_register(s, bank, i, reg);
	}
	if (!predicted)
		err_set(&e, ERR_NOTFOUND, "the reference values have no bank %s",
			digest_name(s->w.in->policy->bank));
	appraise_test(&s->w,
		(struct check){ .name = "pcr-bank",
			.what = STR("the bank that the policy asks for is predicted"),
			.want = str_of(digest_name(s->w.in->policy->bank)),
			.whose = STR("policy"),
			.claim = CHECK_CONFIGURATION,
			.fail_value = CHECK_CONTRAINDICATED },
		predicted, &e);
}

void appraise_tpm_registers(struct appraise_tpm_state *s)
{
	const struct bundle_bank *bank;

	if (!s->quote_parsed)
		return;
	check_selection(s);
	check_values(s);
	if (!s->values_signed)
		return;
	if (s->w.in->shape)
		compare(s);
	else
		without_shape(s);
	bank = bundle_bank_find(s->w.in->bundle, s->w.in->policy->bank);
	if (bank)
		s->w.out->signed_bank = *bank;
}
