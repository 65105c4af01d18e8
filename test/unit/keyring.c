#include "lock/keyring.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"
#include "test.h"

/* A key is its packet: version 4, and bytes that make it another than the next. */
static void add_key(struct buf *b, uint8_t which, char fingerprint[static 41])
{
	const uint8_t body[] = { 4, 0, 0, 0, which, 22, 1, 2, 3 };
	uint8_t hashed[3 + sizeof body] = { 0x99, 0, sizeof body };
	struct digest d;

	memcpy(hashed + 3, body, sizeof body);
	d = digest_of(DIGEST_SHA1, SPAN_OF(hashed));
	for (size_t i = 0; i < 20; i++)
		snprintf(fingerprint + 2 * i, 3, "%02X", d.bytes[i]);
	buf_u8(b, 0x98); /* old form, tag 6, one byte of length */
	buf_u8(b, sizeof body);
	buf_add(b, body, sizeof body);
}

/* In each form of length that there is. */
static void add_signature(struct buf *b, uint8_t type, int form)
{
	static const char *const heads[] = { "\x88\x04", "\x89\x00\x04", "\x8a\x00\x00\x00\x04",
		"\xc2\x04", "\xc2\xff\x00\x00\x00\x04" };
	static const size_t sizes[] = { 2, 3, 5, 2, 6 };

	buf_add(b, heads[form], sizes[form]);
	buf_u8(b, 4);
	buf_u8(b, type);
	buf_u16be(b, 0);
}

static void revocations(void)
{
	for (int form = 0; form < 5; form++) {
		CLEANUP(buf_done) struct buf b = buf_init(4096);
		char one[41], two[41], three[41];
		bool revoked = true;
		struct err e = { 0 };

		add_key(&b, 1, one);
		add_signature(&b, 0x13, form);
		add_key(&b, 2, two);
		add_signature(&b, 0x20, form);
		add_key(&b, 3, three);
		add_signature(&b, 0x18, form);
		add_signature(&b, 0x28, form);
		CHECK_OK(keyring_is_revoked(buf_span(&b), str_of(one), &revoked, &e), e);
		CHECK(!revoked);
		CHECK_OK(keyring_is_revoked(buf_span(&b), str_of(two), &revoked, &e), e);
		CHECK(revoked);
		revoked = false;
		CHECK_OK(keyring_is_revoked(buf_span(&b), str_of(three), &revoked, &e), e);
		CHECK(revoked);
		one[0] = one[0] == '0' ? '1' : '0';
		CHECK_ERR(keyring_is_revoked(buf_span(&b), str_of(one), &revoked, &e), e,
			ERR_NOTFOUND);
	}
}

/* What is cut short or of another form is no answer, unless it is cut between packets and lacks the key. */
static void cut(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	char one[41], two[41];
	bool revoked;

	add_key(&b, 1, one);
	add_signature(&b, 0x13, 0);
	add_key(&b, 2, two);
	for (size_t n = 0; n < b.n; n++) {
		struct err e = { 0 };

		CHECK(!keyring_is_revoked(span_make(b.p, n), str_of(two), &revoked, &e));
		CHECK(e.kind == ERR_FORMAT || e.kind == ERR_NOTFOUND);
	}
}

static void other_forms(void)
{
	static const char *const bad[] = { "-----BEGIN PGP PUBLIC KEY BLOCK-----", "\x9b\x04",
		"\xc6\xe1\x04", "\x98\xff\x04" };
	bool revoked;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		CHECK_ERR(keyring_is_revoked(str_span(str_of(bad[i])), STR("00"), &revoked, &e), e,
			ERR_FORMAT);
	}
}

int main(void)
{
	revocations();
	cut();
	other_forms();
	return test_end();
}
