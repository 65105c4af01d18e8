#include "trust/trust_party.h"

#include "codec/utf8.h"
#include "trust/statement_key.h"
#include "trust/trust_member.h"
#include "base/banned.h"

/* Whether it is a key, before anything is signed by it. */
static bool read_key(struct trust_party *p, const struct json *v, struct err *e)
{
	CLEANUP(statement_key_freep) struct statement_key *key = NULL;

	if (!json_get_str(v, "key", &p->key, e) || !statement_key_parse(&key, p->key, e))
		return err_wrap(e, "line %zu: '%.*s'", v->line, STR_ARG(p->name));
	statement_key_id(p->key_id, key);
	return true;
}

static bool read_one(struct trust_party *p, const struct json *v, bool has_operator, struct err *e)
{
	static const char *const keys[] = { "name", "key", "operator", NULL };
	static const char *const keys_of_signer[] = { "name", "key", NULL };

	if (!json_only(v, has_operator ? "rebuilder" : "signer",
		    has_operator ? keys : keys_of_signer, e) ||
		!trust_member_name(&p->name, v, "name", e) ||
		(has_operator && !trust_member_name(&p->operated_by, v, "operator", e)))
		return false;
	return read_key(p, v, e);
}

/* The next letter of an operator's name: small, with a blank for each run of blanks and marks. 0 at the end. */
static char next_letter(struct str *rest)
{
	bool gap = false;

	for (; rest->n; *rest = str_make(rest->p + 1, rest->n - 1)) {
		char c = rest->p[0];
		bool digit = c >= '0' && c <= '9', small = c >= 'a' && c <= 'z';
		bool large = c >= 'A' && c <= 'Z', other = (unsigned char)c >= 0x80;

		if (!digit && !small && !large && !other) {
			gap = true;
			continue;
		}
		if (gap)
			return ' ';
		*rest = str_make(rest->p + 1, rest->n - 1);
		return large ? (char)(c - 'A' + 'a') : c;
	}
	return '\0';
}

/* Two names of which one is the other in capitals, with a blank more or a point at its end. */
static bool reads_alike(struct str a, struct str b)
{
	char x, y;

	do {
		x = next_letter(&a);
		y = next_letter(&b);
	} while (x && x == y);
	return x == y;
}

/* What cannot be seen must not make two operators of one. */
static bool check_operator(const struct trust_party *p, size_t line, struct err *e)
{
	struct str rest = p->operated_by;
	uint32_t c = 0;

	while (rest.n) {
		size_t n = utf8_read(rest, &c);

		if (!n || utf8_steers(c))
			return err_set(e, ERR_FORMAT,
				"line %zu: the operator of '%.*s' has a character that is not seen",
				line, STR_ARG(p->name));
		rest = str_make(rest.p + n, rest.n - n);
	}
	return true;
}

/* The operator's number: that of the first with this name, and no other may be told from it by capitals or blanks alone. */
static bool number(
	struct trust_party *items, size_t at, size_t *n_operators, size_t line, struct err *e)
{
	struct trust_party *p = &items[at];

	p->operator_at = *n_operators;
	for (size_t i = 0; i < at; i++) {
		if (str_equal(items[i].operated_by, p->operated_by)) {
			p->operator_at = items[i].operator_at;
			return true;
		}
		if (p->operated_by.n && reads_alike(items[i].operated_by, p->operated_by))
			return err_set(e, ERR_FORMAT,
				"line %zu: the operator '%.*s' reads like '%.*s' above: write it the same, or, where they are two, so that it can be told",
				line, STR_ARG(p->operated_by), STR_ARG(items[i].operated_by));
	}
	++*n_operators;
	return true;
}

/* Against those before it. */
static bool place(
	struct trust_party *items, size_t at, size_t *n_operators, size_t line, struct err *e)
{
	const struct trust_party *p = &items[at];

	for (size_t i = 0; i < at; i++) {
		if (str_equal(items[i].name, p->name))
			return err_set(e, ERR_FORMAT, "line %zu: the name '%.*s' stands twice",
				line, STR_ARG(p->name));
		if (ct_equal(items[i].key_id, p->key_id, SHA256_SIZE))
			return err_set(e, ERR_FORMAT,
				"line %zu: '%.*s' has the key of '%.*s': one key is one party",
				line, STR_ARG(p->name), STR_ARG(items[i].name));
	}
	return check_operator(p, line, e) && number(items, at, n_operators, line, e);
}

bool trust_party_read(struct trust_parties *ret, const struct json *v, const char *member,
	bool have_operators, struct arena *a, struct err *e)
{
	struct trust_parties all = { 0 };
	struct trust_party *items;

	if (!trust_member_list(&all.n, v, member, TRUST_PARTIES_MAX, e))
		return false;
	items = ARENA_ARRAY(a, all.n, struct trust_party);
	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < all.n; i++)
		if (!read_one(&items[i], &v->items[i], have_operators, e) ||
			!place(items, i, &all.n_operators, v->items[i].line, e))
			return false;
	all.items = items;
	*ret = all;
	return true;
}

const struct trust_party *trust_party_find(
	const struct trust_parties *p, const uint8_t key_id[static SHA256_SIZE])
{
	for (size_t i = 0; i < p->n; i++)
		if (ct_equal(p->items[i].key_id, key_id, SHA256_SIZE))
			return &p->items[i];
	return NULL;
}
