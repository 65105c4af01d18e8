/*
 * The inverse question: which inputs would give this launch digest? What a person gets wrong is found by trying it: the
 * number of processors, their type, the hypervisor, features that a host kernel adds, another firmware, a kernel whose
 * hashes are measured or not. Candidates share all that they have in common, so that thousands cost little more than one.
 *
 * A digest of 48 bytes is searched among SEV-SNP guests and TDs (tdx_search.h), one of 32 among guests with SEV and SEV-ES.
 */
#ifndef ASSAY_MEASURE_DIGEST_SEARCH_H
#define ASSAY_MEASURE_DIGEST_SEARCH_H

#include "base/arena.h"
#include "measure/sev_cpu.h"
#include "measure/sev_hashes.h"
#include "measure/sev_vmsa.h"
#include "measure/tdx_search.h"

enum {
	DIGEST_SEARCH_FIRMWARE_MAX = 64,
	/* Processors that are tried with the features that hosts have, with rarer ones, and with SEV-ES. */
	DIGEST_SEARCH_PROCESSORS = 256,
	DIGEST_SEARCH_PROCESSORS_RARE = 64,
	DIGEST_SEARCH_PROCESSORS_ES = 128,
};

struct digest_search_firmware {
	struct str name; /* as it is told to the user */
	struct span image;
};

struct digest_search_in {
	struct span want; /* SHA256_SIZE or SHA384_SIZE bytes */
	const struct digest_search_firmware *firmware;
	size_t n_firmware;
	const struct sev_hashes *hashes; /* of the kernel given; NULL: none is tried */
};

enum digest_search_kind {
	DIGEST_SEARCH_NONE,
	DIGEST_SEARCH_SNP,
	DIGEST_SEARCH_FIRMWARE_HASH, /* of the firmware's pages alone: no guest's digest */
	DIGEST_SEARCH_SEV,
	DIGEST_SEARCH_SEV_ES,
	DIGEST_SEARCH_TDX,
};

struct digest_found {
	enum digest_search_kind kind; /* NONE: nothing that was tried gives the digest */
	const struct digest_search_firmware *firmware;
	bool with_kernel;
	enum sev_vmm vmm;
	const struct sev_cpu *cpu; /* NULL where the type is not measured */
	uint64_t features;
	unsigned processors;
	struct tdx_found tdx;
};

/* What was tried with one firmware. */
struct digest_search_tried {
	uint64_t n;         /* candidates */
	uint64_t n_kernel;  /* of these with the kernel */
	struct str why_not; /* why none, or none of a kind, could be made; empty: all were */
};

struct digest_search {
	struct digest_found found; /* the first */
	struct digest_search_tried tried[DIGEST_SEARCH_FIRMWARE_MAX];
	uint64_t n; /* candidates in all */
};

/*
 * Tries everything with each firmware in turn and ends at the first that gives the digest. Memory from a. A firmware that
 * cannot start such guests is no error: tried says why. Fails: USAGE for a digest of another size, LIMIT.
 */
bool digest_search(struct digest_search *ret, const struct digest_search_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
