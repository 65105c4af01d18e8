#include "measure/signature_list.h"

#include "test.h"

enum { ARENA = 1 << 20, ROOM = 4096 };

static const uint8_t owner[16] = "our own machine";
static const uint8_t certificate[] = { 0x30, 3, 2, 1, 5 };

/* Two lists: a certificate, and two hashes. */
static struct buf make_variable(void)
{
	struct buf b = buf_init(ROOM);

	signature_list_put(&b, owner, SPAN_OF(certificate));
	buf_add(&b, "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28", 16);
	buf_u32le(&b, 28 + 2 * 48);
	buf_u32le(&b, 0);
	buf_u32le(&b, 48);
	for (uint8_t i = 1; i <= 2; i++) {
		buf_add(&b, owner, 16);
		buf_fill(&b, i, 32);
	}
	return b;
}

static void reads_what_is_there(void)
{
	CLEANUP(buf_done) struct buf b = make_variable();
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct signature_list l;
	struct err e;

	CHECK_OK(signature_list_parse(&l, buf_span(&b), a, &e), e);
	CHECK(l.n == 3 && l.entries[0].kind == SIGNATURE_LIST_X509 &&
		l.entries[1].kind == SIGNATURE_LIST_SHA256 && l.entries[2].whole.n == 48);
	CHECK(span_equal(l.entries[0].data, SPAN_OF(certificate)));
	CHECK(memcmp(l.entries[0].whole.p, owner, 16) == 0 && l.entries[2].data.p[31] == 2);
	CHECK_OK(signature_list_parse(&l, span_make(NULL, 0), a, &e), e);
	CHECK(l.n == 0);
}

/* Cut anywhere but between lists; a size that is one too large or too small. */
static void a_broken_list_is_refused(void)
{
	CLEANUP(buf_done) struct buf b = make_variable();
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	size_t first = 28 + 16 + sizeof certificate, silent = 0;
	struct signature_list l;
	struct err e;

	for (size_t n = 1; n < b.n; n++)
		if (n != first)
			silent += signature_list_parse(&l, span_make(b.p, n), a, &e);
	CHECK(silent == 0);
	for (size_t at = 0; at < first + 28; at += first)
		for (size_t field = 16; field < 28; field += 4)
			for (int step = -1; step <= 1; step += 2) {
				b.p[at + field] = (uint8_t)(b.p[at + field] + step);
				silent += signature_list_parse(&l, buf_span(&b), a, &e);
				b.p[at + field] = (uint8_t)(b.p[at + field] - step);
			}
	CHECK(silent == 0);
	memset(b.p + 16, 0xff, 12);
	CHECK_ERR(signature_list_parse(&l, buf_span(&b), a, &e), e, ERR_FORMAT);
}

static void too_many_are_refused(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(SIGNATURE_LIST_SIZE_MAX + 100);
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	size_t n = SIGNATURE_LIST_ENTRIES_MAX + 1;
	struct signature_list l;
	struct err e;

	buf_fill(&b, 7, 16);
	buf_u32le(&b, (uint32_t)(28 + n * 17));
	buf_u32le(&b, 0);
	buf_u32le(&b, 17);
	buf_fill(&b, 7, n * 17);
	CHECK_ERR(signature_list_parse(&l, buf_span(&b), a, &e), e, ERR_LIMIT);
	buf_fill(&b, 7, SIGNATURE_LIST_SIZE_MAX + 1 - b.n);
	CHECK_ERR(signature_list_parse(&l, buf_span(&b), a, &e), e, ERR_LIMIT);
}

static void owners_are_guids(void)
{
	static const uint8_t want[16] = { 0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa,
		0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c };
	static const char *const bad[] = { "", "8be4df61-93ca-11d2-aa0d-00e098032b8",
		"8be4df61-93ca-11d2-aa0d-00e098032b8c0", "8be4df61-93ca-11d2-aa0d-00e098032b8g",
		"8be4df6193ca-11d2-aa0d--00e098032b8c", "8be4df61-93ca-11d2-aa0d000e098032b8c" };
	uint8_t got[16] = { 0 };
	struct err e;

	CHECK_OK(signature_list_owner(got, STR("8be4df61-93ca-11d2-aa0d-00e098032b8c"), &e), e);
	CHECK(memcmp(got, want, 16) == 0);
	CHECK_OK(signature_list_owner(got, STR("8BE4DF61-93CA-11D2-AA0D-00E098032B8C"), &e), e);
	CHECK(memcmp(got, want, 16) == 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(signature_list_owner(got, str_of(bad[i]), &e), e, ERR_FORMAT);
}

int main(void)
{
	reads_what_is_there();
	a_broken_list_is_refused();
	too_many_are_refused();
	owners_are_guids();
	return test_end();
}
