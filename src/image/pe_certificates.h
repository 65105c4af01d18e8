/*
 * The certificate table of a PE file (Microsoft PE/COFF specification, "The Attribute Certificate Table"; UEFI 2.10
 * section 32.2): where a signature is kept, outside of what the Authenticode hash covers. Attaching appends the table,
 * sets its data directory entry and CheckSum; detaching is its exact inverse. Only the file is handled here: what the
 * signature says is image/authenticode.h's.
 *
 * WIN_CERTIFICATE: 0 u32 length with this header, 4 u16 revision 0x0200, 6 u16 type 2 (PKCS#7 SignedData), 8 the
 * signature; zeroes up to a multiple of 8.
 */
#ifndef ASSAY_IMAGE_PE_CERTIFICATES_H
#define ASSAY_IMAGE_PE_CERTIFICATES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { PE_CERTIFICATES_SIGNATURE_MAX = 64 << 10 };

/*
 * Appends to out the file with the signature attached. Fails: FORMAT for what is no PE file, has no place for the entry,
 * is no multiple of 8 bytes (padding would change its hash) or has a CheckSum (detaching could not give it back);
 * MISMATCH when it is signed already; LIMIT.
 */
bool pe_certificates_attach(struct buf *out, struct span unsigned_file, struct span signature,
	struct err *e) MUST_CHECK;
/*
 * Appends to out the file as it was before; *signature is borrowed from file. Fails: FORMAT for a table that is not one
 * signature as above; NOTFOUND when the file is not signed.
 */
bool pe_certificates_detach(
	struct buf *out, struct span *signature, struct span file, struct err *e) MUST_CHECK;
/* True for a PE file with a certificate table, whatever is in it; false for all else. */
bool pe_certificates_present(struct span file);

#endif
