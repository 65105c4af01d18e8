#include "trust/trust_logs.h"

#include "trust/trust_member.h"
#include "base/banned.h"

static bool same_key(const struct note_key *a, const struct note_key *b)
{
	return ct_equal(a->bytes, b->bytes, NOTE_KEY_SIZE);
}

static bool read_key(
	struct note_key *ret, struct str text, enum note_key_type type, size_t line, struct err *e)
{
	if (!note_key_parse(ret, text, e))
		return err_wrap(e, "line %zu", line);
	if (ret->type == type)
		return true;
	return err_set(e, ERR_FORMAT, "line %zu: '%.*s' is a key of type %02x, wanted is %02x: %s",
		line, STR_ARG(ret->name), (unsigned)ret->type, (unsigned)type,
		type == NOTE_KEY_COSIGNATURE ? "a witness's, which signs with the time"
					     : "a log's, which signs checkpoints");
}

static bool read_log(struct trust_log *log, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "origin", "key", NULL };
	struct str text;

	if (!json_only(v, "log", keys, e) || !trust_member_name(&log->origin, v, "origin", e))
		return false;
	if (!json_get_str(v, "key", &text, e))
		return err_wrap(e, "line %zu", v->line);
	return read_key(&log->key, text, NOTE_KEY_ED25519, v->line, e);
}

static bool read_logs(struct trust_logs *ret, const struct json *v, struct arena *a, struct err *e)
{
	struct trust_log *items;

	if (!trust_member_list(&ret->n, v, "logs", TRUST_LOGS_MAX, e))
		return false;
	items = ARENA_ARRAY(a, ret->n, struct trust_log);
	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < ret->n; i++) {
		if (!read_log(&items[i], &v->items[i], e))
			return false;
		for (size_t k = 0; k < i; k++)
			if (str_equal(items[k].origin, items[i].origin) ||
				same_key(&items[k].key, &items[i].key))
				return err_set(e, ERR_FORMAT,
					"line %zu: log '%.*s': its origin or key stands twice",
					v->items[i].line, STR_ARG(items[i].origin));
	}
	ret->items = items;
	return true;
}

/* Against the witnesses before it, and the logs. */
static bool check_witness(const struct trust_logs *l, const struct note_key *keys, size_t at,
	size_t line, struct err *e)
{
	for (size_t i = 0; i < at; i++)
		if (str_equal(keys[i].name, keys[at].name) || same_key(&keys[i], &keys[at]))
			return err_set(e, ERR_FORMAT,
				"line %zu: witness '%.*s': its name or key stands twice", line,
				STR_ARG(keys[at].name));
	for (size_t i = 0; i < l->n; i++)
		if (same_key(&l->items[i].key, &keys[at]))
			return err_set(e, ERR_FORMAT,
				"line %zu: witness '%.*s' has the key of log '%.*s', which cannot witness itself",
				line, STR_ARG(keys[at].name), STR_ARG(l->items[i].origin));
	return true;
}

static bool read_witnesses(
	struct trust_logs *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const members[] = { "quorum", "keys", NULL };
	const struct json *list = json_get(v, "keys");
	struct note_key *keys;

	if (!v)
		return true;
	if (!json_only(v, "'witnesses'", members, e) ||
		!trust_member_list(&ret->n_witnesses, list, "keys", TRUST_WITNESSES_MAX, e))
		return false;
	keys = ARENA_ARRAY(a, ret->n_witnesses, struct note_key);
	if (!keys)
		return arena_full(a, e);
	for (size_t i = 0; i < ret->n_witnesses; i++) {
		const struct json *key = &list->items[i];

		if (key->kind != JSON_STRING)
			return err_set(e, ERR_FORMAT, "line %zu: the key of a witness is a text",
				key->line);
		if (!read_key(&keys[i], key->text, NOTE_KEY_COSIGNATURE, key->line, e) ||
			!check_witness(ret, keys, i, key->line, e))
			return false;
	}
	ret->witnesses = keys;
	return trust_member_count(&ret->quorum, v, "quorum", ret->n_witnesses, "witnesses", e);
}

bool trust_logs_read(
	struct trust_logs *ret, const struct json *trust_file, struct arena *a, struct err *e)
{
	struct trust_logs l = { 0 };

	if (!read_logs(&l, json_get(trust_file, "logs"), a, e) ||
		!read_witnesses(&l, json_get(trust_file, "witnesses"), a, e))
		return false;
	*ret = l;
	return true;
}

const struct trust_log *trust_logs_find(const struct trust_logs *l, struct str origin)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_equal(l->items[i].origin, origin))
			return &l->items[i];
	return NULL;
}
