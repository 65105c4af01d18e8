/*
 * The run of dpkg in the box that configures all packages of an image.
 *
 * dpkg itself does all of it, as debootstrap and mmdebstrap have it do: the contents of the first batch (configure_order.h)
 * are laid out without their scripts, so that there is a shell and a dpkg, then dpkg unpacks and configures batch after
 * batch from the .deb files, the first once more. So preinst scripts run where they ought to, before their package is
 * unpacked, and diversions, replaced files, conffiles and triggers are as everywhere; a database written by us, with
 * everything called unpacked, would have left those out.
 */
#ifndef ASSAY_BUILD_CONFIGURE_JOB_H
#define ASSAY_BUILD_CONFIGURE_JOB_H

#include "build/component.h"
#include "build/configure_order.h"

struct configure_job {
	struct store *store;
	const struct lock_package *const *packages;
	size_t n_packages;
	const struct configure_order *order;
	bool incomplete; /* packages that others depend on are left out on purpose */
	const struct component_how *how; /* may be NULL */
	const struct tree *base;         /* finished: the root to start in */
	int64_t source_date_epoch;
	const uint8_t *derivation; /* names the log of a failure, seeds randomness */
};

/*
 * Runs it; out is a folder of the caller's that takes what the box leaves of its root. Fails: MISMATCH when a script fails,
 * with failure (may be NULL) filled; NOTFOUND for a package that was not fetched; as box_run.
 */
bool configure_job_run(const struct configure_job *job, const char *tmp, const char *out,
	struct component_failure *failure, struct err *e) MUST_CHECK;

#endif
