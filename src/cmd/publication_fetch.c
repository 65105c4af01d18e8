#include "cmd/publication_fetch.h"

#include "base/mem.h"
#include "net/fetch.h"
#include "net/url.h"
#include "base/banned.h"

bool publication_fetch(struct buf *out, const char *url, struct str path, size_t max, struct err *e)
{
	CLEANUP(mem_free) char *base = NULL;
	const char *uri;

	if (!url_of_base(&base, str_of(url), e))
		return false;
	uri = base;
	return fetch_unpinned(&(struct fetch_bases){ &uri, 1 }, path, max, NULL, out, e);
}
