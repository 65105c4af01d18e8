/*
 * What `assay show` knows of an image: its manifest and reference values, and who vouches for them.
 */
#ifndef ASSAY_CMD_SHOW_LOAD_H
#define ASSAY_CMD_SHOW_LOAD_H

#include "appraise/appraise_tpm.h"
#include "appraise/reference_values.h"
#include "build/manifest_parse.h"
#include "build/manifest_shares.h"

struct show {
	struct arena *a;
	struct manifest m;
	struct reference_values values;
	uint8_t manifest_sha256[SHA256_SIZE], reference_values_sha256[SHA256_SIZE];
	bool other_manifest; /* the reference values name another one */
	enum appraise_vouch vouch;
	struct manifest_share_list kinds, origins;
};

/* store: as in reference_load_vouch. *ret is for show_load_done, also after a failure. */
bool show_load(struct show *ret, const char *out, const char *store, struct err *e) MUST_CHECK;
void show_load_done(struct show *s);

/* The first share of that origin, or NULL. */
const struct manifest_share *show_load_share(
	const struct manifest_share_list *l, struct str origin);

/*
 * What a user can do at a prompt, in a few words: "no", "no: the password is locked", "with a password", "WITHOUT a
 * password". The shell has its say: nologin and false let nobody in.
 */
const char *show_load_login(const struct manifest_user *u);

#endif
