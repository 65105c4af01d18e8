#include "evidence/tdx_quote.h"

#include "base/rd.h"
#include "base/banned.h"

enum {
	KEY_TYPE_P256 = 2,
	TEE_SGX = 0,
	TEE_TDX = 0x81,
	BODY_SGX = 1,
	BODY_TDX_10 = 2,
	BODY_TDX_15 = 3,
	CERTIFIED_BY_PCK_CHAIN = 5,
	CERTIFIED_BY_QE_REPORT = 6,
};

#define ATTRIBUTES_KNOWN                                                                     \
	(TDX_QUOTE_ATTRIBUTES_TUD | TDX_QUOTE_ATTRIBUTE_ICSSD | TDX_QUOTE_ATTRIBUTE_LASS |   \
		TDX_QUOTE_ATTRIBUTE_SEPT_VE_OFF | TDX_QUOTE_ATTRIBUTE_MIGRATABLE |           \
		TDX_QUOTE_ATTRIBUTE_PKS | TDX_QUOTE_ATTRIBUTE_KL | TDX_QUOTE_ATTRIBUTE_TPA | \
		TDX_QUOTE_ATTRIBUTE_PERFMON)

/* x87, SSE. */
#define XFAM_FIXED1 UINT64_C(0x3)
/* Beside them AVX, AVX-512, PT, PKRU, CET, UINTR, LBR, AMX. */
#define XFAM_KNOWN UINT64_C(0x6dbe7)

static bool is_sgx(const char *what, struct err *e)
{
	err_set(e, ERR_FORMAT, "%s: this is evidence of an SGX enclave, not of a TD", what);
	return err_hint(e, "assay appraises TDX quotes of version 4 and 5");
}

static bool read_header(struct tdx_quote *q, struct rd *r, struct err *e)
{
	uint16_t key_type;
	uint32_t tee;

	q->version = rd_u16le(r);
	key_type = rd_u16le(r);
	tee = rd_u32le(r);
	rd_skip(r, 4);
	q->qe_vendor_id = rd_bytes(r, 16);
	q->user_data = rd_bytes(r, 20);
	if (!rd_ok(r))
		return rd_truncated(r, "TDX quote header", e);
	if (q->version == 3)
		return is_sgx("quote of version 3", e);
	if (q->version != 4 && q->version != 5)
		return err_set(
			e, ERR_FORMAT, "TDX quote at 0: version %u, want 4 or 5", q->version);
	if (tee == TEE_SGX)
		return is_sgx("quote with TEE type 0", e);
	if (tee != TEE_TDX)
		return err_set(e, ERR_FORMAT, "TDX quote at 4: TEE type 0x%x, want 0x81", tee);
	if (key_type != KEY_TYPE_P256)
		return err_set(e, ERR_FORMAT,
			"TDX quote at 2: attestation key type %u, want 2 (ECDSA P-256)", key_type);
	return true;
}

static bool read_descriptor(struct tdx_quote *q, struct rd *r, struct err *e)
{
	uint32_t size, want;

	q->body_type = BODY_TDX_10;
	if (q->version == 4)
		return true;
	q->body_type = rd_u16le(r);
	size = rd_u32le(r);
	if (!rd_ok(r))
		return rd_truncated(r, "TDX quote body descriptor", e);
	if (q->body_type == BODY_SGX)
		return is_sgx("quote with body type 1", e);
	if (q->body_type != BODY_TDX_10 && q->body_type != BODY_TDX_15)
		return err_set(e, ERR_FORMAT,
			"TDX quote at 48: body type %u, want 2 (TDX 1.0) or 3 (TDX 1.5)",
			q->body_type);
	want = q->body_type == BODY_TDX_10 ? TDX_QUOTE_BODY_10_SIZE : TDX_QUOTE_BODY_15_SIZE;
	return size == want ||
	       err_set(e, ERR_FORMAT, "TDX quote at 50: body of %u bytes, type %u has %u", size,
		       q->body_type, want);
}

static bool read_body(struct tdx_quote *q, struct rd *r, struct err *e)
{
	q->tee_tcb_svn = rd_bytes(r, TDX_QUOTE_SVN_SIZE);
	q->mrseam = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	q->mrsignerseam = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	q->seam_attributes = rd_u64le(r);
	q->td_attributes = rd_u64le(r);
	q->xfam = rd_u64le(r);
	q->mrtd = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	q->mrconfigid = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	q->mrowner = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	q->mrownerconfig = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	for (size_t i = 0; i < TDX_QUOTE_RTMRS; i++)
		q->rtmr[i] = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	q->report_data = rd_bytes(r, TDX_QUOTE_REPORT_DATA_SIZE);
	if (q->body_type == BODY_TDX_15) {
		q->tee_tcb_svn2 = rd_bytes(r, TDX_QUOTE_SVN_SIZE);
		q->mrservicetd = rd_bytes(r, TDX_QUOTE_REGISTER_SIZE);
	}
	if (!rd_ok(r))
		return rd_truncated(r, "TDX quote body", e);
	q->signed_bytes = span_make(r->p, r->at);
	return true;
}

static void read_qe(struct tdx_quote_qe *qe, struct span bytes)
{
	struct rd r = rd_of(bytes);

	qe->bytes = bytes;
	qe->cpu_svn = rd_bytes(&r, 16);
	qe->miscselect = rd_u32le(&r);
	rd_skip(&r, 28);
	qe->attributes = rd_bytes(&r, 16);
	qe->mrenclave = rd_bytes(&r, 32);
	rd_skip(&r, 32);
	qe->mrsigner = rd_bytes(&r, 32);
	rd_skip(&r, 96);
	qe->isv_prod_id = rd_u16le(&r);
	qe->isv_svn = rd_u16le(&r);
	rd_skip(&r, 60);
	qe->report_data = rd_bytes(&r, 64);
}

/* u16 type, u32 size: a reader of what they announce, which is all that is left of r. at: where r begins. */
static bool certification(
	struct rd *inner, struct rd *r, size_t at, uint16_t want, const char *what, struct err *e)
{
	size_t start = at + r->at;
	uint16_t type = rd_u16le(r);
	uint32_t size = rd_u32le(r);

	if (!rd_ok(r))
		return rd_truncated(r, what, e);
	if (type != want)
		return err_set(e, ERR_FORMAT, "%s at %zu: certification data of type %u, want %u",
			what, start, type, want);
	if (size != rd_left(r))
		return err_set(e, ERR_FORMAT,
			"%s at %zu: certification data is said to be %u bytes, %zu are there", what,
			start + 2, size, rd_left(r));
	*inner = rd_sub(r, size);
	return true;
}

/* at: the offset of this data in the quote, for messages. */
static bool read_signature_data(struct tdx_quote *q, struct rd *r, size_t at, struct err *e)
{
	const char *what = "TDX quote signature data";
	struct rd outer, pem;
	size_t outer_at;

	q->signature = rd_bytes(r, TDX_QUOTE_SIGNATURE_SIZE);
	q->attestation_key = rd_bytes(r, TDX_QUOTE_KEY_SIZE);
	if (!rd_ok(r))
		return rd_truncated(r, what, e);
	if (!certification(&outer, r, at, CERTIFIED_BY_QE_REPORT, what, e))
		return false;
	outer_at = at + r->at - rd_left(&outer);
	read_qe(&q->qe, rd_bytes(&outer, TDX_QUOTE_QE_REPORT_SIZE));
	q->qe_signature = rd_bytes(&outer, TDX_QUOTE_SIGNATURE_SIZE);
	q->qe_auth_data = rd_bytes(&outer, rd_u16le(&outer));
	if (!rd_ok(&outer))
		return rd_truncated(&outer, "TDX quote QE certification data", e);
	if (!certification(&pem, &outer, outer_at, CERTIFIED_BY_PCK_CHAIN,
		    "TDX quote QE certification data", e))
		return false;
	if (rd_left(&pem) > TDX_QUOTE_CERTIFICATES_MAX)
		return err_set(e, ERR_LIMIT, "TDX quote: certificates of %zu bytes, limit %d",
			rd_left(&pem), TDX_QUOTE_CERTIFICATES_MAX);
	q->certificates = rd_bytes(&pem, rd_left(&pem));
	return true;
}

static bool all_zero(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

bool tdx_quote_parse(struct tdx_quote *ret, struct span bytes, struct err *e)
{
	struct tdx_quote q = { 0 };
	struct rd r = rd_of(bytes), data;
	uint32_t size;

	if (bytes.n > TDX_QUOTE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "TDX quote is %zu bytes, limit %d", bytes.n,
			TDX_QUOTE_SIZE_MAX);
	if (!read_header(&q, &r, e) || !read_descriptor(&q, &r, e) || !read_body(&q, &r, e))
		return false;
	size = rd_u32le(&r);
	data = rd_sub(&r, size);
	if (!rd_ok(&r))
		return rd_truncated(&r, "TDX quote signature data", e);
	if (!read_signature_data(&q, &data, r.at - size, e))
		return false;
	q.trailing = rd_left(&r);
	q.trailing_zero = all_zero(rd_bytes(&r, q.trailing));
	*ret = q;
	return true;
}

bool tdx_quote_by_intel_qe(const struct tdx_quote *q, struct err *e)
{
	static const uint8_t intel[16] = { 0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94,
		0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07 };

	return span_equal(q->qe_vendor_id, SPAN_OF(intel)) ||
	       err_set(e, ERR_MISMATCH,
		       "TDX quote at 12: the vendor of the quoting enclave is not Intel");
}

uint64_t tdx_quote_attributes_reserved(const struct tdx_quote *q)
{
	return q->td_attributes & ~ATTRIBUTES_KNOWN;
}

bool tdx_quote_xfam_ok(const struct tdx_quote *q, struct err *e)
{
	if ((q->xfam & XFAM_FIXED1) != XFAM_FIXED1)
		return err_set(e, ERR_FORMAT,
			"TDX quote: XFAM 0x%llx lacks bits 0 and 1 (x87, SSE), which are always on",
			(unsigned long long)q->xfam);
	if (q->xfam & ~XFAM_KNOWN)
		return err_set(e, ERR_FORMAT, "TDX quote: XFAM 0x%llx has the reserved bits 0x%llx",
			(unsigned long long)q->xfam, (unsigned long long)(q->xfam & ~XFAM_KNOWN));
	return true;
}
