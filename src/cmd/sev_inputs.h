/*
 * What the verbs of SEV guests (measure snp, seves, sev) are given: files to be measured, and lists of numbers that make
 * a matrix of shapes.
 */
#ifndef ASSAY_CMD_SEV_INPUTS_H
#define ASSAY_CMD_SEV_INPUTS_H

#include "cmd/verb.h"
#include "codec/json.h"
#include "measure/sev_hashes.h"
#include "measure/sev_vmsa.h"

enum { SEV_INPUTS_LIST_MAX = 256, SEV_INPUTS_NAME = 40 };

/* Rows of the option tables that these verbs have in common. */
#define SEV_INPUTS_FILE_OPTIONS                                                         \
	{ "--firmware", "FILE", "the firmware's image with its code (needed)", false }, \
		{ "--kernel", "FILE", "kernel of a direct boot", false },               \
		{ "--initrd", "FILE", "its initrd", false },                            \
	{                                                                               \
		"--append", "STR", "its command line, as QEMU's -append", false         \
	}

#define SEV_INPUTS_SHAPE_OPTIONS                                                              \
	{ "--vcpus", "N,...", "number of processors (needed)", false },                       \
		{ "--vcpu-type", "T,...", "their type as QEMU names it: EPYC-Milan", false }, \
		{ "--vcpu-sig", "X", "in its place CPUID Fn1 EAX: 0xa00f11", false },         \
		{ "--vcpu-family", "F", "or its family, with model and stepping", false },    \
		{ "--vcpu-model", "M", "its model", false },                                  \
		{ "--vcpu-stepping", "S", "its stepping", false },                            \
	{                                                                                     \
		"--vmm", "NAME", "hypervisor: qemu (unless given), ec2, gce", false           \
	}

struct sev_inputs {
	struct buf firmware;
	bool has_kernel, has_initrd;
	uint64_t kernel_size, initrd_size;
	struct sev_hashes hashes;
	struct str command_line;
};

/* A processor type of the matrix. */
struct sev_inputs_type {
	char name[SEV_INPUTS_NAME]; /* "EPYC-Milan", "0xa00f11", "any" */
	uint32_t signature;
};

struct sev_inputs_shapes {
	enum sev_vmm vmm;
	unsigned vcpus[SEV_INPUTS_LIST_MAX];
	struct sev_inputs_type types[SEV_INPUTS_LIST_MAX];
	uint64_t features[SEV_INPUTS_LIST_MAX]; /* none but where the verb reads them */
	size_t n_vcpus, n_types, n_features;
};

/* Reads --firmware, --kernel, --initrd and --append; *ret is for sev_inputs_done, also after a failure. */
bool sev_inputs_read(
	struct sev_inputs *ret, const struct verb_args *args, struct err *e) MUST_CHECK;
/* Only --kernel, --initrd and --append; *in was zero. */
bool sev_inputs_kernel(
	struct sev_inputs *in, const struct verb_args *args, struct err *e) MUST_CHECK;
void sev_inputs_done(struct sev_inputs *in);
/* The hashes of the kernel given, or NULL without one. */
const struct sev_hashes *sev_inputs_hashes(const struct sev_inputs *in);
/* A whole firmware image of this option; *ret is for buf_done. */
bool sev_inputs_image(struct buf *ret, const char *path, struct err *e) MUST_CHECK;
/*
 * The first members of a document: "format", "vmm", "rules" (where they come from, and who confirmed them), "inputs" (each
 * file with its SHA-256) and "command-line".
 */
void sev_inputs_json(struct json_out *w, const char *format, const struct sev_inputs *in,
	enum sev_vmm vmm, struct span svsm);
/* The finished document to standard output. */
bool sev_inputs_json_print(const struct buf *document, struct err *e) MUST_CHECK;

/* Reads --vcpus, the processor types and --vmm. */
bool sev_inputs_shapes(
	struct sev_inputs_shapes *ret, const struct verb_args *args, struct err *e) MUST_CHECK;
/* A number, decimal or with 0x, of an option. */
bool sev_inputs_number(
	uint64_t *ret, struct str text, const char *option, uint64_t max, struct err *e) MUST_CHECK;
/* The same many times, with commas between them. */
bool sev_inputs_numbers(uint64_t *ret, size_t *n, struct str list, const char *option, uint64_t max,
	struct err *e) MUST_CHECK;

#endif
