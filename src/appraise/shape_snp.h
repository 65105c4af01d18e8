/*
 * An AMD SEV-SNP guest: one register, the launch digest, over the firmware, its metadata's pages and the processors' first
 * state. With a direct boot and firmware that has a page for them, the hashes of kernel, initrd and command line are in it;
 * else nothing but the firmware is, and no verdict with such a shape alone can be affirming.
 */
#ifndef ASSAY_APPRAISE_SHAPE_SNP_H
#define ASSAY_APPRAISE_SHAPE_SNP_H

#include "appraise/shape.h"

/*
 * files->firmware, or where it is empty what the shape knows of it. Fails as snp_launch_digest, sev_cpu_find and
 * shape_direct_of do.
 */
bool shape_snp(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e) MUST_CHECK;

#endif
