/*
 * The box's network: a namespace of its own in which there is nothing but the loopback interface.
 */
#ifndef ASSAY_BOX_BOX_NETWORK_H
#define ASSAY_BOX_BOX_NETWORK_H

#include "base/err.h"

/*
 * Switches the loopback interface of this process's network namespace on. To be called with all rights there. A kernel
 * without IPv4 has none, and that is no error.
 */
bool box_network_up(struct err *e) MUST_CHECK;

#endif
