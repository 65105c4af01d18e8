#include "trust/rebuild_claim.h"

#include "base/hex.h"
#include "trust/rebuild_claim_inside.h"
#include "base/banned.h"

static const char *const verdicts[] = {
	[REBUILD_CLAIM_FAILED] = "failed",
	[REBUILD_CLAIM_DIFFERS] = "differs",
	[REBUILD_CLAIM_BUILT] = "built",
	[REBUILD_CLAIM_IDENTICAL] = "identical",
};

#define MANIFEST "manifest.json"
const char *const rebuild_claim_output_names[] = { "kernel", "stub", "initrd", "root hash",
	"uki.efi", "ESP", "disk.img", "firmware/OVMF_CODE.fd", "firmware/OVMF_VARS.fd", MANIFEST,
	NULL };

const char *rebuild_claim_verdict_name(enum rebuild_claim_verdict v)
{
	return verdicts[v];
}

const struct rebuild_claim_output *rebuild_claim_output_find(
	const struct rebuild_claim *c, const char *name)
{
	for (size_t i = 0; i < c->n_outputs; i++)
		if (str_is(c->outputs[i].name, name))
			return &c->outputs[i];
	return NULL;
}

/* ---- members ---- */

bool rebuild_claim_members(
	const struct json *o, const char *what, const char *const keys[], struct err *e)
{
	size_t at = 0;

	if (!json_only(o, what, keys, e))
		return false;
	for (size_t i = 0; i < o->n; i++, at++) {
		while (keys[at] && !str_is(o->keys[i], keys[at]))
			at++;
		if (!keys[at])
			return err_set(e, ERR_FORMAT,
				"line %zu: member '%.*s' of %s is out of order", o->items[i].line,
				STR_ARG(o->keys[i]), what);
	}
	return true;
}

bool rebuild_claim_any_digest(
	struct digest *ret, const struct json *o, const char *key, struct err *e)
{
	static const enum digest_alg algs[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384,
		DIGEST_SHA512 };
	struct digest d = { 0 };
	struct str hex = { 0 };

	if (!json_get(o, key)) {
		*ret = d;
		return true;
	}
	if (!json_get_str(o, key, &hex, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (hex_read(hex, d.bytes, digest_size(algs[i]))) {
			d.alg = algs[i];
			*ret = d;
			return true;
		}
	return err_set(e, ERR_FORMAT, "member '%s' is no digest in lower-case hex", key);
}

/* ---- result ---- */

static bool read_verdict(struct rebuild_claim *c, const struct json *o, struct err *e)
{
	struct str s = { 0 };

	if (!json_get_str(o, "verdict", &s, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		if (str_is(s, verdicts[i])) {
			c->verdict = (enum rebuild_claim_verdict)i;
			return true;
		}
	err_set(e, ERR_FORMAT, "verdict '%.*s' is none of identical, differs, built, failed",
		STR_ARG(s));
	return err_hint(e, "what is equal only after something was left out differs");
}

/* A member that is there with this verdict, and with no other. */
static bool goes_with(const struct rebuild_claim *c, enum rebuild_claim_verdict v,
	const struct json *o, const char *key, struct err *e)
{
	return (json_get(o, key) != NULL) == (c->verdict == v) ||
	       err_set(e, ERR_FORMAT, "member '%s' goes with the verdict '%s', which is '%s'", key,
		       verdicts[v], verdicts[c->verdict]);
}

static bool read_failed(struct rebuild_claim *c, const struct json *o, struct err *e)
{
	if (!goes_with(c, REBUILD_CLAIM_FAILED, o, "failed-at", e))
		return false;
	if (c->verdict != REBUILD_CLAIM_FAILED)
		return true;
	return json_get_str(o, "failed-at", &c->failed_at, e) &&
	       (str_is(c->failed_at, "lock") || str_is(c->failed_at, "build") ||
		       err_set(e, ERR_FORMAT, "failed-at '%.*s' is neither lock nor build",
			       STR_ARG(c->failed_at)));
}

/* "disk.img", "root: usr/bin/app", "qemu-vtpm PCR 4": a line of text, which names nothing of the signer's machine. */
static bool is_place(struct str s)
{
	if (!s.n || s.n > REBUILD_CLAIM_PATH_MAX || s.p[0] == '/')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i])
			return false;
	return true;
}

static bool read_first(struct rebuild_claim *c, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "artefact", "published", "rebuilt", NULL };
	const struct json *v = NULL;

	if (!goes_with(c, REBUILD_CLAIM_DIFFERS, o, "first-difference", e))
		return false;
	if (c->verdict != REBUILD_CLAIM_DIFFERS)
		return true;
	if (!json_get_object(o, "first-difference", &v, e) ||
		!rebuild_claim_members(v, "first-difference", keys, e) ||
		!json_get_str(v, "artefact", &c->first, e) ||
		!rebuild_claim_any_digest(&c->first_published, v, "published", e) ||
		!rebuild_claim_any_digest(&c->first_rebuilt, v, "rebuilt", e))
		return false;
	return is_place(c->first) ||
	       err_set(e, ERR_FORMAT, "'artefact' of first-difference names no part of an image");
}

static bool read_outputs(
	struct rebuild_claim *c, const struct json *o, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "name", "sha256", NULL };
	struct rebuild_claim_output *list;
	const struct json *v = NULL;
	size_t at = 0;

	if (!json_get_array(o, "outputs", &v, e))
		return false;
	if (v->n > REBUILD_CLAIM_OUTPUTS_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu outputs, limit %d", v->n, REBUILD_CLAIM_OUTPUTS_MAX);
	list = ARENA_ARRAY(a, v->n, struct rebuild_claim_output);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++, at++) {
		if (!rebuild_claim_members(&v->items[i], "an output", keys, e) ||
			!json_get_str(&v->items[i], "name", &list[i].name, e) ||
			!json_get_hex(&v->items[i], "sha256", list[i].sha256, SHA256_SIZE, e))
			return false;
		while (rebuild_claim_output_names[at] &&
			!str_is(list[i].name, rebuild_claim_output_names[at]))
			at++;
		if (!rebuild_claim_output_names[at])
			return err_set(e, ERR_FORMAT,
				"output '%.*s' is none, or stands there twice or out of order",
				STR_ARG(list[i].name));
	}
	c->outputs = list;
	c->n_outputs = v->n;
	return true;
}

static bool read_digests(struct rebuild_claim *c, const struct json *o, struct err *e)
{
	static const char manifest[] = "published-manifest-sha256";

	c->has_manifest = json_get(o, manifest) != NULL;
	return json_get_hex(o, "description-sha256", c->description_sha256, SHA256_SIZE, e) &&
	       json_get_hex(o, "lock-sha256", c->lock_sha256, SHA256_SIZE, e) &&
	       (!c->has_manifest || json_get_hex(o, manifest, c->manifest_sha256, SHA256_SIZE, e));
}

/* Which reference values what was built gives; absent where nothing was built, and from tools that did not say it. */
static bool read_values(struct rebuild_claim *c, const struct json *o, struct err *e)
{
	static const char key[] = "computed-values-sha256";

	c->has_values = json_get(o, key) != NULL;
	if (!c->has_values)
		return true;
	if (!c->n_outputs)
		return err_set(e, ERR_FORMAT, "'%s' of what has no outputs", key);
	return json_get_hex(o, key, c->values_sha256, SHA256_SIZE, e);
}

/* What the verdict says of the rest. */
static bool check_whole(const struct rebuild_claim *c, struct err *e)
{
	const struct rebuild_claim_output *m = rebuild_claim_output_find(c, MANIFEST);
	bool compared = c->verdict == REBUILD_CLAIM_IDENTICAL ||
			c->verdict == REBUILD_CLAIM_DIFFERS;

	if (c->verdict == REBUILD_CLAIM_FAILED && (c->n_outputs || c->n_registers))
		return err_set(e, ERR_FORMAT, "what failed has no outputs and no registers");
	if (compared && !c->has_manifest)
		return err_set(
			e, ERR_FORMAT, "'%s' without the published manifest", verdicts[c->verdict]);
	if (c->verdict == REBUILD_CLAIM_BUILT && c->has_manifest)
		return err_set(e, ERR_FORMAT, "'built' is where no manifest was published");
	if (!m && (c->verdict == REBUILD_CLAIM_IDENTICAL || c->verdict == REBUILD_CLAIM_BUILT))
		return err_set(
			e, ERR_FORMAT, "'%s' without the output " MANIFEST, verdicts[c->verdict]);
	if (c->verdict == REBUILD_CLAIM_IDENTICAL &&
		!ct_equal(m->sha256, c->manifest_sha256, SHA256_SIZE))
		return err_set(e, ERR_FORMAT,
			"'identical', but " MANIFEST " is not the published manifest");
	return true;
}

static bool make_canonical(struct rebuild_claim *c, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(REBUILD_CLAIM_RESULT_MAX);
	struct json_out w = json_out_to(&text);
	struct str kept;

	json_value(&w, c->result_json);
	if (!buf_ok(&text))
		return buf_full(&text, "result", e);
	kept = arena_str(a, buf_str(&text));
	if (!kept.p)
		return arena_full(a, e);
	c->result = str_span(kept);
	sha256_of(c->result_sha256, c->result);
	return true;
}

static bool read_result(
	struct rebuild_claim *c, const struct json *o, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "verdict", "failed-at", "first-difference",
		"description-sha256", "lock-sha256", "published-manifest-sha256", "outputs",
		"registers", "computed-values-sha256", NULL };

	return rebuild_claim_members(o, "result", keys, e) && read_verdict(c, o, e) &&
	       read_failed(c, o, e) && read_first(c, o, e) && read_digests(c, o, e) &&
	       read_outputs(c, o, a, e) && rebuild_claim_registers(c, o, a, e) &&
	       read_values(c, o, e) && check_whole(c, e) && make_canonical(c, a, e);
}

bool rebuild_claim_parse(
	struct rebuild_claim *ret, const struct json *predicate, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "result", "by", NULL };
	struct rebuild_claim c = { 0 };

	if (!json_only(predicate, "the predicate", keys, e) ||
		!json_check_format(predicate, REBUILD_CLAIM_FORMAT, e) ||
		!json_get_object(predicate, "result", &c.result_json, e) ||
		!json_get_object(predicate, "by", &c.by_json, e))
		return false;
	if (!read_result(&c, c.result_json, a, e))
		return err_wrap(e, "result");
	if (!rebuild_claim_by_read(&c.by, c.by_json, e))
		return err_wrap(e, "by");
	*ret = c;
	return true;
}
