#include "evidence/tpm_signature.h"

#include "evidence/tpm_alg.h"
#include "test.h"

static void signatures(void)
{
	static const uint8_t ecdsa[] = { 0, 0x18, 0, 0x0b, 0, 2, 1, 2, 0, 1, 3 };
	static const uint8_t rsa[] = { 0, 0x14, 0, 0x0b, 0, 3, 1, 2, 3 };
	static const uint8_t hmac[] = { 0, 0x05, 0, 0x0b, 0, 1, 1 };
	static const uint8_t more[] = { 0, 0x14, 0, 0x0b, 0, 1, 1, 0 };
	struct tpm_signature s;
	struct err e = { 0 };

	CHECK_OK(tpm_signature_parse(&s, SPAN_OF(ecdsa), &e), e);
	CHECK(s.digest == DIGEST_SHA256 && s.r.n == 2 && s.s.n == 1 && s.s.p[0] == 3);
	CHECK_OK(tpm_signature_parse(&s, SPAN_OF(rsa), &e), e);
	CHECK(s.rsa.n == 3 && s.alg == TPM_ALG_RSASSA);
	CHECK_ERR(tpm_signature_parse(&s, SPAN_OF(hmac), &e), e, ERR_FORMAT);
	CHECK_ERR(tpm_signature_parse(&s, SPAN_OF(more), &e), e, ERR_FORMAT);
	for (size_t n = 0; n < sizeof ecdsa; n++)
		CHECK_ERR(tpm_signature_parse(&s, span_make(ecdsa, n), &e), e, ERR_FORMAT);
	for (size_t n = 0; n < sizeof rsa; n++)
		CHECK_ERR(tpm_signature_parse(&s, span_make(rsa, n), &e), e, ERR_FORMAT);
}

int main(void)
{
	signatures();
	return test_end();
}
