#include "appraise/export_rvps.h"

#include "appraise/export_words.h"
#include "codec/json_base64.h"
#include "base/banned.h"

/* One register of one shape, counted over all of them. */
struct place {
	const struct reference_shape *shape;
	const struct reference_register *reg;
};

static bool place_at(struct place *p, const struct reference_values *v, size_t i)
{
	for (size_t s = 0; s < v->n_shapes; s++) {
		if (i < v->shapes[s].n_registers) {
			*p = (struct place){ &v->shapes[s], &v->shapes[s].registers[i] };
			return true;
		}
		i -= v->shapes[s].n_registers;
	}
	return false;
}

static const struct digest *value_of(const struct place *p)
{
	return &p->reg->values[export_words_bank(p->shape)];
}

static bool same_name(const struct place *a, const struct place *b)
{
	char x[EXPORT_WORDS_NAME], y[EXPORT_WORDS_NAME];

	export_words_trustee(x, a->shape, a->reg->reg);
	export_words_trustee(y, b->shape, b->reg->reg);
	return export_words_has_value(a->reg) && export_words_has_value(b->reg) &&
	       strcmp(x, y) == 0;
}

/* A register before the i-th has its name, and its value too where `value` is set. */
static bool was_before(const struct reference_values *v, size_t i, bool value)
{
	struct place now, then;

	if (!place_at(&now, v, i))
		return false;
	for (size_t k = 0; k < i && place_at(&then, v, k); k++)
		if (same_name(&now, &then) &&
			(!value || digest_equal(value_of(&now), value_of(&then))))
			return true;
	return false;
}

static void put_values(struct json_out *w, const struct reference_values *v, size_t first)
{
	struct place named, p;
	char name[EXPORT_WORDS_NAME];

	if (!place_at(&named, v, first))
		return;
	export_words_trustee(name, named.shape, named.reg->reg);
	json_key(w, name);
	json_array(w);
	for (size_t i = first; place_at(&p, v, i); i++)
		if (same_name(&named, &p) && !was_before(v, i, true))
			json_hex(w, span_make(value_of(&p)->bytes, digest_size(value_of(&p)->alg)));
	json_end_array(w);
}

bool export_rvps(struct buf *out, const struct reference_values *v, struct err *e)
{
	CLEANUP(buf_done) struct buf payload = buf_init(EXPORT_SIZE_MAX);
	struct json_out in = json_out_to(&payload), w = json_out_to(out);
	struct place p;

	json_object(&in);
	for (size_t i = 0; place_at(&p, v, i); i++)
		if (export_words_has_value(p.reg) && !was_before(v, i, false))
			put_values(&in, v, i);
	json_end_object(&in);
	json_object(&w);
	json_put_cstr(&w, "version", "0.1.0");
	json_put_cstr(&w, "type", "sample");
	json_base64_put(&w, "payload", buf_span(&payload));
	json_end_object(&w);
	return (buf_ok(out) && buf_ok(&payload)) || buf_full(out, "the RVPS message", e);
}
