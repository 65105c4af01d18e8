/*
 * Which entry of Secure Boot's db lets firmware start an image: what EDK2 then measures into PCR 7
 * (EV_EFI_VARIABLE_AUTHORITY, TCG PFP 3.3.4.8), once for each distinct entry that is used, before the image itself.
 *
 * EDK2 takes the first entry of db whose certificate verifies the image. That is foretold where this certificate itself
 * is one of those that the image's signature carries; an image that leads to an entry of db only by names is refused, as
 * is one that dbx forbids. No signature is verified here.
 */
#ifndef ASSAY_MEASURE_TPM_AUTHORITY_H
#define ASSAY_MEASURE_TPM_AUTHORITY_H

#include "codec/pe.h"
#include "measure/event.h"
#include "measure/signature_list.h"

enum { TPM_AUTHORITY_IMAGES_MAX = 64 };

#define TPM_AUTHORITY "what allows an image to start"

/* A machine's db and dbx, and which entries of db were used. */
struct tpm_authority {
	struct signature_list db, dbx;
	const struct signature_list_entry *used[TPM_AUTHORITY_IMAGES_MAX];
	size_t n_used;
};

/* From the contents of both variables, borrowed. Fails as signature_list_parse. */
bool tpm_authority_init(struct tpm_authority *ret, struct span db, struct span dbx, struct arena *a,
	struct err *e) MUST_CHECK;
/*
 * Appends the event for starting this image, unless its entry was used before. `image` names it in errors. Fails: MISMATCH
 * when firmware would refuse the image, or when db holds none of its certificates; FORMAT for a signature that is none.
 */
bool tpm_authority_add(struct event_list *to, struct tpm_authority *known, const struct pe *pe,
	const char *image, struct err *e) MUST_CHECK;

#endif
