#include "codec/base64.h"

#include "base/banned.h"

static const char alphabets[2][65] = {
	[BASE64_STANDARD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	[BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

void base64_add(struct buf *b, struct span s, enum base64_form form)
{
	const char *letters = alphabets[form];

	for (size_t at = 0; at < s.n; at += 3) {
		size_t have = s.n - at < 3 ? s.n - at : 3;
		uint32_t v = (uint32_t)s.p[at] << 16;
		char four[4];

		v |= have > 1 ? (uint32_t)s.p[at + 1] << 8 : 0;
		v |= have > 2 ? s.p[at + 2] : 0;
		for (unsigned i = 0; i < 4; i++)
			four[i] = i <= have ? letters[v >> (18 - 6 * i) & 63] : '=';
		buf_add(b, four, form == BASE64_STANDARD ? 4 : have + 1);
	}
}

/* For each byte 0..63, or 64 for one that the alphabet does not have. */
static void values_of(uint8_t six_of[static 256], enum base64_form form)
{
	memset(six_of, 64, 256);
	for (uint8_t i = 0; i < 64; i++)
		six_of[(uint8_t)alphabets[form][i]] = i;
}

/* Characters before the padding; false when the padding is not exactly what the length asks for. */
static bool unpadded(struct str *s, enum base64_form form)
{
	if (form == BASE64_URL)
		return s->n % 4 != 1;
	if (s->n % 4 != 0)
		return false;
	for (unsigned i = 0; i < 2 && s->n && s->p[s->n - 1] == '='; i++)
		s->n--;
	return true;
}

bool base64_read(
	struct span *ret, struct str s, enum base64_form form, struct arena *a, struct err *e)
{
	uint8_t *out = arena_alloc(a, s.n / 4 * 3 + 3);
	uint8_t six_of[256];
	const uint8_t *at = (const uint8_t *)s.p;
	uint32_t v = 0;
	size_t n = 0, i = 0;

	if (!out)
		return arena_full(a, e);
	if (!unpadded(&s, form))
		return err_set(
			e, ERR_FORMAT, "base64 of %zu characters: length or padding is wrong", s.n);
	values_of(six_of, form);
	for (; s.n - i >= 4; i += 4) {
		uint32_t w = six_of[at[i]], x = six_of[at[i + 1]], y = six_of[at[i + 2]],
			 z = six_of[at[i + 3]];

		if ((w | x | y | z) > 63)
			break; /* the loop below says where */
		out[n++] = (uint8_t)(w << 2 | x >> 4);
		out[n++] = (uint8_t)(x << 4 | y >> 2);
		out[n++] = (uint8_t)(y << 6 | z);
	}
	for (; i < s.n; i++) {
		uint32_t six = six_of[at[i]];

		if (six > 63)
			return err_set(
				e, ERR_FORMAT, "base64 at %zu: not a letter of the alphabet", i);
		v = v << 6 | six;
		if (i % 4 != 0)
			out[n++] = (uint8_t)(v >> (6 - 2 * (i % 4)));
	}
	if ((s.n % 4 == 2 && v & 15) || (s.n % 4 == 3 && v & 3))
		return err_set(e, ERR_FORMAT, "base64 at %zu: bits are left over", s.n);
	*ret = span_make(out, n);
	return true;
}
