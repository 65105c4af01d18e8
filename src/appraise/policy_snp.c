#include "appraise/policy_snp.h"

#include "appraise/policy_snp_inside.h"
#include "base/banned.h"

enum { VERSION_PARTS = 3 };

struct policy_snp policy_snp_default(void)
{
	return (struct policy_snp){ .products = 1U << SNP_MILAN | 1U << SNP_GENOA | 1U << SNP_TURIN,
		.signers = 1U << SNP_KEY_VCEK | 1U << SNP_KEY_VLEK,
		.vmpls = 1,
		.crl = POLICY_SNP_CRL_REQUIRE };
}

/* One of the words, NULL at the end; absent: unchanged. */
static bool read_word(unsigned *ret, const struct json *o, const char *key,
	const char *const words[], const char *all, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (!v)
		return true;
	for (unsigned i = 0; v->kind == JSON_STRING && words[i]; i++)
		if (str_is(v->text, words[i])) {
			*ret = i;
			return true;
		}
	return err_set(e, ERR_FORMAT, "line %zu: '%s' is %s", v->line, key, all);
}

static bool read_allow(bool *ret, const struct json *o, const char *key, struct err *e)
{
	static const char *const words[] = { "refuse", "allow", NULL };
	unsigned word = *ret;

	if (!read_word(&word, o, key, words, "refuse or allow", e))
		return false;
	*ret = word == 1;
	return true;
}

static bool read_crl(enum policy_snp_crl *ret, const struct json *o, struct err *e)
{
	static const char *const words[] = { "require", "if-present", "off", NULL };
	unsigned word = *ret;

	if (!read_word(&word, o, "crl", words, "require, if-present or off", e))
		return false;
	*ret = (enum policy_snp_crl)word;
	return true;
}

/* n numbers of a byte with points between them. */
static bool version_of(uint8_t ret[static VERSION_PARTS], size_t n, struct str text)
{
	uint64_t number;

	for (size_t i = 0; i < n; i++) {
		struct str part = text;

		if ((i + 1 < n && !str_cut(text, '.', &part, &text)) ||
			!str_u64(part, &number, UINT8_MAX))
			return false;
		ret[i] = (uint8_t)number;
	}
	return true;
}

static bool read_version(uint8_t ret[static VERSION_PARTS], size_t n, const struct json *o,
	const char *key, const char *form, struct err *e)
{
	const struct json *v = json_get(o, key);

	return !v || (v->kind == JSON_STRING && version_of(ret, n, v->text)) ||
	       err_set(e, ERR_FORMAT, "line %zu: '%s' is %s, each up to 255", v->line, key, form);
}

static bool read_versions(struct policy_snp *p, const struct json *o, struct err *e)
{
	const struct json *svn = json_get(o, "minimum-guest-svn");
	uint8_t firmware[VERSION_PARTS] = { 0 }, abi[VERSION_PARTS] = { 0 };
	uint64_t number = 0;

	if (!read_version(firmware, VERSION_PARTS, o, "minimum-firmware", "MAJOR.MINOR.BUILD", e) ||
		!read_version(abi, VERSION_PARTS - 1, o, "minimum-abi", "MAJOR.MINOR", e))
		return false;
	if (svn && (svn->kind != JSON_STRING || !str_u64(svn->text, &number, UINT32_MAX)))
		return err_set(e, ERR_FORMAT,
			"line %zu: 'minimum-guest-svn' is a number of up to 32 bits", svn->line);
	p->firmware = (struct snp_firmware){ firmware[0], firmware[1], firmware[2] };
	p->abi_major = abi[0];
	p->abi_minor = abi[1];
	p->guest_svn = (uint32_t)number;
	return true;
}

static bool read_mitigations(struct policy_snp *p, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "launch", "current", NULL };
	const struct json *v = json_get(o, "mitigations");

	return !v || (json_only(v, "mitigations", keys, e) &&
			     policy_snp_word_set(&p->launch_mitigations, v, "launch",
				     &policy_snp_word_mitigations, e) &&
			     policy_snp_word_set(&p->current_mitigations, v, "current",
				     &policy_snp_word_mitigations, e));
}

static bool read_sets(struct policy_snp *p, const struct json *o, struct err *e)
{
	return policy_snp_word_allowed(&p->products, o, "products", &policy_snp_word_products, e) &&
	       policy_snp_word_allowed(&p->signers, o, "signers", &policy_snp_word_signers, e) &&
	       policy_snp_word_allowed(&p->vmpls, o, "vmpl", &policy_snp_word_vmpls, e) &&
	       policy_snp_word_bits(
		       &p->guest_policy, o, "guest-policy", &policy_snp_word_guest_policy, e) &&
	       policy_snp_word_bits(
		       &p->platform_info, o, "platform-info", &policy_snp_word_platform_info, e) &&
	       read_mitigations(p, o, e);
}

bool policy_snp_parse(struct policy_snp *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "products", "signers", "vmpl", "chips", "debug",
		"migration", "report-ids", "report-id-ma", "guest-policy", "platform-info",
		"minimum-tcb", "provisional-firmware", "minimum-firmware", "minimum-abi",
		"minimum-guest-svn", "mitigations", "measurements", "host-data", "family-ids",
		"image-ids", "id-key-digests", "author-key-digests", "crl", "crl-max-age", NULL };
	struct policy_snp p = policy_snp_default();

	if (!json_only(v, "snp", keys, e) || !read_sets(&p, v, e) ||
		!read_allow(&p.debug, v, "debug", e) ||
		!read_allow(&p.migration, v, "migration", e) ||
		!read_allow(&p.provisional, v, "provisional-firmware", e) ||
		!read_crl(&p.crl, v, e) ||
		!policy_member_crl_age(&p.crl_max_age, v, p.crl == POLICY_SNP_CRL_OFF, e) ||
		!read_versions(&p, v, e) || !policy_snp_minimum_parse(&p, v, e) ||
		!policy_snp_values_parse(&p, v, a, e))
		return err_wrap(e, "snp");
	if (p.agents.n && !p.migration)
		return err_set(e, ERR_FORMAT,
			"snp: line %zu: 'report-id-ma' names migration agents, and 'migration' is not allow",
			json_get(v, "report-id-ma")->line);
	*ret = p;
	return true;
}
