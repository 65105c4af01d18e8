#include "trust/credential_ecc.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/crypto_context.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

/* A point as SEC 1 (2.3.3) writes it uncompressed: 04, x, y. */
enum {
	FIELD_SIZE = CREDENTIAL_SCALAR_SIZE,
	POINT_X = 1,
	POINT_Y = POINT_X + FIELD_SIZE,
	POINT_SIZE = POINT_Y + FIELD_SIZE,
};

/* What libcrypto needs for the two products. */
struct work {
	EC_GROUP *group;
	BN_CTX *ctx;
	BIGNUM *scalar;
	EC_POINT *ek, *product;
};

static bool work_init(struct work *w)
{
	*w = (struct work){
		.group = EC_GROUP_new_by_curve_name_ex(
			crypto_context(), NULL, NID_X9_62_prime256v1),
		.ctx = BN_CTX_secure_new_ex(crypto_context()),
		.scalar = BN_secure_new(),
	};
	if (w->group) {
		w->ek = EC_POINT_new(w->group);
		w->product = EC_POINT_new(w->group);
	}
	return w->ctx && w->scalar && w->ek && w->product;
}

static void work_done(struct work *w)
{
	EC_POINT_free(w->ek);
	EC_POINT_clear_free(w->product);
	BN_clear_free(w->scalar);
	BN_CTX_free(w->ctx);
	EC_GROUP_free(w->group);
}

/* As long as the field, with zeroes before it. */
static bool put_number(uint8_t out[static FIELD_SIZE], struct span number)
{
	if (number.n == 0 || number.n > FIELD_SIZE)
		return false;
	memset(out, 0, FIELD_SIZE);
	memcpy(out + FIELD_SIZE - number.n, number.p, number.n);
	return true;
}

/*
 * libcrypto refuses coordinates from the field's prime on and points that are not on the curve, as (0, 0) is not; this form has
 * none at infinity, and all others have the curve's order: no product with a scalar below it is at infinity either.
 */
static bool read_ek(struct work *w, uint8_t point[static POINT_SIZE], const struct tpm_public *ek)
{
	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	return put_number(point + POINT_X, ek->x) && put_number(point + POINT_Y, ek->y) &&
	       EC_POINT_oct2point(w->group, w->ek, point, POINT_SIZE, w->ctx) == 1;
}

/* From 1 to the order less 1. Nothing is reduced: all such scalars are as likely as the caller's bytes are. */
static bool read_scalar(struct work *w, const uint8_t scalar[static CREDENTIAL_SCALAR_SIZE])
{
	if (!BN_bin2bn(scalar, CREDENTIAL_SCALAR_SIZE, w->scalar))
		return false;
	BN_set_flags(w->scalar, BN_FLG_CONSTTIME);
	return !BN_is_zero(w->scalar) && BN_cmp(w->scalar, EC_GROUP_get0_order(w->group)) < 0;
}

/* The scalar times the curve's base point, or times the endorsement key's. */
static bool multiply(uint8_t point[static POINT_SIZE], struct work *w, bool base)
{
	return EC_POINT_mul(w->group, w->product, base ? w->scalar : NULL, base ? NULL : w->ek,
		       base ? NULL : w->scalar, w->ctx) == 1 &&
	       EC_POINT_point2oct(w->group, w->product, POINT_CONVERSION_UNCOMPRESSED, point,
		       POINT_SIZE, w->ctx) == POINT_SIZE;
}

/*
 * KDFe (Part 1, section 11.4.10.3) for one block: H(1 | Z | label 00 | PartyUInfo | PartyVInfo), which are the x of the
 * product, the ephemeral key's and the endorsement key's, each as long as the field.
 */
static bool kdfe(uint8_t seed[static DIGEST_MAX], enum digest_alg alg, const uint8_t *z,
	const uint8_t *ephemeral, const uint8_t *ek)
{
	static const char label[] = "IDENTITY";
	CLEANUP(buf_done) struct buf in = buf_init(4 + sizeof label + 3 * FIELD_SIZE);
	struct digest d;

	buf_u32be(&in, 1);
	buf_add(&in, z + POINT_X, FIELD_SIZE);
	buf_add(&in, label, sizeof label);
	buf_add(&in, ephemeral + POINT_X, FIELD_SIZE);
	buf_add(&in, ek + POINT_X, FIELD_SIZE);
	if (!buf_ok(&in))
		return false;
	d = digest_of(alg, buf_span(&in));
	memcpy(seed, d.bytes, digest_size(alg));
	return true;
}

static bool add_point(struct buf *out, const uint8_t point[static POINT_SIZE])
{
	buf_u16be(out, FIELD_SIZE);
	buf_add(out, point + POINT_X, FIELD_SIZE);
	buf_u16be(out, FIELD_SIZE);
	buf_add(out, point + POINT_Y, FIELD_SIZE);
	return buf_ok(out);
}

static bool share(uint8_t seed[static DIGEST_MAX], struct buf *out, struct work *w,
	const struct tpm_public *ek, const struct credential_chance *chance, struct err *e)
{
	uint8_t ek_point[POINT_SIZE], ephemeral[POINT_SIZE], z[POINT_SIZE];

	if (!read_ek(w, ek_point, ek))
		return err_set(e, ERR_FORMAT, "EK's point is not on the curve P-256");
	if (!read_scalar(w, chance->scalar))
		return err_set(e, ERR_USAGE,
			"ephemeral scalar is 0, or not below the order of the curve P-256");
	return (multiply(ephemeral, w, true) && multiply(z, w, false) &&
		       kdfe(seed, ek->name_alg, z, ephemeral, ek_point) &&
		       add_point(out, ephemeral)) ||
	       err_set(e, ERR_LIMIT, "credential: no memory");
}

bool credential_ecc_seed(uint8_t seed[static DIGEST_MAX], struct buf *out,
	const struct tpm_public *ek, const struct credential_chance *chance, struct err *e)
{
	struct work w;
	bool ok;

	if (ek->curve != TPM_CURVE_P256)
		return err_set(e, ERR_FORMAT, "EK is of curve 0x%04x, want P-256 (0x%04x)",
			ek->curve, TPM_CURVE_P256);
	ok = (work_init(&w) || err_set(e, ERR_LIMIT, "credential: no memory")) &&
	     share(seed, out, &w, ek, chance, e);
	work_done(&w);
	return ok;
}
