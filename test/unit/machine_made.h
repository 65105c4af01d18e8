/*
 * A whole made machine: a TPM with keys and a certificate authority, registers with one separator each, a log, reference
 * values that fit. The tests of the appraisal take it as honest and change one thing at a time: what the machine does
 * before it signs (`sign` makes the quote of what the fields say), or the bundle afterwards.
 */
#ifndef ASSAY_TEST_MACHINE_MADE_H
#define ASSAY_TEST_MACHINE_MADE_H

#include "appraise/appraise_tpm.h"
#include "evidence/event_log.h"
#include "tpm_made.h"
#include "trust/certificate.h"

enum { MADE_NOW = 1767225600, MADE_YEAR = 365 * 24 * 3600 };

/* Keys are made once; a machine borrows them. */
static EVP_PKEY *made_ca_key, *made_ek_key, *made_ak_key, *made_rsa_ak_key, *made_foreign_key;

struct machine {
	struct arena *a;
	/* what the TPM does */
	struct made_key ek, ak;
	EVP_PKEY *ek_key, *ak_key, *signing_key;
	uint16_t sig_scheme, sig_hash;
	const char *sig_hash_name;
	struct made_quote quote;
	struct binding binding;        /* goes into the bundle */
	struct binding signed_binding; /* goes into extraData */
	struct digest extra;
	uint8_t secret[32];
	struct bundle_bank banks[2];        /* goes into the bundle */
	struct bundle_bank signed_banks[2]; /* goes into pcrDigest */
	struct made_certificate ek_certificate, ca;
	/* what the verifier has */
	struct bundle bundle;
	struct reference_register registers[TPM_PCRS];
	struct reference_coverage coverage[7];
	struct reference_shape shape;
	struct policy policy;
	struct trust_root root;
	struct trust_file trust;
	struct appraise_challenge challenge;
	struct enrolment enrolment;
	uint8_t nonce[BINDING_NONCE_SIZE];
	struct appraise_in in;
};

__attribute__((unused)) static void made_keys(void)
{
	made_ca_key = made_ecc("P-256");
	made_ek_key = made_rsa();
	made_ak_key = made_ecc("P-256");
	made_rsa_ak_key = made_rsa();
	made_foreign_key = made_ecc("P-256");
}

__attribute__((unused)) static void made_keys_done(void)
{
	EVP_PKEY_free(made_ca_key);
	EVP_PKEY_free(made_ek_key);
	EVP_PKEY_free(made_ak_key);
	EVP_PKEY_free(made_rsa_ak_key);
	EVP_PKEY_free(made_foreign_key);
}

/* The bytes in the arena; the buf is released. */
static struct span kept(struct machine *m, struct buf b)
{
	struct str s = arena_str(m->a, buf_str(&b));

	buf_done(&b);
	return str_span(s);
}

static struct digest after_separator(enum digest_alg alg)
{
	uint8_t both[2 * DIGEST_MAX] = { 0 };
	struct digest d = digest_of(alg, span_make("\0\0\0\0", 4));

	memcpy(both + digest_size(alg), d.bytes, digest_size(alg));
	return digest_of(alg, span_make(both, 2 * digest_size(alg)));
}

static void log_event(struct buf *b, uint32_t pcr, uint32_t type, struct span data)
{
	static const enum digest_alg algs[] = { DIGEST_SHA256, DIGEST_SHA384 };

	buf_u32le(b, pcr);
	buf_u32le(b, type);
	buf_u32le(b, 2);
	for (size_t i = 0; i < 2; i++) {
		struct digest d = digest_of(algs[i], data);

		buf_u16le(b, tpm_alg_of_digest(algs[i]));
		buf_add(b, d.bytes, digest_size(algs[i]));
	}
	buf_u32le(b, (uint32_t)data.n);
	buf_add(b, data.p, data.n);
}

/* A log of one separator for each of the registers. */
static struct buf made_log(uint32_t pcrs)
{
	static const uint8_t
		id[] = "Spec ID Event03\0\0\0\0\0\0\2\0\2\2\0\0\0\x0b\0\x20\0\x0c\0\x30";
	struct buf b = buf_init(1 << 16);

	buf_u32le(&b, 0);
	buf_u32le(&b, EVENT_LOG_NO_ACTION);
	buf_fill(&b, 0, 20);
	buf_u32le(&b, sizeof id + 1);
	buf_add(&b, id, sizeof id);
	buf_u8(&b, 0);
	for (unsigned i = 0; i < TPM_PCRS; i++)
		if (pcrs >> i & 1)
			log_event(&b, i, 4, span_make("\0\0\0\0", 4));
	return b;
}

static void made_reference(struct machine *m)
{
	static const char *const layers[][2] = { { "firmware", "PCR 0" },
		{ "option ROMs", "PCR 2" }, { "boot loader", "PCR 4" },
		{ "kernel", "PCR 4, PCR 11" }, { "initrd", "PCR 9" },
		{ "command line", "PCR 9, PCR 11" }, { "root file system", "PCR 11" } };
	size_t n = 0;

	for (unsigned i = 0; i < TPM_PCRS; i++) {
		if (!(m->policy.registers >> i & 1))
			continue;
		m->registers[n] = (struct reference_register){ .reg = i,
			.how = i ? REFERENCE_COMPUTED : REFERENCE_OBSERVED,
			.values = {
				after_separator(DIGEST_SHA256), after_separator(DIGEST_SHA384) } };
		n++;
	}
	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		m->coverage[i] = (struct reference_coverage){ str_of(layers[i][0]),
			str_of(layers[i][1]), STR("") };
	m->shape = (struct reference_shape){ .name = STR("made"),
		.platform = STR("tpm"),
		.banks = { DIGEST_SHA256, DIGEST_SHA384 },
		.n_banks = 2,
		.registers = m->registers,
		.n_registers = n,
		.coverage = m->coverage,
		.n_coverage = ARRAY_LEN(m->coverage) };
}

static void made_registers(struct machine *m)
{
	static const enum digest_alg algs[] = { DIGEST_SHA256, DIGEST_SHA384 };

	for (size_t i = 0; i < 2; i++) {
		m->banks[i] = (struct bundle_bank){ .alg = algs[i], .pcrs = 0xffff };
		for (unsigned pcr = 0; pcr < TPM_PCRS; pcr++) {
			m->banks[i].values[pcr].alg = algs[i];
			if (m->policy.registers >> pcr & 1)
				m->banks[i].values[pcr] = after_separator(algs[i]);
		}
		m->signed_banks[i] = m->banks[i];
		m->quote.selections[i] = (struct tpm_selection){ tpm_alg_of_digest(algs[i]),
			algs[i], 0xffff };
	}
	m->quote.n = 2;
}

/* An honest machine; the caller changes fields and then calls machine_sign. a must be empty. */
__attribute__((unused)) static void machine_init(struct machine *m, struct arena *a)
{
	*m = (struct machine){ .a = a,
		.ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true },
		.ak = { .attributes = MADE_AK_ATTRIBUTES,
			.scheme = TPM_ALG_ECDSA,
			.hash = TPM_ALG_SHA256 },
		.ek_key = made_ek_key,
		.ak_key = made_ak_key,
		.signing_key = made_ak_key,
		.sig_scheme = TPM_ALG_ECDSA,
		.sig_hash = TPM_ALG_SHA256,
		.sig_hash_name = "SHA256",
		.quote = { .magic = TPM_GENERATED_VALUE, .type = TPM_ST_ATTEST_QUOTE, .safe = 1 },
		.binding = { .role = STR("attester") },
		.policy = policy_default(),
		.ek_certificate = { .subject = "tpm",
			.issuer = "authority",
			.key = made_ek_key,
			.signer = made_ca_key,
			.eku = "2.23.133.8.1",
			.usage = "critical,keyEncipherment",
			.from = MADE_NOW - MADE_YEAR,
			.to = MADE_NOW + MADE_YEAR },
		.ca = { .subject = "authority",
			.issuer = "authority",
			.key = made_ca_key,
			.signer = made_ca_key,
			.ca = true,
			.usage = "critical,keyCertSign",
			.from = MADE_NOW - MADE_YEAR,
			.to = MADE_NOW + MADE_YEAR } };
	memset(m->secret, 0x5e, sizeof m->secret);
	memset(m->nonce, 0x0a, sizeof m->nonce);
	memcpy(m->binding.nonce, m->nonce, sizeof m->nonce);
	sha256_of(m->binding.secret_digest, SPAN_OF(m->secret));
	m->signed_binding = m->binding;
	made_reference(m);
	made_registers(m);
	m->root = (struct trust_root){ .name = STR("made authority") };
	m->trust = (struct trust_file){ .roots = &m->root, .n_roots = 1 };
	m->in = (struct appraise_in){ .bundle = &m->bundle,
		.shape = &m->shape,
		.vouch = APPRAISE_BUILT_HERE,
		.policy = &m->policy,
		.trust = &m->trust,
		.nonce = m->nonce,
		.challenge = &m->challenge,
		.at_unix = MADE_NOW };
}

static void digest_values(struct machine *m)
{
	CLEANUP(buf_done) struct buf values = buf_init(1 << 16);
	enum digest_alg alg = tpm_alg_digest(m->sig_hash);
	struct digest d;

	for (size_t i = 0; i < m->quote.n; i++)
		for (unsigned pcr = 0; pcr < TPM_PCRS; pcr++)
			for (size_t k = 0; k < 2; k++)
				if (m->quote.selections[i].pcrs >> pcr & 1 &&
					m->signed_banks[k].alg == m->quote.selections[i].alg)
					buf_add(&values, m->signed_banks[k].values[pcr].bytes,
						digest_size(m->signed_banks[k].alg));
	d = digest_of(alg == DIGEST_NONE ? DIGEST_SHA256 : alg, buf_span(&values));
	memcpy(m->quote.digest, d.bytes, sizeof m->quote.digest);
}

/* Quote, signature, keys, certificates and log into the bundle, as the fields say. */
__attribute__((unused)) static void machine_sign(struct machine *m)
{
	struct certificate *root = NULL;
	struct tpm_public ak, ek;
	struct buf der;
	struct err e = { 0 };

	digest_values(m);
	CHECK_OK(binding_digest(&m->extra, DIGEST_SHA256, &m->signed_binding, &e), e);
	if (!m->quote.extra.p)
		m->quote.extra = span_make(m->extra.bytes, 32);
	m->bundle = (struct bundle){ .has_binding = true, .binding = m->binding, .n_banks = 2 };
	memcpy(m->bundle.banks, m->banks, sizeof m->banks);
	m->bundle.quote = kept(m, made_quote(&m->quote));
	m->bundle.signature = kept(m, made_signature(m->signing_key, m->sig_scheme,
					      m->sig_hash_name, m->sig_hash, m->bundle.quote));
	m->bundle.ak_public = kept(m, made_public(m->ak_key, m->ak));
	m->bundle.ek_public = kept(m, made_public(m->ek_key, m->ek));
	m->bundle.ek_chain.certificates[0] = kept(m, made_certificate(&m->ek_certificate));
	m->bundle.ek_chain.n = 1;
	m->bundle.firmware_log = kept(m, made_log(m->policy.registers));
	der = made_certificate(&m->ca);
	CHECK_OK(certificate_of_der(&root, buf_span(&der), &e), e);
	buf_done(&der);
	m->root.certificate = root;
	if (tpm_public_parse(&ak, m->bundle.ak_public, &e))
		m->challenge.ak = tpm_public_name(&ak);
	m->challenge.ek_public = m->bundle.ek_public;
	memcpy(m->challenge.secret, m->secret, sizeof m->secret);
	m->enrolment.ak = m->challenge.ak;
	if (tpm_public_parse(&ek, m->bundle.ek_public, &e))
		m->enrolment.ek = tpm_public_name(&ek);
	sha256_of(m->enrolment.ek_certificate_sha256, m->bundle.ek_chain.certificates[0]);
}

__attribute__((unused)) static void machine_done(struct machine *m)
{
	certificate_free(m->root.certificate);
	m->root.certificate = NULL;
}

#endif
