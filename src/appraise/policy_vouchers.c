#include "appraise/policy_vouchers.h"

#include "appraise/policy_member.h"
#include "base/hex.h"
#include "trust/trust_party.h"
#include "base/banned.h"

static bool read_rebuilders(size_t *ret, const struct json *v, struct err *e)
{
	uint64_t n = 0;

	if (!v)
		return true;
	if (v->kind != JSON_STRING || !str_u64(v->text, &n, TRUST_PARTIES_MAX) || !n)
		return err_set(e, ERR_FORMAT,
			"line %zu: 'rebuilders' is a number of operators from 1 to %d", v->line,
			TRUST_PARTIES_MAX);
	*ret = (size_t)n;
	return true;
}

static bool read_vouchers(struct policy_vouchers *p, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "rebuilders", "built-here", NULL };

	return !v ||
	       (json_only(v, "'vouchers'", keys, e) &&
		       read_rebuilders(&p->rebuilders, json_get(v, "rebuilders"), e) &&
		       policy_member_word(&p->refuse_own, v, "built-here", "accept", "refuse", e));
}

static bool read_image(struct policy_image *ret, const struct json *v, struct err *e)
{
	static const uint8_t zeroes[SHA256_SIZE];

	if (v->kind != JSON_STRING || !hex_read(v->text, ret->manifest_sha256, SHA256_SIZE) ||
		ct_equal(ret->manifest_sha256, zeroes, SHA256_SIZE))
		return err_set(e, ERR_FORMAT,
			"line %zu: an image is named by the SHA-256 of its manifest, %d lower-case hex digits",
			v->line, 2 * SHA256_SIZE);
	return true;
}

static bool read_images(
	struct policy_vouchers *p, const struct json *v, struct arena *a, struct err *e)
{
	struct policy_vouchers got = *p;
	struct policy_image *images;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n == 0 || v->n > POLICY_IMAGES_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: 'images' is a list of 1 to %d manifests",
			v->line, POLICY_IMAGES_MAX);
	images = ARENA_ARRAY(a, v->n, struct policy_image);
	if (!images)
		return arena_full(a, e);
	got.images = images;
	for (got.n_images = 0; got.n_images < v->n; got.n_images++) {
		struct policy_image *image = &images[got.n_images];

		if (!read_image(image, &v->items[got.n_images], e))
			return false;
		if (policy_vouchers_has_image(&got, image->manifest_sha256))
			return err_set(e, ERR_FORMAT, "line %zu: an image stands twice",
				v->items[got.n_images].line);
	}
	*p = got;
	return true;
}

bool policy_vouchers_parse(
	struct policy_vouchers *ret, const struct json *policy, struct arena *a, struct err *e)
{
	struct policy_vouchers p = *ret;

	if (!read_vouchers(&p, json_get(policy, "vouchers"), e) ||
		!read_images(&p, json_get(policy, "images"), a, e))
		return false;
	*ret = p;
	return true;
}

bool policy_vouchers_has_image(
	const struct policy_vouchers *p, const uint8_t manifest_sha256[static SHA256_SIZE])
{
	bool named = false;

	for (size_t i = 0; i < p->n_images; i++)
		named |= ct_equal(p->images[i].manifest_sha256, manifest_sha256, SHA256_SIZE);
	return named;
}

void policy_vouchers_tell(const struct policy_vouchers *p, struct buf *out)
{
	if (p->rebuilders)
		buf_printf(out,
			"At least %zu operator%s of the trust file's rebuilders must have rebuilt the image with this very result, whatever less the trust file asks for.\n",
			p->rebuilders, p->rebuilders == 1 ? "" : "s");
	buf_add_cstr(out,
		p->refuse_own
			? "A build of the image in this verifier's own store counts for nothing.\n"
		: p->rebuilders
			? "A build of it in this verifier's own store does not stand in for them.\n"
			: "A build of the image in this verifier's own store is enough.\n");
	if (!p->n_images) {
		buf_add_cstr(out, "Reference values of any image are taken.\n");
		return;
	}
	buf_add_cstr(out,
		"Only reference values of an image that is named here are taken, and only where somebody vouches that they are its.\n");
	for (size_t i = 0; i < p->n_images; i++) {
		buf_add_cstr(out, "The image whose manifest has the SHA-256 ");
		hex_add(out, SPAN_OF(p->images[i].manifest_sha256));
		buf_add_cstr(out, " is named.\n");
	}
}
