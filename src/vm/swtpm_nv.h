/*
 * Writing an NV index of a software TPM before a machine gets it: the three TPM 2.0 commands that this takes (part 3:
 * TPM2_NV_DefineSpace, TPM2_NV_Write; TPM2_Shutdown so that the state is kept), as bytes on the TPM's data socket.
 */
#ifndef ASSAY_VM_SWTPM_NV_H
#define ASSAY_VM_SWTPM_NV_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum { SWTPM_NV_MAX = 2048 }; /* bytes of an index; libtpms' own limit */

/*
 * socket: a connected data socket of a TPM that has started. Owner authorisation is empty; the index gets OWNERWRITE,
 * WRITEDEFINE, OWNERREAD, AUTHREAD and NO_DA. Fails: LIMIT, IO with the TPM's response code.
 */
bool swtpm_nv_write(int socket, uint32_t index, struct span data, struct err *e) MUST_CHECK;

#endif
