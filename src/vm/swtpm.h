/*
 * A software TPM 2.0 (swtpm) with an endorsement key whose certificate comes from a certification authority of its own,
 * made in the same folder: nobody but the owner of that folder can vouch for it, and whoever owns it can forge it.
 *
 * DIR/ca holds the authority, DIR/state what the TPM remembers. Works as root and as an ordinary user. The certificate of
 * the issuing (intermediate) authority is put into NV index 0x01c00100, the first of those that the TCG EK Credential
 * Profile for TPM 2.0 gives to EK certificate chains, so that the guest can send the whole chain.
 */
#ifndef ASSAY_VM_SWTPM_H
#define ASSAY_VM_SWTPM_H

#include "base/err.h"

struct swtpm;

/*
 * Makes authority and TPM in dir when they are not there (about 2 s), starts the TPM and holds the folder's lock until
 * swtpm_free. Banks: SHA-256 and SHA-384. Fails: NOTFOUND without swtpm or swtpm_setup, USAGE when another process uses
 * dir, IO.
 */
bool swtpm_start(struct swtpm **ret, const char *dir, struct err *e) MUST_CHECK;
/* The socket end for QEMU's emulator backend; stays owned by the swtpm, the TPM stops when it is closed. */
int swtpm_control(const struct swtpm *t);
/* Absolute paths of PEM files: the root that a trust file names, and the authority between root and certificate. */
const char *swtpm_root_certificate(const struct swtpm *t);
const char *swtpm_issuer_certificate(const struct swtpm *t);
void swtpm_free(struct swtpm *t);
void swtpm_freep(struct swtpm **t); /* for CLEANUP */

#endif
