#include "appraise/appraise_tpm.h"

#include "appraise_case.h"

/* ---- the attestation key ---- */

static void by_enrolment(void)
{
	m.in.challenge = NULL;
	m.in.enrolment = &m.enrolment;
}
static void by_pin(void)
{
	m.in.challenge = NULL;
	m.trust.pinned = &m.challenge.ak;
	m.trust.n_pinned = 1;
	m.bundle.ek_chain.n = 0;
}
static void by_ak_certificate(void)
{
	struct made_certificate c = m.ek_certificate;

	c.key = m.ak_key;
	c.eku = "2.23.133.8.3";
	c.usage = "critical,digitalSignature";
	m.in.challenge = NULL;
	m.bundle.ak_chain.certificates[0] = kept(&m, made_certificate(&c));
	m.bundle.ak_chain.n = 1;
}
static void ak_not_restricted(void)
{
	m.ak.attributes &= ~(uint32_t)TPM_OBJECT_RESTRICTED;
}
static void ak_not_fixed(void)
{
	m.ak.attributes &= ~(uint32_t)TPM_OBJECT_FIXED_TPM;
}
static void ak_not_fixed_parent(void)
{
	m.ak.attributes &= ~(uint32_t)TPM_OBJECT_FIXED_PARENT;
}
static void ak_imported(void)
{
	m.ak.attributes &= ~(uint32_t)TPM_OBJECT_SENSITIVE_DATA_ORIGIN;
}
static void ak_decrypts(void)
{
	m.ak.attributes |= TPM_OBJECT_DECRYPT;
}
static void ak_does_not_sign(void)
{
	m.ak.attributes &= ~(uint32_t)TPM_OBJECT_SIGN;
}
static void ak_sha1(void)
{
	m.ak.hash = TPM_ALG_SHA1;
}
static void ak_any_scheme(void)
{
	m.ak.scheme = 0;
}
static void ak_named_by_sha1(void)
{
	m.ak.name_hash = TPM_ALG_SHA1;
}
static void ak_cut(void)
{
	m.bundle.ak_public.n--;
}
static void ak_swapped(void)
{
	m.bundle.ak_public = kept(&m, made_public(made_foreign_key, m.ak));
}
static void ak_swapped_and_signs(void)
{
	ak_swapped();
	m.bundle.signature = kept(&m, made_signature(made_foreign_key, TPM_ALG_ECDSA, "SHA256",
					      TPM_ALG_SHA256, m.bundle.quote));
}
static void not_bound(void)
{
	m.in.challenge = NULL;
}
static void credential_for_another(void)
{
	m.challenge.ak.bytes[5] ^= 1;
}
static void credential_for_nobody(void)
{
	m.challenge.ak.n = 0;
}
static void another_secret(void)
{
	m.challenge.secret[31] ^= 1;
}
static void no_secret(void)
{
	memset(m.bundle.binding.secret_digest, 0, 32);
}
static void another_ek_named(void)
{
	m.challenge.ek_public.n--;
}
static void enrolled_for_another(void)
{
	by_enrolment();
	m.enrolment.ak.bytes[9] ^= 1;
}
static void enrolled_with_another_ek(void)
{
	by_enrolment();
	m.enrolment.ek_certificate_sha256[0] ^= 1;
}
static void enrolled_without_certificate(void)
{
	by_enrolment();
	m.bundle.ek_chain.n = 0;
}
static void pinned_another(void)
{
	by_pin();
	m.enrolment.ak.bytes[2] ^= 1;
	m.trust.pinned = &m.enrolment.ak;
}
static void ak_certificate_of_another(void)
{
	struct made_certificate c = m.ek_certificate;

	by_ak_certificate();
	c.key = made_foreign_key;
	c.eku = "2.23.133.8.3";
	c.usage = "critical,digitalSignature";
	m.bundle.ak_chain.certificates[0] = kept(&m, made_certificate(&c));
}
static void ak_certificate_is_ek(void)
{
	struct made_certificate c = m.ek_certificate;

	by_ak_certificate();
	c.key = m.ak_key;
	m.bundle.ak_chain.certificates[0] = kept(&m, made_certificate(&c));
}

/* ---- the endorsement key ---- */

static void ek_other_template(void)
{
	m.ek.attributes |= TPM_OBJECT_USER_WITH_AUTH;
}
static void ek_signs(void)
{
	m.ek.attributes |= TPM_OBJECT_SIGN;
}
static void ek_missing(void)
{
	m.bundle.ek_public = span_make(NULL, 0);
}
static void ek_not_certified(void)
{
	m.ek_certificate.key = made_rsa_ak_key;
}
static void ek_of_ecc(void)
{
	m.ek_key = m.ek_certificate.key = made_foreign_key;
	m.ek_certificate.usage = "critical,keyAgreement";
}
static void ek_of_ecc_not_certified(void)
{
	ek_of_ecc();
	m.ek_certificate.key = made_ak_key;
}
static void ek_of_ecc_signs(void)
{
	ek_of_ecc();
	m.ek.attributes |= TPM_OBJECT_SIGN;
}
static void ek_no_certificate(void)
{
	m.bundle.ek_chain.n = 0;
}
static void ek_certificate_cut(void)
{
	m.bundle.ek_chain.certificates[0].n -= 5;
}
static void ek_foreign_authority(void)
{
	m.ek_certificate.signer = made_foreign_key;
}
static void ek_own_root_in_evidence(void)
{
	struct made_certificate ca = m.ca, ek = m.ek_certificate;

	ca.key = ca.signer = ek.signer = made_foreign_key;
	m.bundle.ek_chain.certificates[0] = kept(&m, made_certificate(&ek));
	m.bundle.ek_chain.certificates[1] = kept(&m, made_certificate(&ca));
	m.bundle.ek_chain.n = 2;
}
static void ek_expired(void)
{
	m.in.at_unix = MADE_NOW + 2 * (int64_t)MADE_YEAR;
}
static void ek_not_yet(void)
{
	m.in.at_unix = MADE_NOW - 2 * (int64_t)MADE_YEAR;
}
static void ek_expired_leeway(void)
{
	m.in.at_unix = MADE_NOW + MADE_YEAR + 60;
	m.policy.leeway_s = 60;
}
static void ek_expired_leeway_short(void)
{
	ek_expired_leeway();
	m.policy.leeway_s = 59;
}
static void ek_not_yet_leeway(void)
{
	m.in.at_unix = MADE_NOW - MADE_YEAR - 60;
	m.policy.leeway_s = 60;
}
static void ek_not_yet_leeway_short(void)
{
	ek_not_yet_leeway();
	m.policy.leeway_s = 59;
}
static void ak_expired_leeway(void)
{
	by_ak_certificate();
	ek_expired_leeway();
}
static void ak_expired_leeway_short(void)
{
	by_ak_certificate();
	ek_expired_leeway_short();
}
static void ek_no_usage(void)
{
	m.ek_certificate.eku = NULL;
}
static void no_roots(void)
{
	m.trust.n_roots = 0;
}
static void root_not_read(void)
{
	certificate_free(m.root.certificate);
	m.root.certificate = NULL;
}

static const struct test_case cases[] = {
	A(by_ak_certificate, GOOD, NULL),
	A(by_pin, GOOD, NULL),
	A(by_enrolment, GOOD, NULL),
	B(ak_not_restricted, BAD, "ak-attributes"),
	B(ak_not_fixed, BAD, "ak-attributes"),
	B(ak_not_fixed_parent, BAD, "ak-attributes"),
	B(ak_imported, BAD, "ak-attributes"),
	B(ak_decrypts, BAD, "ak-attributes"),
	B(ak_does_not_sign, BAD, "ak-attributes"),
	B(ak_sha1, BAD, "ak-scheme"),
	B(ak_any_scheme, BAD, "ak-scheme"),
	B(ak_named_by_sha1, BAD, "ak-structure"),
	A(ak_cut, BAD, "ak-structure"),
	A(ak_swapped, BAD, "signature"),
	A(ak_swapped_and_signs, BAD, "ak-bound"),
	A(not_bound, BAD, "ak-bound"),
	A(credential_for_another, BAD, "ak-bound"),
	A(credential_for_nobody, BAD, "ak-bound"),
	A(another_secret, BAD, "ak-bound"),
	A(no_secret, BAD, "ak-bound"),
	A(another_ek_named, BAD, "ak-bound"),
	A(enrolled_for_another, BAD, "ak-bound"),
	A(enrolled_with_another_ek, BAD, "ek-enrolled"),
	A(enrolled_without_certificate, BAD, "ek-certificate"),
	A(pinned_another, BAD, "ak-bound"),
	A(ak_certificate_of_another, BAD, "ak-certificate"),
	A(ak_certificate_is_ek, BAD, "ak-chain"),
	B(ek_other_template, BAD, "ek-template"),
	B(ek_signs, BAD, "ek-template"),
	A(ek_missing, BAD, "ek-template"),
	B(ek_not_certified, BAD, "ek-certificate"),
	B(ek_of_ecc, GOOD, NULL),
	B(ek_of_ecc_not_certified, BAD, "ek-certificate"),
	B(ek_of_ecc_signs, BAD, "ek-template"),
	A(ek_no_certificate, BAD, "ek-certificate"),
	A(ek_certificate_cut, BAD, "ek-certificate"),
	B(ek_foreign_authority, BAD, "ek-chain"),
	A(ek_own_root_in_evidence, BAD, "ek-chain"),
	A(ek_expired, BAD, "ek-chain"),
	A(ek_expired_leeway, GOOD, NULL),
	A(ek_expired_leeway_short, BAD, "ek-chain"),
	A(ek_not_yet_leeway, GOOD, NULL),
	A(ek_not_yet_leeway_short, BAD, "ek-chain"),
	A(ak_expired_leeway, GOOD, NULL),
	A(ak_expired_leeway_short, BAD, "ak-chain"),
	A(ek_not_yet, BAD, "ek-chain"),
	B(ek_no_usage, BAD, "ek-chain"),
	A(no_roots, BAD, "ek-chain"),
	A(root_not_read, BAD, "ek-chain"),
};

int main(void)
{
	verdict_told_begin();
	made_keys();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	made_keys_done();
	verdict_told_end("appraise_tpm_key");
	return test_end();
}
