#include "attester/attest_platform.h"

#include <unistd.h>

#include "attester/attest_azure.h"
#include "attester/attest_tsm.h"
#include "base/banned.h"

bool attest_platform_read(enum attest_platform *ret, struct str name, struct err *e)
{
	static const char *const names[] = { "auto", "tpm", "snp", "tdx", "nitro", "azure" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(name, names[i])) {
			*ret = (enum attest_platform)i;
			return true;
		}
	return err_set(e, ERR_USAGE, "platform is '%.*s', want auto, tpm, snp, tdx, nitro or azure",
		STR_ARG(name));
}

static bool is_tsm(enum bundle_kind *ret, enum bundle_kind want,
	const struct attest_hardware_at *at, struct err *e)
{
	enum bundle_kind kind;

	if (!attest_tsm_kind(&kind, at->tsm, e))
		return false;
	if (kind != want)
		return err_set(e, ERR_NOTFOUND, "'%s' gives evidence of kind %s, not %s", at->tsm,
			bundle_kind_name(kind), bundle_kind_name(want));
	*ret = kind;
	return true;
}

static bool is_nitro(enum bundle_kind *ret, const struct attest_hardware_at *at, struct err *e)
{
	if (access(at->nsm, R_OK | W_OK) < 0) {
		err_os(e, "cannot use '%s'", at->nsm);
		return err_hint(
			e, "is this a Nitro enclave, and does its kernel have the driver nsm");
	}
	*ret = BUNDLE_NITRO;
	return true;
}

static bool is_tpm(enum bundle_kind *ret, struct attest_tpm **tpm, bool may_be_azure,
	const struct attest_tpm_opener *opener, struct err *e)
{
	CLEANUP(attest_tpm_freep) struct attest_tpm *t = NULL;
	bool azure = false;

	if (!opener->open(&t, opener->name, e))
		return false;
	if (may_be_azure && !attest_azure_there(&azure, t, e))
		return false;
	*ret = azure ? BUNDLE_AZURE : BUNDLE_TPM;
	*tpm = TAKE(t);
	return true;
}

/* Not to be had is one thing; what is there and does not work must not make a weaker kind of evidence out of this one. */
static bool look(enum bundle_kind *ret, struct attest_tpm **tpm,
	const struct attest_hardware_at *at, const struct attest_tpm_opener *opener, struct err *e)
{
	if (attest_tsm_kind(ret, at->tsm, e))
		return true;
	if (e->kind != ERR_NOTFOUND)
		return false;
	if (access(at->nsm, F_OK) == 0)
		return is_nitro(ret, at, e);
	if (is_tpm(ret, tpm, true, opener, e))
		return true;
	return err_wrap(e, "no provider of reports in '%s', no '%s', and no TPM", at->tsm, at->nsm);
}

bool attest_platform_find(enum bundle_kind *ret, struct attest_tpm **tpm, enum attest_platform want,
	const struct attest_hardware_at *at, const struct attest_tpm_opener *opener, struct err *e)
{
	switch (want) {
	case ATTEST_PLATFORM_AUTO:
		return look(ret, tpm, at, opener, e);
	case ATTEST_PLATFORM_SNP:
		return is_tsm(ret, BUNDLE_SNP, at, e);
	case ATTEST_PLATFORM_TDX:
		return is_tsm(ret, BUNDLE_TDX, at, e);
	case ATTEST_PLATFORM_NITRO:
		return is_nitro(ret, at, e);
	case ATTEST_PLATFORM_TPM:
		return is_tpm(ret, tpm, false, opener, e);
	case ATTEST_PLATFORM_AZURE:
		if (!is_tpm(ret, tpm, false, opener, e))
			return false;
		*ret = BUNDLE_AZURE;
		return true;
	}
	return err_set(e, ERR_INTERNAL, "no such platform");
}
