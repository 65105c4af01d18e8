#include "codec/cbor.h"

#include "base/hex.h"
#include "test.h"

static struct arena *a;

/* Bytes of lower-case hexadecimal, in the arena. */
static struct span bytes_of(const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p = arena_alloc(a, n + 1);

	CHECK(hex_read(str_of(hex), p, n));
	return span_make(p, n);
}

/* RFC 8949, appendix A: what is read, and what it is written as where that is other bytes. */
static const struct {
	const char *hex;
	enum cbor_kind kind;
	uint64_t number;
	size_t n;
	const char *again;
} cases[] = {
	{ "00", CBOR_UINT, 0, 0, NULL },
	{ "17", CBOR_UINT, 23, 0, NULL },
	{ "1818", CBOR_UINT, 24, 0, NULL },
	{ "18ff", CBOR_UINT, 255, 0, NULL },
	{ "190100", CBOR_UINT, 256, 0, NULL },
	{ "1903e8", CBOR_UINT, 1000, 0, NULL },
	{ "19ffff", CBOR_UINT, 65535, 0, NULL },
	{ "1a00010000", CBOR_UINT, 65536, 0, NULL },
	{ "1affffffff", CBOR_UINT, UINT32_MAX, 0, NULL },
	{ "1b0000000100000000", CBOR_UINT, UINT64_C(1) << 32, 0, NULL },
	{ "1a000f4240", CBOR_UINT, 1000000, 0, NULL },
	{ "1b000000e8d4a51000", CBOR_UINT, 1000000000000, 0, NULL },
	{ "1bffffffffffffffff", CBOR_UINT, UINT64_MAX, 0, NULL },
	{ "1b0000000000000017", CBOR_UINT, 23, 0, "17" },
	{ "190017", CBOR_UINT, 23, 0, "17" },
	{ "20", CBOR_NEGATIVE, 0, 0, NULL },
	{ "3903e7", CBOR_NEGATIVE, 999, 0, NULL },
	{ "3bffffffffffffffff", CBOR_NEGATIVE, UINT64_MAX, 0, NULL },
	{ "f93c00", CBOR_FLOAT, 0x3c00, 2, NULL },
	{ "fa47c35000", CBOR_FLOAT, 0x47c35000, 4, NULL },
	{ "fb3ff199999999999a", CBOR_FLOAT, 0x3ff199999999999a, 8, NULL },
	{ "f4", CBOR_SIMPLE, CBOR_FALSE, 0, NULL },
	{ "f5", CBOR_SIMPLE, CBOR_TRUE, 0, NULL },
	{ "f6", CBOR_SIMPLE, CBOR_NULL, 0, NULL },
	{ "f7", CBOR_SIMPLE, CBOR_UNDEFINED, 0, NULL },
	{ "f0", CBOR_SIMPLE, 16, 0, NULL },
	{ "f8ff", CBOR_SIMPLE, 255, 0, NULL },
	{ "c11a514b67b0", CBOR_TAG, 1, 1, NULL },
	{ "d818456449455446", CBOR_TAG, 24, 1, NULL },
	{ "40", CBOR_BYTES, 0, 0, NULL },
	{ "4401020304", CBOR_BYTES, 0, 0, NULL },
	{ "60", CBOR_TEXT, 0, 0, NULL },
	{ "6449455446", CBOR_TEXT, 0, 0, NULL },
	{ "62c3bc", CBOR_TEXT, 0, 0, NULL },
	{ "80", CBOR_ARRAY, 0, 0, NULL },
	{ "8301820203820405", CBOR_ARRAY, 0, 3, NULL },
	{ "a0", CBOR_MAP, 0, 0, NULL },
	{ "a201020304", CBOR_MAP, 0, 2, NULL },
	{ "a203040102", CBOR_MAP, 0, 2, "a201020304" },
	{ "a26161016001", CBOR_MAP, 0, 2, "a26001616101" },
	{ "a46161010a02200340f6", CBOR_MAP, 0, 4, "a40a02200340f6616101" },
	{ "5f42010243030405ff", CBOR_BYTES, 0, 0, "450102030405" },
	{ "7f657374726561646d696e67ff", CBOR_TEXT, 0, 0, "6973747265616d696e67" },
	{ "7fff", CBOR_TEXT, 0, 0, "60" },
	{ "9fff", CBOR_ARRAY, 0, 0, "80" },
	{ "9f018202039f0405ffff", CBOR_ARRAY, 0, 3, "8301820203820405" },
	{ "83018202039f0405ff", CBOR_ARRAY, 0, 3, "8301820203820405" },
	{ "bf61610161629f0203ffff", CBOR_MAP, 0, 2, "a26161016162820203" },
};

static void examples(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(100);
		struct span in = bytes_of(cases[i].hex);
		struct err e = { 0 };
		struct cbor v = { 0 };

		CHECK_OK(cbor_parse(&v, in, a, &e), e);
		CHECK(v.kind == cases[i].kind && v.number == cases[i].number && v.n == cases[i].n);
		CHECK(span_equal(v.whole, in));
		cbor_put_value(&b, &v);
		CHECK(span_equal(
			buf_span(&b), bytes_of(cases[i].again ? cases[i].again : cases[i].hex)));
	}
}

/* RFC 8949, appendix F.1, one or more of each kind, and what we refuse beyond it. */
static void refuses(void)
{
	static const char *const malformed[] = { "", "18", "19", "1900", "1a0000",
		"1b00000000000000", "41", "61", "5affffffff00", "5bffffffffffffffff010203", "81",
		"818181", "8200", "a1", "a20102", "a100", "a2000000", "c0", "d8", "f8", "f900",
		"fb000000", "9affffffff00", "9bffffffffffffffff", "bbffffffffffffffff", "5f4100",
		"7f6100", "9f", "9f0102", "bf", "bf01020102", "819f", "9f8000", "1c", "1d", "1e",
		"3c", "5c", "7d", "9e", "bc", "dd", "fc", "fe", "f800", "f818", "f81f", "5f00ff",
		"5f6100ff", "5f21ff", "5fc000ff", "7f4100ff", "5f5f4100ffff", "7f7f6100ffff", "ff",
		"81ff", "8200ff", "a1ff", "a1ff00", "a100ff", "9fa1ffff", "bf00ff", "bf000000ff",
		"1f", "3f", "df" };
	static const char *const ours[] = { "0000", "a201010101", "a2010218010b", "a1f400",
		"a18001", "a2616101616102", "61ff", "62c328", "7f61c361bcff", "a1f93c0001",
		"a1c10100" };
	struct err e = { 0 };
	struct cbor v;

	for (size_t i = 0; i < ARRAY_LEN(malformed); i++)
		CHECK_ERR(cbor_parse(&v, bytes_of(malformed[i]), a, &e), e, ERR_FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		CHECK_ERR(cbor_parse(&v, bytes_of(ours[i]), a, &e), e, ERR_FORMAT);
}

/* Every length of a value with all kinds in it but the whole is refused, and so is a byte more. */
static void truncations(void)
{
	static const char
		whole[] = "d901f5a50001200261619f1903e8fb3ff199999999999af6ff41ffbf187b5f420102"
			  "4103ffff637a7a7a8101";
	struct span in = bytes_of(whole);
	struct err e = { 0 };
	struct cbor v;

	CHECK_OK(cbor_parse(&v, in, a, &e), e);
	for (size_t n = 0; n < in.n; n++)
		CHECK_ERR(cbor_parse(&v, span_make(in.p, n), a, &e), e, ERR_FORMAT);
}

/* Lists in lists that each promise all bytes that are left: together they promise more than there are. */
static void promised(void)
{
	enum { SIZE = 32 << 10, HEAD = 3, LEVELS = CBOR_DEPTH_MAX };
	CLEANUP(arena_freep) struct arena *own = arena_new(64 << 20);
	static uint8_t bytes[SIZE];
	struct err e = { 0 };
	struct cbor v;

	for (unsigned i = 0; i < LEVELS; i++) {
		unsigned n = SIZE - HEAD * (i + 1);

		bytes[HEAD * i] = 0x99;
		bytes[HEAD * i + 1] = (uint8_t)(n >> 8);
		bytes[HEAD * i + 2] = (uint8_t)n;
	}
	CHECK_ERR(cbor_parse(&v, SPAN_OF(bytes), own, &e), e, ERR_FORMAT);
	CHECK(arena_used(own) <= 2 * SIZE * sizeof v);
	CHECK(!strcmp(e.text, "CBOR at 3: more items than bytes that are left"));
}

static void bounded(void)
{
	CLEANUP(arena_freep) struct arena *little = arena_new(300);
	CLEANUP(buf_done) struct buf b = buf_init(8 << 10);
	uint8_t deep[CBOR_DEPTH_MAX + 2];
	struct err e = { 0 };
	struct cbor v;

	memset(deep, 0x81, sizeof deep);
	deep[CBOR_DEPTH_MAX] = 0x00;
	CHECK_OK(cbor_parse(&v, span_make(deep, CBOR_DEPTH_MAX + 1), a, &e), e);
	deep[CBOR_DEPTH_MAX] = 0x81;
	deep[CBOR_DEPTH_MAX + 1] = 0x00;
	CHECK_ERR(cbor_parse(&v, SPAN_OF(deep), a, &e), e, ERR_LIMIT);
	memset(deep, 0x9f, sizeof deep);
	CHECK_ERR(cbor_parse(&v, SPAN_OF(deep), a, &e), e, ERR_LIMIT);
	CHECK_ERR(cbor_parse(&v, bytes_of("8801020304050607009f"), a, &e), e, ERR_FORMAT);
	CHECK_ERR(cbor_parse(&v, bytes_of("880102030405060700"), little, &e), e, ERR_LIMIT);
	promised();
	cbor_put_map(&b, CBOR_MEMBERS_MAX + 1);
	for (uint64_t i = 0; i <= CBOR_MEMBERS_MAX; i++) {
		cbor_put_uint(&b, i);
		cbor_put_uint(&b, i);
	}
	CHECK_ERR(cbor_parse(&v, buf_span(&b), a, &e), e, ERR_LIMIT);
	e.kind = ERR_NONE;
}

static void members(void)
{
	struct err e = { 0 };
	struct cbor v = { 0 };
	const struct cbor *m = NULL;
	int64_t n;

	/* {1: 2, -1: "a", "k": h'00', -2: 2^63} */
	CHECK_OK(cbor_parse(&v,
			 bytes_of("a4010220616161"
				  "6b4100"
				  "211b8000000000000000"),
			 a, &e),
		e);
	CHECK(cbor_get(&v, 1) && cbor_int(cbor_get(&v, 1), &n) && n == 2);
	CHECK(cbor_get(&v, -1) && str_is(cbor_str(cbor_get(&v, -1)), "a"));
	CHECK(cbor_get_text(&v, "k") && cbor_get_text(&v, "k")->bytes.n == 1);
	CHECK(!cbor_get(&v, 3) && !cbor_get_text(&v, "l") && !cbor_get(NULL, 1));
	CHECK(!cbor_get_text(NULL, "k"));
	CHECK(!cbor_int(cbor_get(&v, -2), &n));
	CHECK_OK(cbor_need(&m, &v, -1, CBOR_TEXT, "a claim", &e), e);
	CHECK_ERR(cbor_need(&m, &v, -1, CBOR_MAP, "a claim", &e), e, ERR_FORMAT);
	CHECK(strcmp(e.text, "a claim: member -1 is no map but a text") == 0);
	CHECK_ERR(cbor_need(&m, &v, 9, CBOR_MAP, "a claim", &e), e, ERR_FORMAT);
	CHECK_OK(cbor_parse(&v, bytes_of("c1c2f6"), a, &e), e);
	CHECK(cbor_is_null(cbor_untagged(&v)) && !cbor_is_null(&v));
}

static void writes(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(200);
	CLEANUP(buf_done) struct buf full = buf_init(3);

	cbor_put_tag(&b, 501);
	cbor_put_map(&b, 3);
	cbor_put_int(&b, 0);
	cbor_put_int(&b, -25);
	cbor_put_int(&b, INT64_MIN);
	cbor_put_bytes(&b, span_make("\1\2", 2));
	cbor_put_text(&b, STR("k"));
	cbor_put_array(&b, 2);
	cbor_put_bool(&b, true);
	cbor_put_null(&b);
	CHECK(span_equal(
		buf_span(&b), bytes_of("d901f5a30038183b7fffffffffffffff420102616b82f5f6")));
	cbor_put_uint(&full, 70000);
	CHECK(!buf_ok(&full));
}

/* Shortest heads everywhere, and nothing without a length but maps. */
static void form(void)
{
	static const char *const good[] = { "00", "1818", "190100", "1a00010000",
		"1b0000000100000000", "20", "43010203", "bf6161bf0102ff6162820102ff",
		"d28443a10126a0f640", "f6", "f8ff", "fb3ff199999999999a", "a0" };
	static const char *const bad[] = { "1817", "1900ff", "1a0000ffff", "1b00000000ffffffff",
		"3800", "580101", "5f4101ff", "7f6161ff", "9f01ff", "a1019f01ff", "a1180100",
		"bf019f01ffff", "d812f6", "820a1801", "980101", "b8010102", "c1d81101" };
	struct err e = { 0 };
	struct cbor v;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK_OK(cbor_parse(&v, bytes_of(good[i]), a, &e), e);
		CHECK_OK(cbor_check_form(&v, &e), e);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_OK(cbor_parse(&v, bytes_of(bad[i]), a, &e), e);
		CHECK_ERR(cbor_check_form(&v, &e), e, ERR_FORMAT);
	}
	CHECK_OK(cbor_parse(&v, bytes_of("820a1801"), a, &e), e);
	CHECK_ERR(cbor_check_form(&v, &e), e, ERR_FORMAT);
	CHECK(!strcmp(e.text, "CBOR at 2: a longer head than needed of unsigned number"));
}

int main(void)
{
	a = arena_new(1 << 20);
	examples();
	refuses();
	truncations();
	bounded();
	members();
	writes();
	form();
	arena_free(a);
	return test_end();
}
