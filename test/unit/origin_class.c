#include "appraise/origin_class.h"

#include "test.h"

static void names(void)
{
	enum origin_class c;

	for (size_t i = 0; i < ORIGIN_CLASSES; i++) {
		CHECK(origin_class_read(&c, str_of(origin_class_name((enum origin_class)i))));
		CHECK((size_t)c == i);
	}
	CHECK(!origin_class_read(&c, STR("Source")) && !origin_class_read(&c, STR("")));
}

static const struct {
	struct origin_class_shares s; /* opaque, source, distribution, reproduced */
	const char *says;
} told[] = {
	{ { { 0, 0, 0, 0 } }, "no bytes" },
	{ { { 0, 7, 0, 0 } }, "100.0 % source" },
	{ { { 0, 621, 379, 0 } }, "62.1 % source, 37.9 % distribution" },
	{ { { 1, 99999, 0, 0 } }, "99.9 % source, under 0.1 % opaque" },
	{ { { 1, 1, 1, 1 } },
		"25.0 % source, 25.0 % reproduced, 25.0 % distribution, 25.0 % opaque" },
	{ { { 0, 0, 2, 1 } }, "33.3 % reproduced, 66.6 % distribution" },
};

static void tells(void)
{
	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(1024);

		origin_class_tell(&b, &told[i].s);
		buf_u8(&b, 0);
		test_report(!strcmp((const char *)b.p, told[i].says), __FILE__, (int)i,
			(const char *)b.p);
	}
}

static void bounds(void)
{
	struct origin_class_shares s = { 0 }, full = { 0 };
	const uint64_t most = UINT64_MAX / 2 / 1000;

	CHECK(!origin_class_add(&full, ORIGIN_SOURCE, most + 1));
	CHECK(origin_class_add(&full, ORIGIN_SOURCE, most - 1));
	CHECK(!origin_class_add(&full, ORIGIN_OPAQUE, 2));
	CHECK(origin_class_add(&full, ORIGIN_OPAQUE, 1) && origin_class_total(&full) == most);
	CHECK(!origin_class_add(&full, ORIGIN_OPAQUE, 1));
	CHECK(!strcmp(origin_class_name(ORIGIN_CLASSES), "opaque"));
	CHECK(!origin_class_add(&s, ORIGIN_SOURCE, UINT64_MAX));
	CHECK(origin_class_add(&s, ORIGIN_SOURCE, UINT64_MAX / 4000));
	CHECK(origin_class_add(&s, ORIGIN_OPAQUE, UINT64_MAX / 5000));
	CHECK(!origin_class_add(&s, ORIGIN_OPAQUE, UINT64_MAX / 4000));
	CHECK(origin_class_total(&s) == UINT64_MAX / 4000 + UINT64_MAX / 5000);
}

static bool parse(struct origin_class_shares *ret, const char *text, struct arena *a, struct err *e)
{
	struct json v;

	return json_parse(&v, str_span(str_of(text)), a, e) && origin_class_parse(ret, &v, e);
}

static const char *const bad[] = {
	"[]",
	"{}",
	"{\"source\": 1, \"reproduced\": 2, \"distribution\": 3}",
	"{\"source\": 1, \"reproduced\": 2, \"distribution\": 3, \"opaque\": -4}",
	"{\"source\": 1, \"reproduced\": 2, \"distribution\": 3, \"opaque\": 4, \"x\": 1}",
	"{\"source\": 18446744073709551615, \"reproduced\": 2, \"distribution\": 3, \"opaque\": 4}",
	"{\"source\": 9223372036854775, \"reproduced\": 9223372036854775, \"distribution\": 3, \"opaque\": 4}",
};

/* What is written is read, and nothing else is. */
static void documents(struct arena *a)
{
	const struct origin_class_shares s = { { 4, 1, 3, 2 } };
	CLEANUP(buf_done) struct buf b = buf_init(1024);
	struct json_out w = json_out_to(&b);
	struct origin_class_shares got = { 0 };
	struct err e = { 0 };

	json_object(&w);
	origin_class_emit(&w, &s);
	json_end_object(&w);
	buf_u8(&b, 0);
	CHECK_OK(parse(&got, (const char *)b.p, a, &e), e);
	CHECK(!memcmp(&got, &s, sizeof s));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		test_report(!parse(&got, bad[i], a, &e), __FILE__, (int)i, "taken");
	CHECK(!memcmp(&got, &s, sizeof s));
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);

	names();
	tells();
	bounds();
	documents(a);
	return test_end();
}
