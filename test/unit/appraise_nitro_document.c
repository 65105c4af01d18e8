/* Documents of AWS Nitro whose form or header is not as it must be. */
#include "appraise/appraise_nitro.h"

#include "appraise_nitro_case.h"

/* ---- form ---- */

static void es256(void)
{
	w.m.alg = COSE_ES256;
}
static void ps384(void)
{
	w.m.alg = COSE_PS384;
}
static void es512(void)
{
	w.m.alg = COSE_ES512;
}
static void alg_none(void)
{
	w.m.alg = 0;
}
static void alg_unprotected(void)
{
	w.m.unprotected_alg = true;
}
static void more_protected(void)
{
	w.m.more_protected = true;
}
static void document_cut(void)
{
	w.bundle.nitro_document.n--;
}
static void document_empty(void)
{
	w.bundle.nitro_document.n = 0;
}
static void document_longer(void)
{
	struct buf b = buf_init(1 << 16);

	buf_add(&b, w.bundle.nitro_document.p, w.bundle.nitro_document.n);
	buf_u8(&b, 0);
	w.bundle.nitro_document = world_kept(b);
}
static void document_of_zeroes(void)
{
	static const uint8_t zeroes[2000];

	w.bundle.nitro_document = SPAN_OF(zeroes);
}
static void document_nested(void)
{
	static uint8_t deep[20000];

	memset(deep, 0x81, sizeof deep);
	w.bundle.nitro_document = SPAN_OF(deep);
}
static void no_module_id(void)
{
	w.m.module_name = NULL;
}
static void empty_module_id(void)
{
	w.m.module_id = "";
}
static void other_digest(void)
{
	w.m.digest = "SHA256";
}
static void no_digest(void)
{
	w.m.digest_name = NULL;
}
static void no_timestamp(void)
{
	w.m.with_timestamp = false;
}
static void zero_timestamp(void)
{
	w.m.timestamp_ms = 0;
}
static void no_pcrs(void)
{
	w.m.pcrs_name = NULL;
}
static void empty_pcrs(void)
{
	w.m.n_pcrs = 0;
}
static void pcr_32(void)
{
	w.m.first_pcr = 17;
}
static void short_pcrs(void)
{
	w.m.pcr_size = 47;
}
static void no_leaf(void)
{
	w.m.with_certificate = false;
}
static void no_cabundle(void)
{
	w.m.with_cabundle = false;
}
static void empty_cabundle(void)
{
	w.m.n_cabundle = 0;
}
static void more_members(void)
{
	w.m.more = "test_purpose";
}
static void both_kinds(void)
{
	w.m.more = "nitrotpm_pcrs";
}
static void long_nonce(void)
{
	static const uint8_t many[513];

	w.m.field[NITRO_DOCUMENT_NONCE] = SPAN_OF(many);
}
static void no_certificate(void)
{
	w.m.bundle[2] = span_make("no certificate", 14);
}

static const struct test_case cases[] = {
	B(0, nothing, GOOD, NULL),
	B(17, es256, BAD, "cose-header"),
	B(17, ps384, BAD, "cose-header"),
	B(17, es512, BAD, "cose-header"),
	B(17, alg_none, BAD, "cose-header"),
	B(17, alg_unprotected, BAD, "cose-header"),
	B(17, more_protected, BAD, "cose-header"),
	A(25, document_cut, BAD, "cose-form"),
	A(25, document_empty, BAD, "cose-form"),
	A(27, document_longer, BAD, "cose-form"),
	A(25, document_of_zeroes, BAD, "cose-form"),
	A(15, document_nested, BAD, "cose-form"),
	B(25, no_module_id, BAD, "document-rules"),
	B(25, empty_module_id, BAD, "document-rules"),
	B(3, other_digest, BAD, "document-rules"),
	B(25, no_digest, BAD, "document-rules"),
	B(29, no_timestamp, BAD, "document-rules"),
	B(29, zero_timestamp, BAD, "document-rules"),
	B(25, no_pcrs, BAD, "document-rules"),
	B(25, empty_pcrs, BAD, "document-rules"),
	B(25, pcr_32, BAD, "document-rules"),
	B(25, short_pcrs, BAD, "document-rules"),
	B(4, no_leaf, BAD, "document-rules"),
	B(5, no_cabundle, BAD, "document-rules"),
	B(5, empty_cabundle, BAD, "document-rules"),
	B(26, more_members, BAD, "document-rules"),
	B(3, both_kinds, BAD, "document-rules"),
	B(15, long_nonce, BAD, "document-rules"),
	B(25, no_certificate, BAD, "certificates"),
};

int main(void)
{
	verdict_told_begin();
	case_keys_new();
	run_cases(cases, ARRAY_LEN(cases));
	case_keys_free();
	verdict_told_end("appraise_nitro_document");
	return test_end();
}
