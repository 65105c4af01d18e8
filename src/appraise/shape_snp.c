#include "appraise/shape_snp.h"

#include "base/banned.h"

bool shape_snp(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e)
{
	(void)ret, (void)p, (void)files, (void)a;
	return err_set(e, ERR_USAGE, "not yet");
}
