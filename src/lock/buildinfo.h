/*
 * A .buildinfo file (deb-buildinfo(5)): what a builder of Debian packages says of its build. It may be clear-signed; the
 * signature is not looked at, since what it says is only tried, and what comes of it is compared.
 */
#ifndef ASSAY_LOCK_BUILDINFO_H
#define ASSAY_LOCK_BUILDINFO_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "lock/description.h"

enum { BUILDINFO_MAX = 8 << 20, BUILDINFO_PACKAGES_MAX = 20000, BUILDINFO_ENVIRONMENT_MAX = 48 };

struct buildinfo_package {
	struct str name, version;
};

struct buildinfo {
	struct str source, source_version; /* of the source package, without "+bN" */
	struct str version;
	struct str architecture; /* "amd64", "all", "source amd64" ... */
	struct str path;         /* Build-Path; empty where it is not told */
	struct str binary_only;  /* the changelog entry of a binNMU; empty without */
	struct str_list
		environment; /* "NAME=value", without quotes; only names of A-Z, 0-9 and _ */
	const struct buildinfo_package *installed; /* Installed-Build-Depends, in its order */
	size_t n_installed;
};

/* Memory from a. FORMAT, LIMIT. */
bool buildinfo_parse(
	struct buildinfo *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;

#endif
