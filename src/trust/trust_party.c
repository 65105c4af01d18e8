#include "trust/trust_party.h"

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

/* Against those before it; gives its operator a number. */
static bool place(
	struct trust_party *items, size_t at, size_t *n_operators, size_t line, struct err *e)
{
	struct trust_party *p = &items[at];

	p->operator_at = *n_operators;
	for (size_t i = 0; i < at; i++) {
		if (str_equal(items[i].name, p->name))
			return err_set(e, ERR_FORMAT, "line %zu: the name '%.*s' stands twice",
				line, STR_ARG(p->name));
		if (ct_equal(items[i].key_id, p->key_id, SHA256_SIZE))
			return err_set(e, ERR_FORMAT,
				"line %zu: '%.*s' has the key of '%.*s': one key is one party",
				line, STR_ARG(p->name), STR_ARG(items[i].name));
		if (str_equal(items[i].operated_by, p->operated_by))
			p->operator_at = items[i].operator_at;
	}
	*n_operators += p->operator_at == *n_operators;
	return true;
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
