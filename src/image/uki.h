/*
 * A unified kernel image: the systemd stub with our sections behind its own (UAPI group, "Unified Kernel
 * Image"; PE format: Microsoft "PE Format").
 *
 * In the file, after the stub's sections: .osrel, .cmdline, .uname, .initrd, .linux, each only when given.
 * The order of measurement is the stub's own and does not depend on it. Virtual addresses follow the stub's
 * last section at section alignment. TimeDateStamp stays as the stub has it; CheckSum is 0 (no firmware reads
 * it, Authenticode leaves it out); the file's size is a multiple of 512, so signing it later does not change
 * its hash.
 */
#ifndef ASSAY_IMAGE_UKI_H
#define ASSAY_IMAGE_UKI_H

#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "tree/content.h"

enum {
	UKI_STUB_MAX = 4 << 20,
	UKI_COMMAND_LINE_MAX = 4096,
	UKI_VERSION_MAX = 64,
};
#define UKI_SIZE_MAX (UINT64_C(1) << 30) /* addresses of a PE image are 32 bits */

struct uki_parts {
	struct span stub;          /* the whole stub, borrowed while the uki lives */
	struct str os_release;     /* .osrel: text, empty: no section */
	struct str command_line;   /* .cmdline: exactly these bytes, nothing behind them */
	struct str kernel_version; /* .uname: empty: no section */
	struct content initrd;     /* .initrd: size 0: no section */
	struct content kernel;     /* .linux: required */
};

struct uki;

/*
 * Lays out the file; everything in parts is borrowed while *ret lives. Fails: FORMAT when the stub is no
 * PE32+ image for x86-64 that can take more sections (signed, with symbols, overlapping sections, a section
 * of ours already there, no room in the headers), LIMIT. Control characters in the command line are FORMAT.
 */
bool uki_plan(struct uki **ret, const struct uki_parts *parts, struct err *e) MUST_CHECK;
void uki_free(struct uki *u);
void uki_freep(struct uki **u); /* for CLEANUP */
uint64_t uki_size(const struct uki *u);
/* Writes exactly uki_size bytes. */
bool uki_emit(const struct uki *u, struct sink *to, struct err *e) MUST_CHECK;

/*
 * The stub's version as its .sdmagic section says ("#### LoaderInfo: systemd-stub 257.9-1~deb13u1 ####" gives
 * "257.9-1~deb13u1"), borrowed from stub. NOTFOUND without that section.
 */
bool uki_stub_version(struct str *ret, struct span stub, struct err *e) MUST_CHECK;

#endif
