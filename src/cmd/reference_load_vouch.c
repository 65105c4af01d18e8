/* Who vouches for reference values as far as this machine's store knows. */
#include "build/record.h"
#include "cmd/line.h"
#include "cmd/reference_load.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

bool reference_load_vouch(enum appraise_vouch *ret, const struct reference_values *v,
	const uint8_t sha256[static SHA256_SIZE], const char *store, struct err *e)
{
	CLEANUP(store_freep) struct store *s = NULL;
	struct err none = { 0 };
	bool built = false;

	if (!store_open(&s, store, &none)) {
		if (store) {
			*e = none;
			return false;
		}
		*ret = APPRAISE_UNSIGNED_CLAIM;
		return true;
	}
	if (!record_has_build(s, v->manifest_sha256, sha256, &built, e))
		return false;
	if (built && !store_is_own(s)) {
		line_print(stderr,
			"the store '%s' can be changed by others: its record that it built this counts for nothing",
			store_path(s));
		built = false;
	}
	*ret = built ? APPRAISE_BUILT_HERE : APPRAISE_UNSIGNED_CLAIM;
	return true;
}
