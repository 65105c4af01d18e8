/*
 * Two parts of cmd/measure_pcr_load.c: the firmware's Secure Boot variables, from lists of signatures or certificates, and
 * a kernel that QEMU hands over.
 */
#ifndef ASSAY_CMD_MEASURE_PCR_KEYS_H
#define ASSAY_CMD_MEASURE_PCR_KEYS_H

#include "cmd/measure_pcr_load.h"

/* A whole file, kept in the list of inputs; p is never NULL. */
bool measure_pcr_file(struct span *ret, struct measure_pcr *m, const char *option, const char *path,
	struct err *e) MUST_CHECK;
/* The state of Secure Boot and --pk, --kek, --db, --dbx. */
bool measure_pcr_variables(
	struct measure_pcr *m, const struct verb_args *args, struct err *e) MUST_CHECK;
/* --kernel, --initrd, --append, as QEMU gives them to the firmware. */
bool measure_pcr_kernel(
	struct measure_pcr *m, const struct verb_args *args, struct err *e) MUST_CHECK;

#endif
