#include "appraise/platform.h"

#include <stdio.h>

#include "base/banned.h"

static const char *const names[] = {
	[PLATFORM_UNKNOWN] = "",
	[PLATFORM_TPM] = "tpm",
	[PLATFORM_SNP] = "snp",
	[PLATFORM_TDX] = "tdx",
	[PLATFORM_NITRO_ENCLAVE] = "nitro-enclave",
};

enum platform_kind platform_from_name(struct str name)
{
	for (size_t i = PLATFORM_UNKNOWN + 1; i < ARRAY_LEN(names); i++)
		if (str_is(name, names[i]))
			return (enum platform_kind)i;
	return PLATFORM_UNKNOWN;
}

enum platform_kind platform_of_bundle(enum bundle_kind kind)
{
	switch (kind) {
	case BUNDLE_TPM:
	case BUNDLE_AZURE:
		return PLATFORM_TPM;
	case BUNDLE_SNP:
		return PLATFORM_SNP;
	case BUNDLE_TDX:
		return PLATFORM_TDX;
	case BUNDLE_NITRO:
		return PLATFORM_NITRO_ENCLAVE;
	case BUNDLE_KINDS:
		break;
	}
	return PLATFORM_UNKNOWN;
}

const char *platform_name(enum platform_kind kind)
{
	return names[kind];
}

void platform_register_name(
	char out[static PLATFORM_REGISTER_NAME_MAX], enum platform_kind kind, unsigned reg)
{
	const char *word = "register";

	switch (kind) {
	case PLATFORM_SNP:
		snprintf(out, PLATFORM_REGISTER_NAME_MAX, "measurement");
		return;
	case PLATFORM_TDX:
		if (reg == PLATFORM_MRTD) {
			snprintf(out, PLATFORM_REGISTER_NAME_MAX, "MRTD");
			return;
		}
		word = "RTMR";
		reg -= PLATFORM_RTMR;
		break;
	case PLATFORM_TPM:
	case PLATFORM_NITRO_ENCLAVE:
		word = "PCR";
		break;
	case PLATFORM_UNKNOWN:
		break;
	}
	snprintf(out, PLATFORM_REGISTER_NAME_MAX, "%s %u", word, reg % 1000);
}

static bool takes_pages(enum platform_kind kind, unsigned reg)
{
	return kind == PLATFORM_SNP || (kind == PLATFORM_TDX && reg == PLATFORM_MRTD);
}

void platform_register_value(const struct event_list *l, enum platform_kind kind, unsigned reg,
	size_t bank, struct digest *ret)
{
	if (!takes_pages(kind, reg)) {
		event_fold(l, reg, bank, ret);
		return;
	}
	*ret = (struct digest){ .alg = l->banks[bank] };
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg == reg)
			*ret = l->items[i].digests[bank];
}
