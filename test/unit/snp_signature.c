/* A report's signature: each byte that it covers, numbers at their limits, and the algorithm that certificates name. */
#include "trust/snp_signature.h"

#include "snp_world.h"
#include "trust/snp_pss.h"

/* Every bit of one byte is enough to know that all bytes are signed: each byte once, each bit somewhere. */
static void flips(void)
{
	struct world w = milan();
	CLEANUP(certificate_freep) struct certificate *leaf = snp_made_certificate(&w.leaf);
	struct snp_report report;
	struct err e = { 0 };

	snp_made_sign(&w.report, leaf_key);
	for (size_t at = 4; at < 0x330; at++) {
		struct snp_made_report m = w.report;

		m.bytes[at] ^= (uint8_t)(1 << at % 8);
		CHECK(snp_report_parse(&report, SPAN_OF(m.bytes), &e) &&
			!snp_signature_verify(&report, leaf, &e));
	}
}

/* (r, n - s) holds as well, and numbers out of their range never. */
static void numbers(void)
{
	struct world w = milan();
	CLEANUP(certificate_freep) struct certificate *leaf = snp_made_certificate(&w.leaf);
	BIGNUM *n = NULL, *s = NULL;
	struct snp_report report;
	struct err e = { 0 };

	snp_made_sign(&w.report, leaf_key);
	BN_hex2bn(&n, "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
		      "581a0db248b0a77aecec196accc52973");
	s = BN_lebin2bn(w.report.bytes + 0x2e8, 72, NULL);
	BN_sub(s, n, s);
	BN_bn2lebinpad(s, w.report.bytes + 0x2e8, 72);
	CHECK_OK(snp_report_parse(&report, SPAN_OF(w.report.bytes), &e), e);
	CHECK_OK(snp_signature_verify(&report, leaf, &e), e);
	BN_bn2lebinpad(n, w.report.bytes + 0x2e8, 72);
	CHECK(!snp_signature_check_form(&report, &e) && strstr(e.text, "S is too great"));
	BN_sub_word(n, 1);
	BN_bn2lebinpad(n, w.report.bytes + 0x2e8, 72);
	CHECK_OK(snp_signature_check_form(&report, &e), e);
	CHECK_ERR(snp_signature_verify(&report, leaf, &e), e, ERR_SIGNATURE);
	memset(w.report.bytes + 0x2a0, 0, 72);
	CHECK(!snp_signature_check_form(&report, &e) && strstr(e.text, "R is zero"));
	BN_free(n);
	BN_free(s);
}

/* Bytes behind the 48 of a number are zero: one of them at a time. */
static void number_bytes(void)
{
	struct world w = milan();
	struct snp_report report;
	struct err e = { 0 };

	snp_made_sign(&w.report, leaf_key);
	for (size_t at = 0x2a0; at < 0x330; at++) {
		struct snp_made_report m = w.report;

		if ((at - 0x2a0) % 72 < 48)
			continue;
		m.bytes[at] = 1;
		CHECK_OK(snp_report_parse(&report, SPAN_OF(m.bytes), &e), e);
		CHECK_ERR(snp_signature_check_form(&report, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, at < 0x2e8 ? "of R is not zero" : "of S is not zero"));
	}
	for (uint32_t algorithm = 0; algorithm < 4; algorithm++) {
		struct snp_made_report m = w.report;

		snp_made_put(&m, 0x034, algorithm, 4);
		if (snp_report_parse(&report, SPAN_OF(m.bytes), &e))
			CHECK(snp_signature_check_form(&report, &e) == (algorithm == 1));
		else
			CHECK(algorithm != 1);
	}
}

/* The algorithm of a signature in its two forms, and with any other byte. */
static void pss(void)
{
	static const uint8_t forms[][72] = {
		{ 0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a,
			0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
			0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06,
			0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d,
			0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05,
			0x00, 0xa2, 0x03, 0x02, 0x01, 0x30 },
		{ 0x30, 0x46, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a,
			0x30, 0x39, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
			0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06,
			0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d,
			0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05,
			0x00, 0xa2, 0x03, 0x02, 0x01, 0x30, 0xa3, 0x03, 0x02, 0x01, 0x01 },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = 2 + (size_t)forms[i][1];

		for (size_t at = 0; at <= n; at++) {
			uint8_t bytes[72];
			const uint8_t *p = bytes;
			X509_ALGOR *alg;
			struct err e = { 0 };

			memcpy(bytes, forms[i], sizeof bytes);
			if (at < n)
				bytes[at] ^= 1;
			alg = d2i_X509_ALGOR(NULL, &p, (long)n);
			CHECK(alg || at < n);
			if (alg)
				CHECK(snp_pss_check(alg, "it", &e) == (at == n));
			X509_ALGOR_free(alg);
		}
	}
}

int main(void)
{
	snp_world_keys();
	flips();
	numbers();
	number_bytes();
	pss();
	snp_world_done();
	return test_end();
}
