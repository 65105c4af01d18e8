#include "appraise/policy_tpm.h"

#include "base/hex.h"
#include "evidence/tpm_public.h"
#include "base/banned.h"

enum { FIRMWARE_SIZE = 8, RSA_BITS_STEP = 1024, RSA_BITS_MIN = 2048 };

const char *policy_tpm_ak_name(enum policy_tpm_ak ak)
{
	static const char *const names[POLICY_TPM_AKS] = {
		[POLICY_TPM_PINNED] = "pinned",
		[POLICY_TPM_CREDENTIAL] = "credential",
		[POLICY_TPM_ENROLLED] = "enrolled",
		[POLICY_TPM_CERTIFICATE] = "certificate",
	};

	return names[ak];
}

/* The bit of the word, or 0. */
static unsigned ak_bit(struct str word)
{
	for (unsigned i = 0; i < POLICY_TPM_AKS; i++)
		if (str_is(word, policy_tpm_ak_name((enum policy_tpm_ak)i)))
			return 1U << i;
	return 0;
}

static unsigned hash_bit(struct str word)
{
	enum digest_alg alg = digest_from_name(word);

	return alg == DIGEST_NONE || alg == DIGEST_SHA1 ? 0 : 1U << alg;
}

/* A list of words, each once; form: what is said of any other. */
static bool read_words(unsigned *ret, const struct json *o, const char *key,
	unsigned (*bit_of)(struct str), const char *form, struct err *e)
{
	const struct json *v = json_get(o, key);
	unsigned set = 0;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n == 0)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is %s", v->line, key, form);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *item = &v->items[i];
		unsigned bit = item->kind == JSON_STRING ? bit_of(item->text) : 0;

		if (!bit || set & bit)
			return err_set(
				e, ERR_FORMAT, "line %zu: '%s' is %s", item->line, key, form);
		set |= bit;
	}
	*ret = set;
	return true;
}

static bool read_rsa_bits(unsigned *ret, const struct json *v, struct err *e)
{
	uint64_t bits = 0;

	if (!v)
		return true;
	if (v->kind != JSON_STRING || !str_u64(v->text, &bits, TPM_PUBLIC_RSA_BITS_MAX) ||
		bits < RSA_BITS_MIN || bits % RSA_BITS_STEP)
		return err_set(e, ERR_FORMAT,
			"line %zu: 'minimum-rsa-bits' is 2048, 3072 or 4096, which keys of a TPM have",
			v->line);
	*ret = (unsigned)bits;
	return true;
}

static bool read_firmware(uint64_t *ret, const struct json *v, struct err *e)
{
	uint8_t bytes[FIRMWARE_SIZE];
	uint64_t version = 0;
	bool ok;

	if (!v)
		return true;
	ok = v->kind == JSON_STRING && hex_read(v->text, bytes, sizeof bytes);
	for (size_t i = 0; ok && i < sizeof bytes; i++)
		version = version << 8 | bytes[i];
	if (!version)
		return err_set(e, ERR_FORMAT,
			"line %zu: 'minimum-firmware' is 16 digits of lower-case hex as the check tpm-firmware shows them, not all zero",
			v->line);
	*ret = version;
	return true;
}

bool policy_tpm_parse(struct policy_tpm *ret, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "ak", "minimum-rsa-bits", "hashes", "minimum-firmware",
		NULL };
	struct policy_tpm p = *ret;

	if (!v)
		return true;
	if (!json_only(v, "tpm", keys, e) ||
		!read_words(&p.ak, v, "ak", ak_bit,
			"a list of certificate, credential, enrolled, pinned, each once", e) ||
		!read_rsa_bits(&p.min_rsa_bits, json_get(v, "minimum-rsa-bits"), e) ||
		!read_words(&p.hashes, v, "hashes", hash_bit,
			"a list of sha256, sha384, sha512, each once", e) ||
		!read_firmware(&p.min_firmware, json_get(v, "minimum-firmware"), e))
		return err_wrap(e, "tpm");
	*ret = p;
	return true;
}

void policy_tpm_tell_hashes(unsigned hashes, struct buf *out)
{
	const char *before = "";

	for (unsigned i = DIGEST_SHA256; i <= DIGEST_SHA512; i++) {
		if (!(hashes >> i & 1))
			continue;
		buf_printf(out, "%s%s", before, digest_name((enum digest_alg)i));
		before = " or ";
	}
}

void policy_tpm_tell_aks(unsigned aks, struct buf *out)
{
	const char *before = "";

	for (unsigned i = 0; i < POLICY_TPM_AKS; i++) {
		if (!(aks >> i & 1))
			continue;
		buf_printf(out, "%s%s", before, policy_tpm_ak_name((enum policy_tpm_ak)i));
		before = " or ";
	}
}

void policy_tpm_tell(const struct policy_tpm *p, struct buf *out)
{
	if (p->ak) {
		buf_add_cstr(out,
			"Unless the machine is Azure's, whose hardware names that key, it must be known by this: ");
		policy_tpm_tell_aks(p->ak, out);
		buf_add_cstr(out, ".\n");
	}
	if (p->min_rsa_bits)
		buf_printf(out, "If it is an RSA key, it must have %u bits or more.\n",
			p->min_rsa_bits);
	if (p->hashes) {
		buf_add_cstr(out, "The hash that it signs must be ");
		policy_tpm_tell_hashes(p->hashes, out);
		buf_add_cstr(out, ".\n");
	}
	if (p->min_firmware)
		buf_printf(out,
			"Its TPM's firmware must be version %016llx or later, said with a key of a hierarchy for which no TPM hides it.\n",
			(unsigned long long)p->min_firmware);
}
