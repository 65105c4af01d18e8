/*
 * The files and words of `assay measure pcr`, read and put in order, and what a TPM measures of them.
 */
#ifndef ASSAY_CMD_MEASURE_PCR_LOAD_H
#define ASSAY_CMD_MEASURE_PCR_LOAD_H

#include "base/arena.h"
#include "cmd/verb.h"
#include "measure/tpm_pcr.h"

enum { MEASURE_PCR_FILES_MAX = 400, MEASURE_PCR_RULES_MAX = 8 };

/* A file that was given, for the list of inputs. */
struct measure_pcr_file {
	const char *option, *path;
	uint8_t sha256[SHA256_SIZE];
	struct buf bytes;
};

struct measure_pcr {
	struct arena *a;
	struct measure_pcr_file *files;
	size_t n_files;
	enum digest_alg banks[EVENT_BANKS_MAX];
	size_t n_banks;
	bool is_direct, is_nitro, has_disk;
	struct tpm_boot boot;
	struct tpm_direct direct;
	struct tpm_prediction predicted; /* with what userspace measures into PCR 15 */
	bool has_pcr15;
};

/* Reads what the options name and predicts. *ret is for measure_pcr_done, also after a failure. */
bool measure_pcr_load(
	struct measure_pcr *ret, const struct verb_args *args, struct err *e) MUST_CHECK;
void measure_pcr_done(struct measure_pcr *m); /* for CLEANUP */

#endif
