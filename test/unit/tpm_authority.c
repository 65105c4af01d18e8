/* Secure Boot: which entry of db starts an image, what that puts into PCR 7, and what is left out of PCR 4. */
#include "measure/tpm_authority.h"

#include "image/authenticode.h"
#include "image/pe_certificates.h"
#include "measure/tpm_pcr.h"
#include "signer_made.h"
#include "test.h"
#include "uki_made.h"

enum { ARENA = 4 << 20, ROOM = 1 << 20 };

static const enum digest_alg bank[] = { DIGEST_SHA256 };
static const uint8_t owner[16] = "our own machine";

static struct buf make_image(const struct signer *s)
{
	struct buf kernel CLEANUP(buf_done) = uki_made_kernel(UKI_MADE_VERSION);
	struct uki_made_parts parts = { .magic = "#### LoaderInfo: systemd-stub 257.1 ####",
		.command_line = UKI_MADE_COMMAND_LINE,
		.initrd = SPAN_OF(uki_made_initrd),
		.kernel = buf_span(&kernel) };
	struct buf plain = uki_made(&parts), signature CLEANUP(buf_done) = buf_init(1 << 16);
	CLEANUP(signing_key_freep) struct signing_key *key = NULL;
	struct buf out = buf_init(ROOM);
	struct digest hash;
	struct err e;

	memset(plain.p + PE_MADE_OPTIONAL_AT + 64, 0, 4); /* CheckSum, which signing sets */
	if (!s)
		return plain;
	CHECK_OK(pe_authenticode(&hash, buf_span(&plain), DIGEST_SHA256, &e), e);
	CHECK_OK(signing_key_of_pem(&key, buf_span(&s->key_pem), buf_span(&s->cert_pem), &e), e);
	CHECK_OK(authenticode_sign(&signature, hash.bytes, key, &e), e);
	CHECK_OK(pe_certificates_attach(&out, buf_span(&plain), buf_span(&signature), &e), e);
	buf_done(&plain);
	return out;
}

static void put_hash(struct buf *out, struct span image)
{
	struct digest hash;
	struct err e;

	CHECK_OK(pe_authenticode(&hash, image, DIGEST_SHA256, &e), e);
	buf_add(out, "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28", 16);
	buf_u32le(out, 28 + 48);
	buf_u32le(out, 0);
	buf_u32le(out, 48);
	buf_add(out, owner, 16);
	buf_add(out, hash.bytes, 32);
}

/* The event by hand: GUID of db, sizes, "db", owner, data. */
static struct digest want_event(struct span data)
{
	struct buf b CLEANUP(buf_done) = buf_init(ROOM);

	buf_add(&b, "\xcb\xb2\x19\xd7\x3a\x3d\x96\x45\xa3\xbc\xda\xd0\x0e\x67\x65\x6f", 16);
	buf_u64le(&b, 2);
	buf_u64le(&b, 16 + data.n);
	buf_add(&b, "d\0b\0", 4);
	buf_add(&b, owner, 16);
	buf_add(&b, data.p, data.n);
	return digest_of(DIGEST_SHA256, buf_span(&b));
}

/* One more attempt with this db and dbx: true, or the kind of the error. */
static bool add(
	struct event_list *l, struct span db, struct span dbx, struct span image, struct err *e)
{
	struct tpm_authority t;
	struct pe pe;

	CHECK_OK(pe_parse(&pe, image, e), *e);
	return tpm_authority_init(&t, db, dbx, l->a, e) &&
	       tpm_authority_add(l, &t, &pe, "image", e) &&
	       tpm_authority_add(l, &t, &pe, "image", e);
}

static void the_entry_is_found(const struct signer *ours, const struct signer *other)
{
	struct buf image CLEANUP(buf_done) = make_image(ours),
			 plain CLEANUP(buf_done) = make_image(NULL);
	struct buf db CLEANUP(buf_done) = buf_init(ROOM),
		      strange CLEANUP(buf_done) = buf_init(ROOM),
		      hash CLEANUP(buf_done) = buf_init(ROOM);
	struct span none = span_make(NULL, 0);
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct event_list l;
	struct digest want;
	struct err e = { 0 };

	signature_list_put(&strange, owner, buf_span(&other->certificate));
	buf_add(&db, strange.p, strange.n);
	signature_list_put(&db, owner, buf_span(&ours->certificate));
	put_hash(&hash, buf_span(&image));
	event_list_init(&l, a, bank, 1);
	CHECK_OK(add(&l, buf_span(&db), buf_span(&strange), buf_span(&image), &e), e);
	want = want_event(buf_span(&ours->certificate));
	CHECK(l.n == 1 && l.items[0].reg == 7 && l.items[0].type == 0x800000e0u &&
		digest_equal(&l.items[0].digests[0], &want));
	CHECK_OK(add(&l, buf_span(&hash), none, buf_span(&plain), &e), e);
	CHECK(l.n == 2);
	CHECK_ERR(add(&l, buf_span(&strange), none, buf_span(&image), &e), e, ERR_MISMATCH);
	CHECK_ERR(add(&l, buf_span(&db), none, buf_span(&plain), &e), e, ERR_MISMATCH);
	CHECK_ERR(add(&l, buf_span(&db), buf_span(&db), buf_span(&image), &e), e, ERR_MISMATCH);
	CHECK_ERR(add(&l, buf_span(&db), buf_span(&hash), buf_span(&image), &e), e, ERR_MISMATCH);
	CHECK_ERR(add(&l, none, none, buf_span(&image), &e), e, ERR_MISMATCH);
	CHECK(l.n == 2);
}

/* With Secure Boot on: PCR 7 ends with the authority, PCR 4 lacks the inner kernel; signing moves no other register. */
static void secure_boot_is_predicted(const struct signer *ours)
{
	struct buf image CLEANUP(buf_done) = make_image(ours),
			 plain CLEANUP(buf_done) = make_image(NULL),
			 gpt CLEANUP(buf_done) = uki_made_gpt(),
			 db CLEANUP(buf_done) = buf_init(ROOM);
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct tpm_boot on = { .uki = buf_span(&image), .gpt = buf_span(&gpt) };
	struct tpm_boot off = { .uki = buf_span(&plain), .gpt = buf_span(&gpt) };
	struct tpm_prediction p, q;
	struct digest x, y;
	struct err e;

	signature_list_put(&db, owner, buf_span(&ours->certificate));
	on.variables = (struct tpm_variables){ .secure_boot = TPM_SECURE_BOOT_ON,
		.pk = buf_span(&db),
		.kek = buf_span(&db),
		.db = buf_span(&db) };
	off.variables.secure_boot = TPM_SECURE_BOOT_OFF;
	CHECK_OK(tpm_pcr_predict(&p, &on, bank, 1, a, &e), e);
	CHECK_OK(tpm_pcr_predict(&q, &off, bank, 1, a, &e), e);
	CHECK(p.events.n == q.events.n); /* one more in PCR 7, one less in PCR 4 */
	for (unsigned r = 0; r < 16; r++) {
		event_fold(&p.events, r, 0, &x);
		event_fold(&q.events, r, 0, &y);
		CHECK(digest_equal(&x, &y) == (r != 4 && r != 7));
	}
	for (size_t i = 1; i < p.events.n; i++)
		if (p.events.items[i].type == 0x80000003u)
			CHECK(p.events.items[i - 1].type == 0x800000e0u);
	on.uki = off.uki;
	CHECK_ERR(tpm_pcr_predict(&p, &on, bank, 1, a, &e), e, ERR_MISMATCH);
}

/* Whatever bit of the certificate table is flipped: another answer or none, no accident. */
static void a_broken_signature_is_no_accident(const struct signer *ours)
{
	struct buf image CLEANUP(buf_done) = make_image(ours),
			 db CLEANUP(buf_done) = buf_init(ROOM);
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	size_t refused = 0, tried = 0;
	struct event_list l;
	struct pe whole;
	struct err e;

	signature_list_put(&db, owner, buf_span(&ours->certificate));
	event_list_init(&l, a, bank, 1);
	CHECK_OK(pe_parse(&whole, buf_span(&image), &e), e);
	for (size_t at = image.n - whole.certificates_size; at < image.n; at++) {
		struct tpm_authority t;
		struct pe pe;

		image.p[at] ^= 0x10;
		tried++;
		refused += !pe_parse(&pe, buf_span(&image), &e) ||
			   !tpm_authority_init(&t, buf_span(&db), span_make(NULL, 0), a, &e) ||
			   !tpm_authority_add(&l, &t, &pe, "image", &e);
		image.p[at] ^= 0x10;
	}
	CHECK(refused > tried / 3 && refused < tried);
}

/* ---- signatures made by hand: only as much of them as is looked at ---- */

static void add_signature(struct buf *b, const uint8_t *names, size_t n)
{
	struct buf inner CLEANUP(buf_done) = buf_init(200);

	buf_u32le(b, (uint32_t)(8 + 16 + 5 * n + (8 - 5 * n % 8) % 8));
	buf_u16le(b, 0x200);
	buf_u16le(b, 2);
	buf_add(&inner, "\x02\x01\x01\x31\x00\x30\x00\xa0", 8);
	buf_u8(&inner, (uint8_t)(5 * n));
	for (size_t i = 0; i < n; i++) {
		buf_add(&inner, "\x30\x03\x02\x01", 4);
		buf_u8(&inner, names[i]);
	}
	buf_u8(b, 0x30);
	buf_u8(b, (uint8_t)(inner.n + 7));
	buf_add(b, "\x06\x01\x2a\xa0", 4);
	buf_u8(b, (uint8_t)(inner.n + 2));
	buf_u8(b, 0x30);
	buf_u8(b, (uint8_t)inner.n);
	buf_add(b, inner.p, inner.n);
	buf_fill(b, 0, (8 - b->n % 8) % 8);
}

/* A program with two signatures, of certificates 1 and 2, and of certificate 3. */
static struct buf make_signed_twice(void)
{
	struct pe_made_section line = { ".cmdline", str_span(STR("quiet")) };
	struct buf b = pe_made(true, &line, 1);
	size_t at = b.n;

	add_signature(&b, (const uint8_t[]){ 1, 2 }, 2);
	add_signature(&b, (const uint8_t[]){ 3 }, 1);
	put_u32le(b.p + PE_MADE_OPTIONAL_AT + 112 + 32, (uint32_t)at);
	put_u32le(b.p + PE_MADE_OPTIONAL_AT + 112 + 36, (uint32_t)(b.n - at));
	return b;
}

static void put_name(struct buf *out, uint8_t name)
{
	uint8_t certificate[] = { 0x30, 3, 2, 1, name };

	signature_list_put(out, owner, SPAN_OF(certificate));
}

/* The first in db of the first signature that has one; dbx looks at all. */
static void the_order_of_db_decides(void)
{
	static const struct {
		uint8_t db[2], dbx, want;
	} cases[] = {
		{ { 1, 2 }, 9, 1 },
		{ { 2, 1 }, 9, 2 },
		{ { 3, 2 }, 9, 2 },
		{ { 3, 9 }, 8, 3 },
		{ { 1, 2 }, 3, 0 },
		{ { 1, 2 }, 2, 0 },
		{ { 8, 9 }, 7, 0 },
	};
	struct buf image CLEANUP(buf_done) = make_signed_twice();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf db CLEANUP(buf_done) = buf_init(ROOM),
			      dbx CLEANUP(buf_done) = buf_init(ROOM);
		uint8_t certificate[] = { 0x30, 3, 2, 1, cases[i].want };
		CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
		struct digest want = want_event(SPAN_OF(certificate));
		struct event_list l;
		struct err e = { 0 };

		put_name(&db, cases[i].db[0]);
		put_name(&db, cases[i].db[1]);
		put_name(&dbx, cases[i].dbx);
		event_list_init(&l, a, bank, 1);
		CHECK(add(&l, buf_span(&db), buf_span(&dbx), buf_span(&image), &e) ==
			(cases[i].want != 0));
		CHECK(cases[i].want ? l.n == 1 && digest_equal(&l.items[0].digests[0], &want)
				    : e.kind == ERR_MISMATCH);
	}
}

int main(void)
{
	the_order_of_db_decides();
	struct signer ours CLEANUP(signer_done) = make_signer(made_rsa(), NULL);
	struct signer other CLEANUP(signer_done) = make_signer(made_rsa(), NULL);

	the_entry_is_found(&ours, &other);
	secure_boot_is_predicted(&ours);
	a_broken_signature_is_no_accident(&ours);
	return test_end();
}
