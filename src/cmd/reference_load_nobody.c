/* Who vouches for reference values in an assay that only verifies: it builds nothing, so it has no record of a build. */
#include "cmd/reference_load.h"
#include "base/banned.h"

bool reference_load_vouch(enum appraise_vouch *ret, const struct reference_values *v,
	const uint8_t sha256[static SHA256_SIZE], const char *store, struct err *e)
{
	(void)v;
	(void)sha256;
	if (store) {
		err_set(e, ERR_USAGE, "this assay was built as a verifier only: it has no store");
		return err_hint(e,
			"leave --store out; a trust file may say unsigned-reference-values: accept");
	}
	*ret = APPRAISE_UNSIGNED_CLAIM;
	return true;
}
