#include "appraise/appraise_tpm_inside.h"

#include "evidence/tpm_alg.h"
#include "evidence/tpm_signer.h"
#include "base/banned.h"

/* Only of an RSA key; that of Azure's runtime data has no size beside its modulus. */
static unsigned rsa_bits(const struct tpm_public *ak)
{
	unsigned bits = (unsigned)ak->modulus.n * 8;

	for (unsigned top = bits ? ak->modulus.p[0] : 0x80; !(top & 0x80); top = top << 1 | 1)
		bits--;
	return bits;
}

static bool is_ecc(const struct appraise_tpm_state *s)
{
	return s->ak_parsed && s->ak.type == TPM_ALG_ECC;
}

static bool bits_suffice(const struct appraise_tpm_state *s, unsigned bits, struct err *e)
{
	unsigned min = s->w.in->policy->tpm.min_rsa_bits;

	if (!s->ak_parsed)
		return err_set(e, ERR_NOTFOUND, "there is no usable attestation key");
	return bits >= min || err_set(e, ERR_MISMATCH, "the key has %u bits, want %u", bits, min);
}

static void check_bits(struct appraise_tpm_state *s)
{
	unsigned min = s->w.in->policy->tpm.min_rsa_bits;
	unsigned bits = s->ak_parsed && !is_ecc(s) ? rsa_bits(&s->ak) : 0;
	struct check c = { .name = "ak-rsa-bits",
		.what = STR("an attestation key of RSA is long enough"),
		.got = is_ecc(s) ? STR("a key of ECC") : arena_printf(s->w.a, "%u", bits),
		.whose = STR("policy"),
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };

	if (!min) {
		appraise_skip(&s->w, c, STR("the policy does not ask for it"));
		return;
	}
	c.want = arena_printf(s->w.a, "%u or more", min);
	if (is_ecc(s))
		appraise_skip(&s->w, c, STR("it is a key of ECC, whose curves are all strong"));
	else
		appraise_test(&s->w, c, bits_suffice(s, bits, &e), &e);
}

/* The check "signature" takes no other hash than that of the key's scheme. */
static void check_hash(struct appraise_tpm_state *s)
{
	unsigned taken = s->w.in->policy->tpm.hashes;
	struct check c = { .name = "signature-hash",
		.what = STR("the quote's signature is over a hash that the policy takes"),
		.got = s->scheme_known ? str_of(digest_name(s->scheme.digest)) : STR("none"),
		.whose = STR("policy"),
		.fail_value = CHECK_CONTRAINDICATED };
	CLEANUP(buf_done) struct buf want = buf_init(64);
	struct err e = { 0 };
	bool ok = s->scheme_known && taken >> s->scheme.digest & 1;

	if (!taken) {
		appraise_skip(&s->w, c, STR("the policy does not ask for it"));
		return;
	}
	policy_tpm_tell_hashes(taken, &want);
	c.want = arena_str(s->w.a, buf_str(&want));
	if (!ok)
		err_set(&e, ERR_MISMATCH, "the attestation key signs %.*s", STR_ARG(c.got));
	appraise_test(&s->w, c, ok, &e);
}

/* A version that the TPM hides says nothing, and whoever makes keys until one fits would pass. */
static bool version_is_plain(const struct appraise_tpm_state *s, struct err *e)
{
	struct tpm_public ak;

	if (!s->w.in->bundle->ak_public.p)
		return err_set(e, ERR_NOTFOUND,
			"the evidence does not carry the attestation key's public area, which says whether the TPM hides its version");
	if (!tpm_public_parse(&ak, s->w.in->bundle->ak_public, e))
		return false;
	return tpm_signer_is_plain(&s->quote, &ak, s->w.in->bundle->ek_public) ||
	       err_set(e, ERR_MISMATCH,
		       "the signer is no key of the endorsement or platform hierarchy: for others a TPM hides its version");
}

static bool firmware_suffices(const struct appraise_tpm_state *s, struct err *e)
{
	uint64_t min = s->w.in->policy->tpm.min_firmware;

	if (!s->quote_parsed)
		return err_set(e, ERR_NOTFOUND, "there is no quote");
	if (s->quote.firmware_version < min)
		return err_set(
			e, ERR_MISMATCH, "the TPM's firmware is older than the policy wants");
	return version_is_plain(s, e);
}

static void check_firmware(struct appraise_tpm_state *s)
{
	uint64_t min = s->w.in->policy->tpm.min_firmware;
	struct check c = { .name = "tpm-firmware",
		.what = STR("the TPM's own firmware is an accepted version"),
		.got = s->quote_parsed ? arena_printf(s->w.a, "%016llx",
						 (unsigned long long)s->quote.firmware_version)
				       : STR("none"),
		.whose = STR("policy"),
		.claim = CHECK_HARDWARE,
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };

	if (!min) {
		appraise_skip(&s->w, c, STR("the policy names no version"));
		return;
	}
	c.want = arena_printf(s->w.a, "%016llx or later", (unsigned long long)min);
	appraise_test(&s->w, c, firmware_suffices(s, &e), &e);
}

void appraise_tpm_asked(struct appraise_tpm_state *s)
{
	check_bits(s);
	check_hash(s);
	check_firmware(s);
}

size_t appraise_tpm_asked_must(
	const struct appraise_tpm_state *s, const char *must[static APPRAISE_TPM_ASKED])
{
	const struct policy_tpm *p = &s->w.in->policy->tpm;
	size_t n = 0;

	if (p->min_rsa_bits && !is_ecc(s))
		must[n++] = "ak-rsa-bits";
	if (p->hashes)
		must[n++] = "signature-hash";
	if (p->min_firmware)
		must[n++] = "tpm-firmware";
	return n;
}
