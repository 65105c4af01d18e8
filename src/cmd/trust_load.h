/*
 * The user's trust file with the certificates that it names, read from disk: --trust FILE, else
 * $XDG_CONFIG_HOME/assay/trust.yaml, else nothing is trusted.
 */
#ifndef ASSAY_CMD_TRUST_LOAD_H
#define ASSAY_CMD_TRUST_LOAD_H

#include "trust/trust_file.h"

/* Where the trust file is looked for: path itself, else the default place; p NULL when there is none ($HOME is not set). */
struct str trust_load_path(const char *path, struct arena *a);
/*
 * path NULL: the default place, where a missing file is an empty trust file. Strings from a; the certificates are released
 * by trust_unload.
 */
bool trust_load(
	struct trust_file *ret, const char *path, struct arena *a, struct err *e) MUST_CHECK;
/* The same from text that was read from `at`, whose folder certificates may be in. */
bool trust_load_text(struct trust_file *ret, struct span text, const char *at, struct arena *a,
	struct err *e) MUST_CHECK;
void trust_unload(struct trust_file *t);

#endif
