#include "diff/diff_command_line.h"

#include "base/hex.h"

#include "base/banned.h"

enum { WORDS_MAX = 256, HASH_HEX = 64, RUN_MIN = 32, NAME_MAX_SHOWN = 64 };

struct words {
	struct str list[WORDS_MAX];
	size_t n;
};

static bool split(struct words *ret, struct span s)
{
	struct str rest = str_make((const char *)s.p, s.n);
	while (rest.n && !rest.p[rest.n - 1])
		rest.n--;
	rest = str_trim(rest);
	ret->n = 0;
	while (rest.n) {
		struct str word, more;
		if (!str_cut(rest, ' ', &word, &more)) {
			word = rest;
			more = STR("");
		}
		if (word.n && ret->n == WORDS_MAX)
			return false;
		if (word.n)
			ret->list[ret->n++] = word;
		rest = more;
	}
	return true;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Length of the hexadecimal digits at the start of s. */
static size_t hex_run(struct str s)
{
	size_t n = 0;
	while (n < s.n && is_hex(s.p[n]))
		n++;
	return n;
}

/* The first run of exactly 64 digits. */
static struct str hash_in(struct str word)
{
	for (size_t i = 0; i < word.n;) {
		size_t n = hex_run(str_make(word.p + i, word.n - i));
		if (n == HASH_HEX)
			return str_make(word.p + i, n);
		i += n + 1;
	}
	return STR("");
}

static struct str name_of(struct str word)
{
	size_t n = str_find(word, '=');
	return str_make(word.p, n < NAME_MAX_SHOWN ? n : NAME_MAX_SHOWN);
}

/* roothash=, usrhash=, systemd.verity_*, assay.verity=, dm-mod.create="... verity ...". */
static bool names_a_hash(struct str name)
{
	static const char *const known[] = { "roothash", "usrhash", "assay.verity", "dm-mod.create",
		"systemd.verity_root_hash", "verity" };
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_is(name, known[i]))
			return true;
	return false;
}

/* Both words hold a root hash, and are the same but for digits, UUIDs and numbers. */
static bool only_digits_differ(struct str a, struct str b)
{
	size_t i = 0, j = 0;
	while (i < a.n && j < b.n) {
		bool x = is_hex(a.p[i]) || a.p[i] == '-', y = is_hex(b.p[j]) || b.p[j] == '-';
		if (x && y) {
			while (i < a.n && (is_hex(a.p[i]) || a.p[i] == '-'))
				i++;
			while (j < b.n && (is_hex(b.p[j]) || b.p[j] == '-'))
				j++;
		} else if (a.p[i++] != b.p[j++]) {
			return false;
		}
	}
	return i == a.n && j == b.n;
}

static void word(struct diff_walk *w, struct str a, struct str b)
{
	struct str x = hash_in(a), y = hash_in(b), name = name_of(a);
	enum diff_rule rule = DIFF_RULE_NONE;
	if (str_equal(name, name_of(b)) && names_a_hash(name) && x.n && y.n &&
		only_digits_differ(a, b)) {
		rule = DIFF_RULE_ROOT_HASH;
		w->root_hash[0] = arena_str(w->arena, x);
		w->root_hash[1] = arena_str(w->arena, y);
	}
	struct str field = arena_str(w->arena, name);
	diff_walk_field(w, field.p ? field.p : "word", a, b, rule, DIFF_DEPTH_MAX);
}

bool diff_command_line(struct diff_walk *w, struct span a, struct span b)
{
	struct words x, y;
	if (!split(&x, a) || !split(&y, b) || x.n != y.n)
		return false;
	size_t before = w->n_leaves + w->n_more;
	for (size_t i = 0; i < x.n; i++)
		if (!str_equal(x.list[i], y.list[i]))
			word(w, x.list[i], y.list[i]);
	return w->n_leaves + w->n_more != before;
}
