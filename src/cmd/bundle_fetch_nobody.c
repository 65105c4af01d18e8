/* An assay that only verifies asks no service. */
#include "cmd/bundle_fetch.h"

#include "base/banned.h"

bool bundle_fetch(struct bundle *b, unsigned timeout_s, const struct verb_args *args,
	const struct trust_file *trust, struct arena *a, struct err *e)
{
	(void)b;
	(void)timeout_s;
	(void)args;
	(void)trust;
	(void)a;
	return err_set(e, ERR_USAGE,
		       "this assay was built as a verifier only: it asks no service") ||
	       err_hint(e, "give what is missing from files, or use the whole assay for --fetch");
}
