/*
 * The signature section of an enclave image: a CBOR array of one map with the signing certificate (PEM) and a COSE_Sign1
 * over {register_index: 0, register_value: PCR 0}. Both are byte strings, or arrays of numbers, as some writers have it.
 * Whether the signature holds is a matter of trust/.
 */
#ifndef ASSAY_MEASURE_EIF_SIGNATURE_H
#define ASSAY_MEASURE_EIF_SIGNATURE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

enum { EIF_SIGNATURE_SIZE_MAX = 64 << 10 };

struct eif_signature {
	struct span certificate; /* DER: what PCR 8 covers */
	struct span cose_sign1;
};

/* The data of the section; memory from a. Fails: FORMAT, LIMIT. */
bool eif_signature_parse(
	struct eif_signature *ret, struct span section, struct arena *a, struct err *e) MUST_CHECK;

/* The payload that is signed: its register and value, borrowed. FORMAT when it is something else. */
bool eif_signature_payload(unsigned *ret_register, struct span *ret_value, struct span payload,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
