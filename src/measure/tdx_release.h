/*
 * What depends on the edk2 release that TDX firmware is built from: into which register it extends the separator with which
 * it hands over to what boots. Until an error in OvmfPkg/Tcg/TdTcg2Dxe was corrected (2024, between releases 2024.05 and
 * 2024.11) RTMR 0 got a second one; since then RTMR 1 gets it, as the specification wants.
 *
 * Seen in logs of real TDs: RTMR 0 with 2024.02, RTMR 1 with later ones. Releases before 2024.02 have no rules here: boot
 * variables and separators of some went to other registers, too.
 */
#ifndef ASSAY_MEASURE_TDX_RELEASE_H
#define ASSAY_MEASURE_TDX_RELEASE_H

#include "base/err.h"
#include "base/str.h"

enum tdx_separator {
	TDX_SEPARATOR_UNKNOWN, /* no rules for RTMR 0 and 1 */
	TDX_SEPARATOR_RTMR0,
	TDX_SEPARATOR_RTMR1,
};

/* Of a release, or a package's version that begins with one: "2025.02-8+deb13u1". FORMAT for another form. */
bool tdx_release_separator(enum tdx_separator *ret, struct str version, struct err *e) MUST_CHECK;

#endif
