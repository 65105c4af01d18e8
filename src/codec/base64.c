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

/* 0..63, or 64 for a character that the alphabet does not have. */
static uint32_t value_of(char c, enum base64_form form)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0') + 52;
	if (c == alphabets[form][62])
		return 62;
	return c == alphabets[form][63] ? 63 : 64;
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
	uint32_t v = 0;
	size_t n = 0;

	if (!out)
		return arena_full(a, e);
	if (!unpadded(&s, form))
		return err_set(
			e, ERR_FORMAT, "base64 of %zu characters: length or padding is wrong", s.n);
	for (size_t i = 0; i < s.n; i++) {
		uint32_t six = value_of(s.p[i], form);

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
