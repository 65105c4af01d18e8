/*
 * The initrd that systemd-stub hands to the kernel: microcode, the UKI's own initrd, archives of what lies beside the UKI,
 * then for some sections of the UKI a small cpio archive (newc) with one file below /.extra. A single part stays as it is; several are each padded with
 * zeroes to a multiple of 4 bytes and joined.
 */
#ifndef ASSAY_MEASURE_TPM_INITRD_H
#define ASSAY_MEASURE_TPM_INITRD_H

#include "base/buf.h"
#include "measure/tpm_stub.h"

/* Whether the kernel gets an initrd at all. */
bool tpm_initrd_present(const struct tpm_stub *stub);
/* Hash of what it gets; nothing is copied but the small archives. stub->initrd_known must hold. */
struct digest tpm_initrd_digest(const struct tpm_stub *stub, enum digest_alg alg);

struct tpm_initrd_file {
	struct str name;
	struct span content;
};

/*
 * Appends an archive of these files in this folder ("a/b": a gets mode 0555, b the folder's). out must be large enough,
 * and its size a multiple of 4.
 */
void tpm_initrd_pack(struct buf *out, const char *folder, unsigned folder_mode, unsigned file_mode,
	const struct tpm_initrd_file *files, size_t n);
/* Appends the archive that holds folder /.extra and this one file in it, at most TPM_STUB_FILE_MAX bytes. */
void tpm_initrd_archive(struct buf *out, const char *name, struct span content);

#endif
