#include "command_line.h"

#include <stddef.h>
#include <string.h>

enum { FIELDS = 10, FIELD_MAX = SALT_TEXT_MAX };

#define OURS "assay."
#define VERITY "assay.verity="
#define OBSERVE "assay.observe"

/* A borrowed piece of the text. */
struct piece {
	const char *p;
	size_t n;
};

static bool is(struct piece s, const char *word)
{
	return s.n == strlen(word) && !memcmp(s.p, word, s.n);
}

static bool starts(struct piece s, const char *prefix)
{
	return s.n >= strlen(prefix) && !memcmp(s.p, prefix, strlen(prefix));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The next word as the kernel cuts them (next_arg in lib/cmdline.c): blanks in double quotes do not end it. */
static bool next_word(const char **at, struct piece *word)
{
	const char *p = *at;
	bool quoted = false;

	while (is_blank(*p))
		p++;
	word->p = p;
	while (*p && (quoted || !is_blank(*p)))
		if (*p++ == '"')
			quoted = !quoted;
	word->n = (size_t)(p - word->p);
	*at = p;
	return word->n > 0;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool copy_hex(char *ret, struct piece s, size_t n)
{
	if (s.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_hex(s.p[i]))
			return false;
	memcpy(ret, s.p, n);
	ret[n] = 0;
	return true;
}

static bool copy_uuid(char ret[static UUID_TEXT + 1], struct piece s)
{
	if (s.n != UUID_TEXT)
		return false;
	for (size_t i = 0; i < UUID_TEXT; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !is_hex(s.p[i]))
			return false;
	}
	memcpy(ret, s.p, UUID_TEXT);
	ret[UUID_TEXT] = 0;
	return true;
}

static bool copy_salt(char ret[static SALT_TEXT_MAX + 1], struct piece s)
{
	if (is(s, "-")) {
		memcpy(ret, "-", 2);
		return true;
	}
	return s.n > 0 && s.n <= SALT_TEXT_MAX && s.n % 2 == 0 && copy_hex(ret, s, s.n);
}

/* Decimal without sign and leading zeros, from min to VERITY_BLOCKS_MAX. */
static bool read_blocks(uint64_t *ret, struct piece s, uint64_t min)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 9 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = 10 * v + (uint64_t)(s.p[i] - '0');
	}
	*ret = v;
	return v >= min && v <= VERITY_BLOCKS_MAX;
}

static bool cut(struct piece s, struct piece fields[static FIELDS])
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != ',')
			continue;
		if (n == FIELDS)
			return false;
		fields[n++] = (struct piece){ s.p + from, i - from };
		from = i + 1;
	}
	return n == FIELDS;
}

static const char *parse_table(struct verity_table *ret, struct piece value)
{
	struct piece f[FIELDS];

	if (!cut(value, f))
		return "assay.verity has not 10 fields";
	if (!is(f[0], "1"))
		return "assay.verity is not of version 1";
	if (!copy_uuid(ret->data, f[1]) || !copy_uuid(ret->hash, f[2]))
		return "assay.verity: a partition is not named by its UUID in lower case";
	if (!is(f[3], "4096") || !is(f[4], "4096"))
		return "assay.verity: a block size is not 4096";
	if (!read_blocks(&ret->data_blocks, f[5], 1) || !read_blocks(&ret->hash_start, f[6], 0))
		return "assay.verity: a number of blocks is malformed or too large";
	if (!is(f[7], "sha256"))
		return "assay.verity: the algorithm is not sha256";
	if (!copy_hex(ret->root_hash, f[8], ROOT_HASH_TEXT))
		return "assay.verity: the root hash is not 64 digits of lower-case hex";
	if (!copy_salt(ret->salt, f[9]))
		return "assay.verity: the salt is neither lower-case hex nor -";
	return NULL;
}

const char *command_line_parse(struct command_line *ret, const char *text)
{
	struct command_line c = { 0 };
	bool verity = false;
	struct piece word;

	while (next_word(&text, &word)) {
		const char *why = NULL;

		if (starts(word, "\"" OURS))
			return "a word of assay is quoted";
		if (!starts(word, OURS))
			continue;
		if (verity || c.observe)
			return "more than one word of assay";
		if (is(word, OBSERVE))
			c.observe = true;
		else if (!starts(word, VERITY))
			return "an unknown word of assay";
		else
			why = parse_table(&c.verity,
				(struct piece){ word.p + strlen(VERITY), word.n - strlen(VERITY) });
		if (why)
			return why;
		verity = !c.observe;
	}
	if (!verity && !c.observe)
		return "no assay.verity";
	*ret = c;
	return NULL;
}
