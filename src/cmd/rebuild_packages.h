/*
 * assay rebuild --packages: Debian packages of an image's lock, built again from their source packages.
 */
#ifndef ASSAY_CMD_REBUILD_PACKAGES_H
#define ASSAY_CMD_REBUILD_PACKAGES_H

#include "cmd/verb.h"

#define REBUILD_PACKAGES_OPTIONS                                                                   \
	{ "--packages", NULL, "build Debian packages of the lock again instead", false },          \
		{ "--work", "DIR", "their build roots and results (rebuild-packages)", false },    \
		{ "--lock-out", "DIR", "only lock their build roots, there", false },              \
		{ "--buildinfo", "FILE", "a builder's versions, path and environment", false },    \
		{ "--profile", "NAME", "a build profile, such as nocheck", true },                 \
		{ "--tests", NULL, "run the packages' own tests", false },                         \
		{ "--today", NULL, "resolve build roots from the suites as they are now", false }, \
		{ "--again", NULL, "build what was built before, too", false },                    \
	{                                                                                          \
		"--jobs", "N", "processes of one package's build (2)", false                       \
	}

/* The verb's work with --packages, which stands in args. */
bool rebuild_packages_run(const struct verb_args *args, int *code, struct err *e);

#endif
