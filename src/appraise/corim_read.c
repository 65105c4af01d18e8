#include "appraise/corim_read.h"

#include <string.h>

#include "base/hex.h"
#include "base/banned.h"

enum { UUID_BYTES = 16 };

struct reading {
	struct corim c;
	struct corim_value now; /* what is known of the digest that is read next */
	struct arena *a;
	struct err *e;
};

static bool bad(struct reading *r, const char *what, const char *why)
{
	return err_set(r->e, ERR_FORMAT, "%s %s", what, why);
}

/* A text, a number, or bytes, which may be tagged: a name in readable form. */
static bool read_name(struct reading *r, struct str *ret, const struct cbor *v, const char *what)
{
	const struct cbor *bare = cbor_untagged(v);
	char *hex;

	if (bare->kind == CBOR_TEXT) {
		*ret = cbor_str(bare);
		return true;
	}
	if (bare->kind == CBOR_UINT) {
		*ret = arena_printf(r->a, "%llu", (unsigned long long)bare->number);
		return ret->p || arena_full(r->a, r->e);
	}
	if (bare->kind != CBOR_BYTES)
		return bad(r, what, "is no text, number or byte string");
	hex = arena_alloc(r->a, 2 * bare->bytes.n + 1);
	if (!hex)
		return arena_full(r->a, r->e);
	hex_write(hex, bare->bytes.p, bare->bytes.n);
	*ret = str_make(hex, 2 * bare->bytes.n);
	return true;
}

static bool add_value(struct reading *r)
{
	size_t room = r->c.room ? 2 * r->c.room : 64;
	struct corim_value *values;

	if (r->c.n_values == CORIM_VALUES_MAX)
		return err_set(r->e, ERR_LIMIT, "CoRIM: more than %d digests", CORIM_VALUES_MAX);
	if (r->c.n_values == r->c.room) {
		values = ARENA_ARRAY(r->a, room, struct corim_value);
		if (!values)
			return arena_full(r->a, r->e);
		if (r->c.n_values)
			memcpy(values, r->c.values, r->c.n_values * sizeof *values);
		r->c.values = values;
		r->c.room = room;
	}
	r->c.values[r->c.n_values++] = r->now;
	return true;
}

static bool is_list(const struct cbor *v)
{
	return v->kind == CBOR_ARRAY && v->n;
}

static size_t size_of_alg(int64_t alg)
{
	return alg == CORIM_SHA256   ? SHA256_SIZE
	       : alg == CORIM_SHA384 ? SHA384_SIZE
	       : alg == CORIM_SHA512 ? DIGEST_MAX
				     : 0;
}

/* [algorithm, value], one or more of them. */
static bool read_digests(struct reading *r, const struct cbor *list)
{
	if (!is_list(list))
		return bad(r, "digests:", "no list, or an empty one");
	for (size_t i = 0; i < list->n; i++) {
		const struct cbor *d = &list->items[i];
		size_t want;

		if (d->kind != CBOR_ARRAY || d->n != 2 || d->items[1].kind != CBOR_BYTES)
			return bad(r, "digest:", "no pair of algorithm and bytes");
		r->now.alg = 0;
		r->now.alg_name = str_make(NULL, 0);
		if (d->items[0].kind == CBOR_TEXT)
			r->now.alg_name = cbor_str(&d->items[0]);
		else if (!cbor_int(&d->items[0], &r->now.alg))
			return bad(r, "digest:", "its algorithm is no number and no name");
		r->now.digest = d->items[1].bytes;
		want = size_of_alg(r->now.alg);
		if (want && r->now.digest.n > want)
			return bad(r, "digest:", "longer than its algorithm gives");
		if (!add_value(r))
			return false;
	}
	return true;
}

static bool read_registers(struct reading *r, const struct cbor *map)
{
	if (map->kind != CBOR_MAP || !map->n)
		return bad(r, "integrity registers:", "no map, or an empty one");
	r->now.is_register = true;
	for (size_t i = 0; i < map->n; i++) {
		const struct cbor *key = &map->items[2 * i];

		if (key->kind != CBOR_UINT && key->kind != CBOR_TEXT)
			return bad(
				r, "integrity registers:", "a name that is no number and no text");
		if (!read_name(r, &r->now.reg, key, "integrity register") ||
			!read_digests(r, key + 1))
			return false;
	}
	return true;
}

static bool read_measurement(struct reading *r, const struct cbor *m)
{
	const struct cbor *key = cbor_get(m, CORIM_MKEY), *mval = NULL, *digests, *registers;

	if (!cbor_need(&mval, m, CORIM_MVAL, CBOR_MAP, "measurement", r->e))
		return false;
	if (!mval->n)
		return bad(r, "measurement:", "without a value");
	r->now.key = str_make(NULL, 0);
	if (key && !read_name(r, &r->now.key, key, "key of a measurement"))
		return false;
	r->now.is_register = false;
	r->now.reg = str_make(NULL, 0);
	digests = cbor_get(mval, CORIM_DIGESTS);
	registers = cbor_get(mval, CORIM_REGISTERS);
	return (!digests || read_digests(r, digests)) &&
	       (!registers || read_registers(r, registers));
}

/* Vendor and model of the environment's class, where it has one. */
static bool read_environment(struct reading *r, const struct cbor *env)
{
	const struct cbor *class = cbor_get(env, CORIM_CLASS), *text;

	r->now = (struct corim_value){ 0 };
	if (env->kind != CBOR_MAP || !env->n)
		return bad(r, "environment:", "no map, or an empty one");
	if (!class)
		return true;
	if (class->kind != CBOR_MAP || !class->n)
		return bad(r, "class:", "no map, or an empty one");
	text = cbor_get(class, CORIM_VENDOR);
	if (text && text->kind != CBOR_TEXT)
		return bad(r, "class:", "its vendor is no text");
	r->now.vendor = text ? cbor_str(text) : r->now.vendor;
	text = cbor_get(class, CORIM_MODEL);
	if (text && text->kind != CBOR_TEXT)
		return bad(r, "class:", "its model is no text");
	r->now.model = text ? cbor_str(text) : r->now.model;
	return true;
}

static bool read_reference_triple(struct reading *r, const struct cbor *triple)
{
	if (triple->kind != CBOR_ARRAY || triple->n != 2)
		return bad(r, "reference triple:", "no pair of environment and measurements");
	if (!read_environment(r, &triple->items[0]))
		return false;
	if (!is_list(&triple->items[1]))
		return bad(r, "reference triple:", "without measurements");
	for (size_t i = 0; i < triple->items[1].n; i++)
		if (!read_measurement(r, &triple->items[1].items[i]))
			return false;
	return true;
}

static bool read_triples(struct reading *r, const struct cbor *triples)
{
	const struct cbor *references = cbor_get(triples, CORIM_REFERENCE_TRIPLES);

	if (!triples->n)
		return bad(r, "CoMID:", "without triples");
	for (size_t i = 0; i < triples->n; i++) {
		const struct cbor *list = &triples->items[2 * i + 1];

		if (triples->items[2 * i].kind != CBOR_UINT)
			continue; /* an extension */
		if (!is_list(list))
			return bad(r, "CoMID:", "triples that are no list, or an empty one");
		r->c.n_triples += list->n;
	}
	for (size_t i = 0; references && i < references->n; i++)
		if (!read_reference_triple(r, &references->items[i]))
			return false;
	return true;
}

static bool read_comid(struct reading *r, struct span bytes)
{
	const struct cbor *identity = NULL, *triples = NULL, *id;
	struct str ignored;
	struct cbor v;

	if (!cbor_parse(&v, bytes, r->a, r->e) ||
		!cbor_need(&identity, &v, CORIM_TAG_IDENTITY, CBOR_MAP, "CoMID", r->e) ||
		!cbor_need(&triples, &v, CORIM_TRIPLES, CBOR_MAP, "CoMID", r->e))
		return err_wrap(r->e, "CoMID");
	id = cbor_get(identity, 0);
	if (!id)
		return bad(r, "CoMID:", "its identity has no tag-id");
	return read_name(r, &ignored, id, "tag-id") && read_triples(r, triples);
}

static bool read_tag(struct reading *r, const struct cbor *tag)
{
	r->c.n_tags++;
	if (tag->kind != CBOR_TAG || tag->items[0].kind != CBOR_BYTES ||
		tag->number < CORIM_COSWID_TAG || tag->number > CORIM_COTL_TAG)
		return bad(r, "CoRIM:", "a tag of it is no CoMID, CoSWID or trust list");
	return tag->number != CORIM_COMID_TAG || read_comid(r, tag->items[0].bytes);
}

/* The manifest: 501({...}) */
static bool read_manifest(struct reading *r, struct span bytes)
{
	const struct cbor *map, *id, *tags = NULL, *profile;
	struct cbor v;

	if (!cbor_parse(&v, bytes, r->a, r->e))
		return false;
	if (v.kind != CBOR_TAG || v.number != CORIM_TAG)
		return bad(r, "CoRIM:", "not tagged as one (501)");
	map = &v.items[0];
	if (!cbor_need(&tags, map, CORIM_TAGS, CBOR_ARRAY, "CoRIM", r->e))
		return false;
	id = cbor_get(map, CORIM_ID);
	if (!id || (id->kind != CBOR_TEXT && (id->kind != CBOR_BYTES || id->bytes.n != UUID_BYTES)))
		return bad(r, "CoRIM:", "its id is no text and no UUID");
	profile = cbor_get(map, CORIM_PROFILE);
	if (!read_name(r, &r->c.id, id, "id") ||
		(profile && !read_name(r, &r->c.profile, profile, "profile")))
		return false;
	if (!tags->n)
		return bad(r, "CoRIM:", "without tags");
	for (size_t i = 0; i < tags->n; i++)
		if (!read_tag(r, &tags->items[i]))
			return false;
	return true;
}

bool corim_read(struct corim *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct reading r = { .a = a, .e = e };
	struct cbor v;

	if (!cbor_parse(&v, bytes, a, e))
		return err_wrap(e, "CoRIM");
	r.c.is_signed = v.kind == CBOR_TAG && v.number == COSE_SIGN1_TAG;
	if (r.c.is_signed && !cose_sign1_parse(&r.c.signature, bytes, a, e))
		return false;
	if (!read_manifest(&r, r.c.is_signed ? r.c.signature.payload : bytes))
		return false;
	*ret = r.c;
	return true;
}

bool corim_read_comid(struct corim *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct reading r = { .a = a, .e = e };

	if (!read_comid(&r, bytes))
		return false;
	*ret = r.c;
	return true;
}
