#include "log/log_own.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/banned.h"

enum { MEMORY_MAX = 512 << 20 };

/* How a lock went that one has rebuilt; the last statement of a lock counts. */
struct attempt {
	bool failed;
	struct str at; /* of a failure */
};

struct log_own {
	struct arena *a;
	struct map *values; /* "sha256:HEX" */
	struct map *images; /* image_of, in hex */
	struct map *locks;  /* SHA-256 in hex, to struct attempt */
	size_t n;
};

struct log_own *log_own_new(void)
{
	struct log_own *o = MEM_NEW(struct log_own);

	o->a = arena_new(MEMORY_MAX);
	o->values = map_new();
	o->images = map_new();
	o->locks = map_new();
	return o;
}

void log_own_free(struct log_own *o)
{
	if (!o)
		return;
	map_free(o->values);
	map_free(o->images);
	map_free(o->locks);
	arena_free(o->a);
	free(o);
}

void log_own_freep(struct log_own **o)
{
	log_own_free(*o);
}

/* ---- what belongs together ---- */

/* One digest of all that a rebuild found: values of two images that are each one's own are together no image. */
static void image_of(char ret[static 2 * SHA256_SIZE + 1], const struct rebuild_claim *c)
{
	struct hasher *h = hasher_new(DIGEST_SHA256);
	uint8_t sum[SHA256_SIZE];

	hasher_add(h, &c->n_outputs, sizeof c->n_outputs);
	hasher_add(h, &c->n_registers, sizeof c->n_registers);
	hasher_add(h, c->description_sha256, SHA256_SIZE);
	hasher_add(h, c->lock_sha256, SHA256_SIZE);
	hasher_add(h, c->values_sha256, c->has_values ? SHA256_SIZE : 0);
	for (size_t i = 0; i < c->n_outputs; i++) {
		hasher_add(h, c->outputs[i].name.p, c->outputs[i].name.n);
		hasher_add(h, c->outputs[i].sha256, SHA256_SIZE);
	}
	for (size_t i = 0; i < c->n_registers; i++) {
		const struct rebuild_claim_register *r = &c->registers[i];

		hasher_add(h, r->platform.p, r->platform.n);
		hasher_add(h, &r->reg, sizeof r->reg);
		hasher_add(h, &r->n_banks, sizeof r->n_banks);
		for (size_t b = 0; b < r->n_banks; b++)
			hasher_add(h, r->banks[b].bytes, digest_size(r->banks[b].alg));
	}
	hasher_end(h, sum);
	hasher_free(h);
	hex_write(ret, sum, sizeof sum);
}

/* ---- one's own statements ---- */

static bool add_value(struct log_own *o, enum digest_alg alg, const uint8_t *bytes, struct err *e)
{
	char hex[2 * DIGEST_MAX + 1];
	struct str key;

	if (map_count(o->values) == LOG_OWN_VALUES_MAX)
		return err_set(
			e, ERR_LIMIT, "more than %d values of one's own", LOG_OWN_VALUES_MAX);
	hex_write(hex, bytes, digest_size(alg));
	key = arena_printf(o->a, "%s:%s", digest_name(alg), hex);
	if (!key.p)
		return arena_full(o->a, e);
	map_add(o->values, key, o);
	return true;
}

static bool add_values(struct log_own *o, const struct rebuild_claim *c, struct err *e)
{
	for (size_t i = 0; i < c->n_outputs; i++)
		if (!add_value(o, DIGEST_SHA256, c->outputs[i].sha256, e))
			return false;
	for (size_t i = 0; i < c->n_registers; i++)
		for (size_t b = 0; b < c->registers[i].n_banks; b++)
			if (!add_value(o, c->registers[i].banks[b].alg,
				    c->registers[i].banks[b].bytes, e))
				return false;
	return true;
}

static bool add_lock(struct log_own *o, const struct rebuild_claim *c, struct err *e)
{
	struct attempt *x = ARENA_NEW(o->a, struct attempt);
	char hex[2 * SHA256_SIZE + 1];
	struct str key;

	hex_write(hex, c->lock_sha256, SHA256_SIZE);
	key = arena_str(o->a, str_of(hex));
	if (!x || !key.p)
		return arena_full(o->a, e);
	x->failed = c->verdict == REBUILD_CLAIM_FAILED;
	x->at = arena_str(o->a, c->failed_at);
	map_set(o->locks, key, x);
	return true;
}

/* What a rebuild without outputs found is nothing. */
static bool add_image(struct log_own *o, const struct rebuild_claim *c, struct err *e)
{
	char hex[2 * SHA256_SIZE + 1];
	struct str key;

	if (!c->n_outputs)
		return true;
	image_of(hex, c);
	key = arena_str(o->a, str_of(hex));
	if (!key.p)
		return arena_full(o->a, e);
	map_add(o->images, key, o);
	return true;
}

static bool read_own(struct statement *ret, struct span file, struct arena *a, struct err *e)
{
	struct statement_envelope *v = ARENA_NEW(a, struct statement_envelope);
	struct json top;

	if (!v)
		return arena_full(a, e);
	if (!json_parse(&top, file, a, e))
		return false;
	if (!json_get(&top, "payloadType"))
		return statement_parse(ret, file, a, e);
	if (!statement_envelope_parse(v, file, a, e))
		return false;
	*ret = v->statement;
	return true;
}

bool log_own_add(struct log_own *o, struct span file, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(STATEMENT_MEMORY_MAX);
	struct statement s;

	if (o->n == LOG_OWN_STATEMENTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d statements of one's own",
			LOG_OWN_STATEMENTS_MAX);
	if (!read_own(&s, file, a, e))
		return false;
	if (!s.rebuild) {
		err_set(e, ERR_USAGE, "it is a statement of type '%.*s', not of a rebuild",
			STR_ARG(s.predicate_type));
		return err_hint(e, "`assay rebuild --statement` writes one");
	}
	o->n++;
	return add_values(o, s.rebuild, e) && add_image(o, s.rebuild, e) &&
	       add_lock(o, s.rebuild, e);
}

/* ---- an entry ---- */

const char *log_standing_name(enum log_standing s)
{
	static const char *const names[] = {
		[LOG_UNREADABLE] = "unreadable",
		[LOG_NOT_REBUILT] = "not-rebuilt",
		[LOG_CANNOT_REBUILD] = "cannot-rebuild",
		[LOG_NO_VALUES] = "no-values",
		[LOG_REBUILT] = "rebuilt",
	};

	return names[s];
}

static bool is_own(const struct log_own *o, const struct log_value *v)
{
	CLEANUP(buf_done) struct buf key = buf_init(4096);

	buf_add_str(&key, v->alg);
	buf_u8(&key, ':');
	buf_add_str(&key, v->digest);
	return buf_ok(&key) && map_get(o->values, buf_str(&key));
}

static size_t count_values(const struct statement *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_subjects; i++)
		n += s->subjects[i].digest->n;
	return n;
}

static bool read_values(struct log_entry *ret, const struct log_own *o, const struct statement *s,
	struct arena *a, struct err *e)
{
	struct log_value *list;
	size_t n = 0;

	list = ARENA_ARRAY(a, count_values(s), struct log_value);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < s->n_subjects; i++)
		for (size_t k = 0; k < s->subjects[i].digest->n; k++) {
			struct log_value *v = &list[n++];

			v->name = s->subjects[i].name;
			v->alg = s->subjects[i].digest->keys[k];
			v->digest = s->subjects[i].digest->items[k].text;
			v->own = is_own(o, v);
			ret->n_own += v->own;
		}
	ret->values = list;
	ret->n_values = n;
	return true;
}

static const struct attempt *attempt_of(const struct log_own *o, const struct rebuild_claim *c)
{
	char hex[2 * SHA256_SIZE + 1];

	if (!c)
		return NULL;
	hex_write(hex, c->lock_sha256, SHA256_SIZE);
	return map_get(o->locks, str_of(hex));
}

/* Each value is one's own, and what a rebuild found as a whole is what one rebuild of one's own found. */
static bool is_rebuilt(const struct log_entry *x, const struct log_own *o)
{
	char hex[2 * SHA256_SIZE + 1];

	if (x->n_own != x->n_values || !x->rebuild || !x->rebuild->n_outputs)
		return x->n_own == x->n_values;
	image_of(hex, x->rebuild);
	return map_get(o->images, str_of(hex)) != NULL;
}

static void judge(struct log_entry *ret, const struct log_own *o, struct arena *a)
{
	const struct attempt *x = attempt_of(o, ret->rebuild);

	if (!ret->n_values) {
		ret->standing = LOG_NO_VALUES;
	} else if (is_rebuilt(ret, o)) {
		ret->standing = LOG_REBUILT;
	} else if (x) {
		ret->standing = LOG_CANNOT_REBUILD;
		ret->why = x->failed ? arena_printf(a, "your rebuild of this lock failed at %.*s",
					       STR_ARG(x->at))
				     : STR("your rebuild of this lock gave other values");
	} else {
		ret->standing = LOG_NOT_REBUILT;
	}
}

bool log_own_judge(struct log_entry *ret, const struct log_own *o, struct span entry,
	struct arena *a, struct err *e)
{
	struct statement_envelope *v = ARENA_NEW(a, struct statement_envelope);
	struct log_entry found = { .standing = LOG_UNREADABLE };
	struct err why = { 0 };

	if (!v)
		return arena_full(a, e);
	if (!statement_envelope_parse(v, entry, a, &why)) {
		found.why = arena_printf(a, "it is no statement: %s", why.text);
	} else if (count_values(&v->statement) > LOG_ENTRY_VALUES_MAX) {
		found.why = arena_printf(a, "it claims more than %d values", LOG_ENTRY_VALUES_MAX);
	} else {
		found.predicate_type = v->statement.predicate_type;
		found.rebuild = v->statement.rebuild;
		if (!read_values(&found, o, &v->statement, a, e))
			return false;
		judge(&found, o, a);
	}
	if (arena_failed(a))
		return arena_full(a, e);
	*ret = found;
	return true;
}
