/* A publication on a web server, in an assay that only verifies: it asks nobody. */
#include "cmd/publication_fetch.h"
#include "base/banned.h"

bool publication_fetch(struct buf *out, const char *url, struct str path, size_t max, struct err *e)
{
	(void)out;
	(void)path;
	(void)max;
	err_set(e, ERR_USAGE, "this assay was built as a verifier only and cannot ask '%s'", url);
	return err_hint(e, "fetch the publication otherwise, and name its folder");
}
