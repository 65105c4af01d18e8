/* The verbs in the order of `assay --help`. */
#include "cmd/verb.h"

#include "base/banned.h"

const struct verb *const verbs[] = {
	NULL,
};
