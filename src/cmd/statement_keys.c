#include "cmd/statement_keys.h"

#include "cmd/trust_load.h"
#include "sys/file.h"
#include "base/banned.h"

void statement_keys_done(struct statement_keys *k)
{
	for (size_t i = 0; i < k->n; i++)
		statement_key_free(k->keys[i]);
	k->n = 0;
}

static bool room(const struct statement_keys *k, struct err *e)
{
	return k->n < STATEMENT_KEYS_MAX ||
	       err_set(e, ERR_LIMIT, "more than %d keys", STATEMENT_KEYS_MAX);
}

static bool read_pem(struct statement_key **ret, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf pem = { 0 };

	if (!file_read(AT_FDCWD, path, STATEMENT_KEY_FILE_MAX, &pem, e))
		return false;
	if (statement_key_of_pem(ret, buf_span(&pem), e))
		return true;
	err_wrap(e, "'%s'", path);
	return err_hint(e, "give a line that `assay key show` prints, or a public key in PEM");
}

static bool add_given(struct statement_keys *k, const char *text, struct err *e)
{
	struct str line = str_of(text);

	if (!room(k, e))
		return false;
	if (str_starts(line, "ed25519:") || str_starts(line, "p256:")) {
		if (!statement_key_parse(&k->keys[k->n], line, e))
			return false;
	} else if (!read_pem(&k->keys[k->n], text, e)) {
		return false;
	}
	k->n++;
	return true;
}

static bool add_trusted(struct statement_keys *k, const char *path, struct arena *a, struct err *e)
{
	struct trust_file t;

	if (!trust_load(&t, path, a, e))
		return false;
	trust_unload(&t); /* certificates of TPM makers; the rest is the arena's */
	for (size_t i = 0; i < t.rebuilders.n; i++, k->n++) {
		if (!room(k, e) ||
			!statement_key_parse(&k->keys[k->n], t.rebuilders.items[i].key, e))
			return false;
		k->names[k->n] = t.rebuilders.items[i].name;
		k->operators[k->n] = t.rebuilders.items[i].operated_by;
	}
	return true;
}

bool statement_keys_load(
	struct statement_keys *ret, const struct verb_args *args, struct arena *a, struct err *e)
{
	const char *trust = verb_value(args, "--trust"), *text;

	*ret = (struct statement_keys){ 0 };
	if (trust && verb_value(args, "--key"))
		return err_set(
			e, ERR_USAGE, "--key and --trust: whose signatures count is one of these");
	for (size_t i = 0; (text = verb_nth(args, "--key", i)) != NULL; i++)
		if (!add_given(ret, text, e))
			return false;
	ret->from_trust_file = !ret->n;
	return ret->n || add_trusted(ret, trust, a, e);
}
