#include "evidence/tpm_public.h"

#include <string.h>

#include "base/rd.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

static struct span sized(struct rd *r)
{
	return rd_bytes(r, rd_u16be(r));
}

static struct tpm_symmetric read_symmetric(struct rd *r)
{
	struct tpm_symmetric s = { .alg = rd_u16be(r) };

	if (s.alg != TPM_ALG_NULL) {
		s.bits = rd_u16be(r);
		s.mode = rd_u16be(r);
	}
	return s;
}

static struct tpm_scheme read_scheme(struct rd *r)
{
	struct tpm_scheme s = { .alg = rd_u16be(r) };

	if (s.alg != TPM_ALG_NULL && s.alg != TPM_ALG_RSAES)
		s.hash = rd_u16be(r);
	return s;
}

static void read_rsa(struct tpm_public *p, struct rd *r)
{
	p->bits = rd_u16be(r);
	p->exponent = rd_u32be(r);
	p->modulus = sized(r);
}

static void read_ecc(struct tpm_public *p, struct rd *r)
{
	p->curve = rd_u16be(r);
	p->kdf = read_scheme(r);
	p->x = sized(r);
	p->y = sized(r);
}

static bool check_sizes(const struct tpm_public *p, struct err *e)
{
	if (p->name_alg == DIGEST_NONE || p->name_alg == DIGEST_SHA1)
		return err_set(e, ERR_FORMAT,
			"TPM key: name algorithm 0x%04x, want SHA-256 or longer", p->name_hash);
	if (p->type == TPM_ALG_RSA &&
		(p->bits > TPM_PUBLIC_RSA_BITS_MAX || p->modulus.n * 8 != p->bits ||
			p->bits < 1024 || !(p->modulus.p[0] & 0x80)))
		return err_set(e, ERR_FORMAT, "TPM key: RSA modulus of %zu bytes for %u bits",
			p->modulus.n, p->bits);
	if (p->type == TPM_ALG_ECC && (p->x.n == 0 || p->x.n > 66 || p->y.n == 0 || p->y.n > 66))
		return err_set(
			e, ERR_FORMAT, "TPM key: point of %zu and %zu bytes", p->x.n, p->y.n);
	return true;
}

bool tpm_public_parse(struct tpm_public *ret, struct span bytes, struct err *e)
{
	struct tpm_public p = { .bytes = bytes };
	struct rd r = rd_of(bytes);

	if (bytes.n > TPM_PUBLIC_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "TPM key is %zu bytes, limit %d", bytes.n,
			TPM_PUBLIC_SIZE_MAX);
	p.type = rd_u16be(&r);
	p.name_hash = rd_u16be(&r);
	p.name_alg = tpm_alg_digest(p.name_hash);
	p.attributes = rd_u32be(&r);
	p.policy = sized(&r);
	if (rd_ok(&r) && p.type != TPM_ALG_RSA && p.type != TPM_ALG_ECC)
		return err_set(e, ERR_FORMAT, "TPM key at 0: type 0x%04x, want RSA or ECC", p.type);
	p.symmetric = read_symmetric(&r);
	p.scheme = read_scheme(&r);
	if (p.type == TPM_ALG_RSA)
		read_rsa(&p, &r);
	else
		read_ecc(&p, &r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "TPM key", e);
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT, "TPM key at %zu: %zu bytes behind the end", r.at,
			rd_left(&r));
	if (!check_sizes(&p, e))
		return false;
	*ret = p;
	return true;
}

struct tpm_name tpm_public_name(const struct tpm_public *p)
{
	struct digest d = digest_of(p->name_alg, p->bytes);
	struct tpm_name name = { .n = 2 + digest_size(p->name_alg) };

	name.bytes[0] = (uint8_t)(p->name_hash >> 8);
	name.bytes[1] = (uint8_t)p->name_hash;
	memcpy(name.bytes + 2, d.bytes, name.n - 2);
	return name;
}
