#include "appraise/export_words.h"

#include <stdio.h>

#include "base/banned.h"

/* first: what Trustee calls register 0; NULL: all registers are PCRs. */
static const struct platform {
	const char *name, *vendor, *model, *first;
} platforms[] = {
	{ "tpm", "TCG", "TPM 2.0", NULL },
	{ "snp", "AMD", "SEV-SNP", "snp_launch_measurement" },
	{ "tdx", "Intel", "TDX", "mr_td" },
	{ "nitro-enclave", "AWS", "Nitro Enclaves", NULL },
};

static const struct platform *platform_of(const struct reference_shape *s)
{
	for (size_t i = 0; i < ARRAY_LEN(platforms); i++)
		if (str_is(s->platform, platforms[i].name))
			return &platforms[i];
	return NULL;
}

const char *export_words_vendor(const struct reference_shape *s)
{
	const struct platform *p = platform_of(s);

	return p ? p->vendor : NULL;
}

const char *export_words_model(const struct reference_shape *s)
{
	const struct platform *p = platform_of(s);

	return p ? p->model : NULL;
}

void export_words_trustee(
	char ret[static EXPORT_WORDS_NAME], const struct reference_shape *s, unsigned reg)
{
	const struct platform *p = platform_of(s);

	if (p && p->first && !reg)
		snprintf(ret, EXPORT_WORDS_NAME, "%s", p->first);
	else if (p && p->first)
		snprintf(ret, EXPORT_WORDS_NAME, "rtmr_%u", reg - 1);
	else if (str_is(s->platform, "tpm"))
		snprintf(ret, EXPORT_WORDS_NAME, "tpm_pcr%02u", reg);
	else
		snprintf(ret, EXPORT_WORDS_NAME, "nitro_pcr%u", reg);
}

size_t export_words_bank(const struct reference_shape *s)
{
	for (size_t b = 0; b < s->n_banks; b++)
		if (s->banks[b] == DIGEST_SHA256)
			return b;
	return 0;
}

bool export_words_has_value(const struct reference_register *r)
{
	return r->how != REFERENCE_NOT_PREDICTABLE;
}

bool export_words_check(const struct reference_shape *s, bool partly, struct err *e)
{
	size_t n = 0;

	if (!platform_of(s))
		return err_set(e, ERR_USAGE,
			"shape '%.*s' is of platform '%.*s', which is not known", STR_ARG(s->name),
			STR_ARG(s->platform));
	for (size_t i = 0; i < s->n_registers; i++)
		n += export_words_has_value(&s->registers[i]);
	if (!n)
		return err_set(
			e, ERR_USAGE, "shape '%.*s' has no value of a register", STR_ARG(s->name));
	if (!s->firmware_only || partly)
		return true;
	err_set(e, ERR_USAGE,
		"the registers of shape '%.*s' do not cover all that is executed, and no other format can say so",
		STR_ARG(s->name));
	return err_hint(e, "--partly gives them away nevertheless: whoever gets them must know");
}
