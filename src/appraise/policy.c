#include "appraise/policy.h"

#include "appraise/policy_member.h"
#include "evidence/bundle.h"
#include "base/banned.h"

enum { PCRS = 24 };

/*
 * Firmware (0), option ROMs and drivers (2, 3), boot attempts (4), partition table (5), manufacturer (6), Secure Boot
 * (7), what the kernel's EFI stub was given (9), the unified kernel image and its parameters (11, 12, 13), shim (14). Not
 * required: 1 (the machine's devices decide it), 8, 10 (IMA), 15 and above (what runs later may extend them).
 */
static const unsigned default_registers[] = { 0, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14 };

struct policy policy_default(void)
{
	struct policy p = { .id = STR("assay.policy/1 default"),
		.bank = DIGEST_SHA256,
		.snp = policy_snp_default(),
		.tdx = policy_tdx_default(),
		.nitro = policy_nitro_default(),
		.azure = policy_azure_default(),
		.gce = policy_gce_default() };

	for (size_t i = 0; i < ARRAY_LEN(default_registers); i++)
		p.registers |= UINT32_C(1) << default_registers[i];
	return p;
}

static bool read_bank(enum digest_alg *ret, const struct json *v, struct err *e)
{
	enum digest_alg alg;

	if (!v)
		return true;
	alg = v->kind == JSON_STRING ? digest_from_name(v->text) : DIGEST_NONE;
	if (alg != DIGEST_SHA256 && alg != DIGEST_SHA384 && alg != DIGEST_SHA512)
		return err_set(
			e, ERR_FORMAT, "line %zu: 'bank' is sha256, sha384 or sha512", v->line);
	*ret = alg;
	return true;
}

static bool read_kind(uint32_t *set, const struct json *v)
{
	for (unsigned kind = 0; v->kind == JSON_STRING && kind < BUNDLE_KINDS; kind++)
		if (str_is(v->text, bundle_kind_name((enum bundle_kind)kind)) &&
			!(*set >> kind & 1)) {
			*set |= UINT32_C(1) << kind;
			return true;
		}
	return false;
}

static bool read_kinds(uint32_t *ret, const struct json *v, struct err *e)
{
	static const char
		form[] = "line %zu: 'evidence' is a list of tpm, snp, tdx, nitro, azure, each once";
	uint32_t set = 0;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n == 0)
		return err_set(e, ERR_FORMAT, form, v->line);
	for (size_t i = 0; i < v->n; i++)
		if (!read_kind(&set, &v->items[i]))
			return err_set(e, ERR_FORMAT, form, v->items[i].line);
	*ret = set;
	return true;
}

#define KIND(name) (UINT32_C(1) << BUNDLE_##name)

/* Whoever says what he asks of a kind expects evidence of it: what cannot be asked of others is not to be passed by. */
static uint32_t kinds_asked(const struct json *v)
{
	static const struct {
		const char *member;
		uint32_t kinds;
	} rows[] = { { "snp", KIND(SNP) | KIND(AZURE) }, { "tdx", KIND(TDX) | KIND(AZURE) },
		{ "nitro", KIND(NITRO) }, { "azure", KIND(AZURE) }, { "gce", KIND(TPM) } };
	uint32_t set = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (json_get(v, rows[i].member))
			set |= rows[i].kinds;
	/* Azure's machines have a TPM as well: what is asked of theirs lets no other TPM by. */
	if (json_get(v, "tpm") && !(set & KIND(AZURE)))
		set |= KIND(TPM);
	return set;
}

/* Likewise of the hardware under Azure's machines: the machine says itself which it has. */
static uint32_t hardware_asked(const struct json *v)
{
	uint32_t set = 0;

	if (json_get(v, "snp"))
		set |= UINT32_C(1) << AZURE_HCL_SNP;
	if (json_get(v, "tdx"))
		set |= UINT32_C(1) << AZURE_HCL_TDX;
	return set ? set : POLICY_AZURE_HARDWARE;
}

/* Old documents pass whatever `live` says: who writes both is told, and not passed by. */
static bool one_mode(const struct json *v, bool archive, struct err *e)
{
	const struct json *mode = json_get(json_get(v, "nitro"), "mode");

	if (!archive || !mode || !str_is(mode->text, "live"))
		return true;
	err_set(e, ERR_FORMAT,
		"line %zu: 'mode' is live, and 'freshness' is archive, which takes documents of any age",
		mode->line);
	return err_hint(e,
		"leave one out: freshness: archive says mode: archive as well; live is for evidence that answers a nonce");
}

bool policy_parse(struct policy *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "name", "require-registers", "bank",
		"freshness", "leeway", "clock", "evidence", "shape", "images", "vouchers", "tpm",
		"snp", "tdx", "nitro", "azure", "gce", NULL };
	struct policy p = policy_default();
	bool archive = false;
	struct str name;

	if (!json_check_format(v, POLICY_FORMAT, e) || !json_only(v, "policy", keys, e))
		return err_wrap(e, "policy");
	p.azure.hardware = hardware_asked(v);
	if (!json_get_str(v, "name", &name, e) ||
		!policy_member_registers(&p.registers, v, "require-registers", PCRS, e) ||
		!read_bank(&p.bank, json_get(v, "bank"), e) ||
		!policy_member_word(&archive, v, "freshness", "nonce", "archive", e) ||
		!policy_member_seconds(&p.leeway_s, v, "leeway", POLICY_LEEWAY_MAX, e) ||
		!policy_member_word(&p.safe_clock, v, "clock", "any", "safe", e) ||
		!read_kinds(&p.kinds, json_get(v, "evidence"), e) ||
		(json_get(v, "shape") && !json_get_str(v, "shape", &p.shape, e)) ||
		!policy_tpm_parse(&p.tpm, json_get(v, "tpm"), e) ||
		!policy_vouchers_parse(&p.vouchers, v, a, e) ||
		!policy_nitro_parse(&p.nitro, json_get(v, "nitro"), a, e) ||
		!one_mode(v, archive, e) ||
		!policy_azure_parse(&p.azure, json_get(v, "azure"), a, e) ||
		!policy_gce_parse(&p.gce, json_get(v, "gce"), e) ||
		(json_get(v, "snp") && !policy_snp_parse(&p.snp, json_get(v, "snp"), a, e)) ||
		(json_get(v, "tdx") && !policy_tdx_parse(&p.tdx, json_get(v, "tdx"), a, e)))
		return err_wrap(e, "policy");
	if (json_get(v, "shape") && !p.shape.n)
		return err_set(e, ERR_FORMAT, "policy: line %zu: 'shape' names none",
			json_get(v, "shape")->line);
	if (!json_get(v, "evidence"))
		p.kinds = kinds_asked(v);
	p.freshness = archive ? POLICY_ARCHIVE : POLICY_NONCE;
	p.id = arena_printf(a, "%s %.*s", POLICY_FORMAT, STR_ARG(name));
	if (!p.id.p)
		return arena_full(a, e);
	*ret = p;
	return true;
}
