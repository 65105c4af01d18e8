#include "trust/statement.h"

#include "fuzz.h"
#include "statement_made.h"

/* The result's canonical bytes are a document that means the same: what is read of it has these very bytes. */
static void again(const struct statement *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	struct json_out w = json_out_to(&text);
	struct rebuild_claim c;
	struct json predicate;
	struct err e = { 0 };

	json_object(&w);
	json_put_cstr(&w, "format", REBUILD_CLAIM_FORMAT);
	json_key(&w, "result");
	json_value(&w, s->rebuild->result_json);
	json_key(&w, "by");
	json_object(&w);
	json_end_object(&w);
	json_end_object(&w);
	MUST(buf_ok(&text) && json_parse(&predicate, buf_span(&text), a, &e));
	MUST(rebuild_claim_parse(&c, &predicate, a, &e));
	MUST(span_equal(c.result, s->rebuild->result));
}

static void use(const struct statement *s, struct arena *a)
{
	MUST(s->predicate_type.n && s->n_subjects && s->predicate->kind == JSON_OBJECT);
	for (size_t i = 0; i < s->n_subjects; i++)
		MUST(s->subjects[i].digest->n);
	MUST(!s->rebuild == !str_is(s->predicate_type, REBUILD_CLAIM_TYPE));
	if (!s->rebuild)
		return;
	MUST(s->rebuild->result.n && s->rebuild->n_outputs <= REBUILD_CLAIM_OUTPUTS_MAX);
	MUST(s->rebuild->verdict != REBUILD_CLAIM_IDENTICAL ||
		s->n_subjects == s->rebuild->n_outputs + s->rebuild->n_registers);
	again(s, a);
}

/* An envelope, or what is in one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct statement_envelope envelope;
	struct statement s;
	struct err e = { 0 };

	if (statement_parse(&s, span_make(data, size), a, &e)) {
		fuzz_taken = true;
		use(&s, a);
	} else if (statement_envelope_parse(&envelope, span_make(data, size), a, &e)) {
		fuzz_taken = true;
		MUST(envelope.dsse.n && envelope.dsse.n <= DSSE_SIGNATURES_MAX);
		use(&envelope.statement, a);
	}
	MUST(fuzz_taken || e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
	return 0;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(
		i == 0 ? REBUILD_DIFFERS : REBUILD_FAILED, 7, "somebody");
	struct dsse d = { .type = STR(STATEMENT_PAYLOAD_TYPE),
		.payload = buf_span(&m.text),
		.signatures = { str_span(STR("signature")) },
		.key_ids = { STR("hint") },
		.n = 1 };
	struct err e = { 0 };

	if (i == 0)
		buf_add_str(b, buf_str(&m.text));
	else if (i == 1)
		MUST(dsse_emit(b, &d, &e));
	return i < 2;
}
