/* Quotes of an authority of our own: where each field lies, every truncation, each part flipped, each length changed. */
#include "evidence/tdx_quote.h"

#include "tdx_quote_made.h"
#include "trust/tdx_quote_signature.h"

static struct arena *a;

static const struct made_quote_spec v4 = { 4, 2, { 5, 1, 3 }, { 0 }, 4, { 0xdc } };
static const struct made_quote_spec v5_10 = { 5, 2, { 5, 1, 3 }, { 0 }, 4, { 0xdc } };
static const struct made_quote_spec v5_15 = { 5, 3, { 5, 1, 3 }, { 7, 1, 3 }, 4, { 0xdc } };
static const struct made_quote_spec *const specs[] = { &v4, &v5_10, &v5_15 };

static size_t body_at(const struct made_quote_spec *s)
{
	return s->version == 4 ? MADE_BODY_4 : MADE_BODY_5;
}

static size_t body_size(const struct made_quote_spec *s)
{
	return s->body_type == 3 ? 648 : 584;
}

static bool is_at(struct span s, const struct buf *b, size_t at, size_t n)
{
	return s.p == b->p + at && s.n == n;
}

/* The offsets of the specification, each by itself. */
static void layout(void)
{
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct made_tdx m = made_honest();
		CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, specs[i]);
		size_t at = body_at(specs[i]), sig = at + body_size(specs[i]) + 4;
		struct tdx_quote q = { 0 };
		struct err e = { 0 };

		CHECK_OK(tdx_quote_parse(&q, buf_span(&b), &e), e);
		CHECK(q.version == specs[i]->version && q.body_type == specs[i]->body_type);
		CHECK(is_at(q.signed_bytes, &b, 0, sig - 4));
		CHECK(is_at(q.qe_vendor_id, &b, 12, 16) && is_at(q.user_data, &b, 28, 20));
		CHECK(is_at(q.tee_tcb_svn, &b, at, 16) && is_at(q.mrseam, &b, at + 16, 48));
		CHECK(is_at(q.mrsignerseam, &b, at + 64, 48) && q.seam_attributes == 0);
		CHECK(q.td_attributes == UINT64_C(0x10000000) && q.xfam == 0x602e7);
		CHECK(is_at(q.mrtd, &b, at + 136, 48) && is_at(q.mrconfigid, &b, at + 184, 48));
		CHECK(is_at(q.mrowner, &b, at + 232, 48) &&
			is_at(q.mrownerconfig, &b, at + 280, 48));
		for (size_t k = 0; k < 4; k++)
			CHECK(is_at(q.rtmr[k], &b, at + 328 + 48 * k, 48));
		CHECK(is_at(q.report_data, &b, at + 520, 64));
		CHECK(specs[i]->body_type == 3 ? is_at(q.tee_tcb_svn2, &b, at + 584, 16) &&
							 is_at(q.mrservicetd, &b, at + 600, 48)
					       : !q.tee_tcb_svn2.n && !q.mrservicetd.n);
		CHECK(is_at(q.signature, &b, sig, 64) &&
			is_at(q.attestation_key, &b, sig + 64, 64));
		CHECK(is_at(q.qe.bytes, &b, sig + 134, 384) &&
			is_at(q.qe.cpu_svn, &b, sig + 134, 16));
		CHECK(q.qe.miscselect == 0 && is_at(q.qe.attributes, &b, sig + 134 + 48, 16));
		CHECK(is_at(q.qe.mrenclave, &b, sig + 134 + 64, 32));
		CHECK(is_at(q.qe.mrsigner, &b, sig + 134 + 128, 32));
		CHECK(q.qe.isv_prod_id == 2 && q.qe.isv_svn == 4);
		CHECK(is_at(q.qe.report_data, &b, sig + 134 + 320, 64));
		CHECK(is_at(q.qe_signature, &b, sig + 518, 64));
		CHECK(is_at(q.qe_auth_data, &b, sig + 584, 32));
		CHECK(is_at(q.certificates, &b, sig + 622, b.n - sig - 622));
		CHECK(!q.trailing && q.trailing_zero);
		CHECK_OK(tdx_quote_by_intel_qe(&q, &e) && tdx_quote_xfam_ok(&q, &e), e);
		CHECK(!tdx_quote_attributes_reserved(&q));
	}
}

/* All of the bytes, up to the certificates, that some check covers. */
static bool holds(struct span bytes, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	struct tdx_quote q;

	return tdx_quote_parse(&q, bytes, e) && tdx_quote_by_intel_qe(&q, e) &&
	       tdx_quote_signature_body(&q, e) && tdx_quote_signature_binding(&q, e) &&
	       intel_chain_read(&c, INTEL_CHAIN_PCK, q.certificates, a, e) &&
	       tdx_quote_signature_qe(&q, intel_chain_leaf(&c), e);
}

static void flips(void)
{
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct made_tdx m = made_honest();
		CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, specs[i]);
		size_t end = body_at(specs[i]) + body_size(specs[i]) + 4 + 622;
		struct err e = { 0 };

		CHECK_OK(holds(buf_span(&b), &e), e);
		for (size_t at = 0; at < end; at++) {
			bool ok;

			b.p[at] ^= (uint8_t)(1u << at % 8);
			ok = holds(buf_span(&b), &e);
			if (ok)
				fprintf(stderr, "flipped at %zu of version %u\n", at,
					specs[i]->version);
			CHECK(!ok && e.text[0]);
			b.p[at] ^= (uint8_t)(1u << at % 8);
		}
	}
}

/* Every length is refused, but for zeroes and others behind the end, which are noted. */
static void truncations(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, &v5_15);
	struct tdx_quote q = { 0 };
	struct err e = { 0 };
	size_t n = b.n;

	for (size_t i = 0; i < n; i++)
		CHECK_ERR(tdx_quote_parse(&q, span_make(b.p, i), &e), e, ERR_FORMAT);
	buf_fill(&b, 0, 70);
	CHECK_OK(tdx_quote_parse(&q, buf_span(&b), &e), e);
	CHECK(q.trailing == 70 && q.trailing_zero && q.signed_bytes.n == 54 + 648);
	b.p[b.n - 1] = 1;
	CHECK_OK(tdx_quote_parse(&q, buf_span(&b), &e), e);
	CHECK(q.trailing == 70 && !q.trailing_zero);
	buf_fill(&b, 0, TDX_QUOTE_SIZE_MAX - b.n);
	CHECK(b.n == TDX_QUOTE_SIZE_MAX);
	CHECK_OK(tdx_quote_parse(&q, buf_span(&b), &e), e);
	CHECK_ERR(tdx_quote_parse(&q, span_make(b.p, b.n + 1), &e), e, ERR_LIMIT);
}

static const struct {
	size_t at;
	uint32_t value;
	size_t size;
	const char *reason;
} changes[] = {
	/* of version 4 */
	{ 0, 3, 2, "SGX enclave" },
	{ 0, 6, 2, "version 6" },
	{ 0, 0, 2, "version 0" },
	{ 2, 3, 2, "attestation key type 3" },
	{ 4, 0, 4, "SGX enclave" },
	{ 4, 0x82, 4, "TEE type 0x82" },
	{ 632, 0, 4, "truncated" },
	{ 632, UINT32_MAX, 4, "truncated" },
	{ 764, 5, 2, "at 764: certification data of type 5, want 6" },
	{ 766, 0, 4, "0 bytes" },
	{ 766, UINT32_MAX, 4, "4294967295 bytes" },
	{ 1218, 0xffff, 2, "truncated" },
	{ 1218, 31, 2, "certification data of type" },
	{ 1252, 6, 2, "at 1252: certification data of type 6, want 5" },
	{ 1252, 1, 2, "type 1, want 5" },
	{ 1254, 0, 4, "0 bytes" },
	{ 1254, UINT32_MAX, 4, "4294967295 bytes" },
};

static void lengths(void)
{
	struct made_tdx m = made_honest();
	struct tdx_quote q = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, &v4);
		struct err e = { 0 };

		for (size_t k = 0; k < changes[i].size; k++)
			b.p[changes[i].at + k] = (uint8_t)(changes[i].value >> 8 * k);
		CHECK_ERR(tdx_quote_parse(&q, buf_span(&b), &e), e, ERR_FORMAT);
		if (!strstr(e.text, changes[i].reason))
			fprintf(stderr, "%zu: %s\n", i, e.text);
		CHECK(strstr(e.text, changes[i].reason));
	}
}

/* The certificates grow to their limit, and beyond. */
static void limit(void)
{
	struct made_tdx m = made_honest();

	for (uint32_t more = 0; more < 2; more++) {
		CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, &v4);
		uint32_t size = TDX_QUOTE_CERTIFICATES_MAX + more;
		struct tdx_quote q = { 0 };
		struct err e = { 0 };

		b.n = 1258;
		buf_fill(&b, ' ', size);
		put_u32le(b.p + 1254, size);
		put_u32le(b.p + 766, 1258 - 770 + size);
		put_u32le(b.p + 632, 1258 - 636 + size);
		if (more)
			CHECK_ERR(tdx_quote_parse(&q, buf_span(&b), &e), e, ERR_LIMIT);
		else
			CHECK_OK(tdx_quote_parse(&q, buf_span(&b), &e), e);
	}
}

/* Of version 5 beside those: the descriptor. */
static void descriptor(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, &v5_15);
	struct tdx_quote q = { 0 };
	struct err e = { 0 };

	b.p[48] = 1;
	CHECK_ERR(tdx_quote_parse(&q, buf_span(&b), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "SGX enclave"));
	b.p[48] = 4;
	CHECK_ERR(tdx_quote_parse(&q, buf_span(&b), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "body type 4"));
	b.p[48] = 2; /* with the size of the other type */
	CHECK_ERR(tdx_quote_parse(&q, buf_span(&b), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "body of 648 bytes, type 2 has 584"));
}

/* Signatures at the edges of their numbers. */
static void edges(void)
{
	static const uint8_t n[32] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9,
		0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
	static const size_t places[] = { 636, 668, 1154, 1186 };
	struct made_tdx m = made_honest();
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, &v4);

		memset(b.p + places[i], 0, 32);
		CHECK_ERR(holds(buf_span(&b), &e), e, ERR_SIGNATURE);
		memcpy(b.p + places[i], n, 32);
		CHECK_ERR(holds(buf_span(&b), &e), e, ERR_SIGNATURE);
		memset(b.p + places[i], 0xff, 32);
		CHECK_ERR(holds(buf_span(&b), &e), e, ERR_SIGNATURE);
	}
}

static void other_keys(void)
{
	struct made_tdx m = made_honest();
	struct err e = { 0 };

	m.pck_key = m.other_key; /* signs the QE report; the certificate names another key */
	{
		CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, &v4);

		CHECK_ERR(holds(buf_span(&b), &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, "quoting enclave's report"));
	}
	{
		CLEANUP(buf_done) struct buf b = made_tdx_quote(&m, &v4);

		memset(b.p + 700, 0xff, 64); /* no point of the curve */
		CHECK_ERR(holds(buf_span(&b), &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, "attestation key"));
	}
}

static void masks(void)
{
	struct tdx_quote q = { .xfam = 0x602e7 };
	struct err e = { 0 };

	CHECK_OK(tdx_quote_xfam_ok(&q, &e), e);
	q.xfam = 0x602e5;
	CHECK_ERR(tdx_quote_xfam_ok(&q, &e), e, ERR_FORMAT);
	q.xfam = 0x602e7 | 1 << 10;
	CHECK_ERR(tdx_quote_xfam_ok(&q, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "reserved bits 0x400"));
	q.td_attributes = TDX_QUOTE_ATTRIBUTE_DEBUG | UINT64_C(1) << 40;
	CHECK(tdx_quote_attributes_reserved(&q) == UINT64_C(1) << 40);
	q.td_attributes = UINT64_C(0xff) | 1 << 16 | UINT64_C(0x1f) << 27 | UINT64_C(3) << 62;
	CHECK(!tdx_quote_attributes_reserved(&q));
	for (unsigned i = 0; i < 64; i++) {
		uint64_t bit = UINT64_C(1) << i, known = q.td_attributes & bit;
		struct tdx_quote one = { .td_attributes = bit };

		CHECK(tdx_quote_attributes_reserved(&one) == (known ? 0 : bit));
	}
}

int main(void)
{
	a = arena_new(512 << 20);
	layout();
	flips();
	truncations();
	lengths();
	limit();
	descriptor();
	edges();
	other_keys();
	masks();
	arena_free(a);
	return test_end();
}
