/* The register values in a rebuild's result. */
#include "trust/rebuild_claim_inside.h"
#include "base/banned.h"

enum { PLATFORMS_MAX = 64, REGISTER_MAX = 1000 };

/* As platforms are called: small letters, digits and what joins them. */
static bool is_word(struct str s)
{
	if (!s.n || s.n > REBUILD_CLAIM_WORD_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			    s.p[i] == '-' || s.p[i] == '.'))
			return false;
	return true;
}

static bool read_banks(struct rebuild_claim_register *r, const struct json *o, struct err *e)
{
	static const enum digest_alg algs[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384,
		DIGEST_SHA512 };

	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct digest *d = &r->banks[r->n_banks];

		if (!json_get(o, digest_name(algs[i])))
			continue;
		if (!json_get_hex(o, digest_name(algs[i]), d->bytes, digest_size(algs[i]), e))
			return false;
		d->alg = algs[i];
		r->n_banks++;
	}
	return r->n_banks ||
	       err_set(e, ERR_FORMAT, "line %zu: a register without a digest", o->line);
}

static bool read_register(struct rebuild_claim_register *r, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "platform", "register", "sha1", "sha256", "sha384",
		"sha512", NULL };

	if (!rebuild_claim_members(o, "a register", keys, e) ||
		!json_get_str(o, "platform", &r->platform, e) ||
		!json_get_u64(o, "register", REGISTER_MAX, &r->reg, e) || !read_banks(r, o, e))
		return false;
	return is_word(r->platform) ||
	       err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no name of a platform", o->line,
		       STR_ARG(r->platform));
}

/* Those of one platform stand together, ascending: none is there twice. */
static bool check_order(const struct rebuild_claim_register *list, size_t n, struct err *e)
{
	struct str seen[PLATFORMS_MAX];
	size_t n_seen = 0;

	for (size_t i = 0; i < n; i++) {
		if (i && str_equal(list[i].platform, list[i - 1].platform)) {
			if (list[i].reg <= list[i - 1].reg)
				return err_set(e, ERR_FORMAT,
					"register %llu of '%.*s' stands there twice or out of order",
					(unsigned long long)list[i].reg, STR_ARG(list[i].platform));
			continue;
		}
		for (size_t k = 0; k < n_seen; k++)
			if (str_equal(seen[k], list[i].platform))
				return err_set(e, ERR_FORMAT,
					"registers of '%.*s' do not stand together",
					STR_ARG(list[i].platform));
		if (n_seen == PLATFORMS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d platforms", PLATFORMS_MAX);
		seen[n_seen++] = list[i].platform;
	}
	return true;
}

bool rebuild_claim_registers(
	struct rebuild_claim *c, const struct json *result, struct arena *a, struct err *e)
{
	struct rebuild_claim_register *list;
	const struct json *v = NULL;

	if (!json_get_array(result, "registers", &v, e))
		return false;
	if (v->n > REBUILD_CLAIM_REGISTERS_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu registers, limit %d", v->n, REBUILD_CLAIM_REGISTERS_MAX);
	list = ARENA_ARRAY(a, v->n, struct rebuild_claim_register);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!read_register(&list[i], &v->items[i], e))
			return false;
	if (!check_order(list, v->n, e))
		return false;
	c->registers = list;
	c->n_registers = v->n;
	return true;
}
