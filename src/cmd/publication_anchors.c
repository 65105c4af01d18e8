#include "cmd/publication_anchors.h"

#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static bool take_signers(struct publication_anchors *p, const struct trust_parties *signers,
	struct arena *a, struct err *e)
{
	struct channel_signer *list = ARENA_ARRAY(a, signers->n, struct channel_signer);

	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < signers->n; i++) {
		const struct trust_party *s = &signers->items[i];

		if (!statement_key_parse(&p->keys[i], s->key, e))
			return err_wrap(e, "trust file: signer '%.*s'", STR_ARG(s->name));
		list[i] = (struct channel_signer){ s->name, p->keys[i] };
	}
	p->by.signers = list;
	p->by.n_signers = signers->n;
	return true;
}

static bool take_logs(struct publication_anchors *p, const struct trust_logs *logs, struct arena *a,
	struct err *e)
{
	struct note_key *list = ARENA_ARRAY(a, logs->n, struct note_key);

	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < logs->n; i++)
		list[i] = logs->items[i].key;
	p->by.logs = list;
	p->by.n_logs = logs->n;
	p->by.witnesses = logs->witnesses;
	p->by.n_witnesses = logs->n_witnesses;
	p->by.quorum = logs->quorum;
	return true;
}

bool publication_anchors_of(
	struct publication_anchors *ret, const struct trust_file *t, struct arena *a, struct err *e)
{
	*ret = (struct publication_anchors){ .by = { .channel_s = t->max_age.channel_s,
						     .cosignature_s = t->max_age.cosignature_s } };
	return take_signers(ret, &t->signers, a, e) && take_logs(ret, &t->logs, a, e);
}

void publication_anchors_done(struct publication_anchors *p)
{
	for (size_t i = 0; i < ARRAY_LEN(p->keys); i++)
		statement_key_free(p->keys[i]);
}
