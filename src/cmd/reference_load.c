#include "cmd/reference_load.h"

#include "build/record.h"
#include "cmd/line.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

bool reference_load(struct reference_values *ret, uint8_t sha256[static SHA256_SIZE],
	const char *path, struct arena *a, struct err *e)
{
	static const char wanted[] = "wanted is the reference-values.json that `assay build` wrote";
	CLEANUP(buf_done) struct buf text = buf_init(0);
	struct str copy;

	if (!file_read(AT_FDCWD, path, REFERENCE_VALUES_SIZE_MAX, &text, e))
		return err_hint(e, "%s", wanted);
	copy = arena_str(a, buf_str(&text));
	if (!copy.p)
		return arena_full(a, e);
	if (!reference_values_parse(ret, str_span(copy), a, e)) {
		err_hint(e, "%s", wanted);
		return err_wrap(e, "'%s'", path);
	}
	sha256_of(sha256, str_span(copy));
	return true;
}

bool reference_load_shape(const struct reference_shape **ret, const struct reference_values *v,
	struct str name, struct err *e)
{
	const struct reference_shape *found = NULL;

	for (size_t i = 0; i < v->n_shapes; i++) {
		const struct reference_shape *shape = &v->shapes[i];

		if (name.n ? !str_equal(shape->name, name) : !str_is(shape->platform, "tpm"))
			continue;
		if (found) {
			err_set(e, ERR_USAGE, "the reference values have several shapes for a TPM");
			return err_hint(e, "name one with 'shape:' in a policy file");
		}
		found = shape;
	}
	if (!found) {
		err_set(e, ERR_NOTFOUND, "the reference values have no shape %s%.*s",
			name.n ? "" : "for a TPM", STR_ARG(name));
		return err_hint(e, "the image was not built for it: platforms: in its assay.yaml");
	}
	*ret = found;
	return true;
}

bool reference_load_vouch(enum appraise_vouch *ret, const struct reference_values *v,
	const uint8_t sha256[static SHA256_SIZE], const char *store, struct err *e)
{
	CLEANUP(store_freep) struct store *s = NULL;
	bool built = false;

	if (!store_open(&s, store, e)) {
		if (store)
			return false;
		*ret = APPRAISE_UNSIGNED_CLAIM;
		return true;
	}
	if (!record_has_build(s, v->manifest_sha256, sha256, &built, e))
		return false;
	if (built && !store_is_own(s)) {
		line_print(stderr,
			"the store '%s' can be changed by others: its record that it built this counts for nothing",
			store_path(s));
		built = false;
	}
	*ret = built ? APPRAISE_BUILT_HERE : APPRAISE_UNSIGNED_CLAIM;
	return true;
}

const char *reference_load_how(enum reference_how how)
{
	return how == REFERENCE_COMPUTED   ? "computed"
	       : how == REFERENCE_OBSERVED ? "observed"
					   : "no value";
}
