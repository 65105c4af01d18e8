/*
 * Numbers in bytes, in the forms in which programs and file formats write them.
 */
#ifndef ASSAY_CHECK_CANARY_NUMBER_H
#define ASSAY_CHECK_CANARY_NUMBER_H

#include <stdbool.h>

#include "base/span.h"

enum canary_number_form {
	CANARY_NUMBER_DECIMAL,
	CANARY_NUMBER_FRACTION, /* decimal, in milli-, micro- or nanoseconds: only where scaled */
	CANARY_NUMBER_OCTAL,
	CANARY_NUMBER_HEX,
	CANARY_NUMBER_HEX_FIELD, /* eight digits among others */
	CANARY_NUMBER_LE32,
	CANARY_NUMBER_BE32,
	CANARY_NUMBER_LE64,
	CANARY_NUMBER_BE64,
	CANARY_NUMBER_FORMS,
};

struct canary_number {
	size_t at, n;
	uint64_t value;
	bool sure; /* has so many digits of its own that it is not there by chance */
};

/*
 * The first number from..to in that form. Decimal, octal and hexadecimal ones end where digits end; those of few digits are not
 * looked for in binary forms.
 */
bool canary_number_find(struct canary_number *ret, enum canary_number_form form, struct span s,
	uint64_t from, uint64_t to);
/* "a decimal number" */
const char *canary_number_words(enum canary_number_form form);

#endif
