/*
 * What `assay measure pcr` prints: a line for each register and bank, or one JSON document with the events.
 */
#ifndef ASSAY_CMD_MEASURE_PCR_SHOW_H
#define ASSAY_CMD_MEASURE_PCR_SHOW_H

#include "cmd/measure_pcr_load.h"

bool measure_pcr_show(
	const struct measure_pcr *m, const struct verb_args *args, struct err *e) MUST_CHECK;

#endif
