#include "page/report_claim.h"

#include "base/banned.h"

bool report_claim_is_about(const struct rebuild_claim *c, const struct report_image *image)
{
	const struct manifest *m = image->manifest;

	if (c->has_manifest)
		return ct_equal(c->manifest_sha256, image->manifest_sha256, SHA256_SIZE);
	return ct_equal(c->description_sha256, m->description_sha256, SHA256_SIZE) &&
	       ct_equal(c->lock_sha256, m->lock_sha256, SHA256_SIZE);
}

/* The computed value at that place of the image, or false. */
static bool find(struct report_claim_difference *to, const struct rebuild_claim_register *r,
	enum digest_alg alg, const struct reference_values *v)
{
	const struct reference_shape *s = NULL;

	to->reg = NULL;
	for (size_t i = 0; i < v->n_shapes; i++)
		if (str_equal(v->shapes[i].name, r->platform))
			s = &v->shapes[i];
	for (size_t i = 0; s && i < s->n_registers; i++)
		if (s->registers[i].reg == r->reg && s->registers[i].how == REFERENCE_COMPUTED)
			to->reg = &s->registers[i];
	to->shape = s;
	for (to->bank = 0; to->reg && to->bank < s->n_banks; to->bank++)
		if (s->banks[to->bank] == alg)
			return true;
	return false;
}

bool report_claim_next(struct report_claim_difference *ret, size_t *at,
	const struct rebuild_claim *c, const struct reference_values *v)
{
	while (*at < c->n_registers * REBUILD_CLAIM_BANKS_MAX) {
		const struct rebuild_claim_register
			*r = &c->registers[*at / REBUILD_CLAIM_BANKS_MAX];
		size_t bank = *at % REBUILD_CLAIM_BANKS_MAX;
		struct report_claim_difference d = { 0 };

		(*at)++;
		if (bank >= r->n_banks || !find(&d, r, r->banks[bank].alg, v))
			continue;
		d.rebuilt = r->banks[bank];
		if (digest_equal(&d.rebuilt, &d.reg->values[d.bank]))
			continue;
		*ret = d;
		return true;
	}
	return false;
}

bool report_claim_differs(const struct rebuild_claim *c, const struct report_image *image)
{
	struct report_claim_difference d;
	size_t at = 0;

	return report_claim_is_about(c, image) &&
	       (c->verdict == REBUILD_CLAIM_FAILED || c->verdict == REBUILD_CLAIM_DIFFERS ||
		       report_claim_next(&d, &at, c, image->values));
}
