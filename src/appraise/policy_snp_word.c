#include "appraise/policy_snp_inside.h"
#include "base/banned.h"

enum { VMPL_MAX = 3, BIT_MAX = 63 };

static int product_of(struct str s)
{
	for (int p = SNP_MILAN; p <= SNP_TURIN; p++)
		if (str_is(s, snp_product_name((enum snp_product)p)))
			return p;
	return -1;
}

static int signer_of(struct str s)
{
	for (int k = SNP_KEY_VCEK; k <= SNP_KEY_VLEK; k++)
		if (str_is(s, snp_report_key_name((uint8_t)k)))
			return k;
	return -1;
}

static int number_of(struct str s, uint64_t max)
{
	uint64_t n;

	return str_u64(s, &n, max) ? (int)n : -1;
}

static int vmpl_of(struct str s)
{
	return number_of(s, VMPL_MAX);
}

static int mitigation_of(struct str s)
{
	return number_of(s, BIT_MAX);
}

static int named_bit_of(struct str s, const char *(*name_of)(unsigned))
{
	for (unsigned i = 0; i <= BIT_MAX; i++)
		if (name_of(i) && str_is(s, name_of(i)))
			return (int)i;
	return -1;
}

/* What has a member of its own, or must be one anyway, is none of these. */
static int guest_policy_bit_of(struct str s)
{
	static const uint64_t elsewhere = SNP_POLICY_ONE | SNP_POLICY_DEBUG | SNP_POLICY_MIGRATE_MA;
	int bit = named_bit_of(s, snp_report_policy_bit);

	return bit >= 0 && elsewhere >> bit & 1 ? -1 : bit;
}

/* Firmware to come may have bits that have no name here. */
static int platform_bit_of(struct str s)
{
	int bit = named_bit_of(s, snp_report_platform_bit);

	return bit < 0 && str_starts(s, "bit-") ? number_of(str_make(s.p + 4, s.n - 4), BIT_MAX)
						: bit;
}

const struct policy_snp_vocabulary policy_snp_word_products = { "Milan, Genoa, Turin", product_of };
const struct policy_snp_vocabulary policy_snp_word_signers = { "VCEK, VLEK", signer_of };
const struct policy_snp_vocabulary policy_snp_word_vmpls = { "levels from 0 to 3", vmpl_of };
const struct policy_snp_vocabulary policy_snp_word_guest_policy = {
	"SMT, SINGLE_SOCKET, CXL_ALLOW, MEM_AES_256_XTS, RAPL_DIS, CIPHERTEXT_HIDING_DRAM, PAGE_SWAP_DISABLE (debug and migration are members of their own)",
	guest_policy_bit_of
};
const struct policy_snp_vocabulary policy_snp_word_platform_info = {
	"SMT_EN, TSME_EN, ECC_EN, RAPL_DIS, CIPHERTEXT_HIDING_DRAM_EN, ALIAS_CHECK_COMPLETE, TIO_EN or bit-N",
	platform_bit_of
};
const struct policy_snp_vocabulary policy_snp_word_mitigations = { "bits from 0 to 63",
	mitigation_of };

bool policy_snp_word_set(uint64_t *ret, const struct json *o, const char *key,
	const struct policy_snp_vocabulary *words, struct err *e)
{
	const struct json *v = json_get(o, key);
	uint64_t set = 0;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY)
		return err_set(
			e, ERR_FORMAT, "line %zu: '%s' is a list of %s", v->line, key, words->all);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *item = &v->items[i];
		int bit = item->kind == JSON_STRING ? words->bit_of(item->text) : -1;

		if (bit < 0)
			return err_set(e, ERR_FORMAT, "line %zu: '%s' is a list of %s", item->line,
				key, words->all);
		if (set >> bit & 1)
			return err_set(e, ERR_FORMAT, "line %zu: '%.*s' stands twice in '%s'",
				item->line, STR_ARG(item->text), key);
		set |= UINT64_C(1) << bit;
	}
	*ret = set;
	return true;
}

bool policy_snp_word_allowed(unsigned *ret, const struct json *o, const char *key,
	const struct policy_snp_vocabulary *words, struct err *e)
{
	uint64_t set = *ret;

	if (!policy_snp_word_set(&set, o, key, words, e))
		return false;
	if (!set)
		return err_set(e, ERR_FORMAT, "line %zu: an empty '%s' would accept nothing",
			json_get(o, key)->line, key);
	*ret = (unsigned)set;
	return true;
}

bool policy_snp_word_bits(struct policy_snp_bits *ret, const struct json *o, const char *key,
	const struct policy_snp_vocabulary *words, struct err *e)
{
	static const char *const keys[] = { "must", "must-not", NULL };
	const struct json *v = json_get(o, key);
	struct policy_snp_bits bits = { 0 };

	if (!v)
		return true;
	if (!json_only(v, key, keys, e) || !policy_snp_word_set(&bits.must, v, "must", words, e) ||
		!policy_snp_word_set(&bits.must_not, v, "must-not", words, e))
		return err_wrap(e, "%s", key);
	if (bits.must & bits.must_not)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' wants the same bit set and not set",
			v->line, key);
	*ret = bits;
	return true;
}
