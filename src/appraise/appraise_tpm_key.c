#include "appraise/appraise_tpm_inside.h"

#include "base/hex.h"
#include "evidence/tpm_alg.h"
#include "trust/certificate.h"
#include "trust/ek_template.h"
#include "trust/gce_instance.h"
#include "base/banned.h"

/* How the attestation key is tied to a TPM, the strongest first. */
enum bond { BOND_NONE, BOND_PINNED, BOND_CREDENTIAL, BOND_ENROLLED, BOND_CERTIFICATE };

/* Certificates of the evidence and of the trust file, as libcrypto wants them. */
struct chain {
	struct certificate *certs[BUNDLE_CERTIFICATES_MAX];
	size_t n;
	const struct certificate *roots[TRUST_FILE_ROOTS_MAX];
	size_t root_ids[TRUST_FILE_ROOTS_MAX];
	size_t n_roots;
};

static void chain_done(struct chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		certificate_free(c->certs[i]);
	c->n = 0;
}

static bool chain_read(struct chain *c, const struct bundle_chain *from,
	const struct trust_file *trust, struct err *e)
{
	for (size_t i = 0; i < trust->n_roots && i < TRUST_FILE_ROOTS_MAX; i++) {
		if (!trust->roots[i].certificate)
			continue;
		c->root_ids[c->n_roots] = i;
		c->roots[c->n_roots++] = trust->roots[i].certificate;
	}
	for (; c->n < from->n; c->n++)
		if (!certificate_of_der(&c->certs[c->n], from->certificates[c->n], e))
			return err_wrap(e, "certificate %zu of the evidence", c->n);
	return true;
}

static struct str hex_text(struct appraise_tpm_state *s, const void *p, size_t n)
{
	char hex[2 * TPM_PUBLIC_NAME_MAX + 1];

	hex_write(hex, p, n < TPM_PUBLIC_NAME_MAX ? n : TPM_PUBLIC_NAME_MAX);
	return arena_str(s->w.a, str_of(hex));
}

static bool name_equal(const struct tpm_name *a, const struct tpm_name *b)
{
	return a->n && a->n == b->n && ct_equal(a->bytes, b->bytes, a->n);
}

static struct str attributes_text(struct appraise_tpm_state *s, uint32_t attributes)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ TPM_OBJECT_FIXED_TPM, "fixedTPM" },
		{ TPM_OBJECT_FIXED_PARENT, "fixedParent" },
		{ TPM_OBJECT_SENSITIVE_DATA_ORIGIN, "sensitiveDataOrigin" },
		{ TPM_OBJECT_RESTRICTED, "restricted" },
		{ TPM_OBJECT_SIGN, "sign" },
		{ TPM_OBJECT_DECRYPT, "decrypt" },
	};
	CLEANUP(buf_done) struct buf b = buf_init(200);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (attributes & names[i].bit)
			buf_printf(&b, "%s%s", b.n ? " " : "", names[i].name);
	return arena_str(s->w.a, buf_str(&b));
}

/* Without these the key could have been made elsewhere, or could sign what only looks like a quote. */
static void check_attributes(struct appraise_tpm_state *s)
{
	static const uint32_t must = TPM_OBJECT_FIXED_TPM | TPM_OBJECT_FIXED_PARENT |
				     TPM_OBJECT_SENSITIVE_DATA_ORIGIN | TPM_OBJECT_RESTRICTED |
				     TPM_OBJECT_SIGN;
	uint32_t looked_at = s->ak.attributes & (must | TPM_OBJECT_DECRYPT);
	struct err e = { 0 };
	bool ok = looked_at == must ||
		  err_set(&e, ERR_MISMATCH, "such a key can sign what no TPM has made");

	appraise_test(&s->w,
		(struct check){ .name = "ak-attributes",
			.what = STR(
				"the attestation key lives in one TPM and signs only what it makes"),
			.want = attributes_text(s, must),
			.got = attributes_text(s, looked_at),
			.whose = STR("TPM 2.0 Part 1, section 27"),
			.fail_value = CHECK_CONTRAINDICATED },
		ok, &e);
}

static void check_scheme(struct appraise_tpm_state *s)
{
	struct err e = { 0 };

	s->scheme_known = signature_alg_of_tpm(&s->scheme, &s->ak, &e);
	appraise_test(&s->w,
		(struct check){ .name = "ak-scheme",
			.what = STR("the attestation key signs with one strong algorithm"),
			.want = STR("RSASSA, RSAPSS or ECDSA with SHA-256 or longer"),
			.got = arena_printf(s->w.a, "%s with %s", tpm_alg_name(s->ak.scheme.alg),
				tpm_alg_name(s->ak.scheme.hash)),
			.whose = STR("this verifier"),
			.fail_value = CHECK_CONTRAINDICATED },
		s->scheme_known, &e);
}

static enum bond bond_of(const struct appraise_tpm_state *s)
{
	if (trust_file_is_pinned(s->w.in->trust, &s->ak_name))
		return BOND_PINNED;
	if (s->w.in->challenge)
		return BOND_CREDENTIAL;
	if (s->w.in->enrolment && name_equal(&s->w.in->enrolment->ak, &s->ak_name))
		return BOND_ENROLLED;
	return s->w.in->bundle->ak_chain.n ? BOND_CERTIFICATE : BOND_NONE;
}

/* The evidence is by the key for which the credential was made, and its quote names the secret that was in it. */
static bool credential_holds(const struct appraise_tpm_state *s, struct err *e)
{
	const struct appraise_challenge *c = s->w.in->challenge;
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, SPAN_OF(c->secret));
	if (!name_equal(&c->ak, &s->ak_name))
		return err_set(
			e, ERR_MISMATCH, "AK not bound: the credential was made for another key");
	if (!span_equal(c->ek_public, s->w.in->bundle->ek_public))
		return err_set(e, ERR_MISMATCH, "AK not bound: the evidence names another EK");
	if (!ct_equal(digest, s->w.in->bundle->binding.secret_digest, sizeof digest))
		return err_set(e, ERR_MISMATCH,
			"AK not bound: the machine did not recover the credential's secret");
	return true;
}

static void check_bond(struct appraise_tpm_state *s, enum bond bond)
{
	static const struct str how[] = {
		[BOND_NONE] = { "a credential, an enrolment record, a pinned name or a certificate",
			sizeof "a credential, an enrolment record, a pinned name or a certificate" -
				1 },
		[BOND_PINNED] = { "a name that the trust file pins",
			sizeof "a name that the trust file pins" - 1 },
		[BOND_CREDENTIAL] = { "this verifier's own secret, recovered by the TPM",
			sizeof "this verifier's own secret, recovered by the TPM" - 1 },
		[BOND_ENROLLED] = { "this verifier's enrolment record",
			sizeof "this verifier's enrolment record" - 1 },
		[BOND_CERTIFICATE] = { "a certificate of the attestation key",
			sizeof "a certificate of the attestation key" - 1 },
	};
	struct err e = { 0 };
	bool ok = bond == BOND_CREDENTIAL ? credential_holds(s, &e) : bond != BOND_NONE;

	if (bond == BOND_NONE)
		err_set(&e, ERR_NOTFOUND,
			"AK not bound: anybody can make such a key; ask the machine itself (verify URL), enrol it, or pin its name");
	appraise_test(&s->w,
		(struct check){ .name = "ak-bound",
			.what = STR("the attestation key is bound to a TPM"),
			.want = how[bond],
			.got = hex_text(s, s->ak_name.bytes, s->ak_name.n),
			.whose = bond == BOND_PINNED ? STR("trust file") : STR("this verifier"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

static bool key_matches(const struct certificate *leaf, struct span public_area, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *in_tpm = NULL, *certified = NULL;
	struct tpm_public p;

	if (!public_area.p)
		return err_set(e, ERR_NOTFOUND, "the evidence does not carry the key");
	if (!tpm_public_parse(&p, public_area, e) || !public_key_of_tpm(&in_tpm, &p, e) ||
		!certificate_key(&certified, leaf, e))
		return false;
	return public_key_equal(in_tpm, certified) ||
	       err_set(e, ERR_MISMATCH, "the certificate is for another key");
}

/* What a chain up to this root lets us say about the hardware. */
static void take_root(struct appraise_tpm_state *s, const struct trust_root *root)
{
	if (root->emulated) {
		s->hardware = (struct verdict_claim){ CHECK_NO_CLAIM,
			arena_printf(s->w.a,
				"the TPM is emulated (root '%.*s' of the trust file): whoever runs it, the host, could forge all of this",
				STR_ARG(root->name)) };
	} else {
		s->hardware = (struct verdict_claim){ CHECK_AFFIRMS,
			arena_printf(s->w.a, "TPM certified by '%.*s' of the trust file",
				STR_ARG(root->name)) };
	}
}

/* The root in which the chain ends, or NULL. */
static const struct trust_root *check_chain(
	struct appraise_tpm_state *s, const struct chain *c, enum certificate_purpose purpose)
{
	bool ek = purpose == CERTIFICATE_EK;
	struct certificate_chain path = { .leaf = c->certs[0],
		.others = (const struct certificate *const *)(c->certs + 1),
		.n_others = c->n - 1,
		.roots = c->roots,
		.n_roots = c->n_roots };
	struct err e = { 0 };
	size_t root = 0;
	bool ok = certificate_verify(
		&path, purpose, s->w.in->at_unix, s->w.in->policy->leeway_s, &root, &e);
	const struct trust_root *named = ok ? &s->w.in->trust->roots[c->root_ids[root]] : NULL;

	appraise_test(&s->w,
		(struct check){ .name = ek ? "ek-chain" : "ak-chain",
			.what = ek ? STR("the TPM's certificate leads to a root of the trust file")
				   : STR("the attestation key's certificate leads to a root of the trust file"),
			.want = STR("one of the TPM roots that the user named"),
			.got = named ? named->name : certificate_issuer(c->certs[0], s->w.a),
			.whose = STR("trust file"),
			.claim = CHECK_HARDWARE,
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
	if (named)
		take_root(s, named);
	appraise_note(&s->w,
		(struct check){ .name = "revocation",
			.result = CHECK_NOT_APPLICABLE,
			.what = STR("the certificates are not revoked"),
			.reason = STR(
				"not looked up: this verifier works offline and TPM makers' lists are not in the evidence"),
			.claim = CHECK_HARDWARE,
			.fail_value = CHECK_NOT_RECOGNISED });
	return named;
}

static void check_template(struct appraise_tpm_state *s)
{
	struct tpm_public ek;
	struct err e = { 0 };
	bool ok = s->w.in->bundle->ek_public.p != NULL ||
		  err_set(&e, ERR_NOTFOUND, "the evidence does not carry the endorsement key");

	ok = ok && tpm_public_parse(&ek, s->w.in->bundle->ek_public, &e) &&
	     ek_template_check(&ek, &e);
	appraise_test(&s->w,
		(struct check){ .name = "ek-template",
			.what = STR("the endorsement key is made by the TCG default template"),
			.want = STR("template L-1 (RSA 2048) or L-2 (ECC P-256)"),
			.whose = STR("TCG EK Credential Profile 2.5, B.3"),
			.fail_value = CHECK_CONTRAINDICATED },
		ok, &e);
}

static void check_enrolled(struct appraise_tpm_state *s, const struct certificate *leaf)
{
	const struct enrolment *r = s->w.in->enrolment;
	uint8_t got[SHA256_SIZE];
	struct err e = { 0 };
	bool ok;

	certificate_sha256(got, leaf);
	ok = ct_equal(got, r->ek_certificate_sha256, sizeof got) ||
	     err_set(&e, ERR_MISMATCH, "the evidence comes with another TPM's certificate");
	appraise_test(&s->w,
		(struct check){ .name = "ek-enrolled",
			.what = STR("the TPM's certificate is the one that was enrolled"),
			.want = hex_text(s, r->ek_certificate_sha256, SHA256_SIZE),
			.got = hex_text(s, got, sizeof got),
			.whose = STR("this verifier's enrolment record"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

/* Google's say with an extension of their own what others say with an extended key usage. */
static enum certificate_purpose ak_purpose(const struct certificate *leaf)
{
	struct gce_instance g;
	struct err ignored = { 0 };
	bool has = false;

	return gce_instance_read(&g, &has, leaf, &ignored) && has ? CERTIFICATE_AK_GCE
								  : CERTIFICATE_AK;
}

/* The certificates behind an EK (credential, enrolment) or behind the AK itself. */
static void check_certificates(struct appraise_tpm_state *s, enum bond bond)
{
	bool ek = bond != BOND_CERTIFICATE;
	const struct bundle *b = s->w.in->bundle;
	const struct bundle_chain *from = ek ? &b->ek_chain : &b->ak_chain;
	CLEANUP(chain_done) struct chain c = { 0 };
	const struct trust_root *root;
	struct err e = { 0 };
	bool ok = from->n > 0 ||
		  err_set(&e, ERR_NOTFOUND, "the evidence carries no EK certificate");

	ok = ok && chain_read(&c, from, s->w.in->trust, &e) &&
	     (bond == BOND_ENROLLED && !b->ek_public.p
			     ? true
			     : key_matches(c.certs[0], ek ? b->ek_public : b->ak_public, &e));
	appraise_test(&s->w,
		(struct check){ .name = ek ? "ek-certificate" : "ak-certificate",
			.what = ek ? STR("the TPM's certificate is for its endorsement key")
				   : STR("the certificate is for the attestation key"),
			.got = c.n ? certificate_subject(c.certs[0], s->w.a) : STR("none"),
			.whose = STR("evidence"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
	if (!c.n || c.n != from->n)
		return;
	if (bond == BOND_ENROLLED)
		check_enrolled(s, c.certs[0]);
	root = check_chain(s, &c, ek ? CERTIFICATE_EK : ak_purpose(c.certs[0]));
	if (!ek) /* an authority in software is not Google's, whatever it writes */
		appraise_tpm_gce(s, root && !root->emulated && ok ? c.certs[0] : NULL);
}

static void check_pinned(struct appraise_tpm_state *s)
{
	s->hardware.why = STR(
		"the trust file pins the attestation key; nothing was asked about its TPM");
	appraise_note(&s->w,
		(struct check){ .name = "ek-chain",
			.result = CHECK_NOT_APPLICABLE,
			.what = STR("the TPM's certificate leads to a root of the trust file"),
			.reason = STR("the trust file pins this attestation key by name"),
			.claim = CHECK_HARDWARE,
			.fail_value = CHECK_NOT_RECOGNISED });
}

void appraise_tpm_key(struct appraise_tpm_state *s)
{
	struct err e = { 0 };
	enum bond bond;

	s->hardware.why = STR("no certificate of the TPM leads to a root of the trust file");
	s->ak_parsed = tpm_public_parse(&s->ak, s->w.in->bundle->ak_public, &e);
	appraise_test(&s->w,
		(struct check){ .name = "ak-structure",
			.what = STR("the attestation key is a well-formed public area"),
			.whose = STR("TPM 2.0 Part 2, section 12.2.4"),
			.fail_value = CHECK_CRYPTO_FAILED },
		s->ak_parsed, &e);
	if (!s->ak_parsed)
		return;
	s->ak_name = tpm_public_name(&s->ak);
	check_attributes(s);
	check_scheme(s);
	bond = bond_of(s);
	check_bond(s, bond);
	if (bond == BOND_CREDENTIAL)
		check_template(s);
	if (bond == BOND_PINNED)
		check_pinned(s);
	else if (bond != BOND_NONE)
		check_certificates(s, bond);
	if (!check_find(&s->w.out->verdict.checks, "gce-instance"))
		appraise_tpm_gce(s, NULL);
}
