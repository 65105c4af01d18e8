/*
 * Checked arithmetic in the shape of C23's <stdckdint.h>: true means that the result did not fit.
 */
#ifndef ASSAY_BASE_CKD_H
#define ASSAY_BASE_CKD_H

#define ckd_add(r, a, b) __builtin_add_overflow((a), (b), (r))
#define ckd_sub(r, a, b) __builtin_sub_overflow((a), (b), (r))
#define ckd_mul(r, a, b) __builtin_mul_overflow((a), (b), (r))

#endif
