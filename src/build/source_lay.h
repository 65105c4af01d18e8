/*
 * The sources of a component, whatever kind they are of, as the folder that the box shows as /src.
 */
#ifndef ASSAY_BUILD_SOURCE_LAY_H
#define ASSAY_BUILD_SOURCE_LAY_H

#include <limits.h>

#include "build/component_run.h"

/*
 * Lays them out below the empty folder tmp (absolute); at: the path of what is /src. Every mode is 0644 or 0755, no time
 * is later than the run's source date. Fails as component_source_lay, source_unpack_object and source_debian_lay.
 */
bool source_lay(char at[static PATH_MAX], const char *tmp, const struct component_run *run,
	struct err *e) MUST_CHECK;

#endif
