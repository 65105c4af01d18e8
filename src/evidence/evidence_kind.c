#include "evidence/evidence_kind.h"

#include <string.h>

#include "base/rd.h"
#include "base/str.h"
#include "codec/der.h"
#include "evidence/event_log.h"
#include "evidence/snp_certs.h"
#include "evidence/snp_report.h"
#include "evidence/tdx_quote.h"
#include "base/banned.h"

enum { SNP_RESPONSE_HEAD = 32, TD_REPORT_SIZE = 1024, TD_REPORT_TYPE = 0x81, LOOK_MAX = 64 << 10 };
enum { SGX_VERSION = 3, KEY_TYPE_MIN = 2, KEY_TYPE_MAX = 3, TEE_SGX = 0, TEE_TDX = 0x81 };
enum { COSE_TAG = 0xd2, CBOR_ARRAY_OF_4 = 0x84, CBOR_MAJOR_BYTES = 2, MAJOR_SHIFT = 5 };
enum { EV_NO_ACTION_TYPE = 3 };

static bool all_zero(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

static bool has(struct span text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

static enum evidence_kind of_json(struct span s)
{
	if (has(s, "\"__cmwc_t\""))
		return EVIDENCE_KIND_BUNDLE;
	if (has(s, "\"tcbInfo\""))
		return EVIDENCE_KIND_TCB_INFO;
	return has(s, "\"enclaveIdentity\"") ? EVIDENCE_KIND_QE_IDENTITY : EVIDENCE_KIND_JSON;
}

static enum evidence_kind of_pem(struct str s)
{
	if (str_starts(s, "-----BEGIN CERTIFICATE-----"))
		return EVIDENCE_KIND_CERTIFICATE_PEM;
	return str_starts(s, "-----BEGIN X509 CRL-----") ? EVIDENCE_KIND_CRL_PEM
							 : EVIDENCE_KIND_PEM;
}

static bool is_digit(char c, const char *others)
{
	return c && strchr(others, c);
}

static bool is_made_of(struct str s, const char *digits)
{
	for (size_t i = 0; i < s.n && i < LOOK_MAX; i++)
		if (!is_digit(s.p[i], digits) && !is_digit(s.p[i], " \t\r\n"))
			return false;
	return true;
}

#define HEX_DIGITS "0123456789abcdefABCDEF"
#define BASE64_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="

static enum evidence_kind of_text(struct span file)
{
	struct str s = str_trim(str_make((const char *)file.p, file.n));

	if (s.n && s.p[0] == '{')
		return of_json(str_span(s));
	if (str_starts(s, "-----BEGIN "))
		return of_pem(s);
	if (s.n && is_made_of(s, HEX_DIGITS))
		return EVIDENCE_KIND_HEX;
	return s.n && is_made_of(s, BASE64_DIGITS) ? EVIDENCE_KIND_BASE64 : EVIDENCE_KIND_UNKNOWN;
}

/* Certificate and CertificateList (RFC 5280) both are three values in a sequence; only a list's first one begins so. */
static enum evidence_kind of_der(struct span file)
{
	struct rd r = rd_of(file), all, first;
	struct span whole, content;
	struct err e = { 0 };
	uint8_t tag = 0;

	if (!der_enter(&all, &r, DER_SEQUENCE, "file", &e) ||
		!der_enter(&first, &all, DER_SEQUENCE, "file", &e) ||
		!der_next(&whole, &content, &tag, &first, "file", &e))
		return EVIDENCE_KIND_UNKNOWN;
	if (tag == DER_CONTEXT_0)
		return EVIDENCE_KIND_CERTIFICATE_DER;
	return tag == DER_INTEGER && content.n == 1 && content.p[0] == 1 ? EVIDENCE_KIND_CRL_DER
									 : EVIDENCE_KIND_UNKNOWN;
}

static bool is_quote(struct span file)
{
	struct rd r = rd_of(file);
	uint16_t version = rd_u16le(&r), key = rd_u16le(&r);
	uint32_t tee = rd_u32le(&r);

	return rd_ok(&r) && version >= SGX_VERSION && version <= 5 && key >= KEY_TYPE_MIN &&
	       key <= KEY_TYPE_MAX && (tee == TEE_SGX || tee == TEE_TDX);
}

static bool is_snp_version(struct span file, size_t at)
{
	struct rd r = rd_of(file);
	uint32_t version;

	rd_seek(&r, at);
	version = rd_u32le(&r);
	return rd_ok(&r) && version >= SNP_REPORT_VERSION_MIN && version <= SNP_REPORT_VERSION_MAX;
}

static bool is_response(struct span file)
{
	struct rd r = rd_of(file);
	uint32_t status = rd_u32le(&r), size = rd_u32le(&r);

	return file.n >= SNP_RESPONSE_HEAD + SNP_REPORT_SIZE && !status &&
	       size == SNP_REPORT_SIZE && is_snp_version(file, SNP_RESPONSE_HEAD);
}

static bool is_table(struct span file)
{
	struct snp_certs t;
	struct err e = { 0 };

	if (!snp_certs_parse(&t, file, &e))
		return false;
	for (int i = 0; i < SNP_CERTS_KINDS; i++)
		if (t.items[i].p)
			return true;
	return t.n_others > 0;
}

static bool is_cose(struct span file)
{
	struct rd r = rd_of(file);
	uint8_t first = rd_u8(&r);

	if (first == COSE_TAG)
		first = rd_u8(&r);
	return first == CBOR_ARRAY_OF_4 && rd_u8(&r) >> MAJOR_SHIFT == CBOR_MAJOR_BYTES;
}

/* The first event of a log in either form: of PCR 0, which is not extended. */
static bool is_log(struct span file)
{
	struct rd r = rd_of(file);
	uint32_t reg = rd_u32le(&r), type = rd_u32le(&r);
	struct span digest = rd_bytes(&r, 20);

	return rd_ok(&r) && reg <= 1 && type == EV_NO_ACTION_TYPE && all_zero(digest);
}

static enum evidence_kind of_binary(struct span file)
{
	struct rd r = rd_of(file);
	struct span magic = rd_bytes(&r, 4);

	if (span_equal(magic, span_make("HCLA", 4)))
		return EVIDENCE_KIND_AZURE_HCL;
	if (span_equal(magic, span_make("\xffTCG", 4)))
		return EVIDENCE_KIND_TPM_QUOTE;
	if (is_quote(file))
		return EVIDENCE_KIND_TDX_QUOTE;
	if (is_log(file))
		return EVIDENCE_KIND_EVENT_LOG;
	if (is_response(file))
		return EVIDENCE_KIND_SNP_RESPONSE;
	if (is_snp_version(file, 0))
		return file.n > SNP_REPORT_SIZE ? EVIDENCE_KIND_SNP_EXTENDED
						: EVIDENCE_KIND_SNP_REPORT;
	if (is_cose(file))
		return EVIDENCE_KIND_COSE_SIGN1;
	if (file.n == TD_REPORT_SIZE && file.p[0] == TD_REPORT_TYPE)
		return EVIDENCE_KIND_TD_REPORT;
	return is_table(file) ? EVIDENCE_KIND_SNP_TABLE : of_der(file);
}

enum evidence_kind evidence_kind_of(struct span file)
{
	enum evidence_kind kind;

	if (!file.n)
		return EVIDENCE_KIND_EMPTY;
	if (all_zero(file))
		return EVIDENCE_KIND_ZEROES;
	kind = of_binary(file);
	return kind == EVIDENCE_KIND_UNKNOWN ? of_text(file) : kind;
}

const char *evidence_kind_words(enum evidence_kind kind)
{
	static const char *const words[] = {
		[EVIDENCE_KIND_UNKNOWN] = "nothing that is known here",
		[EVIDENCE_KIND_EMPTY] = "an empty file",
		[EVIDENCE_KIND_ZEROES] = "nothing but zeroes",
		[EVIDENCE_KIND_BUNDLE] = "an evidence bundle",
		[EVIDENCE_KIND_SNP_REPORT] = "an SEV-SNP report",
		[EVIDENCE_KIND_SNP_EXTENDED] = "an SEV-SNP report with a certificate table",
		[EVIDENCE_KIND_TDX_QUOTE] = "a TDX quote",
		[EVIDENCE_KIND_COSE_SIGN1] = "a COSE_Sign1 document",
		[EVIDENCE_KIND_AZURE_HCL] = "an HCL report of Azure",
		[EVIDENCE_KIND_SNP_TABLE] = "a certificate table of an SEV-SNP host",
		[EVIDENCE_KIND_CERTIFICATE_DER] = "a certificate in DER",
		[EVIDENCE_KIND_CERTIFICATE_PEM] = "certificates in PEM",
		[EVIDENCE_KIND_CRL_DER] = "a CRL in DER",
		[EVIDENCE_KIND_CRL_PEM] = "a CRL in PEM",
		[EVIDENCE_KIND_TCB_INFO] = "TCB info of Intel",
		[EVIDENCE_KIND_QE_IDENTITY] = "an enclave identity of Intel",
		[EVIDENCE_KIND_TPM_QUOTE] = "a quote of a TPM",
		[EVIDENCE_KIND_EVENT_LOG] = "an event log",
		[EVIDENCE_KIND_SNP_RESPONSE] =
			"a response of the SEV-SNP firmware, in which the report stands at 32",
		[EVIDENCE_KIND_TD_REPORT] = "a TDREPORT, which only the same machine can check",
		[EVIDENCE_KIND_JSON] = "JSON of another format",
		[EVIDENCE_KIND_PEM] = "PEM, but no certificate and no CRL",
		[EVIDENCE_KIND_HEX] = "hexadecimal text",
		[EVIDENCE_KIND_BASE64] = "base64 text",
	};

	return words[kind];
}
