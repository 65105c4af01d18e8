/*
 * An Intel TDX guest under QEMU: MRTD (register 0) and the run-time registers RTMR 0 to 3 (registers 1 to 4). MRTD covers the
 * firmware, RTMR 0 what the host gives it, RTMR 1 and 2 what it starts.
 */
#ifndef ASSAY_APPRAISE_SHAPE_TDX_H
#define ASSAY_APPRAISE_SHAPE_TDX_H

#include "appraise/shape.h"

/* Wants files->firmware. Fails as tdx_shape and shape_direct_of do. */
bool shape_tdx(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e) MUST_CHECK;

#endif
