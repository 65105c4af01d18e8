#include "cmd/lock_access.h"

#include "cmd/fetch.h"
#include "base/banned.h"

bool lock_access_open(struct archive_access *ret, const struct verb_args *args, struct err *e)
{
	const char *keyring = verb_value(args, "--keyring");

	ret->keyring = keyring ? keyring : INRELEASE_KEYRING;
	return fetch_mirrors(args, &ret->mirrors, e) &&
	       store_open(&ret->store, verb_value(args, "--store"), e);
}

void lock_access_done(struct archive_access *q)
{
	mirrors_freep(&q->mirrors);
	store_freep(&q->store);
}
