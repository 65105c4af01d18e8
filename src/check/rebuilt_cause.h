/*
 * Why a rebuilt Debian package differs from the published one, file by file: what diff found, brought together for each file and
 * classed as cause.h has it.
 *
 *   a maintainer script whose lines name other versions of debhelper's programs     TOOLCHAIN, proved
 *   .comment of an ELF file, Built-Using of the control file                        TOOLCHAIN, proved
 *   machine code and data of an ELF file, nothing but its build id,                 TOOLCHAIN, where the build root
 *     dependencies of the control file                                              has younger tools; a suspicion
 *   the time of a member                                                            TIME
 *   a path of a build                                                               PATH, a suspicion
 *   anything else                                                                   as content_rule.h guesses
 *   md5sums, Installed-Size, what diff calls derived                                follows from the others
 */
#ifndef ASSAY_CHECK_REBUILT_CAUSE_H
#define ASSAY_CHECK_REBUILT_CAUSE_H

#include "check/cause.h"
#include "diff/diff.h"

enum { REBUILT_CAUSE_FILES_MAX = 5000, REBUILT_CAUSE_WHAT_MAX = 600 };

struct rebuilt_file {
	struct str
		path; /* of data.tar, "usr/bin/dash"; of control.tar, "DEBIAN/postinst"; else of the ar archive */
	enum cause_class cause;
	enum cause_by by; /* CONTENT: a suspicion; CANARY: the bytes say it themselves */
	bool derived;     /* only follows from other files */
	struct str what;  /* one line: what differs, and what says why */
};

/*
 * By path. younger: the build root has tools that are younger than the published package. Memory from a. LIMIT.
 */
bool rebuilt_cause_find(struct rebuilt_file **ret, size_t *n, const struct diff_report *d,
	bool younger, struct arena *a, struct err *e) MUST_CHECK;

#endif
