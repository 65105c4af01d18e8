#include "appraise/corim_read.h"

#include "base/hex.h"
#include "test.h"

static struct arena *a;

/* A CoMID whose one reference triple is this, in hexadecimal. */
#define TRIPLE(hex)    \
	"a201a1006161" \
	"04a1"         \
	"0081" hex
/* An environment of vendor "v". */
#define ENV "a100a1016176"

/* A manifest "m" of one tag around the CoMID. */
static void manifest_of(struct buf *b, struct span comid)
{
	*b = buf_init(1 << 16);
	cbor_put_tag(b, CORIM_TAG);
	cbor_put_map(b, 2);
	cbor_put_uint(b, CORIM_ID);
	cbor_put_text(b, STR("m"));
	cbor_put_uint(b, CORIM_TAGS);
	cbor_put_array(b, 1);
	cbor_put_tag(b, CORIM_COMID_TAG);
	cbor_put_bytes(b, comid);
}

static struct span bytes_of(const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p = arena_alloc(a, n + 1);

	CHECK(hex_read(str_of(hex), p, n));
	return span_make(p, n);
}

/* How many digests it has, by itself and in a manifest. */
static const struct {
	const char *hex;
	size_t n_values;
} good[] = {
	{ TRIPLE("82" ENV "81a101a1028182014161"), 1 },
	{ TRIPLE("82" ENV "81a101a1028282014161820741ff"), 2 },
	{ TRIPLE("82" ENV "81a101a10ea2008182014161636162638182636d79614162"), 2 },
	{ TRIPLE("82" ENV "82a101a102818201416"
		 "1a101a10b6161"),
		1 },
	{ TRIPLE("82" ENV "81a101a1016161"), 0 },
	/* an extension, and other triples */
	{ "a301a10061610"
	  "4a1018100"
	  "20616b",
		0 },
	{ "a201a1005000000000000000000000000000000000"
	  "04a2018100"
	  "20"
	  "a0",
		0 },
};

static void reads(void)
{
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CLEANUP(buf_done) struct buf b = { 0 };
		struct span comid = bytes_of(good[i].hex);
		struct err e = { 0 };
		struct corim c = { 0 };

		CHECK_OK(corim_read_comid(&c, comid, a, &e), e);
		CHECK(c.n_values == good[i].n_values);
		manifest_of(&b, comid);
		CHECK_OK(corim_read(&c, buf_span(&b), a, &e), e);
		CHECK(c.n_values == good[i].n_values && str_is(c.id, "m") && c.n_tags == 1);
		for (size_t n = 0; n < b.n; n++)
			CHECK_ERR(corim_read(&c, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	}
}

/* A key is that of its measurement: the next one that has none has none. */
static void keys(void)
{
	struct err e = { 0 };
	struct corim c = { 0 };

	CHECK_OK(corim_read_comid(&c,
			 bytes_of(TRIPLE("82" ENV "82a2006161" /* key "a" */
					 "01a1028182014161a101a1028182014162")),
			 a, &e),
		e);
	CHECK(c.n_values == 2 && str_is(c.values[0].key, "a") && !c.values[1].key.n);
	CHECK(str_is(c.values[0].vendor, "v") && str_is(c.values[1].vendor, "v"));
}

static const struct {
	const char *hex, *says;
} bad_comids[] = {
	{ "a101a1006161", "member 4 is missing" },
	{ "a104a1008100", "member 1 is missing" },
	{ "a201a104a1008100", "" },
	{ "a201a004a1018100", "no tag-id" },
	{ "a201a1006161"
	  "04a0",
		"without triples" },
	{ "a201a1006161"
	  "04a10080",
		"an empty one" },
	{ TRIPLE("81" ENV), "no pair of environment" },
	{ TRIPLE("82a081a101a1028182014161"), "environment: no map, or an empty one" },
	{ TRIPLE("82a100a081a101a1028182014161"), "class: no map, or an empty one" },
	{ TRIPLE("82a100a1010181a101a1028182014161"), "its vendor is no text" },
	{ TRIPLE("82" ENV "80"), "without measurements" },
	{ TRIPLE("82" ENV "81a10061"
		 "61"),
		"member 1 is missing" },
	{ TRIPLE("82" ENV "81a101a0"), "without a value" },
	{ TRIPLE("82" ENV "81a101a10280"), "digests: no list" },
	{ TRIPLE("82" ENV "81a101a102818101"), "no pair of algorithm and bytes" },
	{ TRIPLE("82" ENV "81a101a102818201"
		 "6161"),
		"no pair of algorithm and bytes" },
	{ TRIPLE("82" ENV "81a101a1028182f64161"), "its algorithm is no number" },
	{ TRIPLE("82" ENV "81a101a10281820158"
		 "21"
		 "000000000000000000000000000000000000000000000000000000000000000000"),
		"longer than its algorithm" },
	{ TRIPLE("82" ENV "81a101a10ea0"), "integrity registers: no map" },
	{ TRIPLE("82" ENV "81a101a10ea1208182014161"), "no number and no text" },
};

static void refuses_comids(void)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_comids); i++) {
		struct err e = { 0 };
		struct corim c;

		CHECK_ERR(corim_read_comid(&c, bytes_of(bad_comids[i].hex), a, &e), e, ERR_FORMAT);
		test_report(strstr(e.text, bad_comids[i].says), __FILE__, __LINE__, e.text);
	}
}

/* No tag, another tag, no id, an id that is none, no tags, an empty list, a tag that is none. */
static void refuses_manifests(void)
{
	static const char *const bad[] = { "a2006161018100", "d901f7a2006161018100",
		"d901f5a10181d901fa41a0", "d901f5a20041610181d901fa41a0", "d901f5a1006161",
		"d901f5a20061610180", "d901f5a2006161018100", "d901f5a20061610181d901f441a0",
		"d901f5a20061610181d901fa6161", "d284a0a04040", "d28443a10126a042616140" };
	struct err e = { 0 };
	struct corim c;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(corim_read(&c, bytes_of(bad[i]), a, &e), e, ERR_FORMAT);
}

int main(void)
{
	a = arena_new(64 << 20);
	reads();
	keys();
	refuses_comids();
	refuses_manifests();
	arena_free(a);
	return test_end();
}
