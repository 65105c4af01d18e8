#include "appraise/appraise_tpm_inside.h"

#include "evidence/tpm_alg.h"
#include "base/banned.h"

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

void appraise_tpm_key(struct appraise_tpm_state *s)
{
	struct err e = { 0 };

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
	appraise_tpm_bond(s);
	if (!check_find(&s->w.out->verdict.checks, "gce-instance"))
		appraise_tpm_gce(s, NULL, NULL);
}
