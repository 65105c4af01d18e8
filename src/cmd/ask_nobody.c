/* Asking a machine in an assay that only verifies: it opens no connection. */
#include "cmd/ask.h"
#include "base/banned.h"

bool ask_attester(struct ask_answer *ret, const char *url, const uint8_t *nonce, struct arena *a,
	struct err *e)
{
	(void)ret;
	(void)nonce;
	(void)a;
	err_set(e, ERR_USAGE, "'%s': this assay was built as a verifier only and asks no machine",
		url);
	return err_hint(e,
		"a whole assay keeps what the machine answers: assay verify --save FILE URL; then give FILE here");
}
