/*
 * sources.list(5): the entries of apt's configuration in both its forms, as far as they say where Debian's archives are.
 */
#ifndef ASSAY_NET_APT_SOURCES_H
#define ASSAY_NET_APT_SOURCES_H

#include "base/err.h"
#include "base/str.h"

enum { APT_SOURCES_STANZA_MAX = 65536 };

/*
 * Called for every URI of every enabled binary entry that has the component main and is signed by Debian's keyring (or
 * does not say by whom). The rest is other people's archives, some of which also end in "/debian".
 */
struct apt_sources_take {
	bool (*uri)(void *ctx, struct str uri, struct err *e);
	void *ctx;
};

/* Text of a .sources file (deb822). Unknown fields are passed over. Fails LIMIT, or as take does. */
bool apt_sources_deb822(
	struct str text, const struct apt_sources_take *take, struct err *e) MUST_CHECK;
/* Text of a .list file, one entry in each line. Lines that are no entry are passed over. Fails as take does. */
bool apt_sources_list(
	struct str text, const struct apt_sources_take *take, struct err *e) MUST_CHECK;

#endif
