#ifndef ASSAY_APPRAISE_SHAPE_SNP_H
#define ASSAY_APPRAISE_SHAPE_SNP_H

#include "appraise/shape.h"

bool shape_snp(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e) MUST_CHECK;

#endif
