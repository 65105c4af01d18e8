/*
 * The inverse question for TDX: which inputs would give this MRTD or this RTMR 1? Tried are both orders in which a host measures
 * added pages, and for a kernel given to QEMU the rules of its setup header, before and since QEMU 10.2, with sizes of memory
 * below 2.75 GiB, on which the older ones depend, and both places of the firmware's separator.
 */
#ifndef ASSAY_MEASURE_TDX_SEARCH_H
#define ASSAY_MEASURE_TDX_SEARCH_H

#include "base/arena.h"
#include "measure/tdx_mrtd.h"
#include "measure/tdx_release.h"

/* A kernel as it is in its file, and what else decides its header. */
struct tdx_search_kernel {
	struct span kernel; /* n 0: none is tried */
	uint64_t initrd_size;
	struct str command_line;
};

struct tdx_found {
	bool is_mrtd; /* else RTMR 1 */
	enum tdx_passes passes;
	bool patched; /* QEMU wrote into the header: before 10.2 */
	uint64_t
		memory; /* with this much memory; 2 GiB stand for 2.75 and more, too; 0 where it does not count */
	enum tdx_separator separator;
};

/* want: SHA384_SIZE bytes. *n grows by the candidates. Fails as tdx_metadata_parse does. */
bool tdx_search_mrtd(struct tdx_found *ret, bool *found, uint64_t *n, struct span firmware,
	const uint8_t *want, struct err *e) MUST_CHECK;
/* Memory from a, which must hold a copy of the kernel for each size of memory. FORMAT for what is no kernel, LIMIT. */
bool tdx_search_rtmr1(struct tdx_found *ret, bool *found, uint64_t *n,
	const struct tdx_search_kernel *k, const uint8_t *want, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
