/*
 * TDX quotes of the authority of tdx_authority.h, byte by byte from the specification.
 */
#ifndef ASSAY_TEST_TDX_QUOTE_MADE_H
#define ASSAY_TEST_TDX_QUOTE_MADE_H

#include <openssl/core_names.h>

#include "base/digest.h"
#include "evidence/tdx_quote.h"
#include "tdx_authority.h"

/* Where the parts of a made quote begin, of version 4. */
enum {
	MADE_BODY_4 = 48,
	MADE_BODY_5 = 54,
	MADE_QE_AUTH = 32,
};

struct made_quote_spec {
	uint16_t version, body_type; /* 4: body_type 2; 5: 2 or 3 */
	uint8_t tee_tcb_svn[16], tee_tcb_svn2[16];
	uint16_t qe_svn;
	uint8_t qe_mrsigner[32];
};

static void made_xy(uint8_t out[static 64], EVP_PKEY *key)
{
	BIGNUM *x = NULL, *y = NULL;

	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x);
	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y);
	BN_bn2binpad(x, out, 32);
	BN_bn2binpad(y, out + 32, 32);
	BN_free(x);
	BN_free(y);
}

/* Every byte of the body that is free has a value of its own, so that a mixed-up field shows. */
static void made_body(struct buf *b, const struct made_quote_spec *s)
{
	buf_add(b, s->tee_tcb_svn, 16);
	buf_fill(b, 0xa1, 48);           /* MRSEAM */
	buf_fill(b, 0, 48);              /* MRSIGNERSEAM */
	buf_u64le(b, 0);                 /* SEAM attributes */
	buf_u64le(b, UINT64_C(1) << 28); /* TD attributes */
	buf_u64le(b, 0x602e7);           /* XFAM */
	for (uint8_t i = 0; i < 8; i++)  /* MRTD, MRCONFIGID, MROWNER, MROWNERCONFIG, RTMR 0 to 3 */
		buf_fill(b, (uint8_t)(0xb0 + i), 48);
	buf_fill(b, 0xc1, 64); /* REPORTDATA */
	if (s->body_type == 3) {
		buf_add(b, s->tee_tcb_svn2, 16);
		buf_fill(b, 0, 48); /* MRSERVICETD */
	}
}

static void made_qe(
	struct buf *b, const struct made_quote_spec *s, struct span key, struct span auth)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	uint8_t data[64] = { 0 };

	hasher_add(h, key.p, key.n);
	hasher_add(h, auth.p, auth.n);
	hasher_end(h, data);
	buf_fill(b, 0xd1, 16); /* CPUSVN */
	buf_u32le(b, 0);       /* MISCSELECT */
	buf_fill(b, 0, 28);
	buf_u64le(b, 0x11); /* ATTRIBUTES: INIT, PROVISIONKEY; XFRM */
	buf_u64le(b, 0xe7);
	buf_fill(b, 0xd2, 32); /* MRENCLAVE */
	buf_fill(b, 0, 32);
	buf_add(b, s->qe_mrsigner, 32);
	buf_fill(b, 0, 96);
	buf_u16le(b, 2); /* ISVPRODID */
	buf_u16le(b, s->qe_svn);
	buf_fill(b, 0, 60);
	buf_add(b, data, 64);
}

__attribute__((unused)) static struct buf made_tdx_quote(
	const struct made_tdx *m, const struct made_quote_spec *s)
{
	CLEANUP(buf_done) struct buf chain = made_pck_chain(m);
	CLEANUP(buf_done) struct buf qe = buf_init(1000);
	struct buf b = buf_init(1 << 16);
	uint8_t rs[64], xy[64], auth[MADE_QE_AUTH];

	memset(auth, 0xe1, sizeof auth);
	made_xy(xy, m->attestation_key);
	buf_u16le(&b, s->version);
	buf_u16le(&b, 2);
	buf_u32le(&b, 0x81);
	buf_u32le(&b, 0);
	buf_add(&b, "\x93\x9a\x72\x33\xf7\x9c\x4c\xa9\x94\x0a\x0d\xb3\x95\x7f\x06\x07", 16);
	buf_fill(&b, 0x20, 20);
	if (s->version == 5) {
		buf_u16le(&b, s->body_type);
		buf_u32le(&b, s->body_type == 3 ? 648 : 584);
	}
	made_body(&b, s);
	made_rs(rs, m->attestation_key, buf_span(&b));
	buf_u32le(&b, (uint32_t)(64 + 64 + 6 + 384 + 64 + 2 + sizeof auth + 6 + chain.n));
	buf_add(&b, rs, 64);
	buf_add(&b, xy, 64);
	buf_u16le(&b, 6);
	buf_u32le(&b, (uint32_t)(384 + 64 + 2 + sizeof auth + 6 + chain.n));
	made_qe(&qe, s, SPAN_OF(xy), SPAN_OF(auth));
	made_rs(rs, m->pck_key, buf_span(&qe));
	buf_add(&b, qe.p, qe.n);
	buf_add(&b, rs, 64);
	buf_u16le(&b, sizeof auth);
	buf_add(&b, auth, sizeof auth);
	buf_u16le(&b, 5);
	buf_u32le(&b, (uint32_t)chain.n);
	buf_add(&b, chain.p, chain.n);
	return b;
}

#endif
