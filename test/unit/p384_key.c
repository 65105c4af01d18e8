/* The key and signatures of RFC 6979 A.2.6, and that a signature is the same each time. */
#include "image/p384_key.h"

#include "base/hex.h"
#include "test.h"

/* Private key of the RFC's example as an EC PRIVATE KEY; made with openssl from its numbers. */
static const char example[] = "-----BEGIN EC PRIVATE KEY-----\n"
			      "MIGkAgEBBDBrnT2tLhuMHAWxmHW2ZZ9N4jw7Znvyl7qapHdAeHE32JbVck5McKgl\n"
			      "+HLJ6mDS7fWgBwYFK4EEACKhZANiAATsOk5BW04ZpFaGGAKfQn+l2pqLxK6S4C4G\n"
			      "quUoazAMZN748OqQVYZgZKJUUVSAvBOAFdm3LX1XJE6o75rAxiGJZwilk2f537n1\n"
			      "TKhLPxydsSiLIxw64NT+c0T9JTMmRyA=\n"
			      "-----END EC PRIVATE KEY-----\n";

static const struct {
	const char *message, *r, *s;
} signatures[] = {
	{ "sample",
		"94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
		"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8" },
	{ "test",
		"8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023db",
		"ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5" },
};

static struct span text(const char *s)
{
	return str_span(str_of(s));
}

static void rfc6979(void)
{
	CLEANUP(p384_key_freep) struct p384_key *k = NULL;
	struct err e = { 0 };

	CHECK_OK(p384_key_of_pem(&k, text(example), &e), e);
	for (size_t i = 0; k && i < ARRAY_LEN(signatures); i++) {
		uint8_t r[48] = { 0 }, s[48] = { 0 };
		char hex[97];

		CHECK_OK(p384_key_sign(r, s, k, text(signatures[i].message), &e), e);
		hex_write(hex, r, 48);
		CHECK(!strcmp(hex, signatures[i].r));
		hex_write(hex, s, 48);
		CHECK(!strcmp(hex, signatures[i].s));
	}
}

static void public_point(void)
{
	CLEANUP(p384_key_freep) struct p384_key *k = NULL;
	struct err e = { 0 };
	uint8_t x[48] = { 0 }, y[48] = { 0 };
	char hex[97];

	CHECK_OK(p384_key_of_pem(&k, text(example), &e), e);
	if (!k)
		return;
	p384_key_public(k, x, y);
	hex_write(hex, x, 48);
	CHECK(!strcmp(hex,
		"ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"));
	hex_write(hex, y, 48);
	CHECK(!strcmp(hex,
		"8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720"));
}

static void refuses(void)
{
	CLEANUP(p384_key_freep) struct p384_key *k = NULL;
	struct err e = { 0 };

	CHECK_ERR(p384_key_of_pem(&k, text(""), &e), e, ERR_FORMAT);
	CHECK_ERR(p384_key_of_pem(&k, text("-----BEGIN EC PRIVATE KEY-----\nAA==\n"), &e), e,
		ERR_FORMAT);
	CHECK_ERR(p384_key_of_pem(&k, span_make(example, P384_KEY_FILE_MAX + 1), &e), e, ERR_LIMIT);
	CHECK(!k);
}

int main(void)
{
	rfc6979();
	public_point();
	refuses();
	return test_end();
}
