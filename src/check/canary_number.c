#include "check/canary_number.h"

#include "base/rd.h"
#include "base/banned.h"

enum {
	DIGITS_MAX = 19,  /* decimal digits that always fit into 64 bits */
	SURE_DECIMAL = 5, /* digits */
	SURE_HEX = 7,
	BINARY_MIN = 4096, /* smaller numbers are everywhere in binary files */
	SURE_BINARY = 1 << 24,
	HEX_FIELD = 8,
	HEX_MIN = 5, /* groups of four digits are everywhere in UUIDs */
};

struct search {
	struct span s;
	uint64_t from, to;
	struct canary_number *ret;
};

static bool within(const struct search *k, uint64_t v)
{
	return v >= k->from && v <= k->to;
}

static bool found(struct search *k, size_t at, size_t n, uint64_t value, bool sure)
{
	*k->ret = (struct canary_number){ at, n, value, sure };
	return true;
}

/* The value of a digit, or 99. */
static unsigned digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10U;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10U : 99;
}

static size_t run_of(struct span s, size_t at, unsigned base)
{
	size_t n = 0;

	while (at + n < s.n && digit(s.p[at + n]) < base)
		n++;
	return n;
}

static uint64_t value_of(const uint8_t *p, size_t n, unsigned base)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * base + digit(p[i]);
	return v;
}

/* Milliseconds have 13 digits in this age, micro- and nanoseconds 16 and 19; 1: seconds. */
static uint64_t scale_of(size_t digits)
{
	if (digits == 13)
		return 1000;
	if (digits == 16)
		return 1000000;
	return digits == 19 ? 1000000000 : 1;
}

static bool decimal(struct search *k, size_t at, size_t n, bool fraction)
{
	uint64_t v, scale = scale_of(n);

	if (n > DIGITS_MAX || fraction != (scale != 1))
		return false;
	v = value_of(k->s.p + at, n, 10) / scale;
	return within(k, v) && found(k, at, n, v, n >= SURE_DECIMAL);
}

/* What could be read as decimal too must look like a field of tar: eleven digits, or a leading zero. */
static bool octal(struct search *k, size_t at, size_t n)
{
	uint64_t v;

	if (n < 6 || n > 12 || (k->s.p[at] != '0' && n < 11))
		return false;
	for (size_t i = 0; i < n; i++)
		if (digit(k->s.p[at + i]) >= 8)
			return false;
	v = value_of(k->s.p + at, n, 8);
	return within(k, v) && found(k, at, n, v, v >= BINARY_MIN);
}

static bool hex(struct search *k, size_t at, size_t n)
{
	uint64_t v;

	if (n < HEX_MIN || n > 16)
		return false;
	v = value_of(k->s.p + at, n, 16);
	return within(k, v) && found(k, at, n, v, n >= SURE_HEX && v >= SURE_BINARY);
}

static bool hex_field(struct search *k, size_t at, size_t n)
{
	for (size_t i = at; n > HEX_FIELD && i + HEX_FIELD <= at + n; i++) {
		uint64_t v = value_of(k->s.p + i, HEX_FIELD, 16);

		if (within(k, v))
			return found(k, i, HEX_FIELD, v, false);
	}
	return false;
}

static bool in_run(struct search *k, enum canary_number_form form, size_t at, size_t n)
{
	switch (form) {
	case CANARY_NUMBER_DECIMAL:
		return decimal(k, at, n, false);
	case CANARY_NUMBER_FRACTION:
		return decimal(k, at, n, true);
	case CANARY_NUMBER_OCTAL:
		return octal(k, at, n);
	case CANARY_NUMBER_HEX:
		return hex(k, at, n);
	default:
		return hex_field(k, at, n);
	}
}

static uint64_t binary_at(struct span s, size_t at, enum canary_number_form form)
{
	struct rd r = rd_of(span_make(s.p + at, s.n - at));

	switch (form) {
	case CANARY_NUMBER_LE32:
		return rd_u32le(&r);
	case CANARY_NUMBER_BE32:
		return rd_u32be(&r);
	case CANARY_NUMBER_LE64:
		return rd_u64le(&r);
	default:
		return rd_u64be(&r);
	}
}

static bool in_bytes(struct search *k, enum canary_number_form form)
{
	size_t n = form == CANARY_NUMBER_LE32 || form == CANARY_NUMBER_BE32 ? 4 : 8;

	if (k->from < BINARY_MIN)
		return false;
	for (size_t at = 0; at + n <= k->s.n; at++) {
		uint64_t v = binary_at(k->s, at, form);

		/* Eight bytes are a number that is not there by chance: half of them are zero. */
		if (within(k, v))
			return found(k, at, n, v, n == 8 && v >= SURE_BINARY);
	}
	return false;
}

bool canary_number_find(struct canary_number *ret, enum canary_number_form form, struct span s,
	uint64_t from, uint64_t to)
{
	struct search k = { s, from, to, ret };
	unsigned base = form >= CANARY_NUMBER_HEX ? 16 : 10;

	if (form >= CANARY_NUMBER_LE32)
		return in_bytes(&k, form);
	for (size_t at = 0, n; at < s.n; at += n ? n : 1) {
		n = run_of(s, at, base);
		if (n && in_run(&k, form, at, n))
			return true;
	}
	return false;
}

const char *canary_number_words(enum canary_number_form form)
{
	static const char *const words[CANARY_NUMBER_FORMS] = { "a decimal number",
		"a decimal number with a fraction of the second", "an octal number",
		"a hexadecimal number", "eight hexadecimal digits", "32 bits, little-endian",
		"32 bits, big-endian", "64 bits, little-endian", "64 bits, big-endian" };

	return words[form];
}
