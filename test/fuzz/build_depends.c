/* Build dependencies: what is left of them has no restriction any more, and is left of itself. */
#include "lock/build_depends.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_done)
	struct buf once = buf_init(BUILD_DEPENDS_MAX), twice = buf_init(BUILD_DEPENDS_MAX);
	struct err e = { 0 };

	if (!build_depends_reduce(
		    &once, str_make((const char *)data, size), (struct str_list){ 0 }, &e))
		return 0;
	fuzz_taken = true;
	MUST(str_find(buf_str(&once), '[') == once.n);
	MUST(build_depends_reduce(&twice, buf_str(&once), (struct str_list){ 0 }, &e));
	MUST(str_equal(buf_str(&once), buf_str(&twice)));
	return 0;
}
