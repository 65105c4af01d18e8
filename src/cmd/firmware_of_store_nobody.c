/* For an assay that only verifies. */
#include "cmd/firmware_of_store.h"

#include "base/banned.h"

bool firmware_of_store(const char *path, firmware_of_store_use *use, void *ctx, struct err *e)
{
	(void)use;
	(void)ctx;
	return !path ||
	       err_set(e, ERR_USAGE,
		       "--store: this assay was built as a verifier only and has no store");
}
