/*
 * Lists of signatures as Secure Boot's variables hold them (EFI_SIGNATURE_LIST, UEFI 2.10 section 32.4.1):
 *
 *   0 type[16]   16 u32 size of the list   20 u32 size of its header   24 u32 size of an entry   28 header, entries
 *
 * An entry is the owner's GUID[16] and the data: a certificate in DER, a hash. A variable holds any number of lists, one
 * after the other. Strict: sizes add up, no list is without entries.
 */
#ifndef ASSAY_MEASURE_SIGNATURE_LIST_H
#define ASSAY_MEASURE_SIGNATURE_LIST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

enum {
	SIGNATURE_LIST_SIZE_MAX = 1 << 20, /* of a variable */
	SIGNATURE_LIST_ENTRIES_MAX = 16384,
	SIGNATURE_LIST_GUID = 16,
};

enum signature_list_kind { SIGNATURE_LIST_OTHER, SIGNATURE_LIST_X509, SIGNATURE_LIST_SHA256 };

struct signature_list_entry {
	enum signature_list_kind kind;
	struct span whole; /* owner's GUID and data, borrowed */
	struct span data;  /* without the owner */
};

struct signature_list {
	const struct signature_list_entry *entries; /* in the order of the variable */
	size_t n;
};

/* A variable's content; empty for one that is not enrolled. Entries borrow from it. Fails: FORMAT with the offset, LIMIT. */
bool signature_list_parse(struct signature_list *ret, struct span variable, struct arena *a,
	struct err *e) MUST_CHECK;
/* Appends a list that holds this certificate alone, as enrolling tools write it. */
void signature_list_put(
	struct buf *out, const uint8_t owner[static SIGNATURE_LIST_GUID], struct span certificate);
/* "8be4df61-93ca-11d2-aa0d-00e098032b8c", upper or lower case, to its bytes in memory. FORMAT. */
bool signature_list_owner(
	uint8_t ret[static SIGNATURE_LIST_GUID], struct str text, struct err *e) MUST_CHECK;

#endif
