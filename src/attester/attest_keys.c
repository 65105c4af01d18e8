#include "attester/attest_keys.h"

#include <tss2/tss2_mu.h>

#include "base/banned.h"

/* PolicySecret(endorsement): EK Credential Profile, templates L-1 and L-2. */
static const uint8_t ek_policy[32] = { 0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90,
	0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2,
	0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa };

/* The zeroes of unique, too, are part of a template, and so of what the key is made from. */
static TPM2B_PUBLIC ek_template(enum attest_ek kind)
{
	static const TPMT_SYM_DEF_OBJECT symmetric = { TPM2_ALG_AES, { 128 }, { TPM2_ALG_CFB } };
	TPM2B_PUBLIC p = {
		.publicArea = {
			.nameAlg = TPM2_ALG_SHA256,
			.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
					    TPMA_OBJECT_SENSITIVEDATAORIGIN |
					    TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED |
					    TPMA_OBJECT_DECRYPT,
			.authPolicy = { .size = sizeof ek_policy },
		},
	};

	memcpy(p.publicArea.authPolicy.buffer, ek_policy, sizeof ek_policy);
	if (kind == ATTEST_EK_ECC) {
		p.publicArea.type = TPM2_ALG_ECC;
		p.publicArea.parameters.eccDetail = (TPMS_ECC_PARMS){
			.symmetric = symmetric,
			.scheme.scheme = TPM2_ALG_NULL,
			.curveID = TPM2_ECC_NIST_P256,
			.kdf.scheme = TPM2_ALG_NULL,
		};
		p.publicArea.unique.ecc.x.size = p.publicArea.unique.ecc.y.size = 32;
	} else {
		p.publicArea.type = TPM2_ALG_RSA;
		p.publicArea.parameters.rsaDetail = (TPMS_RSA_PARMS){
			.symmetric = symmetric,
			.scheme.scheme = TPM2_ALG_NULL,
			.keyBits = 2048,
		};
		p.publicArea.unique.rsa.size = 256;
	}
	return p;
}

/*
 * NODA: the key's authorisation is empty, so there is nothing to guess; without it the TPM takes every power cut after a
 * quote for a guess and locks the key after a few (Part 1, section 19.8).
 */
static TPM2B_PUBLIC ak_template(void)
{
	return (TPM2B_PUBLIC){
		.publicArea = {
			.type = TPM2_ALG_ECC,
			.nameAlg = TPM2_ALG_SHA256,
			.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
					    TPMA_OBJECT_SENSITIVEDATAORIGIN |
					    TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA |
					    TPMA_OBJECT_RESTRICTED |
					    TPMA_OBJECT_SIGN_ENCRYPT,
			.parameters.eccDetail = {
				.symmetric.algorithm = TPM2_ALG_NULL,
				.scheme = { TPM2_ALG_ECDSA,
					{ .ecdsa.hashAlg = TPM2_ALG_SHA256 } },
				.curveID = TPM2_ECC_NIST_P256,
				.kdf.scheme = TPM2_ALG_NULL,
			},
		},
	};
}

static bool make_primary(struct attest_tpm *t, const TPM2B_PUBLIC *template, ESYS_TR *handle,
	TPM2B_PUBLIC **public, struct err *e)
{
	static const TPM2B_SENSITIVE_CREATE no_secret;
	static const TPM2B_DATA no_data;
	static const TPML_PCR_SELECTION no_pcrs;

	return attest_tpm_ok(Esys_CreatePrimary(t->esys, ESYS_TR_RH_ENDORSEMENT, ESYS_TR_PASSWORD,
				     ESYS_TR_NONE, ESYS_TR_NONE, &no_secret, template, &no_data,
				     &no_pcrs, handle, public, NULL, NULL, NULL),
		"TPM2_CreatePrimary", e);
}

static bool keep_public(struct buf *ret, const TPM2B_PUBLIC *public, struct err *e)
{
	uint8_t bytes[ATTEST_KEYS_PUBLIC_MAX];
	size_t n = 0;

	if (!attest_tpm_ok(
		    Tss2_MU_TPMT_PUBLIC_Marshal(&public->publicArea, bytes, sizeof bytes, &n),
		    "TPMT_PUBLIC", e))
		return false;
	*ret = buf_init(sizeof bytes);
	buf_add(ret, bytes, n);
	return true;
}

static struct buf keep_number(const uint8_t *bytes, size_t n)
{
	struct buf b = buf_init(n);

	buf_add(&b, bytes, n);
	return b;
}

static bool make_ek(struct attest_keys *k, struct attest_tpm *t, struct err *e)
{
	TPM2B_PUBLIC template = ek_template(k->ek_kind), *public = NULL;
	const TPMU_PUBLIC_ID *id;
	bool ok;

	if (!make_primary(t, &template, &k->ek, &public, e))
		return err_wrap(e, "cannot make the endorsement key");
	id = &public->publicArea.unique;
	if (k->ek_kind == ATTEST_EK_ECC) {
		k->ek_numbers[0] = keep_number(id->ecc.x.buffer, id->ecc.x.size);
		k->ek_numbers[1] = keep_number(id->ecc.y.buffer, id->ecc.y.size);
	} else {
		k->ek_numbers[0] = keep_number(id->rsa.buffer, id->rsa.size);
	}
	ok = keep_public(&k->ek_public, public, e);
	Esys_Free(public);
	return ok;
}

static bool make_ak(struct attest_keys *k, struct attest_tpm *t, struct err *e)
{
	TPM2B_PUBLIC template = ak_template(), *public = NULL;
	bool ok;

	if (!make_primary(t, &template, &k->ak, &public, e))
		return err_wrap(e, "cannot make the attestation key");
	ok = keep_public(&k->ak_public, public, e);
	Esys_Free(public);
	return ok;
}

bool attest_keys_make(
	struct attest_keys *ret, struct attest_tpm *t, enum attest_ek kind, struct err *e)
{
	struct attest_keys k = { .ek = ESYS_TR_NONE, .ak = ESYS_TR_NONE, .ek_kind = kind };

	if (make_ek(&k, t, e) && make_ak(&k, t, e)) {
		*ret = k;
		return true;
	}
	attest_keys_done(&k, t);
	return false;
}

void attest_keys_done(struct attest_keys *k, struct attest_tpm *t)
{
	attest_tpm_flush(t, &k->ek);
	attest_tpm_flush(t, &k->ak);
	buf_done(&k->ek_public);
	buf_done(&k->ak_public);
	buf_done(&k->ek_numbers[0]);
	buf_done(&k->ek_numbers[1]);
}

/* A session that satisfies the endorsement key's policy. *session is the caller's to flush, on failure too. */
static bool start_ek_session(struct attest_tpm *t, ESYS_TR *session, struct err *e)
{
	static const TPMT_SYM_DEF none = { .algorithm = TPM2_ALG_NULL };

	if (!attest_tpm_ok(Esys_StartAuthSession(t->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
				   ESYS_TR_NONE, ESYS_TR_NONE, NULL, TPM2_SE_POLICY, &none,
				   TPM2_ALG_SHA256, session),
		    "TPM2_StartAuthSession", e))
		return false;
	return attest_tpm_ok(
		Esys_PolicySecret(t->esys, ESYS_TR_RH_ENDORSEMENT, *session, ESYS_TR_PASSWORD,
			ESYS_TR_NONE, ESYS_TR_NONE, NULL, NULL, NULL, 0, NULL, NULL),
		"TPM2_PolicySecret", e);
}

bool attest_keys_activate(uint8_t secret_digest[static SHA256_SIZE], const struct attest_keys *k,
	struct attest_tpm *t, const struct attest_credential *c, struct err *e)
{
	TPM2B_ID_OBJECT id = { .size = (UINT16)c->id_object.n };
	TPM2B_ENCRYPTED_SECRET secret = { .size = (UINT16)c->encrypted_secret.n };
	ESYS_TR session = ESYS_TR_NONE;
	TPM2B_DIGEST *out = NULL;
	TSS2_RC rc;

	if (c->id_object.n == 0 || c->id_object.n > sizeof id.credential ||
		c->encrypted_secret.n == 0 || c->encrypted_secret.n > sizeof secret.secret)
		return err_set(e, ERR_FORMAT, "credential of %zu and %zu bytes, limits %zu and %zu",
			c->id_object.n, c->encrypted_secret.n, sizeof id.credential,
			sizeof secret.secret);
	memcpy(id.credential, c->id_object.p, c->id_object.n);
	memcpy(secret.secret, c->encrypted_secret.p, c->encrypted_secret.n);
	if (!start_ek_session(t, &session, e)) {
		attest_tpm_flush(t, &session);
		return false;
	}
	rc = Esys_ActivateCredential(
		t->esys, k->ak, k->ek, ESYS_TR_PASSWORD, session, ESYS_TR_NONE, &id, &secret, &out);
	attest_tpm_flush(t, &session);
	if (rc != TSS2_RC_SUCCESS)
		return err_set(e, ERR_MISMATCH,
			"the TPM does not accept the credential: it answers 0x%x", rc);
	sha256_of(secret_digest, span_make(out->buffer, out->size));
	explicit_bzero(out, sizeof *out);
	Esys_Free(out);
	return true;
}
