/*
 * Enclave image files (EIF, version 4) of AWS Nitro enclaves: a header, then sections one behind the other. All numbers
 * are big-endian.
 *
 *   header    0  ".eif"                         section  0  u16 type
 *             4  u16 version, 4                          2  u16 flags, 0
 *             6  u16 flags, bit 0: arm64                 4  u64 size of the data
 *             8  u64 default memory, bytes              12  data
 *            16  u64 default processors
 *            24  u16 0
 *            26  u16 number of sections
 *            28  u64 offsets[32]
 *           284  u64 sizes[32] of their data
 *           540  u32 0
 *           544  u32 CRC-32 of the whole file without these four bytes
 *
 * The kernel stands first, the command line (without NUL) second; then metadata (JSON, not measured) and ramdisks, the
 * first of which boots; a signature is last. What is read here is only that: nothing looks into a kernel or a ramdisk.
 * eif_signature.h reads the signature.
 */
#ifndef ASSAY_MEASURE_EIF_H
#define ASSAY_MEASURE_EIF_H

#include "base/err.h"
#include "base/span.h"
#include "measure/event.h"

enum {
	EIF_VERSION = 4,
	EIF_HEADER_SIZE = 548,
	EIF_SECTION_HEADER_SIZE = 12,
	EIF_SECTIONS_MAX = 32,
	EIF_CRC_AT = 544,
	EIF_ARM64 = 1, /* flag */
};
#define EIF_SIZE_MAX (UINT64_C(2) << 30)

enum eif_type {
	EIF_KERNEL = 1,
	EIF_COMMAND_LINE,
	EIF_RAMDISK,
	EIF_SIGNATURE,
	EIF_METADATA,
};

struct eif_section {
	enum eif_type type;
	size_t at; /* of its header in the file */
	struct span data;
};

/* Everything is borrowed from the file. */
struct eif {
	uint16_t flags;
	uint64_t default_memory, default_processors;
	struct eif_section sections[EIF_SECTIONS_MAX];
	size_t n_sections;
	struct span kernel, command_line;
	struct span metadata, signature; /* p NULL: there is none */
	struct span ramdisks[EIF_SECTIONS_MAX];
	size_t n_ramdisks;
};

/* Names of the events that eif_events makes. */
#define EIF_EVENT_IMAGE "kernel, command line and ramdisks"
#define EIF_EVENT_BOOT "kernel, command line and boot ramdisk"
#define EIF_EVENT_APPLICATION "ramdisks behind the first"
#define EIF_EVENT_CERTIFICATE "signing certificate"

enum { EIF_PCR_IMAGE = 0, EIF_PCR_BOOT = 1, EIF_PCR_APPLICATION = 2, EIF_PCR_CERTIFICATE = 8 };

/*
 * Fails: FORMAT with the offset: another magic, version or CRC, unknown flags, sections beyond the file, with gaps, twice,
 * out of order, or missing; LIMIT above EIF_SIZE_MAX and EIF_SECTIONS_MAX.
 */
bool eif_parse(struct eif *ret, struct span file, struct err *e) MUST_CHECK;
/* "kernel", "ramdisk" */
const char *eif_type_name(enum eif_type type);

/*
 * PCR 0, 1 and 2, and PCR 8 where the image has a certificate (in DER; p NULL for none): one event each, the SHA-384 of
 * what it covers. `to` has the one bank SHA-384. LIMIT.
 */
bool eif_events(struct event_list *to, const struct eif *eif, struct span certificate,
	struct err *e) MUST_CHECK;

#endif
