/* A policy that says which image, and who must vouch, for the appraisal of any kind of evidence. */
#ifndef ASSAY_TEST_VOUCHED_MADE_H
#define ASSAY_TEST_VOUCHED_MADE_H

#include "appraise/appraise.h"

/* The shape's file is of image ab, and the policy names this one. */
__attribute__((unused)) static void made_image(
	struct appraise_in *in, struct policy *p, uint8_t named)
{
	static struct reference_values values;
	static struct policy_image image;

	values = (struct reference_values){ .shapes = in->shape, .n_shapes = 1 };
	memset(values.manifest_sha256, 0xab, SHA256_SIZE);
	memset(image.manifest_sha256, named, SHA256_SIZE);
	in->values = &values;
	p->vouchers.images = &image;
	p->vouchers.n_images = 1;
}

/* So many operators said it, of so many that were asked for; the trust file has four, and asks for as many as it says. */
__attribute__((unused)) static void made_rebuilt(struct appraise_in *in, size_t needed, size_t n)
{
	static struct quorum_outcome outcome;

	outcome = (struct quorum_outcome){ .vouched = n >= needed,
		.needed = needed,
		.n = n,
		.who = STR("Alice and Bob"),
		.why = n >= needed ? STR("") : STR("some are missing") };
	in->quorum = &outcome;
}

#endif
