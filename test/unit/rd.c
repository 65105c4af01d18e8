#include "base/rd.h"

#include "test.h"

static void reads_numbers(void)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct rd r = rd_of(SPAN_OF(bytes));

	CHECK(rd_u8(&r) == 1);
	CHECK(rd_u16le(&r) == 0x0302);
	CHECK(rd_u16be(&r) == 0x0405);
	CHECK(rd_u32le(&r) == 0x09080706);
	CHECK(rd_done(&r));
}

static void failure_sticks(void)
{
	static const uint8_t bytes[] = { 1, 2, 3 };
	struct rd r = rd_of(SPAN_OF(bytes)), sub;
	uint8_t copy[2] = { 9, 9 };

	CHECK(rd_u32le(&r) == 0);
	CHECK(!rd_ok(&r) && rd_left(&r) == 0 && r.at == 0);
	CHECK(rd_u8(&r) == 0);
	rd_copy(&r, copy, 2);
	CHECK(copy[0] == 0 && copy[1] == 0);
	sub = rd_sub(&r, 1);
	CHECK(!rd_ok(&sub) && !rd_done(&r));
}

static void sub_reader_is_bounded(void)
{
	static const uint8_t bytes[] = { 2, 0xaa, 0xbb, 0xcc };
	struct rd r = rd_of(SPAN_OF(bytes));
	struct rd sub = rd_sub(&r, rd_u8(&r));

	CHECK(rd_u16be(&sub) == 0xaabb && rd_done(&sub));
	CHECK(rd_u8(&r) == 0xcc && rd_done(&r));
	rd_seek(&r, 5);
	CHECK(!rd_ok(&r));
}

int main(void)
{
	reads_numbers();
	failure_sticks();
	sub_reader_is_bounded();
	return test_end();
}
