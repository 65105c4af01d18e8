#include "trust/trust_file.h"

#include "base/hex.h"
#include "evidence/tpm_alg.h"
#include "trust/trust_member.h"
#include "base/banned.h"

bool trust_file_read_name(struct tpm_name *ret, struct str hex, struct err *e)
{
	struct tpm_name name = { .n = hex.n / 2 };
	enum digest_alg alg;

	if (hex.n % 2 || name.n < 3 || name.n > sizeof name.bytes ||
		!hex_read(hex, name.bytes, name.n))
		return err_set(
			e, ERR_FORMAT, "'%.*s' is no TPM name in lower-case hex", STR_ARG(hex));
	alg = tpm_alg_digest((uint16_t)(name.bytes[0] << 8 | name.bytes[1]));
	if (alg == DIGEST_NONE || alg == DIGEST_SHA1 || name.n != 2 + digest_size(alg))
		return err_set(e, ERR_FORMAT,
			"'%.*s' is no TPM name: want 000b and 64 digits, or 000c and 96",
			STR_ARG(hex));
	*ret = name;
	return true;
}

static bool read_root(struct trust_root *root, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "name", "certificate", "emulated", NULL };
	const struct json *emulated = json_get(v, "emulated");

	if (!json_only(v, "TPM root", keys, e) || !json_get_str(v, "name", &root->name, e) ||
		!json_get_str(v, "certificate", &root->path, e))
		return false;
	if (emulated &&
		!(emulated->kind == JSON_STRING &&
			(str_is(emulated->text, "true") || str_is(emulated->text, "false"))))
		return err_set(
			e, ERR_FORMAT, "line %zu: 'emulated' is true or false", emulated->line);
	root->emulated = emulated && str_is(emulated->text, "true");
	return true;
}

static bool read_roots(struct trust_file *t, const struct json *v, struct arena *a, struct err *e)
{
	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n > TRUST_FILE_ROOTS_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: 'tpm-roots' is a list of at most %d",
			v->line, TRUST_FILE_ROOTS_MAX);
	t->roots = ARENA_ARRAY(a, v->n, struct trust_root);
	if (!t->roots)
		return arena_full(a, e);
	for (; t->n_roots < v->n; t->n_roots++)
		if (!read_root(&t->roots[t->n_roots], &v->items[t->n_roots], e))
			return false;
	return true;
}

static bool read_pins(struct trust_file *t, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "name", NULL };
	struct tpm_name *pins;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n > TRUST_FILE_PINS_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: 'pinned-aks' is a list of at most %d",
			v->line, TRUST_FILE_PINS_MAX);
	pins = ARENA_ARRAY(a, v->n, struct tpm_name);
	if (!pins)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		struct str hex;

		if (!json_only(&v->items[i], "pinned AK", keys, e) ||
			!json_get_str(&v->items[i], "name", &hex, e) ||
			!trust_file_read_name(&pins[i], hex, e))
			return false;
	}
	t->pinned = pins;
	t->n_pinned = v->n;
	return true;
}

static bool read_hardware_root(
	struct trust_hardware_root *root, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "name", "hardware", "product", "sha256", NULL };
	static const char *const names[] = { "snp", "tdx", "nitro" };
	struct str hardware, product = { 0 };

	if (!json_only(v, "hardware root", keys, e) || !json_get_str(v, "name", &root->name, e) ||
		!json_get_str(v, "hardware", &hardware, e) ||
		!json_get_hex(v, "sha256", root->sha256, sizeof root->sha256, e) ||
		(json_get(v, "product") && !json_get_str(v, "product", &product, e)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_is(hardware, names[i]))
			continue;
		root->hardware = (enum trust_hardware)i;
		root->product = snp_product_of_text(product);
		if ((root->hardware == TRUST_SNP) == (root->product != SNP_PRODUCT_UNKNOWN) &&
			(root->hardware == TRUST_SNP) == (product.n != 0))
			return true;
		return err_set(e, ERR_FORMAT,
			"line %zu: 'product' is Milan, Genoa or Turin for hardware snp, and absent for others",
			v->line);
	}
	return err_set(e, ERR_FORMAT, "line %zu: 'hardware' is snp, tdx or nitro", v->line);
}

static bool read_hardware_roots(
	struct trust_file *t, const struct json *v, struct arena *a, struct err *e)
{
	struct trust_hardware_root *roots;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n > TRUST_FILE_HARDWARE_ROOTS_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: 'hardware-roots' is a list of at most %d",
			v->line, TRUST_FILE_HARDWARE_ROOTS_MAX);
	roots = ARENA_ARRAY(a, v->n, struct trust_hardware_root);
	if (!roots)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!read_hardware_root(&roots[i], &v->items[i], e))
			return false;
	t->hardware = roots;
	t->n_hardware = v->n;
	return true;
}

static bool read_unsigned(struct trust_file *t, const struct json *v, struct err *e)
{
	if (!v)
		return true;
	if (v->kind != JSON_STRING || !(str_is(v->text, "accept") || str_is(v->text, "refuse")))
		return err_set(e, ERR_FORMAT,
			"line %zu: 'unsigned-reference-values' is accept or refuse", v->line);
	t->accept_unsigned = str_is(v->text, "accept");
	return true;
}

/* k of n: how many operators of rebuilders must agree. */
static bool read_vouchers(struct trust_file *t, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "rebuilders", NULL };

	return !v || (json_only(v, "'vouchers'", keys, e) &&
			     trust_member_count(&t->rebuilders_needed, v, "rebuilders",
				     t->rebuilders.n_operators, "operators of rebuilders", e));
}

static bool read_ages(struct trust_ages *ret, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "cosignature", "channel", "statement", NULL };
	enum { DAY = 24 * 3600 };

	*ret = (struct trust_ages){ 7 * DAY, 30 * DAY, 365 * DAY };
	return !v || (json_only(v, "'max-age'", keys, e) &&
			     trust_member_age(&ret->cosignature_s, v, "cosignature", e) &&
			     trust_member_age(&ret->channel_s, v, "channel", e) &&
			     trust_member_age(&ret->statement_s, v, "statement", e));
}

static bool read_community(
	struct trust_file *t, const struct json *v, struct arena *a, struct err *e)
{
	return trust_party_read(
		       &t->rebuilders, json_get(v, "rebuilders"), "rebuilders", true, a, e) &&
	       read_vouchers(t, json_get(v, "vouchers"), e) &&
	       trust_party_read(&t->signers, json_get(v, "signers"), "signers", false, a, e) &&
	       trust_logs_read(&t->logs, v, a, e) &&
	       read_ages(&t->max_age, json_get(v, "max-age"), e);
}

bool trust_file_parse(struct trust_file *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "tpm-roots", "pinned-aks", "hardware-roots",
		"rebuilders", "vouchers", "logs", "witnesses", "signers", "max-age",
		"unsigned-reference-values", NULL };
	struct trust_file t = { 0 };

	if (!json_check_format(v, TRUST_FILE_FORMAT, e) || !json_only(v, "trust file", keys, e) ||
		!read_roots(&t, json_get(v, "tpm-roots"), a, e) ||
		!read_pins(&t, json_get(v, "pinned-aks"), a, e) ||
		!read_hardware_roots(&t, json_get(v, "hardware-roots"), a, e) ||
		!read_community(&t, v, a, e) ||
		!read_unsigned(&t, json_get(v, "unsigned-reference-values"), e))
		return err_wrap(e, "trust file");
	*ret = t;
	return true;
}

bool trust_file_is_pinned(const struct trust_file *t, const struct tpm_name *name)
{
	for (size_t i = 0; i < t->n_pinned; i++)
		if (t->pinned[i].n == name->n && ct_equal(t->pinned[i].bytes, name->bytes, name->n))
			return true;
	return false;
}
