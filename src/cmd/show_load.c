#include "cmd/show_load.h"

#include <fcntl.h>

#include "build/manifest.h"
#include "cmd/reference_load.h"
#include "cmd/hint.h"
#include "sys/file.h"
#include "tree/tree.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static const char wanted[] = "give the folder that `assay build` wrote; an image of an older "
			     "assay is built again";

static bool load_manifest(struct show *s, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	if (!file_read(AT_FDCWD, path, MANIFEST_SIZE_MAX, &text, e))
		return hint_wanted(e, wanted);
	sha256_of(s->manifest_sha256, buf_span(&text));
	/* json_parse copies every string: nothing points into the text afterwards. */
	if (!manifest_parse(&s->m, buf_span(&text), s->a, e)) {
		err_hint(e, "%s", wanted);
		return err_wrap(e, "'%s'", path);
	}
	return true;
}

bool show_load(struct show *ret, const char *out, const char *store, struct err *e)
{
	struct str manifest, values;
	struct show *s = ret;

	s->a = arena_new(MANIFEST_MEMORY_MAX);
	manifest = arena_printf(s->a, "%s/manifest.json", out);
	values = arena_printf(s->a, "%s/reference-values.json", out);
	if (!manifest.p || !values.p)
		return arena_full(s->a, e);
	if (!load_manifest(s, manifest.p, e) ||
		!reference_load(&s->values, s->reference_values_sha256, values.p, s->a, e) ||
		!reference_load_vouch(&s->vouch, &s->values, s->reference_values_sha256, store, e))
		return false;
	s->other_manifest = !ct_equal(s->values.manifest_sha256, s->manifest_sha256, SHA256_SIZE);
	if (s->other_manifest)
		s->vouch = APPRAISE_UNSIGNED_CLAIM;
	return manifest_shares(&s->kinds, &s->m, MANIFEST_SHARES_BY_KIND, s->a, e) &&
	       manifest_shares(&s->origins, &s->m, MANIFEST_SHARES_BY_ORIGIN, s->a, e);
}

void show_load_done(struct show *s)
{
	arena_free(s->a);
	*s = (struct show){ 0 };
}

const struct manifest_share *show_load_share(const struct manifest_share_list *l, struct str origin)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_equal(l->items[i].origin, origin))
			return &l->items[i];
	return NULL;
}

const char *show_load_login(const struct manifest_user *u)
{
	struct str shell = tree_name(u->shell);

	if (str_is(shell, "nologin") || str_is(shell, "false"))
		return "no";
	if (str_is(u->password, "locked"))
		return "no: the password is locked";
	return str_is(u->password, "none") ? "WITHOUT a password" : "with a password";
}
