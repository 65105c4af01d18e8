#include "codec/cbor.h"

#include "base/banned.h"

/* Section 3: arguments of 1, 2, 4 and 8 bytes have 24 to 27 here, what has no length of its own has 31. */
enum { LOW_BITS = 0x1f, ARGUMENT_1 = 24, INDEFINITE = 31 };

static bool is_shortest(unsigned low, uint64_t argument)
{
	/* The least number that needs so many bytes. */
	static const uint64_t least[] = { ARGUMENT_1, 0x100, 0x10000, 0x100000000 };

	return low < ARGUMENT_1 || argument >= least[low - ARGUMENT_1];
}

static uint64_t argument_of(const struct cbor *v)
{
	switch (v->kind) {
	case CBOR_BYTES:
	case CBOR_TEXT:
		return v->bytes.n;
	case CBOR_ARRAY:
	case CBOR_MAP:
		return v->n;
	default:
		return v->number;
	}
}

/* Not deeper than CBOR_DEPTH_MAX, which cbor_parse has seen to. */
static bool check_form(const struct cbor *v, const uint8_t *start, struct err *e)
{
	unsigned low = v->whole.p[0] & LOW_BITS;
	size_t n = v->kind == CBOR_MAP ? 2 * v->n : v->kind == CBOR_TAG ? 1 : v->n;

	if (v->kind == CBOR_FLOAT)
		return true;
	if (low == INDEFINITE ? v->kind != CBOR_MAP : !is_shortest(low, argument_of(v)))
		return err_set(e, ERR_FORMAT, "CBOR at %td: %s %s", v->whole.p - start,
			low == INDEFINITE ? "no length is given of"
					  : "a longer head than needed of",
			cbor_kind_name(v->kind));
	for (size_t i = 0; v->items && i < n; i++)
		if (!check_form(&v->items[i], start, e))
			return false;
	return true;
}

bool cbor_check_form(const struct cbor *v, struct err *e)
{
	return check_form(v, v->whole.p, e);
}
