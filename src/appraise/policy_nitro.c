#include "appraise/policy_nitro.h"

#include "appraise/policy.h"
#include "appraise/policy_member.h"
#include "base/digest.h"
#include "base/hex.h"
#include "evidence/nitro_document.h"
#include "base/banned.h"

struct policy_nitro policy_nitro_default(void)
{
	return (struct policy_nitro){ .registers = 7, .max_age_s = 3600 };
}

static bool read_value(struct span *ret, const struct json *v, struct arena *a, struct err *e)
{
	uint8_t *p = arena_alloc(a, SHA384_SIZE);

	if (!p)
		return arena_full(a, e);
	if (v->kind != JSON_STRING || !hex_read(v->text, p, SHA384_SIZE))
		return err_set(e, ERR_FORMAT,
			"line %zu: a value of a PCR is %d lower-case hex digits (SHA-384)", v->line,
			2 * SHA384_SIZE);
	*ret = span_make(p, SHA384_SIZE);
	return true;
}

/* One value, or a list of them. */
static bool read_values(
	struct policy_nitro_values *ret, const struct json *v, struct arena *a, struct err *e)
{
	bool list = v->kind == JSON_ARRAY;
	size_t n = list ? v->n : 1;
	struct span *values;

	if (n == 0 || n > POLICY_NITRO_VALUES_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: a PCR has 1 to %d values", v->line,
			POLICY_NITRO_VALUES_MAX);
	values = ARENA_ARRAY(a, n, struct span);
	if (!values)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++)
		if (!read_value(&values[i], list ? &v->items[i] : v, a, e))
			return false;
	*ret = (struct policy_nitro_values){ values, n };
	return true;
}

static bool read_pcrs(struct policy_nitro *p, const struct json *v, struct arena *a, struct err *e)
{
	if (!v)
		return true;
	if (v->kind != JSON_OBJECT || !v->n)
		return err_set(e, ERR_FORMAT,
			"line %zu: 'pcrs' has a member for each PCR that it names", v->line);
	for (size_t i = 0; i < v->n; i++) {
		uint64_t pcr;

		if (!str_u64(v->keys[i], &pcr, POLICY_NITRO_PCRS - 1))
			return err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no PCR, want 0 to %d",
				v->items[i].line, STR_ARG(v->keys[i]), POLICY_NITRO_PCRS - 1);
		if (!read_values(&p->pcr[pcr], &v->items[i], a, e))
			return false;
		p->named |= UINT32_C(1) << pcr;
	}
	return true;
}

bool policy_nitro_parse(
	struct policy_nitro *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "mode", "max-age", "debug", "require-registers", "pcrs",
		"user-data", "public-key", NULL };
	struct policy_nitro p = *ret;

	if (!v)
		return true;
	if (!json_only(v, "nitro", keys, e) ||
		!policy_member_word(&p.archive, v, "mode", "live", "archive", e) ||
		!policy_member_seconds(&p.max_age_s, v, "max-age", POLICY_NITRO_AGE_MAX, e) ||
		!policy_member_word(&p.allow_debug, v, "debug", "refuse", "allow", e) ||
		!policy_member_registers(
			&p.registers, v, "require-registers", POLICY_NITRO_PCRS, e) ||
		!read_pcrs(&p, json_get(v, "pcrs"), a, e) ||
		!policy_member_bytes(
			&p.user_data, v, "user-data", 0, NITRO_DOCUMENT_DATA_MAX, a, e) ||
		!policy_member_bytes(
			&p.public_key, v, "public-key", 1, NITRO_DOCUMENT_PUBLIC_KEY_MAX, a, e))
		return err_wrap(e, "nitro");
	*ret = p;
	return true;
}

bool policy_nitro_is_archive(const struct policy *p)
{
	return p->nitro.archive || p->freshness == POLICY_ARCHIVE;
}

static void tell_values(const struct policy_nitro *p, struct buf *out)
{
	for (unsigned i = 0; i < POLICY_NITRO_PCRS; i++) {
		if (!(p->named >> i & 1))
			continue;
		buf_printf(out, "PCR %u must be ", i);
		for (size_t k = 0; k < p->pcr[i].n; k++) {
			buf_printf(out, "%s", k ? " or " : "");
			hex_add(out, p->pcr[i].values[k]);
		}
		buf_printf(out, ".\n");
	}
}

static void tell_field(const char *name, struct span want, struct buf *out)
{
	if (!want.p)
		return;
	buf_printf(out, "%s must be in the document, and be ", name);
	hex_add(out, want);
	buf_printf(out, "%s.\n", want.n ? "" : "empty");
}

static void tell_registers(const struct policy *p, struct buf *out)
{
	buf_printf(out, "Of an enclave, PCR ");
	policy_member_tell_numbers(p->nitro.registers | p->nitro.named, out);
	buf_printf(
		out, " must be in it and fit; PCR 8, too, where the reference values have it.\n");
	buf_printf(out, "Of a NitroTPM, PCR ");
	policy_member_tell_numbers(p->registers | p->nitro.named, out);
	buf_printf(out, " of bank SHA-384 must be in it and fit.\n");
	tell_values(&p->nitro, out);
	if (p->nitro.named)
		buf_printf(out,
			"Where the reference values have a value, too, it must be that as well.\n");
}

void policy_nitro_tell(const struct policy *p, struct buf *out)
{
	buf_printf(out,
		"An attestation document must be signed under the root of AWS that this program knows, or one of the trust file.\n");
	tell_registers(p, out);
	if (policy_nitro_is_archive(p))
		buf_printf(out,
			"Its certificates must have been valid when it was made; it may be of any age.\n");
	else
		buf_printf(out,
			"Its certificates must be valid now, and it must not be older than %lld seconds.\n",
			(long long)p->nitro.max_age_s);
	buf_printf(out,
		p->nitro.allow_debug
			? "An enclave in debug mode, whose memory its host can read, is let through; that is a warning.\nIts PCR 0 to 2 are zero: with reference values it is contraindicated all the same.\n"
			: "An enclave in debug mode is refused.\n");
	tell_field("user_data", p->nitro.user_data, out);
	tell_field("public_key", p->nitro.public_key, out);
}
