/*
 * The user's trust file with the certificates that it names, read from disk: --trust FILE, else
 * $XDG_CONFIG_HOME/assay/trust.yaml, else nothing is trusted.
 */
#ifndef ASSAY_CMD_TRUST_LOAD_H
#define ASSAY_CMD_TRUST_LOAD_H

#include "trust/trust_file.h"

/*
 * path NULL: the default place, where a missing file is an empty trust file. Strings from a; the certificates are released
 * by trust_unload.
 */
bool trust_load(
	struct trust_file *ret, const char *path, struct arena *a, struct err *e) MUST_CHECK;
void trust_unload(struct trust_file *t);

#endif
