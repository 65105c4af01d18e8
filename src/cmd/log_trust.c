#include "cmd/log_trust.h"

#include "cmd/at_time.h"
#include "cmd/trust_load.h"
#include "base/banned.h"

static bool read_witnesses(
	struct note_quorum *q, const struct verb_args *args, struct arena *a, struct err *e)
{
	const char *quorum = verb_value(args, "--quorum"), *text;
	struct note_key *keys = ARENA_ARRAY(a, NOTE_QUORUM_WITNESSES_MAX, struct note_key);
	uint64_t needed;
	size_t n = 0;

	if (!keys)
		return arena_full(a, e);
	for (; (text = verb_nth(args, "--witness", n)); n++) {
		if (n == NOTE_QUORUM_WITNESSES_MAX)
			return err_set(
				e, ERR_USAGE, "more than %d witnesses", NOTE_QUORUM_WITNESSES_MAX);
		if (!note_key_parse(&keys[n], str_of(text), e))
			return err_wrap(e, "--witness '%s'", text);
	}
	needed = n;
	if (quorum && !str_u64(str_of(quorum), &needed, n))
		return err_set(e, ERR_USAGE,
			"--quorum '%s': want a number up to that of the witnesses, %zu", quorum, n);
	q->witnesses = keys;
	q->n_witnesses = n;
	q->needed = needed;
	return true;
}

static bool of_trust_file(
	struct note_quorum *q, struct str origin, const char *path, struct arena *a, struct err *e)
{
	struct trust_file *t = ARENA_NEW(a, struct trust_file);
	const struct trust_log *log;

	if (!t)
		return arena_full(a, e);
	if (!trust_load(t, path, a, e))
		return false;
	trust_unload(t); /* certificates are not asked for here */
	log = trust_logs_find(&t->logs, origin);
	if (!log) {
		err_set(e, ERR_USAGE, "the trust file names no log '%.*s'", STR_ARG(origin));
		return err_hint(e, "name its key with --key, or under 'logs' of the trust file");
	}
	q->log = log->key;
	q->witnesses = t->logs.witnesses;
	q->n_witnesses = t->logs.n_witnesses;
	q->needed = t->logs.quorum;
	q->max_age_s = t->max_age.cosignature_s;
	return true;
}

bool log_trust_read(struct note_quorum *ret, struct str origin, const struct verb_args *args,
	struct arena *a, struct err *e)
{
	const char *key = verb_value(args, "--key"), *trust = verb_value(args, "--trust");
	struct note_quorum q = { 0 };

	if (!at_time_read(&q.at_unix, verb_value(args, "--at"), e))
		return false;
	if (!key && (verb_nth(args, "--witness", 0) || verb_value(args, "--quorum")))
		return err_set(
			e, ERR_USAGE, "--witness and --quorum go with --key: whose log it is");
	if (key && trust)
		return err_set(
			e, ERR_USAGE, "--key and --trust say both whom to believe: give one");
	if (key && !note_key_parse(&q.log, str_of(key), e))
		return err_wrap(e, "--key");
	if (key && q.log.type != NOTE_KEY_ED25519)
		return err_set(
			e, ERR_USAGE, "--key: '%.*s' is the key of a witness", STR_ARG(q.log.name));
	if (key ? !read_witnesses(&q, args, a, e) : !of_trust_file(&q, origin, trust, a, e))
		return false;
	*ret = q;
	return true;
}
