/*
 * What a TDX platform signs about one of its trust domains: a TD quote (Intel DCAP Quote Generation Library, appendix A.3
 * and A.4; TDX module specification for the TD report). All integers are little-endian.
 *
 *   0   u16 version 4 or 5, u16 attestation key type (2: ECDSA P-256), u32 TEE type (0x81: TDX), 4 unused
 *   12  QE vendor id 16, user data 20
 *   48  version 5 only: u16 body type (2: TDX 1.0, 3: TDX 1.5), u32 body size
 *       body of 584 or 648 bytes, see struct tdx_quote; up to here it is signed
 *       u32 size of the signature data, which is:
 *         signature 64 (r, s), attestation key 64 (x, y), u16 type 6, u32 size, which is:
 *           QE report 384, its signature 64 by the PCK key, u16 size, QE authentication data,
 *           u16 type 5, u32 size, PCK certificate chain in PEM
 *
 * The sizes must meet exactly. Behind the quote platforms leave the rest of their buffer: its size is noted, and whether
 * it is all zero; nothing is read from it. The parser decides nothing about trust. An SGX quote (version 3, or the TEE
 * type or body type of an enclave) is another kind of evidence and refused by that name.
 */
#ifndef ASSAY_EVIDENCE_TDX_QUOTE_H
#define ASSAY_EVIDENCE_TDX_QUOTE_H

#include "base/err.h"
#include "base/span.h"

enum {
	TDX_QUOTE_SIZE_MAX = 64 << 10,
	TDX_QUOTE_CERTIFICATES_MAX = 32 << 10,
	TDX_QUOTE_HEADER_SIZE = 48,
	TDX_QUOTE_BODY_10_SIZE = 584,
	TDX_QUOTE_BODY_15_SIZE = 648,
	TDX_QUOTE_REGISTER_SIZE = 48, /* SHA-384 */
	TDX_QUOTE_RTMRS = 4,
	TDX_QUOTE_SVN_SIZE = 16,
	TDX_QUOTE_REPORT_DATA_SIZE = 64,
	TDX_QUOTE_SIGNATURE_SIZE = 64,
	TDX_QUOTE_KEY_SIZE = 64,
	TDX_QUOTE_QE_REPORT_SIZE = 384,
};

/* Of the TD's attributes (TDX module base specification, TD_ATTRIBUTES). */
#define TDX_QUOTE_ATTRIBUTE_DEBUG (UINT64_C(1) << 0)
#define TDX_QUOTE_ATTRIBUTES_TUD UINT64_C(0xff) /* TD under debug: any of these bits */
#define TDX_QUOTE_ATTRIBUTE_ICSSD (UINT64_C(1) << 16)
#define TDX_QUOTE_ATTRIBUTE_LASS (UINT64_C(1) << 27)
#define TDX_QUOTE_ATTRIBUTE_SEPT_VE_OFF (UINT64_C(1) << 28)
#define TDX_QUOTE_ATTRIBUTE_MIGRATABLE (UINT64_C(1) << 29)
#define TDX_QUOTE_ATTRIBUTE_PKS (UINT64_C(1) << 30)
#define TDX_QUOTE_ATTRIBUTE_KL (UINT64_C(1) << 31)
#define TDX_QUOTE_ATTRIBUTE_TPA (UINT64_C(1) << 62)
#define TDX_QUOTE_ATTRIBUTE_PERFMON (UINT64_C(1) << 63)

/* REPORTBODY of the quoting enclave (Intel SDM volume 3D, REPORT), of which a quote shows the first 384 bytes. */
struct tdx_quote_qe {
	struct span bytes; /* signed by the PCK key */
	struct span cpu_svn;
	uint32_t miscselect;
	struct span attributes; /* 16: flags, XFRM */
	struct span mrenclave, mrsigner;
	uint16_t isv_prod_id, isv_svn;
	struct span report_data; /* 64 */
};

struct tdx_quote { /* spans borrow the parsed bytes */
	struct span signed_bytes;
	uint16_t version, body_type; /* body_type as version 5 has it; of version 4: 2 */
	struct span qe_vendor_id, user_data;
	/* body */
	struct span tee_tcb_svn;
	struct span mrseam, mrsignerseam;
	uint64_t seam_attributes, td_attributes, xfam;
	struct span mrtd, mrconfigid, mrowner, mrownerconfig;
	struct span rtmr[TDX_QUOTE_RTMRS];
	struct span report_data;
	struct span tee_tcb_svn2, mrservicetd; /* TDX 1.5 only, else empty */
	/* signature data */
	struct span signature, attestation_key;
	struct tdx_quote_qe qe;
	struct span qe_signature, qe_auth_data;
	struct span certificates; /* PEM */
	/* behind the quote */
	size_t trailing;
	bool trailing_zero;
};

/*
 * Fails: FORMAT with the offset (truncated, sizes that do not meet, SGX, another version, key type, body or certification
 * data), LIMIT.
 */
bool tdx_quote_parse(struct tdx_quote *ret, struct span bytes, struct err *e) MUST_CHECK;

/* The quoting enclave's vendor id is Intel's 939a7233-f79c-4ca9-940a-0db3957f0607. MISMATCH. */
bool tdx_quote_by_intel_qe(const struct tdx_quote *q, struct err *e) MUST_CHECK;
/* Those attributes of the TD that the specification reserves: 0 when all are as they must be. */
uint64_t tdx_quote_attributes_reserved(const struct tdx_quote *q);
/* XFAM: bits 0 and 1 (x87, SSE) are always on, those that no processor with TDX has are off. FORMAT names the bits. */
bool tdx_quote_xfam_ok(const struct tdx_quote *q, struct err *e) MUST_CHECK;

#endif
