/*
 * The namespaces of the box, entered by a process of its own, and the exact reason when the kernel does not allow them.
 */
#ifndef ASSAY_BOX_BOX_NAMESPACE_H
#define ASSAY_BOX_BOX_NAMESPACE_H

#include "base/err.h"

/*
 * Moves this single-threaded process into new user, mount, ipc, uts and network namespaces; its next child is the first
 * process of a new pid namespace. The caller's ids become `id`, the only ones there are; with many_ids those of
 * box_ids.h. Fails: IO with a hint that names the setting to change, and as box_ids_prepare.
 */
bool box_namespace_enter(unsigned id, bool many_ids, struct err *e) MUST_CHECK;

/*
 * To be called when an operation that every owner of a user namespace may do was refused: adds the known cause, if one
 * is found, as a hint. Returns false.
 */
bool box_namespace_explain(struct err *e);

#endif
