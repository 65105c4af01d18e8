#include "lock/keyring.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/rd.h"
#include "base/banned.h"

enum { TAG_SIGNATURE = 2, TAG_KEY = 6, KEY_REVOCATION = 0x20, SUBKEY_REVOCATION = 0x28 };
enum { FINGERPRINT_SIZE = 20, KEY_BODY_MAX = 65535 };

/* RFC 4880 4.2: the body of the next packet; a failed reader for forms that key files do not have (partial lengths). */
static struct rd next_packet(struct rd *r, unsigned *tag)
{
	uint8_t head = rd_u8(r), first;
	struct rd bad = { .failed = true };

	if (!(head & 0x80))
		return bad;
	if (!(head & 0x40)) {
		*tag = head >> 2 & 15;
		switch (head & 3) {
		case 0:
			return rd_sub(r, rd_u8(r));
		case 1:
			return rd_sub(r, rd_u16be(r));
		case 2:
			return rd_sub(r, rd_u32be(r));
		default:
			return bad;
		}
	}
	*tag = head & 63;
	first = rd_u8(r);
	if (first < 192)
		return rd_sub(r, first);
	if (first < 224)
		return rd_sub(r, ((first - 192u) << 8) + rd_u8(r) + 192);
	return first == 255 ? rd_sub(r, rd_u32be(r)) : bad;
}

/* 12.2: SHA-1 over 0x99, the length in two bytes, the body. */
static bool is_key(struct span body, struct str fingerprint)
{
	CLEANUP(buf_done) struct buf b = buf_init(3 + KEY_BODY_MAX);
	char hex[2 * FINGERPRINT_SIZE + 1];
	struct digest d;

	if (body.n > KEY_BODY_MAX || body.n == 0 || body.p[0] != 4)
		return false;
	buf_u8(&b, 0x99);
	buf_u16be(&b, (uint16_t)body.n);
	buf_add(&b, body.p, body.n);
	d = digest_of(DIGEST_SHA1, buf_span(&b));
	for (size_t i = 0; i < FINGERPRINT_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02X", d.bytes[i]);
	return str_is(fingerprint, hex);
}

/* 5.2: version and type stand first in versions 4 to 6, after one more byte in version 3. */
static bool is_revocation(struct rd body)
{
	uint8_t version = rd_u8(&body), type;

	if (version == 3)
		rd_skip(&body, 1);
	type = rd_u8(&body);
	return type == KEY_REVOCATION || type == SUBKEY_REVOCATION;
}

bool keyring_is_revoked(struct span keyring, struct str fingerprint, bool *ret, struct err *e)
{
	struct rd r = rd_of(keyring);
	bool found = false, ours = false, revoked = false;

	while (rd_left(&r)) {
		unsigned tag = 0;
		size_t at = r.at;
		struct rd body = next_packet(&r, &tag);

		if (!rd_ok(&body) || !rd_ok(&r))
			return err_set(e, ERR_FORMAT,
				"the keyring is no plain sequence of OpenPGP packets at %zu", at);
		if (tag == TAG_KEY) {
			ours = is_key(span_make(body.p, body.n), fingerprint);
			found |= ours;
		}
		if (ours && tag == TAG_SIGNATURE)
			revoked |= is_revocation(body);
	}
	if (!found)
		return err_set(
			e, ERR_NOTFOUND, "the keyring has no key %.*s", STR_ARG(fingerprint));
	*ret = revoked;
	return true;
}
