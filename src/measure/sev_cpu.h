/*
 * Processor types that QEMU knows for SEV guests (as of QEMU 10.2), and what CPUID Fn1 EAX says of them: the signature
 * of family, model and stepping that a launch measures. All versions of a type have the same.
 */
#ifndef ASSAY_MEASURE_SEV_CPU_H
#define ASSAY_MEASURE_SEV_CPU_H

#include "base/err.h"
#include "base/str.h"

enum { SEV_CPU_LINES = 5 };

struct sev_cpu {
	const char *name;  /* without a version: "EPYC-Milan" */
	unsigned versions; /* 3: -v1, -v2 and -v3 are there */
	unsigned family, model, stepping;
};

/* One of each line, the oldest first; all signatures differ. */
extern const struct sev_cpu sev_cpu_lines[SEV_CPU_LINES];

enum { SEV_CPU_FAMILY_MAX = 15 + 255, SEV_CPU_MODEL_MAX = 255, SEV_CPU_STEPPING_MAX = 15 };

/* The signature; the arguments are at most the maxima. */
uint32_t sev_cpu_signature(unsigned family, unsigned model, unsigned stepping);

/* The line of a type such as "EPYC-Milan-v2" or "EPYC-IBPB". USAGE for a type that QEMU does not know. */
bool sev_cpu_find(const struct sev_cpu **ret, struct str name, struct err *e) MUST_CHECK;

/* The line whose signature this is, or NULL. */
const struct sev_cpu *sev_cpu_of_signature(uint32_t signature);

#endif
