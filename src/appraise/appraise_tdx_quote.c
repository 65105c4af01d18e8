#include "appraise/appraise_tdx_inside.h"

#include "base/rd.h"
#include "base/banned.h"

enum { VERSION_MIN = 4, VERSION_MAX = 5, ECDSA_P256 = 2, TEE_TDX = 0x81, VERSION_SGX = 3 };

/* A check of the evidence itself, which nothing but cryptography or a format decides. */
static void test(struct appraise_tdx_state *s, const char *name, const char *what, bool ok,
	const struct err *e)
{
	appraise_test(s->w,
		(struct check){ .name = name,
			.what = str_of(what),
			.whose = STR("evidence"),
			.fail_value = CHECK_CRYPTO_FAILED },
		ok, e);
}

/* ---- form ---- */

static void check_number(struct appraise_tdx_state *s, const char *name, const char *what,
	struct str want, uint32_t got, bool ok, const struct err *e)
{
	appraise_test(s->w,
		(struct check){ .name = name,
			.what = str_of(what),
			.want = want,
			.got = arena_printf(s->w->a, "0x%x", got),
			.whose = STR("Intel's quote format"),
			.fail_value = CHECK_CRYPTO_FAILED },
		ok, e);
}

/* The three numbers that say what kind of evidence this is. */
static void check_header(struct appraise_tdx_state *s, struct span bytes)
{
	struct rd r = rd_of(bytes);
	uint16_t version = rd_u16le(&r), key_type = rd_u16le(&r);
	uint32_t tee = rd_u32le(&r);
	struct err e = { 0 };
	bool ok = version >= VERSION_MIN && version <= VERSION_MAX;

	if (!rd_ok(&r))
		return; /* the form says it */
	if (version == VERSION_SGX)
		err_set(&e, ERR_FORMAT,
			"version 3: this is evidence of an SGX enclave, not of a TD");
	else if (!ok)
		err_set(&e, ERR_FORMAT, "version %u of the quote format is not known", version);
	check_number(s, "tdx-quote-version", "the quote is of a version that is known",
		STR("0x4 or 0x5"), version, ok, &e);
	ok = key_type == ECDSA_P256 ||
	     err_set(&e, ERR_FORMAT, "attestation key of type %u", key_type);
	check_number(s, "tdx-quote-key-type", "the attestation key is one for ECDSA with P-256",
		STR("0x2"), key_type, ok, &e);
	ok = tee == TEE_TDX || err_set(&e, ERR_FORMAT, "TEE type 0x%x%s", tee,
				       tee == 0 ? ": an SGX enclave's quote" : "");
	check_number(
		s, "tdx-quote-tee", "the quote is of a TDX trust domain", STR("0x81"), tee, ok, &e);
}

static void check_trailing(struct appraise_tdx_state *s)
{
	const struct tdx_quote *q = &s->said->quote;
	struct err e = { 0 };
	bool ok = !q->trailing || q->trailing_zero ||
		  err_set(&e, ERR_FORMAT,
			  "%zu bytes behind the quote are not all zero: nobody signed them",
			  q->trailing);

	appraise_test(s->w,
		(struct check){ .name = "tdx-quote-trailing",
			.what = STR("nothing but zero padding stands behind the quote"),
			.got = arena_printf(s->w->a, "%zu bytes%s", q->trailing,
				q->trailing && q->trailing_zero ? ", all zero" : ""),
			.whose = STR("this verifier"),
			.claim = CHECK_CONFIGURATION,
			.fail_value = CHECK_UNSAFE },
		ok, &e);
}

bool appraise_tdx_quote_form(struct appraise_tdx_state *s, struct span bytes)
{
	struct err e = { 0 };
	bool ok;

	check_header(s, bytes);
	ok = tdx_quote_parse(&s->said->quote, bytes, &e);
	test(s, "tdx-quote-form", "the quote has the form that Intel specifies", ok, &e);
	if (ok)
		check_trailing(s);
	return ok;
}

/* ---- links ---- */

static void check_vendor(struct appraise_tdx_state *s)
{
	struct err e = { 0 };
	bool ok = tdx_quote_by_intel_qe(&s->said->quote, &e);

	appraise_test(s->w,
		(struct check){ .name = "tdx-qe-vendor",
			.what = STR("the quoting enclave is Intel's by its vendor id"),
			.want = STR("939a7233f79c4ca9940a0db3957f0607"),
			.got = appraise_hex(s->w, s->said->quote.qe_vendor_id),
			.whose = STR("Intel's quote format"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
	s->links_hold &= ok;
}

void appraise_tdx_quote_links(struct appraise_tdx_state *s)
{
	const struct tdx_quote *q = &s->said->quote;
	struct err e = { 0 };
	bool ok;

	s->links_hold = true;
	check_vendor(s);
	ok = tdx_quote_signature_body(q, &e);
	test(s, "tdx-body-signature", "the attestation key signed header and body", ok, &e);
	s->links_hold &= ok;
	ok = tdx_quote_signature_binding(q, &e);
	test(s, "tdx-qe-binding", "the quoting enclave's report names the attestation key", ok, &e);
	s->links_hold &= ok;
	ok = s->pck.n
		     ? tdx_quote_signature_qe(q, intel_chain_leaf(&s->pck), &e)
		     : err_set(&e, ERR_NOTFOUND,
			       "QE report signature: there is no PCK certificate to hold it against");
	test(s, "tdx-qe-signature", "the platform's PCK key signed the quoting enclave's report",
		ok, &e);
	s->links_hold &= ok;
}

bool appraise_tdx_quote_told(const struct appraise_tdx_state *s, struct err *e)
{
	return s->said->genuine ||
	       err_set(e, ERR_SIGNATURE,
		       "it cannot be told: no signature up to a trusted root covers what the quote says");
}

/* ---- all of it ---- */

static void say_claims(struct appraise_tdx_state *s)
{
	struct appraise_tdx_said *said = s->said;
	uint64_t attributes = said->quote.td_attributes;

	said->instance_identity = (struct verdict_claim){ CHECK_AFFIRMS,
		arena_printf(s->w->a, "a TDX platform that %.*s certifies signed the evidence",
			STR_ARG(s->root_name)) };
	said->runtime_opaque = (struct verdict_claim){ CHECK_AFFIRMS,
		STR("the TDX module keeps memory and processor state from the host") };
	if (attributes & TDX_QUOTE_ATTRIBUTE_MIGRATABLE)
		said->runtime_opaque = (struct verdict_claim){
			CHECK_UNSAFE,
			STR("the TD may be migrated: who moves it sees its memory; the policy allows that")
		};
	if (attributes & TDX_QUOTE_ATTRIBUTES_TUD)
		said->runtime_opaque = (struct verdict_claim){
			CHECK_UNSAFE,
			STR("debugging is on: the host reads and writes the TD's memory; the policy allows that")
		};
}

static void release(struct appraise_tdx_state *s)
{
	intel_crl_free(s->root_crl);
	intel_crl_free(s->pck_crl);
	intel_chain_done(&s->pck);
}

void appraise_tdx_quote(struct appraise_work *w, struct span bytes, struct appraise_tdx_said *ret)
{
	const struct policy *p = w->in->policy;
	struct appraise_tdx_state s = { .w = w,
		.p = &p->tdx,
		.said = ret,
		.at = { .at_unix = w->in->at_unix,
			.leeway = p->leeway_s,
			.grace = (int64_t)p->tdx.grace_days * 24 * 3600 } };
	const struct verdict_claim none = { CHECK_NO_CLAIM, STR("the quote cannot be believed") };

	*ret = (struct appraise_tdx_said){
		.instance_identity = none, .hardware = none, .runtime_opaque = none
	};
	if (!appraise_tdx_quote_form(&s, bytes))
		return;
	appraise_tdx_chain_read(&s);
	appraise_tdx_quote_links(&s);
	appraise_tdx_chain(&s);
	if (ret->genuine)
		say_claims(&s);
	appraise_tdx_platform(&s);
	appraise_tdx_collateral(&s);
	appraise_tdx_tcb(&s);
	appraise_tdx_body(&s);
	release(&s);
}
