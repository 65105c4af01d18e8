#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/quorum_summary.h"

#include <stdio.h>

#include "cmd/key_file.h"
#include "cmd/line.h"
#include "cmd/trust_load.h"
#include "codec/base64.h"
#include "codec/yaml.h"
#include "sys/file.h"
#include "trust/slsa_summary.h"
#include "base/banned.h"

#define QUORUM_SUMMARY_VERIFIER "tag:assay,2026:quorum/1"

bool quorum_summary_ask(const struct verb_args *args, struct err *e)
{
	bool vsa = verb_value(args, "--vsa") != NULL, key = verb_value(args, "--key") != NULL;

	if (vsa != key)
		return err_set(e, ERR_USAGE,
			"--vsa and --key go together: what is written, and who signs");
	if (!vsa && (verb_value(args, "--verifier") || verb_value(args, "--resource")))
		return err_set(e, ERR_USAGE, "--verifier and --resource are for --vsa");
	return true;
}

/* The group that it is about: that of the values that were named, else the only one that reached the number. */
static bool find_group(size_t *ret, const struct quorum_show *s, struct err *e)
{
	const struct quorum *q = s->quorum;
	size_t n = 0;

	if (s->outcome) {
		*ret = s->outcome->group;
		return true;
	}
	for (size_t i = 0; i < q->n_groups; i++)
		if (q->groups[i].reached) {
			*ret = i;
			n++;
		}
	if (n == 1)
		return true;
	err_set(e, ERR_USAGE, "%zu images have enough rebuilders, and a summary is about one", n);
	return err_hint(e, "name it with --reference-values, or give its statements alone");
}

static struct str name_of(const struct trust_parties *p, size_t operator_at)
{
	size_t i = 0;

	while (p->items[i].operator_at != operator_at)
		i++;
	return p->items[i].operated_by;
}

/* Each statement that counts in the group, once for each of its operators that does. */
static bool find_inputs(struct slsa_summary *to, const struct quorum_show *s, size_t group,
	struct arena *a, struct err *e)
{
	const struct quorum *q = s->quorum;
	struct slsa_summary_input *inputs = ARENA_ARRAY(
		a, SLSA_SUMMARY_INPUTS_MAX, struct slsa_summary_input);

	if (!inputs)
		return arena_full(a, e);
	for (size_t i = 0; i < q->n; i++) {
		uint64_t operators = q->voices[i].operators & q->groups[group].operators;

		if (q->voices[i].group != group || q->voices[i].standing != QUORUM_COUNTS)
			continue;
		for (size_t o = 0; o < q->trust->rebuilders.n_operators; o++) {
			struct slsa_summary_input *in = &inputs[to->n_inputs];

			if (!(operators >> o & 1))
				continue;
			if (to->n_inputs == SLSA_SUMMARY_INPUTS_MAX)
				return err_set(e, ERR_LIMIT, "more than %d statements",
					SLSA_SUMMARY_INPUTS_MAX);
			in->statement = s->statements->opened[i].statement;
			memcpy(in->sha256, s->statements->opened[i].sha256, SHA256_SIZE);
			in->operated_by = name_of(&q->trust->rebuilders, o);
			to->n_inputs++;
		}
	}
	to->inputs = inputs;
	return true;
}

/* A digest as a URI (RFC 6920). */
static struct str ni_of(const uint8_t sha256[static SHA256_SIZE], struct arena *a)
{
	CLEANUP(buf_done) struct buf b = buf_init(100);

	buf_add_cstr(&b, "ni:///sha-256;");
	base64_add(&b, span_make(sha256, SHA256_SIZE), BASE64_URL);
	return arena_str(a, buf_str(&b));
}

/* What was demanded: the trust file, by its digest. */
static bool read_policy(uint8_t sha256[static SHA256_SIZE], const struct verb_args *args,
	struct arena *a, struct err *e)
{
	struct str path = trust_load_path(verb_value(args, "--trust"), a);
	CLEANUP(buf_done) struct buf text = { 0 };

	if (!path.p)
		return arena_full(a, e);
	if (!file_read(AT_FDCWD, path.p, YAML_SIZE_MAX, &text, e))
		return false;
	sha256_of(sha256, buf_span(&text));
	return true;
}

static bool sign(struct buf *out, const struct buf *payload, const struct verb_args *args,
	struct arena *a, struct err *e)
{
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	CLEANUP(statement_key_freep) struct statement_key *half = NULL;
	CLEANUP(buf_done) struct buf line = buf_init(STATEMENT_KEY_TEXT_MAX);
	struct dsse d = { .type = STR(STATEMENT_PAYLOAD_TYPE), .payload = buf_span(payload) };

	if (!key_file_load(&key, verb_value(args, "--key"), e) ||
		!private_key_public(&half, key, e))
		return false;
	statement_key_write(&line, half);
	return dsse_add(&d, key, buf_str(&line), a, e) && dsse_emit(out, &d, e);
}

/* The number was reached, and yet it is less than SLSA means. */
static bool is_less(int *code, struct err *e)
{
	*code = VERB_NO;
	err_set(e, ERR_MISMATCH,
		"no summary is written: " SLSA_SUMMARY_REPRODUCED
		" is for at least two operators who found what was published identical");
	return err_hint(e,
		"ask for two or more in the trust file (vouchers: rebuilders), and for statements of a rebuild of what was published");
}

bool quorum_summary_write(const struct quorum_show *s, const struct verb_args *args,
	int64_t at_unix, struct arena *a, int *code, struct err *e)
{
	const char *to = verb_value(args, "--vsa"), *resource = verb_value(args, "--resource"),
		   *verifier = verb_value(args, "--verifier");
	CLEANUP(buf_done)
	struct buf payload = buf_init(STATEMENT_SIZE_MAX), out = buf_init(DSSE_SIZE_MAX);
	const struct rebuild_claim_output *m;
	struct slsa_summary v = { .verifier = str_of(verifier ? verifier : QUORUM_SUMMARY_VERIFIER),
		.needed = s->quorum->needed,
		.at_unix = at_unix };
	uint8_t policy[SHA256_SIZE];
	size_t group = 0;
	bool passed;

	if (!to)
		return true;
	if (!find_group(&group, s, e) || !find_inputs(&v, s, group, a, e) ||
		!read_policy(policy, args, a, e))
		return false;
	m = rebuild_claim_output_find(s->quorum->groups[group].claim, "manifest.json");
	v.policy_sha256 = policy;
	v.resource_uri = resource ? str_of(resource) : ni_of(m->sha256, a);
	if (!slsa_summary_emit(&payload, &passed, &v, e))
		return false;
	if (!passed)
		return is_less(code, e);
	if (!sign(&out, &payload, args, a, e) || !file_write(AT_FDCWD, to, buf_span(&out), 0644, e))
		return false;
	if (!verb_quiet(args) && !verb_flag(args, "--json"))
		line_print(stdout, "summary: %s, " SLSA_SUMMARY_REPRODUCED, to);
	return true;
}
