#include "cmd/reference_load.h"

#include "cmd/hint.h"
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
		return hint_wanted(e, wanted);
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

const char *reference_load_how(enum reference_how how)
{
	return how == REFERENCE_COMPUTED   ? "computed"
	       : how == REFERENCE_OBSERVED ? "observed"
					   : "no value";
}
