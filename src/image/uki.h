/*
 * A unified kernel image: the systemd stub with our sections behind its own (UAPI group, "Unified Kernel
 * Image"; Microsoft "PE Format").
 *
 * In the file, after the stub's sections: .osrel, .cmdline, .uname, .initrd, .linux, each only when given.
 * The stub measures in an order of its own, whatever this one is. Each section's VirtualSize is its content's
 * size, and it is loaded at the next page. TimeDateStamp stays as the stub has it; CheckSum is 0 (no firmware
 * reads it, Authenticode leaves it out); COFF symbols of the stub are dropped. The file's size is a multiple
 * of 512, so that signing it later does not change its hash.
 *
 * For stubs up to 257, which give the kernel to LoadImage; later ones run it in place and want its full size
 * in memory.
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
	UKI_SECTIONS_MAX = 5, /* of ours */
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
 * PE32+ image for x86-64 that can take more sections (signed, one of ours already there, no room in the
 * headers), when the kernel is no PE image, when the command line has control characters; LIMIT for sizes
 * above the maxima.
 */
bool uki_plan(struct uki **ret, const struct uki_parts *parts, struct err *e) MUST_CHECK;
void uki_free(struct uki *u);
void uki_freep(struct uki **u); /* for CLEANUP */
uint64_t uki_size(const struct uki *u);
/* Writes exactly uki_size bytes. */
bool uki_emit(const struct uki *u, struct sink *to, struct err *e) MUST_CHECK;

/*
 * The stub's version as its .sdmagic section says ("#### LoaderInfo: systemd-stub 257.9-1~deb13u1 ####" gives
 * "257.9-1~deb13u1"), borrowed from stub. NOTFOUND without that section, FORMAT when it says something else.
 */
bool uki_stub_version(struct str *ret, struct span stub, struct err *e) MUST_CHECK;

#endif
