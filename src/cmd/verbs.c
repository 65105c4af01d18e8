/* The verbs in the order of `assay --help`. */
#include "cmd/verbs.h"

#include "base/banned.h"

const struct verb *const verbs[] = {
	&cmd_lock,
	&cmd_lock_verify,
	&cmd_fetch,
	&cmd_build,
	&cmd_measure,
	&cmd_run,
	&cmd_attest_serve,
	&cmd_enroll,
	&cmd_verify,
	&cmd_explain,
	&cmd_store_verify,
	&cmd_store_gc,
	&cmd_store_du,
	NULL,
};
